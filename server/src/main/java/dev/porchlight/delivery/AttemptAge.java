package dev.porchlight.delivery;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// Forgets what old attempts showed, in small steps behind everything else that waits for the
/// writer. That there were so many, and how the delivery ended, stays with it; while a delivery is
/// pending its attempts stay too, and so do those of what is pinned.
public final class AttemptAge {
  private static final int STEP = 25;
  private static final int STEPS = 400;

  private final Store store;
  private final IntSupplier period;

  /// @param period after so many days, asked anew each time, attempts are forgotten; 0 for never
  public AttemptAge(Store store, IntSupplier period) {
    this.store = store;
    this.period = period;
  }

  /// Forgets what is over, up to some thousand, and gives back the space that it and others left.
  ///
  /// @param goesOn false when it is to end soon
  public void drop(BooleanSupplier goesOn) {
    int days = period.getAsInt();
    if (days > 0) {
      forget(days, goesOn);
    }
    for (int i = 0; i < STEPS && goesOn.getAsBoolean(); i++) {
      if (!store.write(WorkQueue.RETENTION, batch -> batch.giveBackSpace())) {
        break;
      }
    }
  }

  private void forget(int days, BooleanSupplier goesOn) {
    var limit = store.now().minus(Duration.ofDays(days));
    var after = "";
    for (int i = 0; i < STEPS && goesOn.getAsBoolean(); i++) {
      var old = attempts(after, limit);
      if (!old.isEmpty()) {
        store.write(
            WorkQueue.RETENTION,
            batch -> {
              old.forEach(o -> {
                batch.delete(Tables.ATTEMPT, o.attempt().deliveryId(), o.attempt().n());
                AnswerWords.delete(batch, o.words());
              });
              return true;
            });
        after = old.getLast().attempt().deliveryId();
      }
      if (old.size() < STEP) {
        break;
      }
    }
    for (var endpoint : Endpoints.in(store.settings()).all()) {
      if (endpoint.subscription() != null) {
        dropNotifications(endpoint.id(), limit, goesOn);
      }
    }
  }

  private record Old(Attempt attempt, List<AnswerWords.Entry> words) {}

  /// Ids begin with the time of their making: deliveries that were planned later are not looked at.
  private List<Old> attempts(String from, Instant limit) {
    var hex = "%012x".formatted(Math.max(0, limit.toEpochMilli()));
    var before = hex.substring(0, 8) + "-" + hex.substring(8);
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.ATTEMPT.columnList("a")
                    + ", s.seq, s.endpoint_id FROM attempt a"
                    + " JOIN delivery_state s ON s.delivery_id = a.delivery_id"
                    + " WHERE a.delivery_id >= :from AND a.delivery_id < :before"
                    + " AND a.at < :limit AND s.state <> 'pending'"
                    + " AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.kind = 'delivery'"
                    + " AND p.id = a.delivery_id)"
                    + " AND NOT EXISTS (SELECT 1 FROM delivery d JOIN pin p ON p.kind = 'lead'"
                    + " AND p.id = d.lead_id WHERE d.id = a.delivery_id)"
                    + " ORDER BY a.delivery_id, a.n LIMIT "
                    + STEP)
            .bind("from", from)
            .bind("before", before)
            .bind("limit", Row.micros(limit))
            .map((r, _) -> {
              var attempt = Tables.ATTEMPT.read(new Row(r));
              return new Old(
                  attempt, AnswerWords.of(attempt, r.getLong("seq"), r.getString("endpoint_id")));
            })
            .list());
  }

  private void dropNotifications(String endpoint, Instant limit, BooleanSupplier goesOn) {
    for (int i = 0; i < STEPS && goesOn.getAsBoolean(); i++) {
      var old =
          store.read(h ->
              h.createQuery(
                      "SELECT "
                          + Tables.NOTIFICATION.columnList()
                          + " FROM notification WHERE endpoint_id = :e AND at < :limit"
                          + " ORDER BY at, delivery_id, n LIMIT "
                          + STEP)
                  .bind("e", endpoint)
                  .bind("limit", Row.micros(limit))
                  .map((r, _) -> Tables.NOTIFICATION.read(new Row(r)))
                  .list());
      if (!old.isEmpty()) {
        store.write(
            WorkQueue.RETENTION,
            batch -> {
              old.forEach(n ->
                  batch.delete(Tables.NOTIFICATION, n.endpointId(), n.at(), n.deliveryId(), n.n()));
              return true;
            });
      }
      if (old.size() < STEP) {
        return;
      }
    }
  }
}
