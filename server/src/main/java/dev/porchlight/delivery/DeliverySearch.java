package dev.porchlight.delivery;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries.Found;
import dev.porchlight.delivery.Deliveries.Place;
import dev.porchlight.delivery.Deliveries.Query;
import dev.porchlight.delivery.Deliveries.Standing;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Finds deliveries that no index leads to: by words of answers, and in a state or of a member
/// where what somebody may see lies scattered. It walks over those that an index does lead to, and
/// picks.
final class DeliverySearch {
  private static final int PICKED_AMONG = 20_000;
  private static final int COUNTED = 5000;

  private final Store store;
  private final Picked.Look look;
  private final Deliveries deliveries;

  DeliverySearch(Store store, Picked.Look look, Deliveries deliveries) {
    this.store = store;
    this.look = look;
    this.deliveries = deliveries;
  }

  /// As [Deliveries#search] says.
  Found search(Scope scope, Query query) {
    var words = AnswerWords.of(query.words());
    if (words.isEmpty() && isScattered(scope, query)) {
      return scattered(scope, query);
    }
    if (words.isEmpty()) {
      return Found.of(
          Picked.page(
              deliveries.list(scope, query.withLimit(query.limit() + 1)),
              query.limit(),
              DeliverySearch::placeOf));
    }
    var rarest = rarest(words);
    var said = query.words().strip().toLowerCase(Locale.ROOT);
    return Found.of(
        Picked.among(
            look,
            new Place(query.before(), query.beforeId()),
            query.limit(),
            place -> {
              var having = having(rarest, place, query);
              return new Picked.Some<>(fitting(scope, query, having.places(), said), having.next());
            },
            DeliverySearch::placeOf));
  }

  /// Whether those of some offices are to be picked among all in a state, or those of a member with
  /// many contacts among all of the office.
  private boolean isScattered(Scope scope, Query query) {
    if (scope.everything() || query.lead() != null || query.leads() != null) {
      return false;
    }
    return scope.member() == null ? query.state() != null : !scope.hasFewContacts(store);
  }

  private Found scattered(Scope scope, Query query) {
    // Most of an office's are delivered, and few of all are in another state.
    boolean byOffice =
        scope.member() != null
            || query.state() == DeliveryState.State.DELIVERED && mayGoByOffice(scope);
    return Found.of(
        Picked.among(
            look,
            new Place(query.before(), query.beforeId()),
            query.limit(),
            place -> {
              var some = byOffice ? inItsOffices(scope, place, query) : inState(place, query);
              return new Picked.Some<>(
                  within(scope, query, some),
                  some.size() < look.atOnce() ? Optional.empty() : Optional.of(some.getLast()));
            },
            DeliverySearch::placeOf));
  }

  private static boolean mayGoByOffice(Scope scope) {
    return scope.offices().size() <= 1
        || !scope.sqlOfNewest("delivery", "seq", "1 = 1", "1", "0").isEmpty();
  }

  private List<Place> inState(Place before, Query query) {
    var sql =
        "SELECT seq, delivery_id FROM delivery_state WHERE state = :state"
            + (query.endpoint() == null ? "" : " AND endpoint_id = :e")
            + " AND (seq, delivery_id) < (:s, :id) AND seq >= :since"
            + " ORDER BY seq DESC, delivery_id DESC LIMIT "
            + look.atOnce();
    var state = Objects.requireNonNull(query.state()).word();
    return store.read(h -> places(h.createQuery(sql).bind("state", state), sql, before, query));
  }

  private List<Place> inItsOffices(Scope scope, Place before, Query query) {
    var asked =
        "(seq, id) < (:s, :id) AND seq >= :since"
            + (query.endpoint() == null ? "" : " AND endpoint_id = :e");
    var most = Integer.toString(look.atOnce());
    var sql =
        "SELECT seq, id FROM delivery WHERE "
            + scope.sqlOfItsOffice("office_id")
            + " AND "
            + asked
            + scope.sqlOfNewest("delivery", "seq", asked, most, "0")
            + " ORDER BY seq DESC, id DESC LIMIT "
            + most;
    return store.read(h -> places(h.createQuery(sql), sql, before, query));
  }

  private static Place placeOf(Standing standing) {
    return new Place(standing.delivery().seq(), standing.delivery().id());
  }

  private String rarest(Set<String> words) {
    return words.size() == 1
        ? words.iterator().next()
        : store.read(h ->
            words.stream()
                .min(
                    Comparator.comparingLong(word ->
                        h.createQuery(
                                "SELECT COUNT(*) FROM (SELECT 1 FROM answer_word WHERE word = :w"
                                    + " LIMIT "
                                    + COUNTED
                                    + ") AS few")
                            .bind("w", word)
                            .mapTo(Long.class)
                            .one()))
                .orElseThrow());
  }

