package dev.porchlight;

import dev.porchlight.access.MailMarks;
import dev.porchlight.account.NodeMail;
import dev.porchlight.connector.events.RealEstateEvents;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Renderer;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.events.Inboxes;
import dev.porchlight.desk.onward.ChangeBodies;
import dev.porchlight.desk.onward.Notices;
import dev.porchlight.net.AddressGuard;
import dev.porchlight.net.MailAddress;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.store.Store;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// How what is planned goes out: written by a connector, signed, sent, each attempt kept.
record Delivering(
    OutgoingClient outgoing,
    RealEstateEvents events,
    Inboxes inboxes,
    MailMarks marks,
    ReceiverSecrets secrets,
    Rendering rendering,
    Engine engine,
    Planner planner) {
  /// @param address where the hub is reached as far as it knows itself
  static Delivering of(Ground ground, Reads reads, Supplier<URI> address) {
    var store = ground.store();
    var config = ground.config();
    var outgoing = new OutgoingClient(new AddressGuard(config.allowNetworks()), null);
    var events = new RealEstateEvents();
    var inboxes = new Inboxes(store, events);
    var marks = new MailMarks(store, ground.secrets());
    var secrets = new ReceiverSecrets(ground.secrets());
    var rendering =
        new Rendering(
            ground.contracts().byName(),
            reads.messages(),
            reads.names(),
            reads.receipts(),
            id -> Sources.in(store.settings()).find(id).map(Source::name).orElse(""),
            delivery -> Notices.body(store, reads.deliveries(), delivery),
            new ChangeBodies(store),
            HubIdentity.name(store),
            inboxes,
            new FeedRendering(store, marks, address),
            new NotTaken(store, reads.deliveries(), address),
            node -> NodeMail.languageOf(store.settings(), node),
            node -> NodeMail.zoneOf(store.settings(), node));
    var engine =
        new Engine(
            store,
            ground.process(),
            config.lease(),
            rendering,
            new Sending(store, ground.secrets(), outgoing),
            new OAuthTokens(store, outgoing),
            secrets::of,
            Map.of("User-Agent", "Porchlight/" + Hub.VERSION),
            ground.traces(),
            ground.metrics()::attempted);
    var planner = new Planner(ground.process(), config.lease(), engine::hasRoom);
    return new Delivering(outgoing, events, inboxes, marks, secrets, rendering, engine, planner);
  }

  /// What a delivery would send, and with what.
  Renderer.Rendered show(Delivery delivery, Endpoint endpoint) {
    return rendering.show(delivery, endpoint, secrets.of(endpoint.id()));
  }

  EndpointTest trials(Store store) {
    return new Trials(store, secrets, rendering, engine);
  }

  /// Why nothing can be delivered to an address; empty when it can.
  Optional<String> objection(String url) {
    return MailAddress.isMail(url) ? MailAddress.objection(url) : outgoing.objection(url);
  }
}
