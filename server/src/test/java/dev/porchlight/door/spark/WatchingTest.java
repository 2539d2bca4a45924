package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.Row;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import dev.porchlight.watch.FeedBlock;
import dev.porchlight.watch.Happening;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// From a published change of a listing to the feeds of those who wait for it.
@OnEveryDatabase
class WatchingTest {
  @Parameter Database database;
  @TempDir Path folder;
  private SparkWorld world;
  private SparkWorld.Key agent;
  private String ana;
  private SparkWorld.Key consumer;
  private String office;
  private String feedKey;

  @BeforeEach
  void start() {
    world = new SparkWorld(database.start(folder));
    agent = world.key("private");
    ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
    consumer = world.key("vow", b -> b.put("contact", ana));
    office = party("Harbor Realty", "office").path("id").asString();
    var app = party("Listing feed", "app");
    feedKey = app.path("api_key").asString();
    var grant = Json.object().put("owner", office).put("party", app.path("id").asString());
    grant.putArray("publishes").add("realestate/listing");
    world.hub.api().make("/grants", grant);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private JsonNode party(String name, String kind) {
    return world.hub.api().make("/parties", Json.object().put("name", name).put("kind", kind));
  }

  private void publish(String action, String key, Consumer<ObjectNode> members) {
    // Of two events of one moment either may count as the newer one.
    world.hub.clock().advance(Duration.ofSeconds(1));
    var event = Json.object().put("topic", "realestate/listing#" + action);
    event.put("recipient", world.hub.address() + "/pods/harbor-realty/profile/card#me");
    var object = event.putObject("data").put("type", "UpdateAction").putObject("object");
    object.put("originatingSystemName", "HARBOR-MLS").put("originatingSystemKey", key);
    members.accept(object);
    var reply =
        world.send(
            "POST",
            "/pods/listing-feed/publish/",
            event.toString().getBytes(StandardCharsets.UTF_8),
            Map.of("x-api-key", feedKey, "Content-Type", "application/json"));
    assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
  }

  private void listed(String key, int price, String status) {
    publish(
        "update",
        key,
        o -> {
          o.put("addressLocality", "Harbor").put("streetAddress", "1 Quay");
          o.put("listingStatus", status).put("numberOfBedrooms", "3");
          o.putObject("listingPrice").put("price", price).put("priceCurrency", "USD");
        });
  }

  private String subscribed(String filter, String more) {
    var below = "/v1/contacts/" + ana;
    var search =
        world
            .as(agent, "POST", below + "/savedsearches", SavedSearchesTest.search(filter, filter))
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

  private void own(String filter) {
    var search =
        world
            .as(
                consumer,
                "POST",
                "/v1/savedsearches",
                SavedSearchesTest.search("My " + filter, filter))
            .succeeded(201)
            .result()
            .path("Id")
            .asString();
    var feed = "{\"D\":{\"Subscription\":{\"Id\":\"" + search + "\"}}}";
    world.as(consumer, "POST", "/v1/newsfeeds", feed).succeeded(201);
  }

  private List<JsonNode> events(SparkWorld.Key key, String path) {
    return world.get(key, path).succeeded(200).d().path("Results").valueStream().toList();
  }

  private List<JsonNode> await(int count) {
    var path = "/v1/contacts/" + ana + "/newsfeeds/events";
    return world.hub.await(
        count + " events in the feeds",
        () -> Optional.of(events(agent, path)).filter(e -> e.size() == count));
  }

  private static List<String> words(List<JsonNode> events) {
    return new ArrayList<>(
        events.stream().map(e -> String.join("+", SparkWorld.words(e.path("Events")))).toList());
  }

  @Test
  void what_happens_to_a_listing_is_in_the_feeds_of_searches_that_it_meets() {
    subscribed("City Eq 'harbor' And ListPrice Le 500000 And MlsStatus Eq 'Active'", "");
    listed("1", 600_000, "Active");
    listed("1", 450_000, "Active");
    listed("1", 400_000, "Active");
    listed("1", 400_000, "Pending");
    listed("1", 400_000, "Active");
    publish("delete", "1", o -> {});
    listed("2", 100_000, "Sold");
    var all = await(5);
    assertThat(words(all))
        .containsExactly("StatusChange", "BackOnMarket", "Pending", "PriceChange", "New");
    assertThat(all.stream().map(e -> e.path("Matching").booleanValue()).toList())
        .containsExactly(false, true, false, true, true);
    var price = all.get(3);
    assertThat(price.at("/Listing/StandardFields/ListPrice").intValue()).isEqualTo(400_000);
    assertThat(price.at("/Listing/StandardFields/PreviousListPrice").intValue()).isEqualTo(450_000);
    assertThat(price.path("ListingId").asString())
        .isEqualTo(world.hub.items("/listings").getFirst().path("id").asString());
    // The owner did not say that the address may be shown online.
    assertThat(price.at("/Listing/StandardFields/UnparsedAddress").asString()).isEqualTo("1 Quay");
    var seen = events(consumer, "/v1/newsfeeds/events");
    assertThat(seen).hasSize(5);
    assertThat(seen.getFirst().at("/Listing/StandardFields").has("UnparsedAddress")).isFalse();
    assertThat(seen.getFirst().at("/Listing/StandardFields/City").asString()).isEqualTo("Harbor");
    publish("update", "3", o -> o.put("internetAddressDisplayYN", "Y"));
    listed("3", 1, "Active");
    await(6);
    assertThat(
            events(consumer, "/v1/newsfeeds/events")
                .getFirst()
                .at("/Listing/StandardFields/UnparsedAddress")
                .asString())
        .isEqualTo("1 Quay");
    var page = world.get(agent, "/v1/contacts/" + ana + "/newsfeeds/events?_limit=2&_pagination=1");
    assertThat(page.d().path("Results")).hasSize(2);
    assertThat(page.d().at("/Pagination/TotalRows").intValue()).isEqualTo(6);
    // Restarted, the hub neither misses nor repeats anything, and knows the searches. Blocks are
    // large by now, so feeds are put in order; they read as before.
    var before = words(await(6));
    large();
    world.hub.restart();
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .until(() -> SavedSearchesTest.rows(world, "feed_page") > 0);
    assertThat(words(await(6))).isEqualTo(before);
    listed("4", 2, "Active");
    before.addFirst("New");
    assertThat(words(await(7))).isEqualTo(before);
  }

  /// A block so large that all before it, and it, are put in order.
  private void large() {
    var entry =
        new FeedBlock.Entry("20260314093000000000000001", List.of(Happening.NEW), true, true);
    world
        .hub
        .hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              var sql = batch.sql();
              long seq = sql.createQuery("SELECT MAX(seq) FROM log").mapTo(Long.class).one();
              var block =
                  FeedBlock.of(
                      seq, "r", "l", batch.now(), "{}", Collections.nCopies(70_000, entry));
              return sql.execute(
                  "INSERT INTO feed_block (seq, root_id, listing_id, at, shown, entries)"
                      + " VALUES (?, ?, ?, ?, ?, ?)",
                  seq,
                  block.rootId(),
                  block.listingId(),
                  Row.micros(block.at()),
                  block.shown(),
                  block.entries());
            });
  }

