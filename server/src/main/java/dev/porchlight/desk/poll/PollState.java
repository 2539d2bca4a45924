package dev.porchlight.desk.poll;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far a polled source has been read, and how that goes.
///
/// @param covered the portal's second up to which everything was read and is on disk
/// @param windowMin the window that is being read; it and the next are 0 when there is none
/// @param startId the portal's id of the last lead read in that window; empty at its beginning
/// @param dueAt when to ask again
/// @param failures since the last success
/// @param error what went wrong last; empty when nothing did
/// @param items how many were handed to the desk
/// @param owner the process that reads just now
/// @param fence rises whenever somebody else takes over, or the settings change
public record PollState(
    String sourceId,
    long covered,
    long windowMin,
    long windowMax,
    String startId,
    Instant dueAt,
    int failures,
    String error,
    @Nullable Instant triedAt,
    @Nullable Instant succeededAt,
    long items,
    @Nullable String owner,
    @Nullable Instant leasedUntil,
    long fence) {
  /// Where these are kept.
  public static final Table<PollState> TABLE =
      Table.<PollState>named("poll")
          .key("source_id", PollState::sourceId)
          .column("covered", PollState::covered)
          .column("window_min", PollState::windowMin)
          .column("window_max", PollState::windowMax)
          .column("start_id", PollState::startId)
          .column("due_at", PollState::dueAt)
          .column("failures", PollState::failures)
          .column("error", PollState::error)
          .column("tried_at", PollState::triedAt)
          .column("succeeded_at", PollState::succeededAt)
          .column("items", PollState::items)
          .column("owner", PollState::owner)
          .column("leased_until", PollState::leasedUntil)
          .column("fence", PollState::fence)
          .readBy(r ->
              new PollState(
                  r.text(1),
                  r.number(2),
                  r.number(3),
                  r.number(4),
                  r.text(5),
                  r.time(6),
                  r.integer(7),
                  r.text(8),
                  r.timeOrNull(9),
                  r.timeOrNull(10),
                  r.number(11),
                  r.textOrNull(12),
                  r.timeOrNull(13),
                  r.number(14)));

  /// How that goes, in a word.
  public enum Condition {
    /// Being read just now.
    READING,
    /// What there was is read.
    WAITING,
    /// What there was should have been read by now.
    LATE,
    /// The last try failed.
    FAILING;

    /// The word in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Duration SLACK = Duration.ofMinutes(15);

  /// One that nothing was read of.
  public static PollState fresh(Polling polling, Instant now) {
    return new PollState(
        polling.sourceId(),
        polling.sinceSecond(),
        0,
        0,
        "",
        now,
        0,
        "",
        null,
        null,
        0,
        null,
        null,
        1);
  }

  /// Begins at once under changed settings, within a unit; whoever reads just now stops at its next
  /// step.
  ///
  /// @param anew forget how far it was read and begin where the settings say
  public static PollState changed(Batch batch, Polling polling, boolean anew) {
    var known = batch.find(TABLE, polling.sourceId());
    var fresh = fresh(polling, batch.clock());
    var state =
        known == null
            ? fresh
            : new PollState(
                known.sourceId(),
                anew ? fresh.covered() : known.covered(),
                anew ? 0 : known.windowMin(),
                anew ? 0 : known.windowMax(),
                anew ? "" : known.startId(),
                fresh.dueAt(),
                0,
                "",
                known.triedAt(),
                known.succeededAt(),
                known.items(),
                null,
                null,
                known.fence() + 1);
    batch.put(TABLE, state);
    return state;
  }

  /// All there are.
  public static List<PollState> all(Store store) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM poll ORDER BY source_id")
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// That of one source.
  public static Optional<PollState> find(Store store, String source) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM poll WHERE source_id = :id")
            .bind("id", source)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// For how long now nothing has been known of the portal's side.
  public Duration lag(Instant now) {
    return Duration.ofSeconds(Math.max(0, now.getEpochSecond() - covered));
  }

  /// How it goes now.
  public Condition condition(Polling polling, Instant now) {
    if (failures > 0) {
      return Condition.FAILING;
    }
    if (owner != null && leasedUntil != null && leasedUntil.isAfter(now)) {
      return Condition.READING;
    }
    return isLate(polling, now) ? Condition.LATE : Condition.WAITING;
  }

  /// Whether the lag is more than waiting and a retry or two explain.
  public boolean isLate(Polling polling, Instant now) {
    return lag(now).compareTo(Duration.ofSeconds(3L * polling.intervalSeconds()).plus(SLACK)) > 0;
  }
}
