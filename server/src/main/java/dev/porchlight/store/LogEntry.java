package dev.porchlight.store;

import java.time.Instant;

/// One line of the one ordered record of all that happened.
///
/// @param seq from 1, without gaps
/// @param at never before that of the line before
public record LogEntry(long seq, Instant at, String kind, String subject, String ref) {}
