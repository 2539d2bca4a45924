package dev.porchlight.testing;

import dev.porchlight.value.Json;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Bodies as the portal sends them, valid by their contracts as long as the person has an e-mail
/// address. Each is a fresh tree, to be changed at will.
public final class LeadBodies {
  private static final String TIMESTAMP = "2026-03-14T09:26:53Z";

  private LeadBodies() {}

  /// A BuyerLead (Connections Plus) with every member but `digital_signature`.
  public static ObjectNode buyer(String leadId, InventedPerson person) {
    var body = plain(leadId, "buyer", person);
    var property = listing(body);
    agent(property);
    finance(body).put("financing_type", "conventional");
    scores(body);
    return end(body, "listing page", "Is the garden shared?");
  }

  /// A SellerLead (Connections Plus) with every member but `digital_signature`.
  public static ObjectNode seller(String leadId, InventedPerson person) {
    var body = plain(leadId, "seller", person);
    address(body)
        .put("property_type", "single_family")
        .put("estimated_value", new BigDecimal("615000"));
    return end(body, "recommendation", "We move in June.");
  }

  /// A StandardLead (Lead Delivery) with every member.
  public static ObjectNode standard(String leadId, InventedPerson person) {
    var body = plain(leadId, null, person);
    address(body).put("list_price", new BigDecimal("449900")).put("beds", 3).put("baths", 2);
    return end(body, "search results", "Is it still free?");
  }

  /// An EnhancedLead of a buyer (Lead Delivery) with every member but `digital_signature`.
  public static ObjectNode enhanced(String leadId, InventedPerson person) {
    var body = plain(leadId, "buyer", person);
    listing(body);
    agent(body);
    finance(body);
    scores(body);
    return end(body, "listing page", "Is the garden shared?");
  }

  /// The envelope that the portal itself was seen to send, blocks beside `lead_info`.
  public static ObjectNode nativeEnvelope(String leadId, InventedPerson person) {
    var body = Json.object();
    var lead = body.putObject("Lead");
    var info = lead.putObject("lead_info");
    info.put("lead_guid", leadId)
        .put("lead_date_time", "2026-03-14T09:26:53.250Z")
        .put("lead_source", "Realtor.com")
        .put("lead_type", "Connections")
        .put("test", false);
    var consumer = info.putObject("lead_consumer_info");
    put(consumer, "first_name", person.firstName());
    put(consumer, "last_name", person.lastName());
    put(consumer, "email", person.email());
    put(consumer, "phone", person.phone());
    consumer.put("role", "Buyer").put("message", "May I see it on Sunday?");
    lead.putObject("lead_property_info")
        .put("property_street_address", "12 Elm Street")
        .put("property_city", "Richmond")
        .put("property_state_code", "VA")
        .put("property_zip", "23220")
        .put("property_price", 449900);
    return body;
  }

  /// The least that a body of a contract has: `lead_id`, `contact`, `timestamp`, and the role.
  ///
  /// @param role `buyer` or `seller`; null for a StandardLead
  public static ObjectNode minimal(String leadId, @Nullable String role, InventedPerson person) {
    return plain(leadId, role, person).put("timestamp", TIMESTAMP);
  }

  private static ObjectNode plain(String leadId, @Nullable String role, InventedPerson person) {
    var body = Json.object();
    body.put("lead_id", leadId);
    put(body, "role", role);
    var contact = body.putObject("contact");
    put(contact, "first_name", person.firstName());
    put(contact, "last_name", person.lastName());
    put(contact, "email", person.email());
    put(contact, "phone", person.phone());
    return body;
  }

  private static void put(ObjectNode object, String name, @Nullable String value) {
    if (value != null) {
      object.put(name, value);
    }
  }

  private static ObjectNode end(ObjectNode body, String source, String message) {
    return body.put("source", source).put("message", message).put("timestamp", TIMESTAMP);
  }

  private static ObjectNode address(ObjectNode body) {
    return body.putObject("property")
        .put("address", "12 Elm Street, Unit 4")
        .put("city", "Richmond")
        .put("state", "VA")
        .put("zip_code", "23220");
  }

  private static ObjectNode listing(ObjectNode body) {
    return address(body)
        .put("listing_url", "https://www.example.com/homes/12-elm-st")
        .put("latitude", new BigDecimal("37.5487"))
        .put("longitude", new BigDecimal("-77.4699"))
        .put("mls_id", "2604711")
        .put("mls_name", "Central Virginia Example MLS")
        .put("listing_status", "active")
        .put("list_price", new BigDecimal("449900.5"))
        .put("beds", 3)
        .put("baths", 2)
        .put("sqft", 1840)
        .put("active_days_on_market", 12);
  }

  private static void agent(ObjectNode where) {
    where
        .putObject("listing_agent")
        .put("name", "Ruth Okafor")
        .put("email", "ruth@brokerage.example.org")
        .put("phone", "804-555-0142");
  }

  private static ObjectNode finance(ObjectNode body) {
    return body.putObject("finance_info")
        .put("pre_approved", true)
        .put("budget_min", 350000)
        .put("budget_max", 475000);
  }

  private static void scores(ObjectNode body) {
    body.put("is_likely_to_transact", true).put("probability_to_transact", new BigDecimal("0.82"));
  }
}
