package dev.porchlight.store;

import java.util.concurrent.TimeUnit;

/// How long work that nobody waits for rests after each of its units, so that those who wait for
/// the writer hardly meet it. May be shared by threads.
///
/// By itself it takes a fifth of the writer. While leads come it takes a hundredth; when it has had
/// no end for an hour, more comes than is done so, and it goes on by a fifth until it has one.
final class Rests {
  private static final int RESTS = 4;
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int RESTS_BESIDE_LEADS = 99;
  private static final long LONGEST_BESIDE_LEADS = TimeUnit.SECONDS.toNanos(2);

  /// From how many a second on leads count as coming.
  private static final int LEADS = 10;

  /// For how long leads are counted before their rate is told.
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);

  private static final long PATIENCE = TimeUnit.HOURS.toNanos(1);

  /// When for so long after a rest no unit came, there was nothing left.
  private static final long END = TimeUnit.SECONDS.toNanos(5);

  private boolean begun;
  private long began;
  private long rested;
  private long counted;
  private long leadsBefore;
  private double perSecond;

  /// How long to rest, in nanoseconds.
  ///
  /// @param took how long the unit and its waiting took, in nanoseconds
  /// @param leads how many units of leads there have been so far
  /// @param now of [System#nanoTime]
  synchronized long after(long took, long leads, long now) {
    if (!begun) {
      // Of the time before the first nothing is known.
      counted = now;
      leadsBefore = leads;
    }
    if (!begun || now - took - rested > END) {
      began = now;
    }
    if (now - counted >= WINDOW) {
      perSecond = (leads - leadsBefore) * 1e9 / (now - counted);
      counted = now;
      leadsBefore = leads;
    }
    long rest =
        perSecond >= LEADS && now - began < PATIENCE
            ? Math.min(took * RESTS_BESIDE_LEADS, LONGEST_BESIDE_LEADS)
            : Math.min(took * RESTS, LONGEST);
    rested = begun ? Math.max(rested, now + rest) : now + rest;
    begun = true;
    return rest;
  }
}
