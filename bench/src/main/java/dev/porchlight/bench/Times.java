package dev.porchlight.bench;

import java.util.Arrays;

/// Many durations, in nanoseconds. Not for several threads at once.
final class Times {
  private long[] nanos = new long[1024];
  private int count;
  private boolean sorted;

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = duration;
    sorted = false;
  }

  void addAll(Times others) {
    for (int i = 0; i < others.count; i++) {
      add(others.nanos[i]);
    }
  }

  int count() {
    return count;
  }

  /// In microseconds; 0 when there is none.
  double quantile(double q) {
    if (count == 0) {
      return 0;
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, count);
      sorted = true;
    }
    return nanos[(int) Math.min(count - 1, Math.floor(q * count))] / 1e3;
  }
}
