package dev.porchlight;

import dev.porchlight.connector.Messages;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Address;
import dev.porchlight.value.Agent;
import dev.porchlight.value.ConsentToken;
import dev.porchlight.value.Coordinates;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Finance;
import dev.porchlight.value.Gender;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.ListingKeys;
import dev.porchlight.value.Moment;
import dev.porchlight.value.Money;
import dev.porchlight.value.Origin;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Property;
import dev.porchlight.value.Range;
import dev.porchlight.value.Recipient;
import dev.porchlight.value.Role;
import dev.porchlight.value.Scores;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Makes the page that says, field by field, what becomes of a lead between any two formats: by
/// reading full bodies and writing them again.
final class AnyDoorTable {
  private static final String HEAD =
      """
      # Any door to any door

      A lead that came in through one door goes out through any other. No two contracts have the same fields, so each
      delivery keeps an account of what its format could not carry; this page is that account in advance, for a body of
      each kind in which every field is filled. It is made from the connectors by a program and checked in each build:

      ```text
      mvn -q -pl server test -Dtest=AnyDoorTest -Dporchlight.table=true
      ```

      - **yes**: the receiver reads it as the sender wrote it. **changed** and **no** have their reason below the table.
      - Nothing is converted. A sum whose currency, or a surface whose unit, is not the one that a contract names stays
        behind, and so does one that names none.
      - `verbatim` sends the bytes as they came, for as long as they are kept.
      - Rows are the fields of [our own events](doors/own-events.md). What no field fits is an *extra*, named by where it
        stood in the body.
      - A lead whose person had their data erased goes out as a Seeker Leads object, with null in its place, and as an
        event of ours, marked `erased`. The other contracts have no form for that, and what came in is not sent on.
      - Connections Plus needs to know whether somebody buys or sells. Where the lead does not say, the endpoint has to
        [assume a role](deliveries.md); the tables then show what becomes of the lead as a buyer's.
      """;

  record Sample(String title, String contract, byte[] body) {}

  private AnyDoorTable() {}

  static String page() throws IOException {
    var page = new StringBuilder(HEAD);
    for (var sample : samples()) {
      section(page, sample);
    }
    return page.toString();
  }

