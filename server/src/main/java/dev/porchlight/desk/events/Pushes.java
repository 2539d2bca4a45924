package dev.porchlight.desk.events;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Redelivery;
import dev.porchlight.filter.Value;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Draw;
import java.util.List;
import java.util.function.Consumer;

/// Plans what is pushed of events: the copies of those whose inbox an endpoint gets.
final class Pushes {
  private final Planner planner;
  private final Consumer<List<Planner.Claim>> lanes;

  /// @param lanes takes the lanes that may be started on at once
  Pushes(Planner planner, Consumer<List<Planner.Claim>> lanes) {
    this.planner = planner;
    this.lanes = lanes;
  }

  /// Plans the push of a copy, where its receiver has an endpoint.
  ///
  /// @param subject what endpoints that want the newest state alone tell events apart by
  void push(
      Batch batch,
      Draw draw,
      PublishedEvent.Copy copy,
      String subject,
      String orderKey,
      String why) {
    var endpoint =
        Parties.in(batch.settings())
            .find(copy.receiver())
            .map(Party::endpoint)
            .flatMap(Endpoints.in(batch.settings())::find);
    if (endpoint.isEmpty()) {
      return;
    }
    var node = endpoint.get().node();
    var delivery =
        new Event(
            copy.event(),
            Publishing.KIND,
            draw.at(),
            copy.seq(),
            subject,
            1,
            Publishing.office(Nodes.in(batch.settings()), node).orElse(node),
            "",
            false,
            orderKey,
            "",
            _ -> Value.UNSET);
    var plan = planner.plan(batch, delivery, endpoint.get(), why, draw);
    if (!plan.claims().isEmpty()) {
      batch.afterCommit(() -> lanes.accept(plan.claims()));
    }
  }

  /// Sees to it, within a unit, that a copy is pushed once more to where its receiver's inbox is
  /// pushed now: under the same id, whether it was pushed there before or not.
  void pushAgain(Batch batch, PublishedEvent event, PublishedEvent.Copy copy) {
    var endpoint =
        Parties.in(batch.settings())
            .find(copy.receiver())
            .map(Party::endpoint)
            .flatMap(Endpoints.in(batch.settings())::find);
    if (endpoint.isEmpty()) {
      return;
    }
    var delivery = Planner.deliveryId(event.draw(), endpoint.get().id());
    if (Planner.isPlanned(batch, delivery)) {
      Redelivery.again(batch, delivery, state -> state != DeliveryState.State.PENDING);
      return;
    }
    var node = endpoint.get().node();
    Planner.planLate(
        batch,
        new Event(
            event.id(),
            Publishing.KIND,
            event.draw().at(),
            event.seq(),
            event.id(),
            1,
            Publishing.office(Nodes.in(batch.settings()), node).orElse(node),
            "",
            false,
            "replay " + copy.receiver(),
            "",
            _ -> Value.UNSET),
        endpoint.get(),
        "The party whose inbox the endpoint gets asked for a replay.",
        event.draw());
  }

  /// What a push is about, for endpoints that want the newest state alone: an event takes the place
  /// of an earlier one that says the same members of the same listing, so that nothing is lost by
  /// leaving that out. One that comes late takes nobody's place.
  static String subject(PreparedEvent prepared, ListingEvents.Outcome listing) {
    var change = prepared.said().listing();
    return change == null || !listing.newest()
        ? prepared.event().id()
        : Draw.named(
            "listing members",
            listing.listing(),
            prepared.event().topic() + "\n" + String.join("\n", change.members().keySet()));
  }

  static String why(PublishedEvent.Copy copy, Party owner) {
    return copy.grant().isEmpty()
        ? "The event was published to the party whose inbox the endpoint gets."
        : "The party whose inbox the endpoint gets follows " + owner.name() + " by a grant.";
  }
}
