package dev.porchlight.store;

import java.util.concurrent.TimeUnit;

/// How long work that nobody waits for rests after each of its units, so that those who wait for
/// the writer hardly meet it. May be shared by threads.
///
/// By itself it takes a fifth of the writer. While leads come it takes a hundredth, for an hour:
/// what is not done by then would pile up, and goes on by a fifth again.
final class Pace {
  private static final int RESTS = 4;
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int RESTS_BESIDE_LEADS = 99;
  private static final long LONGEST_BESIDE_LEADS = TimeUnit.SECONDS.toNanos(2);

  /// From how many a second on leads count as coming.
  private static final int LEADS = 10;

  private static final long PATIENCE = TimeUnit.HOURS.toNanos(1);

  /// After so long without any work it begins anew.
  private static final long PAUSE = TimeUnit.MINUTES.toNanos(10);

  private boolean begun;
  private long began;
  private long last;
  private long leadsBefore;

  /// How long to rest, in nanoseconds.
  ///
  /// @param took how long the unit and its waiting took, in nanoseconds
  /// @param leads how many units of leads there have been so far
  /// @param now of [System#nanoTime]
  synchronized long rest(long took, long leads, long now) {
    boolean anew = !begun || now - last > PAUSE;
    if (anew) {
      began = now;
    }
    // Of the time before the first nothing is known.
    double perSecond = anew ? 0 : (leads - leadsBefore) * 1e9 / Math.max(now - last, 1);
    begun = true;
    last = now;
    leadsBefore = leads;
    return perSecond >= LEADS && now - began < PATIENCE
        ? Math.min(took * RESTS_BESIDE_LEADS, LONGEST_BESIDE_LEADS)
        : Math.min(took * RESTS, LONGEST);
  }
}
