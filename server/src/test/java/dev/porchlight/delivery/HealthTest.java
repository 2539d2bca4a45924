package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.api.MessageSchemas;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Receivers that ask for time, are too slow, fail for long or are gone.
@OnEveryDatabase
class HealthTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static Reaction asks(int status, String retryAfter) {
    return new Reaction.Status(status, Map.of("Retry-After", retryAfter), "");
  }

  private static Duration waits(TestHub hub, JsonNode delivery) {
    return Duration.between(
        hub.clock().instant(), Instant.parse(delivery.path("next_attempt_at").stringValue()));
  }

  private static List<String> told(TestHub hub, TestHub.EndpointAtHub endpoint) {
    return hub.hub()
        .store()
        .read(h ->
            h.createQuery(
                    "SELECT kind || ' ' || ref FROM log WHERE subject = :e"
                        + " AND kind LIKE 'endpoint.%' ORDER BY seq")
                .bind("e", endpoint.id())
                .mapTo(String.class)
                .list());
  }

  private static Map<String, FakeCrm.Received> byId(List<FakeCrm.Received> received) {
    var all = new LinkedHashMap<String, FakeCrm.Received>();
    received.forEach(r -> all.putIfAbsent(r.header("webhook-id"), r));
    return all;
  }

  private static int count(TestHub hub, TestHub.EndpointAtHub endpoint, String state) {
    return hub.items("/deliveries?limit=200&state=" + state + "&endpoint=" + endpoint.id()).size();
  }

  @Test
  void a_receiver_that_asks_for_time_gets_it_for_all_that_is_owed_to_it() {
    try (var hub = database.start(folder);
        var other = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock()).answers(asks(429, "120"))) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var beside = hub.addEndpoint(other.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var first = hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(waits(hub, first)).isEqualTo(Duration.ofSeconds(120));
      assertThat(first.path("reason").stringValue()).contains("429", "asking to wait 120 s");

      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", beside, "delivered");
      assertThat(crm.requests()).hasSize(1);
      // It is remembered by the store, not by the process.
      hub.restart();
      hub.addSource("again", "connections-plus")
          .post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      hub.awaitDelivery("L-3", beside, "delivered");
      assertThat(crm.requests()).hasSize(1);

      hub.clock().advance(Duration.ofSeconds(120));
      for (var lead : List.of("L-1", "L-2", "L-3")) {
        hub.awaitDelivery(lead, endpoint, "delivered");
      }
      assertThat(crm.requests()).hasSize(4);
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).has("health")).isFalse();
    }
  }

  @Test
  void what_was_under_way_when_a_receiver_asked_for_time_does_not_end_that_when_it_is_taken() {
    var slow = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var other = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(slow, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var beside = hub.addEndpoint(other.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-slow", InventedPerson.of(1)));
      crm.await(1);
      hub.clock().advance(Duration.ofSeconds(1));
      crm.alwaysAnswers(asks(429, "60"));
      portal.post(LeadBodies.buyer("L-busy", InventedPerson.of(2)));
      hub.awaitAttempts("L-busy", endpoint, 1);
      crm.alwaysAnswers(new Reaction.Status(200, Map.of(), ""));
      slow.countDown();
      hub.awaitDelivery("L-slow", endpoint, "delivered");
      portal.post(LeadBodies.buyer("L-next", InventedPerson.of(3)));
      hub.awaitDelivery("L-next", beside, "delivered");
      hub.restart();
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).has("health")).isTrue();
      assertThat(crm.requests()).hasSize(2);
      hub.clock().advance(Duration.ofSeconds(60));
      hub.awaitDelivery("L-next", endpoint, "delivered");
      hub.awaitDelivery("L-busy", endpoint, "delivered");
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).has("health")).isFalse();
    }
  }

  @Test
  void what_was_under_way_when_an_endpoint_was_gone_does_not_bring_it_back() {
    var slow = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(slow, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-slow", InventedPerson.of(1)));
      crm.await(1);
      hub.clock().advance(Duration.ofSeconds(1));
      crm.answers(410);
      portal.post(LeadBodies.buyer("L-gone", InventedPerson.of(2)));
      hub.awaitAttempts("L-gone", endpoint, 1);
      slow.countDown();
      hub.awaitDelivery("L-slow", endpoint, "delivered");
      var shown = hub.api().read("/endpoints/" + endpoint.id());
      assertThat(shown.path("disabled").booleanValue()).isTrue();
      assertThat(shown.path("health").path("disabled_by_hub").booleanValue()).isTrue();
      assertThat(told(hub, endpoint)).containsExactly("endpoint.disabled gone");
      assertThat(hub.api().read("/doctor").toString()).contains("was disabled by the hub");
    }
  }

  @Test
  void what_a_receiver_asks_for_is_bounded_by_the_schedule() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var date =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              hub.clock().instant().plusSeconds(300).atOffset(ZoneOffset.UTC));
      crm.answers(
          asks(500, date), asks(500, "0"), asks(500, "99999999999999"), asks(500, "tomorrow"));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var wanted =
          List.of(
              Duration.ofSeconds(300),
              Duration.ofSeconds(10),
              Duration.ofHours(1),
              Duration.ofMinutes(1));
      for (int n = 1; n <= 4; n++) {
        var wait = waits(hub, hub.awaitAttempts("L-1", endpoint, n));
        var right = wanted.get(n - 1);
        assertThat(wait)
            .as("wait %s", n)
            .isBetween(right.multipliedBy(89).dividedBy(100), right.multipliedBy(11).dividedBy(10));
        hub.clock().advance(wait);
      }
      hub.awaitDelivery("L-1", endpoint, "delivered");
    }
  }

  @Test
  void one_that_is_gone_is_disabled_and_everything_is_kept_for_when_it_is_enabled() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(410)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitAttempts("L-1", endpoint, 1);
      var shown = hub.api().read("/endpoints/" + endpoint.id());
      assertThat(shown.path("disabled").booleanValue()).isTrue();
      assertThat(shown.path("health").path("disabled_by_hub").booleanValue()).isTrue();
      assertThat(shown.path("health").path("reason").stringValue()).contains("410");
      assertThat(told(hub, endpoint)).containsExactly("endpoint.disabled gone");
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.clock().advance(Duration.ofHours(1));
      assertThat(hub.api().read("/doctor").toString()).contains("was disabled by the hub");

      // That it may work again says nothing yet.
      crm.answers(503, 503);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.awaitAttempts("L-1", endpoint, 2);
      hub.awaitAttempts("L-2", endpoint, 1);
      assertThat(told(hub, endpoint)).containsExactly("endpoint.disabled gone");
      hub.clock().advance(Duration.ofMinutes(1));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(5);
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).has("health")).isFalse();
      assertThat(told(hub, endpoint))
          .containsExactly("endpoint.disabled gone", "endpoint.recovered ");
    }
  }

  @Test
  void a_probe_that_came_to_nothing_makes_way_for_another() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "connections-plus", b -> b.put("received_bytes", false));
      int first = EndpointHealth.FAILURES_THAT_SHUT;
      for (int n = 0; n < first; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
      }
      hub.await(
          "it to be shut",
          () ->
              Optional.of(hub.api().read("/endpoints/" + endpoint.id()))
                  .filter(e -> e.path("health").has("shut_until")));
      // Due before all others, and in no way to be written.
      portal.post(LeadBodies.buyer("L-mute", InventedPerson.of(99)).put("role", "landlord"));
      crm.alwaysAnswers(200);
      hub.clock().advance(Duration.ofSeconds(5));
      hub.awaitDelivery("L-mute", endpoint, "unwritable");
      crm.await(first + 1);
    }
  }

  @Test
  void a_refusal_is_final_only_where_the_endpoint_says_so_and_never_for_the_moment() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(422);
        var strict = FakeCrm.open(hub.clock()).answers(408, 422)) {
      var portal = hub.addSource("portal", "connections-plus");
      var patient = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var last =
          hub.addEndpoint(strict.url("/crm"), "porchlight", b -> b.put("final_refusals", true));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      assertThat(hub.awaitAttempts("L-1", patient, 1).path("state").stringValue())
          .isEqualTo("pending");
      assertThat(hub.awaitAttempts("L-1", last, 1).path("state").stringValue())
          .isEqualTo("pending");
      hub.clock().advance(Duration.ofSeconds(3));
      var dead = hub.awaitDelivery("L-1", last, "dead");
      assertThat(dead.path("attempts").get(1).path("outcome").stringValue()).isEqualTo("rejected");
      assertThat(dead.path("reason").stringValue()).isEqualTo("answered for good with status 422");
    }
  }

  @Test
  void one_that_fails_again_and_again_is_left_alone_but_for_a_probe_and_then_gets_all() {
    try (var hub = database.start(folder);
        var other = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var beside = hub.addEndpoint(other.url("/crm"), "porchlight");
      int first = EndpointHealth.FAILURES_THAT_SHUT;
      for (int n = 0; n < first; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
      }
      hub.await(
          "it to be shut",
          () ->
              Optional.of(hub.api().read("/endpoints/" + endpoint.id()))
                  .filter(e -> e.path("health").has("shut_until")));
      var health = hub.api().read("/endpoints/" + endpoint.id()).path("health");
      assertThat(health.path("disables_at").asString()).isEqualTo("2026-03-19T09:30:00Z");
      assertThat(
              hub.api()
                  .read(
                      "/deliveries/"
                          + hub.deliveries("L-1", endpoint).getFirst().path("id").asString())
                  .path("explanation")
                  .toString())
          .contains("left alone until 2026-03-14 09:30:05 UTC")
          .contains("it is disabled at 2026-03-19 09:30:00 UTC at the earliest")
          .doesNotContain("tried again at 2026-03-14 09:30:02");
      for (int n = first; n < first + 5; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
        hub.awaitDelivery("L-" + n, beside, "delivered");
      }
      assertThat(crm.requests()).hasSize(first);

      // Some twenty are due; one goes.
      hub.clock().advance(Duration.ofSeconds(5));
      crm.await(first + 1);
      hub.await(
          "the probe to be recorded",
          () ->
              Optional.of(hub.api().read("/endpoints/" + endpoint.id()))
                  .filter(e -> e.path("health").path("failures").intValue() == first + 1));
      portal.post(LeadBodies.buyer("L-more", InventedPerson.of(99)));
      hub.awaitDelivery("L-more", beside, "delivered");
      assertThat(crm.requests()).hasSize(first + 1);

      crm.alwaysAnswers(200);
      hub.clock().advance(Duration.ofMinutes(1));
      hub.await(
          "all to be delivered",
          () ->
              count(hub, endpoint, "delivered") == first + 6
                  ? Optional.of(true)
                  : Optional.empty());
      assertThat(crm.requests()).hasSize(first + 1 + first + 6);
    }
  }

  @Test
  void a_long_run_of_failures_is_told_of_twice_and_then_disables() throws IOException {
    try (var hub = database.start(folder);
        var ops = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("disabled_after_hours", 10));
      hub.addEndpoint(ops.url("/"), "porchlight", b -> b.putArray("kinds").add("endpoint.*"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var begin = hub.clock().instant();
      hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(told(hub, endpoint)).isEmpty();
      var id = hub.deliveries("L-1", endpoint).getFirst().path("id").stringValue();
      int said = 0;
      for (var hours : List.of(5, 9, 10)) {
        hub.clock().set(begin.plus(Duration.ofHours(hours)).plusSeconds(1));
        hub.api().post("/deliveries/" + id + "/retry", "");
        int wanted = ++said;
        hub.await(
            wanted + " notices",
            () -> told(hub, endpoint).size() == wanted ? Optional.of(true) : Optional.empty());
      }
      assertThat(told(hub, endpoint))
          .containsExactly(
              "endpoint.failing 50", "endpoint.failing 90", "endpoint.disabled failing");
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).path("disabled").booleanValue())
          .isTrue();
      assertThat(count(hub, endpoint, "pending")).isEqualTo(1);
      // Where the clock has overtaken a lease, a notice goes again under its id.
      var notices =
          List.copyOf(byId(ops.awaitUntil("three notices", all -> byId(all).size() == 3)).values());
      assertThat(notices)
          .extracting(n -> n.json().at("/data/patience_used_percent").asInt())
          .containsExactly(50, 90, 0);
      assertThat(notices.getLast().json().at("/data/reason").asString()).isEqualTo("failing");
      var schemas =
          new MessageSchemas(
              new YAMLMapper().readTree(Files.readAllBytes(Path.of("../contracts/asyncapi.yaml"))));
      assertThat(schemas.problems("EndpointFailingPayload", notices.getFirst().json())).isEmpty();

      // It begins anew, and what it was told of before is told as over.
      crm.alwaysAnswers(200);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.clock().advance(Duration.ofDays(1));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(told(hub, endpoint).getLast()).isEqualTo("endpoint.recovered ");
    }
  }

  @Test
  void no_more_are_under_way_at_once_than_the_endpoint_allows() {
    var latch = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var other = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("max_concurrent", 2));
      var beside = hub.addEndpoint(other.url("/crm"), "porchlight");
      for (int n = 0; n < 12; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
      }
      for (int n = 0; n < 12; n++) {
        hub.awaitDelivery("L-" + n, beside, "delivered");
      }
      assertThat(crm.await(2)).hasSize(2);
      latch.countDown();
      hub.await(
          "all to be delivered",
          () -> count(hub, endpoint, "delivered") == 12 ? Optional.of(true) : Optional.empty());
    }
  }
}
