package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.Wanted;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Finds lanes that are due and claims them, endpoint by endpoint with a quota, so that the backlog
/// of one does not starve the rest.
final class DueLanes {
  private static final int QUOTA = 128;
  private static final Instant AT_ANY_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private final Store store;
  private final String hub;
  private final Duration lease;
  private final Rooms rooms;
  private final Breakers breakers;

  /// @param hub names this process as the owner of lanes
  DueLanes(Store store, String hub, Duration lease, Rooms rooms, Breakers breakers) {
    this.store = store;
    this.hub = hub;
    this.lease = lease;
    this.rooms = rooms;
    this.breakers = breakers;
  }

  /// Endpoints that have lanes, from one to the next since there may be a million lanes, each with
  /// the time at which its first is due. One question: most endpoints have nothing to look at.
  private static final String OWING =
      """
      WITH RECURSIVE owing(id) AS (
        SELECT MIN(endpoint_id) FROM lane
        UNION ALL
        SELECT (SELECT MIN(l.endpoint_id) FROM lane l WHERE l.endpoint_id > o.id)
          FROM owing o WHERE o.id IS NOT NULL
      )
      SELECT o.id, (SELECT MIN(l.due_at) FROM lane l WHERE l.endpoint_id = o.id)
        FROM owing o WHERE o.id IS NOT NULL
      """;

  /// @param cut whether there is room for more than were looked for
  record Due(List<String[]> lanes, boolean cut) {}

  /// Lanes that are due and free, as many of each endpoint as there is room for.
  Due find() {
    var now = store.now();
    var endpoints = Endpoints.in(store.settings());
    rooms.allow(endpoints);
    return store.read(h -> {
      var due = new ArrayList<String[]>();
      boolean cut = false;
      for (var owing :
          h.createQuery(OWING)
              .map((r, _) -> Map.entry(r.getString(1), new Row(r).time(2)))
              .list()) {
        var endpoint = endpoints.find(owing.getKey());
        if (endpoint.isEmpty()) {
          due.addAll(dueAt(h, owing.getKey(), AT_ANY_TIME, now, QUOTA));
        } else if (!endpoint.get().disabled() && !owing.getValue().isAfter(now)) {
          int free = free(owing.getKey(), now);
          int quota = Math.min(QUOTA, free);
          if (quota > 0) {
            var found = dueAt(h, owing.getKey(), now, now, quota);
            cut |= quota < free && found.size() == quota;
            due.addAll(found);
          }
        }
      }
      return new Due(due, cut);
    });
  }

  private int free(String endpoint, Instant now) {
    return breakers.isShut(endpoint)
        ? breakers.mayProbe(endpoint, now) ? 1 : 0
        : rooms.of(endpoint).free(System.nanoTime());
  }

  private static List<String[]> dueAt(
      Handle h, String endpoint, Instant due, Instant now, int quota) {
    return h.createQuery(
            "SELECT endpoint_id, order_key FROM lane WHERE endpoint_id = :e"
                + " AND due_at <= :due AND (owner IS NULL OR leased_until < :now)"
                + " ORDER BY due_at LIMIT :quota")
        .bind("e", endpoint)
        .bind("due", Row.micros(due))
        .bind("now", Row.micros(now))
        .bind("quota", quota)
        .map((r, _) -> new String[] {r.getString(1), r.getString(2)})
        .list();
  }

  /// Leases lanes that are still due and free, within the unit that it takes.
  List<Claim> claim(List<String[]> due) {
    if (due.isEmpty()) {
      return List.of();
    }
    var wanted = due.stream().map(key -> Wanted.of(Tables.LANE, key[0], key[1])).toList();
    return store.write(WorkQueue.ATTEMPTS, Unit.reading(wanted, batch -> claim(batch, due)));
  }

  private List<Claim> claim(Batch batch, List<String[]> due) {
    var claims = new ArrayList<Claim>();
    var endpoints = Endpoints.in(batch.settings());
    for (var key : due) {
      var lane = batch.find(Tables.LANE, key[0], key[1]);
      if (lane != null
          && lane.isFree(batch.clock())
          && (!lane.dueAt().isAfter(batch.clock()) || endpoints.find(key[0]).isEmpty())) {
        var leased = lane.leasedBy(hub, batch.clock().plus(lease));
        var claim = Claim.of(leased, Optional.empty());
        if (breakers.probe(batch, claim, lease)) {
          batch.put(Tables.LANE, leased);
          claims.add(claim);
        }
      }
    }
    return claims;
  }
}
