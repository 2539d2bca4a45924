package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.ops.Doctor;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakePortal;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two hubs on one database, seen from outside.
@Timeout(60)
class TwoHubsTest {
  /// The promise is a second, on a machine with time to spare; this one may have other work too.
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Hub one;
  private Hub two;

  private String url;

  @BeforeEach
  void start() throws IOException {
    url = TestPostgres.newDatabase();
    // One folder, so one key that seals secrets; no data lie in it.
    var config = HubConfig.local(folder.resolve("data"), "admin-token");
    one = Hub.start(config.withDatabase(url, 1));
    two = Hub.start(config.withDatabase(url, 2));
    // The first answer of a process takes longer than any other.
    for (var hub : List.of(one, two)) {
      get(hub, "/api/v1/sources");
    }
  }

  @AfterEach
  void stop() {
    for (var hub : new Hub[] {two, one}) {
      if (hub != null) {
        hub.close();
      }
    }
    client.close();
  }

  private HttpResponse<String> post(Hub hub, String path, String body, String... headers) {
    try {
      return client.send(
          HttpRequest.newBuilder(hub.address().resolve(path))
              .header("Content-Type", "application/json")
              .headers(headers)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode make(Hub hub, String path, String body) {
    var answer = post(hub, path, body, "Authorization", "Bearer admin-token");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Json.tree(answer.body());
  }

  private JsonNode get(Hub hub, String path) {
    try {
      var answer =
          client.send(
              HttpRequest.newBuilder(hub.address().resolve(path))
                  .header("Authorization", "Bearer admin-token")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return Json.tree(answer.body());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String lead(int n, String email) {
    return """
    {"lead_id": "lead-%d", "role": "buyer", "timestamp": "2026-05-04T10:00:00Z",
     "contact": {"first_name": "Ana", "last_name": "Invented", "email": "%s"},
     "message": "Is it still to be had?"}
    """
        .formatted(n, email);
  }

  @Test
  void a_source_made_at_one_hub_is_known_to_the_other_within_a_second() {
    var source =
        make(one, "/api/v1/sources", "{\"name\": \"portal\", \"contract\": \"connections-plus\"}");
    var path = URI.create(source.path("url").asString()).getPath();
    var key = source.path("api_key").asString();
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            post(two, path, lead(1, "ana@example.org"), "X-API-Key", key).statusCode() == 200);
  }

  private HttpResponse<String> send(
      Hub hub, String method, String path, String body, String token) {
    try {
      return client.send(
          HttpRequest.newBuilder(hub.address().resolve(path))
              .header("Content-Type", "application/json")
              .header("Authorization", "Bearer " + token)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void soon(Callable<Boolean> there) {
    await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(there);
  }

  @Test
  void the_doctor_sees_two_hubs_of_one_number_for_as_long_as_both_work() throws Exception {
    assertThat(one.examine()).noneMatch(f -> f.sentence().contains("with the number"));
    var config = HubConfig.local(folder.resolve("data"), "admin-token").withDatabase(url, 1);
    try (var twin = Hub.start(config)) {
      for (var hub : List.of(one, twin)) {
        assertThat(hub.examine())
            .filteredOn(f -> f.level().equals("attention"))
            .extracting(Doctor.Finding::sentence)
            .contains(
                "2 hubs with the number 1 work on this database: give each its own by"
                    + " --hub-number or PORCHLIGHT_HUB_NUMBER.");
      }
      assertThat(two.examine()).noneMatch(f -> f.sentence().contains("with the number"));
    }
    soon(() -> one.examine().stream().noneMatch(f -> f.sentence().contains("number 1")));
  }

  @Test
  void what_one_hub_revokes_the_other_refuses_within_a_second() {
    var source =
        make(one, "/api/v1/sources", "{\"name\": \"portal\", \"contract\": \"connections-plus\"}");
    var path = URI.create(source.path("url").asString()).getPath();
    var key = source.path("api_key").asString();
    var token = make(one, "/api/v1/tokens", "{\"name\": \"t\"}");
    var bearer = token.path("token").asString();
    soon(() -> post(two, path, "", "X-API-Key", key).statusCode() == 400);
    soon(() -> send(two, "GET", "/api/v1/leads", "", bearer).statusCode() == 200);

    var fresh = make(one, "/api/v1/sources/portal/rotate-key", "{\"overlap_hours\": 0}");
    assertThat(
            send(one, "DELETE", "/api/v1/tokens/" + token.path("id").asString(), "", "admin-token")
                .statusCode())
        .isEqualTo(200);

    soon(() -> post(two, path, "", "X-API-Key", key).statusCode() == 401);
    soon(() -> send(two, "GET", "/api/v1/leads", "", bearer).statusCode() == 401);
    soon(() ->
        post(two, path, "", "X-API-Key", fresh.path("api_key").asString()).statusCode() == 400);
    // And it stays so: nothing read before the change is put back afterwards.
    for (int n = 0; n < 3; n++) {
      make(one, "/api/v1/tokens", "{\"name\": \"other " + n + "\"}");
    }
    var last = make(one, "/api/v1/tokens", "{\"name\": \"last\"}").path("token").asString();
    soon(() -> send(two, "GET", "/api/v1/leads", "", last).statusCode() == 200);
    assertThat(post(two, path, "", "X-API-Key", key).statusCode()).isEqualTo(401);
    assertThat(send(two, "GET", "/api/v1/leads", "", bearer).statusCode()).isEqualTo(401);
  }

  @Test
  void an_endpoint_changed_at_one_hub_is_used_as_changed_by_the_other_within_a_second() {
    try (var before = FakeCrm.open();
        var after = FakeCrm.open()) {
      var source =
          make(
              one, "/api/v1/sources", "{\"name\": \"portal\", \"contract\": \"connections-plus\"}");
      var path = URI.create(source.path("url").asString()).getPath();
      var key = source.path("api_key").asString();
      var endpoint =
          make(
              one,
              "/api/v1/endpoints",
              "{\"name\": \"crm\", \"contract\": \"porchlight\", \"url\": \""
                  + before.url("/crm")
                  + "\"}");
      var itself = "/api/v1/endpoints/" + endpoint.path("id").asString();
      soon(() ->
          send(two, "GET", itself, "", "admin-token").statusCode() == 200
              && post(two, path, lead(1, "ana@example.org"), "X-API-Key", key).statusCode() == 200);
      before.await(1);
      assertThat(
              send(one, "PATCH", itself, "{\"url\": \"" + after.url("/crm") + "\"}", "admin-token")
                  .statusCode())
          .isEqualTo(200);
      soon(() ->
          Json.tree(send(two, "GET", itself, "", "admin-token").body())
              .path("url")
              .asString()
              .equals(after.url("/crm")));
      assertThat(post(two, path, lead(2, "ben@example.org"), "X-API-Key", key).statusCode())
          .isEqualTo(200);
      after.await(1);
      assertThat(before.requests()).hasSize(1);
    }
  }

  @Test
  void what_two_hubs_follow_is_told_once_and_a_replay_of_both_delivers_once() {
    try (var crm = FakeCrm.open()) {
      var source =
          make(
              one, "/api/v1/sources", "{\"name\": \"portal\", \"contract\": \"connections-plus\"}");
      var path = URI.create(source.path("url").asString()).getPath();
      var key = source.path("api_key").asString();
      make(
          one,
          "/api/v1/endpoints",
          "{\"name\": \"contacts\", \"contract\": \"porchlight\", \"kinds\": [\"contact.*\"],"
              + " \"url\": \""
              + crm.url("/contacts")
              + "\"}");
      soon(
          () -> post(two, path, lead(0, "ana0@example.org"), "X-API-Key", key).statusCode() == 200);
      for (int n = 1; n < 10; n++) {
        var hub = n % 2 == 0 ? one : two;
        assertThat(
                post(hub, path, lead(n, "ana" + n + "@example.org"), "X-API-Key", key).statusCode())
            .isEqualTo(200);
      }
      var late =
          make(
              one,
              "/api/v1/endpoints",
              "{\"name\": \"late\", \"contract\": \"porchlight\", \"url\": \""
                  + crm.url("/late")
                  + "\"}");
      var replay =
          make(
              one,
              "/api/v1/replays",
              "{\"per_second\": 1000, \"endpoint\": \"" + late.path("id").asString() + "\"}");
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .until(() ->
              get(two, "/api/v1/replays/" + replay.path("id").asString())
                  .path("state")
                  .asString()
                  .equals("finished"));
      var all =
          crm.awaitUntil(
              "ten of each",
              r ->
                  r.stream().filter(x -> x.path().equals("/late")).count() >= 10
                      && r.stream().filter(x -> x.path().equals("/contacts")).count() >= 10);
      for (var where : List.of("/late", "/contacts")) {
        assertThat(all.stream().filter(r -> r.path().equals(where)))
            .extracting(r -> r.header("webhook-id"))
            .doesNotHaveDuplicates()
            .hasSize(10);
      }
      assertThat(one.checkRebuild().differences()).isEmpty();
    }
  }

  @Test
  void a_clients_tokens_hold_at_both_hubs_and_end_at_both_within_a_second() {
    var client =
        make(one, "/api/v1/clients", "{\"name\": \"CRM\", \"contract\": \"seeker-leads\"}");
    var token = client.path("token").asString();
    var access =
        Json.tree(
                post(
                        one,
                        "/oauth/token",
                        "{\"grant_type\": \"client_credentials\", \"client_id\": \"%s\","
                                .formatted(client.path("client_id").asString())
                            + " \"client_secret\": \"%s\"}"
                                .formatted(client.path("client_secret").asString()),
                        "Accept",
                        "application/json")
                    .body())
            .path("access_token")
            .asString();
    for (var bearer : List.of(token, access)) {
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(30))
          .until(() -> seekerStatus(two, bearer) == 404);
    }
    // The other hub signs with the same key.
    var second =
        make(two, "/api/v1/clients", "{\"name\": \"CRM 2\", \"contract\": \"seeker-leads\"}");
    assertThat(seekerStatus(two, second.path("token").asString())).isEqualTo(404);
    delete(one, "/api/v1/clients/" + client.path("id").asString());
    for (var bearer : List.of(token, access)) {
      assertThat(seekerStatus(one, bearer)).isEqualTo(401);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(30))
          .until(() -> seekerStatus(two, bearer) == 401);
    }
  }

  private void delete(Hub hub, String path) {
    try {
      var answer =
          client.send(
              HttpRequest.newBuilder(hub.address().resolve(path))
                  .header("Authorization", "Bearer admin-token")
                  .DELETE()
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int seekerStatus(Hub hub, String token) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(hub.address().resolve("/seeker-leads/v1/leads/none"))
                  .header("Authorization", "Bearer " + token)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void leads_into_both_at_once_make_each_person_once_and_a_rebuild_gives_the_same()
      throws Exception {
    var source =
        make(one, "/api/v1/sources", "{\"name\": \"portal\", \"contract\": \"connections-plus\"}");
    var path = URI.create(source.path("url").asString()).getPath();
    var key = source.path("api_key").asString();
    await()
        .atMost(SOON)
        .until(() ->
            post(two, path, lead(0, "first@example.org"), "X-API-Key", key).statusCode() == 200);
    var answers = new ArrayList<Future<HttpResponse<String>>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 1; i <= 60; i++) {
        var email = "p" + i + "@example.org";
        int n = i;
        answers.add(callers.submit(() -> post(one, path, lead(n, email), "X-API-Key", key)));
        answers.add(callers.submit(() -> post(two, path, lead(1000 + n, email), "X-API-Key", key)));
        answers.add(callers.submit(() -> post(two, path, lead(n, email), "X-API-Key", key)));
      }
    }
    for (var answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }
    await().until(() -> get(one, "/api/v1/receipts?state=owed").path("items").isEmpty());
    for (var hub : List.of(one, two)) {
      var counts =
          hub.store()
              .read(h ->
                  h.createQuery(
                          "SELECT (SELECT COUNT(*) FROM person), (SELECT COUNT(*) FROM lead),"
                              + " (SELECT COUNT(*) FROM contact)")
                      .map((r, _) -> List.of(r.getLong(1), r.getLong(2), r.getLong(3)))
                      .one());
      assertThat(counts).containsExactly(61L, 121L, 61L);
    }
    assertThat(one.checkRebuild().differences()).isEmpty();
    assertThat(one.checkRebuild().decisions()).isGreaterThan(121);
  }

  @Test
  void a_portal_is_asked_by_one_hub_at_a_time_and_by_the_other_when_that_one_stops()
      throws Exception {
    try (var portal = FakePortal.open(Clock.systemUTC())) {
      portal.givesAtMost(1);
      for (int i = 1; i <= 20; i++) {
        portal.holds(Instant.now(), "S-" + i, seekerLead(i));
      }
      var poll = portal.poll().put("interval_seconds", 10);
      var body = Json.object().put("name", "seeker").put("contract", "seeker-leads");
      body.set("poll", poll);
      make(one, "/api/v1/sources", body.toString());
      portal.awaitUntil(
          "the end of the walk",
          all -> all.stream().anyMatch(a -> "S-20".equals(a.query().get("start"))));
      assertThat(portal.pages().stream().map(p -> p.query().getOrDefault("start", "")))
          .as("no page is asked for twice")
          .doesNotHaveDuplicates();
      assertThat(portal.tokenRequests()).hasSize(1);
      one.close();
      int before = portal.pages().size();
      portal.holds(Instant.now(), "S-21", seekerLead(21));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> get(two, "/api/v1/leads?limit=200").path("items").size() == 21);
      assertThat(portal.pages().size()).isGreaterThan(before);
      assertThat(portal.tokenRequests()).as("the other hub's token serves on").hasSize(1);
    }
  }

  private static String seekerLead(int n) {
    return """
    {"metadata": {"leadId": "S-%d", "category": "AGENCY", "leadType": "SELL"},
     "contactRequest": {"lastName": "Invented", "email": "p%d@example.org", "message": "Call me"}}
    """
        .formatted(n, n);
  }
}
