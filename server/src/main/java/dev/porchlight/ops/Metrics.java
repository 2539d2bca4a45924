package dev.porchlight.ops;

import dev.porchlight.delivery.Attempt;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Engine;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.StoreState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;

/// The hub's metrics. Their labels are words of ours, never a stranger's text.
public final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

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
    registry
        .more()
        .counter("porchlight.store.batches", java.util.List.of(), store, EngineStore::batches);
    registry
        .more()
        .counter("porchlight.store.units", java.util.List.of(), store, EngineStore::units);
    Gauge.builder("porchlight.lanes.running", engine, Engine::running).register(registry);
  }

  /// Hears of each new lead. Tests are counted apart.
  public void created(boolean test) {
    registry.counter(test ? "porchlight.test.leads" : "porchlight.leads").increment();
  }

  /// Hears of each attempt.
  public void attempted(Delivery delivery, Attempt attempt, DeliveryState after) {
    registry
        .counter(
            "porchlight.attempts", "kind", delivery.kind(), "outcome", attempt.outcome().word())
        .increment();
    Timer.builder("porchlight.attempt").register(registry).record(attempt.duration());
    if (after.state() == DeliveryState.State.DELIVERED) {
      Timer.builder("porchlight.delivered.after")
          .description("from the plan to the 2xx")
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
