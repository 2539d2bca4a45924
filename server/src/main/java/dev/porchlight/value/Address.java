package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// A postal address as sent, in parts.
///
/// @param street street with house number and unit
/// @param state region; US senders give the two-letter abbreviation
public record Address(
    @Nullable String street,
    @Nullable String city,
    @Nullable String state,
    @Nullable String postalCode) {}
