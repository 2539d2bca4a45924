package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract's table of errors, row by row: each is provoked over the wire, or is one of those
/// that this hub has no reason to answer with.
class ErrorTableTest {
  /// The contract's rows: code and status, and why it is never answered here where it is not.
  private static final String TABLE =
      """
      404  404
      405  405
      1000 401
      1005 500
      1010 401
      1013 403
      1015 403
      1016 400 X-SparkApi-User-Agent is not required
      1017 405
      1018 405
      1019 403
      1020 401
      1021 403 keys that replicate may do what others may
      1023 503 an account is there from the moment it is made
      1024 503 so are its data
      1026 500
      1030 403
      1035 400
      1040 400
      1041 400
      1050 400
      1053 400
      1055 409
      1060 400 nothing is typed twice here
      1061 400 passwords may be used again
      1100 404
      1110 409
      1500 403
      1505 503 no resource can be switched off
      1510 503
      1515 503 see below: nothing that a caller can ask for takes that long by itself
      1516 503
      1550 429
      2001 400
      2002 400
      2003 400
      2500 400
      2505 400
      """;

  @TempDir Path folder;

  private static SparkWorld.Reply filtered(SparkWorld world, SparkWorld.Key key, String filter) {
    return world.send(
        "POST",
        "/v1/contacts",
        ("_filter=" + SparkWorld.encode(filter)).getBytes(UTF_8),
        Map.of(
            "X-HTTP-Method-Override",
            "GET",
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Authorization",
            "Bearer " + key.token()));
  }

  private static SparkWorld.Reply subscribe(
      SparkWorld world, SparkWorld.Key key, String contact, String search) {
    return world.as(
        key,
        "POST",
        "/v1/contacts/" + contact + "/newsfeeds",
        "{\"D\":{\"Subscription\":{\"Id\":\"" + search + "\"}}}");
  }

  /// Subscribes a contact to a new search.
  private static SparkWorld.Reply subscribed(
      SparkWorld world, SparkWorld.Key key, String contact, String search) {
    var made =
        world.as(
            key,
            "POST",
            "/v1/savedsearches",
            "{\"D\":{\"Name\":\"s\",\"AutoName\":true," + search + "}}");
    return subscribe(world, key, contact, made.succeeded(201).result().path("Id").asString());
  }

