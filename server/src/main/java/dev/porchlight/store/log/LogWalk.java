package dev.porchlight.store.log;

import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;

/// A walk over the log, page by page, that does what its lines ask for. How far it came is written
/// together with what was done, so each line is answered once, whichever hub does it. For one
/// thread.
public final class LogWalk {
  /// After how many lines of no interest the place is written all the same.
  private static final long FAR = 10_000;

  private final Store store;
  private final Logger log;
  private final LogPlace place;
  private final int page;
  private final int atOnce;
  private long reached;
  private long written;

  /// @param log of whose walk it is
  /// @param page how many lines are read at a time
  /// @param atOnce how many steps one unit takes
  public LogWalk(Store store, Logger log, LogPlace place, int page, int atOnce) {
    this.store = store;
    this.log = log;
    this.place = place;
    this.page = page;
    this.atOnce = atOnce;
  }

  /// Goes one page on.
  ///
  /// @param asked what a line asks for; a line of which this fails by a defect is stepped over
  /// @return whether there may be more
  public boolean goOn(Function<LogEntry, List<Consumer<Batch>>> asked) {
    long from = Math.max(reached, store.read(place::in));
    var lines = store.read(h -> LogEntry.listAfter(h, from, page));
    if (lines.isEmpty()) {
      return false;
    }
    var steps = new ArrayList<LogSteps.Step>();
    for (var line : lines) {
      StandingWork.orStepOver(
          log,
          LogSteps.what(line),
          () -> asked.apply(line).forEach(work -> steps.add(LogSteps.Step.of(line, work))));
    }
    long to = lines.getLast().seq();
    if (!steps.isEmpty() || to - written > FAR) {
      LogSteps.take(log, steps, atOnce, to, this::write);
      written = to;
    }
    reached = to;
    return lines.size() == page;
  }

  private boolean write(List<LogSteps.Step> steps, long to) {
    return store.write(
        WorkQueue.EVENTS,
        batch -> {
          long done = place.in(batch);
          steps.stream().filter(s -> s.seq() > done).forEach(s -> s.work().accept(batch));
          if (to > done) {
            place.reached(batch, to);
          }
          return true;
        });
  }
}
