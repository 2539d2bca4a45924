package dev.porchlight.person;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;

/// Has the evaluator decide, row by row, on what SQL could not rule out.
final class ContactDecisions {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ContactQuery query;
  private final int first;
  private final int most;
  private final long until = System.nanoTime() + PATIENCE.toNanos();
  private int decided;

  /// @param first how many contacts are looked for first
  /// @param most how many contacts it is asked about at most
  ContactDecisions(ContactQuery query, int first, int most) {
    this.query = query;
    this.first = first;
    this.most = most;
  }

  /// The database ends a read that takes too long; what we do between its rows is ours to end.
  private void inTime() {
    if (System.nanoTime() - until > 0) {
      throw StoreUnavailableException.tooLong(new TimeoutException("deciding took too long"));
    }
  }

  /// Counts one more that is looked at.
  ///
  /// @throws StoreUnavailableException when it takes too long, and says so
  void another() {
    inTime();
    if (++decided > most) {
      throw StoreUnavailableException.tooLong();
    }
  }

  /// Takes of what matches, in order.
  interface Taker {
    /// Whether it wants more.
    boolean take(ContactRows.Place place, Contacts.Listed matching);
  }

  /// Reads contacts by their places, few at first and then more at a time, and has the evaluator
  /// decide.
  ///
  /// @return whether more is wanted
  boolean decide(Handle h, Iterator<ContactRows.Place> places, Taker taker) {
    var evaluator = Evaluator.of(query.wanted().filter());
    for (int few = Math.max(1, first / 4);
        places.hasNext();
        few = Math.min(2 * few, ContactQuery.FETCHED)) {
      var some = new ArrayList<ContactRows.Place>(few);
      while (some.size() < few && places.hasNext()) {
        another();
        var place = places.next();
        if (query.wanted().owners().contains(place.owner())) {
          some.add(place);
        }
      }
      var read = ContactRows.candidates(h, some.stream().map(ContactRows.Place::id).toList());
      for (var place : some) {
        inTime();
        var candidate = read.get(place.id());
        if (candidate != null
            && evaluator.matches(
                ContactCatalogue.row(candidate.listed(), candidate.login(), query.since()))
            && !taker.take(place, candidate.listed())) {
          return false;
        }
      }
    }
    return true;
  }

  /// Has the evaluator decide, in order, on what SQL could not rule out, until the page is full.
  /// Most pages are full after few: a planner that is asked for few goes along the order, and does
  /// not sort all of an owner's contacts first.
  Contacts.Found found(Handle h) {
    var taking = new Taking(query.wanted());
    int looked = 0;
    if (!query.wanted().count()) {
      var few = new ArrayList<ContactRows.Place>(first);
      try (var places = query.places(h, "1", " LIMIT " + first)) {
        places.forEachRemaining(few::add);
      }
      looked = few.size();
      if (!decide(h, few.iterator(), taking) || looked < first) {
        return taking.found();
      }
    }
    var rest = looked == 0 ? "" : " LIMIT " + (most + 1L) + " OFFSET " + looked;
    try (var places = query.places(h, "1", rest)) {
      decide(h, places, taking);
    }
    return taking.found();
  }

  /// What a page takes of all that match, in order.
  private static final class Taking implements Taker {
    private final Contacts.Wanted wanted;
    private final List<Contacts.Listed> taken = new ArrayList<>();
    private long skip;
    private long matching;
    private boolean held;

    Taking(Contacts.Wanted wanted) {
      this.wanted = wanted;
      skip = wanted.page() instanceof Contacts.Page.At(long skipped, _) ? skipped : 0;
    }

    @Override
    public boolean take(ContactRows.Place place, Contacts.Listed row) {
      switch (wanted.page()) {
        case Contacts.Page.At(_, int limit) -> {
          if (matching >= skip && taken.size() < limit) {
            taken.add(row);
          }
        }
        case Contacts.Page.After(_, int limit) -> {
          if (taken.size() < limit) {
            taken.add(row);
          }
        }
        case Contacts.Page.Holding(var id, int limit) -> {
          if (!held) {
            if (limit > 0 && matching % limit == 0 && matching > 0) {
              taken.clear();
              skip = matching;
            }
            taken.add(row);
          } else if (taken.size() < limit) {
            taken.add(row);
          }
          held |= row.contact().id().equals(id);
        }
      }
      matching++;
      boolean full =
          taken.size() >= wanted.page().limit()
              && (!(wanted.page() instanceof Contacts.Page.Holding) || held);
      return !full || wanted.count();
    }

    Contacts.Found found() {
      var page = wanted.page();
      var token =
          page instanceof Contacts.Page.After && taken.size() == page.limit() && !taken.isEmpty()
              ? OptionalLong.of(taken.getLast().contact().ownedSeq())
              : OptionalLong.empty();
      return new Contacts.Found(
          taken, wanted.count() ? OptionalLong.of(matching) : OptionalLong.empty(), skip, token);
    }
  }
}
