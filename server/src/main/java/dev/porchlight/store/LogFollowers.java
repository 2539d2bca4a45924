package dev.porchlight.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Those who listen to what is added to the log. They hear of every line once and in order, whoever
/// wrote it: of this process's own as soon as they are committed; where other processes write to
/// the same database, a thread looks for theirs four times a second. May be shared by threads.
final class LogFollowers {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollowers.class);
  private static final int PAGE = 500;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Engine engine;
  private final Runnable settingsChanged;
  private final CopyOnWriteArrayList<Consumer<List<LogEntry>>> listeners =
      new CopyOnWriteArrayList<>();
  private final Semaphore news = new Semaphore(0);

  /// Held while listeners are told; guards [#told].
  private final ReentrantLock telling = new ReentrantLock();

  private long told;
  private @Nullable Thread others;
  private volatile boolean closing;

  /// @param told the last line that nobody has to hear of any more
  /// @param settingsChanged done before anybody hears that others changed settings
  LogFollowers(Engine engine, long told, Runnable settingsChanged) {
    this.engine = engine;
    this.told = told;
    this.settingsChanged = settingsChanged;
  }

  /// Looks for lines of others from now on, where there can be any.
  void start() {
    if (!engine.alone()) {
      others = Thread.ofPlatform().name("store-follower").daemon().start(this::followOthers);
    }
  }

  /// Whether somebody interrupted who waited for it.
  boolean close() {
    closing = true;
    news.release();
    return others != null && EngineStore.join(others);
  }

  /// @return what ends it
  AutoCloseable add(Consumer<List<LogEntry>> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// Tells of lines that this process has committed.
  void committed(List<LogEntry> lines) {
    if (lines.isEmpty() || listeners.isEmpty() && engine.alone()) {
      return;
    }
    telling.lock();
    try {
      if (engine.alone() || lines.getFirst().seq() == told + 1) {
        tell(lines);
      } else {
        // Lines of others come before: they are brought in order.
        news.release();
      }
    } finally {
      telling.unlock();
    }
  }

  private void tell(List<LogEntry> lines) {
    told = lines.getLast().seq();
    for (var listener : listeners) {
      try {
        listener.accept(lines);
      } catch (Throwable e) {
        LOG.error("A follower of the log failed", e);
      }
    }
  }

  private void followOthers() {
    while (!closing) {
      try {
        if (news.tryAcquire(LOOK_AGAIN_NANOS, TimeUnit.NANOSECONDS)) {
          news.drainPermits();
        }
        while (!closing && hearOthers()) {
          LOG.trace("There may be more");
        }
      } catch (InterruptedException e) {
        LOG.debug("Somebody interrupted the follower, which has no use for it", e);
      } catch (StoreUnavailableException e) {
        LOG.debug("The log can't be followed for now: {}", e.getMessage());
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread keys that others revoke would hold here for ever.
        LOG.error("The log could not be followed", e);
      }
    }
  }

  /// Reads on in the log and tells the listeners; false when there is nothing more.
  private boolean hearOthers() {
    telling.lock();
    long after;
    try {
      after = told;
    } finally {
      telling.unlock();
    }
    var lines = engine.read(h -> LogEntry.listAfter(h, after, PAGE));
    if (lines.isEmpty()) {
      return false;
    }
    if (lines.stream().anyMatch(l -> l.kind().startsWith(SettingVersion.LINE))) {
      settingsChanged.run();
    }
    telling.lock();
    try {
      var fresh = lines.stream().filter(l -> l.seq() > told).toList();
      if (!fresh.isEmpty()) {
        tell(fresh);
      }
    } finally {
      telling.unlock();
    }
    return lines.size() == PAGE;
  }
}
