package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.HubConfig;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What is owed to which endpoint, and endpoints that come, go and pause.
@OnEveryDatabase
class EndpointsTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void an_endpoint_gets_its_kinds_and_sources_and_tests_only_on_request() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var one = hub.addSource("one", "connections-plus");
      var two = hub.addSource("two", "connections-plus");
      var all = hub.addEndpoint(crm.url("/all"), "porchlight");
      var created =
          hub.addEndpoint(
              crm.url("/created"), "porchlight", b -> b.putArray("kinds").add("lead.created"));
      var ofTwo =
          hub.addEndpoint(crm.url("/two"), "porchlight", b -> b.putArray("sources").add(two.id()));
      var tests = hub.addEndpoint(crm.url("/tests"), "porchlight", b -> b.put("tests", true));

      one.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      one.post(LeadBodies.buyer("L-1", InventedPerson.of(1)).put("message", "changed"));
      two.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      one.post(LeadBodies.buyer("T-1", InventedPerson.of(3).withEmail("tester@move.com")));

      assertThat(hub.deliveries("L-1", all)).hasSize(2);
      assertThat(hub.deliveries("L-1", created)).hasSize(1);
      assertThat(hub.deliveries("L-1", ofTwo)).isEmpty();
      assertThat(hub.deliveries("L-2", ofTwo)).hasSize(1);
      assertThat(hub.deliveries("T-1", all)).isEmpty();
      assertThat(hub.deliveries("T-1", tests)).hasSize(1);
      hub.awaitDelivery("T-1", tests, "delivered");
      assertThat(hub.deliveries("T-1", tests).getFirst().path("why").stringValue())
          .contains("tests too");
      assertThat(crm.await(10)).hasSize(10);
      assertThat(crm.requests()).filteredOn(r -> r.path().equals("/created")).hasSize(2);
    }
  }

  @Test
  void an_endpoint_gets_what_lands_in_its_nodes_subtree() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var nodes = hub.items("/nodes?limit=200");
      var company =
          nodes.stream()
              .filter(n -> n.path("kind").stringValue().equals("company"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .stringValue();
      var branch =
          hub.api()
              .make(
                  "/nodes",
                  Json.object().put("kind", "office").put("name", "Branch").put("parent", company))
              .path("id")
              .stringValue();
      var main = hub.addSource("main", "connections-plus");
      var there = hub.addSource("there", "connections-plus", b -> b.put("node", branch));
      var atMain = hub.addEndpoint(crm.url("/main"), "porchlight");
      var atBranch = hub.addEndpoint(crm.url("/b"), "porchlight", b -> b.put("node", branch));
      var atCompany = hub.addEndpoint(crm.url("/c"), "porchlight", b -> b.put("node", company));

      main.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      there.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));

      assertThat(hub.deliveries("L-1", atMain)).hasSize(1);
      assertThat(hub.deliveries("L-1", atBranch)).isEmpty();
      assertThat(hub.deliveries("L-1", atCompany)).hasSize(1);
      assertThat(hub.deliveries("L-2", atMain)).isEmpty();
      assertThat(hub.deliveries("L-2", atBranch)).hasSize(1);
      assertThat(hub.deliveries("L-2", atCompany)).hasSize(1);
    }
  }

  @Test
  void one_endpoint_that_fails_holds_up_no_other_and_no_other_contact() {
    try (var hub = database.start(folder);
        var down = FakeCrm.open(hub.clock()).answers(500);
        var up = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var failing = hub.addEndpoint(down.url("/crm"), "porchlight");
      var sound = hub.addEndpoint(up.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", sound, "delivered");
      hub.awaitAttempts("L-1", failing, 1);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", failing, "delivered");
      hub.awaitDelivery("L-2", sound, "delivered");
      var waiting = hub.deliveries("L-1", failing).getFirst();
      assertThat(waiting.path("state").stringValue()).isEqualTo("pending");
      assertThat(down.requests().getFirst().header("webhook-id"))
          .isEqualTo(up.requests().getFirst().header("webhook-id"));
    }
  }

  @Test
  void a_disabled_endpoint_is_planned_for_and_caught_up_in_order_once_enabled() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("disabled", true));
      var ana = InventedPerson.of(1);
      for (int n = 1; n <= 3; n++) {
        portal.post(LeadBodies.buyer("L-" + n, ana));
      }
      for (var empty : List.of("name", "url", "contract", "node", "api_key_header")) {
        for (var value : List.of("", "  ")) {
          var refused =
              hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put(empty, value));
          assertThat(refused.status()).as(empty).isEqualTo(400);
          assertThat(refused.json().path("detail").asString()).contains("`" + empty + "`");
        }
      }
      hub.restart();
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("state").stringValue())
          .isEqualTo("pending");
      assertThat(crm.requests()).isEmpty();
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.awaitDelivery("L-3", endpoint, "delivered");
      assertThat(crm.requests())
          .extracting(r -> r.json().path("data").path("lead_id").stringValue())
          .containsExactly("L-1", "L-2", "L-3");
    }
  }

  @Test
  void an_endpoint_that_is_disabled_amid_a_lane_gets_no_more_of_it() {
    var latch = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm =
            FakeCrm.open(hub.clock())
                .answers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")))) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      portal.post(LeadBodies.buyer("L-2", ana));
      crm.await(1);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", true));
      latch.countDown();
      hub.awaitDelivery("L-1", endpoint, "delivered");
      // Closing waits until the lane is let go.
      hub.restart();
      assertThat(crm.requests()).hasSize(1);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.awaitDelivery("L-2", endpoint, "delivered");
    }
  }

  @Test
  void what_was_owed_to_a_removed_endpoint_is_dropped_with_its_reason() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var paused = hub.addEndpoint(crm.url("/paused"), "porchlight", b -> b.put("disabled", true));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(hub.api().delete("/endpoints/" + endpoint.id()).status()).isEqualTo(200);
      assertThat(hub.api().delete("/endpoints/" + paused.id()).status()).isEqualTo(200);

      for (var removed : List.of(endpoint, paused)) {
        var dropped = hub.awaitDelivery("L-1", removed, "dropped");
        assertThat(dropped.path("reason").stringValue()).contains("removed");
      }
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      assertThat(hub.story("L-2").path("deliveries")).isEmpty();
      assertThat(crm.requests()).hasSize(1);
    }
  }

  @Test
  void the_channel_is_appended_on_request_only() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/a"), "connections-plus");
      hub.addEndpoint(crm.url("/b/?x=1"), "connections-plus", b -> b.put("append_channel", true));
      hub.addEndpoint(crm.url("/c"), "lead-delivery", b -> b.put("append_channel", true));
      hub.addEndpoint(crm.url("/d"), "porchlight", b -> b.put("append_channel", true));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      assertThat(crm.await(4))
          .extracting(FakeCrm.Received::path)
          .containsExactlyInAnyOrder("/a", "/b/lead?x=1", "/c/lead-delivery", "/d");
    }
  }

  @Test
  void a_forbidden_address_is_refused_when_named_and_not_dialled_when_a_name_hides_it() {
    var config = new AtomicReference<HubConfig>();
    try (var hub =
            database
                .in(folder)
                .config(c -> {
                  config.set(c);
                  return c.withAllowNetworks(List.of());
                })
                .start();
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      for (var url :
          List.of(
              crm.url("/crm"),
              "https://127.0.0.1/crm",
              "https://[::1]/crm",
              "https://169.254.169.254/latest",
              "https://10.1.2.3/",
              "https://2130706433/",
              "ftp://example.org/",
              "nonsense")) {
        var refused =
            hub.api()
                .post(
                    "/endpoints",
                    Json.object().put("name", "CRM").put("url", url).put("contract", "porchlight"));
        assertThat(refused.status()).as(url).isBetween(400, 422);
      }
      var port = crm.address().getPort();
      var hidden = hub.addEndpoint("https://localhost:" + port + "/crm", "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var attempted = hub.awaitAttempts("L-1", hidden, 1);
      assertThat(attempted.path("attempts").get(0).path("outcome").stringValue())
          .isEqualTo("guarded");
      assertThat(attempted.path("reason").stringValue()).contains("localhost");
      assertThat(crm.requests()).isEmpty();
    }
  }

  @Test
  void a_trial_shows_the_exchange_and_records_nothing() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(418)) {
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "connections-plus", b -> b.put("api_key", "theirs-1"));
      var trial = hub.api().post("/endpoints/" + endpoint.id() + "/test", "");
      assertThat(trial.status()).isEqualTo(200);
      assertThat(trial.json().path("delivered").booleanValue()).isFalse();
      assertThat(trial.json().path("status").intValue()).isEqualTo(418);
      assertThat(trial.text()).doesNotContain("theirs-1");
      var received = crm.await(1).getFirst();
      assertThat(received.header("X-API-Key")).isEqualTo("theirs-1");
      assertThat(received.isSignedWith(endpoint.secret())).isTrue();
      assertThat(hub.items("/deliveries")).isEmpty();
      assertThat(hub.leads()).isEmpty();
    }
  }
}
