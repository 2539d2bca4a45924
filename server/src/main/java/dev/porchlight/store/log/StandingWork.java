package dev.porchlight.store.log;

import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// Work that goes on for as long as the hub runs, on a thread of its own: one step after the other,
/// with a rest between them that ends early when it is woken. While the store is away, and after a
/// defect, it rests and tries again: no failure ends it.
public final class StandingWork implements AutoCloseable {
  /// For how long it rests where nothing else is said.
  public static final Duration REST = Duration.ofSeconds(1);

  /// After so many failures in a row of the store it is said aloud.
  private static final int OFTEN = 10;

  /// One step of the work.
  @FunctionalInterface
  public interface Step {
    /// Does it, and says how long to rest then.
    Duration take();
  }

  private final String name;
  private final Logger log;
  private final Step step;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private @Nullable AutoCloseable following;
  private volatile boolean closing;

  /// When the step that is being taken began, by [System#nanoTime()]; 0 for none.
  private volatile long began;

  /// @param name of the thread, and in the messages of the log
  /// @param log of whose work it is
  public StandingWork(String name, Logger log, Step step) {
    this.name = name;
    this.log = log;
    this.step = step;
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /// Work in small steps, without a rest while there may be more to do.
  ///
  /// @param step gives whether there may be more
  public static StandingWork inSteps(String name, Logger log, BooleanSupplier step) {
    return new StandingWork(name, log, () -> step.getAsBoolean() ? Duration.ZERO : REST);
  }

  /// Starts; the steps may use all that was made before this.
  public void start() {
    thread.start();
  }

  /// Starts, and is woken by lines of the log.
  ///
  /// @param kinds which lines are of interest, by their kind
  public void start(Store store, Predicate<String> kinds) {
    following =
        store.follow(lines -> {
          if (lines.stream().anyMatch(line -> kinds.test(line.kind()))) {
            wake();
          }
        });
    thread.start();
  }

  /// Ends the rest; where a step is being taken, the rest after it.
  public void wake() {
    wake.release();
  }

  /// For how long it has been at one step; zero while it rests.
  public Duration busyFor() {
    long since = began;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /// Whether it is being ended; a long step looks now and then.
  public boolean isClosing() {
    return closing;
  }

  /// Does what one thing among many asks for, and steps over it where that fails by a defect: it
  /// must not keep all others.
  ///
  /// @param what it is, in the messages of the log
  /// @return false when it was stepped over
  /// @throws StoreUnavailableException and what else the store throws: that is not of the thing,
  ///   and is tried again
  public static boolean orStepOver(Logger log, String what, Runnable work) {
    try {
      work.run();
      return true;
    } catch (JdbiException | StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      log.error("{} is stepped over, by a defect of ours", what, e);
      return false;
    }
  }

  private void run() {
    int waited = 0;
    while (!closing) {
      var rest = REST;
      try {
        began = Math.max(1, System.nanoTime());
        rest = step.take();
        waited = 0;
      } catch (StoreUnavailableException e) {
        if (e.isClosed()) {
          // Whoever had us start may have come to grief since, and closes nothing but the store.
          log.debug("The work called {} ends with its store", name);
          return;
        }
        waited++;
        if (waited % OFTEN == 0) {
          log.warn(
              "The work called {} has waited for the store {} times in a row: {}",
              name,
              waited,
              e.getMessage());
        } else {
          log.debug("The work called {} waits for the store: {}", name, e.getMessage());
        }
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread nobody would do the work any more.
        log.error("The work called {} failed; it is tried again", name, e);
      } finally {
        began = 0;
      }
      try {
        if (!rest.isZero() && wake.tryAcquire(rest.toNanos(), TimeUnit.NANOSECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Returns when the step that is being taken is over.
  @Override
  public void close() {
    closing = true;
    wake.release();
    try {
      if (following != null) {
        following.close();
      }
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("following the log never fails to end", e);
    }
  }
}