  static byte[] fixture(String name) throws IOException {
    try (var in = AnyDoorTable.class.getResourceAsStream("/leads/" + name + ".json")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  static List<Sample> samples() throws IOException {
    return List.of(
        new Sample("Connections Plus: a buyer", "connections-plus", fixture("buyer-full")),
        new Sample("Connections Plus: a seller", "connections-plus", fixture("seller-full")),
        new Sample("Lead Delivery: standard", "lead-delivery", fixture("standard-full")),
        new Sample("Lead Delivery: enhanced", "lead-delivery", fixture("enhanced-full")),
        new Sample("The native envelope", "connections-plus", fixture("native-new")),
        new Sample("Seeker Leads: about a listing", "seeker-leads", fixture("seeker-classified")),
        new Sample("Seeker Leads: about an agency", "seeker-leads", fixture("seeker-agency")),
        new Sample("Seeker Leads: a search", "seeker-leads", fixture("seeker-search")),
        new Sample("Real-estate event: a lead", "realestate-events", fixture("event-lead")),
        new Sample("Real-estate event: a visitor", "realestate-events", fixture("event-visitor")),
        new Sample("Own event: about a listing", "porchlight", event(listing())),
        new Sample("Own event: a home to sell", "porchlight", event(home())),
        new Sample("Own event: a search", "porchlight", event(search())));
  }

  private static void section(StringBuilder page, Sample sample) {
    var lead = Objects.requireNonNull(AnyDoor.lead(AnyDoor.read(sample.contract(), sample.body())));
    var fields = AnyDoor.fields(lead);
    var sent = new LinkedHashMap<String, AnyDoor.Sent>();
    AnyDoor.OUT.forEach((contract, title) ->
        sent.put(title, AnyDoor.send(lead, sample.body(), sample.contract(), contract)));
    var notes = new ArrayList<String>();

    page.append("\n## From ").append(sample.title()).append("\n\n| field |");
    sent.forEach((title, s) -> {
      page.append(' ').append(title);
      if (s.assumed()) {
        page.append(mark(notes, "only where the endpoint assumes a role; shown for a buyer"));
      }
      page.append(" |");
    });
    page.append("\n|---|").append("---|".repeat(sent.size())).append('\n');
    var names = new ArrayList<>(fields.keySet());
    for (var s : sent.values()) {
      // What the sender left out and the format says all the same.
      s.losses().keySet().stream().filter(f -> !names.contains(f)).sorted().forEach(names::add);
    }
    for (var field : names) {
      page.append("| `").append(field.replace("|", "\\|")).append("` |");
      sent.values()
          .forEach(s -> page.append(' ').append(cell(field, fields, s, notes)).append(" |"));
      page.append('\n');
    }
    page.append('\n');
    for (int i = 0; i < notes.size(); i++) {
      page.append(i + 1).append(". ").append(notes.get(i)).append('\n');
    }
  }

  private static String cell(
      String field,
      Map<String, tools.jackson.databind.JsonNode> fields,
      AnyDoor.Sent sent,
      List<String> notes) {
    if (!sent.cannot().isEmpty()) {
      return "can't be written" + mark(notes, String.join(" ", sent.cannot()));
    }
    var reason = sent.losses().get(field);
    if (reason == null) {
      return fields.containsKey(field) ? "yes" : "";
    }
    return (AnyDoor.fields(sent.back()).containsKey(field) ? "changed" : "no")
        + mark(notes, reason);
  }

  private static String mark(List<String> notes, String reason) {
    if (!notes.contains(reason)) {
      notes.add(reason);
    }
    return " (" + (notes.indexOf(reason) + 1) + ")";
  }

  private static byte[] event(Lead lead) {
    var written = AnyDoor.connector("porchlight").write(Messages.of(lead), WriteOptions.NONE);
    return ((Written.Bytes) written).body();
  }

  private static Lead listing() {
    return full(new Interest.InListing(property(true)), Intent.BUYER);
  }

  private static Lead home() {
    return full(new Interest.HomeToSell(property(false)), Intent.SELLER);
  }

  private static Lead search() {
    var range = new Range(new BigDecimal(2), new BigDecimal(4));
    return full(
        new Interest.Search(
            List.of("APARTMENT"),
            range,
            range,
            range,
            "{\"code\":\"AD08\"}",
            List.of(Role.BUYER),
            "{\"a\":1}",
            "{\"b\":1}"),
        Intent.BUYER);
  }

  private static Property property(boolean listed) {
    return new Property(
        new Address("12 Elm Street", "Richmond", "VA", "23220"),
        new Coordinates(new BigDecimal("37.5"), new BigDecimal("-77.4")),
        listed ? "https://www.example.com/homes/12-elm-st" : null,
        listed ? "2604711" : null,
        listed ? "Example MLS" : null,
        listed ? "active" : null,
        listed ? new Money(new BigDecimal(449_900), "EUR") : null,
        new BigDecimal(3),
        new BigDecimal("2.5"),
        new BigDecimal(1840),
        new BigDecimal(12),
        "condo",
        listed ? null : Money.dollars(new BigDecimal(615_000)),
        listed
            ? new ListingKeys("26K4M7P9R2S5", "E-2207", "CANAL-3P", "PR-9", "E-2200", "CANAL")
            : null);
  }

  private static Lead full(Interest interest, Intent intent) {
    var words = new TreeMap<>(Map.of("timeframe", "3 months"));
    return Lead.of(
            new Enquirer(
                "Ana",
                "Lopez",
                "Ana Lopez",
                "ana.lopez@example.com",
                "+1 804 555 0100",
                "valid",
                "valid",
                List.of(
                    new PhoneNumber("+1 804 555 0100", PhoneNumber.Kind.MOBILE, true),
                    new PhoneNumber("+1 804 555 0101", null, null)),
                Gender.FEMALE,
                "en",
                true))
        .with(b ->
            b.leadId("A-1")
                .externalIds(new TreeMap<>(Map.of("inquiry_guid", "n-2")))
                .timestamp(new Moment(Instant.parse("2026-03-14T09:20:00Z"), true))
                .intent(intent)
                .interest(interest)
                .finance(
                    new Finance(
                        true,
                        new Money(new BigDecimal(350_000), "USD"),
                        new Money(new BigDecimal(475_000), "EUR"),
                        "conventional",
                        "700-749",
                        false))
                .scores(new Scores(true, new BigDecimal("0.82")))
                .listingAgent(
                    new Agent("Ruth Okafor", "ruth@example.org", "1", "A-9", "Elm", "Elm Brokers"))
                .origin(new Origin("listing page", "app", "form", "mail", "paid", "SLG-FRA"))
                .message("Is the garden shared?")
                .consents(List.of(new ConsentToken("jornaya_tcpa", "JT-77")))
                .recipient(new Recipient("400123", "Ruth Okafor", "ruth@example.org", "agent"))
                .qualification(words)
                .test(true)
                .deleteAfter(Instant.parse("2029-03-14T09:20:00Z"))
                .extras(new TreeMap<>(Map.of("/elsewhere", "[1]"))));
  }
}
