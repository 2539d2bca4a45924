package dev.porchlight.api;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.PublishedEvents;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Published events with what breaks their contract and what they brought about; service areas.
final class EventResources {
  private final Store store;
  private final PublishedEvents events;

  EventResources(Store store) {
    this.store = store;
    this.events = new PublishedEvents(store);
  }

  /// The ids of the parties that a token sees; null for all.
  private @Nullable List<String> parties(Call call) {
    if (call.scope().everything()) {
      return null;
    }
    return Parties.in(store.settings()).all().stream()
        .filter(p -> PartyResources.sees(call, store.settings(), p))
        .map(Party::id)
        .toList();
  }

  Reply list(Call call) {
    call.filters("topic", "publisher", "violations");
    var request = call.request();
    var publisher =
        request
            .queryValue("publisher")
            .map(p ->
                PartyResources.named(store.settings(), p, request.baseUrl())
                    .map(Party::id)
                    .orElse(p))
            .orElse(null);
    boolean violating =
        request
            .queryValue("violations")
            .map(t ->
                switch (t) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw Call.invalid("violations", "true or false");
                })
            .orElse(false);
    return call.list(
        most ->
            events.list(
                parties(call),
                new PublishedEvents.Query(
                    request.queryValue("topic").orElse(null),
                    publisher,
                    violating,
                    call.seqCursor(),
                    most)),
        EventResources::view,
        e -> Long.toString(e.seq()));
  }

  private static ObjectNode view(PublishedEvent event) {
    var json = Json.object();
    json.put("id", event.id());
    json.put("uri", event.uri());
    json.put("topic", event.topic());
    json.put("publisher", event.publisher());
    json.put("sequence", event.seq());
    json.put("published_at", event.draw().at().toString());
    json.put("time", event.time().toString());
    var violations = json.putArray("violations");
    event.listViolations().forEach(v -> violations.add(Views.violation(v)));
    return json;
  }

  Reply get(Call call) {
    var event =
        events
            .find(parties(call), call.path("id"))
            .orElseThrow(() -> AccountResources.missing("event"));
    var json = view(event);
    var copies = json.putArray("copies");
    for (var copy : events.listCopies(event.id())) {
      var one = copies.addObject();
      one.put("receiver", copy.receiver());
      one.put("agent", copy.agent());
      if (!copy.grant().isEmpty()) {
        one.put("grant", copy.grant());
      }
    }
    var lines = json.putArray("consequences");
    for (var line : events.listConsequences(event)) {
      lines
          .addObject()
          .put("sequence", line.seq())
          .put("kind", line.kind())
          .put("subject", line.subject())
          .put("ref", line.ref());
    }
    return Call.ok(json);
  }

  Reply listServiceAreas(Call call) {
    call.filters();
    var nodes = Nodes.in(store.settings());
    var companies =
        nodes.all().stream()
            .map(Node::id)
            .filter(id -> call.scope().containsNode(nodes, id))
            .map(id -> nodes.companyOf(id).map(Node::id).orElse(id))
            .collect(Collectors.toSet());
    return call.list(
        most ->
            ServiceAreas.list(store, call.scope(), List.copyOf(companies), call.seqCursor(), most),
        EventResources::view,
        a -> Long.toString(a.seq()));
  }

  private static ObjectNode view(ServiceAreas.Area area) {
    var json = Json.object();
    json.put("company", area.company());
    json.put("name", area.name());
    json.put("sequence", area.seq());
    json.put("at", area.at().toString());
    put(json, "kind", area.kind());
    put(json, "locality", area.locality());
    put(json, "region", area.region());
    put(json, "country", area.country());
    put(json, "postal_code", area.postalCode());
    put(json, "provider", area.provider());
    if (area.weight() != null) {
      json.put("weight", area.weight());
    }
    if (area.sortOrder() != null) {
      json.put("sort_order", area.sortOrder());
    }
    if (area.toConsumerSite() != null) {
      json.put("sent_to_consumer_site", area.toConsumerSite());
    }
    json.set("members", Json.tree(area.members()));
    json.put("event", area.event());
    return json;
  }

  private static void put(ObjectNode json, String name, @Nullable String text) {
    if (text != null) {
      json.put(name, text);
    }
  }
}
