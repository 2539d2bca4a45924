package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.Wanted;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what becomes of a lane that is held: how a delivery stands after an attempt, when
/// the lane is due next, that its lease goes on or ends. Each unit checks owner and fence first; a
/// holder whose lease went to somebody else changes nothing. May be shared by threads.
final class Settling {
  private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

  private final Store store;
  private final String hub;
  private final Duration lease;
  private final Joined joined;
  private final Breakers breakers;
  private final Runnable wake;
  private final BooleanSupplier closing;

  /// @param hub names this process as the owner of lanes
  /// @param wake has due lanes looked for: an endpoint that was left alone takes something again,
  ///   or a lane has more than its holder goes on with
  /// @param closing whether no lane is to be gone on with
  Settling(
      Store store,
      String hub,
      Duration lease,
      Joined joined,
      Breakers breakers,
      Runnable wake,
      BooleanSupplier closing) {
    this.store = store;
    this.hub = hub;
    this.lease = lease;
    this.joined = joined;
    this.breakers = breakers;
    this.wake = wake;
    this.closing = closing;
  }

  /// Leases the lane for longer; false when the lease went to somebody else.
  boolean renew(Hold hold) {
    long before = System.nanoTime();
    boolean held =
        store.write(
            WorkQueue.ATTEMPTS,
            Unit.reading(
                List.of(laneOf(hold.claim)),
                batch -> {
                  var lane =
                      batch.find(Tables.LANE, hold.claim.endpointId(), hold.claim.orderKey());
                  if (lane == null || !lane.isHeld(hub, hold.claim.fence())) {
                    return false;
                  }
                  batch.put(Tables.LANE, lane.heldUntil(batch.clock().plus(lease)));
                  return true;
                }));
    hold.since = before;
    return held;
  }

  private static Wanted laneOf(Claim claim) {
    return Wanted.of(Tables.LANE, claim.endpointId(), claim.orderKey());
  }

  /// Records how a delivery stands now, and when its lane is due next.
  ///
  /// @param view what its holder knows to be open in the lane
  /// @param settlement null where nothing became of any delivery
  /// @return whether there is more to do in the lane at once, which then is still leased to us
  boolean settle(Hold hold, List<Open> view, @Nullable Settlement settlement) {
    var claim = hold.claim;
    var wanted = new ArrayList<Wanted>(List.of(laneOf(claim)));
    if (settlement != null) {
      wanted.add(Wanted.of(Tables.STATE, settlement.delivery().id()));
    }
    Unit<Boolean> unit =
        batch -> {
          var lane = batch.find(Tables.LANE, claim.endpointId(), claim.orderKey());
          if (lane == null || !lane.isHeld(hub, claim.fence())) {
            LOG.warn("A lease on endpoint {} was lost; nothing is recorded", claim.endpointId());
            return false;
          }
          int pending = lane.pending();
          int passed = lane.passed();
          DeliveryState settled = null;
          if (settlement != null) {
            var before = batch.find(Tables.STATE, settlement.delivery().id());
            if (before == null) {
              throw new IllegalStateException("no state of " + settlement.delivery().id());
            }
            // It is not open: an erasure ended it meanwhile, and nothing of the attempt may be
            // written down.
            boolean known = settlement.isIn(before) || !before.isOpen();
            settled = known ? before : settlement.after(before, batch.clock());
            if (!known) {
              record(batch, claim, settlement, settled);
              pending -= settled.isOpen() ? 0 : 1;
              passed += (settled.isOpen() && settled.passed() ? 1 : 0) - (before.passed() ? 1 : 0);
            }
          }
          boolean moved = lane.hasMovedFrom(hold.pending, hold.due);
          var still = writeLane(batch, hold, lane, pending, passed, later(view, settled), moved);
          still.ifPresent(held ->
              batch.afterCommit(() -> {
                hold.planned = joined.next(claim, held.pending());
                hold.passed = held.passed() > 0;
                hold.pending = held.pending();
                hold.due = held.dueAt();
              }));
          return still.isPresent();
        };
    return store.write(WorkQueue.ATTEMPTS, Unit.reading(wanted, unit));
  }

  private void record(Batch batch, Claim claim, Settlement settlement, DeliveryState settled) {
    var delivery = settlement.delivery();
    batch.put(Tables.STATE, settled);
    AnswerWords.put(batch, settlement.words());
    var attempt = settlement.attempt();
    if (attempt != null) {
      batch.put(Tables.ATTEMPT, attempt);
      if (breakers.settle(batch, claim, attempt, settlement.asked())) {
        batch.afterCommit(wake);
      }
      Endpoints.in(batch.settings())
          .find(delivery.endpointId())
          .filter(e -> e.subscription() != null)
          .ifPresent(_ -> batch.put(Tables.NOTIFICATION, Notification.of(delivery, attempt)));
    }
    batch.append(
        settled.isOpen() ? "delivery.attempted" : "delivery." + settled.state().word(),
        delivery.leadId(),
        delivery.id());
  }

  /// What is open in the lane as far as its holder knows, in order.
  private static List<DeliveryState> later(List<Open> view, @Nullable DeliveryState settled) {
    return view.stream()
        .map(o ->
            settled != null && settled.deliveryId().equals(o.delivery().id()) ? settled : o.state())
        .filter(DeliveryState::isOpen)
        .toList();
  }

  /// @param later what the holder knows of the lane's open deliveries: the next one in order, and
  ///   the passed one that is due first, among others
  /// @param moved others had to do with the lane since, so that it takes another look before it is
  ///   known when it is due
  /// @return the lane when it is still held; empty when it was let go
  private Optional<Lane> writeLane(
      Batch batch,
      Hold hold,
      Lane lane,
      int pending,
      int passed,
      List<DeliveryState> later,
      boolean moved) {
    if (pending <= 0) {
      batch.delete(Tables.LANE, lane.endpointId(), lane.orderKey());
      return Optional.empty();
    }
    var now = batch.clock();
    var head = later.stream().filter(s -> !s.passed()).findFirst();
    boolean waiting = pending > passed;
    boolean blocked = waiting && head.isPresent() && isLater(head.get(), now);
    Instant due = now;
    if (!moved && (blocked || !waiting)) {
      due =
          later.stream()
              .filter(s -> s.passed() || head.isPresent() && s == head.get())
              .map(s -> s.nextAt() == null ? now : s.nextAt())
              .min(Comparator.naturalOrder())
              .orElse(now);
    }
    boolean isDue = !due.isAfter(now);
    boolean goOn = isDue && !closing.getAsBoolean() && !hold.seat.isLeft();
    if (isDue && hold.seat.isLeft()) {
      batch.afterCommit(wake);
    }
    var left = lane.due(due, pending, passed, blocked);
    batch.put(Tables.LANE, goOn ? left.heldUntil(now.plus(lease)) : left.free());
    return goOn ? Optional.of(left) : Optional.empty();
  }

  private static boolean isLater(DeliveryState state, Instant now) {
    return state.nextAt() != null && state.nextAt().isAfter(now);
  }

  /// Lets a lane go.
  void release(Claim claim) {
    Unit<Boolean> unit =
        batch -> {
          var lane = batch.find(Tables.LANE, claim.endpointId(), claim.orderKey());
          if (lane != null && lane.isHeld(hub, claim.fence())) {
            batch.put(Tables.LANE, lane.free());
          }
          return true;
        };
    store.write(WorkQueue.ATTEMPTS, Unit.reading(List.of(laneOf(claim)), unit));
  }
}
