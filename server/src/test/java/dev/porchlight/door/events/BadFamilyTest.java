package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.ForwardingConnector;
import dev.porchlight.connector.events.LeadEvents;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Events about people that break their contract: refused in the contract's form, or taken with
/// violations; nothing is lost, and nothing breaks.
class BadFamilyTest {
  private static final String[] GROUPS = {
    "realestate/lead",
    "realestate/contact",
    "realestate/website",
    "realestate/marketingpreferences",
    "realestate/servicearea"
  };

  @TempDir Path folder;

  private static Pods.Pod portal(Pods pods) {
    var office = pods.party("Harbor Realty", "office");
    var portal = pods.party("Harbor portal", "app", b -> b.put("default_recipient", office.id));
    for (var group : GROUPS) {
      pods.grant(office, portal, group, null);
    }
    return portal;
  }

  private static final String LEAD =
      """
      {"topic": "realestate/lead#add", "data": {"type": "lead#add", "object": {"type": "Lead",
       "identifier": {"crm": "%s"}, "object": {"type": "Contact", "name": "Ana Lopez",
       "email": "ana@example.org"}, "leadSource": [{"object": {"text": "Hello"}}]}}}
      """;

  /// What follows `realestate/`, the data, and the places that are noted.
  private static final String PEOPLE =
      """
      lead#assign | {"object": {"identifier": {"crm": "2"}}, "recipient": "{r}", "participant": {"id": "{agent}"}} | /data/recipient /data/participant/id
      contact#add | {"object": {"name": "Ben Ito", "email": "ben@example.org", "leadOwner": {"@id": "{owner}"}}} | /data/object/leadOwner/@id
      marketingpreferences#unsubscribe | {"agent": {"email": "ana@example.org"}, "participant": [{"id": "{p}"}, {"roleName": "Zork", "id": "https://x.example.org/#me"}]} | /data/participant/0/id /data/participant/1/roleName
      marketingpreferences#subscribe | {"agent": {"email": "ana@example.org", "subscriptionChangeDateTime": "2036-01-01T00:00:00Z"}, "participant": {"id": 5}} | /data/participant/id /data/agent/subscriptionChangeDateTime
      servicearea#create | {"object": {"identifier": {"crm": "7"}, "kind": "City", "addressLocality": "Harbor", "provider": {"id": "{provider}"}}} | /data/object/provider/id
      """;

  @Test
  void what_is_odd_is_refused_or_noted_and_never_lost() {
    try (var pods = new Pods(TestHub.start(folder))) {
      var portal = portal(pods);
      var lead = LEAD.formatted("1");
      var office = pods.hub.address() + "/pods/harbor-realty/profile/card#me";
      var refused = new LinkedHashMap<String, Integer>();
      refused.put("[" + lead + "]", 400);
      refused.put(lead.replace("realestate/lead#add", "lead"), 400);
      refused.put(lead.replace("\"data\"", "\"date\""), 400);
      refused.put(lead.replaceFirst("\\{", "{\"recipient\": \"{lead-owner}\", "), 400);
      refused.put(lead.replaceFirst("\\{", "{\"recipient\": \"" + portal.profile + "\", "), 400);
      refused.put("[".repeat(70) + "]".repeat(70), 400);
      refused.put(lead.replace("Hello", "x".repeat(1024 * 1024)), 413);
      refused.forEach((body, status) -> {
        var answer = portal.publish(body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.error()).isNotEmpty();
      });
      assertThat(pods.hub.items("/receipts")).isEmpty();

      // Taken, and what was wrong is told beside the event and its receipt.
      var noted = new LinkedHashMap<String, String>();
      noted.put(
          lead.replace("realestate/lead", "https://old.example.org/realestate/lead"), "/topic");
      noted.put(
          LEAD.formatted("2").replace("\"ana@example.org\"", "7"), "/data/object/object/email");
      noted.put(
          LEAD.formatted("3")
              .replace("\"Hello\"", "\"Hello\"}, \"about\": {\"daysOnMarket\": \"9\""),
          "/data/object/leadSource/0/about/daysOnMarket");
      noted.put(LEAD.formatted("4").replace("{\"crm\": \"4\"}", "[4]"), "/data/object/identifier");
      noted.put(LEAD.formatted("x".repeat(200)), "/data/object/identifier");
      noted.put(LEAD.formatted("6").replaceFirst("\\{", "{\"source\": \"{x}\", "), "/source");
      int taken = 0;
      for (var one : noted.entrySet()) {
        assertThat(portal.publish(one.getKey()).status()).as(one.getKey()).isEqualTo(201);
        assertThat(pods.hub.items("/receipts")).hasSize(++taken);
        var event = pods.hub.items("/events?violations=true").getFirst();
        assertThat(event.path("violations").valueStream().map(v -> v.path("pointer").asString()))
            .as(one.getKey())
            .contains(one.getValue());
      }
      for (var row : PEOPLE.lines().toList()) {
        var cells = row.split("\\|", -1);
        var event = Json.object().put("topic", "realestate/" + cells[0].strip());
        event.set("data", Json.tree(cells[1].strip()));
        assertThat(portal.publish(event).status()).as(row).isEqualTo(201);
        assertThat(
                pods.hub
                    .items("/events?violations=true")
                    .getFirst()
                    .path("violations")
                    .valueStream()
                    .map(v -> v.path("pointer").asString()))
            .as(row)
            .containsExactlyInAnyOrder(cells[2].strip().split(" "));
      }
      // Recipient and source in one: once.
      var twice = (ObjectNode) Json.tree(LEAD.formatted("9"));
      twice.put("recipient", office).put("source", office);
      assertThat(portal.publish(twice).status()).isEqualTo(201);
      assertThat(pods.hub.items("/receipts")).hasSize(++taken);
      assertThat(pods.hub.items("/leads")).hasSize(taken);
      // No id, no time: another body is another lead, and one that names nobody waits for help.
      var nobody = "{\"topic\": \"realestate/lead#add\", \"data\": {\"object\": 5}}";
      assertThat(portal.publish(nobody).status()).isEqualTo(201);
      assertThat(pods.hub.items("/receipts?state=quarantined")).hasSize(1);
    }
  }

