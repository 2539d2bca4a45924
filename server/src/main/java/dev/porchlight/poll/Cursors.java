package dev.porchlight.poll;

import dev.porchlight.desk.poll.PollState;
import dev.porchlight.desk.poll.Polling;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far each source was read, in the store: who may read on, and what was read of the windows
/// that still matter. Whoever lost his lease finds nothing to change.
final class Cursors {
  private static final Duration LEASE = Duration.ofSeconds(60);

  private record ItemRow(
      String sourceId, String hash, long readTo, @Nullable String leadId, int version) {}

  private static final Table<ItemRow> ITEM =
      Table.<ItemRow>named("poll_item")
          .key("source_id", ItemRow::sourceId)
          .key("hash", ItemRow::hash)
          .column("read_to", ItemRow::readTo)
          .column("lead_id", ItemRow::leadId)
          .column("version", ItemRow::version)
          .readBy(
              r -> new ItemRow(r.text(1), r.text(2), r.number(3), r.textOrNull(4), r.integer(5)));

  private final Store store;
  private final String process;

  /// @param process names this process as the owner of leases
  Cursors(Store store, String process) {
    this.store = store;
    this.process = process;
  }

  /// A source that this process may read for a while.
  record Claim(Polling polling, PollState state) {}

  /// Ends the leases that a process which died has left; only where no other can be alive.
  void freeAll() {
    store.write(
        WorkQueue.EDITS,
        batch ->
            batch
                .sql()
                .execute(
                    "UPDATE poll SET owner = NULL, leased_until = NULL WHERE owner <> ?", process));
  }