  @Test
  void a_listing_comes_into_a_shape_and_leaves_it() {
    subscribed("Location Eq radius('41.5 -70.5',3)", "");
    subscribed("Location Eq polygon('41 -71,42 -71,42 -70,41 -70') And ListPrice Le 5", "");
    subscribed("Location Eq rectangle('10 10,11 11')", "");
    publish("update", "1", o -> o.put("latitude", 41.51).put("longitude", -70.49));
    assertThat(words(await(1))).containsExactly("New");
    // Far away, and back, priced.
    publish("update", "1", o -> o.put("latitude", 47.0));
    await(2);
    publish("update", "1", o -> o.put("latitude", 41.5).putObject("listingPrice").put("price", 5));
    assertThat(words(await(4))).containsExactly("New", "New", "StatusChange", "New");
    // Without one of both it lies nowhere.
    publish("update", "2", o -> o.put("latitude", 41.5));
    publish("update", "2", o -> o.put("longitude", "-70.5"));
    assertThat(words(await(5)).getFirst()).isEqualTo("New");
    // Of an address that is not shown online a contact's own searches find out nothing.
    subscribed("UnparsedAddress Eq '1 Q*'", "");
    own("UnparsedAddress Eq '1 Q*'");
    own("Location Eq radius('5 5',1)");
    own("Latitude Ge 4.9 And City Eq 'Hull'");
    own("UnparsedAddress Eq NULL And Location Eq NULL And PostalCode Eq 'H1'");
    publish(
        "update",
        "3",
        o -> {
          o.put("addressLocality", "Hull").put("postalCode", "H1").put("streetAddress", "1 Quay");
          o.put("latitude", 5).put("longitude", 5);
        });
    assertThat(words(await(7))).startsWith("New", "New");
    assertThat(events(consumer, "/v1/newsfeeds/events")).hasSize(7);
    publish("update", "3", o -> o.put("internetAddressDisplayYN", "N").put("latitude", 5.001));
    publish("update", "3", o -> o.put("internetAddressDisplayYN", "Y"));
    // Four more; a page has ten.
    assertThat(words(await(10)).subList(0, 4))
        .containsExactlyInAnyOrder("New", "New", "New", "StatusChange");
  }

