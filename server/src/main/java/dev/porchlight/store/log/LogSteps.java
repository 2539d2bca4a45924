package dev.porchlight.store.log;

import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;

/// What lines of the log ask for, read in short reads and done in small units; what fails by a
/// defect of ours is stepped over, so that it does not keep what comes behind it.
public final class LogSteps {
  /// After so long a read ends and the next one begins: the store cuts long ones off.
  private static final Duration READ = Duration.ofMillis(100);

  /// One thing to do.
  ///
  /// @param seq the place of the line that asks for it
  /// @param what it is, in the messages of the log
  public record Step(long seq, String what, Consumer<Batch> work) {
    public static Step of(LogEntry line, Consumer<Batch> work) {
      return new Step(line.seq(), LogSteps.what(line), work);
    }
  }

  /// Writes some steps down with the place that is reached by them.
  @FunctionalInterface
  public interface Unit {
    /// @return false when it is of no use to go on
    boolean write(List<Step> steps, long place);
  }

  private LogSteps() {}

  /// A line in the messages of the log.
  public static String what(LogEntry line) {
    return "What follows from " + line.kind() + " at " + line.seq() + " in the log";
  }

  private record Slice<R>(List<R> found, int next) {}

  /// Reads what belongs to each of some lines.
  public static <R> List<R> read(
      Store store, Logger log, List<LogEntry> lines, BiFunction<Handle, LogEntry, List<R>> reader) {
    var all = new ArrayList<R>();
    int next = 0;
    while (next < lines.size()) {
      int from = next;
      var slice =
          store.read(h -> {
            long began = System.nanoTime();
            var found = new ArrayList<R>();
            int i = from;
            do {
              var line = lines.get(i++);
              StandingWork.orStepOver(log, what(line), () -> found.addAll(reader.apply(h, line)));
            } while (i < lines.size() && System.nanoTime() - began < READ.toNanos());
            return new Slice<>(found, i);
          });
      all.addAll(slice.found());
      next = slice.next();
    }
    return all;
  }

  /// Takes steps, so many in a unit. The place that is written with them lies before the lines that
  /// are not through: after an end in between, the steps of at most one line are taken again.
  ///
  /// @param steps in the log's order
  /// @param to the place that is reached by all of them
  public static void take(Logger log, List<Step> steps, int atOnce, long to, Unit unit) {
    int i = 0;
    boolean goOn = true;
    do {
      int end = Math.min(i + atOnce, steps.size());
      goOn =
          some(
              log,
              steps.subList(i, end),
              end == steps.size() ? to : steps.get(end).seq() - 1,
              unit);
      i = end;
    } while (goOn && i < steps.size());
  }

  private static boolean some(Logger log, List<Step> steps, long to, Unit unit) {
    try {
      return unit.write(steps, to);
    } catch (JdbiException | StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      log.debug("One of {} steps fails; each is taken alone", steps.size(), e);
    }
    for (var step : steps) {
      StandingWork.orStepOver(log, step.what(), () -> unit.write(List.of(step), step.seq() - 1));
    }
    return unit.write(List.of(), to);
  }
}
