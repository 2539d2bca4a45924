package dev.porchlight.door.seekerleads;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Lets each client begin so many requests in any stretch of so much time, and no more. What was
/// not let in does not count. May be shared by threads.
final class Rate {
  private final int most;
  private final long nanos;
  private final LongSupplier ticks;
  private final Map<String, Begun> clients = new ConcurrentHashMap<>();

  /// @param ticks nanoseconds from any moment on
  Rate(int most, Duration stretch, LongSupplier ticks) {
    this.most = most;
    this.nanos = stretch.toNanos();
    this.ticks = ticks;
  }

  /// Whether this client may begin a request now; if so, it has.
  boolean begin(String client) {
    return clients.computeIfAbsent(client, _ -> new Begun()).begin();
  }

  /// When the last requests of one client began: a ring, the oldest at `next` once it is full.
  private final class Begun {
    private final long[] at = new long[most];
    private int count;
    private int next;

    synchronized boolean begin() {
      long now = ticks.getAsLong();
      if (count == most && now - at[next] < nanos) {
        return false;
      }
      at[next] = now;
      next = (next + 1) % most;
      count = Math.min(count + 1, most);
      return true;
    }
  }
}
