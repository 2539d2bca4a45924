package dev.porchlight.store;

/// The queues of the writer, in the order in which it serves them.
public enum WorkQueue {
  LEADS,
  EDITS,
  EVENTS,
  ATTEMPTS,
  REPLAY,
  RETENTION
}
