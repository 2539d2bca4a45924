package dev.porchlight.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Writes the whole file anew after something was deleted of which no trace may stay.
///
/// SQLite overwrites each row that it deletes (`secure_delete`). But when it spreads the rows of a
/// full page over its neighbours it leaves the bytes of those that moved in the page's unused
/// space, and there they stay until that space is needed; the row that is overwritten later is
/// another copy. Only a new file is free of them.
///
/// Units that delete so are counted in the file itself, with the unit: a hub that stops before the
/// file was written anew finds the count at its next start.
final class Rewriting {
  private static final Logger LOG = LoggerFactory.getLogger(Rewriting.class);

  /// So large a file is written anew while the hub runs: about a second's work, for which a lead
  /// that comes in the middle has to wait.
  static final long WHILE_RUNNING = 256L << 20;

  /// So large a file is written anew when the hub stops: some seconds.
  static final long WHEN_STOPPING = 2L << 30;

  /// After a failure the next try waits so long.
  private static final int PAUSE_MINUTES = 10;

  /// While the hub runs, writing the file anew holds up whoever comes meanwhile: so it is done for
  /// a thousandth of the time at most.
  private static final long RESTS = 1000;

  private final Path file;
  private OptionalLong failedAt = OptionalLong.empty();
  private OptionalLong notBefore = OptionalLong.empty();

  Rewriting(Path file) {
    this.file = file;
  }

  /// Notes, within the open transaction, that the file has to be written anew.
  void need(Connection connection) throws SQLException {
    set(connection, needed(connection) + 1);
  }

  /// The same while the hub runs, unless it was done a short time ago: where something is erased
  /// every minute, the file is not written anew for each.
  boolean runAtTimes(Connection connection) throws SQLException {
    long began = System.nanoTime();
    if (notBefore.isPresent() && began - notBefore.getAsLong() < 0
        || !run(connection, WHILE_RUNNING)) {
      return false;
    }
    long end = System.nanoTime();
    notBefore = OptionalLong.of(end + (end - began) * RESTS);
    return true;
  }

  /// Writes the file anew if that is needed and the file is no larger than that. Where there is no
  /// room for it, it is left for later: not before ten minutes.
  ///
  /// @param connection one without an open transaction
  /// @param longest in bytes
  /// @return whether it was
  boolean run(Connection connection, long longest) throws SQLException {
    if (failedAt.isPresent()
        && System.nanoTime() - failedAt.getAsLong() < TimeUnit.MINUTES.toNanos(PAUSE_MINUTES)) {
      return false;
    }
    int needed = needed(connection);
    if (needed == 0 || size() > longest) {
      return false;
    }
    long began = System.nanoTime();
    try {
      execute(connection, "VACUUM");
    } catch (SQLException e) {
      if (!isHarmless(e)) {
        throw e;
      }
      failedAt = OptionalLong.of(System.nanoTime());
      LOG.warn(
          "The database file could not be written anew after an erasure; it is tried again: {}",
          e.getMessage());
      return false;
    }
    execute(connection, "BEGIN IMMEDIATE");
    try {
      // More may have been deleted meanwhile.
      if (needed(connection) == needed) {
        set(connection, 0);
      }
      execute(connection, "COMMIT");
    } catch (SQLException e) {
      execute(connection, "ROLLBACK");
      throw e;
    }
    LOG.info(
        "The database file was written anew after an erasure, in {} ms",
        (System.nanoTime() - began) / 1_000_000);
    return true;
  }

  /// Whether the database itself is well: somebody else held it, or there was no room, no memory or
  /// no place for the copy that is made on the way.
  private static boolean isHarmless(SQLException e) {
    int code = e.getErrorCode();
    if (e instanceof SQLiteException s) {
      if (s.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_GETTEMPPATH) {
        return true;
      }
      code = s.getResultCode().code;
    }
    return switch (code & 0xff) {
      case 5, 6, 7, 13, 14 -> true; // BUSY, LOCKED, NOMEM, FULL, CANTOPEN
      default -> false;
    };
  }

  private long size() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      LOG.debug("The size of the database file can't be read", e);
      return Long.MAX_VALUE;
    }
  }

  /// A number in the file's header that belongs to whoever uses SQLite; part of transactions.
  private static int needed(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("PRAGMA user_version")) {
      results.next();
      return results.getInt(1);
    }
  }

  private static void set(Connection connection, int needed) throws SQLException {
    execute(connection, "PRAGMA user_version = " + needed);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
