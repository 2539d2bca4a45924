package dev.porchlight.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An attempt at a subscription's endpoint, as its client may see it.
///
/// @param at when the attempt began
/// @param n which attempt at its delivery, from 1
/// @param status the HTTP status, when there was one
public record Notification(
    String endpointId,
    Instant at,
    String deliveryId,
    int n,
    String leadId,
    boolean delivered,
    @Nullable Integer status) {
  static Notification of(Delivery delivery, Attempt attempt) {
    return new Notification(
        delivery.endpointId(),
        attempt.at(),
        delivery.id(),
        attempt.n(),
        delivery.leadId(),
        attempt.outcome() == Attempt.Outcome.DELIVERED,
        attempt.status());
  }
}
