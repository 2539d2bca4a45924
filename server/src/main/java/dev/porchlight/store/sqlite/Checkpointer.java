package dev.porchlight.store.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checkpoints beside the writer, which therefore never pays for one: on a platform thread and a
/// connection of its own, passively while there is writing, and emptying the write-ahead log when
/// there is none.
final class Checkpointer {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
  private static final int EVERY = 64;

  /// 64 MiB in pages.
  private static final long LONG_LOG = 16_384;

  /// How it comes to a connection.
  @FunctionalInterface
  interface Connecting {
    Connection connect() throws SQLException;
  }

  private final Connecting connecting;
  private final Rewriting rewriting;
  private final Doubt doubt;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread =
      Thread.ofPlatform().name("store-checkpointer").daemon().unstarted(this::run);
  private volatile int commits;
  private volatile boolean closing;

  /// A backup holds an old state open: the log can't be emptied meanwhile.
  private volatile boolean copying;

  /// @param rewriting done at times when there is nothing else to do
  Checkpointer(Connecting connecting, Rewriting rewriting, Doubt doubt) {
    this.connecting = connecting;
    this.rewriting = rewriting;
    this.doubt = doubt;
  }

  void start() {
    thread.start();
  }

  /// Counts a commit. Only by the writer's thread.
  void committed() {
    int count = commits + 1;
    commits = count;
    if (count % EVERY == 0) {
      wake.release();
    }
  }

  /// Says whether a backup is being made.
  void copying(boolean now) {
    copying = now;
  }

  /// Returns when nothing is checkpointed any more.
  void close() {
    closing = true;
    wake.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (var connection = connecting.connect()) {
      SqliteEngine.execute(connection, "PRAGMA busy_timeout = 250");
      boolean emptied = false;
      int seen = -1;
      while (!closing) {
        wake.tryAcquire(1, TimeUnit.SECONDS);
        wake.drainPermits();
        if (closing || doubt.why().isPresent()) {
          return;
        }
        int count = commits;
        boolean idle = count == seen && !copying;
        seen = count;
        if (idle && emptied) {
          continue;
        }
        try {
          if (idle) {
            rewriting.runAtTimes(connection);
          }
          // A log that is empty can't be cut short; emptying it takes the writer's lock, so it is
          // done only when nobody writes.
          if (checkpoint(connection, idle ? "TRUNCATE" : "PASSIVE") > LONG_LOG && !copying) {
            // Under steady writing a passive one never catches up and the log only grows: this one
            // makes the writer wait for a moment, so that it begins the log anew.
            checkpoint(connection, "RESTART");
          }
          emptied = idle;
        } catch (SQLException e) {
          if (doubt.isRaisedBy(e)) {
            LOG.error("A checkpoint failed; nothing is stored until the next start", e);
          } else {
            LOG.warn("A checkpoint failed and will be tried again: {}", e.getMessage());
          }
        }
      }
    } catch (SQLException e) {
      LOG.error("The checkpointer can't work", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Checkpoints and gives the length of the write-ahead log, in pages.
  private static long checkpoint(Connection connection, String how) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("PRAGMA wal_checkpoint(" + how + ")")) {
      return results.next() ? results.getLong(2) : 0;
    }
  }
}
