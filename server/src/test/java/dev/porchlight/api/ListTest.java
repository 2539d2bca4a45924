package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Lists can be walked to their end while others write.
@OnEveryDatabase
final class ListTest {
  @Parameter Database database;

  private static final List<String> LISTS =
      List.of(
          "nodes", "sources", "tokens", "endpoints", "leads", "receipts", "contacts", "deliveries");
  private static final int OLD = 5;

  /// Makes one more of everything.
  private static void more(World world, World.Source source, int n) {
    var office = world.node("office");
    world
        .admin()
        .post(
            "/api/v1/nodes",
            "{\"kind\": \"member\", \"name\": \"m\", \"parent\": \"" + office + "\"}")
        .expect(201);
    world.source("source-" + n, "connections-plus", null);
    world.token("read", null);
    // Of another kind of event, so that it gets no deliveries.
    var endpoint = world.endpoint("e" + n, "porchlight", null);
    world
        .admin()
        .patch("/api/v1/endpoints/" + endpoint, "{\"kinds\": [\"lead.updated\"]}")
        .expect(200);
    var body =
        World.buyer("L-" + n, "P" + n, "F" + n, "p" + n + "@example.com")
            .replace("+1 804 555 0142", "+1 804 555 0" + (200 + n));
    world.door("/in/first", source.key(), body).expect(200);
  }

  private static List<String> walk(World world, String list, IntConsumer between) {
    var seen = new ArrayList<String>();
    var cursor = "";
    for (int page = 0; ; page++) {
      var reply = world.admin().get("/api/v1/" + list + "?limit=1" + cursor).expect(200).json();
      assertThat(reply.path("items").size()).isLessThanOrEqualTo(1);
      reply.path("items").forEach(i -> seen.add(i.path("id").asString()));
      if (reply.path("next_cursor").isNull()) {
        return seen;
      }
      assertThat(reply.path("items")).hasSize(1);
      cursor = "&cursor=" + reply.path("next_cursor").asString();
      between.accept(page);
    }
  }

  @Test
  void aWalkMissesNothingAndRepeatsNothingWhileOthersWrite(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("first", "connections-plus", null);
      world.endpoint("all", "porchlight", null);
      for (int n = 0; n < OLD; n++) {
        more(world, source, n);
      }
      int made = OLD;
      for (var list : LISTS) {
        var old = new ArrayList<String>();
        world
            .admin()
            .get("/api/v1/" + list + "?limit=200")
            .json()
            .path("items")
            .forEach(i -> old.add(i.path("id").asString()));
        assertThat(old).as(list).hasSizeGreaterThanOrEqualTo(OLD);
        int from = made;
        // A few, or a walk in the order of making would never end.
        var seen =
            walk(
                world,
                list,
                page -> {
                  if (page < 3) {
                    more(world, source, from + page);
                  }
                });
        made += 3;
        assertThat(seen).as(list).doesNotHaveDuplicates().containsAll(old);
      }
    }
  }

  @Test
  void aCursorHoldsThoughItsItemIsGone(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var ids = new ArrayList<String>();
      for (int n = 0; n < 4; n++) {
        ids.add(world.endpoint("e" + n, "porchlight", null));
      }
      var seen =
          walk(
              world,
              "endpoints",
              page -> {
                if (page == 1) {
                  world.admin().delete("/api/v1/endpoints/" + ids.get(1)).expect(200);
                }
              });
      assertThat(seen).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  @Test
  void badLimitsAndCursorsAreRefused(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      for (var list : LISTS) {
        for (var bad :
            List.of(
                "limit=0",
                "limit=201",
                "limit=-1",
                "limit=",
                "limit=x",
                "limit=1.0",
                "limit=+1",
                "limit=%D9%A1",
                "limit=99999999999999999999",
                "cursor=%00",
                "cursor=%27%20OR%201=1",
                "cursor=-1",
                "cursor=99999999999999999999999999999999999999999")) {
          var reply = world.admin().get("/api/v1/" + list + "?" + bad);
          assertThat(reply.status()).as(list + "?" + bad).isEqualTo(400);
          assertThat(reply.problem()).isEqualTo("parameter-invalid");
        }
        world.admin().get("/api/v1/" + list + "?limit=200").expect(200);
      }
      for (var bad :
          List.of(
              "deliveries?state=lost",
              "deliveries?cursor=5",
              "deliveries?cursor=5:x",
              "deliveries?cursor=x:0",
              "receipts?state=lost",
              "leads?test=maybe")) {
        world.admin().get("/api/v1/" + bad).expect(400);
      }
    }
  }
}
