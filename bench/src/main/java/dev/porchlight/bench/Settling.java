package dev.porchlight.bench;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// W: the rows of deliveries, written and settled as the hub does, and nothing else. Eight are
/// planned in one unit; each is settled in one of its own.
final class Settling {
  static final int PLANNED = 8;
  private static final String ENDPOINT = "bench";
  private static final String HUB = "bench-hub";

  private record DeliveryRow(String id, long seq, String key, Instant at) {}

  private record StateRow(
      String id, long seq, String state, int attempts, @Nullable Instant next) {}

  private record LaneRow(
      String key, Instant due, @Nullable String owner, @Nullable Instant until, long fence) {}

  private record AttemptRow(String id, Instant at) {}

  private static final Table<DeliveryRow> DELIVERY =
      Table.<DeliveryRow>named("delivery")
          .key("id", DeliveryRow::id)
          .column("seq", DeliveryRow::seq)
          .column("endpoint_id", _ -> ENDPOINT)
          .column("order_key", DeliveryRow::key)
          .column("event_id", r -> "evt_" + r.id())
          .column("kind", _ -> "lead.created")
          .column("lead_id", DeliveryRow::key)
          .column("version", _ -> 1)
          .column("office_id", DeliveryRow::key)
          .column("planned_at", DeliveryRow::at)
          .column(
              "why",
              _ ->
                  "The lead landed below Company, to which the endpoint belongs; it takes every"
                      + " kind of event from every source.")
          .readBy(r -> new DeliveryRow(r.text(1), r.number(2), r.text(4), r.time(10)));
  private static final Table<StateRow> STATE =
      Table.<StateRow>named("delivery_state")
          .key("delivery_id", StateRow::id)
          .column("endpoint_id", _ -> ENDPOINT)
          .column("seq", StateRow::seq)
          .column("state", StateRow::state)
          .column("attempts", StateRow::attempts)
          .column("tries", StateRow::attempts)
          .column("passed", _ -> 0)
          .column("next_at", StateRow::next)
          .column("ended_at", r -> r.attempts() == 0 ? null : Instant.EPOCH)
          .column("reason", _ -> "")
          .column("losses", _ -> "[]")
          .readBy(
              r -> new StateRow(r.text(1), r.number(3), r.text(4), r.integer(5), r.timeOrNull(8)));
  private static final Table<LaneRow> LANE =
      Table.<LaneRow>named("lane")
          .key("endpoint_id", _ -> ENDPOINT)
          .key("order_key", LaneRow::key)
          .column("due_at", LaneRow::due)
          .column("pending", _ -> 1)
          .column("passed", _ -> 0)
          .column("blocked", _ -> 0)
          .column("owner", LaneRow::owner)
          .column("leased_until", LaneRow::until)
          .column("fence", LaneRow::fence)
          .readBy(Settling::lane);
  private static final byte[] DIGEST = new byte[32];
  private static final Table<AttemptRow> ATTEMPT =
      Table.<AttemptRow>named("attempt")
          .key("delivery_id", AttemptRow::id)
          .key("n", _ -> 1)
          .column("at", AttemptRow::at)
          .column("micros", _ -> 500)
          .column("outcome", _ -> "delivered")
          .column("status", _ -> 204)
          .column("error", _ -> "")
          .column("answer", _ -> new byte[0])
          .column("sent_bytes", _ -> 1000)
          .column("sent_sha256", _ -> DIGEST)
          .readBy(r -> new AttemptRow(r.text(1), r.time(3)));

  private static LaneRow lane(Row r) throws java.sql.SQLException {
    return new LaneRow(r.text(2), r.time(3), r.textOrNull(7), r.timeOrNull(8), r.number(9));
  }

  private Settling() {}

  /// Writes eight and settles them.
  static void run(Store store) {
    var ids = new String[PLANNED];
    for (int i = 0; i < PLANNED; i++) {
      ids[i] = "%013x-".formatted(System.nanoTime()) + UUID.randomUUID().toString().substring(13);
    }
    store.write(
        WorkQueue.LEADS,
        batch -> {
          for (var id : ids) {
            long seq = batch.append("lead.created", id, id);
            batch.find(LANE, ENDPOINT, id);
            batch.put(DELIVERY, new DeliveryRow(id, seq, id, batch.now()));
            batch.put(STATE, new StateRow(id, seq, "pending", 0, batch.now()));
            batch.put(
                LANE, new LaneRow(id, batch.now(), HUB, batch.now().plusSeconds(30), seq << 16));
          }
          return true;
        });
    for (var id : ids) {
      store.write(
          WorkQueue.ATTEMPTS,
          batch -> {
            var lane = batch.find(LANE, ENDPOINT, id);
            var state = batch.find(STATE, id);
            if (lane == null || state == null || !HUB.equals(lane.owner())) {
              throw new IllegalStateException("not there: " + id);
            }
            batch.put(STATE, new StateRow(id, state.seq(), "delivered", 1, null));
            batch.put(ATTEMPT, new AttemptRow(id, batch.now()));
            batch.append("delivery.delivered", id, id);
            batch.delete(LANE, ENDPOINT, id);
            return true;
          });
    }
  }
}
