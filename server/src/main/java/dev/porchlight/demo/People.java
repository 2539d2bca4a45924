package dev.porchlight.demo;

import dev.porchlight.value.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// Invented people and what they ask for, as the four messages of the two contracts.
final class People {
  private record Person(String first, String last, String phone) {
    String email() {
      return (first + "." + last).toLowerCase(java.util.Locale.ROOT).replace("ñ", "n")
          + "@example.com";
    }
  }

  private record Home(String street, String city, String state, String zip, int price) {}

  /// One lead on its way to the hub.
  ///
  /// @param message its name in the contract
  /// @param connectionsPlus which of the two sources sends it
  record Enquiry(
      String message, boolean connectionsPlus, String leadId, String name, ObjectNode body) {}

  private static final List<Person> PEOPLE =
      List.of(
          new Person("Ana", "Lopez", "541-555-0111"),
          new Person("Ravi", "Menon", "(541) 555-0112"),
          new Person("Grace", "Oduya", "541.555.0113"),
          new Person("Tom", "Hale", "5415550114"),
          new Person("Mei", "Tanaka", "+1 541 555 0115"),
          new Person("Luis", "Ibañez", "541-555-0116"),
          new Person("Nora", "Bergman", "541-555-0117"),
          new Person("Sam", "Whitlock", "541-555-0118"));

  private static final List<Home> HOMES =
      List.of(
          new Home("18 Alder Lane", "Springfield", "OR", "97477", 465_000),
          new Home("2204 Juniper Street", "Eugene", "OR", "97401", 389_900),
          new Home("7 Orchard Court", "Bend", "OR", "97701", 712_500),
          new Home("930 Fir Avenue", "Salem", "OR", "97301", 298_000),
          new Home("41 Mill Road", "Corvallis", "OR", "97330", 540_000));

  /// What a seeker asks for by the Seeker Leads API.
  static ObjectNode seeker() {
    var body = Json.object();
    body.put("firstName", "Camille");
    body.put("lastName", "Martin");
    body.put("email", "camille.martin@example.com");
    body.put("message", "Bonjour, ce bien est-il toujours disponible ?");
    body.put("classifiedId", "24A1B2C3D4E5");
    body.put("submittedDate", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    body.putArray("phoneNumbers").addObject().put("number", "+33199001234");
    return body;
  }

  private int count;

  /// The next one; four in a row are the four messages.
  Enquiry next() {
    int n = count++;
    // Coprime steps, so that the same person comes back with another wish.
    var person = PEOPLE.get(n % PEOPLE.size());
    var home = HOMES.get((n * 2) % HOMES.size());
    var id = "demo-" + UUID.randomUUID();
    return switch (n % 4) {
      case 0 -> new Enquiry("BuyerLead", true, id, name(person), buyer(id, person, home));
      case 1 -> new Enquiry("StandardLead", false, id, name(person), standard(id, person, home));
      case 2 -> new Enquiry("SellerLead", true, id, name(person), seller(id, person, home));
      default -> new Enquiry("EnhancedLead", false, id, name(person), enhanced(id, person, home));
    };
  }

  private static String name(Person person) {
    return person.first() + " " + person.last();
  }

  private static ObjectNode start(String id, Person person) {
    var body = Json.object();
    body.put("lead_id", id);
    var contact = body.putObject("contact");
    contact.put("first_name", person.first());
    contact.put("last_name", person.last());
    contact.put("email", person.email());
    contact.put("phone", person.phone());
    body.put("timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return body;
  }

  private static ObjectNode place(ObjectNode body, Home home) {
    var property = body.putObject("property");
    property.put("address", home.street());
    property.put("city", home.city());
    property.put("state", home.state());
    property.put("zip_code", home.zip());
    return property;
  }

  private static ObjectNode buyer(String id, Person person, Home home) {
    var body = start(id, person);
    body.put("role", "buyer");
    var property = place(body, home);
    property.put("list_price", home.price());
    property.put("beds", 3);
    property.put("baths", 2);
    property.put("mls_id", "DEMO-" + home.zip());
    var agent = property.putObject("listing_agent");
    agent.put("name", "Lee Sample");
    agent.put("email", "lee.sample@example.org");
    var finance = body.putObject("finance_info");
    finance.put("pre_approved", true);
    finance.put("budget_min", home.price() - 50_000);
    finance.put("budget_max", home.price() + 25_000);
    body.put("source", "listing page");
    body.put("message", "Could I see " + home.street() + " on Saturday?");
    return body;
  }

  private static ObjectNode seller(String id, Person person, Home home) {
    var body = start(id, person);
    body.put("role", "seller");
    var property = place(body, home);
    property.put("property_type", "single_family");
    property.put("estimated_value", home.price());
    body.put("message", "We think of selling in spring. What would you advise?");
    return body;
  }

  private static ObjectNode standard(String id, Person person, Home home) {
    var body = start(id, person);
    var property = place(body, home);
    property.put("list_price", home.price());
    property.put("beds", 2);
    body.put("message", "Is " + home.street() + " still available?");
    return body;
  }

  private static ObjectNode enhanced(String id, Person person, Home home) {
    var body = start(id, person);
    body.put("role", "buyer");
    var property = place(body, home);
    property.put("list_price", home.price());
    property.put("sqft", 1850);
    property.put("listing_status", "active");
    var agent = body.putObject("listing_agent");
    agent.put("name", "Lee Sample");
    agent.put("email", "lee.sample@example.org");
    body.put("is_likely_to_transact", true);
    body.put("probability_to_transact", 0.82);
    body.put("message", "Our lease ends soon; we would like to visit this week.");
    return body;
  }
}
