package dev.porchlight.desk.rebuild;

import dev.porchlight.desk.Desk;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.util.List;
import java.util.function.Supplier;

/// Runs all decisions again, in the log's order, in an empty store, with the times and chances kept
/// beside each receipt, and compares what comes out with what is there: receipts and violations,
/// leads and their versions, persons and contacts, planned deliveries. What members typed is typed
/// again where the log has it.
///
/// Where something was erased there is no body to decide by: what the erasure has left is taken
/// over, and what such receipts did to persons who are kept, and what other decisions saw of
/// persons who are not, is done again from the little that is kept of it for that purpose.
///
/// Settings are taken over version by version, each at the place in the log from which it held.
/// Credentials, secrets and attempts are no decisions and are left out.
public final class Rebuild {
  private static final int PAGE = 200;
  private static final int SHOWN = 50;
  private static final int ROUNDS = 10;

  private final Store live;
  private final StepReader reader;
  private final Supplier<EngineStore> empty;

  /// @param empty makes an empty store for the rebuild, which is closed and thrown away in the end
  public Rebuild(Store live, Desk desk, Publishing publishing, Supplier<EngineStore> empty) {
    this.live = live;
    reader = new StepReader(live, desk, publishing);
    this.empty = empty;
  }

  /// What came out.
  ///
  /// @param decisions how many were run again
  /// @param rows how many rows were compared
  /// @param differences the first of them, one sentence each
  public record Result(long decisions, long rows, int differenceCount, List<String> differences) {}

  /// Rebuilds and compares. Works beside a running hub: where rows differ because the hub went on
  /// meanwhile, the rebuild follows and looks at those again.
  public Result check() {
    try (var rebuilt = empty.get()) {
      var progress = new Progress();
      follow(rebuilt, progress);
      var comparison = new Comparison(live, rebuilt);
      comparison.run();
      for (int round = 0; round < ROUNDS && !comparison.differences().isEmpty(); round++) {
        if (!follow(rebuilt, progress)) {
          break;
        }
        comparison.runAgain();
      }
      var differences = comparison.differences();
      return new Result(
          progress.decisions,
          comparison.rows(),
          differences.size(),
          differences.stream().limit(SHOWN).toList());
    }
  }

  private static final class Progress {
    private long seq;
    private long decisions;
  }

  /// Replays what the log has gained; false when there was nothing.
  private boolean follow(EngineStore rebuilt, Progress progress) {
    boolean any = false;
    while (true) {
      var lines = lines(progress.seq);
      if (lines.isEmpty()) {
        return any;
      }
      any = true;
      var steps = lines.stream().map(reader::read).toList();
      rebuilt.write(
          WorkQueue.REPLAY,
          batch -> {
            steps.forEach(s -> s.run(batch));
            return true;
          });
      progress.decisions +=
          steps.stream()
              .filter(s ->
                  s instanceof Step.Decide || s instanceof Step.Publish || s instanceof Step.Edit)
              .count();
      progress.seq = lines.getLast().seq();
    }
  }

  private List<LogEntry> lines(long after) {
    return live.read(h ->
        h.createQuery(
                "SELECT seq, at, kind, subject, ref FROM log WHERE seq > :after"
                    + " ORDER BY seq LIMIT "
                    + PAGE)
            .bind("after", after)
            .map((r, _) ->
                new LogEntry(
                    r.getLong(1),
                    Row.instant(r.getLong(2)),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5)))
            .list());
  }
}
