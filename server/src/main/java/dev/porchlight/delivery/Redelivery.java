package dev.porchlight.delivery;

import dev.porchlight.store.Batch;
import java.util.Optional;
import java.util.function.Predicate;

/// Makes deliveries due once more, or gives them up; all within a unit.
public final class Redelivery {
  private Redelivery() {}

  /// Makes a delivery due now, with the whole schedule of waits before it again; what was delivered
  /// is delivered again, under the same `webhook-id`.
  ///
  /// @return how it stands then; empty when there is none
  static Optional<Deliveries.Standing> byHand(Batch batch, String id) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery == null || state == null) {
      return Optional.empty();
    }
    // Whoever asks by hand is not to wait for an endpoint that is left alone.
    var health = batch.find(Tables.HEALTH, delivery.endpointId());
    if (health != null && health.isShut()) {
      batch.put(Tables.HEALTH, health.ajar(batch.clock()));
    }
    var due = again(batch, delivery, state);
    return Optional.of(new Deliveries.Standing(delivery, due));
  }

  private static DeliveryState again(Batch batch, Delivery delivery, DeliveryState state) {
    var due = state.dueNow(batch.clock());
    batch.put(Tables.STATE, due);
    if (state.state() == DeliveryState.State.UNWRITABLE) {
      AnswerWords.deleteOfReason(batch, delivery.id());
    }
    long seq = batch.append("delivery.retried", delivery.leadId(), delivery.id());
    reopen(batch, delivery, seq, due.passed(), state.isOpen() ? 0 : 1);
    return due;
  }

  /// Makes a delivery due once more that stands in one of some states, within a unit.
  ///
  /// @return false when it does not stand like that, or is not there
  public static boolean again(Batch batch, String id, Predicate<DeliveryState.State> wanted) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery == null || state == null || !wanted.test(state.state())) {
      return false;
    }
    again(batch, delivery, state);
    return true;
  }

  /// Lets go of a delivery that was given up or can't be written, within a unit.
  static void letGo(Batch batch, String id, String why) {
    drop(batch, id, why, s -> s == DeliveryState.State.DEAD || s == DeliveryState.State.UNWRITABLE);
  }

  /// Gives up a delivery that is dead, for a reason that no retry mends, within a unit.
  public static void giveUp(Batch batch, String id, String why) {
    drop(batch, id, why, s -> s == DeliveryState.State.DEAD);
  }

  private static void drop(
      Batch batch, String id, String why, Predicate<DeliveryState.State> wanted) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery == null || state == null || !wanted.test(state.state())) {
      return;
    }
    if (state.state() == DeliveryState.State.UNWRITABLE) {
      AnswerWords.deleteOfReason(batch, id);
    }
    batch.put(Tables.STATE, state.dropped(why, batch.clock()));
    batch.append("delivery.dropped", delivery.leadId(), id);
  }

  /// Sees to it that a lane knows of a delivery that is due now.
  ///
  /// @param seq the log entry that says so; a new lane's fence lies above any that an earlier one
  ///   of its key can have had
  /// @param reopened 1 when it was not open before
  static void reopen(Batch batch, Delivery delivery, long seq, boolean passed, int reopened) {
    var now = batch.clock();
    var lane = batch.find(Tables.LANE, delivery.endpointId(), delivery.orderKey());
    batch.put(
        Tables.LANE,
        lane == null
            ? new Lane(
                delivery.endpointId(),
                delivery.orderKey(),
                now,
                1,
                passed ? 1 : 0,
                false,
                null,
                null,
                seq << 16)
            : lane.wokenAt(now, reopened, passed ? reopened : 0));
  }
}
