package dev.porchlight.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// All that two databases do differently. Its methods for writing are called by one thread.
public interface Engine extends AutoCloseable {
  /// What a failed statement means for the work.
  enum Failure {
    /// Our statement or data was wrong: the unit is at fault, the database is well.
    OURS,
    /// No room, or no connection: nothing was written, trying again later makes sense.
    NO_ROOM,
    /// The disk or file is in doubt.
    IN_DOUBT
  }

  /// The connection of the writer; the same until it is lost.
  Connection writer() throws SQLException;

  void begin(Connection connection) throws SQLException;

  /// Ends the transaction; returns when it is synced.
  void commit(Connection connection) throws SQLException;

  void rollback(Connection connection);

  Failure classify(SQLException failure);

  <T> T read(Function<Handle, T> query);

  /// The database's time.
  Instant now();

  @Override
  void close();
}
