package dev.porchlight.poll;

import dev.porchlight.desk.PollState;
import dev.porchlight.desk.Polling;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How far each source was read, in the store: who may read on, and what was read of the windows
/// that still matter. Whoever lost his lease finds nothing to change.
final class Cursors {
  private static final Duration LEASE = Duration.ofSeconds(60);

  private record ItemRow(String sourceId, String hash, long readTo) {}

  private static final Table<ItemRow> ITEM =
      Table.<ItemRow>named("poll_item")
          .key("source_id", ItemRow::sourceId)
          .key("hash", ItemRow::hash)
          .column("read_to", ItemRow::readTo)
          .readBy(r -> new ItemRow(r.text(1), r.text(2), r.number(3)));

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

  /// Which of these were read before.
  Set<String> seen(String source, Collection<String> hashes) {
    if (hashes.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(
        store.read(h ->
            h.createQuery(
                    "SELECT hash FROM poll_item WHERE source_id = :source AND hash IN (<hashes>)")
                .bind("source", source)
                .bindList("hashes", List.copyOf(hashes))
                .mapTo(String.class)
                .list()));
  }

  /// Goes on within a window.
  ///
  /// @param start the lead after which to go on
  /// @param hashes what was handed to the desk, which is on disk
  /// @return empty when somebody else has taken over
  Optional<PollState> within(PollState was, Window window, String start, List<String> hashes) {
    return move(
        was,
        window,
        hashes,
        (batch, s) ->
            new PollState(
                s.sourceId(),
                s.covered(),
                window.min(),
                window.max(),
                start,
                s.dueAt(),
                0,
                "",
                s.triedAt(),
                s.succeededAt(),
                s.items() + hashes.size(),
                process,
                batch.clock().plus(LEASE),
                s.fence()));
  }

  /// Ends a window that was read whole.
  ///
  /// @param pause how long to leave the portal alone; null to read the next window at once
  Optional<PollState> done(
      PollState was,
      Window window,
      List<String> hashes,
      Polling polling,
      @Nullable Duration pause) {
    return move(
        was,
        window,
        hashes,
        (batch, s) -> {
          long covered = Math.max(s.covered(), window.max());
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
              s.items() + hashes.size(),
              pause == null ? process : null,
              pause == null ? batch.clock().plus(LEASE) : null,
              s.fence());
        });
  }

  /// Notes that it could not be read on, and lets go of it.
  ///
  /// @param over whether to read the window from its beginning
  void failed(PollState was, String sentence, @Nullable Duration asked, boolean over) {
    change(
        was,
        (batch, s) ->
            new PollState(
                s.sourceId(),
                s.covered(),
                s.windowMin(),
                s.windowMax(),
                over ? "" : s.startId(),
                batch.clock().plus(Backoff.after(s.failures() + 1, asked)),
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

  private Optional<PollState> move(PollState was, Window window, List<String> hashes, Step step) {
    return change(
        was,
        (batch, s) -> {
          for (var hash : hashes) {
            if (batch.find(ITEM, s.sourceId(), hash) == null) {
              batch.put(ITEM, new ItemRow(s.sourceId(), hash, window.max()));
            }
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