  @Test
  void an_agent_approves_what_a_curated_feed_shows_and_the_contact_views_it() {
    subscribed("City Eq 'Harbor'", ",\"Curated\":true,\"Events\":[\"New\",\"PriceChange\"]");
    listed("1", 5, "Active");
    listed("1", 5, "Pending");
    listed("1", 4, "Pending");
    var all = await(2);
    assertThat(words(all)).containsExactly("PriceChange", "New");
    assertThat(events(consumer, "/v1/newsfeeds/events")).isEmpty();
    var uri = all.getFirst().path("ResourceUri").asString();
    var id = all.getFirst().path("Id").asString();
    var contact = "/v1/contacts/" + ana;
    world.get(consumer, "/v1/newsfeeds/events/" + id).failed(404, 404);
    assertThat(summary("Unapproved", "Unread")).containsExactly(2, 0);
    assertThat(events(agent, contact + "/newsfeeds/events/unapproved")).hasSize(2);

    world.as(agent, "PUT", uri, "{\"D\":{}}").failed(400, 1050);
    world.as(agent, "PUT", uri, "{\"D\":{\"Approved\":\"maybe\"}}").failed(400, 1053);
    world.as(agent, "PUT", uri, "{\"D\":{\"Approved\":true}}").succeeded(200);
    assertThat(world.get(agent, uri).result().path("Approved").booleanValue()).isTrue();
    assertThat(summary("Unapproved", "Unread")).containsExactly(1, 1);
    var own = events(consumer, "/v1/newsfeeds/events/unviewed").getFirst();
    assertThat(own.path("Id").asString()).isEqualTo(id);
    var ownUri = own.path("ResourceUri").asString();
    world.as(consumer, "PUT", ownUri, "{\"D\":{\"Approved\":false}}").failed(403, 1500);
    world.as(consumer, "PUT", ownUri, "{\"D\":{\"Viewed\":true}}").succeeded(200);
    assertThat(summary("Unapproved", "Unread")).containsExactly(1, 0);
    assertThat(events(consumer, "/v1/newsfeeds/events/unviewed")).isEmpty();
    assertThat(events(consumer, "/v1/newsfeeds/events/approved")).hasSize(1);
    // Not another agent's.
    var ruths = world.key("private", b -> b.put("member", world.member("Ruth Okafor")));
    world.get(ruths, uri).failed(404, 404);
    // And gone with the contact.
    world.as(agent, "DELETE", contact, "").succeeded(200);
    assertThat(SavedSearchesTest.rows(world, "feed_mark")).isZero();
  }

