package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Listings that accounts and contacts put together.
@OnEveryDatabase
class ListingCartsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  static String ids(String... listings) {
    var body = Json.object();
    var list = body.putObject("D").putArray("ListingIds");
    List.of(listings).forEach(list::add);
    return body.toString();
  }

  static String cart(String name, String... listings) {
    var body = Json.object();
    var cart = body.putObject("D").putArray("ListingCarts").addObject().put("Name", name);
    var list = cart.putArray("ListingIds");
    List.of(listings).forEach(list::add);
    return body.toString();
  }

  private static List<String> names(SparkWorld.Reply reply) {
    return reply.succeeded(200).d().path("Results").findValuesAsString("Name");
  }

  private static List<String> listings(SparkWorld world, SparkWorld.Key key, String uri) {
    return SparkWorld.words(
        world.get(key, uri + "?_expand=ListingIds").result().path("ListingIds"));
  }

  @Test
  void listings_are_put_in_and_taken_out_and_the_count_is_answered() {
    try (var world = world()) {
      var agent = world.key("private");
      var made = world.as(agent, "POST", "/v1/listingcarts", cart("Show on Monday", "L2", "L1"));
      var id = made.succeeded(201).result().path("Id").asString();
      var uri = made.result().path("ResourceUri").asString();
      assertThat(uri).isEqualTo("/v1/listingcarts/" + id);
      assertThat(id).matches("[0-9]{26}");
      var seen = world.get(agent, uri).result();
      assertThat(seen.path("Name").asString()).isEqualTo("Show on Monday");
      assertThat(seen.path("ListingCount").intValue()).isEqualTo(2);
      assertThat(seen.has("PortalCartType")).isFalse();
      assertThat(seen.has("ListingIds")).isFalse();
      assertThat(listings(world, agent, uri)).containsExactly("L2", "L1");
      var added = world.as(agent, "POST", uri, ids("L3", "L1", "L3")).succeeded(200).result();
      assertThat(added.path("ListingCount").intValue()).isEqualTo(3);
      var removed = world.as(agent, "DELETE", uri + "/listings/L2", "").succeeded(200).result();
      assertThat(removed.path("ListingCount").intValue()).isEqualTo(2);
      world.as(agent, "DELETE", uri + "/listings/L2", "").failed(404, 404);
      assertThat(listings(world, agent, uri)).containsExactly("L1", "L3");
      world
          .as(agent, "PUT", uri, "{\"D\":{\"Name\":\"Tuesday\",\"ListingIds\":[\"L9\",\"L1\"]}}")
          .succeeded(200);
      assertThat(listings(world, agent, uri)).containsExactly("L9", "L1");
      assertThat(world.get(agent, uri).result().path("ListingCount").intValue()).isEqualTo(2);

      world.as(agent, "POST", "/v1/listingcarts", "{\"D\":{\"Name\":\"Flat\"}}").succeeded(201);
      assertThat(names(world.get(agent, "/v1/listingcarts"))).containsExactly("Flat", "Tuesday");
      assertThat(names(world.get(agent, "/v1/my/listingcarts"))).containsExactly("Flat", "Tuesday");
      assertThat(names(world.get(agent, "/v1/listingcarts/for/L1,L2"))).containsExactly("Tuesday");
      assertThat(names(world.get(agent, "/v1/listingcarts/for/L2"))).isEmpty();
      assertThat(world.get(agent, "/v1/listingcarts/portal").d().path("Results")).isEmpty();
      world.as(agent, "POST", "/v1/listingcarts", cart("tuesday")).failed(409, 1055);
      world.as(agent, "PUT", uri, "{\"D\":{\"Name\":\"flat\"}}").failed(409, 1055);
      world.as(agent, "DELETE", uri, "").succeeded(200);
      world.get(agent, uri).failed(404, 404);
      assertThat(SavedSearchesTest.rows(world, "listing_cart_item")).isZero();
    }
  }

  @Test
  void a_contacts_carts_are_the_contacts_and_its_agents() {
    try (var world = world()) {
      var agent = world.key("private");
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var below = "/v1/contacts/" + ana + "/listingcarts";
      var consumer = world.key("vow", b -> b.put("contact", ana));
      var agents =
          world.as(agent, "POST", below, cart("Have a look", "L1")).succeeded(201).result();
      var own = world.as(consumer, "POST", "/v1/listingcarts", cart("Dreams", "L2")).succeeded(201);
      assertThat(names(world.get(agent, below)))
          .containsExactly("Dreams", "Favorites", "Have a look", "Rejects");
      assertThat(names(world.get(consumer, "/v1/listingcarts")))
          .containsExactly("Dreams", "Favorites", "Have a look", "Rejects");
      assertThat(names(world.get(agent, "/v1/listingcarts"))).isEmpty();
      var uri = agents.path("ResourceUri").asString();
      assertThat(world.get(consumer, uri).result().path("OwnerId"))
          .isEqualTo(world.get(agent, "/v1/my/account").result().path("Id"));
      assertThat(
              world
                  .get(agent, own.result().path("ResourceUri").asString())
                  .result()
                  .path("OwnerId")
                  .asString())
          .isEqualTo(ana);
      world.as(consumer, "POST", uri, ids("L5")).succeeded(200);
      assertThat(listings(world, agent, uri)).containsExactly("L1", "L5");
      world.get(ruths, uri).failed(404, 404);
      world.as(ruths, "POST", uri, ids("L6")).failed(404, 404);
      world.as(ruths, "DELETE", uri, "").failed(404, 404);
      world.get(ruths, below).failed(404, 404);

      // They go with the contact, into other hands and away.
      world.as(agent, "PUT", "/v1/contacts/" + ana, ContactsTest.owner(ruth)).succeeded(200);
      world.get(agent, uri).failed(404, 404);
      assertThat(names(world.get(ruths, below)))
          .containsExactly("Dreams", "Favorites", "Have a look", "Rejects");
      world.as(ruths, "DELETE", "/v1/contacts/" + ana, "").succeeded(200);
      world.get(ruths, uri).failed(404, 404);
      assertThat(SavedSearchesTest.rows(world, "listing_cart")).isZero();
      assertThat(SavedSearchesTest.rows(world, "listing_cart_item")).isZero();
    }
  }

  @Test
  void each_contact_has_favorites_and_rejects_that_stay() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var consumer = world.key("portal", b -> b.put("contact", ana));
      var path = "/v1/listingcarts/portal/favorites";
      var empty = world.get(consumer, path).result();
      assertThat(empty.path("ListingCount").intValue()).isZero();
      assertThat(empty.path("PortalCartType").asString()).isEqualTo("Favorites");
      var added = world.as(consumer, "POST", path, ids("L1", "L2", "L3")).succeeded(200).result();
      assertThat(added.path("Id")).isEqualTo(empty.path("Id"));
      assertThat(added.path("ListingCount").intValue()).isEqualTo(3);
      var removed =
          world.as(consumer, "DELETE", path + "?ListingIds=L1,L3,L7", "").succeeded(200).result();
      assertThat(removed.path("ListingCount").intValue()).isEqualTo(1);
      world.as(consumer, "DELETE", path, "").failed(400, 1050);
      var below = "/v1/contacts/" + ana + "/listingcarts/portal";
      world.as(agent, "POST", below + "/rejects", ids("L9")).succeeded(200);
      assertThat(
              world
                  .get(consumer, "/v1/listingcarts/portal")
                  .d()
                  .path("Results")
                  .findValuesAsString("PortalCartType"))
          .containsExactly("Favorites", "Rejects");
      assertThat(world.get(agent, below).d().path("Results").findValuesAsString("PortalCartType"))
          .containsExactly("Favorites", "Rejects");
      assertThat(listings(world, agent, below + "/favorites")).containsExactly("L2");
      world.get(consumer, "/v1/listingcarts/portal/others").failed(404, 404);
      world.get(agent, path).failed(403, 1500);

      var uri = empty.path("ResourceUri").asString();
      world.as(consumer, "PUT", uri, "{\"D\":{\"Name\":\"Mine\"}}").failed(400, 1053);
      var kept = world.as(consumer, "DELETE", uri, "");
      kept.failed(405, 1018);
      assertThat(kept.header("Allow")).isEqualTo("GET, POST, PUT");
      world.as(consumer, "PUT", uri, ids("L4")).succeeded(200);
      assertThat(listings(world, consumer, path)).containsExactly("L4");
    }
  }

  @Test
  void wrong_carts_are_refused_and_full_ones_take_no_more() throws Exception {
    try (var world = world()) {
      var agent = world.key("private");
      var path = "/v1/listingcarts";
      for (var missing : List.of("", "{\"D\":{}}", "{\"D\":{\"Name\":null}}", ids("L1"))) {
        world.as(agent, "POST", path, missing).failed(400, 1050);
      }
      for (var wrong :
          List.of(
              "{\"D\":{\"ListingCarts\":7}}",
              "{\"D\":{\"Name\":[\"x\"]}}",
              cart("x".repeat(76)),
              cart("x", "a b"),
              cart("x", "a,b"),
              cart("x", "x".repeat(76)),
              "{\"D\":{\"Name\":\"x\",\"ListingIds\":\"L1\"}}",
              "{\"D\":{\"Name\":\"x\",\"ListingIds\":[7]}}",
              cart(
                  "x",
                  IntStream.rangeClosed(0, 1000).mapToObj(i -> "L" + i).toArray(String[]::new)))) {
        world.as(agent, "POST", path, wrong).failed(400, 1053);
      }
      assertThat(SavedSearchesTest.rows(world, "listing_cart")).isZero();
      var full = IntStream.rangeClosed(1, 999).mapToObj(i -> "L" + i).toArray(String[]::new);
      var uri =
          world
              .as(agent, "POST", path, cart("Full", full))
              .succeeded(201)
              .result()
              .path("ResourceUri")
              .asString();
      // Of those that come at once, as many go in as there is room for.
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < 6; i++) {
        var listing = "M" + i;
        work.add(() -> world.as(agent, "POST", uri, ids(listing)).status());
      }
      var statuses = new ArrayList<Integer>();
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var done : pool.invokeAll(work)) {
          statuses.add(done.get());
        }
      }
      assertThat(statuses).containsOnlyOnce(200).contains(400);
      assertThat(world.get(agent, uri).result().path("ListingCount").intValue()).isEqualTo(1000);
      assertThat(listings(world, agent, uri)).hasSize(1000);
      world.as(agent, "POST", uri, ids()).failed(400, 1050);
      world.as(agent, "POST", uri, "{\"D\":").failed(400, 1035);
      world.get(agent, path + "/none").failed(404, 404);
      world.as(agent, "POST", path + "/none", ids("L1")).failed(404, 404);
    }
  }
}