  private static void sql(SparkWorld world, String statement, String value) {
    world
        .hub
        .hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              batch.sql().execute(statement, value);
              return true;
            });
  }

  @Test
  void every_row_is_provoked_or_has_no_reason_to_be() {
    // What is broken on purpose could not be rebuilt.
    try (var world = new SparkWorld(TestHub.in(folder).withoutRebuildCheck().start())) {
      var key = world.key("private");
      var reader = world.key("public");
      var id = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var apart = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", apart));
      var provoked = new TreeMap<Integer, Supplier<SparkWorld.Reply>>();
      provoked.put(404, () -> world.get(key, "/v1/nothing"));
      provoked.put(405, () -> world.as(key, "PATCH", "/v1/contacts", ""));
      provoked.put(1000, () -> world.as("nonsense", "GET", "/v1/contacts", ""));
      var unfinished = world.key("private");
      provoked.put(
          1005,
          () -> {
            sql(world, "DELETE FROM secret WHERE owner = ?", "spark-key " + unfinished.id());
            return world.signIn(unfinished);
          });
      var disabled = world.key("private");
      provoked.put(
          1010,
          () -> {
            world.hub.api().delete("/spark-keys/" + disabled.id());
            return world.signIn(disabled);
          });
      var tokenOnly = world.key("private", b -> b.putArray("ways").add("token"));
      provoked.put(1013, () -> world.signIn(tokenOnly));
      provoked.put(1015, () -> world.get(key, "/v1/contacts?ApiUser=nobody"));
      provoked.put(1017, () -> world.as(reader, "DELETE", "/v1/contacts/" + id, ""));
      provoked.put(1018, () -> world.get(world.key("idx"), "/v1/messages"));
      var elsewhere = world.key("private", b -> b.putArray("addresses").add("192.0.2.0/24"));
      provoked.put(1019, () -> world.get(elsewhere, "/v1/contacts"));
      provoked.put(1020, () -> world.send("GET", "/v1/contacts", new byte[0], Map.of()));
      provoked.put(1035, () -> world.as(key, "POST", "/v1/contacts", "[]"));
      provoked.put(1040, () -> filtered(world, key, "Nickname Eq 'x'"));
      provoked.put(1041, () -> filtered(world, key, "(((Id Eq '1')))"));
      provoked.put(1050, () -> world.as(key, "POST", "/v1/contacts", "{\"D\":{}}"));
      provoked.put(1053, () -> world.get(key, "/v1/contacts?_limit=26"));
      provoked.put(
          1055,
          () ->
              world.as(
                  key, "POST", "/v1/contacts", ContactsTest.contact("Ann", "ANA@example.org")));
      provoked.put(
          1100,
          () -> {
            var portal = world.hub.addSource("portal", "connections-plus");
            portal.post(
                LeadBodies.buyer("L-1", new InventedPerson("Bo", "Ek", "bo@example.org", null)));
            var bo = world.hub.story("L-1").path("contact_id").asString();
            return world.get(key, "/v1/contacts/" + bo + "/portal");
          });
      provoked.put(1110, () -> world.as(key, "POST", "/v1/contacts/" + id + "/portal", ""));
      provoked.put(1500, () -> world.get(reader, "/v1/contacts/export"));
      provoked.put(
          1516,
          () -> {
            for (int i = 0; i < 400; i++) {
              ContactsTest.make(world, key, "x".repeat(75), "x" + i + "@example.org");
            }
            // Each is right by itself, and needs the evaluator.
            var list = String.join(",", Collections.nCopies(36, "regex('x+x+x+y')"));
            var all = String.join(" Or ", Collections.nCopies(75, "DisplayName Eq " + list));
            return filtered(world, key, all);
          });
      var slow = world.key("private", b -> b.put("rate_limit", 1));
      provoked.put(
          1550,
          () -> {
            world.get(slow, "/v1/contacts").succeeded(200);
            return world.get(slow, "/v1/contacts");
          });
      provoked.put(
          1026,
          () -> {
            var search = SavedSearchesTest.search("Odd", "City Eq 'Fargo'");
            var odd =
                world.as(ruths, "POST", "/v1/savedsearches", search).result().path("Id").asString();
            sql(world, "UPDATE saved_search SET annotations = 'no JSON' WHERE id = ?", odd);
            return world.get(ruths, "/v1/savedsearches/" + odd);
          });
      provoked.put(
          1510,
          () -> {
            world.hub.hub().store().close();
            return world.as(
                key, "POST", "/v1/contacts", ContactsTest.contact("Cy", "cy@example.org"));
          });

      var mentions = Map.of(2001, "SavedSearch", 2002, "EmailLink", 2003, "SharedLink");
      mentions.forEach((code, name) ->
          provoked.put(
              code,
              () ->
                  world.as(
                      key,
                      "POST",
                      "/v1/savedsearches",
                      "{\"D\":{\"Name\":\"x\",\"Filter\":\"" + name + " Eq '1'\"}}")));
      provoked.put(2500, () -> subscribed(world, key, id, "\"QuickSearchId\":\"q1\""));
      provoked.put(
          2505,
          () -> {
            var filter = "\"Filter\":\"City Eq 'Fargo'\"";
            subscribed(world, key, id, filter).succeeded(201);
            var search = "/v1/contacts/" + id + "/newsfeeds";
            var first = world.get(key, search).result().path("Subscription").path("Id").asString();
            return subscribe(world, key, id, first);
          });

      var rows = new TreeSet<Integer>();
      var last = Objects.requireNonNull(provoked.remove(1510));
      for (var row : TABLE.lines().toList()) {
        var cells = row.split(" +", 3);
        int code = Integer.parseInt(cells[0]);
        rows.add(code);
        if (cells.length > 2) {
          assertThat(provoked).doesNotContainKey(code);
        } else if (code != 1510 && code != 1030) {
          var asked = Objects.requireNonNull(provoked.get(code), row);
          var reply = asked.get().failed(Integer.parseInt(cells[1]), code);
          assertThat(new String(reply.body(), UTF_8)).doesNotContain("Exception", "porchlight.");
          if (code == 405 || code == 1017 || code == 1018) {
            assertThat(reply.header("Allow")).isNotEmpty();
          }
          assertThat(reply.header("Retry-After").isEmpty()).isEqualTo(code != 1550);
          assertThat(reply.header("WWW-Authenticate").isEmpty()).isEqualTo(reply.status() != 401);
        }
      }
      // The end of the store is the end of this hub.
      assertThat(last.get().failed(503, 1510).header("Retry-After")).isNotEmpty();
      // What the table has, the door knows, and nothing else but what every server says.
      assertThat(rows)
          .isEqualTo(
              new TreeSet<>(
                  Arrays.stream(SparkFault.values())
                      .map(SparkFault::code)
                      .filter(c -> c != 408 && c != 413)
                      .toList()));
    }
  }

  @Test
  void plain_http_is_1030() {
    var hub = TestHub.in(folder).config(c -> c.withInsecureDevelopment(false)).start();
    try (var world = new SparkWorld(hub)) {
      world.get(world.key("private"), "/v1/contacts").failed(403, 1030);
    }
  }
}
