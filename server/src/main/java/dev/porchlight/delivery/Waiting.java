package dev.porchlight.delivery;

import java.util.List;

/// A claim and the moment (of [System#nanoTime]) at which its lease was taken.
///
/// @param view what is open in the lane, as read since then; empty to look
record Waiting(Planner.Claim claim, long since, List<Open> view) {}