  private List<Integer> summary(String... counts) {
    var summary =
        world
            .get(agent, "/v1/contacts/" + ana + "?_expand=NewsFeedSummary")
            .result()
            .path("NewsFeedSummary");
    assertThat(summary.path("LastListingEventTimestamp").asString())
        .isEqualTo("2026-03-14T09:30:03Z");
    return List.of(counts).stream()
        .map(c -> summary.path(c + "ListingEventCount").intValue())
        .toList();
  }

  @Test
  void a_feed_gathers_while_it_is_active_and_its_search_is_as_it_was_last_changed() {
    var feed = subscribed("City Eq 'Harbor'", "");
    listed("1", 5, "Active");
    await(1);
    var uri = "/v1/newsfeeds/" + feed;
    world.as(agent, "PUT", uri, "{\"D\":{\"Active\":false}}").succeeded(200);
    listed("2", 5, "Active");
    world.as(agent, "PUT", uri, "{\"D\":{\"Active\":true}}").succeeded(200);
    listed("3", 5, "Active");
    await(2);
    var search = world.get(agent, uri).result().at("/Subscription/Id").asString();
    world
        .as(
            agent,
            "PUT",
            "/v1/savedsearches/" + search,
            "{\"D\":{\"Filter\":\"City Eq 'Elsewhere'\"}}")
        .succeeded(200);
    listed("4", 5, "Active");
    publish("update", "5", o -> o.put("addressLocality", "ELSEWHERE"));
    assertThat(await(3).getFirst().at("/Listing/StandardFields/City").asString())
        .isEqualTo("ELSEWHERE");
    world.as(agent, "PUT", uri, "{\"D\":{\"ExpirationDate\":\"2026-03-13\"}}").succeeded(200);
    publish("update", "6", o -> o.put("addressLocality", "Elsewhere"));
    subscribed("City Eq 'Far'", "");
    publish("update", "7", o -> o.put("addressLocality", "Far"));
    assertThat(await(4).getFirst().at("/Listing/StandardFields/ListingKey").asString())
        .isEqualTo("7");
    // Where the holder is the day is not over yet.
    world
        .hub
        .api()
        .patch(
            "/nodes/" + world.office() + "/mail",
            Json.object().put("time_zone", "Pacific/Pago_Pago"));
    publish("update", "10", o -> o.put("addressLocality", "Elsewhere"));
    assertThat(await(5).getFirst().at("/Listing/StandardFields/ListingKey").asString())
        .isEqualTo("10");
    // A search that is gone gathers nothing any more.
    world.as(agent, "DELETE", "/v1/savedsearches/" + search, "").succeeded(200);
    publish("update", "8", o -> o.put("addressLocality", "Elsewhere"));
    publish("update", "9", o -> o.put("addressLocality", "Far"));
    assertThat(words(await(2))).containsExactly("New", "New");
  }

  @Test
  void a_listing_that_cannot_be_matched_does_not_keep_the_others_from_the_feeds() {
    subscribed("City Eq 'harbor'", "");
    listed("1", 100_000, "Active");
    var listing = await(1).getFirst().path("ListingId").asString();
    // The same line again, when what it says of the listing can't be read.
    world
        .hub
        .hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              var line =
                  batch
                      .sql()
                      .createQuery("SELECT subject, ref FROM log WHERE kind = 'listing.changed'")
                      .map((r, _) -> List.of(r.getString(1), r.getString(2)))
                      .one();
              batch.sql().execute("UPDATE listing_version SET changes = '[' || changes");
              batch.append("listing.changed", line.get(0), line.get(1));
              return true;
            });
    listed("2", 100_000, "Active");
    assertThat(await(2).getFirst().path("ListingId").asString()).isNotEqualTo(listing);
    world
        .hub
        .hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch ->
                batch
                    .sql()
                    .execute(
                        "UPDATE listing_version SET changes = SUBSTR(changes, 2)"
                            + " WHERE changes LIKE '[[%'"));
  }
}