  private static final List<String> VALID =
      List.of(
          LEAD.formatted("7"),
          """
          {"topic": "realestate/lead#reject", "data": {"agent": "x", "recipient": {"id": "y"},
           "participant": {"@id": "z"}, "reason": "r", "object": {"identifier": {"crm": 7},
           "sameAs": "crm:7", "object": {"givenName": "Ana"}}}}
          """,
          """
          {"topic": "realestate/contact#update", "data": {"agent": "x", "object": {"name": "Ana Lopez",
           "identifier": {"crm": "8"}, "email": "ana@example.org", "telephone": "1", "jobTitle": ["a"],
           "contactPoint": [{"email": "b@example.org", "telephone": "2"}], "keywords": ["k"],
           "contactGroup": [{"name": "g"}], "address": [{"streetAddress": "s"}], "birthDate": "1980-01-01",
           "leadOwner": {"id": "x"}}}}
          """,
          """
          {"topic": "realestate/website#listingoffer", "identifier": "1", "data": {"identifier": "2",
           "agent": {"name": "Ana", "email": "ana@example.org", "contactPoint": {"telephone": "3"},
           "additionalProperty": {"preferredLanguage": "en"}}, "object": {"text": "t"},
           "offerPrice": {"price": 1, "priceCurrency": "USD"}, "propertyListing": {"listingId": 1,
           "listingPrice": {"price": 2, "priceCurrency": "USD"}, "numberOfBedrooms": "3",
           "livingArea": {"value": 4, "unitCode": "FTK"}, "listingAgent": {"name": "n"}},
           "leadOwner": {"id": "x"}, "instrument": {"name": "i"}}}
          """,
          """
          {"topic": "realestate/website#saveproperty", "data": {"agent": {"email": "ana@example.org"},
           "object": {"originatingSystemName": "M", "originatingSystemKey": 5, "url": "https://x.example"}}}
          """,
          """
          {"topic": "realestate/website#propertysearchsave", "data": {"agent": {"email": "ana@example.org"},
           "object": {"name": "n", "description": "d", "price": {"minValue": 1}, "bedrooms": {"minValue": 2},
           "livingArea": {"minValue": 3, "unitCode": "FTK"}, "propertyType": "RESI", "listingStatus": "Active",
           "location": {"addressLocality": "H", "radius": 5}}}}
          """,
          """
          {"topic": "realestate/marketingpreferences#unsubscribe", "data": {"endTime": "2026-01-01",
           "agent": {"email": "ana@example.org", "telephone": "+1 804 555 0142", "identifier": {"crm": "8"},
           "subscriptionChangeDateTime": "2026-01-01T00:00:00"}, "participant": [{"id": "x"}]}}
          """,
          """
          {"topic": "realestate/servicearea#update", "data": {"object": {"identifier": {"a": 1},
           "kind": "City", "provider": {"id": "x"}, "additionalProperty": {"weight": 1, "sortOrder": 2,
           "sentToConsumerSite": true}}}}
          """);

  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "5",
          "-1e400",
          "\"\"",
          "\" \"",
          "[]",
          "{}",
          "[[1]]",
          "{\"a\": null}",
          "\"\\u0000\"",
          "\"\\ud83c half\"",
          "\"line\\nbreak\"",
          "\"' Or City Eq '\"",
          "\"\\\\\"",
          "\"{lead-owner}\"",
          "\"crm:\"",
          "1e9",
          "\"2026-13-01\"",
          "[null, 3, {}]",
          "\"" + "y".repeat(5000) + "\"",
          "\"porchlight:x\"",
          "[{\"id\": {}}]");

  @Test
  void whatever_stands_in_any_place_is_taken_and_can_be_done_again() {
    try (var pods = new Pods(TestHub.start(folder))) {
      var portal = portal(pods);
      var random = new Random(20260314);
      int events = 0;
      for (int n = 0; n < 400; n++) {
        var event = (ObjectNode) Json.tree(VALID.get(n % VALID.size()));
        for (int i = 0; i <= n % 3; i++) {
          spoil((ObjectNode) event.path("data"), random);
        }
        var answer = portal.publish(event);
        assertThat(answer.status()).as(event + " " + answer.text()).isEqualTo(201);
        events++;
      }
      long published =
          pods.hub
              .hub()
              .store()
              .read(h -> h.createQuery("SELECT COUNT(*) FROM event").mapTo(Long.class).one());
      // Grants told of themselves.
      assertThat(published).isGreaterThanOrEqualTo(events);
      assertThat(pods.hub.items("/receipts?state=owed")).isEmpty();
      for (var path : List.of("/contacts", "/leads", "/service-areas", "/persons")) {
        assertThat(pods.hub.items(path)).isNotEmpty();
      }
    }
  }

  /// Puts something odd in some place.
  private static void spoil(ObjectNode root, Random random) {
    var places = new ArrayList<ObjectNode>();
    places(root, places);
    var place = places.get(random.nextInt(places.size()));
    var names = List.copyOf(place.propertyNames());
    if (!names.isEmpty()) {
      place.set(
          names.get(random.nextInt(names.size())), Json.tree(ODD.get(random.nextInt(ODD.size()))));
    }
  }

  private static void places(JsonNode node, List<ObjectNode> to) {
    if (node instanceof ObjectNode object) {
      to.add(object);
    }
    if (node instanceof ObjectNode || node instanceof ArrayNode) {
      node.forEach(n -> places(n, to));
    }
  }

  @Test
  void a_defect_of_ours_costs_no_lead() {
    var broken = new AtomicBoolean(true);
    var setup =
        TestHub.in(folder)
            .connectors(all ->
                ForwardingConnector.among(
                    all, ForwardingConnector.brokenWhile(broken, new LeadEvents())));
    try (var pods = new Pods(setup.start())) {
      var portal = portal(pods);
      assertThat(portal.publish(LEAD.formatted("1")).status()).isEqualTo(201);
      assertThat(pods.hub.items("/receipts?state=owed")).hasSize(1);
      broken.set(false);
      pods.hub.hub().wake();
      pods.hub.await(
          "the lead", () -> pods.hub.leads().stream().findFirst().filter(_ -> !broken.get()));
      assertThat(Optional.of(pods.hub.leads())).hasValueSatisfying(l -> assertThat(l).hasSize(1));
    }
  }

  @Test
  void what_waits_too_long_for_the_writer_is_taken_and_done_later() throws Exception {
    try (var pods = new Pods(TestHub.start(folder))) {
      var portal = portal(pods);
      var store = pods.hub.hub().store();
      var held = new CountDownLatch(1);
      var release = new CountDownLatch(1);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        threads.submit(() ->
            store.write(
                WorkQueue.LEADS,
                _ -> {
                  held.countDown();
                  return awaited(release);
                }));
        assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
        var answer = threads.submit(() -> portal.publish(LEAD.formatted("1")).status());
        Awaitility.await().until(() -> store.waiting() > 0);
        long seen = System.nanoTime();
        // Longer than a lead waits to be decided on.
        Awaitility.await()
            .pollInterval(Duration.ofMillis(10))
            .until(() -> System.nanoTime() - seen > Duration.ofMillis(260).toNanos());
        release.countDown();
        assertThat(answer.get()).isEqualTo(201);
      }
      pods.hub.await("the lead", () -> pods.hub.leads().stream().findFirst());
      List<String> lines =
          store.read(h ->
              h.createQuery("SELECT kind FROM log WHERE kind LIKE 'receipt.%' ORDER BY seq")
                  .mapTo(String.class)
                  .list());
      assertThat(lines).containsExactly("receipt.owed", "receipt.done");
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
