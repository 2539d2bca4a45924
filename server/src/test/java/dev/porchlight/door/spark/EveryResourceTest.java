package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is wrong wherever it comes: each resource of the table in [ContactRolesTest] in turn. What
/// is wrong with contacts alone is in [ContactErrorsTest].
class EveryResourceTest {
  private static final Set<Integer> OF_A_BODY = Set.of(1035, 1050, 1053);

  private static final List<String> WRONG_BODIES =
      List.of(
          "no JSON",
          "{\"D\":{",
          "{\"D\":{}} {}",
          "[]",
          "[{\"D\":{}}]",
          "\"text\"",
          "7",
          "null",
          "{}",
          "{\"d\":{}}",
          "{\"Name\":\"x\"}",
          "{\"D\":[]}",
          "{\"D\":\"x\"}",
          "{\"D\":null}",
          "{\"D\":{\"Name\":\"a\",\"Name\":\"b\"}}",
          "{\"D\":".repeat(2_000),
          "[".repeat(20_000),
          "{\"D\":{\"Name\":\"\u00e9\"}}");

  /// Ids that name nothing, and may not be mistaken for anything.
  private static final List<String> NOBODY =
      List.of(
          "0",
          "x",
          "-1",
          "20200101000000000000000000",
          "%2B",
          "%20",
          "%F0%9F%98%80",
          "%27%20OR%20%271%27%3D%271",
          "null",
          "9".repeat(27),
          "9".repeat(5_000));

  @TempDir Path folder;

  private static long lines(SparkWorld world) {
    return world
        .hub
        .hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM log").mapTo(Long.class).one());
  }

  private static SparkWorld.Reply send(
      SparkWorld world, SparkWorld.Key key, String method, String path, byte[] body, String type) {
    return world.send(
        method, path, body, Map.of("Authorization", "OAuth " + key.token(), "Content-Type", type));
  }

  private static void clear(SparkWorld.Reply reply) {
    assertThat(new String(reply.body(), UTF_8))
        .doesNotContain("Exception", "porchlight.", "jackson", "sql");
  }

  @Test
  void no_resource_takes_a_body_that_is_none_and_nothing_is_written() {
    try (var cast = new ContactRolesTest.Cast(new SparkWorld(folder))) {
      var world = cast.world;
      // These two say all with their address.
      var bodiless = List.of("/v1/savedsearches/{}/contacts/{}", "/v1/consumers/{}/agents/{}");
      for (var line : ContactRolesTest.Line.all()) {
        boolean writes = line.method().equals("POST") || line.method().equals("PUT");
        if (!writes || bodiless.contains(line.resource())) {
          continue;
        }
        for (var role : List.of("vow", "private")) {
          if (!line.cells().get(ContactRolesTest.ROLES.indexOf(role)).startsWith("20")) {
            continue;
          }
          if (line.path().startsWith("/v1/portal") && line.method().equals("PUT")) {
            world.as(cast.agent, "POST", "/v1/portal", "{\"D\":{\"DisplayName\":\"P\"}}");
          }
          var key = cast.key(role);
          var path = cast.path(line, role);
          var before = lines(world);
          for (var wrong : WRONG_BODIES) {
            // The last one is not UTF-8.
            var bytes = wrong.getBytes(wrong.contains("\u00e9") ? ISO_8859_1 : UTF_8);
            var reply = send(world, key, line.method(), path, bytes, "application/json");
            var what = line + " as " + role + ": " + wrong.lines().findFirst().orElse("");
            assertThat(reply.status()).as(what + " " + reply).isEqualTo(400);
            assertThat(reply.d().path("Code").intValue()).as(what).isIn(OF_A_BODY);
            clear(reply);
          }
          for (var type : List.of("text/plain", "application/x-www-form-urlencoded")) {
            send(world, key, line.method(), path, "{\"D\":{\"Name\":\"x\"}}".getBytes(UTF_8), type)
                .failed(400, 1035);
          }
          assertThat(lines(world)).as("%s as %s", line, role).isEqualTo(before);
        }
      }
    }
  }

  @Test
  void an_id_of_any_length_that_names_nothing_is_404_everywhere() {
    try (var cast = new ContactRolesTest.Cast(new SparkWorld(folder))) {
      var world = cast.world;
      for (var line : ContactRolesTest.Line.all()) {
        if (!line.path().contains("{")) {
          continue;
        }
        for (var role : List.of("vow", "private")) {
          var cell = line.cells().get(ContactRolesTest.ROLES.indexOf(role));
          // Right, so that the id alone is wrong.
          var body = cast.body(line, role);
          var before = lines(world);
          for (var id : NOBODY) {
            var path = line.resource().replace("{}", id);
            var reply = world.as(cast.key(role), line.method(), path, body);
            var what = line + " as " + role + " " + id + ": " + reply;
            if (cell.startsWith("403") || cell.startsWith("405")) {
              assertThat(reply.status()).as(what).isEqualTo(Integer.parseInt(cell.substring(0, 3)));
            } else if (line.path().contains("/for/") && reply.status() == 400) {
              // A list of ids of listings, each of which has a form.
              reply.failed(400, 1053);
            } else if (line.path().contains("/tags/") || line.path().contains("/for/")) {
              // A word that nothing has: a list of nothing.
              assertThat(reply.succeeded(200).d().path("Results")).as(what).isEmpty();
            } else {
              assertThat(reply.status()).as(what).isEqualTo(404);
              assertThat(reply.d().path("Code").intValue()).as(what).isEqualTo(404);
            }
            clear(reply);
          }
          assertThat(lines(world)).as("%s as %s", line, role).isEqualTo(before);
        }
      }
    }
  }
}
