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

  /// What Ruby keeps of a resource: the collection and the id, by cutting 26 digits off its
  /// address, which it asks for without `/v1`.
  private static String rubysPath(String uri) {
    assertThat(uri).matches("/v1/[a-z]+/[0-9]{26}");
    return "/v1"
        + uri.substring("/v1".length(), uri.length() - 26)
        + uri.substring(uri.length() - 26);
  }

  @Test
  void ruby_saves_what_changed_and_destroys_by_the_address() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var made =
          world.as(key, "POST", "/v1/contacts", ContactsTest.contact("Ana", "ana@example.org"));
      var uri = made.succeeded(201).result().path("ResourceUri").asString();
      // WordPress reads the Id, Ruby falls back to the end of the address: they are the same.
      assertThat(made.result().path("Id").asString()).isEqualTo(uri.substring(uri.length() - 26));
      var path = rubysPath(uri);
      assertThat(path).isEqualTo(uri);
      // Only what changed is sent; all else stays. The reply has a body that it parses.
      world.as(key, "PUT", path, "{\"D\":{\"GivenName\":\"Ana\"}}").succeeded(200);
      var contact = world.get(key, path).result();
      assertThat(contact.path("PrimaryEmail").asString()).isEqualTo("ana@example.org");
      // 400 and 409 are kept as an error of the record: a number, and a sentence.
      world.as(key, "PUT", path, "{\"D\":{\"GivenName\":7}}").failed(400, 1053);
      var twin =
          world.as(key, "POST", "/v1/contacts", ContactsTest.contact("A", "ana@example.org"));
      twin.failed(409, 1055);
      // Times are read with a zone and no fraction.
      for (var name : new String[] {"ModificationTimestamp", "CreatedTimestamp"}) {
        assertThat(contact.path(name).asString())
            .matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
      }
      // `PATCH` it can send, and is told.
      world.as(key, "PATCH", path, "{\"D\":{\"GivenName\":\"B\"}}").failed(405, 405);
      world.as(key, "DELETE", path, "").succeeded(200);
      world.get(key, path).failed(404, 404);
    }
  }

  @Test
  void ruby_counts_expands_with_blanks_and_updates_what_it_selected() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      for (int i = 0; i < 12; i++) {
        ContactsTest.make(world, key, "Contact " + i, "c" + i + "@example.org");
      }
      var count = world.get(key, "/v1/contacts?_pagination=count").succeeded(200).d();
      assertThat(count.path("Pagination").path("TotalRows").intValue()).isEqualTo(12);
      assertThat(count.path("Results").isArray()).isTrue();
      assertThat(count.path("Results")).isEmpty();
      var page =
          world.get(
              key,
              "/v1/contacts?_pagination=1&_limit=5&_page=3&_select=DisplayName&full_response=true"
                  + "&_expand=VowActive%2C+UniquePrimaryEmail");
      assertThat(page.d().path("Pagination").toString())
          .isEqualTo("{\"TotalRows\":12,\"PageSize\":5,\"TotalPages\":3,\"CurrentPage\":3}");
      for (var contact : page.d().path("Results")) {
        assertThat(contact.propertyNames())
            .containsExactlyInAnyOrder(
                "Id", "ResourceUri", "DisplayName", "VowActive", "UniquePrimaryEmail");
        rubysPath(contact.path("ResourceUri").asString());
      }
      // For provided searches it asks to leave out what is not known here.
      world
          .get(key, "/v1/contacts?RequestMode=permissive&_filter=" + SparkWorld.encode("Beds Gt 2"))
          .succeeded(200);
      world.get(key, "/v1/contacts/tags/IDX%20Lead").succeeded(200);
      world.get(key, "/v1/contacts/tags/IDX+Lead?_limit=0").succeeded(200);
    }
  }

  @Test
  void every_reply_is_an_object_with_a_d_that_is_not_empty_whatever_is_asked_and_how() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var id = ContactsTest.make(world, key, "Ana", "ana@example.org");
      for (var path :
          new String[] {
            "/v1",
            "/v1/contacts",
            "/v1/contacts/",
            "/v1/contacts/" + id,
            "/v1/contacts/tags",
            "/v1/contacts/unconnected",
            "/v1/contacts/export",
            "/v1/contacts/" + id + "/activity",
            "/v1/contacts/" + id + "/comments",
            "/v1/contacts/" + id + "/portal",
            "/v1/my/contact",
            "/v1/my/account",
            "/v1/session",
            "/v1/nothing"
          }) {
        for (var method : new String[] {"GET", "POST", "PUT", "PATCH", "OPTIONS", "DELETE"}) {
          for (var accept : new String[] {"*/*", "text/html", "application/xml;q=0.1"}) {
            if (method.equals("DELETE") && path.endsWith(id)) {
              continue;
            }
            var reply =
                world.send(
                    method,
                    path,
                    new byte[0],
                    Map.of(
                        "Authorization",
                        "OAuth " + key.token(),
                        "Accept",
                        accept,
                        "Accept-Encoding",
                        "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
                        "Content-Type",
                        "application/json",
                        "User-Agent",
                        "Spark API Ruby Gem 2.0.3",
                        "X-SparkApi-User-Agent",
                        "Ruby test",
                        "X-Request-Id-Chain",
                        "1,2",
                        "X-User-IP-Address",
                        "192.0.2.1"));
            // In the envelope; 406 and 204 are not among them.
            reply.d();
            assertThat(reply.status()).as(path).isNotIn(204, 406, 500);
            assertThat(reply.header("Content-Type")).isEqualTo("application/json");
            assertThat(reply.header("X-Request-Id")).isNotEmpty();
            assertThat(reply.header("ETag")).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void who_asks_for_gzip_gets_it_where_it_is_worth_it_and_nobody_else() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      for (int i = 0; i < 10; i++) {
        ContactsTest.make(world, key, "Contact " + i, "c" + i + "@example.org");
      }
      var headers = new TreeMap<String, String>();
      headers.put("Authorization", "Bearer " + key.token());
      var plain = world.send("GET", "/v1/contacts", new byte[0], headers);
      assertThat(plain.header("Content-Encoding")).isEmpty();
      headers.put("Accept-Encoding", "gzip;q=1.0,deflate;q=0.6,identity;q=0.3");
      var packed = world.send("GET", "/v1/contacts", new byte[0], headers);
      assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
      assertThat(packed.d()).isEqualTo(plain.d());
      assertThat(packed.header("Vary")).isEqualTo("Accept-Encoding");
      var small = world.send("GET", "/v1/nothing", new byte[0], headers).failed(404, 404);
      assertThat(small.header("Content-Encoding")).isEmpty();
    }
  }

  @Test
  void long_questions_come_as_a_post_that_stands_for_something_else() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var id = ContactsTest.make(world, key, "Ana", "ana@example.org");
      var headers = new TreeMap<String, String>();
      headers.put("Authorization", "Bearer " + key.token());
      headers.put("Content-Type", "application/x-www-form-urlencoded");
      headers.put("X-HTTP-Method-Override", "GET");
      var filter = ("_limit=1&_filter=DisplayName+Eq+'Ana'").getBytes(UTF_8);
      world.send("POST", "/v1/contacts", filter, headers).succeeded(200).result();
      // It is a POST, so what stands for HEAD has a body that can be parsed.
      headers.put("X-HTTP-Method-Override", "HEAD");
      world.send("POST", "/v1/contacts", filter, headers).succeeded(200).d();
      headers.put("X-HTTP-Method-Override", "DELETE");
      world.send("POST", "/v1/contacts/" + id, new byte[0], headers).succeeded(200);
      world.get(key, "/v1/contacts/" + id).failed(404, 404);
    }
  }

  @Test
  void bodies_that_clients_leave_empty_are_taken() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var json = Map.of("Content-Type", "application/json");
      world
          .send(
              "POST",
              "/v1/session?ApiKey="
                  + key.apiKey()
                  + "&ApiSig="
                  + SparkWorld.md5(key.secret() + "ApiKey" + key.apiKey()),
              new byte[0],
              json)
          .succeeded(200);
      var portal = world.hub.addSource("portal", "connections-plus");
      portal.post(
          dev.porchlight.testing.LeadBodies.buyer(
              "L-1",
              new dev.porchlight.testing.InventedPerson("Bo", "Ek", "bo@example.org", null)));
      var path = "/v1/contacts/" + world.hub.story("L-1").path("contact_id").asString() + "/portal";
      // Ruby takes a 404 as none, and makes one without a word.
      world.get(key, path).failed(404, 1100);
      var headers = new TreeMap<>(json);
      headers.put("Authorization", "OAuth " + key.token());
      var made = world.send("POST", path, new byte[0], headers).succeeded(201);
      assertThat(made.result().path("ResourceUri").asString()).isEqualTo(path);
      // And reads, and writes, a text where a boolean belongs.
      assertThat(world.get(key, path).result().path("Settings").path("Enabled").asString())
          .isEqualTo("true");
      world.as(key, "PUT", path, "{\"D\":{\"Settings\":{\"Enabled\":\"false\"}}}").succeeded(200);
      assertThat(world.get(key, path).result().path("Enabled").booleanValue()).isFalse();
    }
  }
}
