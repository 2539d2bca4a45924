package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Each contact's leads arrive at an endpoint in the order in which they were taken.
@OnEveryDatabase
class OrderTest {
  private static final int CONTACTS = 4;
  private static final int LEADS = 80;

  @Parameter Database database;
  @TempDir Path folder;

  private static void post(TestHub hub, TestHub.SourceAtHub portal) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, LEADS)
          .forEach(n ->
              threads.submit(() ->
                  assertThat(
                          portal
                              .post(LeadBodies.buyer("L-" + n, InventedPerson.of(n % CONTACTS)))
                              .status())
                      .isEqualTo(200)));
    }
    // On a busy machine some are owed for a moment.
    hub.await(
        "all to be decided",
        () -> hub.leads().size() == LEADS ? Optional.of(true) : Optional.empty());
  }

  private static void assertOrdered(List<FakeCrm.Received> received) {
    var byContact =
        received.stream()
            .collect(
                java.util.stream.Collectors.groupingBy(
                    r -> r.json().path("data").path("contact_id").stringValue()));
    assertThat(byContact).hasSize(CONTACTS);
    byContact.forEach((contact, all) ->
        assertThat(
                all.stream()
                    .map(r -> Long.valueOf(r.header("Porchlight-Sequence")))
                    .distinct()
                    .toList())
            .as(contact)
            .hasSize(LEADS / CONTACTS)
            .isSorted());
  }

  @Test
  void leads_that_come_at_one_instant_arrive_once_each_and_in_order_per_contact() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/crm"), "porchlight");
      post(hub, portal);
      var received = crm.await(LEADS);
      assertThat(received).hasSize(LEADS);
      assertOrdered(received);
    }
  }

  @Test
  void order_holds_through_failures_and_a_crash() {
    var latch = new CountDownLatch(1);
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.answers(500, 200, 500, 500, 200, 200, 503);
      crm.alwaysAnswers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/crm"), "porchlight");
      post(hub, portal);
      crm.await(CONTACTS);
      hub.crash(latch::countDown);
      hub.clock().advance(Duration.ofMinutes(1));
      hub.await(
          "all to be delivered",
          () -> {
            hub.clock().advance(Duration.ofSeconds(20));
            return hub.items("/deliveries?state=delivered&limit=200").size() == LEADS
                ? java.util.Optional.of(true)
                : java.util.Optional.empty();
          });
      assertOrdered(crm.requests());
    }
  }

  @Test
  void a_pending_delivery_can_be_retried_by_hand_at_once() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      hub.api().post("/deliveries/" + waiting.path("id").stringValue() + "/retry", "");
      hub.awaitDelivery("L-1", endpoint, "delivered");
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(3);
    }
  }

  /// Fails through all waits of up to an hour, so that others would pass.
  private static void failForHours(TestHub hub, TestHub.EndpointAtHub endpoint) {
    for (int n = 1; n <= 9; n++) {
      var waiting = hub.awaitAttempts("L-1", endpoint, n);
      hub.clock().set(java.time.Instant.parse(waiting.path("next_attempt_at").stringValue()));
    }
  }

  @Test
  void where_an_endpoint_says_block_nothing_passes_one_that_is_not_delivered() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.answers(500, 500, 500, 500, 500, 500, 500, 500, 500);
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("order", "block"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      failForHours(hub, endpoint);
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(11);
      assertOneContactSorted(crm);
    }
  }

  private static void assertOneContactSorted(FakeCrm crm) {
    assertThat(crm.requests().stream().map(r -> Long.valueOf(r.header("Porchlight-Sequence"))))
        .isSorted();
  }

  @Test
  void
      where_the_newest_wins_older_states_of_the_same_lead_are_superseded_and_other_leads_are_not() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500, 500)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.put("order", "newest"));
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      hub.awaitAttempts("L-1", endpoint, 1);
      portal.post(LeadBodies.buyer("L-2", ana));
      portal.post(LeadBodies.buyer("L-1", ana).put("message", "second"));
      portal.post(LeadBodies.buyer("L-1", ana).put("message", "third"));
      hub.clock().advance(Duration.ofSeconds(30));
      hub.await(
          "all to be settled",
          () -> {
            hub.clock().advance(Duration.ofSeconds(10));
            return hub.items("/deliveries?state=pending").isEmpty()
                ? java.util.Optional.of(true)
                : java.util.Optional.empty();
          });
      var states =
          hub.deliveries("L-1", endpoint).stream().map(d -> d.path("state").stringValue()).toList();
      assertThat(states).containsExactly("dropped", "dropped", "delivered");
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("reason").stringValue())
          .contains("Superseded");
      assertThat(hub.deliveries("L-2", endpoint).getFirst().path("state").stringValue())
          .isEqualTo("delivered");
    }
  }
}
