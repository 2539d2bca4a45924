package dev.porchlight.value;

import org.jspecify.annotations.Nullable;

/// A real-estate agent as a lead names one.
///
/// @param mlsId the agent's number within the MLS
public record Agent(
    @Nullable String name,
    @Nullable String email,
    @Nullable String phone,
    @Nullable String mlsId,
    @Nullable String office,
    @Nullable String broker) {}
