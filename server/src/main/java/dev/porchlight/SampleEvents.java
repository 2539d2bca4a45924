package dev.porchlight;

import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Invented events as our own contract has them: one of each kind, about things that don't exist.
final class SampleEvents {
  private static final Duration BEFORE = Duration.ofDays(3);
  private static final String MADE = "created_at";
  private static final String CHANGED = "modified_at";

  private SampleEvents() {}

  /// The kinds that tell of a lead, which other contracts carry too.
  private static final Set<String> OF_LEADS = Set.of("lead.created", "lead.updated");

  /// The kinds of which a contract has samples.
  static Set<String> kinds(String contract) {
    return new TreeSet<>(contract.equals("porchlight") ? EndpointSetup.EVENTS : OF_LEADS);
  }

  /// Whether an event of that kind says what a lead is.
  static boolean isOfLead(String kind) {
    return kind.startsWith("lead.");
  }

  /// @throws IllegalArgumentException with a sentence, when the contract has no such events
  static void check(String kind, String contract) {
    if (!kinds(contract).contains(kind)) {
      throw new IllegalArgumentException(
          EndpointSetup.EVENTS.contains(kind)
              ? "The contract `"
                  + contract
                  + "` carries leads only: "
                  + kinds(contract).stream().collect(Collectors.joining(", "))
                  + "."
              : "There is no kind `"
                  + kind
                  + "` of event; there are "
                  + kinds(contract).stream().collect(Collectors.joining(", "))
                  + ".");
    }
  }

  /// The body of an event that is not of a lead.
  static byte[] body(String kind, Instant now, long sequence, Draw draw) {
    var event = Json.object();
    event.put("type", kind);
    event.put("timestamp", now.toString());
    var data = event.putObject("data");
    switch (kind) {
      case "contact.created", "contact.updated", "contact.deleted", "contact.erased" ->
          contact(kind, data, now, sequence, draw);
      case "listing.created", "listing.updated", "listing.deleted" ->
          listing(kind, data, now, sequence, draw);
      case "feed.notified" -> feed(data, now, sequence, draw);
      default -> ofEndpoint(kind, data, sequence, draw);
    }
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Each its own.
  private static String id(Instant now) {
    return Draw.fresh(now, 0).digits();
  }

  private static void contact(String kind, ObjectNode data, Instant now, long sequence, Draw draw) {
    data.put("id", draw.digits());
    data.put("sequence", sequence);
    switch (kind) {
      case "contact.deleted" -> data.put("deleted", true);
      case "contact.erased" -> data.put("erased", true);
      default -> {
        data.put("person_id", draw.uuid("person"));
        data.put("office", id(now));
        data.put("office_name", "Sample Realty, Springfield");
        data.put("owner", id(now));
        data.put("owner_name", SampleLead.AGENT);
        data.put("record_status", "Unconnected");
        data.put("display_name", "Sam Sample");
        data.put("given_name", "Sam");
        data.put("family_name", "Sample");
        data.putArray("emails").add("sam.sample@example.com");
        data.putArray("phones").add("+1 541-555-0100");
        data.putArray("tags").add("test").add("first home");
        data.put(MADE, (kind.equals("contact.created") ? now : now.minus(BEFORE)).toString());
        data.put(CHANGED, now.toString());
      }
    }
  }

  private static void listing(String kind, ObjectNode data, Instant now, long sequence, Draw draw) {
    data.put("id", draw.digits());
    data.put("sequence", sequence);
    if (kind.equals("listing.deleted")) {
      data.put("deleted", true);
    }
    data.put("office", id(now));
    data.put("mls_name", "SAMPLE MLS");
    data.put("mls_id", "SAMPLE-1");
    data.put("url", "https://homes.example.org/listings/SAMPLE-1");
    data.put("version", kind.equals("listing.created") ? 1 : 2);
    var members = data.putObject("members");
    members.put("listingId", "SAMPLE-1");
    members.put("listingStatus", kind.equals("listing.created") ? "Active" : "Pending");
    members.put("streetAddress", "12 Sample Street");
    members.put("addressLocality", "Springfield");
    members.put("addressRegion", "OR");
    members.put("postalCode", "97477");
    data.put(MADE, (kind.equals("listing.created") ? now : now.minus(BEFORE)).toString());
    data.put(CHANGED, now.toString());
  }

  private static void feed(ObjectNode data, Instant now, long sequence, Draw draw) {
    data.put("sequence", sequence);
    data.put("notice", draw.uuid("notice"));
    data.put("contact", id(now));
    data.put("owner", id(now));
    data.put("office", id(now));
    data.put("mails", 1);
    var item = data.putArray("items").addObject();
    item.put("listing", id(now));
    item.put("at", now.toString());
    item.putArray("events").add("PriceChange");
    item.put("matching", true);
    item.putArray("feeds").addObject().put("id", id(now)).put("name", "Homes in Springfield");
    var fields = item.putObject("fields");
    fields.put("ListingId", "SAMPLE-1");
    fields.put("City", "Springfield");
    fields.put("ListPrice", 450_000);
    fields.put("PreviousListPrice", 465_000);
  }

  private static void ofEndpoint(String kind, ObjectNode data, long sequence, Draw draw) {
    data.put("sequence", sequence);
    data.put("endpoint", draw.uuid("endpoint"));
    data.put("endpoint_name", "Sample CRM");
    switch (kind) {
      case "endpoint.failing" -> data.put("patience_used_percent", 50);
      case "endpoint.disabled" -> data.put("reason", "failing");
      case "endpoint.recovered" -> {}
      case "delivery.dead" -> {
        data.put("delivery", draw.uuid("delivery"));
        data.put("lead", draw.uuid("lead"));
        data.put("reason", "answered with status 503");
      }
      case "replay.finished" -> data.put("replay", draw.uuid("replay"));
      default -> throw new IllegalArgumentException("There is no sample of `" + kind + "`.");
    }
  }
}
