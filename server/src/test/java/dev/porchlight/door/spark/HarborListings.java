package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Somebody who publishes listings to a hub, and contacts who wait for them.
final class HarborListings {
  private final SparkWorld world;
  private final String key;

  HarborListings(SparkWorld world) {
    this.world = world;
    var office = party("Harbor Realty", "office").path("id").asString();
    var app = party("Listing feed", "app");
    key = app.path("api_key").asString();
    var grant = Json.object().put("owner", office).put("party", app.path("id").asString());
    grant.putArray("publishes").add("realestate/listing").add("realestate/marketingpreferences");
    world.hub.api().make("/grants", grant);
  }

  private JsonNode party(String name, String kind) {
    return world.hub.api().make("/parties", Json.object().put("name", name).put("kind", kind));
  }

  /// Publishes a change of an active listing in Harbor.
  void changes(String number, int price, Consumer<ObjectNode> more) {
    // Of two events of one moment either may count as the newer one.
    world.hub.clock().advance(Duration.ofSeconds(1));
    var event = Json.object().put("topic", "realestate/listing#update");
    event.put("recipient", world.hub.address() + "/pods/harbor-realty/profile/card#me");
    var listing = event.putObject("data").put("type", "UpdateAction").putObject("object");
    listing.put("originatingSystemName", "HARBOR-MLS").put("originatingSystemKey", number);
    listing.put("addressLocality", "Harbor").put("streetAddress", number + " Quay");
    listing.put("listingStatus", "Active").put("numberOfBedrooms", "3");
    listing.putObject("listingPrice").put("price", price).put("priceCurrency", "USD");
    more.accept(listing);
    publish(event);
  }

  /// Publishes that somebody allows, or no longer, to be written to.
  void allows(String email, boolean given) {
    world.hub.clock().advance(Duration.ofSeconds(1));
    var event = Json.object().put("topic", "realestate/marketingpreferences");
    event.put("topic", event.path("topic").asString() + (given ? "#subscribe" : "#unsubscribe"));
    event.put("recipient", world.hub.address() + "/pods/harbor-realty/profile/card#me");
    event.putObject("data").putObject("agent").put("email", email);
    publish(event);
  }

  private void publish(ObjectNode event) {
    var reply =
        world.send(
            "POST",
            "/pods/listing-feed/publish/",
            event.toString().getBytes(StandardCharsets.UTF_8),
            Map.of("x-api-key", key, "Content-Type", "application/json"));
    assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
  }

  void changes(String number, int price) {
    changes(number, price, _ -> {});
  }

  /// Subscribes a contact to what is in Harbor; gives the feed's id.
  ///
  /// @param more further members of the feed, with a comma before
  String waits(SparkWorld.Key agent, String contact, String more) {
    var below = "/v1/contacts/" + contact;
    var search =
        world
            .as(
                agent,
                "POST",
                below + "/savedsearches",
                SavedSearchesTest.search("Harbor", "City Eq 'Harbor'"))
            .succeeded(201)
            .result()
            .path("Id")
            .asString();
    return world
        .as(
            agent,
            "POST",
            below + "/newsfeeds",
            "{\"D\":{\"Subscription\":{\"Id\":\"" + search + "\"}" + more + "}}")
        .succeeded(201)
        .result()
        .path("Id")
        .asString();
  }
}
