package dev.porchlight.delivery;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who has an event of a lead and who has not, as it stands at one moment.
public final class Whereabouts {
  private static final Set<String> OF_LEADS = Set.of("lead.created", "lead.updated");

  /// So many deliveries of a lead are looked at, the newest.
  private static final int MOST = 500;

  /// How an endpoint has an event.
  public enum Holding {
    /// It was delivered, or who asks for the endpoint's events has asked on from behind it.
    TAKEN,
    /// It waits: for its next attempt, for others before it, for an endpoint that fails.
    WAITS,
    /// It waits for an endpoint that the hub disabled.
    DISABLED,
    /// It waits for an endpoint that somebody disabled, or that was never enabled.
    OFF,
    /// It was given up, or can't be written.
    GIVEN_UP,
    /// It was not taken while there was an endpoint, and that was removed.
    REMOVED,
    /// Nobody waits for it any more.
    DROPPED
  }

  /// A delivery of it.
  ///
  /// @param name of the endpoint; its id where that is gone
  /// @param derived whether the endpoint follows from other settings
  /// @param failingSince when the endpoint began to fail; null when it does not
  public record At(
      Deliveries.Standing standing,
      String name,
      boolean derived,
      Holding holding,
      @Nullable Instant failingSince) {
    /// Whether an endpoint that somebody made has not taken it.
    public boolean isMissing() {
      return !derived
          && switch (holding) {
            case WAITS, DISABLED, OFF, GIVEN_UP, REMOVED -> true;
            case TAKEN, DROPPED -> false;
          };
    }
  }

  private final Endpoints endpoints;
  private final Map<String, EndpointHealth> ailing;
  private final Map<String, Long> asked;

  private Whereabouts(
      Endpoints endpoints, Map<String, EndpointHealth> ailing, Map<String, Long> asked) {
    this.endpoints = endpoints;
    this.ailing = ailing;
    this.asked = asked;
  }

  /// As it stands now.
  public static Whereabouts now(Store store) {
    return new Whereabouts(
        Endpoints.in(store.settings()),
        Breakers.all(store),
        store
            .read(h ->
                h.createQuery("SELECT " + Tables.FEED_ASKED.columnList() + " FROM feed_asked")
                    .map((r, _) -> Tables.FEED_ASKED.read(new Row(r)))
                    .list())
            .stream()
            .collect(Collectors.toMap(Feed.Asked::endpointId, Feed.Asked::place)));
  }

  /// Whether it is an event that says what a lead says.
  public static boolean isOfALead(Delivery delivery) {
    return OF_LEADS.contains(delivery.kind());
  }

  /// How a delivery's endpoint has it.
  public At at(Deliveries.Standing standing) {
    var id = standing.delivery().endpointId();
    var endpoint = endpoints.find(id);
    var health = Optional.ofNullable(ailing.get(id)).filter(h -> !h.isForgiven());
    return new At(
        standing,
        endpoint.map(Endpoint::name).orElse(id),
        endpoints.isDerived(id),
        holding(standing, endpoint, health, asked.getOrDefault(id, 0L)),
        health.map(EndpointHealth::failingSince).orElse(null));
  }

  /// A function of values.
  static Holding holding(
      Deliveries.Standing standing,
      Optional<Endpoint> endpoint,
      Optional<EndpointHealth> health,
      long asked) {
    var state = standing.state().state();
    if (state == DeliveryState.State.DELIVERED || asked >= standing.delivery().seq()) {
      return Holding.TAKEN;
    }
    if (state == DeliveryState.State.DROPPED) {
      return standing.state().reason().equals(RemovedEndpoints.WHY)
          ? Holding.REMOVED
          : Holding.DROPPED;
    }
    if (endpoint.isEmpty()) {
      return Holding.REMOVED;
    }
    return state != DeliveryState.State.PENDING
        ? Holding.GIVEN_UP
        : !endpoint.get().disabled()
            ? Holding.WAITS
            : health.filter(EndpointHealth::disabledIt).isPresent()
                ? Holding.DISABLED
                : Holding.OFF;
  }

  /// Where a version of a lead is.
  public List<At> ofLead(Deliveries deliveries, String lead, int version) {
    return deliveries.list(Scope.EVERYTHING, new Deliveries.Query(null, lead, null, MOST)).stream()
        .filter(s -> s.delivery().version() == version && isOfALead(s.delivery()))
        .sorted(Deliveries.Standing.told(endpoints))
        .map(this::at)
        .toList();
  }
}
