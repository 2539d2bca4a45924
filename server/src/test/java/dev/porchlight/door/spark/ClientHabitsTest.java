package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The habits of the published clients in signing in, as the contract tells them.
class ClientHabitsTest {
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final String WITHIN = "/v1/nothing";

  @TempDir Path folder;

  /// The session as SparkJava binds it: another member is a failure.
  private record Session(String AuthToken, String Expires, String[] Roles) {}

  /// The grant as SparkJava binds it.
  private record Grant(String access_token, String refresh_token, long expires_in) {}

  /// Signs as SparkJava does: the values form-encoded as they are sent.
  private static SparkWorld.Reply java(
      SparkWorld world, SparkWorld.Key key, String token, Map<String, String> parameters) {
    var sent = new TreeMap<String, String>();
    parameters.forEach((n, v) -> sent.put(n, SparkWorld.encode(v)));
    sent.put("AuthToken", token);
    var signed = new StringBuilder();
    var query = new StringBuilder();
    sent.forEach((n, v) -> {
      signed.append(n).append(v);
      query.append(n).append('=').append(v).append('&');
    });
    var signature =
        SparkWorld.md5(key.secret() + "ApiKey" + key.apiKey() + "ServicePath" + WITHIN + signed);
    return world.send("GET", WITHIN + "?" + query + "ApiSig=" + signature, new byte[0], Map.of());
  }

  private static int code(SparkWorld.Reply reply) {
    return reply.d().path("Code").intValue();
  }

  @Test
  void ruby_signs_in_again_once_on_1020_and_repeats_the_call() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var token = world.session(key);
      world.hub.clock().advance(Duration.ofMinutes(61));
      // It leaks an option of its own into the query, and signs it.
      var parameters = Map.of("full_response", "true", "_orderby", "+Name");
      var first = world.signed(key, token, "GET", WITHIN, parameters, "");
      first.failed(401, 1020);
      assertThat(first.header("X-Request-Id")).isNotEmpty();
      token = world.session(key);
      world.signed(key, token, "GET", WITHIN, parameters, "").failed(404, 404);
      world.signed(key, token, "DELETE", "/v1/session/" + token).succeeded(200);
    }
  }

  @Test
  void php_asks_before_it_has_signed_in_and_goes_by_the_error() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var signature =
          SparkWorld.md5(
              key.secret() + "ApiKey" + key.apiKey() + "ServicePath" + WITHIN + "_limit5");
      var first =
          world.send(
              "GET",
              WITHIN + "?_limit=5&ApiSig=" + signature,
              new byte[0],
              Map.of("Accept", "*/*", "Content-Type", "application/json"));
      assertThat(code(first)).isIn(1020, 1000);
      var token = world.session(key);
      world.signed(key, token, "GET", WITHIN, Map.of("_limit", "5"), "").failed(404, 404);
    }
  }

  @Test
  void java_repeats_the_old_address_after_signing_in_and_the_next_call_works() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var filter = Map.of("_filter", "DisplayName Eq 'Ned*' And Tags Eq 'é'", "_limit", "5");
      var old = "0".repeat(32);
      assertThat(code(java(world, key, old, filter))).isEqualTo(1020);
      var body = world.signIn(key).succeeded(200).result().toString();
      var session = STRICT.readValue(body, Session.class);
      assertThat(code(java(world, key, old, filter))).isEqualTo(1020);
      assertThat(code(java(world, key, session.AuthToken(), filter))).isEqualTo(404);
    }
  }

  @Test
  void wordpress_brings_a_lead_once_and_a_message_each_time() {
    try (var world = new SparkWorld(folder)) {
      var site = world.key("idx");
      var token = world.session(site);
      var search = Map.of("_select", "Id", "_filter", "PrimaryEmail Eq 'ana@example.org'");
      for (int visit = 1; visit <= 2; visit++) {
        // Each visit begins when the session of the last one is over.
        world.hub.clock().advance(Duration.ofHours(2));
        world.signed(site, token, "GET", "/v1/contacts", search, "").failed(401, 1020);
        token = world.session(site);
        var found =
            world
                .signed(site, token, "GET", "/v1/contacts", search, "")
                .succeeded(200)
                .d()
                .path("Results");
        String contact;
        if (visit == 1) {
          assertThat(found).isEmpty();
          contact =
              world
                  .signed(
                      site,
                      token,
                      "POST",
                      "/v1/contacts",
                      Map.of(),
                      """
                      {"D":{"Contacts":[{"DisplayName":"Ana Lopez","GivenName":"Ana",\
                      "PrimaryEmail":"ana@example.org","PrimaryPhoneNumber":"804 477 7777",\
                      "Tags":["IDX Lead"],"SourceURL":"https://agent.example.com/homes"}],\
                      "Notify":true}}\
                      """)
                  .succeeded(201)
                  .result()
                  .path("Id")
                  .asString();
        } else {
          assertThat(found).hasSize(1);
          contact = found.get(0).path("Id").asString();
        }
        var me = world.signed(site, token, "GET", "/v1/my/account").succeeded(200).result();
        var message =
            """
            {"D":{"Messages":{"Type":"General","Subject":"A question","Body":"Visit %d",\
            "Recipients":["%s"],"SenderId":"%s"}}}\
            """
                .formatted(visit, me.path("Id").asString(), contact);
        world
            .signed(site, token, "POST", "/v1/messages", Map.of(), message)
            .succeeded(201)
            .result();
      }
      // The agent has one contact, was told of it once, and has both messages, from that contact.
      var agent = world.key("private");
      var contact = world.get(agent, "/v1/contacts").result();
      assertThat(contact.path("DisplayName").asString()).isEqualTo("Ana Lopez");
      var inbox = world.get(agent, "/v1/messages").succeeded(200).d().path("Results");
      assertThat(inbox.valueStream().map(m -> m.path("Body").asString()))
          .containsExactly("Visit 2", "Visit 1", "A new lead came in: Ana Lopez.");
      assertThat(inbox.valueStream().map(m -> m.path("SenderId").asString()))
          .containsOnly(contact.path("Id").asString());
    }
  }

  @Test
  void java_binds_the_grant_strictly() {
    try (var world = new SparkWorld(folder)) {
      var member = world.member("Robin");
      world
          .hub
          .api()
          .make(
              "/nodes/" + member + "/password",
              dev.porchlight.value.Json.object().put("password", "ten letters"));
      var key = world.key("private");
      var body =
          dev.porchlight.value.Json.object()
              .put("client_id", key.apiKey())
              .put("client_secret", key.secret())
              .put("grant_type", "password")
              .put("username", member)
              .put("password", "ten letters");
      var reply =
          world.send(
              "POST",
              "/v1/oauth2/grant",
              body.toString().getBytes(UTF_8),
              Map.of("Content-Type", "application/json"));
      var grant = STRICT.readValue(reply.body(), Grant.class);
      assertThat(grant.refresh_token()).isNotBlank();
      assertThat(grant.expires_in()).isEqualTo(86_400);
      world.as(grant.access_token(), "GET", WITHIN, "").failed(404, 404);
    }
  }
}
