package dev.porchlight.store;

/// The queues of the writer, in the order in which it serves them. Work for [#RETENTION] comes in
/// small units, and each of its callers gets the answer only after a rest: it has a fifth of the
/// writer at most, and beside leads a hundredth, unless it has had no end for an hour.
public enum WorkQueue {
  LEADS,
  EDITS,
  EVENTS,
  ATTEMPTS,
  REPLAY,
  RETENTION
}
