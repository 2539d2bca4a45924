package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// What is open in lanes, as far as is needed to go on in them.
final class OpenLanes {
  private final Store store;

  OpenLanes(Store store) {
    this.store = store;
  }

  /// What is open is not older than the oldest that is open at the endpoint: a lane that has had a
  /// million deliveries is not read from its beginning.
  private static final String NOT_OLDER =
      " AND d.seq >= (SELECT COALESCE(MIN(o.seq), 0) FROM delivery_state o"
          + " WHERE o.endpoint_id = :e AND o.state = 'pending')";

  private static final String OPEN =
      Deliveries.SELECT
          + "d.endpoint_id = :e AND d.order_key = :k"
          + NOT_OLDER
          + " AND s.state = 'pending' AND s.passed = ";
  static final String WAITING_ONES = OPEN + "0 ORDER BY d.seq, d.id LIMIT 2";
  static final String PASSED_ONES = OPEN + "1 ORDER BY s.next_at, d.id LIMIT 2";

  /// The two deliveries of a lane that come next in order, and the two passed ones that are due
  /// first: with the lane's counts, all that is needed to go on.
  private static List<Open> open(Handle h, Claim claim, boolean passed) {
    return Stream.of(WAITING_ONES, PASSED_ONES)
        .limit(passed ? 2 : 1)
        .flatMap(which ->
            h
                .createQuery(which)
                .bind("e", claim.endpointId())
                .bind("k", claim.orderKey())
                .map((r, _) -> Deliveries.standing(r))
                .list()
                .stream())
        .map(o -> new Open(o.delivery(), o.state()))
        .toList();
  }

  List<Open> planned(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(d -> new Open(d, DeliveryState.planned(d, store.now())))
        .toList();
  }

  /// What comes next in a lane.
  List<Open> look(Hold hold) {
    return store.read(h -> open(h, hold.claim, hold.passed));
  }

  private static final int TOGETHER = 32;

  /// In lanes with more than that, most of what is open is of no interest yet.
  private static final int SHORT = 8;

  static final String ALL_OF_THESE =
      Deliveries.SELECT
          + "d.endpoint_id = :e AND d.order_key IN (<keys>)"
          + NOT_OLDER
          + " AND s.state = 'pending'"
          + " ORDER BY d.seq, d.id";

  /// Looks at many lanes at once: the first look of a reader after a commit is by far the dearest,
  /// and where the database is a server each question is a way there and back.
  ///
  /// @param since the moment (of [System#nanoTime]) before these were leased
  List<Waiting> lookAll(List<Claim> claims, long since) {
    if (claims.isEmpty()) {
      return List.of();
    }
    var views = new HashMap<Claim, List<Open>>();
    store.read(h -> {
      var together = new LinkedHashMap<String, List<Claim>>();
      for (var claim : claims) {
        if (claim.pending() > SHORT) {
          views.put(claim, open(h, claim, claim.passed()));
        } else {
          together.computeIfAbsent(claim.endpointId(), _ -> new ArrayList<>()).add(claim);
        }
      }
      together.forEach((endpoint, all) -> {
        for (int i = 0; i < all.size(); i += TOGETHER) {
          var some = all.subList(i, Math.min(all.size(), i + TOGETHER));
          var open = open(h, endpoint, some);
          some.forEach(c -> views.put(c, firstOf(open.getOrDefault(c.orderKey(), List.of()))));
        }
      });
      return views;
    });
    return claims.stream()
        .map(c -> new Waiting(c, since, views.getOrDefault(c, List.of())))
        .toList();
  }

  /// All that is open in some lanes of an endpoint, by lane, in order.
  private static Map<String, List<Open>> open(Handle h, String endpoint, List<Claim> lanes) {
    var keys = new ArrayList<>(lanes.stream().map(Claim::orderKey).toList());
    while (keys.size() < TOGETHER && keys.size() > 1) {
      // Always as many, so that it is one statement, which is kept.
      keys.add(keys.getLast());
    }
    return h
        .createQuery(ALL_OF_THESE)
        .bind("e", endpoint)
        .bindList("keys", keys)
        .map((r, _) -> Deliveries.standing(r))
        .list()
        .stream()
        .map(o -> new Open(o.delivery(), o.state()))
        .collect(Collectors.groupingBy(o -> o.delivery().orderKey()));
  }

  /// The two that come next in order, and the two passed ones that are due first.
  private static List<Open> firstOf(List<Open> lane) {
    return Stream.concat(
            lane.stream().filter(o -> !o.state().passed()).limit(2),
            lane.stream()
                .filter(o -> o.state().passed())
                .sorted(
                    Comparator.comparing(
                        (Open o) -> o.state().nextAt(),
                        Comparator.nullsFirst(Comparator.naturalOrder())))
                .limit(2))
        .toList();
  }

  /// What a lane attempts next: its first unpassed delivery when that is due, else a passed one
  /// that is.
  static Optional<Open> next(List<Open> view, Instant now) {
    var first = view.stream().filter(o -> !o.state().passed()).findFirst();
    if (first.isPresent() && first.get().isDue(now)) {
      return first;
    }
    return view.stream().filter(o -> o.state().passed() && o.isDue(now)).findFirst();
  }

  static final String SUPERSEDED =
      Deliveries.SELECT
          + "d.endpoint_id = :e AND d.order_key = :k"
          + NOT_OLDER
          + " AND s.state = 'pending' AND EXISTS"
          + " (SELECT 1 FROM delivery n WHERE n.endpoint_id = :e AND n.order_key = :k"
          + " AND n.lead_id = d.lead_id AND n.seq > d.seq) ORDER BY d.seq, d.id LIMIT 1";

  /// The oldest open delivery of a lane of whose subject a newer state is planned.
  Optional<Open> superseded(Claim claim) {
    return store.read(h ->
        h
            .createQuery(SUPERSEDED)
            .bind("e", claim.endpointId())
            .bind("k", claim.orderKey())
            .map((r, _) -> Deliveries.standing(r))
            .list()
            .stream()
            .findFirst()
            .map(o -> new Open(o.delivery(), o.state())));
  }
}
