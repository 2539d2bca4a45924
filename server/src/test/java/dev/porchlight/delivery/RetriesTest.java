package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.Sealed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// When a delivery is attempted, and what survives.
@OnEveryDatabase
class RetriesTest {
  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  @Parameter Database database;
  @TempDir Path folder;

  private static Instant next(JsonNode delivery) {
    return Instant.parse(delivery.path("next_attempt_at").stringValue());
  }

  @Test
  void a_failing_delivery_is_retried_after_each_wait_until_it_is_dead_and_then_by_hand() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).alwaysAnswers(503)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));

      for (int n = 1; n <= WAITS.size(); n++) {
        var delivery = hub.awaitAttempts("L-1", endpoint, n);
        var wait = WAITS.get(n - 1);
        var waits = Duration.between(hub.clock().instant(), next(delivery));
        assertThat(waits)
            .as("wait %s", n)
            .isBetween(wait.multipliedBy(9).dividedBy(10), wait.multipliedBy(11).dividedBy(10));
        assertThat(delivery.path("state").stringValue()).isEqualTo("pending");
        assertThat(delivery.path("reason").stringValue()).contains("503");
        assertThat(delivery.path("attempts_made").intValue()).isEqualTo(n);
        hub.clock().set(next(delivery));
      }
      var dead = hub.awaitDelivery("L-1", endpoint, "dead");
      assertThat(dead.path("attempts")).hasSize(15);
      assertThat(dead.has("next_attempt_at")).isFalse();
      assertThat(hub.api().read("//health").path("needs_a_hand").path("dead").intValue())
          .isEqualTo(1);
      assertThat(hub.api().read("/doctor").toString()).contains(dead.path("id").stringValue());
      for (var received : crm.requests()) {
        assertThat(received.isSignedWith(endpoint.secret())).isTrue();
      }

      crm.alwaysAnswers(200);
      var retried = hub.api().post("/deliveries/" + dead.path("id").stringValue() + "/retry", "");
      assertThat(retried.status()).isEqualTo(202);
      var delivered = hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(delivered.path("attempts_made").intValue()).isEqualTo(16);
      // What was delivered can be delivered again, as the same message.
      hub.api().post("/deliveries/" + dead.path("id").stringValue() + "/retry", "");
      hub.awaitAttempts("L-1", endpoint, 17);
      assertThat(crm.await(17))
          .extracting(r -> r.header("webhook-id"))
          .containsOnly(delivered.path("event_id").stringValue());
    }
  }

  @Test
  void nothing_is_attempted_before_its_time() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);

      hub.clock().set(next(waiting).minusMillis(1));
      // Another contact's lead is attempted at once, and this one meanwhile not.
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("attempts_made").intValue())
          .isEqualTo(1);
      hub.clock().set(next(waiting));
      var delivered = hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(Instant.parse(delivered.path("attempts").get(1).path("at").stringValue()))
          .isEqualTo(next(waiting));
      assertThat(crm.requests()).hasSize(3);
    }
  }

  @Test
  void later_leads_of_a_contact_wait_through_the_waits_up_to_an_hour_and_then_pass() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500, 500, 500, 500, 500, 500, 500, 500, 500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      hub.awaitAttempts("L-1", endpoint, 1);
      portal.post(LeadBodies.buyer("L-2", ana));
      portal.post(LeadBodies.buyer("L-3", ana));
      for (int n = 1; n < 9; n++) {
        var head = hub.awaitAttempts("L-1", endpoint, n);
        assertThat(crm.requests()).as("attempts before wait %s", n).hasSize(n);
        hub.clock().set(next(head));
      }
      // The ninth wait is two hours: the others go on.
      hub.awaitDelivery("L-3", endpoint, "delivered");
      var passed = hub.deliveries("L-1", endpoint).getFirst();
      assertThat(passed.path("state").stringValue()).isEqualTo("pending");
      portal.post(LeadBodies.buyer("L-4", ana));
      hub.awaitDelivery("L-4", endpoint, "delivered");
      hub.clock().set(next(passed));
      hub.awaitDelivery("L-1", endpoint, "delivered");

      var sent = crm.requests();
      assertThat(sent)
          .extracting(r -> r.json().path("data").path("lead_id").stringValue())
          .containsExactly(
              "L-1", "L-1", "L-1", "L-1", "L-1", "L-1", "L-1", "L-1", "L-1", "L-2", "L-3", "L-4",
              "L-1");
      assertThat(sent.subList(8, 12))
          .extracting(r -> Long.valueOf(r.header("Porchlight-Sequence")))
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(sent.getLast().header("Porchlight-Sequence"))
          .isEqualTo(sent.getFirst().header("Porchlight-Sequence"));
    }
  }

  @Test
  void what_is_pending_is_attempted_after_a_restart() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      hub.restart();
      assertThat(crm.requests()).hasSize(1);
      hub.clock().set(next(waiting));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(crm.requests())
          .extracting(r -> r.header("webhook-id"))
          .hasSize(2)
          .containsOnly(waiting.path("event_id").stringValue());
    }
  }

  @Test
  void an_attempt_whose_outcome_a_crash_swallowed_is_made_again_as_the_same_message() {
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

      hub.crash(latch::countDown);
      if (database == Database.POSTGRESQL) {
        // Who holds the lane may live: only a hub that is alone can know that nobody does.
        hub.clock().advance(Duration.ofSeconds(31));
      }

      hub.awaitDelivery("L-2", endpoint, "delivered");
      var sent = crm.requests();
      assertThat(sent)
          .extracting(r -> r.json().path("data").path("lead_id").stringValue())
          .containsExactly("L-1", "L-1", "L-2");
      assertThat(sent.get(0).header("webhook-id")).isEqualTo(sent.get(1).header("webhook-id"));
      assertThat(sent.get(0).body()).isEqualTo(sent.get(1).body());
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("attempts")).hasSize(1);
    }
  }

  @Test
  void a_lease_that_ran_out_settles_nothing_and_the_message_goes_again() {
    var first = new CountDownLatch(1);
    var second = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm =
            FakeCrm.open(hub.clock())
                .answers(
                    new Reaction.Held(first, new Reaction.Status(200, Map.of(), "")),
                    new Reaction.Held(second, new Reaction.Status(500, Map.of(), "")))) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      crm.await(1);
      hub.clock().advance(Duration.ofSeconds(31));
      crm.await(2);
      first.countDown();
      // What settles nothing leaves no event: look until its worker is gone.
      Awaitility.await()
          .until(() -> hub.api().read("//health").path("lanes_at_work").intValue() == 1);
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("attempts")).isEmpty();
      second.countDown();
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(waiting.path("reason").stringValue()).contains("500");
      hub.clock().set(next(waiting));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(crm.requests())
          .hasSize(3)
          .extracting(r -> r.header("webhook-id"))
          .containsOnly(waiting.path("event_id").stringValue());
    }
  }

  @Test
  void stopping_waits_for_the_attempt_under_way_and_records_it() {
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
      Thread.startVirtualThread(latch::countDown);
      hub.restart();
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests())
          .extracting(r -> r.json().path("data").path("lead_id").stringValue())
          .containsExactly("L-1", "L-2");
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("attempts")).hasSize(1);
    }
  }

  @Test
  void every_answer_but_2xx_is_a_failure_and_redirects_are_not_followed() {
    try (var hub = database.start(folder);
        var elsewhere = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock())) {
      crm.answers(
          new Reaction.Status(302, Map.of("Location", elsewhere.url("/")), ""),
          new Reaction.Status(308, Map.of("Location", elsewhere.url("/")), ""),
          new Reaction.Status(404, Map.of(), "gone, they say"),
          new Reaction.CutOff(),
          new Reaction.Status(204, Map.of(), ""));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      for (int n = 1; n <= 4; n++) {
        hub.clock().set(next(hub.awaitAttempts("L-1", endpoint, n)));
      }
      var attempts = hub.awaitDelivery("L-1", endpoint, "delivered").path("attempts");
      assertThat(attempts.valueStream().map(a -> a.path("status").asInt(0)))
          .containsExactly(302, 308, 404, 0, 204);
      assertThat(attempts.valueStream().map(a -> a.path("outcome").stringValue()))
          .containsExactly("refused", "refused", "refused", "unreachable", "delivered");
      assertThat(attempts.get(2).path("answer_head").stringValue()).isEqualTo("gone, they say");
      assertThat(attempts.get(3).path("error").stringValue()).isNotBlank();
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void a_2xx_counts_however_much_they_say() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(new Reaction.Gigabyte())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var delivered = hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(delivered.path("attempts").get(0).path("answer_head").stringValue().length())
          .isBetween(1, 4096);
    }
  }

  @Test
  void a_defect_of_ours_while_signing_is_an_attempt_and_the_message_goes_once_it_is_mended() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var owner = "endpoint " + endpoint.id();
      var sound = Sealed.replace(hub, owner, new byte[] {1, 2, 3});
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(waiting.path("state").stringValue()).isEqualTo("pending");
      assertThat(waiting.path("attempts").get(0).path("outcome").stringValue()).isEqualTo("defect");
      assertThat(waiting.toString()).doesNotContain("Exception");
      assertThat(crm.requests()).isEmpty();

      Sealed.replace(hub, owner, sound);
      hub.clock().set(next(waiting));
      var delivered = hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(delivered.path("attempts").valueStream().map(a -> a.path("outcome").stringValue()))
          .containsExactly("defect", "delivered");
      assertThat(crm.requests()).hasSize(1);
    }
  }

  @Test
  void a_retry_by_hand_in_the_middle_of_an_attempt_that_then_fails_is_not_lost() {
    var latch = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500, 500)) {
      crm.answers(new Reaction.Held(latch, new Reaction.Status(500, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.clock().set(next(hub.awaitAttempts("L-1", endpoint, 1)));
      var second = hub.awaitAttempts("L-1", endpoint, 2);
      hub.clock().set(next(second));
      crm.await(3);
      var retried = hub.api().post("/deliveries/" + second.path("id").stringValue() + "/retry", "");
      assertThat(retried.status()).isBetween(200, 299);
      latch.countDown();
      // The clock stands still: only the retry makes it due.
      var delivered = hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(delivered.path("attempts")).hasSize(4);
    }
  }

  @Test
  void an_earlier_one_retried_while_a_later_attempt_fails_goes_at_once() {
    var latch = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.answers(
          new Reaction.Status(200, Map.of(), ""),
          new Reaction.Held(latch, new Reaction.Status(500, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      var first = hub.awaitDelivery("L-1", endpoint, "delivered");
      portal.post(LeadBodies.buyer("L-2", ana));
      crm.await(2);
      hub.api().post("/deliveries/" + first.path("id").stringValue() + "/retry", "");
      latch.countDown();
      // The clock stands still, and the later one waits.
      hub.awaitAttempts("L-2", endpoint, 1);
      assertThat(hub.awaitAttempts("L-1", endpoint, 2).path("state").stringValue())
          .isEqualTo("delivered");
      assertThat(hub.deliveries("L-2", endpoint).getFirst().path("attempts")).hasSize(1);
    }
  }

  @Test
  void a_passed_one_retried_while_a_later_attempt_fails_goes_at_once() {
    var latch = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500, 500, 500, 500, 500, 500, 500, 500, 500)) {
      crm.answers(new Reaction.Held(latch, new Reaction.Status(500, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      for (int n = 1; n < 9; n++) {
        hub.clock().set(next(hub.awaitAttempts("L-1", endpoint, n)));
      }
      var passed = hub.awaitAttempts("L-1", endpoint, 9);
      portal.post(LeadBodies.buyer("L-2", ana));
      crm.await(10);
      hub.api().post("/deliveries/" + passed.path("id").stringValue() + "/retry", "");
      latch.countDown();
      hub.awaitAttempts("L-2", endpoint, 1);
      assertThat(hub.awaitAttempts("L-1", endpoint, 10).path("state").stringValue())
          .isEqualTo("delivered");
    }
  }
}
