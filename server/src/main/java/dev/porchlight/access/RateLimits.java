package dev.porchlight.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// How many requests each key has made in the last five minutes, at this hub. Counted by seconds: a
/// window that slides, so no burst over a border gets more than its due. May be shared by threads.
public final class RateLimits {
  /// What a limit is over.
  public static final Duration WINDOW = Duration.ofMinutes(5);

  private static final int MOST = 10_000;
  private static final int SECONDS = (int) WINDOW.toSeconds();

  private static final class Counter {
    private final int[] counts = new int[SECONDS];
    private long second = Long.MIN_VALUE;
    private int total;

    /// Lets one more through, or says for how many seconds there is no room.
    synchronized int admit(long now, int most) {
      advance(now);
      if (total < most) {
        counts[slot(second)]++;
        total++;
        return 0;
      }
      var room = total - most + 1;
      for (int ahead = 1; ahead <= SECONDS; ahead++) {
        room -= counts[slot(second + ahead)];
        if (room <= 0) {
          return ahead;
        }
      }
      return SECONDS;
    }

    synchronized boolean isIdle(long now) {
      return now - second >= SECONDS;
    }

    private void advance(long now) {
      if (second == Long.MIN_VALUE || now - second >= SECONDS) {
        java.util.Arrays.fill(counts, 0);
        total = 0;
        second = now;
      }
      // A clock that was set back counts on in the second where it was.
      while (second < now) {
        second++;
        total -= counts[slot(second)];
        counts[slot(second)] = 0;
      }
    }

    private static int slot(long second) {
      return (int) Math.floorMod(second, (long) SECONDS);
    }
  }

  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  /// Counts a request.
  ///
  /// @param most so many in any five minutes
  /// @return 0 when it may pass; else it is not counted, and this is in how many seconds one may
  public int admit(String key, int most, Instant now) {
    long second = TimeUnit.MILLISECONDS.toSeconds(now.toEpochMilli());
    if (counters.size() >= MOST) {
      // Strangers choose some of the keys: what is idle counts nothing and need not be kept.
      counters.values().removeIf(c -> c.isIdle(second));
    }
    return counters.computeIfAbsent(key, _ -> new Counter()).admit(second, most);
  }
}
