package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// OAuth 2: the consent page, and the grant.
class GrantTest {
  static final String BACK = "https://app.example.org/back?from=hub";
  private static final String WITHIN = "/v1/nothing";

  @TempDir Path folder;

  /// A world with one agent who has a password, and a client.
  static final class Agents implements AutoCloseable {
    final SparkWorld world;
    final String robin;
    final SparkWorld.Key key;

    Agents(Path folder) {
      this(new SparkWorld(folder));
    }

    Agents(SparkWorld newWorld) {
      world = newWorld;
      robin =
          world
              .hub
              .api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "Robin")
                      .put("email", "robin@example.org")
                      .put("parent", world.office()))
              .path("id")
              .asString();
      world
          .hub
          .api()
          .make("/nodes/" + robin + "/password", Json.object().put("password", "correct horse ö"));
      key = world.key("private", b -> b.putArray("redirect_uris").add(BACK));
    }

    @Override
    public void close() {
      world.close();
    }

    String question(String more) {
      return "/oauth2?response_type=code&client_id="
          + key.apiKey()
          + "&redirect_uri="
          + SparkWorld.encode(BACK)
          + more;
    }

    /// Shows the page and fills it in, as a browser would.
    SparkWorld.Reply decide(String question, String name, String password, String answer) {
      var page = world.send("GET", question, new byte[0], Map.of());
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      return post(page, Map.of("username", name, "password", password, "answer", answer));
    }

    SparkWorld.Reply post(SparkWorld.Reply page, Map<String, String> filled) {
      var cookie = page.header("Set-Cookie").split(";")[0];
      return post(page, filled, Map.of("Cookie", cookie));
    }

    SparkWorld.Reply post(
        SparkWorld.Reply page, Map<String, String> filled, Map<String, String> headers) {
      var form = new ArrayList<String>();
      var hidden =
          Pattern.compile("<input type=\"hidden\" name=\"([a-z_]+)\" value=\"([^\"]*)\">")
              .matcher(new String(page.body(), UTF_8));
      while (hidden.find()) {
        form.add(hidden.group(1) + "=" + SparkWorld.encode(unescaped(hidden.group(2))));
      }
      filled.forEach((n, v) -> form.add(n + "=" + SparkWorld.encode(v)));
      var all = new java.util.TreeMap<>(headers);
      all.put("Content-Type", "application/x-www-form-urlencoded");
      return world.send("POST", "/oauth2", String.join("&", form).getBytes(UTF_8), all);
    }

    private static String unescaped(String html) {
      return html.replace("&#34;", "\"")
          .replace("&#39;", "'")
          .replace("&lt;", "<")
          .replace("&gt;", ">")
          .replace("&amp;", "&");
    }

    String code() {
      var reply = decide(question(""), "robin@example.org", "correct horse ö", "allow");
      assertThat(reply.status()).as(reply.toString()).isEqualTo(303);
      return value(reply, "code");
    }

    /// The value of a parameter where the reply leads to; empty when there is none.
    static String value(SparkWorld.Reply reply, String name) {
      var found = new java.util.TreeMap<String, String>();
      for (var pair : URI.create(reply.header("Location")).getRawQuery().split("&")) {
        var at = pair.indexOf('=');
        found.put(pair.substring(0, at), java.net.URLDecoder.decode(pair.substring(at + 1), UTF_8));
      }
      return found.getOrDefault(name, "");
    }

    ObjectNode client(String type) {
      return Json.object()
          .put("client_id", key.apiKey())
          .put("client_secret", key.secret())
          .put("grant_type", type);
    }

    SparkWorld.Reply grant(JsonNode body) {
      return world.send(
          "POST",
          "/v1/oauth2/grant",
          body.toString().getBytes(UTF_8),
          Map.of("Content-Type", "application/json"));
    }

    SparkWorld.Reply exchange(String code) {
      return grant(client("authorization_code").put("code", code).put("redirect_uri", BACK));
    }

    void refused(SparkWorld.Reply reply, String error) {
      assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
      assertThat(reply.json().propertyNames())
          .containsExactlyInAnyOrder("error", "error_description");
      assertThat(reply.json().path("error").asString()).isEqualTo(error);
      assertThat(reply.json().path("error_description").asString()).isNotBlank();
    }
  }

  private static JsonNode granted(SparkWorld.Reply reply) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.json().propertyNames())
        .containsExactlyInAnyOrder("access_token", "refresh_token", "expires_in");
    assertThat(reply.json().path("expires_in").isInt()).isTrue();
    assertThat(reply.json().path("expires_in").intValue()).isEqualTo(86_400);
    assertThat(reply.header("Cache-Control")).contains("no-store");
    return reply.json();
  }

  @Test
  void from_the_page_to_a_token_that_acts_for_the_agent() {
    try (var agents = new Agents(folder)) {
      var world = agents.world;
      var page =
          world.send("GET", agents.question("&state=a%26b%3D%22%3Cc"), new byte[0], Map.of());
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("Content-Type")).startsWith("text/html");
      assertThat(page.header("Content-Security-Policy"))
          .contains("default-src 'none'")
          .contains("frame-ancestors 'none'")
          .contains("form-action 'self' https://app.example.org");
      assertThat(new String(page.body(), UTF_8)).doesNotContain("<script", "<c");
      var back =
          agents.post(
              page,
              Map.of(
                  "username", "Robin@Example.org",
                  "password", "correct horse ö",
                  "answer", "allow"));
      assertThat(back.status()).as(back.toString()).isEqualTo(303);
      assertThat(back.header("Location")).startsWith(BACK + "&code=");
      assertThat(Agents.value(back, "state")).isEqualTo("a&b=\"<c");
      var tokens = granted(agents.exchange(Agents.value(back, "code")));
      world.as(tokens.path("access_token").asString(), "GET", WITHIN, "").failed(404, 404);
      // For that agent, and nobody else.
      world
          .as(
              tokens.path("access_token").asString(),
              "GET",
              WITHIN + "?ApiUser=" + agents.robin,
              "")
          .failed(404, 404);
      world
          .as(
              tokens.path("access_token").asString(),
              "GET",
              WITHIN + "?ApiUser=" + world.member("Ana"),
              "")
          .failed(403, 1015);
      // The refresh token is none to ask with, and the other way round.
      world.as(tokens.path("refresh_token").asString(), "GET", WITHIN, "").failed(401, 1000);
      agents.refused(
          agents.grant(
              agents
                  .client("refresh_token")
                  .put("refresh_token", tokens.path("access_token").asString())),
          "invalid_grant");
    }
  }

  @Test
  void a_token_expires_and_is_refreshed() {
    try (var agents = new Agents(folder)) {
      var world = agents.world;
      var tokens = granted(agents.exchange(agents.code()));
      var access = tokens.path("access_token").asString();
      world.hub.clock().advance(Duration.ofSeconds(86_399));
      world.as(access, "GET", WITHIN, "").failed(404, 404);
      world.hub.clock().advance(Duration.ofSeconds(1));
      world.as(access, "GET", WITHIN, "").failed(401, 1020);
      world.hub.restart();
      world.as(access, "GET", WITHIN, "").failed(401, 1020);
      var refresh = agents.client("refresh_token");
      refresh.put("refresh_token", tokens.path("refresh_token").asString());
      for (var body : List.of(refresh, refresh.deepCopy().put("redirect_uri", BACK))) {
        var again = granted(agents.grant(body));
        assertThat(again.path("access_token").asString()).isNotEqualTo(access);
        world.as(again.path("access_token").asString(), "GET", WITHIN, "").failed(404, 404);
        assertThat(again.path("refresh_token")).isEqualTo(tokens.path("refresh_token"));
      }
      // Another client can do nothing with it.
      var other = world.key("private");
      agents.refused(
          agents.grant(
              refresh
                  .deepCopy()
                  .put("client_id", other.apiKey())
                  .put("client_secret", other.secret())),
          "invalid_grant");
      // A revoked key ends it all.
      world.hub.api().delete("/spark-keys/" + agents.key.id());
      agents.refused(agents.grant(refresh), "invalid_client");
    }
  }

  @Test
  void a_grant_that_nobody_uses_for_a_year_is_removed() {
    try (var agents = new Agents(folder)) {
      var hub = agents.world.hub;
      var kept = granted(agents.exchange(agents.code()));
      var unused = granted(agents.exchange(agents.code()));
      hub.clock().advance(Duration.ofDays(364));
      granted(agents.grant(refresh(agents, kept)));
      hub.clock().advance(Duration.ofDays(2));
      hub.hub().wake();
      // No line of the log tells of it.
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .until(() ->
              hub.hub()
                      .store()
                      .read(h ->
                          h.createQuery("SELECT COUNT(*) FROM spark_grant")
                              .mapTo(Integer.class)
                              .one())
                  == 1);
      agents.refused(agents.grant(refresh(agents, unused)), "invalid_grant");
      granted(agents.grant(refresh(agents, kept)));
    }
  }

  private static ObjectNode refresh(Agents agents, JsonNode tokens) {
    return agents
        .client("refresh_token")
        .put("refresh_token", tokens.path("refresh_token").asString());
  }

  @Test
  void a_code_that_comes_twice_ends_all_that_it_gave() {
    try (var agents = new Agents(folder)) {
      var code = agents.code();
      var tokens = granted(agents.exchange(code));
      var access = tokens.path("access_token").asString();
      agents.world.as(access, "GET", WITHIN, "").failed(404, 404);
      agents.refused(agents.exchange(code), "invalid_grant");
      agents.world.as(access, "GET", WITHIN, "").failed(401, 1000);
      agents.refused(
          agents.grant(
              agents
                  .client("refresh_token")
                  .put("refresh_token", tokens.path("refresh_token").asString())),
          "invalid_grant");
    }
  }

  @Test
  void a_code_that_is_brought_twice_at_once_leaves_nothing_open() throws Exception {
    try (var agents = new Agents(folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var code = agents.code();
      var both = new ArrayList<Future<SparkWorld.Reply>>();
      for (int i = 0; i < 8; i++) {
        both.add(threads.submit(() -> agents.exchange(code)));
      }
      var fine = new ArrayList<JsonNode>();
      for (var one : both) {
        if (one.get().status() == 200) {
          fine.add(granted(one.get()));
        }
      }
      assertThat(fine).hasSize(1);
      agents
          .world
          .as(fine.getFirst().path("access_token").asString(), "GET", WITHIN, "")
          .failed(401, 1000);
    }
  }

  @Test
  void a_code_is_for_one_client_one_address_and_five_minutes() {
    try (var agents = new Agents(folder)) {
      var other = agents.world.key("private", b -> b.putArray("redirect_uris").add(BACK));
      var code = agents.code();
      var body = agents.client("authorization_code").put("code", code).put("redirect_uri", BACK);
      agents.refused(
          agents.grant(
              body.deepCopy()
                  .put("client_id", other.apiKey())
                  .put("client_secret", other.secret())),
          "invalid_grant");
      agents.refused(
          agents.grant(body.deepCopy().put("redirect_uri", "https://app.example.org/back")),
          "invalid_grant");
      agents.refused(agents.grant(body.deepCopy().put("code", "spc_x")), "invalid_grant");
      agents.refused(agents.grant(body.deepCopy().put("code", "")), "invalid_request");
      granted(agents.grant(body));
      var late = agents.code();
      agents.world.hub.clock().advance(Duration.ofMinutes(5));
      agents.refused(agents.exchange(late), "invalid_grant");
    }
  }

  @Test
  void what_is_no_grant_is_refused_in_oauths_words() {
    try (var agents = new Agents(folder)) {
      var world = agents.world;
      agents.refused(agents.grant(Json.object()), "invalid_request");
      agents.refused(agents.grant(agents.client("magic")), "unsupported_grant_type");
      agents.refused(agents.grant(agents.client("refresh_token")), "invalid_request");
      agents.refused(
          agents.grant(agents.client("refresh_token").put("client_secret", "x")), "invalid_client");
      agents.refused(
          agents.grant(agents.client("refresh_token").put("client_id", "x")), "invalid_client");
      for (var body : new String[] {"", "[]", "\"x\"", "{", "{\"client_id\": 1}", "\u00ff"}) {
        agents.refused(
            world.send("POST", "/v1/oauth2/grant", body.getBytes(UTF_8), Map.of()),
            "invalid_request");
      }
      var closed = world.key("private", b -> b.putArray("ways").add("token"));
      agents.refused(
          agents.grant(
              agents
                  .client("refresh_token")
                  .put("client_id", closed.apiKey())
                  .put("client_secret", closed.secret())),
          "unauthorized_client");
      world.send("GET", "/v1/oauth2/grant", new byte[0], Map.of()).failed(405, 405);
    }
  }

  @Test
  void a_name_and_a_password_are_a_grant_too() {
    try (var agents = new Agents(folder)) {
      var body = agents.client("password").put("username", "robin@example.org");
      var tokens = granted(agents.grant(body.deepCopy().put("password", "correct horse ö")));
      agents
          .world
          .as(
              tokens.path("access_token").asString(),
              "GET",
              WITHIN + "?ApiUser=" + agents.robin,
              "")
          .failed(404, 404);
      // Typed with a combining mark it is the same text.
      granted(agents.grant(body.deepCopy().put("password", "correct horse o\u0308")));
      granted(
          agents.grant(
              body.deepCopy().put("username", agents.robin).put("password", "correct horse ö")));
      agents.refused(agents.grant(body.deepCopy().put("password", "wrong")), "invalid_grant");
      agents.refused(
          agents.grant(body.deepCopy().put("password", "p".repeat(10_000))), "invalid_grant");
      agents.refused(
          agents.grant(body.deepCopy().put("username", "nobody").put("password", "x")),
          "invalid_grant");
      // No consumer signs in with an agent's password.
      var vow = agents.world.key("vow");
      agents.refused(
          agents.grant(
              body.deepCopy()
                  .put("client_id", vow.apiKey())
                  .put("client_secret", vow.secret())
                  .put("password", "correct horse ö")),
          "invalid_grant");
    }
  }

  @Test
  void an_office_may_have_the_address_of_the_agent_who_signs_in_with_it() {
    try (var agents = new Agents(folder)) {
      var world = agents.world;
      var company = ContactsTest.idOf(world.hub.items("/nodes?limit=200"), "company");
      world
          .hub
          .api()
          .make(
              "/nodes",
              Json.object()
                  .put("kind", "office")
                  .put("name", "Robin's office")
                  .put("email", "Robin@example.org")
                  .put("parent", company));
      assertThat(agents.code()).isNotEmpty();
    }
  }

  @Test
  void who_tries_passwords_soon_waits_even_with_the_right_one() {
    try (var agents = new Agents(folder)) {
      var body = agents.client("password").put("username", "robin@example.org");
      for (int i = 0; i < 10; i++) {
        agents.refused(
            agents.grant(body.deepCopy().put("password", "wrong " + i)), "invalid_grant");
      }
      var right = body.deepCopy().put("password", "correct horse ö");
      agents.refused(agents.grant(right), "invalid_grant");
      var page =
          agents.decide(agents.question(""), "ROBIN@example.org ", "correct horse ö", "allow");
      assertThat(page.status()).isEqualTo(403);
      assertThat(page.toString()).contains("Too many tries");
      agents.world.hub.clock().advance(Duration.ofMinutes(5));
      granted(agents.grant(right));
    }
  }

  @Test
  void nobody_is_sent_to_an_address_that_is_not_on_record() {
    try (var agents = new Agents(folder)) {
      var key = agents.key.apiKey();
      for (var question :
          List.of(
              "/oauth2",
              "/oauth2?response_type=code&client_id=" + key,
              "/oauth2?response_type=code&client_id=nobody&redirect_uri=" + SparkWorld.encode(BACK),
              "/oauth2?response_type=code&client_id=" + key + "&redirect_uri=https://evil.example",
              "/oauth2?response_type=code&client_id="
                  + key
                  + "&redirect_uri="
                  + SparkWorld.encode(BACK + "&x=1"),
              "/oauth2?response_type=code&client_id="
                  + key
                  + "&redirect_uri="
                  + SparkWorld.encode(BACK)
                  + "&redirect_uri=https://evil.example",
              "/oauth2?response_type=code&redirect_uri=javascript:alert(1)&client_id=" + key)) {
        var page = agents.world.send("GET", question, new byte[0], Map.of());
        assertThat(page.status()).as(question).isEqualTo(400);
        assertThat(page.header("Location")).isEmpty();
        assertThat(page.toString()).doesNotContain("evil.example", "javascript:");
      }
      var denied = agents.decide(agents.question("&state=7"), "", "", "deny");
      assertThat(denied.header("Location")).isEqualTo(BACK + "&error=access_denied&state=7");
      var other =
          agents.world.send(
              "GET",
              agents.question("&state=7").replace("response_type=code", "response_type=token"),
              new byte[0],
              Map.of());
      assertThat(other.header("Location"))
          .isEqualTo(BACK + "&error=unsupported_response_type&state=7");
    }
  }

  @Test
  void what_anybody_wrote_is_text_on_the_page_and_nothing_else() {
    try (var agents = new Agents(folder)) {
      var world = agents.world;
      var hostile = PortalPageTest.HOSTILE;
      var key =
          world.key("private", b -> b.put("name", hostile).putArray("redirect_uris").add(BACK));
      var typed = SparkWorld.encode(hostile);
      var asked =
          "?response_type=code&scope=openid&client_id="
              + key.apiKey()
              + "&redirect_uri="
              + SparkWorld.encode(BACK)
              + "&state="
              + typed
              + "&nonce="
              + typed;
      for (var path : List.of("/oauth2", "/openid/authorize")) {
        var page = world.send("GET", path + asked, new byte[0], Map.of());
        assertThat(page.status()).as(page.toString()).isEqualTo(200);
        assertThat(PortalPageTest.onlyOurs(page))
            .contains(hostile, "name=\"state\" value=\"" + hostile);
        for (var headers :
            List.of(
                Map.of("Cookie", page.header("Set-Cookie").split(";")[0]),
                Map.of("Cookie", "a=b"))) {
          var again =
              agents.post(
                  page, Map.of("username", hostile, "password", "x", "answer", hostile), headers);
          assertThat(again.status()).isEqualTo(403);
          assertThat(PortalPageTest.onlyOurs(again)).contains(hostile, "role=\"alert\"");
        }
        for (var wrong :
            List.of(
                path + asked.replace(key.apiKey(), typed),
                path + asked.replace(SparkWorld.encode(BACK), typed))) {
          var note = world.send("GET", wrong, new byte[0], Map.of());
          assertThat(note.status()).isEqualTo(400);
          assertThat(PortalPageTest.onlyOurs(note)).doesNotContain("alert");
        }
      }
    }
  }

  @Test
  void a_form_from_elsewhere_counts_for_nothing() {
    try (var agents = new Agents(folder)) {
      var right =
          Map.of("username", "robin@example.org", "password", "correct horse ö", "answer", "allow");
      var page = agents.world.send("GET", agents.question(""), new byte[0], Map.of());
      var cookie = page.header("Set-Cookie").split(";")[0];
      assertThat(page.header("Set-Cookie")).contains("HttpOnly", "SameSite=Strict");
      for (var headers :
          List.<Map<String, String>>of(
              Map.of(),
              Map.of("Cookie", "porchlight_consent=other"),
              Map.of("Cookie", "porchlight_consent="),
              Map.of("Cookie", cookie, "Origin", "https://evil.example"),
              Map.of("Cookie", cookie, "Sec-Fetch-Site", "cross-site"))) {
        var reply = agents.post(page, right, headers);
        assertThat(reply.status()).as(headers.toString()).isEqualTo(403);
        assertThat(reply.header("Location")).isEmpty();
      }
      var origin = agents.world.hub.address().toString();
      assertThat(
              agents
                  .post(
                      page,
                      right,
                      Map.of(
                          "Cookie",
                          "a=b; " + cookie,
                          "Origin",
                          origin,
                          "Sec-Fetch-Site",
                          "same-origin"))
                  .status())
          .isEqualTo(303);
      var wrong = agents.decide(agents.question(""), "robin@example.org", "wrong", "allow");
      assertThat(wrong.status()).isEqualTo(403);
      assertThat(wrong.toString()).doesNotContain("wrong\"").contains("robin@example.org");
    }
  }

  @Test
  void passwords_and_tokens_are_not_in_the_store() {
    try (var agents = new Agents(folder)) {
      var code = agents.code();
      var tokens = granted(agents.exchange(code));
      var text = new StringBuilder();
      agents
          .world
          .hub
          .hub()
          .store()
          .read(h -> {
            for (var table :
                List.of(
                    "spark_grant",
                    "spark_access",
                    "spark_session",
                    "member_password",
                    "log",
                    "setting",
                    "credential")) {
              h.createQuery("SELECT * FROM " + table).mapToMap().forEach(text::append);
            }
            return true;
          });
      assertThat(text.toString())
          .contains("$argon2id$v=19$m=19456,t=2,p=1$")
          .doesNotContain(
              "correct horse",
              code,
              tokens.path("access_token").asString(),
              tokens.path("refresh_token").asString(),
              agents.key.secret(),
              agents.key.token());
    }
  }
}
