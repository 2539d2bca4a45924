package dev.porchlight.store;

import dev.porchlight.filter.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// All that two databases do differently. Its methods for writing are called by one thread.
public interface Engine extends AutoCloseable {
  /// What a failed statement means for the work.
  enum Failure {
    /// Our statement or data was wrong: the unit is at fault, the database is well.
    OURS,
    /// The connection is gone and nothing was written: a new one may do at once.
    LOST,
    /// No room, or no database: nothing is promised, trying again later makes sense.
    NO_ROOM,
    /// The disk or file is in doubt.
    IN_DOUBT
  }

  /// The connection of the writer; the same until it is lost.
  Connection writer() throws SQLException;

  /// Begins a transaction that no other can run beside.
  ///
  /// @return what others have brought the log to; empty where there are no others
  Optional<Head> begin(Connection connection) throws SQLException;

  /// How far the log has come.
  ///
  /// @param seq its last entry; 0 when it is empty
  /// @param at that entry's time
  /// @param settingSeq the last change of a setting; 0 when there was none
  record Head(long seq, Instant at, long settingSeq) {}

  /// Ends the transaction; returns when it is synced. Where the connection is lost meanwhile, it
  /// finds out what became of it before it returns or throws.
  void commit(Connection connection) throws SQLException;

  /// Undoes what is open, if anything is.
  void rollback(Connection connection);

  /// Says whether writing works: writes something of no meaning and takes it away again.
  void probe(Connection connection) throws SQLException;

  Failure classify(SQLException failure);

  /// What a server takes together, so that the ways there and back are saved: statements written
  /// one behind the other with `;`, and rows by many keys.
  @FunctionalInterface
  interface Together {
    /// How rows are read by many keys at once, each column of the key bound as an array.
    String byManyKeys(String table, String columns, List<String> keys);
  }

  /// How it takes much in one go; empty where there is no way to save.
  default Optional<Together> together() {
    return Optional.empty();
  }

  /// Notes, within the open transaction, that what it deletes must leave no trace in the database's
  /// files. Where an engine can see to that by itself it does so soon after; the others leave it to
  /// whoever operates the database.
  default void leaveNoTrace(Connection connection) throws SQLException {}

  /// Gives a little of the space that deletions have left back to the file system, within the open
  /// transaction; some is kept for what comes next.
  ///
  /// @return whether there is more to give back; false where the engine does so by itself
  default boolean giveBackSpace(Connection connection) throws SQLException {
    return false;
  }

  /// How the filter language is written for it.
  Dialect dialect();

  /// Whether no other process can write to this database.
  boolean alone();

  /// What whoever operates it should look at, in a sentence.
  ///
  /// @throws StoreUnavailableException when it can't be asked
  default Optional<String> concern() {
    return Optional.empty();
  }

  /// Reads, as [Store#read] says.
  <T> T read(Function<Handle, T> query);

  /// The database's time.
  Instant now();

  @Override
  void close();
}
