package dev.porchlight.delivery;

import dev.porchlight.account.Nodes;
import dev.porchlight.net.MailAddress;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Works out which endpoints an event is owed to, and writes that down in the unit that makes the
/// event.
public final class Planner {
  /// The kind of event that a lead was delivered nowhere in time.
  public static final String UNDELIVERED = "lead.undelivered";

  /// The kind of event that nobody could read a receipt.
  public static final String UNREAD = "receipt.unread";

  private final String hub;
  private final Duration lease;
  private final Predicate<String> room;

  /// @param hub names this process as the owner of lanes
  /// @param lease for how long it leases the lanes that it plans into
  public Planner(String hub, Duration lease) {
    this(hub, lease, _ -> true);
  }

  /// @param room whether this process can soon start on one more lane of an endpoint; a lane that
  ///   it can't is left to whoever polls
  public Planner(String hub, Duration lease, Predicate<String> room) {
    this.hub = hub;
    this.lease = lease;
    this.room = room;
  }

  /// What was planned, and which lanes this process may start on at once or holds already.
  ///
  /// @param deliveries in the order of the endpoints' making
  public record Plan(List<Delivery> deliveries, List<Claim> claims) {}

  /// The right to work on a lane.
  ///
  /// @param head what to start with when the lane holds nothing else; empty to look
  /// @param passed whether any of the lane's deliveries is passed, so that these are looked for too
  /// @param joins it is held already, and `head` is one more at its end
  /// @param pending how many deliveries were open in the lane then
  /// @param dueAt when there was something to do in it, as it said then
  public record Claim(
      String endpointId,
      String orderKey,
      long fence,
      Optional<Delivery> head,
      boolean passed,
      boolean joins,
      int pending,
      Instant dueAt) {
    /// A lane that was leased just now.
    static Claim of(Lane lane, Optional<Delivery> head) {
      return new Claim(
          lane.endpointId(),
          lane.orderKey(),
          lane.fence(),
          head,
          lane.passed() > 0,
          false,
          lane.pending(),
          lane.dueAt());
    }

    private static Claim joining(Lane lane, Delivery delivery) {
      return new Claim(
          lane.endpointId(),
          lane.orderKey(),
          lane.fence(),
          Optional.of(delivery),
          lane.passed() > 0,
          true,
          lane.pending(),
          lane.dueAt());
    }
  }

  /// Plans an event, and keeps why endpoints within reach don't get it. A function of the settings
  /// and the event; ids come from the draw.
  ///
  /// @param alone whether nothing can have been planned under the event's order key before, so that
  ///   no lane of it is looked for
  public Plan plan(Batch batch, Event event, Draw draw, boolean alone) {
    var nodes = Nodes.in(batch.settings());
    var deliveries = new ArrayList<Delivery>();
    var claims = new ArrayList<Claim>();
    var leftOut = new ArrayList<LeftOut.Rule>();
    var addresses = new HashSet<String>();
    var endpoints = Endpoints.in(batch.settings());
    for (var endpoint : endpoints.covering(event.officeId())) {
      var objection = Choice.objection(endpoint, event, nodes);
      if (objection.isPresent()) {
        if (!endpoints.isDerived(endpoint.id())) {
          leftOut.add(objection.get());
        }
        continue;
      }
      // Nobody gets one lead twice by mail because of copies.
      if (endpoint.isMail()
          && !addresses.add(MailAddress.folded(endpoint.url()))
          && endpoints.isCopy(endpoint.id())) {
        continue;
      }
      var delivery =
          put(
              batch,
              event,
              endpoint,
              Choice.why(endpoint, event, nodes),
              deliveryId(draw, endpoint.id()));
      deliveries.add(delivery);
      enqueue(batch, endpoint, event, delivery, alone).ifPresent(claims::add);
    }
    if (!leftOut.isEmpty()) {
      batch.put(Tables.LEFT_OUT, LeftOut.of(event, leftOut));
    }
    return new Plan(deliveries, claims);
  }

  private static Delivery put(Batch batch, Event event, Endpoint endpoint, String why, String id) {
    var delivery =
        new Delivery(
            id,
            event.seq(),
            endpoint.id(),
            event.orderKey(),
            event.id(),
            event.kind(),
            event.leadId(),
            event.version(),
            event.officeId(),
            event.at(),
            why);
    batch.put(Tables.DELIVERY, delivery);
    batch.put(Tables.STATE, DeliveryState.planned(delivery, batch.clock()));
    return delivery;
  }

  /// Plans an event for one endpoint, whatever it wants.
  public Plan plan(Batch batch, Event event, Endpoint endpoint, String why, Draw draw) {
    return plan(batch, event, endpoint, why, deliveryId(draw, endpoint.id()));
  }

  /// Plans an event for one endpoint, whatever it wants, as one of several deliveries of it there.
  ///
  /// @param id the delivery's
  public Plan plan(Batch batch, Event event, Endpoint endpoint, String why, String id) {
    var delivery = put(batch, event, endpoint, why, id);
    return new Plan(
        List.of(delivery), enqueue(batch, endpoint, event, delivery, false).stream().toList());
  }

