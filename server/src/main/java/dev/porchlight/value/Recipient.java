package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// Whom the portal meant the lead for: a hint for routing, never an order.
///
/// @param kind agent, office or broker, in the portal's words
public record Recipient(
    @Nullable String id, @Nullable String name, @Nullable String email, @Nullable String kind) {}
