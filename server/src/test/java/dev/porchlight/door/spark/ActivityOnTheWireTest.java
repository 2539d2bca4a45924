package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// How lively contacts are, from what the hub knows of them.
@OnEveryDatabase
class ActivityOnTheWireTest {
  @Parameter Database database;
  @TempDir Path folder;

  private final SettableClock clock = SettableClock.at("2026-03-14T09:30:00Z");

  private SparkWorld world() {
    return new SparkWorld(database.in(folder).clock(clock).start());
  }

  private static JsonNode activity(SparkWorld world, SparkWorld.Key key, String id) {
    return world.get(key, "/v1/contacts/" + id + "?_expand=Activity").result().path("Activity");
  }

  private static List<String> names(SparkWorld.Reply reply) {
    return reply
        .succeeded(200)
        .d()
        .path("Results")
        .valueStream()
        .map(c -> c.path("DisplayName").asString())
        .toList();
  }

  private static JsonNode lead(String id, String name, String email) {
    return LeadBodies.buyer(id, new InventedPerson(name, "Lopez", email, null));
  }

  @Test
  void each_act_adds_what_the_page_says() {
    try (var world = world()) {
      var key = world.key("private");
      var id = ContactsTest.make(world, key, "Ana Lopez", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", id));
      var score = 0;
      assertThat(activity(world, key, id).path("Score").intValue()).isZero();

      var portal = world.hub.addSource("portal", "connections-plus");
      portal.post(lead("L-1", "Ana", "ana@example.org"));
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 50);
      // The same once more is no act; a new version of it is.
      portal.post(lead("L-1", "Ana", "ana@example.org"));
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score);
      portal.post(lead("L-1", "Anna", "ana@example.org"));
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 10);

