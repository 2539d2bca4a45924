package dev.porchlight.store;

/// Whether a store takes work.
public sealed interface StoreState {
  /// It does.
  record Accepting() implements StoreState {}

  /// It does not for now and tries again by itself: the disk is full, the database is away.
  record Refusing(String reason) implements StoreState {}

  /// A write failed in a way that leaves the disk in doubt: it reads on, and takes no work until it
  /// is started again.
  record Halted(String reason) implements StoreState {}
}
