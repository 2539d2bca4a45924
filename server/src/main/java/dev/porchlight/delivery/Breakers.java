package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which endpoints are left alone for a while, and which lane tries whether one is back. What is
/// asked before an attempt comes from memory: what the store said at the last look, which is as old
/// as the engine's poll, and what this hub has written since. Safe for use by many threads.
final class Breakers {
  private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);

  private final Store store;
  private volatile Map<String, EndpointHealth> ailing = new ConcurrentHashMap<>();
  private final Map<String, Claim> probes = new ConcurrentHashMap<>();

  Breakers(Store store) {
    this.store = store;
  }

  /// Looks at what all hubs know.
  void refresh() {
    ailing = new ConcurrentHashMap<>(all(store));
  }

  static Map<String, EndpointHealth> all(Store store) {
    return store
        .read(h ->
            h.createQuery("SELECT " + Tables.HEALTH.columnList() + " FROM endpoint_health")
                .map((r, _) -> Tables.HEALTH.read(new Row(r)))
                .list())
        .stream()
        .collect(Collectors.toMap(EndpointHealth::endpointId, h -> h));
  }

  boolean isShut(String endpoint) {
    var health = ailing.get(endpoint);
    return health != null && health.isShut();
  }

  /// Whether a lane may be claimed to try whether the endpoint is back.
  boolean mayProbe(String endpoint, Instant now) {
    var health = ailing.get(endpoint);
    return health != null && health.mayProbe(now);
  }

  /// Makes a claim the probe of its endpoint, within the unit that claims; false when somebody else
  /// was first, or it is no longer shut and needs none.
  boolean probe(Batch batch, Claim claim, Duration lease) {
    var id = claim.endpointId();
    var health = batch.find(Tables.HEALTH, id);
    if (health == null || !health.isShut()) {
      return true;
    }
    if (!health.mayProbe(batch.clock())) {
      return false;
    }
    var probing = health.probing(batch.clock().plus(lease));
    batch.put(Tables.HEALTH, probing);
    batch.afterCommit(() -> {
      ailing.put(id, probing);
      probes.put(id, claim);
    });
    return true;
  }

  /// Whether a lane that is held may go on: its endpoint is not shut, or it is the probe.
  boolean lets(Claim claim) {
    return !isShut(claim.endpointId()) || claim.equals(probes.get(claim.endpointId()));
  }

  /// Nothing more is tried with that claim. A probe that came to no attempt, since what stood in
  /// its lane could not be written, say, makes way for another at once.
  void ended(Claim claim) {
    var id = claim.endpointId();
    var known = ailing.get(id);
    var until = known == null ? null : known.probingUntil();
    if (!probes.remove(id, claim) || until == null) {
      return;
    }
    try {
      store.write(
          WorkQueue.ATTEMPTS,
          batch -> {
            var health = batch.find(Tables.HEALTH, id);
            if (health != null && until.equals(health.probingUntil())) {
              var free = health.probing(null);
              batch.put(Tables.HEALTH, free);
              batch.afterCommit(() -> ailing.put(id, free));
            }
            return true;
          });
    } catch (RuntimeException e) {
      // What ended the work is not to be hidden by that; the probe ends with its lease.
      LOG.warn("Endpoint {} waits for the end of a lease until it is tried again", id, e);
    }
  }

  /// Writes down what an attempt says of its endpoint.
  ///
  /// @return true when the endpoint was shut and is open again
  boolean settle(Batch batch, Claim claim, Attempt attempt, Duration asked) {
    var id = claim.endpointId();
    if (attempt.outcome() == Attempt.Outcome.DEFECT) {
      return false;
    }
    if (attempt.outcome() == Attempt.Outcome.DELIVERED) {
      return recovered(batch, claim, attempt);
    }
    var before = batch.find(Tables.HEALTH, id);
    var after = EndpointHealth.after(before, id, attempt, asked, batch.clock());
    var told = tell(batch, id, after, attempt);
    batch.put(Tables.HEALTH, told);
    batch.afterCommit(() -> {
      ailing.put(id, told);
      probes.remove(id, claim);
    });
    return false;
  }

  private boolean recovered(Batch batch, Claim claim, Attempt attempt) {
    var id = claim.endpointId();
    // Where nobody knows of failures there is no row to look for.
    var known = ailing.get(id);
    if (known == null) {
      return false;
    }
    var before = batch.find(Tables.HEALTH, id);
    if (before != null && before.outlasts(attempt)) {
      return false;
    }
    batch.delete(Tables.HEALTH, id);
    if (before != null && before.noticed() > 0) {
      batch.append("endpoint.recovered", id, "");
    }
    batch.afterCommit(() -> {
      ailing.remove(id);
      probes.remove(id, claim);
    });
    return known.isShut();
  }

  private static EndpointHealth tell(
      Batch batch, String id, EndpointHealth health, Attempt attempt) {
    var endpoint = Endpoints.in(batch.settings()).find(id).orElse(null);
    if (endpoint == null
        || endpoint.disabled()
        || batch.settings().find(Endpoint.SETTING, id).isEmpty()) {
      // Also one that follows from other settings: it has none of its own to disable.
      return health;
    }
    if (Overload.isGone(attempt)) {
      disable(batch, endpoint, "gone");
      return health.noticed(100, batch.clock());
    }
    var notice = health.notice(endpoint.terms().patience(), batch.clock());
    if (notice.isEmpty()) {
      return health;
    }
    if (notice.get() == 100) {
      disable(batch, endpoint, "failing");
    } else {
      batch.append("endpoint.failing", id, Integer.toString(notice.get()));
    }
    return health.noticed(notice.get(), batch.clock());
  }

  private static void disable(Batch batch, Endpoint endpoint, String why) {
    batch.change(
        Endpoint.SETTING, endpoint.id(), endpoint.with(endpoint.subscription(), true).body());
    batch.append("endpoint.disabled", endpoint.id(), why);
  }

  /// How it fares, for who asks; null when it is well.
  @Nullable EndpointHealth find(String endpoint) {
    var health = ailing.get(endpoint);
    return health == null || health.isForgiven() ? null : health;
  }
}
