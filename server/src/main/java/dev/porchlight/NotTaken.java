package dev.porchlight;

import dev.porchlight.connector.mail.Undelivered;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Explanation;
import dev.porchlight.delivery.Missed;
import dev.porchlight.delivery.Whereabouts;
import dev.porchlight.net.MailServer;
import dev.porchlight.store.Store;
import java.net.URI;
import java.util.function.Supplier;

/// What an office is told of a lead that an endpoint has not taken: how it stands with whom.
final class NotTaken {
  private static final int COUNTED = 10_000;

  private final Store store;
  private final Deliveries deliveries;
  private final Supplier<URI> address;

  /// @param address where the hub is reached as far as it knows itself
  NotTaken(Store store, Deliveries deliveries, Supplier<URI> address) {
    this.store = store;
    this.deliveries = deliveries;
    this.address = address;
  }

  /// As it stands now.
  ///
  /// @param delivery of the lead, to its office
  Undelivered of(Delivery delivery) {
    var all = Whereabouts.now(store).ofLead(deliveries, delivery.leadId(), delivery.version());
    return new Undelivered(
        all.stream().filter(Whereabouts.At::isMissing).map(this::missing).toList(),
        all.stream()
            .filter(at -> at.holding() == Whereabouts.Holding.TAKEN)
            .map(Whereabouts.At::name)
            .distinct()
            .toList());
  }

  private Undelivered.Missing missing(Whereabouts.At at) {
    var delivery = at.standing().delivery();
    var last = deliveries.listAttempts(delivery.id()).reversed().stream().findFirst();
    var off =
        Endpoints.in(store.settings())
            .find(delivery.endpointId())
            .flatMap(e -> Missed.by(store, e));
    int waiting = deliveries.counts().countPending(delivery.endpointId(), COUNTED + 1);
    return new Undelivered.Missing(
        at.name(),
        state(at),
        last.map(a -> a.summary()).orElse(at.standing().state().reason()),
        last.map(Explanation::words).orElse(""),
        off.map(Missed::since).orElse(at.failingSince()),
        Math.min(waiting, COUNTED),
        waiting > COUNTED,
        delivery.id(),
        link(delivery.id()));
  }

  private static Undelivered.State state(Whereabouts.At at) {
    return switch (at.holding()) {
      case DISABLED -> Undelivered.State.DISABLED;
      case OFF -> Undelivered.State.OFF;
      case GIVEN_UP ->
          at.standing().state().state() == DeliveryState.State.UNWRITABLE
              ? Undelivered.State.UNWRITABLE
              : Undelivered.State.GIVEN_UP;
      case REMOVED -> Undelivered.State.REMOVED;
      case WAITS, TAKEN, DROPPED -> Undelivered.State.WAITING;
    };
  }

  private String link(String delivery) {
    var links = MailServer.in(store.settings()).map(MailServer::links).orElse(null);
    var base = links == null ? address.get().toString() : links;
    return base.replaceAll("/+$", "") + "/console/deliveries/" + delivery;
  }
}
