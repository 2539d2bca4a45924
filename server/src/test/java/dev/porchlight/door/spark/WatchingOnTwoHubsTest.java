package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Searches and changes of listings at two hubs that share a database: each matches all, and
/// whoever is first writes.
@SuppressWarnings("NullAway.Init") // the one test sets them first
class WatchingOnTwoHubsTest {
  @TempDir Path folder;
  private SparkWorld.Key agent;
  private String contact;
  private JsonNode app;
  private String owner;

  /// What the feeds have, oldest first: the event, and the price.
  private List<String> events(SparkWorld world) {
    var all =
        new ArrayList<>(
            world
                .get(agent, contact + "/newsfeeds/events?_limit=25")
                .succeeded(200)
                .d()
                .path("Results")
                .valueStream()
                .map(e ->
                    e.path("Event").asString()
                        + " "
                        + e.at("/Listing/StandardFields/ListPrice").intValue())
                .toList());
    Collections.reverse(all);
    return all;
  }

  private void publish(SparkWorld world, int price) {
    // Of two events of one moment either may count as the newer one.
    world.hub.clock().advance(Duration.ofSeconds(1));
    var event = Json.object().put("topic", "realestate/listing#update").put("recipient", owner);
    var listing = event.putObject("data").put("type", "UpdateAction").putObject("object");
    listing.put("originatingSystemName", "HARBOR-MLS").put("originatingSystemKey", "1");
    listing.put("latitude", 41.5).put("longitude", -70.5);
    listing.putObject("listingPrice").put("price", price);
    var reply =
        world.send(
            "POST",
            "/pods/listing-feed/publish/",
            event.toString().getBytes(StandardCharsets.UTF_8),
            Map.of(
                "x-api-key", app.path("api_key").asString(), "Content-Type", "application/json"));
    assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
  }

  private void awaitBoth(List<String> wanted, SparkWorld... worlds) {
    for (var world : worlds) {
      await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() -> assertThat(events(world)).isEqualTo(wanted));
    }
  }

  @Test
  void what_one_hub_was_told_the_other_knows_and_nothing_is_there_twice_or_missing() {
    var url = TestPostgres.newDatabase();
    // Of one secret key, by one clock.
    var setup = TestHub.in(folder);
    var one = new SparkWorld(setup.config(c -> c.withDatabase(url, 1)).start());
    boolean oneIsOpen = true;
    try (var two =
        new SparkWorld(setup.config(c -> c.withDatabase(url, 2)).withoutRebuildCheck().start())) {
      agent = one.key("private");
      contact = "/v1/contacts/" + ContactsTest.make(one, agent, "Ana", "ana@example.org");
      var api = one.hub.api();
      var office = api.make("/parties", Json.object().put("name", "Harbor").put("kind", "office"));
      app = api.make("/parties", Json.object().put("name", "Listing feed").put("kind", "app"));
      var grant = Json.object().put("owner", office.path("id").asString());
      grant.put("party", app.path("id").asString()).putArray("publishes").add("realestate/listing");
      api.make("/grants", grant);
      owner = office.path("profile").asString();
      // Keys take their moment to be known at the other hub.
      await()
          .atMost(TestHub.PATIENCE)
          .until(() -> two.get(agent, contact + "/newsfeeds").status() == 200);
      var search =
          two.as(
                  agent,
                  "POST",
                  contact + "/savedsearches",
                  SavedSearchesTest.search("Near", "Location Eq radius('41.5 -70.5',5)"))
              .succeeded(201)
              .result()
              .path("Id")
              .asString();
      two.as(
              agent,
              "POST",
              contact + "/newsfeeds",
              "{\"D\":{\"Subscription\":{\"Id\":\"" + search + "\"}}}")
          .succeeded(201);
      // At once, at the hub that was not told of the search.
      publish(one, 1000);
      var wanted = new ArrayList<>(List.of("New 1000"));
      for (int n = 1; n <= 10; n++) {
        publish(n % 2 == 0 ? one : two, 1000 + n);
        wanted.add("PriceChange " + (1000 + n));
      }
      awaitBoth(wanted, one, two);
      // A search that is changed at one hub is what it became for the next change at the other.
      one.as(
              agent,
              "PUT",
              "/v1/savedsearches/" + search,
              "{\"D\":{\"Filter\":\"Location Eq radius('41.5 -70.5',5) And ListPrice Le 500\"}}")
          .succeeded(200);
      publish(two, 600);
      publish(one, 500);
      wanted.add("New 500");
      awaitBoth(wanted, one, two);
      assertThat(SavedSearchesTest.rows(two, "feed_block")).isEqualTo(wanted.size());
      one.close();
      oneIsOpen = false;
      publish(two, 400);
      wanted.add("PriceChange 400");
      awaitBoth(wanted, two);
    } finally {
      if (oneIsOpen) {
        one.close();
      }
    }
  }
}
