package dev.porchlight.poll;

/// A stretch of the portal's time of ingestion, in Unix seconds, both ends in it.
record Window(long min, long max) {
  /// The portal takes at most 7 days; a second less, however it counts the ends.
  static final long LONGEST = 7 * 24 * 60 * 60 - 1;

  Window {
    if (min > max || max - min > LONGEST) {
      throw new IllegalArgumentException("no window: " + min + " to " + max);
    }
  }

  /// The next one to read.
  ///
  /// @param covered up to where everything was read; after now where a clock was set back
  /// @param overlap how far to reach back, because a portal may show a lead only a while after the
  ///   time it gives it, and because no two clocks agree; less than [#LONGEST]
  static Window after(long covered, long now, long overlap) {
    long min = Math.max(0, Math.min(covered, now) - overlap);
    return new Window(min, Math.max(min, Math.min(now, min + LONGEST)));
  }
}
