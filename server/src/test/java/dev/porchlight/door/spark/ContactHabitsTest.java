package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The habits of the published clients with portal accounts, saved searches, carts and feeds: what
/// they send, and what they read of the answers.
class ContactHabitsTest {
  private static final String FILTER = "City Eq 'Fargo'";

  @TempDir Path folder;

  /// The first result, as the Ruby client takes it: it fails on an empty list.
  private static JsonNode first(SparkWorld.Reply reply) {
    var results = reply.d().path("Results");
    assertThat(results.isArray() && !results.isEmpty()).as(reply.toString()).isTrue();
    return results.get(0);
  }

  /// A request without a body, as the Ruby client sends it.
  private static SparkWorld.Reply bare(
      SparkWorld world, SparkWorld.Key key, String method, String path) {
    return world.send(
        method,
        path,
        new byte[0],
        Map.of(
            "Authorization", "OAuth " + key.token(),
            "Content-Type", "application/json",
            "X-SparkApi-User-Agent", "flexmls API Ruby Gem 2.0.3",
            "Accept-Encoding", "gzip"));
  }

  @Test
  void ruby_switches_an_account_by_words_and_sends_back_all_that_it_was_shown() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      var id = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + id + "/portal";
      var account = first(bare(world, agent, "GET", path));
      assertThat(account.path("Settings").path("Enabled").asString("")).isEqualTo("true");
      // `disable` and `enable` put one setting, `change_password` one attribute.
      world.as(agent, "PUT", path, "{\"D\":{\"Settings\":{\"Enabled\":\"false\"}}}").succeeded(200);
      assertThat(
              first(bare(world, agent, "GET", path)).path("Settings").path("Enabled").asString(""))
          .isEqualTo("false");
      world.as(agent, "PUT", path, "{\"D\":{\"Settings\":{\"Enabled\":\"true\"}}}").succeeded(200);
      world.as(agent, "PUT", path, "{\"D\":{\"Password\":\"my pass 1\"}}").succeeded(200);
      var all = Json.object();
      all.set("D", account);
      world.as(agent, "PUT", path, all.toString()).succeeded(200);
      assertThat(first(bare(world, agent, "GET", path))).isEqualTo(account);
      // Without one it is an error with 404, which it takes for none; made, it has an id.
      bare(world, agent, "GET", "/v1/contacts/20260101000000000000000000/portal").failed(404, 404);
    }
  }

  @Test
  void ruby_makes_the_portal_and_puts_it_by_its_id() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      assertThat(bare(world, agent, "GET", "/v1/portal").d().path("Results")).isEmpty();
      var made =
          first(
              world.as(
                  agent,
                  "POST",
                  "/v1/portal",
                  "{\"D\":{\"DisplayName\":\"Homes\",\"Enabled\":true}}"));
      var id = made.path("Id").asString();
      world.as(agent, "PUT", "/v1/portal/" + id, "{\"D\":{\"Enabled\":false}}").succeeded(200);
      var portal = first(bare(world, agent, "GET", "/v1/portal"));
      assertThat(portal.path("Enabled").isBoolean()).isTrue();
      assertThat(portal.path("Enabled").booleanValue()).isFalse();
    }
  }

  @Test
  void ruby_saves_searches_with_their_contact_and_hands_them_over_without_a_body() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var bo = ContactsTest.make(world, agent, "Bo", "bo@example.org");
      // A contact's new searches go in one request.
      var several = Json.object();
      var list = several.putObject("D").putArray("SavedSearches");
      list.addObject().put("Name", "One").put("Filter", FILTER);
      list.addObject().put("Name", "Two").put("Filter", FILTER);
      var made =
          world.as(agent, "POST", "/v1/contacts/" + ana + "/savedsearches", several.toString());
      assertThat(made.succeeded(201).d().path("Results").findValuesAsString("ResourceUri"))
          .allMatch(u -> u.matches("/v1/savedsearches/[0-9]{26}"))
          .hasSize(2);
      var saved =
          world.as(agent, "POST", "/v1/savedsearches", SavedSearchesTest.search("Own", FILTER));
      // The id is the address's last piece where it is not named.
      var uri = first(saved).path("ResourceUri").asString();
      assertThat(first(saved).path("Id").asString())
          .isEqualTo(uri.substring(uri.lastIndexOf('/') + 1));
      bare(world, agent, "PUT", uri + "/contacts/" + bo).succeeded(200);
      assertThat(SparkWorld.words(first(bare(world, agent, "GET", uri)).path("ContactIds")))
          .containsExactly(bo);
      bare(world, agent, "DELETE", uri + "/contacts/" + bo).succeeded(200);
      bare(world, agent, "PUT", uri + "/contacts/20260101000000000000000000").failed(404, 404);
      world.as(agent, "PUT", uri, "{\"D\":{\"Name\":\"Other\"}}").succeeded(200);
      // It asks for both expansions with a blank between them.
      var expanded =
          first(
              bare(
                  world,
                  agent,
                  "GET",
                  uri + "?_expand=NewsFeedSubscriptionSummary%2C+NewsFeeds&full_response=true"));
      assertThat(expanded.path("NewsFeeds").isArray()).isTrue();
      assertThat(
              expanded.path("NewsFeedSubscriptionSummary").path("ActiveSubscription").isBoolean())
          .isTrue();
      assertThat(expanded.path("Tags").isArray()).isTrue();
      bare(world, agent, "DELETE", uri).succeeded(200);
    }
  }

  @Test
  void ruby_reads_the_count_of_a_cart_from_each_change() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      var made = world.as(agent, "POST", "/v1/listingcarts", ListingCartsTest.cart("Cart", "L1"));
      var uri = first(made.succeeded(201)).path("ResourceUri").asString();
      assertThat(
              first(world.as(agent, "POST", uri, ListingCartsTest.ids("L2")))
                  .path("ListingCount")
                  .intValue())
          .isEqualTo(2);
      assertThat(
              first(bare(world, agent, "DELETE", uri + "/listings/L1"))
                  .path("ListingCount")
                  .intValue())
          .isEqualTo(1);
      // A cart without a type, or of type `Custom`, can be deleted.
      assertThat(first(bare(world, agent, "GET", uri)).has("PortalCartType")).isFalse();
      assertThat(bare(world, agent, "GET", "/v1/listingcarts/for/L1,L2").d().path("Results"))
          .hasSize(1);
      bare(world, agent, "GET", "/v1/my/listingcarts").succeeded(200);
      bare(world, agent, "DELETE", uri).succeeded(200);
    }
  }

  @Test
  void wordpress_moves_a_listing_between_the_carts_of_a_consumer() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      world
          .as(
              agent,
              "PUT",
              "/v1/contacts/" + ana + "/portal",
              "{\"D\":{\"Password\":\"my pass 1\"}}")
          .succeeded(200);
      var vow = world.key("vow");
      var token =
          PortalAccountsTest.grant(world, vow, "ana@example.org", "my pass 1")
              .json()
              .path("access_token")
              .asString();
      for (var wanted : List.of("Rejects", "Favorites")) {
        // It looks for the cart by its type among all, which must be there; takes the listing out
        // of
        // the others, and puts it in.
        var all = world.as(token, "GET", "/v1/listingcarts", "").succeeded(200).d().path("Results");
        for (var cart : world.as(token, "GET", "/v1/listingcarts/for/L1", "").d().path("Results")) {
          assertThat(cart.path("PortalCartType").asString()).isNotEqualTo(wanted);
          world
              .as(
                  token,
                  "DELETE",
                  "/v1/listingcarts/" + cart.path("Id").asString() + "/listings/L1",
                  "")
              .succeeded(200);
        }
        var id =
            all.valueStream()
                .filter(c -> c.path("PortalCartType").asString().equals(wanted))
                .findFirst()
                .orElseThrow()
                .path("Id")
                .asString();
        world
            .as(token, "POST", "/v1/listingcarts/" + id, ListingCartsTest.ids("L1"))
            .succeeded(200);
      }
      var counts = new ArrayList<String>();
      for (var cart : world.as(token, "GET", "/v1/listingcarts", "").d().path("Results")) {
        counts.add(cart.path("Name").asString() + " " + cart.path("ListingCount").intValue());
      }
      assertThat(counts).containsExactly("Favorites 1", "Rejects 0");
    }
  }

  @Test
  void php_signs_the_bodies_of_carts() {
    try (var world = new SparkWorld(folder)) {
      var agent = world.key("private");
      var token = world.session(agent);
      var made =
          world.signed(
              agent,
              token,
              "POST",
              "/v1/listingcarts",
              Map.of(),
              ListingCartsTest.cart("Zoë & Co", "L1"));
      var id = first(made.succeeded(201)).path("Id").asString();
      var path = "/v1/listingcarts/" + id;
      world
          .signed(agent, token, "PUT", path, Map.of(), ListingCartsTest.ids("L3", "L4"))
          .succeeded(200);
      world.signed(agent, token, "DELETE", path + "/listings/L3").succeeded(200);
      var seen =
          first(
              world.signed(
                  agent, token, "GET", path, Map.of("_expand", "ListingIds", "_limit", "25"), ""));
      assertThat(SparkWorld.words(seen.path("ListingIds"))).containsExactly("L4");
      assertThat(seen.path("Name").asString()).isEqualTo("Zoë & Co");
      world.signed(agent, token, "DELETE", path).succeeded(200);
    }
  }
}