      world
          .as(
              key,
              "POST",
              "/v1/messages",
              "{\"D\":{\"Messages\":[{\"Body\":\"Hello\",\"SenderId\":\"" + id + "\"}]}}")
          .succeeded(201);
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 30);
      var comments = "/v1/contacts/" + id + "/comments";
      world.as(key, "POST", comments, "{\"D\":{\"Comment\":\"x\"}}").succeeded(201);
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 5);
      world.as(key, "PUT", "/v1/contacts/" + id, "{\"D\":{\"Note\":\"mine\"}}").succeeded(200);
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 2);
      world
          .as(consumer, "PUT", "/v1/my/contact", "{\"D\":{\"HomeLocality\":\"Reno\"}}")
          .succeeded(200);
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 10);
      world.session(consumer);
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score += 10);
      // What asks for it is no act.
      world.get(consumer, "/v1/my/contact").succeeded(200);
      assertThat(activity(world, key, id).path("Score").intValue()).isEqualTo(score);
    }
  }

  @Test
  void scores_fade_are_relative_to_the_agents_best_and_order_lists() {
    try (var world = world()) {
      var key = world.key("private");
      var ana = ContactsTest.make(world, key, "Ana Lopez", "ana@example.org");
      var bob = ContactsTest.make(world, key, "Bob Lopez", "bob@example.org");
      var cyd = ContactsTest.make(world, key, "Cyd Okafor", "cyd@example.org");
      var portal = world.hub.addSource("portal", "connections-plus");
      portal.post(lead("L-1", "Bob", "bob@example.org"));
      clock.advance(Duration.ofDays(7));
      portal.post(lead("L-2", "Ana", "ana@example.org"));
      world.as(key, "POST", "/v1/contacts/" + cyd + "/comments", "{\"D\":{\"Comment\":\"x\"}}");

      var anas = activity(world, key, ana);
      assertThat(anas.path("Score").intValue()).isEqualTo(50);
      assertThat(anas.path("RelativeScore").doubleValue()).isEqualTo(1);
      var bobs = activity(world, key, bob);
      assertThat(bobs.path("Score").intValue()).isEqualTo(25);
      assertThat(bobs.path("RelativeScore").doubleValue()).isEqualTo(0.5);
      var days = bobs.path("DailyActivity");
      assertThat(days).hasSize(30);
      assertThat(days.get(21).toString()).isEqualTo("{\"Score\":0,\"RelativeScore\":0.0}");
      assertThat(days.get(22).toString()).isEqualTo("{\"Score\":50,\"RelativeScore\":1.0}");
      assertThat(days.get(29).toString()).isEqualTo("{\"Score\":25,\"RelativeScore\":0.5}");

      assertThat(names(world.get(key, "/v1/contacts?_orderby=-Score")))
          .containsExactly("Ana Lopez", "Bob Lopez", "Cyd Okafor");
      assertThat(names(world.get(key, "/v1/contacts?_orderby=Score")))
          .containsExactly("Cyd Okafor", "Bob Lopez", "Ana Lopez");
      assertThat(names(world.get(key, "/v1/contacts?_orderby=FamilyName,Score")))
          .containsExactly("Bob Lopez", "Ana Lopez", "Cyd Okafor");
      // Pages, the count, the page of one, and what only the evaluator can decide.
      var second = world.get(key, "/v1/contacts?_orderby=-Score&_limit=1&_page=2&_pagination=1");
      assertThat(names(second)).containsExactly("Bob Lopez");
      assertThat(second.d().path("Pagination").path("TotalRows").intValue()).isEqualTo(3);
      assertThat(names(world.get(key, "/v1/contacts?_orderby=-Score&_limit=2&_pagefor=" + cyd)))
          .containsExactly("Cyd Okafor");
      assertThat(
              names(
                  world.get(
                      key,
                      "/v1/contacts?_orderby=-Score&_filter="
                          + SparkWorld.encode("DisplayName Eq regex('Lo.ez')"))))
          .containsExactly("Ana Lopez", "Bob Lopez");
      // A walk is in its own order, whatever was asked.
      assertThat(names(world.get(key, "/v1/contacts?_orderby=-Score&_skiptoken=")))
          .containsExactly("Ana Lopez", "Bob Lopez", "Cyd Okafor");
      world.get(key, "/v1/contacts?_filter=Score%20Gt%201").failed(400, 1040);

      // Another agent's best is another's.
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      world.as(key, "PUT", "/v1/contacts/" + bob, ContactsTest.owner(ruth)).succeeded(200);
      // Ruth's best is Bob's own of six days ago, 45.
      assertThat(activity(world, ruths, bob).path("RelativeScore").doubleValue()).isEqualTo(0.5556);
      clock.advance(Duration.ofDays(23));
      assertThat(activity(world, ruths, bob).path("Score").intValue()).isZero();
      assertThat(names(world.get(ruths, "/v1/contacts?_orderby=-Score")))
          .containsExactly("Bob Lopez");
    }
  }

  @Test
  void what_was_looked_at_is_counted_and_listed() {
    try (var world = world()) {
      var key = world.key("private");
      var id = ContactsTest.make(world, key, "Ana Lopez", "ana@example.org");
      var path = "/v1/contacts/" + id + "/activity";
      var none = world.get(key, path).result();
      assertThat(none.toString())
          .isEqualTo(
              "{\"ManualEmailsOpened\":0,\"ManualEmailsSent\":0,\"SubscriptionEmailsOpened\":0,"
                  + "\"SubscriptionEmailsSent\":0,\"ListingsViewed\":0,\"ListingsShared\":0}");
      var portal = world.hub.addSource("portal", "connections-plus");
      portal.post(lead("L-1", "Ana", "ana@example.org"));
      clock.advance(Duration.ofDays(1));
      portal.post(lead("L-2", "Ana", "ana@example.org"));
      world
          .as(
              key,
              "POST",
              "/v1/messages",
              "{\"D\":{\"Messages\":{\"Body\":\"This one?\",\"ListingId\":\"20260101000000000000"
                  + "000001\",\"SenderId\":\""
                  + id
                  + "\"}}}")
          .succeeded(201);
      assertThat(world.get(key, path).result().path("ListingsViewed").intValue()).isEqualTo(2);
      var viewed = world.get(key, path + "/listings/viewed?_pagination=1&_expand=ContactActivity");
      assertThat(viewed.succeeded(200).d().path("Pagination").path("TotalRows").intValue())
          .isEqualTo(2);
      var listings = viewed.d().path("Results");
      assertThat(
              listings.valueStream().map(l -> l.path("ContactActivity").path("Views").intValue()))
          .containsExactlyInAnyOrder(1, 2);
      var asked = listings.valueStream().filter(l -> !l.has("Id")).findFirst().orElseThrow();
      assertThat(asked.path("StandardFields").path("ListingId").asString()).isNotBlank();
      assertThat(asked.path("ContactActivity").path("FirstTimestamp").asString())
          .isEqualTo("2026-03-14T09:30:00Z");
      assertThat(asked.path("ContactActivity").path("LastTimestamp").asString())
          .isEqualTo("2026-03-15T09:30:00Z");
      var one =
          world.get(key, path + "/listings/viewed?_limit=1&_page=2&_select=Id").succeeded(200);
      assertThat(one.d().path("Results")).hasSize(1);
      assertThat(one.result().has("StandardFields")).isFalse();
      assertThat(world.get(key, path + "/listings/shared").succeeded(200).d().path("Results"))
          .isEmpty();
      for (var below : List.of("", "/listings/viewed", "/listings/shared")) {
        var nobodys = "/v1/contacts/20260101000000000000000000/activity" + below;
        world.get(key, nobodys).failed(404, 404);
        world.as(key, "POST", path + below, "{\"D\":{}}").failed(405, 405);
        world.send("GET", path + below, new byte[0], Map.of()).failed(401, 1020);
      }
      world.get(key, path + "/listings/viewed?_limit=26").failed(400, 1053);
      world.get(key, path + "/listings/viewed?_filter=Id%20Eq%20'1'").failed(400, 1040);
    }
  }
}
