package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// The export of all contacts that an account has a say over.
@OnEveryDatabase
class ExportAllTest {
  private static final String ALL = "/v1/contacts/export/all";

  @Parameter Database database;
  @TempDir Path folder;

  private static String node(SparkWorld world, String kind) {
    return world.hub.items("/nodes?limit=200").stream()
        .filter(n -> n.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  private static SparkWorld.Key key(SparkWorld world, String member) {
    return world.key("private", b -> b.put("member", member));
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

  @Test
  void an_account_exports_what_lies_below_it_and_nothing_else() {
    try (var world = new SparkWorld(database.start(folder))) {
      var robinId = world.member("Robin Okafor");
      var samId = world.member("Sam Weiss");
      var company = node(world, "company");
      var elsewhere =
          world
              .hub
              .api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "office")
                      .put("name", "Elsewhere")
                      .put("parent", company))
              .path("id")
              .asString();
      var robin = key(world, robinId);
      var sam = key(world, samId);
      var far = key(world, elsewhere);
      var own = key(world, world.office());
      ContactsTest.make(world, robin, "Ana", "ana@example.org");
      ContactsTest.make(world, sam, "Bo", "bo@example.org");
      ContactsTest.make(world, far, "Cy", "cy@example.org");
      world.hub.clock().advance(Duration.ofHours(1));
      ContactsTest.make(world, own, "Di", "di@example.org");

      assertThat(names(world.get(robin, ALL))).containsExactly("Ana");
      assertThat(names(world.get(own, ALL))).containsExactly("Ana", "Bo", "Di");
      assertThat(names(world.get(own, "/v1/contacts/export"))).containsExactly("Di");
      assertThat(names(world.get(far, ALL))).containsExactly("Cy");
      assertThat(names(world.get(key(world, company), ALL)))
          .containsExactly("Ana", "Bo", "Cy", "Di");
      assertThat(names(world.get(key(world, node(world, "mls")), ALL + "?_orderby=-DisplayName")))
          .containsExactly("Di", "Cy", "Bo", "Ana");

      var export = world.get(own, ALL + "?_limit=100&_pagination=1");
      assertThat(export.d().path("Results").valueStream().map(c -> c.path("OwnerId").asString()))
          .startsWith(robinId, samId);
      assertThat(export.d().path("Pagination").path("TotalRows").intValue()).isEqualTo(3);
      world.get(own, ALL + "?_limit=101").failed(400, 1053);

      // The next one asks from where this one stood.
      var since = export.d().path("ExportTimestamp").asString();
      world.hub.clock().advance(Duration.ofHours(1));
      ContactsTest.make(world, sam, "Ed", "ed@example.org");
      var next = ALL + "?_filter=" + SparkWorld.encode("ModificationTimestamp Ge " + since);
      assertThat(names(world.get(own, next))).containsExactly("Di", "Ed");
      // A filter is over all owners alike.
      var filtered = ALL + "?_filter=" + SparkWorld.encode("DisplayName Eq 'b*'");
      assertThat(names(world.get(own, filtered))).containsExactly("Bo");
    }
  }

  @Test
  void a_walk_over_many_owners_misses_none_and_repeats_none_while_others_write() {
    try (var world = new SparkWorld(database.start(folder))) {
      var keys = new ArrayList<SparkWorld.Key>();
      for (int i = 0; i < 3; i++) {
        keys.add(key(world, world.member("Agent " + i)));
      }
      var wanted = new ArrayList<String>();
      for (int i = 0; i < 12; i++) {
        wanted.add(ContactsTest.make(world, keys.get(i % 3), "C" + i, "c" + i + "@example.org"));
      }
      var office = key(world, world.office());
      var seen = new ArrayList<String>();
      var token = "";
      for (int n = 0; ; n++) {
        var page = world.get(office, ALL + "?_limit=5&_skiptoken=" + token).succeeded(200).d();
        page.path("Results").valueStream().map(ExportAllTest::id).forEach(seen::add);
        if (n == 0) {
          var late = ContactsTest.make(world, keys.getFirst(), "A late", "late@example.org");
          wanted.add(late);
          world.as(keys.get(2), "DELETE", "/v1/contacts/" + wanted.get(2), "").succeeded(200);
          world.as(keys.get(1), "DELETE", "/v1/contacts/" + wanted.get(10), "").succeeded(200);
          world
              .as(keys.get(1), "PUT", "/v1/contacts/" + wanted.get(7), "{\"D\":{\"Pets\":\"a\"}}")
              .succeeded(200);
          wanted.remove(10);
        }
        if (!page.has("SkipToken")) {
          break;
        }
        token = page.path("SkipToken").asString();
      }
      assertThat(seen).isEqualTo(wanted);
    }
  }

  private static String id(JsonNode contact) {
    return contact.path("Id").asString();
  }
}
