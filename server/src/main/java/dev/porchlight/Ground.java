package dev.porchlight;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.EventFilters;
import dev.porchlight.ops.Metrics;
import dev.porchlight.sign.KeyFile;
import dev.porchlight.store.EngineStore;
import dev.porchlight.trace.Traces;
import dev.porchlight.value.Draw;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every part of a hub stands on: its store and its keys, who may do what, and what is
/// counted.
record Ground(
    HubConfig config,
    EngineStore store,
    Contracts contracts,
    Traces traces,
    Metrics metrics,
    String process,
    Secrets secrets,
    Credentials credentials,
    Principals principals,
    Audit audit) {
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

  /// Prepares a store that was opened for the work of a hub.
  static Ground of(HubConfig config, Contracts contracts, EngineStore store) throws IOException {
    store.prepare(EventFilters.READ);
    var traces = Traces.of(config.tracing(), Hub.VERSION);
    int number = config.hubNumber();
    var process = "hub-" + number + "-" + Draw.fresh(store.now(), number).seed();
    var key =
        KeyFile.load(config.secretKey(), config.secretKeyFile(), HubIdentity.fingerprint(store));
    key.warnings().forEach(LOG::warn);
    HubIdentity.keepFingerprint(store, key.box().fingerprint());
    store.concern().ifPresent(LOG::warn);
    Nodes.makeDefaults(store, number);
    var credentials = new Credentials(store);
    return new Ground(
        config,
        store,
        contracts,
        traces,
        new Metrics(),
        process,
        new Secrets(store, key.box()),
        credentials,
        new Principals(store, credentials, config.adminToken()),
        new Audit(store, number));
  }

  /// The number of this hub among those that share its database.
  int number() {
    return config.hubNumber();
  }

  PrometheusMeterRegistry meters() {
    return metrics.registry();
  }
}
