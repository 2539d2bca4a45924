package dev.porchlight.store.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/// A data folder that is read whole, to be moved: no hub can open it meanwhile, it was looked over,
/// and it is seen as of one moment. Nothing in the database is written.
public final class SqliteSource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteSource.class);

  private final Path folder;
  private final FileChannel lock;
  private final Connection connection;

  private SqliteSource(Path folder, FileChannel lock, Connection connection) {
    this.folder = folder;
    this.lock = lock;
    this.connection = connection;
  }

  /// Opens and checks it.
  ///
  /// @throws IllegalStateException with a sentence for the user: there is no store, a hub has it
  ///   open, it was moved already, another release wrote it, it is not sound
  public static SqliteSource open(Path folder) {
    var file = folder.resolve("porchlight.db");
    if (!Files.isRegularFile(file)) {
      throw new IllegalStateException("There is no store in the folder " + folder);
    }
    MovedMark.complaint(folder)
        .ifPresent(sentence -> {
          throw new IllegalStateException(sentence);
        });
    try {
      var lock =
          FileChannel.open(
              folder.resolve("porchlight.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      SqliteEngine.lock(lock, folder);
      try {
        return new SqliteSource(folder, lock, connect(folder, file));
      } catch (IOException | SQLException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The data folder " + folder + " can't be used", e);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The store in " + folder + " can't be read: " + e.getMessage(), e);
    }
  }

  private static Connection connect(Path folder, Path file) throws IOException, SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5000);
    var connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
    try {
      check(folder, connection);
      connection.setAutoCommit(false);
      return connection;
    } catch (IOException | SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void check(Path folder, Connection connection) throws IOException, SQLException {
    int found = SqliteSchema.of(connection);
    if (found > SqliteSchema.NEWEST) {
      throw new IllegalStateException(
          "The store in "
              + folder
              + " was written by a newer release (schema "
              + found
              + ", this release knows "
              + SqliteSchema.NEWEST
              + "): move it with that release");
    }
    if (found < SqliteSchema.NEWEST) {
      throw new IllegalStateException(
          "The store in "
              + folder
              + " was written by an older release (schema "
              + found
              + ", this release has "
              + SqliteSchema.NEWEST
              + "): start a hub of this release on it and stop it, then move it");
    }
    var integrity = text(connection, "PRAGMA integrity_check(1)");
    if (!integrity.equals("ok")) {
      throw new IllegalStateException(
          "The database in "
              + folder
              + " is damaged ("
              + integrity.lines().reduce((_, last) -> last).orElse("")
              + "): restore a backup, then move that");
    }
    long head = Long.parseLong(text(connection, "SELECT COALESCE(MAX(seq), 0) FROM log"));
    if (DataFolder.isInDoubt(folder, head)) {
      throw new IllegalStateException(
          "The store in "
              + folder
              + " was left in doubt (it halted, or its newest entries are gone): start a hub on it"
              + " and stop it, look at `porchlight doctor`, then move it");
    }
    long entries = Long.parseLong(text(connection, "SELECT COUNT(*) FROM log"));
    if (entries != head) {
      throw new IllegalStateException(
          "The log in " + folder + " ends at " + head + " and has " + entries + " entries");
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery(sql)) {
      results.next();
      return results.getString(1);
    }
  }

  /// Reads only.
  public Connection connection() {
    return connection;
  }

  /// Leaves word that hubs are to use that database from now on.
  ///
  /// @param where its address
  /// @throws IllegalStateException with a sentence, when that can't be written
  public void markMoved(String where) {
    try {
      MovedMark.write(folder, where, Instant.now());
    } catch (IOException e) {
      throw new IllegalStateException(
          "The move is complete, but "
              + folder
              + " can't be marked as moved: see to it that no hub is started on it",
          e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("The store was not closed in order: {}", e.getMessage());
    }
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("The lock file was not closed: {}", e.getMessage());
    }
  }
}