  /// Some deliveries that have a word, and behind which place to go on; empty for the end.
  private record Having(List<Place> places, Optional<Place> next) {}

  private static final String WITH_WORD =
      "SELECT seq, delivery_id, endpoint_id FROM answer_word WHERE word = :w"
          + " AND (seq, delivery_id) < (:s, :id) AND seq >= :since"
          + " ORDER BY seq DESC, delivery_id DESC LIMIT ";

  /// Those of the endpoint that is asked for are picked among the rows of the word, so many of
  /// these at once.
  private Having having(String word, Place before, Query query) {
    boolean picking = query.endpoint() != null;
    var sql =
        picking
            ? "SELECT seq, delivery_id FROM ("
                + WITH_WORD
                + PICKED_AMONG
                + ") AS some_words WHERE endpoint_id = :e"
                + " ORDER BY seq DESC, delivery_id DESC LIMIT "
                + look.atOnce()
            : WITH_WORD + look.atOnce();
    return store.read(h -> {
      var rows = places(h, sql, word, before, query);
      if (rows.size() == look.atOnce()) {
        return new Having(rows.stream().distinct().toList(), Optional.of(rows.getLast()));
      }
      var next =
          picking
              ? places(h, WITH_WORD + "1 OFFSET " + (PICKED_AMONG - 1), word, before, query)
                  .stream()
                  .findFirst()
              : Optional.<Place>empty();
      return new Having(rows.stream().distinct().toList(), next);
    });
  }

  private static List<Place> places(Handle h, String sql, String word, Place before, Query query) {
    return places(h.createQuery(sql).bind("w", word), sql, before, query);
  }

  /// The places that a question finds behind one, of the endpoint that is asked for where it names
  /// that.
  private static List<Place> places(
      org.jdbi.v3.core.statement.Query asked, String sql, Place before, Query query) {
    asked.bind("s", before.seq()).bind("id", before.id()).bind("since", query.since());
    if (sql.contains(":e")) {
      asked.bind("e", query.endpoint());
    }
    return asked.map((r, _) -> new Place(r.getLong(1), r.getString(2))).list();
  }

  /// Those of some that fit the rest of what is asked, and say all the words as they stand.
  private List<Standing> fitting(Scope scope, Query query, List<Place> some, String said) {
    var standings = within(scope, query, some);
    if (standings.isEmpty()) {
      return List.of();
    }
    var answers = answers(standings);
    return standings.stream()
        .filter(s -> says(s, answers.getOrDefault(s.delivery().id(), List.of()), said))
        .toList();
  }

  /// Those of some that fit the rest of what is asked, but for its words.
  private List<Standing> within(Scope scope, Query query, List<Place> some) {
    if (some.isEmpty()) {
      return List.of();
    }
    var ids = some.stream().map(Place::id).toList();
    return store
        .read(h ->
            h.createQuery(
                    Deliveries.SELECT
                        + "d.id IN (<ids>) AND "
                        + scope.sqlOfLead("d.office_id", "d.lead_id"))
                .bindList("ids", ids)
                .map((r, _) -> Deliveries.standing(r))
                .list())
        .stream()
        .filter(s -> fits(s, query))
        .sorted(
            Comparator.comparingLong((Standing s) -> s.delivery().seq())
                .thenComparing(s -> s.delivery().id())
                .reversed())
        .toList();
  }

  private static boolean fits(Standing standing, Query query) {
    var delivery = standing.delivery();
    return (query.endpoint() == null || query.endpoint().equals(delivery.endpointId()))
        && (query.lead() == null || query.lead().equals(delivery.leadId()))
        && (query.leads() == null || query.leads().contains(delivery.leadId()))
        && (query.state() == null || query.state() == standing.state().state());
  }

  private Map<String, List<Attempt>> answers(List<Standing> page) {
    var ids = page.stream().map(s -> s.delivery().id()).toList();
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.ATTEMPT.columnList()
                        + " FROM attempt WHERE delivery_id IN (<ids>)")
                .bindList("ids", ids)
                .map((r, _) -> Tables.ATTEMPT.read(new Row(r)))
                .list())
        .stream()
        .collect(Collectors.groupingBy(Attempt::deliveryId));
  }

  private static boolean says(Standing standing, List<Attempt> attempts, String words) {
    return standing.state().reason().toLowerCase(Locale.ROOT).contains(words)
        || attempts.stream()
            .anyMatch(a ->
                a.error().toLowerCase(Locale.ROOT).contains(words)
                    || new String(a.answer(), StandardCharsets.UTF_8)
                        .toLowerCase(Locale.ROOT)
                        .contains(words));
  }
}
