package dev.porchlight.ops;

import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Engine;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.StoreState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The hub's metrics. Their labels are words of ours, never a stranger's text.
public final class Metrics {
  /// What somebody who operates the hub may want to be told of.
  private static final Set<String> TOLD =
      Set.of(
          "delivery.delivered",
          "delivery.dead",
          "delivery.unwritable",
          "delivery.dropped",
          "delivery.planned",
          "delivery.retried",
          "endpoint.failing",
          "endpoint.disabled",
          "endpoint.recovered",
          "lead.undelivered",
          "receipt.unread",
          "replay.started",
          "replay.finished",
          "replay.stopped");

  /// How far behind is told apart: what is well, what a person notices, what an outage makes.
  private static final Duration[] LAGS = {
    Duration.ofMillis(10),
    Duration.ofMillis(100),
    Duration.ofSeconds(1),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1),
    Duration.ofMinutes(10),
    Duration.ofHours(1),
    Duration.ofDays(1)
  };

  private static final String LEADS = "porchlight.leads";
  private static final String TESTS = "porchlight.test.leads";
  private static final String PLANNED = "porchlight.planned";
  private static final String EVENTS = "porchlight.events";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /// What counts from nothing is there before the first time, so that an alarm can be set on it.
  public Metrics() {
    registry.counter(LEADS);
    registry.counter(TESTS);
    registry.counter(PLANNED);
    TOLD.forEach(kind -> registry.counter(EVENTS, "kind", kind));
  }

  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /// Watches the store and the engine.
  public void watch(EngineStore store, Engine engine) {
    Gauge.builder(
            "porchlight.store.accepting",
            store,
            s -> s.state() instanceof StoreState.Accepting ? 1 : 0)
        .register(registry);
    registry.more().counter("porchlight.store.batches", List.of(), store, EngineStore::batches);
    registry.more().counter("porchlight.store.units", List.of(), store, EngineStore::units);
    Gauge.builder("porchlight.lanes.running", engine, Engine::running).register(registry);
  }

  /// Hears of each new lead. Tests are counted apart.
  public void created(boolean test) {
    registry.counter(test ? TESTS : LEADS).increment();
  }

  /// Hears how many deliveries were planned at once.
  public void planned(int deliveries) {
    registry.counter(PLANNED).increment(deliveries);
  }

  /// Hears of the log's new lines, those of other hubs on the same database too.
  public void happened(List<LogEntry> lines) {
    for (var line : lines) {
      if (TOLD.contains(line.kind())) {
        registry.counter(EVENTS, "kind", line.kind()).increment();
      }
    }
  }

  /// Hears of each attempt.
  public void attempted(Delivery delivery, Attempt attempt, DeliveryState after) {
    registry
        .counter(
            "porchlight.attempts", "kind", delivery.kind(), "outcome", attempt.outcome().word())
        .increment();
    if (attempt.n() == 1) {
      Timer.builder("porchlight.attempted.after")
          .description("from the plan to the first attempt")
          .serviceLevelObjectives(LAGS)
          .register(registry)
          .record(Duration.between(delivery.plannedAt(), attempt.at()));
    }
    Timer.builder("porchlight.attempt").register(registry).record(attempt.duration());
    if (after.state() == DeliveryState.State.DELIVERED) {
      Timer.builder("porchlight.delivered.after")
          .description("from the plan to the 2xx")
          .serviceLevelObjectives(LAGS)
          .register(registry)
          .record(Duration.between(delivery.plannedAt(), attempt.at().plus(attempt.duration())));
    }
  }

  /// Hears of each reply.
  public void answered(String method, String template, int status, long nanos) {
    Timer.builder("http.server.requests")
        .tag("route", template.isEmpty() ? "none" : template)
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }
}
