package dev.porchlight.store;

import java.util.Optional;

/// A piece of work that is done whole or not at all. It may be run more than once; only the last
/// run counts, so it draws no ids and reads no clock. It does no parsing, no cryptography, no
/// regular expressions and no other I/O than through the batch.
@FunctionalInterface
public interface Unit<T> {
  /// Does the work. Throwing leaves nothing behind.
  T run(Batch batch);

  /// About how many bytes it writes; a batch holds 256 KiB of them.
  default int size() {
    return 1024;
  }

  /// What to do in its place when it threw, broke a constraint, or waited too long for the writer.
  default Optional<Unit<T>> instead() {
    return Optional.empty();
  }
}
