package dev.porchlight.api;

import dev.porchlight.desk.LeadSteps.LeadStep;
import dev.porchlight.person.Consents.Consent;
import dev.porchlight.value.Json;
import java.util.EnumSet;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What events said of leads and persons, as JSON.
final class EventViews {
  private EventViews() {}

  static ObjectNode step(LeadStep step) {
    var json = Json.object();
    json.put("sequence", step.seq());
    json.put("step", step.step());
    json.put("at", step.at().toString());
    said(json, step.event(), step.uri(), step.publisher());
    put(json, "agent", step.agent());
    put(json, "recipient", step.recipient());
    put(json, "participant", step.participant());
    put(json, "reason", step.reason());
    put(json, "comment", step.comment());
    return json;
  }

  private static void said(ObjectNode json, String event, String uri, String publisher) {
    json.put("event", event);
    json.put("event_uri", uri);
    json.put("publisher", publisher);
  }

  private static void put(ObjectNode json, String name, String text) {
    if (!text.isEmpty()) {
      json.put(name, text);
    }
  }

  /// All that was said, the newest first; of each channel the first one holds.
  static ArrayNode consents(List<Consent> all) {
    var list = Json.object().putArray("consents");
    var seen = EnumSet.noneOf(dev.porchlight.person.Consents.Channel.class);
    for (var consent : all) {
      var json = list.addObject();
      json.put("channel", consent.channel().word());
      json.put("given", consent.given());
      json.put("holds", seen.add(consent.channel()));
      json.put("at", consent.at().toString());
      json.put("sequence", consent.seq());
      put(json, "address", consent.address());
      said(json, consent.event(), consent.uri(), consent.publisher());
      var providers = json.putArray("providers");
      consent.listProviders().forEach(providers::add);
    }
    return list;
  }
}
