package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signing in and out, and who is let in.
class SignInTest {
  private static final Map<String, String> NOTHING = Map.of();

  @TempDir Path folder;

  /// Where nothing is: 404 means that the caller was let in.
  private static final String WITHIN = "/v1/nothing";

  private long commits(SparkWorld world) {
    return world
        .hub
        .hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM log").mapTo(Long.class).one());
  }

  @Test
  void a_session_is_answered_with_these_members_and_no_other() {
    try (var world = new SparkWorld(folder)) {
      var result = world.signIn(world.key("private")).succeeded(200).result();
      assertThat(result.propertyNames()).containsExactlyInAnyOrder("AuthToken", "Expires", "Roles");
      assertThat(result.path("AuthToken").asString()).matches("[0-9a-f]{32}");
      assertThat(result.path("Expires").asString()).matches("[0-9T:-]{19}Z");
      assertThat(Instant.parse(result.path("Expires").asString()))
          .isEqualTo(Instant.parse("2026-03-15T09:30:00Z"));
      assertThat(SparkWorld.words(result.path("Roles"))).containsExactly("private");
      assertThat(
              SparkWorld.words(
                  world.signIn(world.key("idx")).succeeded(200).result().path("Roles")))
          .containsExactly("idx");
    }
  }

  @Test
  void a_wrong_key_or_signature_is_1000_and_never_a_session() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var right = SparkWorld.md5(key.secret() + "ApiKey" + key.apiKey());
      for (var query :
          new String[] {
            "",
            "?ApiKey=" + key.apiKey(),
            "?ApiSig=" + right,
            "?ApiKey=nobody&ApiSig=" + right,
            "?ApiKey=" + key.apiKey() + "&ApiSig=" + right.substring(1),
            "?ApiKey=" + key.apiKey() + "&ApiSig="
          }) {
        world.send("POST", "/v1/session" + query, new byte[0], NOTHING).failed(401, 1000);
      }
      // As clients send it: no body, but a content type; parameters that nobody knows.
      world
          .send(
              "POST",
              "/v1/session?full_response=true&ApiKey=" + key.apiKey() + "&ApiSig=" + right,
              new byte[0],
              Map.of("Content-Type", "application/json", "Accept", "*/*"))
          .succeeded(200);
    }
  }

  @Test
  void the_session_itself_has_no_other_methods_for_anybody() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      for (var method : new String[] {"GET", "PUT", "DELETE", "PATCH"}) {
        var reply = world.send(method, "/v1/session", new byte[0], NOTHING).failed(405, 405);
        assertThat(reply.header("Allow")).isEqualTo("POST");
        world.as(key, method, "/v1/session", "").failed(405, 405);
      }
    }
  }

  @Test
  void a_missing_unknown_or_ended_token_is_1020_so_that_clients_sign_in() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      world.send("GET", WITHIN, new byte[0], NOTHING).failed(401, 1020);
      world.send("GET", WITHIN + "?ApiSig=abc", new byte[0], NOTHING).failed(401, 1020);
      world.signed(key, "0".repeat(32), "GET", WITHIN).failed(401, 1020);
      world.signed(key, "x", "GET", WITHIN).failed(401, 1020);
      world.signed(key, "", "GET", WITHIN).failed(401, 1020);
      var token = world.session(key);
      world.signed(key, token, "GET", WITHIN).failed(404, 404);
      assertThat(world.signed(key, token, "DELETE", "/v1/session/" + token).succeeded(200).json())
          .isEqualTo(Json.tree("{\"D\":{\"Success\":true}}"));
      world.signed(key, token, "GET", WITHIN).failed(401, 1020);
    }
  }

  @Test
  void a_wrong_signature_of_a_live_session_is_1000() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var other = world.key("private");
      var token = world.session(key);
      world.send("GET", WITHIN + "?AuthToken=" + token, new byte[0], NOTHING).failed(401, 1000);
      world
          .send("GET", WITHIN + "?AuthToken=" + token + "&ApiSig=00", new byte[0], NOTHING)
          .failed(401, 1000);
      // Signed with another key's secret.
      world.signed(other, token, "GET", WITHIN).failed(401, 1000);
      world.signed(key, token, "GET", WITHIN).failed(404, 404);
      // Another key's session is not there to end.
      var theirs = world.session(other);
      world.signed(key, token, "DELETE", "/v1/session/" + theirs).failed(404, 404);
      world.signed(other, theirs, "GET", WITHIN).failed(404, 404);
    }
  }

  @Test
  void a_new_session_ends_the_old_one() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var first = world.session(key);
      world.signed(key, first, "GET", WITHIN).failed(404, 404);
      var second = world.session(key);
      assertThat(second).isNotEqualTo(first);
      world.signed(key, first, "GET", WITHIN).failed(401, 1020);
      world.signed(key, second, "GET", WITHIN).failed(404, 404);
    }
  }

  @Test
  void a_session_lasts_an_hour_unused_and_a_day_at_most() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var token = world.session(key);
      for (int hours = 0; hours < 23; hours++) {
        world.hub.clock().advance(Duration.ofMinutes(59));
        world.signed(key, token, "GET", WITHIN).failed(404, 404);
      }
      world.hub.clock().advance(Duration.ofMinutes(59));
      world.signed(key, token, "GET", WITHIN).failed(404, 404);
      // 23 h 36 min so far.
      world.hub.clock().advance(Duration.ofMinutes(24));
      world.signed(key, token, "GET", WITHIN).failed(401, 1020);
      var idle = world.session(key);
      world.hub.clock().advance(Duration.ofMinutes(60));
      world.signed(key, idle, "GET", WITHIN).failed(401, 1020);
    }
  }

  @Test
  void a_restart_ends_no_session_and_knows_when_it_was_used() {
    var hub = TestHub.start(folder);
    try (var world = new SparkWorld(hub)) {
      var key = world.key("private");
      var token = world.session(key);
      hub.clock().advance(Duration.ofMinutes(50));
      world.signed(key, token, "GET", WITHIN).failed(404, 404);
      hub.restart();
      hub.clock().advance(Duration.ofMinutes(50));
      world.signed(key, token, "GET", WITHIN).failed(404, 404);
      world.signed(key, token, "DELETE", "/v1/session/" + token).succeeded(200);
      hub.restart();
      world.signed(key, token, "GET", WITHIN).failed(401, 1020);
    }
  }

  @Test
  void using_a_session_costs_no_line_of_the_log() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var token = world.session(key);
      var before = commits(world);
      for (int i = 0; i < 20; i++) {
        world.hub.clock().advance(Duration.ofSeconds(40));
        world.signed(key, token, "GET", WITHIN).failed(404, 404);
      }
      assertThat(commits(world)).isEqualTo(before);
    }
  }

  @Test
  void a_revoked_key_opens_nothing_in_any_way() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var token = world.session(key);
      world.get(key, WITHIN).failed(404, 404);
      assertThat(world.hub.api().delete("/spark-keys/" + key.id()).status()).isEqualTo(200);
      world.get(key, WITHIN).failed(401, 1010);
      world.signed(key, token, "GET", WITHIN).failed(401, 1010);
      world.signIn(key).failed(401, 1010);
    }
  }

  @Test
  void both_words_before_a_token_are_one_and_an_unknown_token_is_1000() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      for (var word : new String[] {"Bearer ", "OAuth ", "bearer ", "oauth  "}) {
        world
            .send("GET", WITHIN, new byte[0], Map.of("Authorization", word + key.token()))
            .failed(404, 404);
      }
      for (var token : new String[] {"nobody", key.secret(), key.apiKey(), "spa_nobody"}) {
        world.as(token, "GET", WITHIN, "").failed(401, 1000);
      }
      // No door opens with another door's key.
      assertThat(world.hub.api().withToken(key.token()).get("/leads").status()).isEqualTo(401);
      world.as(TestHub.ADMIN_TOKEN, "GET", WITHIN, "").failed(401, 1000);
    }
  }

  @Test
  void a_key_is_used_in_the_ways_that_it_has() {
    try (var world = new SparkWorld(folder)) {
      var tokenOnly = world.key("private", b -> b.putArray("ways").add("token"));
      world.get(tokenOnly, WITHIN).failed(404, 404);
      world.signIn(tokenOnly).failed(403, 1013);
      var sessionOnly = world.key("private", b -> b.putArray("ways").add("session"));
      world.get(sessionOnly, WITHIN).failed(403, 1013);
      world.signed(sessionOnly, world.session(sessionOnly), "GET", WITHIN).failed(404, 404);
    }
  }

  @Test
  void a_key_is_used_from_where_and_by_whom_it_may_be() {
    try (var world = new SparkWorld(folder)) {
      var elsewhere = world.key("private", b -> b.putArray("addresses").add("192.0.2.0/24"));
      world.get(elsewhere, WITHIN).failed(403, 1019);
      world.signIn(elsewhere).failed(403, 1019);
      var here = world.key("private", b -> b.putArray("addresses").add("127.0.0.0/8"));
      world.get(here, WITHIN).failed(404, 404);
      var named = world.key("private", b -> b.putArray("user_agents").add("Our site/"));
      world.get(named, WITHIN).failed(403, 1019);
      for (var header : new String[] {"X-SparkApi-User-Agent", "User-Agent"}) {
        world
            .send(
                "GET",
                WITHIN,
                new byte[0],
                Map.of("Authorization", "OAuth " + named.token(), header, "Our site/2.1"))
            .failed(404, 404);
      }
    }
  }

  @Test
  void ApiUser_names_whom_a_key_acts_for_where_it_may() {
    try (var world = new SparkWorld(folder)) {
      var robin = world.member("Robin");
      var ana = world.member("Ana");
      var office = world.office();
      var alone = world.key("private", b -> b.put("member", robin));
      world.get(alone, WITHIN + "?ApiUser=" + robin).failed(404, 404);
      world.get(alone, WITHIN + "?ApiUser=").failed(404, 404);
      world.get(alone, WITHIN + "?ApiUser=" + ana).failed(403, 1015);
      world.get(alone, WITHIN + "?ApiUser=20260101000000000000000000").failed(403, 1015);
      world.get(alone, WITHIN + "?ApiUser=Robin").failed(403, 1015);
      var wide = world.key("private", b -> b.put("member", robin).put("acts_within", office));
      world.get(wide, WITHIN + "?ApiUser=" + ana).failed(404, 404);
      world.get(wide, WITHIN + "?ApiUser=nobody").failed(403, 1015);
      var token = world.session(wide);
      world.signed(wide, token, "GET", WITHIN, Map.of("ApiUser", ana), "").failed(404, 404);
      world.signed(wide, token, "GET", WITHIN, Map.of("ApiUser", "x"), "").failed(403, 1015);
    }
  }

  @Test
  void over_the_rate_a_key_waits_and_other_keys_do_not() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private", b -> b.put("rate_limit", 5));
      var other = world.key("private");
      var usual = world.hub.api().read("/spark-keys/" + other.id());
      assertThat(usual.path("rate_limit").intValue()).isEqualTo(1500);
      for (int i = 0; i < 5; i++) {
        world.get(key, WITHIN).failed(404, 404);
        world.hub.clock().advance(Duration.ofSeconds(10));
      }
      var refused = world.get(key, WITHIN).failed(429, 1550);
      // The first of the five was 50 seconds ago.
      assertThat(refused.header("Retry-After")).isEqualTo("250");
      world.get(other, WITHIN).failed(404, 404);
      // What is refused is not counted.
      world.hub.clock().advance(Duration.ofSeconds(249));
      world.get(key, WITHIN).failed(429, 1550);
      world.hub.clock().advance(Duration.ofSeconds(1));
      world.get(key, WITHIN).failed(404, 404);
      world.get(key, WITHIN).failed(429, 1550);
      // Who does not prove that the key is theirs uses nothing of it up.
      for (int i = 0; i < 10; i++) {
        world
            .send("POST", "/v1/session?ApiSig=x&ApiKey=" + other.apiKey(), new byte[0], NOTHING)
            .failed(401, 1000);
      }
      world.get(other, WITHIN).failed(404, 404);
    }
  }

  @Test
  void a_post_may_stand_for_a_get_with_its_form_as_parameters() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private", b -> b.put("member", world.member("Robin")));
      var form =
          Map.of(
              "X-HTTP-Method-Override", "GET", "Content-Type", "application/x-www-form-urlencoded");
      var token = world.session(key);
      // Ruby: the credentials in the query, what is asked in the form, which is signed as a body.
      var body = "_filter=DisplayName+Eq+%27Ned*%27&_limit=5";
      var begin = key.secret() + "ApiKey" + key.apiKey() + "ServicePath" + WITHIN;
      for (var signature :
          new String[] {
            SparkWorld.md5(begin + "AuthToken" + token + body),
            SparkWorld.md5(begin + "AuthToken" + token + "_filterDisplayName Eq 'Ned*'_limit5")
          }) {
        world
            .send(
                "POST",
                WITHIN + "?AuthToken=" + token + "&ApiSig=" + signature,
                body.getBytes(UTF_8),
                form)
            .failed(404, 404);
      }
      world
          .send("POST", WITHIN + "?AuthToken=" + token + "&ApiSig=00", body.getBytes(UTF_8), form)
          .failed(401, 1000);
      // What the form says counts.
      world
          .send(
              "POST",
              WITHIN,
              "ApiUser=nobody".getBytes(UTF_8),
              Map.of(
                  "X-HTTP-Method-Override",
                  "GET",
                  "Content-Type",
                  "application/x-www-form-urlencoded",
                  "Authorization",
                  "OAuth " + key.token()))
          .failed(403, 1015);
      world
          .send(
              "POST",
              WITHIN,
              "{}".getBytes(UTF_8),
              Map.of(
                  "X-HTTP-Method-Override",
                  "GET",
                  "Content-Type",
                  "application/json",
                  "Authorization",
                  "OAuth " + key.token()))
          .failed(400, 1035);
    }
  }

  @Test
  void a_key_without_its_secret_or_its_member_says_so() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      world
          .hub
          .hub()
          .store()
          .write(
              dev.porchlight.store.WorkQueue.EDITS,
              batch -> {
                batch.sql().execute("DELETE FROM secret WHERE owner = ?", "spark-key " + key.id());
                return true;
              });
      world.signIn(key).failed(500, 1005);
    }
  }

  @Test
  void plain_http_opens_no_session_and_takes_no_bearer_token_without_leave() {
    try (var world =
        new SparkWorld(TestHub.in(folder).config(c -> c.withInsecureDevelopment(false)).start())) {
      var key = world.key("private");
      // On loopback too: what holds there has to hold in the open.
      world.signIn(key).failed(403, 1030);
      world.get(key, WITHIN).failed(403, 1030);
      world.as("nobody", "GET", WITHIN, "").failed(403, 1030);
      world.send("POST", "/v1/oauth2/grant", "{}".getBytes(UTF_8), NOTHING).failed(403, 1030);
      assertThat(world.send("GET", "/oauth2", new byte[0], NOTHING).status()).isEqualTo(403);
      // Signed requests may come in clear: 1020, as there is no session.
      world.send("GET", WITHIN, new byte[0], NOTHING).failed(401, 1020);
    }
  }

  @Test
  void a_proxy_that_speaks_tls_is_believed_when_it_is_trusted() {
    try (var world =
        new SparkWorld(
            TestHub.in(folder)
                .config(c ->
                    c.withInsecureDevelopment(false)
                        .withTrustedProxies(
                            java.util.List.of(dev.porchlight.net.Cidr.parse("127.0.0.0/8"))))
                .start())) {
      var key = world.key("private");
      world.signIn(key).succeeded(200);
      world
          .send(
              "GET",
              WITHIN,
              new byte[0],
              Map.of("Authorization", "OAuth " + key.token(), "X-Forwarded-Proto", "https"))
          .failed(404, 404);
      world
          .send(
              "GET",
              WITHIN,
              new byte[0],
              Map.of("Authorization", "OAuth " + key.token(), "X-Forwarded-Proto", "http"))
          .failed(403, 1030);
    }
  }
}
