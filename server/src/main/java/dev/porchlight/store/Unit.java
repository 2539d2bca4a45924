package dev.porchlight.store;

import java.util.List;
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

  /// Rows that it is going to look up, as far as that is known before: where a look-up is a way to
  /// a server and back, those of a whole batch are read together. A row that is not named here is
  /// looked up by itself.
  default List<Wanted> wanted() {
    return List.of();
  }

  /// The same unit, which says what it is going to look up.
  static <T> Unit<T> reading(List<Wanted> wanted, Unit<T> unit) {
    return new Unit<>() {
      @Override
      public T run(Batch batch) {
        return unit.run(batch);
      }

      @Override
      public int size() {
        return unit.size();
      }

      @Override
      public List<Wanted> wanted() {
        return wanted;
      }

      @Override
      public Optional<Unit<T>> instead() {
        return unit.instead();
      }
    };
  }

  /// What to do in its place when it threw, broke a constraint, or waited too long for the writer.
  default Optional<Unit<T>> instead() {
    return Optional.empty();
  }
}
