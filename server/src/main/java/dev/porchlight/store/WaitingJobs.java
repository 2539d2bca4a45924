package dev.porchlight.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The units that wait for the writer, each in its queue; gives out those of the next batch, at
/// most 64 or 256 KiB of them, in the order of the queues, of which none takes all of it while
/// others wait. May be shared by threads; one of them takes.
final class WaitingJobs {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingJobs.class);
  private static final int MAX_UNITS = 64;
  private static final int RESERVED_FOR_LOWER = 16;
  static final int MAX_BYTES = 256 * 1024;
  private static final int BYTES_RESERVED_FOR_LOWER = MAX_BYTES / 4;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final EnumMap<WorkQueue, ArrayDeque<Job<?>>> byKind = new EnumMap<>(WorkQueue.class);
  private boolean closed;

  WaitingJobs() {
    for (var queue : WorkQueue.values()) {
      byKind.put(queue, new ArrayDeque<>());
    }
  }

  /// @throws StoreUnavailableException when no more are taken
  void add(WorkQueue queue, Job<?> job) {
    lock.lock();
    try {
      if (closed) {
        throw StoreUnavailableException.closed();
      }
      byKind.computeIfAbsent(queue, _ -> new ArrayDeque<>()).add(job);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more; what waits is still given out.
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Whether it is closed and all has been given out.
  boolean isDone() {
    lock.lock();
    try {
      return closed && byKind.values().stream().allMatch(ArrayDeque::isEmpty);
    } finally {
      lock.unlock();
    }
  }

  /// How many wait.
  long size() {
    lock.lock();
    try {
      return byKind.values().stream().mapToLong(ArrayDeque::size).sum();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for work. An empty list when it is closed and nothing is left, and from time to time
  /// while the store refuses.
  List<Job<?>> take(BooleanSupplier refusing) {
    lock.lock();
    try {
      while (true) {
        var taken = takeNow();
        if (!taken.isEmpty() || closed) {
          return taken;
        }
        if (!refusing.getAsBoolean()) {
          work.awaitUninterruptibly();
        } else if (work.awaitNanos(LOOK_AGAIN_NANOS) <= 0) {
          return List.of();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Somebody interrupted the writer, which has no use for it", e);
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<Job<?>> takeNow() {
    var taken = new ArrayList<Job<?>>();
    int bytes = 0;
    long now = System.nanoTime();
    // First each queue in turn but never all of the batch, then whatever there is.
    for (int round = 0; round < 2; round++) {
      int limit = round == 0 ? MAX_UNITS - RESERVED_FOR_LOWER : MAX_UNITS;
      int room = round == 0 ? MAX_BYTES - BYTES_RESERVED_FOR_LOWER : MAX_BYTES;
      for (var queue : byKind.values()) {
        int fromThis = 0;
        int bytesFromThis = 0;
        while (taken.size() < MAX_UNITS && fromThis < limit) {
          var next = queue.peek();
          if (next == null
              || !taken.isEmpty()
                  && (bytes + next.size > MAX_BYTES || bytesFromThis + next.size > room)) {
            break;
          }
          queue.poll();
          if (next.start(now)) {
            taken.add(next);
            bytes += next.size;
            bytesFromThis += next.size;
            fromThis++;
          }
        }
      }
    }
    return taken;
  }
}
