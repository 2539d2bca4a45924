package dev.porchlight.door.spark;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Unit;

/// A unit with its size, so that large ones don't share a batch with many others.
///
/// @param size about how many bytes it writes
record SizedUnit<R>(Unit<R> unit, int size) implements Unit<R> {
  SizedUnit {
    size = Math.max(1024, size);
  }

  @Override
  public R run(Batch batch) {
    return unit.run(batch);
  }
}
