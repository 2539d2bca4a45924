package dev.porchlight.watch;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/// The searches of one place, as columns: for each number that any of them asks for the least and
/// the greatest, for each set of words a mask. A column that none asks for is not there. For one
/// thread.
final class Bucket {
  /// Bits of words, by attribute.
  static final int SETS = 5;

  private static final int SPANS = Branch.NUMBERS.size();

  private int size;
  private int[] slots = new int[4];
  private final double[][] low = new double[SPANS][];
  private final double[][] high = new double[SPANS][];
  private final long[][] masks = new long[SETS][];

  /// What is asked of a listing, or what a listing has.
  ///
  /// @param low of a listing its number, negative infinity where it has none
  static final class Probe {
    final double[] low = new double[SPANS];
    final double[] high = new double[SPANS];
    final long[] masks = new long[SETS];

    Probe() {
      Arrays.fill(low, Double.NEGATIVE_INFINITY);
      Arrays.fill(high, Double.POSITIVE_INFINITY);
      Arrays.fill(masks, -1L);
    }
  }

  int size() {
    return size;
  }

  void add(int slot, Probe asked) {
    if (size == slots.length) {
      grow();
    }
    slots[size] = slot;
    for (int d = 0; d < SPANS; d++) {
      if (low[d] == null
          && (asked.low[d] != Double.NEGATIVE_INFINITY
              || asked.high[d] != Double.POSITIVE_INFINITY)) {
        low[d] = new double[slots.length];
        high[d] = new double[slots.length];
        Arrays.fill(low[d], 0, size, Double.NEGATIVE_INFINITY);
        Arrays.fill(high[d], 0, size, Double.POSITIVE_INFINITY);
      }
      if (low[d] != null) {
        low[d][size] = asked.low[d];
        high[d][size] = asked.high[d];
      }
    }
    for (int s = 0; s < SETS; s++) {
      if (masks[s] == null && asked.masks[s] != -1L) {
        masks[s] = new long[slots.length];
        Arrays.fill(masks[s], 0, size, -1L);
      }
      if (masks[s] != null) {
        masks[s][size] = asked.masks[s];
      }
    }
    size++;
  }

  private void grow() {
    int length = slots.length + (slots.length >> 1) + 2;
    slots = Arrays.copyOf(slots, length);
    for (int d = 0; d < SPANS; d++) {
      if (low[d] != null) {
        low[d] = Arrays.copyOf(low[d], length);
        high[d] = Arrays.copyOf(high[d], length);
      }
    }
    for (int s = 0; s < SETS; s++) {
      if (masks[s] != null) {
        masks[s] = Arrays.copyOf(masks[s], length);
      }
    }
  }

  /// The slots whose conditions a listing meets. Column by column: each pass goes on with what the
  /// one before has left.
  ///
  /// @param left room for as many numbers as there are searches here
  void find(Probe listing, int[] left, IntConsumer found) {
    int count = size;
    for (int i = 0; i < count; i++) {
      left[i] = i;
    }
    for (int d = 0; d < SPANS && count > 0; d++) {
      if (low[d] != null) {
        count = between(low[d], high[d], listing.low[d], left, count);
      }
    }
    for (int s = 0; s < SETS && count > 0; s++) {
      if (masks[s] != null) {
        count = among(masks[s], listing.masks[s], left, count);
      }
    }
    for (int i = 0; i < count; i++) {
      found.accept(slots[left[i]]);
    }
  }

  private static int between(double[] low, double[] high, double number, int[] left, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = left[i];
      left[kept] = row;
      kept += number >= low[row] & number <= high[row] ? 1 : 0;
    }
    return kept;
  }

  private static int among(long[] masks, long mask, int[] left, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = left[i];
      left[kept] = row;
      kept += masks[row] == -1L | (masks[row] & mask) != 0 ? 1 : 0;
    }
    return kept;
  }

  /// Leaves out the slots that are dead; whether any is left.
  boolean sweep(BitSet dead) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (dead.get(slots[i])) {
        continue;
      }
      slots[kept] = slots[i];
      for (int d = 0; d < SPANS; d++) {
        if (low[d] != null) {
          low[d][kept] = low[d][i];
          high[d][kept] = high[d][i];
        }
      }
      for (int s = 0; s < SETS; s++) {
        if (masks[s] != null) {
          masks[s][kept] = masks[s][i];
        }
      }
      kept++;
    }
    size = kept;
    return kept > 0;
  }
}
