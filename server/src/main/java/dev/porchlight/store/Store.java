package dev.porchlight.store;

import dev.porchlight.filter.Dialect;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Where everything is kept. One way to write: units that commit together and are answered after
/// the sync. May be shared by threads.
public interface Store extends AutoCloseable {
  /// Does a unit and returns once it is on disk.
  ///
  /// @throws StoreUnavailableException when it is not on disk within 10 s, or can't be
  <T> T write(WorkQueue queue, Unit<T> unit);

  /// Reads, at a connection that sees one committed state and can't write. For at most 2 s.
  ///
  /// @throws StoreUnavailableException when the database can't be reached
  <T> T read(Function<Handle, T> query);

  /// How a filter is written as SQL that [#read] can run.
  Dialect dialect();

  /// The settings as last committed.
  Settings settings();

  /// The database's time plus the test clock's offset, to the microsecond.
  Instant now();

  /// Tells of the log's new lines after each commit, in order; of those that other processes wrote
  /// within a second. On a thread of the store's: listeners must be quick and must not write. Close
  /// the result to stop.
  AutoCloseable follow(Consumer<List<LogEntry>> listener);

  /// Whether no other process can write to this database: then whatever a process left half done is
  /// nobody's.
  boolean alone();

  /// What whoever operates the database should look at, in a sentence: for example that two hubs
  /// have one number.
  default Optional<String> concern() {
    return Optional.empty();
  }

  /// Whether it takes work, and if not, why.
  StoreState state();

  /// Whether the writer has been at one batch for more than two seconds: the disk or the database
  /// hangs, and nobody knows yet what will become of what is being written.
  boolean isHanging();

  /// Finishes what is queued and closes the files.
  @Override
  void close();
}
