package dev.porchlight.value;

import java.time.Instant;

/// A point in time as a sender gave it.
///
/// @param at the instant, UTC
/// @param zoneAssumed true when the sender named no zone and UTC was assumed
public record Moment(Instant at, boolean zoneAssumed) {}
