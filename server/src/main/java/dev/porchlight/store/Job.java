package dev.porchlight.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One unit on its way through the writer.
final class Job<T> {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStore.class);

  final int size;
  private final long since;
  final CompletableFuture<T> result = new CompletableFuture<>();

  /// Only the writer's thread, once it is queued.
  private Unit<T> unit;

  private long takenAt;
  private boolean fellBack;
  private @Nullable Outcome<T> outcome;

  private boolean taken;
  private boolean withdrawn;

  Job(Unit<T> unit, int size, long since) {
    this.unit = unit;
    this.size = Math.clamp(size, 0, WaitingJobs.MAX_BYTES);
    this.since = since;
  }

  /// False when its caller has given up.
  synchronized boolean start(long now) {
    taken = true;
    takenAt = now;
    return !withdrawn;
  }

  synchronized void withdraw() {
    if (!taken) {
      withdrawn = true;
    }
  }

  /// For how long it waited until the writer took it, in nanoseconds.
  long waited() {
    return takenAt - since;
  }

  /// Puts what the unit names instead in its place; false when it names nothing.
  boolean fallBack() {
    if (fellBack) {
      return false;
    }
    try {
      var instead = unit.instead();
      if (instead.isPresent()) {
        unit = instead.get();
        fellBack = true;
      }
    } catch (RuntimeException e) {
      LOG.error("A unit could not say what to do in its place", e);
    }
    return fellBack;
  }

  List<Wanted> wanted() {
    try {
      return unit.wanted();
    } catch (RuntimeException e) {
      LOG.error("A unit could not say what it will look up", e);
      return List.of();
    }
  }

  void run(Batch batch) {
    outcome = new Outcome.Done<>(unit.run(batch));
  }

  void threw(Throwable e) {
    outcome = new Outcome.Threw<>(e);
  }

  void answer() {
    switch (outcome) {
      case Outcome.Done<T>(var value) -> result.complete(value);
      case Outcome.Threw<T>(var thrown) -> result.completeExceptionally(thrown);
      case null ->
          result.completeExceptionally(new IllegalStateException("answered before it ran"));
    }
  }
}

sealed interface Outcome<T> {
  record Done<T>(T value) implements Outcome<T> {}

  record Threw<T>(Throwable thrown) implements Outcome<T> {}
}
