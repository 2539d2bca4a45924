package dev.porchlight.delivery;

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
