package dev.porchlight.door.seekerleads;

import static dev.porchlight.door.seekerleads.SeekerHub.lead;
import static dev.porchlight.door.seekerleads.SeekerHub.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.sign.XSignature;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// New leads announced to the URLs that clients name.
@OnEveryDatabase
class SubscriptionsTest {
  private static final String SUBSCRIPTIONS = "/webhook/subscriptions";

  @Parameter Database database;
  @TempDir Path folder;
  private SeekerHub seeker;
  private FakeCrm crm;

  @BeforeEach
  void start() {
    seeker = new SeekerHub(database.start(folder));
    crm = FakeCrm.open(seeker.hub.clock());
  }

  @AfterEach
  void stop() {
    seeker.close();
    crm.close();
  }

  private JsonNode subscribe(SeekerHub.Caller caller, String path, String key) {
    var made =
        caller.post(SUBSCRIPTIONS, Json.object().put("url", crm.url(path)).put("apiKey", key));
    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    assertThat(made.text()).doesNotContain(key);
    return made.json();
  }

  private static String at(JsonNode subscription) {
    return SUBSCRIPTIONS + "/" + subscription.path("subscriptionId").asString();
  }

  private JsonNode awaitAudit(SeekerHub.Caller caller, JsonNode subscription, int events) {
    return seeker.hub.await(
        events + " events",
        () ->
            Optional.of(caller.get(at(subscription) + "/audit?limit=100").json())
                .filter(a -> a.path("recentEvents").size() >= events));
  }

