package dev.porchlight.store.sqlite;

import dev.porchlight.filter.Dialect;
import dev.porchlight.store.Engine;
import dev.porchlight.store.KnownSql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/// The file of a hub that does not run, opened to look at it: nothing is written, nothing is
/// migrated, and no lock is taken. One reader at a time.
public final class SqliteReading implements Engine {
  private final Connection connection;
  private final Handle handle;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  private SqliteReading(Connection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
    handle = KnownSql.on(connection);
  }

  /// Opens the file in that folder.
  ///
  /// @throws IllegalStateException with a sentence for the user: there is no store, it can't be
  ///   read, or another release wrote it
  public static SqliteReading open(Path folder, Clock clock) {
    var file = folder.resolve("porchlight.db");
    if (!Files.isRegularFile(file)) {
      throw new IllegalStateException("There is no store in the folder " + folder + ".");
    }
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5000);
    try {
      var connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
      try {
        int found = SqliteSchema.of(connection);
        if (found != SqliteSchema.NEWEST) {
          throw new IllegalStateException(
              "The store in "
                  + folder
                  + " was written by "
                  + (found > SqliteSchema.NEWEST ? "a newer" : "an older")
                  + " release (schema "
                  + found
                  + ", this release knows "
                  + SqliteSchema.NEWEST
                  + "); look at it with that release.");
        }
        return new SqliteReading(connection, clock);
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The store in " + folder + " can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Connection writer() throws SQLException {
    throw new SQLException("this store is open for reading only");
  }

  @Override
  public Optional<Head> begin(Connection ignored) throws SQLException {
    writer();
    return Optional.empty();
  }

  @Override
  public void probe(Connection ignored) throws SQLException {
    writer();
  }

  @Override
  public boolean alone() {
    return true;
  }

  @Override
  public void commit(Connection ignored) throws SQLException {
    writer();
  }

  @Override
  public void rollback(Connection ignored) {
    // Nothing was begun.
  }

  @Override
  public Dialect dialect() {
    return Dialect.SQLITE;
  }

  @Override
  public Failure classify(SQLException failure) {
    return Failure.NO_ROOM;
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    lock.lock();
    try {
      return query.apply(handle);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public void close() {
    handle.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("The store was not closed in order", e);
    }
  }
}
