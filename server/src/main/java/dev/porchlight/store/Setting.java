package dev.porchlight.store;

import java.time.Instant;

/// One version of a thing that users configure: a node, a source, an endpoint.
///
/// @param seq the log entry from which on it holds
/// @param body JSON, in the form that the owning package reads and writes
public record Setting(String kind, String id, long seq, Instant at, String body) {}
