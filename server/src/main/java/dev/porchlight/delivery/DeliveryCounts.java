package dev.porchlight.delivery;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// How many deliveries stand how.
public final class DeliveryCounts {
  private final Store store;

  public DeliveryCounts(Store store) {
    this.store = store;
  }

  /// How many deliveries of an hour stand like that.
  ///
  /// @param ago how many whole hours ago they were planned
  public record Hourly(int ago, DeliveryState.State state, int count) {}

  /// How an endpoint's deliveries of the last day stand, by the hour; of the newest 50,000.
  public List<Hourly> countByHour(Scope scope, String endpoint, Instant now) {
    return store.read(h ->
        h.createQuery(
                "SELECT (:now - d.planned_at) / 3600000000 AS ago, s.state, COUNT(*) FROM (SELECT"
                    + " id, seq, planned_at FROM delivery WHERE endpoint_id = :e AND seq >= :since"
                    + " AND "
                    + scope.sqlOfLead("office_id", "lead_id")
                    + " ORDER BY seq DESC LIMIT 50000) d JOIN delivery_state s ON s.delivery_id ="
                    + " d.id GROUP BY 1, 2")
            .bind("now", Row.micros(now))
            .bind("e", endpoint)
            .bind("since", LogTimes.firstAt(h, now.minus(Duration.ofDays(1))))
            .map((r, _) ->
                new Hourly(r.getInt(1), DeliveryState.State.of(r.getString(2)), r.getInt(3)))
            .list());
  }

  /// How many deliveries stand like that.
  public long of(DeliveryState.State state) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM delivery_state WHERE state = '" + state.word() + "'")
            .mapTo(Long.class)
            .one());
  }

  /// How many lanes of an endpoint have something open, counted no further than that.
  public int countLanes(String endpoint, int most) {
    return store.read(h ->
        h.createQuery(
                "SELECT COUNT(*) FROM (SELECT 1 FROM lane WHERE endpoint_id = :e LIMIT :most) l")
            .bind("e", endpoint)
            .bind("most", most)
            .mapTo(Integer.class)
            .one());
  }

  /// How many deliveries wait for an endpoint, counted no further than that.
  public int countPending(String endpoint, int most) {
    return store.read(h ->
        h.createQuery(
                "SELECT COUNT(*) FROM (SELECT 1 FROM delivery_state WHERE endpoint_id = :e"
                    + " AND state = 'pending' LIMIT :most) AS counted")
            .bind("e", endpoint)
            .bind("most", most)
            .mapTo(Integer.class)
            .one());
  }

  /// Whether an endpoint has so many lanes with something open; no more than these are counted.
  public boolean hasLanes(String endpoint, int many) {
    return countLanes(endpoint, many) >= many;
  }
}
