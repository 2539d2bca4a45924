package dev.porchlight.demo;

import dev.porchlight.client.HubClient;
import dev.porchlight.client.HubException;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Somebody who enquired and now waits for a home: a search and a feed at the Spark door, and an
/// office whose listing app publishes homes as real-estate events.
final class HomeSearch {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String FILTER = "City Eq 'Springfield' And ListPrice Le 480000";

  private final HubClient hub;
  private final URI address;
  private final HttpClient http;
  private final String sparkToken;
  private final String contact;
  private final String pod;
  private final String publish;
  private final String key;

  /// An event in the contact's feed.
  ///
  /// @param listing its standard fields then
  record Found(JsonNode listing) {}

  /// @param tag of the contacts among whom one is taken
  /// @param office whose listings they are
  HomeSearch(
      HubClient hub, URI address, HttpClient http, String sparkToken, String tag, String office)
      throws HubException, IOException, InterruptedException {
    this.hub = hub;
    this.address = address;
    this.http = http;
    this.sparkToken = sparkToken;
    contact =
        spark("GET", "/v1/contacts/tags/" + HubClient.segment(tag) + "?_limit=1", null)
            .path("Id")
            .asString("");
    var owner = party("Alder Street Listings", "office", office);
    var app = party("Listing app", "app", office);
    pod = owner.path("profile").asString("");
    key = app.path("api_key").asString("");
    publish = app.path("pod").asString("") + "publish/";
    var grant = Json.object();
    grant.put("owner", owner.path("id").asString(""));
    grant.put("party", app.path("id").asString(""));
    grant.putArray("publishes").add("realestate/listing");
    hub.post("/grants", grant);
    subscribe();
  }

  private JsonNode party(String name, String kind, String node) throws HubException {
    var body = Json.object();
    body.put("name", name);
    body.put("kind", kind);
    body.put("node", node);
    return hub.post("/parties", body);
  }

  private void subscribe() throws IOException, InterruptedException {
    var search = Json.object();
    search.putObject("D").put("Name", "A home in Springfield").put("Filter", FILTER);
    var made = spark("POST", "/v1/contacts/" + contact + "/savedsearches", search);
    var feed = Json.object();
    feed.putObject("D").putObject("Subscription").put("Id", made.path("Id").asString(""));
    spark("POST", "/v1/contacts/" + contact + "/newsfeeds", feed);
  }

  /// The name of whoever waits.
  String name() throws IOException, InterruptedException {
    return spark("GET", "/v1/contacts/" + contact, null).path("DisplayName").asString("");
  }

  static String filter() {
    return FILTER;
  }

  /// The first result of a call to the Spark door; missing when there is none.
  private JsonNode spark(String method, String path, @Nullable ObjectNode body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address.resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + sparkToken);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    var answer =
        http.send(
            request
                .method(
                    method,
                    body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return Json.tree(answer.body()).path("D").path("Results").path(0);
  }

  /// Publishes what a listing is from now on.
  ///
  /// @return whether it was taken
  boolean publish(String number, String street, int price)
      throws IOException, InterruptedException {
    var event = Json.object();
    event.put("topic", "realestate/listing#update");
    event.put("recipient", pod);
    var listing = event.putObject("data").put("type", "UpdateAction").putObject("object");
    listing.put("originatingSystemName", "DEMO-MLS");
    listing.put("originatingSystemKey", number);
    listing.put("streetAddress", street);
    listing.put("addressLocality", "Springfield");
    listing.put("addressRegion", "OR");
    listing.put("listingStatus", "Active");
    listing.put("internetAddressDisplayYN", "Y");
    listing.putObject("listingPrice").put("price", price).put("priceCurrency", "USD");
    return http.send(
                HttpRequest.newBuilder(URI.create(publish))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .header("x-api-key", key)
                    .POST(HttpRequest.BodyPublishers.ofString(event.toString()))
                    .build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == 201;
  }

  /// Waits until the newest event in the contact's feed is one of those words.
  Optional<Found> await(String event) throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (System.nanoTime() - began < PATIENCE.toNanos()) {
      var newest = spark("GET", path() + "?_limit=1", null);
      if (newest.path("Event").asString("").equals(event)) {
        var fields = newest.path("Listing").path("StandardFields");
        return Optional.of(new Found(fields));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return Optional.empty();
  }

  /// Where the contact's feed is read.
  String path() {
    return "/v1/contacts/" + contact + "/newsfeeds/events";
  }
}
