package dev.porchlight.delivery;

import dev.porchlight.store.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The deliveries of one order key at one endpoint, while any of them is open. Whoever works on it
/// holds its lease; the fence grows with each lease, and a settlement with an old one changes
/// nothing.
///
/// @param dueAt when there is something to do
/// @param pending how many deliveries are open
/// @param passed how many of those the others no longer wait for
/// @param blocked its head failed and the others wait for it
/// @param owner the hub process that holds the lease, if one does
record Lane(
    String endpointId,
    String orderKey,
    Instant dueAt,
    int pending,
    int passed,
    boolean blocked,
    @Nullable String owner,
    @Nullable Instant leasedUntil,
    long fence) {

  boolean isFree(Instant now) {
    return owner == null || leasedUntil == null || leasedUntil.isBefore(now);
  }

  boolean isHeld(String hub, long withFence) {
    return fence == withFence && hub.equals(owner);
  }

  Lane leasedBy(String hub, Instant until) {
    return new Lane(endpointId, orderKey, dueAt, pending, passed, blocked, hub, until, fence + 1);
  }

  /// One of its deliveries, of which `reopened` were not open, is due now. Always another due time
  /// than before, so that whoever holds the lane sees that something came up.
  Lane wokenAt(Instant now, int reopened, int passedAgain) {
    var at = dueAt.isAfter(now) ? now : dueAt.minusNanos(1000);
    return due(at, pending + reopened, passed + passedAgain, blocked);
  }

  /// Whether something came up in it that its holder, who knew it so, did not do.
  boolean hasMovedFrom(int thenPending, Instant thenDue) {
    return pending != thenPending || Row.micros(dueAt) != Row.micros(thenDue);
  }

  Lane heldUntil(Instant until) {
    return new Lane(endpointId, orderKey, dueAt, pending, passed, blocked, owner, until, fence);
  }

  Lane free() {
    return new Lane(endpointId, orderKey, dueAt, pending, passed, blocked, null, null, fence);
  }

  Lane due(Instant at, int pending, int passed, boolean blocked) {
    return new Lane(endpointId, orderKey, at, pending, passed, blocked, owner, leasedUntil, fence);
  }
}
