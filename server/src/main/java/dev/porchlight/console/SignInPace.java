package dev.porchlight.console;

import dev.porchlight.access.RateLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How fast somebody may try to sign in: so many times from one address in five minutes, and after
/// three wrong tries at a name from one address each next one waits twice as long as the last, from
/// a second up to five minutes. A name that nobody has is like any other, and another address has a
/// pace of its own, so that nobody is locked out by a stranger's tries. May be shared by threads.
final class SignInPace {
  private static final int FROM_ONE_ADDRESS = 60;
  private static final int FREE = 3;
  private static final int MOST_DOUBLINGS = 9;
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration FORGOTTEN = Duration.ofHours(1);
  private static final int MOST = 10_000;

  private record Wrong(int times, Instant last) {
    Instant next() {
      if (times < FREE) {
        return last;
      }
      var wait = Duration.ofSeconds(1L << Math.min(times - FREE, MOST_DOUBLINGS));
      return last.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
    }
  }

  private final RateLimits limits = new RateLimits();
  private final Map<String, Wrong> wrong = new ConcurrentHashMap<>();

  /// In how many seconds somebody may try that name from that address; 0 for now.
  int wait(String address, String name, Instant now) {
    int full = limits.admit(address, FROM_ONE_ADDRESS, now);
    var known = wrong.get(key(address, name));
    long until =
        known == null ? 0 : Math.ceilDiv(Duration.between(now, known.next()).toMillis(), 1000);
    return (int) Math.max(full, until);
  }

  /// Notes a wrong try.
  void failed(String address, String name, Instant now) {
    if (wrong.size() >= MOST) {
      // Strangers choose the names.
      wrong.values().removeIf(w -> w.last().plus(FORGOTTEN).isBefore(now));
    }
    if (wrong.size() < MOST) {
      wrong.merge(
          key(address, name),
          new Wrong(1, now),
          (a, b) -> a.last().plus(FORGOTTEN).isBefore(now) ? b : new Wrong(a.times() + 1, now));
    }
  }

  /// Forgets the wrong tries at a name that was right at last.
  void passed(String address, String name) {
    wrong.remove(key(address, name));
  }

  private static String key(String address, String name) {
    return address + " " + name.strip().toLowerCase(Locale.ROOT);
  }
}
