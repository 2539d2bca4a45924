package dev.porchlight.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What a unit sees of the store while it runs: rows by key, with the changes of the units before
/// it in the same batch. Only for the thread that runs the unit, only while it runs.
public interface Batch {
  /// The time of this batch; never before that of an earlier one.
  Instant now();

  /// What the clock shows as this batch runs: the same as [#now] unless the clock was set back
  /// since an earlier batch. For what is compared with [Store#now] later: when something is due,
  /// how long a lease holds.
  default Instant clock() {
    return now();
  }

  /// The row with that key, or null.
  <R> @Nullable R find(Table<R> table, Object... key);

  /// Makes or replaces a row. A row that [#find] has not shown is taken for new: if it is there all
  /// the same, the unit fails.
  <R> void put(Table<R> table, R row);

  /// Removes the row with that key, if it is there.
  void delete(Table<?> table, Object... key);

  /// Writes one line of the log and gives its sequence number.
  ///
  /// @param kind dotted words, for example `lead.created`
  /// @param subject what it happened to: the id of a lead, an endpoint, a source
  /// @param ref where more can be read: the id of a receipt, a delivery, an event
  long append(String kind, String subject, String ref);

  /// Makes the next line of the log have that number: for a rebuild, which gives each line the
  /// number that it had. Never goes back.
  void resumeAt(long seq);

  /// The settings as they stand within this batch.
  Settings settings();

  /// Sets a setting: a new version, valid from a log entry of its own. A null body removes it.
  Setting change(String kind, String id, @Nullable String body);

  /// SQL at the same connection. Sees all that was put so far, in this unit and before it. A unit
  /// that throws after using it costs the others of its batch a second run.
  Handle sql();

  /// Writes out what has been put so far; [#sql] does it by itself.
  void flush();

  /// Says that this unit deletes what must leave no trace in the database's files, as far as the
  /// engine can see to that: [Engine#leaveNoTrace].
  void leaveNoTrace();

  /// Gives a little of the space that deletions have left back to the file system, where the engine
  /// does not see to that by itself: [Engine#giveBackSpace].
  ///
  /// @return whether there is more to give back
  boolean giveBackSpace();

  /// Something to do once this batch is on disk: on the writer's thread, so it must be quick and
  /// must not throw. Not done when the batch fails.
  void afterCommit(Runnable action);
}
