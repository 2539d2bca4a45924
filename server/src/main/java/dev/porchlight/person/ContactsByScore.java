package dev.porchlight.person;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/// Lists contacts whose order has the lively ones together: reads all that match, in the order that
/// SQL knows, and sorts those by their scores that are equal so far.
final class ContactsByScore {
  private final ContactQuery query;
  private final ContactDecisions decisions;
  private final Map<String, Activity> activity;

  /// @param activity of each owner
  ContactsByScore(ContactQuery query, ContactDecisions decisions, Map<String, Activity> activity) {
    this.query = query;
    this.decisions = decisions;
    this.activity = activity;
  }

  /// Whether that is asked for.
  static boolean isAsked(Contacts.Wanted wanted) {
    return !(wanted.page() instanceof Contacts.Page.After)
        && wanted.order().stream().anyMatch(o -> o.attribute().equals(Contacts.SCORE));
  }

  private record Scored(ContactRows.Place place, int score) {
    long rank() {
      return place.rank();
    }
  }

  Contacts.Found found(Handle h) {
    var wanted = query.wanted();
    int place = 0;
    while (!wanted.order().get(place).attribute().equals(Contacts.SCORE)) {
      place++;
    }
    var before = query.orderOf(wanted.order().subList(0, place));
    var rank =
        before.isEmpty() ? "1" : "DENSE_RANK() OVER (ORDER BY " + String.join(", ", before) + ")";
    var all = new ArrayList<Scored>();
    Consumer<ContactRows.Place> add =
        one -> {
          var scores = activity.get(one.owner());
          all.add(new Scored(one, scores == null ? 0 : scores.score(one.id())));
        };
    try (var places = query.places(h, rank, "")) {
      if (query.exact()) {
        while (places.hasNext()) {
          decisions.another();
          add.accept(places.next());
        }
      } else {
        decisions.decide(
            h,
            places,
            (one, _) -> {
              add.accept(one);
              return true;
            });
      }
    }
    var byScore = Comparator.comparingInt(Scored::score);
    all.sort(
        Comparator.comparingLong(Scored::rank)
            .thenComparing(wanted.order().get(place).descending() ? byScore.reversed() : byScore));
    int limit = wanted.page().limit();
    long skip =
        switch (wanted.page()) {
          case Contacts.Page.At(long skipped, _) -> skipped;
          case Contacts.Page.After _ -> 0;
          case Contacts.Page.Holding(var id, _) ->
              limit == 0
                  ? 0
                  : IntStream.range(0, all.size())
                      .filter(i -> all.get(i).place().id().equals(id))
                      .mapToLong(i -> (long) i / limit * limit)
                      .findFirst()
                      .orElse(0);
        };
    var shown = all.stream().skip(skip).limit(limit).map(s -> s.place().id()).toList();
    var read = ContactRows.candidates(h, shown);
    return new Contacts.Found(
        shown.stream()
            .flatMap(id -> Optional.ofNullable(read.get(id)).stream())
            .map(ContactRows.Candidate::listed)
            .toList(),
        wanted.count() ? OptionalLong.of(all.size()) : OptionalLong.empty(),
        skip,
        OptionalLong.empty());
  }
}
