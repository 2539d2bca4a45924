package dev.porchlight.delivery;

import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.StandingWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets go of what was given up, or could not be written, for endpoints that are gone: no retry can
/// mend it, so nobody is asked to. It is dropped as what is still to be sent there is; the attempts
/// at it stay.
public final class RemovedEndpoints implements AutoCloseable {
  /// Why a delivery is dropped.
  static final String WHY = "The endpoint was removed.";

  private static final Logger LOG = LoggerFactory.getLogger(RemovedEndpoints.class);
  private static final int AT_ONCE = 100;

  /// What ended while its endpoint was being removed is found then.
  private static final Duration REST = Duration.ofMinutes(10);

  private final Store store;
  private final StandingWork work;

  /// Starts.
  public RemovedEndpoints(Store store) {
    this.store = store;
    work = new StandingWork("removed endpoints", LOG, this::look);
    // Some follow from nodes' settings of mail.
    work.start(store, kind -> kind.startsWith("setting."));
  }

  private Duration look() {
    var endpoints = Endpoints.in(store.settings());
    var id = next("");
    while (id.isPresent() && !work.isClosing()) {
      if (endpoints.find(id.get()).isEmpty()) {
        drop(id.get());
      }
      id = next(id.get());
    }
    return REST;
  }

  /// The endpoint behind one, by id, that ever had a delivery.
  private Optional<String> next(String after) {
    return store.read(h ->
        h.createQuery("SELECT MIN(endpoint_id) FROM delivery_state WHERE endpoint_id > :after")
            .bind("after", after)
            .mapTo(String.class)
            .findOne());
  }

  private void drop(String endpoint) {
    for (var state : List.of(DeliveryState.State.DEAD, DeliveryState.State.UNWRITABLE)) {
      while (!work.isClosing()) {
        var some =
            store.read(h ->
                h.createQuery(
                        "SELECT delivery_id FROM delivery_state WHERE endpoint_id = :e"
                            + " AND state = '"
                            + state.word()
                            + "' ORDER BY seq LIMIT "
                            + AT_ONCE)
                    .bind("e", endpoint)
                    .mapTo(String.class)
                    .list());
        if (some.isEmpty()) {
          break;
        }
        store.write(
            WorkQueue.RETENTION,
            batch -> {
              // Somebody may have made one of that id again, as with an address of mail.
              if (Endpoints.in(batch.settings()).find(endpoint).isEmpty()) {
                some.forEach(id -> Redelivery.letGo(batch, id, WHY));
              }
              return true;
            });
        if (some.size() < AT_ONCE || Endpoints.in(store.settings()).find(endpoint).isPresent()) {
          break;
        }
      }
    }
  }

  @Override
  public void close() {
    work.close();
  }
}
