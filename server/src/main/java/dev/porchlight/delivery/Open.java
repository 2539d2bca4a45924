package dev.porchlight.delivery;

import java.time.Instant;

/// An open delivery and how it stands.
record Open(Delivery delivery, DeliveryState state) {
  boolean isDue(Instant now) {
    return state.nextAt() == null || !state.nextAt().isAfter(now);
  }
}
