package dev.porchlight.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The deliveries of one order key at one endpoint, while any of them is open. Whoever works on it
/// holds its lease; the fence grows with each lease, and a settlement with an old one changes
/// nothing.
///
/// @param dueAt when there is something to do
/// @param pending how many deliveries are open
/// @param blocked its head failed and the others wait for it
/// @param owner the hub process that holds the lease, if one does
record Lane(
    String endpointId,
    String orderKey,
    Instant dueAt,
    int pending,
    boolean blocked,
    @Nullable String owner,
    @Nullable Instant leasedUntil,
    long fence) {

  boolean isFree(Instant now) {
    return owner == null || leasedUntil == null || leasedUntil.isBefore(now);
  }

  Lane leasedBy(String hub, Instant until) {
    return new Lane(endpointId, orderKey, dueAt, pending, blocked, hub, until, fence + 1);
  }
}