  /// Takes a source on, if it is due and nobody has it.
  Optional<Claim> claim(String source) {
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var polling = Polling.find(batch.settings(), source);
          if (polling.isEmpty()) {
            return Optional.empty();
          }
          var found = batch.find(PollState.TABLE, source);
          var s = found == null ? PollState.fresh(polling.get(), batch.clock()) : found;
          if (s.dueAt().isAfter(batch.clock()) || isElsewhere(s, batch)) {
            return Optional.empty();
          }
          var claimed =
              new PollState(
                  s.sourceId(),
                  s.covered(),
                  s.windowMin(),
                  s.windowMax(),
                  s.startId(),
                  s.dueAt(),
                  s.failures(),
                  s.error(),
                  batch.clock(),
                  s.succeededAt(),
                  s.items(),
                  process,
                  batch.clock().plus(LEASE),
                  s.fence() + 1);
          batch.put(PollState.TABLE, claimed);
          return Optional.of(new Claim(polling.get(), claimed));
        });
  }

  private boolean isElsewhere(PollState s, Batch batch) {
    return s.owner() != null
        && !s.owner().equals(process)
        && s.leasedUntil() != null
        && s.leasedUntil().isAfter(batch.clock());
  }

  /// The number of the last log entry.
  long lastEntry() {
    return store.read(
        h -> h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one());
  }

  /// What was handed to the desk and is on disk.
  ///
  /// @param leadId the lead that it is of; null when it is of none
  /// @param version the newest version of that lead then
  record Item(String hash, @Nullable String leadId, int version) {}

  /// What was read before.
  ///
  /// @param leadId the lead that it is of; null when it is of none
  /// @param newest nothing else was said of that lead since
  record Seen(@Nullable String leadId, boolean newest) {}

  /// Which of these were read before, by their hashes.
  Map<String, Seen> seen(String source, Collection<String> hashes) {
    if (hashes.isEmpty()) {
      return Map.of();
    }
    var seen = new HashMap<String, Seen>();
    store.read(h ->
        h.createQuery(
                """
                SELECT i.hash, i.lead_id,
                  CASE WHEN l.id IS NULL OR l.erased_at IS NOT NULL OR l.version = i.version
                    THEN 1 ELSE 0 END
                FROM poll_item i LEFT JOIN lead l ON l.id = i.lead_id
                WHERE i.source_id = :source AND i.hash IN (<hashes>)
                """)
            .bind("source", source)
            .bindList("hashes", List.copyOf(hashes))
            .map((r, _) -> seen.put(r.getString(1), new Seen(r.getString(2), r.getInt(3) == 1)))
            .list());
    return seen;
  }

  /// Goes on within a window. To stay where it is, or to go on after nothing, is no success.
  ///
  /// @param start the lead after which to go on
  /// @return empty when somebody else has taken over
  Optional<PollState> within(PollState was, Window window, String start, List<Item> items) {
    return move(
        was,
        window,
        items,
        (batch, s) ->
            new PollState(
                s.sourceId(),
                s.covered(),
                window.min(),
                window.max(),
                start,
                s.dueAt(),
                start.equals(s.startId()) ? s.failures() : 0,
                start.equals(s.startId()) ? s.error() : "",
                s.triedAt(),
                s.succeededAt(),
                s.items() + items.size(),
                process,
                batch.clock().plus(LEASE),
                s.fence()));
  }

  /// Ends a window that was read whole.
  ///
  /// @param shown up to where the portal can have shown all
  /// @param pause how long to leave the portal alone; null to read the next window at once
  Optional<PollState> done(
      PollState was,
      Window window,
      long shown,
      List<Item> items,
      Polling polling,
      @Nullable Duration pause) {
    return move(
        was,
        window,
        items,
        (batch, s) -> {
          long covered = Math.min(shown, Math.max(s.covered(), window.max()));
          // Earlier than the next window's beginning, so never read again.
          batch
              .sql()
              .execute(
                  "DELETE FROM poll_item WHERE source_id = ? AND read_to < ?",
                  s.sourceId(),
                  covered - polling.overlapSeconds());
          return new PollState(
              s.sourceId(),
              covered,
              0,
              0,
              "",
              pause == null ? s.dueAt() : batch.clock().plus(pause),
              0,
              "",
              s.triedAt(),
              pause == null ? s.succeededAt() : batch.clock(),
              s.items() + items.size(),
              pause == null ? process : null,
              pause == null ? batch.clock().plus(LEASE) : null,
              s.fence());
        });
  }

  /// Notes that it could not be read on, and lets go of it.
  ///
  /// @param over whether to read the window from its beginning
  /// @param chance at least 0, less than 1
  void failed(
      PollState was, String sentence, @Nullable Duration asked, boolean over, double chance) {
    change(
        was,
        (batch, s) ->
            new PollState(
                s.sourceId(),
                s.covered(),
                s.windowMin(),
                s.windowMax(),
                over ? "" : s.startId(),
                batch.clock().plus(Backoff.after(s.failures() + 1, asked, chance)),
                s.failures() + 1,
                sentence,
                s.triedAt(),
                s.succeededAt(),
                s.items(),
                null,
                null,
                s.fence()));
  }

  /// Keeps the lease.
  ///
  /// @return false when somebody else has taken over
  boolean renew(PollState was) {
    return change(was, (batch, s) -> leased(s, process, batch)).isPresent();
  }

  /// Lets go of it as it stands.
  void release(PollState was) {
    change(was, (batch, s) -> leased(s, null, batch));
  }

  private static PollState leased(PollState s, @Nullable String owner, Batch batch) {
    return new PollState(
        s.sourceId(),
        s.covered(),
        s.windowMin(),
        s.windowMax(),
        s.startId(),
        s.dueAt(),
        s.failures(),
        s.error(),
        s.triedAt(),
        s.succeededAt(),
        s.items(),
        owner,
        owner == null ? null : batch.clock().plus(LEASE),
        s.fence());
  }

  private interface Step {
    PollState from(Batch batch, PollState state);
  }

  private Optional<PollState> move(PollState was, Window window, List<Item> items, Step step) {
    return change(
        was,
        (batch, s) -> {
          for (var item : items) {
            var known = batch.find(ITEM, s.sourceId(), item.hash());
            long readTo = known == null ? window.max() : Math.max(window.max(), known.readTo());
            batch.put(
                ITEM,
                new ItemRow(s.sourceId(), item.hash(), readTo, item.leadId(), item.version()));
          }
          return step.from(batch, s);
        });
  }

  private Optional<PollState> change(PollState was, Step step) {
    return store.write(
        WorkQueue.EDITS,
        batch -> {
          var now = batch.find(PollState.TABLE, was.sourceId());
          if (now == null || now.fence() != was.fence()) {
            return Optional.empty();
          }
          var changed = step.from(batch, now);
          batch.put(PollState.TABLE, changed);
          return Optional.of(changed);
        });
  }
}