  @Test
  void each_new_lead_is_posted_to_the_bare_url_with_key_and_signature() {
    var here = seeker.node("office");
    var there = seeker.office("There");
    var caller = seeker.callerOf(here, there);
    var subscription = subscribe(caller, "/hook?a=b", "first-key-1234");
    assertThat(subscription.path("status").asString()).isEqualTo("ACTIVE");
    assertThat(subscription.path("url").asString()).isEqualTo(crm.url("/hook?a=b"));
    var portal = seeker.hub.addSource("portal", "connections-plus", b -> b.put("node", there));
    var elsewhere =
        seeker.hub.addSource(
            "elsewhere", "connections-plus", b -> b.put("node", seeker.office("Elsewhere")));
    elsewhere.post(LeadBodies.buyer("B-0", InventedPerson.of(4)));
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
    crm.await(1);
    caller.post("/leads", lead(1));
    var received = crm.await(2);
    assertThat(received).hasSize(2);
    var leads = caller.leads();
    for (int i = 0; i < 2; i++) {
      var call = received.get(i);
      assertThat(call.method()).isEqualTo("POST");
      assertThat(call.path()).isEqualTo("/hook?a=b");
      assertThat(call.header("x-api-key")).isEqualTo("first-key-1234");
      assertThat(call.header("X-Signature"))
          .matches("[0-9a-f]{64}")
          .isEqualTo(XSignature.of("first-key-1234", call.body()));
      assertThat(call.header("Content-Type")).startsWith("application/json");
      // What is announced is what is there.
      assertThat(call.json()).isEqualTo(leads.get(i));
    }
    var audit = awaitAudit(caller, subscription, 2);
    assertThat(audit.path("recentEvents").valueStream().map(e -> e.path("leadId").asString()))
        .containsExactlyInAnyOrderElementsOf(caller.ids());
    // An update is no new lead.
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)).put("message", "Once more."));
    caller.post("/leads", lead(2));
    assertThat(crm.await(3)).hasSize(3);
  }

  /// The log's times never go back, so with a clock that does a lead is in the log later than it
  /// arrived; as it is where it waits over the end of a second.
  @Test
  void what_is_announced_has_the_time_that_windows_count() {
    var caller = seeker.caller();
    subscribe(caller, "/hook", "a-key-1234");
    caller.post("/leads", lead(1));
    crm.await(1);
    seeker.hub.clock().set(seeker.hub.clock().instant().minusSeconds(10));
    caller.post("/leads", lead(2));
    crm.await(2);
    // So long that it is read again before it is sent.
    caller.post("/leads", lead(3).put("message", "é".repeat(70_000)));
    for (var call : crm.await(3)) {
      var id = call.json().at("/metadata/leadId").asString();
      assertThat(call.json()).isEqualTo(caller.get("/leads/" + id).json());
    }
  }

  @Test
  void the_audit_tells_of_the_real_attempts_newest_first() {
    var caller = seeker.caller();
    var subscription = subscribe(caller, "/hook", "a-key-1234");
    var empty = caller.get(at(subscription) + "/audit").json();
    assertThat(empty.path("lastSuccessTimestamp").isNull()).isTrue();
    assertThat(empty.path("recentEvents")).isEmpty();
    crm.answers(503);
    caller.post("/leads", lead(1));
    crm.await(1);
    awaitAudit(caller, subscription, 1);
    assertThat(caller.get(at(subscription) + "/audit").json().path("lastSuccessTimestamp").isNull())
        .isTrue();
    seeker.hub.clock().advance(Duration.ofMinutes(10));
    crm.await(2);
    var audit = awaitAudit(caller, subscription, 2);
    assertThat(audit.path("recentEvents").valueStream().map(e -> e.path("success").asBoolean()))
        .containsExactly(true, false);
    assertThat(audit.at("/recentEvents/0/httpStatus").asInt()).isEqualTo(200);
    assertThat(audit.at("/recentEvents/1/httpStatus").asInt()).isEqualTo(503);
    assertThat(time(audit.at("/recentEvents/0/timestamp")))
        .isAfter(time(audit.at("/recentEvents/1/timestamp")));
    assertThat(audit.path("lastSuccessTimestamp")).isEqualTo(audit.at("/recentEvents/0/timestamp"));
    assertThat(caller.get(at(subscription) + "/audit?limit=1").json().path("recentEvents"))
        .hasSize(1);
  }

  @Test
  void an_inactive_subscription_waits_and_a_new_key_is_used_from_then_on() {
    var caller = seeker.caller();
    var subscription = subscribe(caller, "/hook", "old-key-1234");
    seeker.hub.clock().advance(Duration.ofSeconds(3));
    var paused = caller.send("PUT", at(subscription), "{\"status\": \"INACTIVE\"}").json();
    assertThat(paused.path("status").asString()).isEqualTo("INACTIVE");
    assertThat(time(paused.path("updatedAt"))).isAfter(time(paused.path("createdAt")));
    caller.post("/leads", lead(1));
    var other = subscribe(caller, "/other", "other-key-1234");
    caller.post("/leads", lead(2));
    // The other one has it, so the paused one would have had its turn.
    assertThat(crm.await(1)).extracting(FakeCrm.Received::path).containsExactly("/other");
    caller.send("PUT", at(subscription), "{\"apiKey\": \"new-key-1234\"}");
    assertThat(caller.send("PUT", at(subscription), "{}").json().path("status").asString())
        .isEqualTo("INACTIVE");
    var resumed = caller.send("PUT", at(subscription), "{\"status\": \"ACTIVE\"}");
    assertThat(resumed.status()).isEqualTo(200);
    var all = crm.await(3);
    assertThat(all.stream().filter(r -> r.path().equals("/hook")))
        .hasSize(2)
        .allSatisfy(r -> {
          assertThat(r.header("x-api-key")).isEqualTo("new-key-1234");
          assertThat(r.header("X-Signature")).isEqualTo(XSignature.of("new-key-1234", r.body()));
        });
    assertThat(other.path("status").asString()).isEqualTo("ACTIVE");
  }

  @Test
  void one_that_the_hub_gave_up_begins_anew_when_its_client_says_so() {
    var caller = seeker.caller();
    var subscription = subscribe(caller, "/hook", "a-key-1234");
    var endpoint = "/endpoints/" + subscription.path("subscriptionId").asString();
    crm.answers(410);
    caller.post("/leads", lead(1));
    crm.await(1);
    seeker.hub.await(
        "the subscription to be disabled",
        () ->
            Optional.of(caller.get(at(subscription) + "/audit").json())
                .filter(a -> a.path("status").asString().equals("INACTIVE")));
    assertThat(seeker.hub.api().read(endpoint).has("health")).isTrue();
    caller.send("PUT", at(subscription), "{\"status\": \"ACTIVE\"}");
    seeker.hub.await(
        "its failures to be forgotten",
        () -> Optional.of(seeker.hub.api().read(endpoint)).filter(e -> !e.has("health")));
    assertThat(crm.requests()).hasSize(1);
    seeker.hub.clock().advance(Duration.ofHours(1));
    crm.await(2);
  }

  @Test
  void a_removed_subscription_is_shown_a_last_time_and_is_gone() {
    var caller = seeker.caller();
    var subscription = subscribe(caller, "/hook", "a-key-1234");
    var removed = caller.send("DELETE", at(subscription), "");
    assertThat(removed.status()).isEqualTo(200);
    assertThat(removed.json().path("message").asString()).isNotEmpty();
    assertThat(removed.json().path("subscriptionId"))
        .isEqualTo(subscription.path("subscriptionId"));
    assertThat(caller.get(at(subscription) + "/audit").status()).isEqualTo(404);
    assertThat(caller.send("DELETE", at(subscription), "").status()).isEqualTo(404);
    assertThat(caller.send("PUT", at(subscription), "{}").status()).isEqualTo(404);
    // Its URL is free again, and gets what comes from then on.
    var again = subscribe(caller, "/hook", "a-key-5678");
    caller.post("/leads", lead(1));
    assertThat(crm.await(1).getFirst().header("x-api-key")).isEqualTo("a-key-5678");
    assertThat(again.path("subscriptionId")).isNotEqualTo(subscription.path("subscriptionId"));
  }

  @Test
  void a_client_has_at_most_twenty_and_another_has_its_own() {
    var caller = seeker.caller();
    var first = subscribe(caller, "/0", "a-key-1234");
    for (int n = 1; n < 20; n++) {
      subscribe(caller, "/" + n, "a-key-1234");
    }
    var refused = caller.post(SUBSCRIPTIONS, Json.object().put("url", crm.url("/20")));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().path("detail").asString()).contains("20 subscriptions");
    subscribe(seeker.caller(), "/20", "b-key-1234");
    assertThat(caller.send("DELETE", at(first), "").status()).isEqualTo(200);
    subscribe(caller, "/20", "a-key-1234");
  }

  @Test
  void what_is_no_subscription_is_refused() {
    var caller = seeker.caller();
    subscribe(caller, "/hook", "a-key-1234");
    var twice =
        caller.post(
            SUBSCRIPTIONS, Json.object().put("url", crm.url("/hook")).put("apiKey", "b-key-1234"));
    assertThat(twice.status()).isEqualTo(400);
    assertThat(twice.json().path("detail").asString()).contains("already");
    for (var url :
        List.of(
            "http://10.1.2.3/hook",
            "https://169.254.169.254/latest",
            "ftp://example.org/",
            "https://user:pass@example.org/",
            "no url",
            "",
            "https://example.org/" + "x".repeat(2100))) {
      var refused = caller.post(SUBSCRIPTIONS, Json.object().put("url", url));
      assertThat(refused.status()).as(url + " " + refused).isEqualTo(400);
      assertThat(refused.json().path("detail").asString()).contains("url");
    }
    for (var body :
        List.of(
            "{}",
            "[]",
            "{",
            "{\"url\": 7}",
            "{\"url\": \"https://a.example/\", \"apiKey\": 7}",
            "{\"url\": \"https://a.example/\", \"apiKey\": \"\"}",
            "{\"url\": \"https://a.example/\", \"apiKey\": \"a\\nb\"}")) {
      assertThat(caller.send("POST", SUBSCRIPTIONS, body).status()).as(body).isEqualTo(400);
    }
    var subscription = subscribe(caller, "/third", "c-key-1234");
    for (var body :
        List.of(
            "{\"status\": \"active\"}",
            "{\"status\": null}",
            "{\"apiKey\": \"\"}",
            "{\"url\": \"https://other.example/\"}")) {
      assertThat(caller.send("PUT", at(subscription), body).status()).as(body).isEqualTo(400);
    }
  }

  @Test
  void anothers_subscription_is_not_there_and_ends_with_its_client() {
    var made = seeker.make(_ -> {});
    var first = seeker.caller(made.token());
    var second = seeker.caller();
    var subscription = subscribe(first, "/hook", "a-key-1234");
    assertThat(second.get(at(subscription) + "/audit").status()).isEqualTo(404);
    assertThat(second.send("PUT", at(subscription), "{\"status\": \"INACTIVE\"}").status())
        .isEqualTo(404);
    assertThat(second.send("DELETE", at(subscription), "").status()).isEqualTo(404);
    // The same URL is not the same subscription when it is another client's.
    subscribe(second, "/hook", "b-key-1234");
    assertThat(seeker.hub.items("/endpoints")).hasSize(2);
    assertThat(seeker.hub.api().delete("/clients/" + made.id()).status()).isEqualTo(200);
    assertThat(seeker.hub.items("/endpoints")).hasSize(1);
    second.post("/leads", lead(1));
    assertThat(crm.await(1).getFirst().header("x-api-key")).isEqualTo("b-key-1234");
  }

  private static void awaitWaiting(EngineStore store, int units) {
    await().pollInterval(Duration.ofMillis(5)).until(() -> store.waiting() >= units);
  }

  @Test
  void a_subscription_made_while_its_client_is_revoked_leaves_no_key_behind() throws Exception {
    var made = seeker.make(_ -> {});
    var caller = seeker.caller(made.token());
    var store = seeker.hub.hub().store();
    var entered = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var busy =
          pool.submit(() ->
              store.write(
                  WorkQueue.EDITS,
                  _ -> {
                    entered.countDown();
                    try {
                      return release.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
      entered.await();
      // One waits behind the other: whatever each looked up before is from before both.
      var subscribed = pool.submit(() -> subscribe(caller, "/hook", "a-key-1234"));
      awaitWaiting(store, 1);
      var revoked = pool.submit(() -> seeker.hub.api().delete("/clients/" + made.id()));
      awaitWaiting(store, 2);
      release.countDown();
      assertThat(busy.get()).isTrue();
      assertThat(subscribed.get().path("status").asString()).isEqualTo("ACTIVE");
      assertThat(revoked.get().status()).isEqualTo(200);
    }
    assertThat(seeker.hub.items("/endpoints")).isEmpty();
    List<String> left =
        store.read(h ->
            h.createQuery("SELECT owner FROM secret WHERE owner LIKE 'endpoint %'")
                .mapTo(String.class)
                .list());
    assertThat(left).isEmpty();
    assertThat(caller.get("/leads/none").status()).isEqualTo(401);
  }
}