  /// Whether an endpoint, as it is set, takes an event that may be long past.
  public static boolean wants(Settings settings, Endpoint endpoint, Event event) {
    var nodes = Nodes.in(settings);
    return Choice.reaches(endpoint, event, nodes)
        && Choice.objection(endpoint, event, nodes).isEmpty();
  }

  /// The id of the delivery of an event to an endpoint, whenever it is planned: there is one.
  ///
  /// @param draw the event's
  public static String deliveryId(Draw draw, String endpoint) {
    return draw.uuid("delivery " + endpoint);
  }

  /// Plans an event of the past, which was not planned for the endpoint then; whoever polls starts
  /// on it. The log says so with a line `delivery.planned`.
  ///
  /// @param draw the event's
  public static void planLate(Batch batch, Event event, Endpoint endpoint, String why, Draw draw) {
    var delivery = put(batch, event, endpoint, why, deliveryId(draw, endpoint.id()));
    batch.put(Tables.LATE, delivery.id());
    long seq = batch.append("delivery.planned", event.leadId(), delivery.id());
    Redelivery.reopen(batch, delivery, seq, false, 1);
  }

  /// The line of the log that an event stands at which is not found in a receipt.
  public static final String TOLD = "event.told";

  /// Plans what was found in the log and is no lead, for the endpoints that ask for it; whoever
  /// polls starts on it. As an event it has a place in the log of its own, so that who reads on
  /// from a place misses none: a line `event.told`, which refers to the one where it was found.
  /// Where nobody wants it there is none.
  ///
  /// @param event at the place where it was found
  /// @param draw the event's
  /// @param asking which endpoints are to be asked
  public static boolean tell(Batch batch, Event event, Draw draw, Predicate<Endpoint> asking) {
    var nodes = Nodes.in(batch.settings());
    var endpoints = Endpoints.in(batch.settings());
    var chosen = new ArrayList<Endpoint>();
    var leftOut = new ArrayList<LeftOut.Rule>();
    for (var endpoint : endpoints.covering(event.officeId())) {
      if (asking.test(endpoint) && !isPlanned(batch, deliveryId(draw, endpoint.id()))) {
        Choice.objection(endpoint, event, nodes)
            .ifPresentOrElse(leftOut::add, () -> chosen.add(endpoint));
      }
    }
    if (chosen.isEmpty() && leftOut.isEmpty()) {
      return false;
    }
    var told = event.at(batch.append(TOLD, event.leadId(), Long.toString(event.seq())));
    chosen.forEach(e -> planTold(batch, told, e, Choice.why(e, told, nodes), draw));
    if (!leftOut.isEmpty()) {
      batch.put(Tables.LEFT_OUT, LeftOut.of(told, leftOut));
    }
    return !chosen.isEmpty();
  }

  /// Plans one event for one endpoint.
  ///
  /// @param told at a place of its own in the log
  public static void planTold(Batch batch, Event told, Endpoint endpoint, String why, Draw draw) {
    var delivery = put(batch, told, endpoint, why, deliveryId(draw, endpoint.id()));
    Redelivery.reopen(batch, delivery, told.seq(), false, 1);
  }

  private Optional<Claim> enqueue(
      Batch batch, Endpoint endpoint, Event event, Delivery delivery, boolean alone) {
    Instant now = batch.clock();
    var lane = alone ? null : batch.find(Tables.LANE, endpoint.id(), delivery.orderKey());
    if (lane == null) {
      boolean take = !endpoint.disabled() && room.test(endpoint.id());
      var fresh =
          new Lane(
              endpoint.id(),
              delivery.orderKey(),
              now,
              1,
              0,
              false,
              take ? hub : null,
              take ? now.plus(lease) : null,
              // Above any fence that an earlier lane of this key can have had.
              event.seq() << 16);
      batch.put(Tables.LANE, fresh);
      return take ? Optional.of(Claim.of(fresh, Optional.of(delivery))) : Optional.empty();
    }
    boolean startNow =
        !lane.blocked() || endpoint.terms().order(delivery.orderKey()) == Order.NEWEST;
    boolean take = startNow && !endpoint.disabled() && lane.isFree(now) && room.test(endpoint.id());
    var longer =
        lane.due(
            startNow && lane.dueAt().isAfter(now) ? now : lane.dueAt(),
            lane.pending() + 1,
            lane.passed(),
            lane.blocked());
    if (take) {
      longer = longer.leasedBy(hub, now.plus(lease));
    }
    batch.put(Tables.LANE, longer);
    if (take) {
      return Optional.of(Claim.of(longer, Optional.empty()));
    }
    return hub.equals(lane.owner()) && !lane.isFree(now)
        ? Optional.of(Claim.joining(longer, delivery))
        : Optional.empty();
  }

  /// Whether an event was ever planned for an endpoint.
  public static boolean isPlanned(Batch batch, String id) {
    return batch.find(Tables.DELIVERY, id) != null;
  }
}
