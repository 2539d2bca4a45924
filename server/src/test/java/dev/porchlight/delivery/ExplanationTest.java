package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The answer to "why did this delivery not arrive?", in sentences.
class ExplanationTest {
  @TempDir Path folder;

  private static JsonNode shown(TestHub hub, JsonNode delivery) {
    return hub.api().read("/deliveries/" + delivery.path("id").asString());
  }

  private static String told(JsonNode shown) {
    return shown.path("explanation").toString();
  }

  @Test
  void a_delivery_says_by_which_rule_it_was_planned_what_it_waits_for_and_who_refused_it() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      crm.alwaysAnswers(
          new FakeCrm.Reaction.Status(503, Map.of(), "closed for\r\nrepairs \u001b[2J"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var first = hub.awaitAttempts("L-1", endpoint, 1);
      assertThat(told(shown(hub, first)))
          .contains("It was planned at 2026-03-14 09:30:00 UTC. The lead landed in ")
          .contains("was refused with status 503, in these words: “closed for  repairs  [2J”")
          .contains("It is tried again at 2026-03-14 09:30:0");
      assertThat(shown(hub, first).has("ended_by")).isFalse();

      // A second one of the same contact waits behind it.
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      var second = hub.deliveries("L-2", endpoint).getFirst();
      assertThat(told(shown(hub, second)))
          .contains(
              "It waits behind delivery "
                  + first.path("id").asString()
                  + " of the same contact, so that they arrive in order: until that one is"
                  + " delivered or given up, or would have to wait for more than an hour.")
          .contains("That one was tried once; it is tried again at 2026-03-14 09:30:0")
          .contains("The last time so: ");
      // Asking for it does not bring it past the other, and it says so.
      var retried = hub.api().post("/deliveries/" + second.path("id").asString() + "/retry", "{}");
      assertThat(retried.status()).isEqualTo(202);
      assertThat(told(shown(hub, second)))
          .contains("It waits behind delivery " + first.path("id").asString())
          .contains("it is tried again at 2026-03-14 09:30:0")
          .doesNotContain("It is due now");

      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", true));
      assertThat(told(shown(hub, second))).contains("The endpoint is disabled");
      assertThat(told(shown(hub, second))).doesNotContain("waits behind");

      hub.api().delete("/endpoints/" + endpoint.id());
      var dropped = shown(hub, hub.awaitDelivery("L-1", endpoint, "dropped"));
      assertThat(told(dropped)).contains("It was dropped: The endpoint was removed.");
      assertThat(dropped.path("ended_by").asString()).isEqualTo("rule");
    }
  }

  @Test
  void endings_are_told_apart_by_whose_doing_they_are() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("final_refusals", true));
      var mute = hub.addEndpoint(crm.url("/mute"), "seeker-leads");
      crm.alwaysAnswers(new FakeCrm.Reaction.Status(422, Map.of(), "no such agent"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var dead = shown(hub, hub.awaitDelivery("L-1", endpoint, "dead"));
      assertThat(dead.path("ended_by").asString()).isEqualTo("receiver");
      assertThat(told(dead)).contains("in these words: “no such agent”", "such an answer is final");
      hub.awaitAttempts("L-1", mute, 1);
      crm.alwaysAnswers(200);
      hub.api().post("/deliveries/" + dead.path("id").asString() + "/retry", "{}");
      var delivered = shown(hub, hub.awaitDelivery("L-1", endpoint, "delivered"));
      assertThat(told(delivered)).contains("Attempt 2 at", "was taken with status 200.");
      assertThat(delivered.has("ended_by")).isFalse();
    }
  }

  @Test
  void what_waits_behind_another_lead_is_told_so_where_the_newest_wins_too() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("order", "newest"));
      crm.alwaysAnswers(500);
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitAttempts("L-1", endpoint, 1);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      var second = hub.deliveries("L-2", endpoint).getFirst();
      assertThat(told(hub.api().read("/deliveries/" + second.path("id").asString())))
          .contains(
              "It waits behind delivery "
                  + hub.deliveries("L-1", endpoint).getFirst().path("id").asString())
          .doesNotContain("It is due now");
    }
  }

  @Test
  void what_is_being_attempted_is_said_to_be() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      crm.alwaysAnswers(new FakeCrm.Reaction.Hanging());
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      crm.await(1);
      assertThat(told(shown(hub, hub.deliveries("L-1", endpoint).getFirst())))
          .contains("It is being attempted now, or will be in a moment.")
          .doesNotContain("due now");
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      assertThat(told(shown(hub, hub.deliveries("L-2", endpoint).getFirst())))
          .contains("That one is being attempted for the first time, or will be in a moment.")
          .doesNotContain("due now", "not tried yet");
    }
  }

  private static Explanation ended(
      DeliveryState.State state, String reason, Attempt.Outcome... outcomes) {
    return ended(
        Optional.of(Endpoints.mailTo("e", "n", "desk@example.org")), state, reason, outcomes);
  }

  private static Explanation ended(
      Optional<Endpoint> endpoint,
      DeliveryState.State state,
      String reason,
      Attempt.Outcome... outcomes) {
    var at = Instant.parse("2026-03-14T09:30:00Z");
    var delivery =
        new Delivery(
            "d", 7, "e", "k", "evt", "lead.created", "l", 1, "o", at, "It takes every kind.");
    var attempts = new ArrayList<Attempt>();
    for (var outcome : outcomes) {
      attempts.add(
          new Attempt(
              "d",
              attempts.size() + 1,
              at,
              Duration.ZERO,
              outcome,
              outcome == Attempt.Outcome.REFUSED || outcome == Attempt.Outcome.REJECTED
                  ? Integer.valueOf(500)
                  : null,
              "some reason",
              new byte[0],
              1,
              new byte[0]));
    }
    var standing =
        new DeliveryState("d", "e", 7, state, attempts.size(), 1, false, null, at, reason, "[]");
    return Explanation.of(
        new Deliveries.Standing(delivery, standing),
        attempts,
        endpoint,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        at);
  }

  @Test
  void each_ending_has_its_sentence_and_says_who_ended_it() {
    var used = ended(DeliveryState.State.DEAD, "", Attempt.Outcome.REFUSED);
    assertThat(used.sentences().toString()).contains("without a word", "All waits are used up");
    assertThat(used.endedBy()).contains(Explanation.By.RECEIVER);
    var away = ended(DeliveryState.State.DEAD, "", Attempt.Outcome.UNREACHABLE);
    assertThat(away.sentences().toString()).contains("had no answer: some reason.");
    assertThat(away.endedBy()).contains(Explanation.By.RECEIVER);
    var refused =
        ended(DeliveryState.State.DEAD, "", Attempt.Outcome.UNREACHABLE, Attempt.Outcome.REJECTED);
    assertThat(refused.sentences().toString()).contains("such an answer is final");
    assertThat(refused.endedBy()).contains(Explanation.By.RECEIVER);
    var ours = ended(DeliveryState.State.DEAD, "", Attempt.Outcome.DEFECT);
    assertThat(ours.sentences().toString()).contains("failed by a defect of ours: some reason.");
    assertThat(ours.endedBy()).contains(Explanation.By.HUB);
    var guarded = ended(DeliveryState.State.DEAD, "", Attempt.Outcome.GUARDED);
    assertThat(guarded.sentences().toString()).contains("was not sent, by the rules for addresses");
    assertThat(guarded.endedBy()).contains(Explanation.By.RULE);
    var mute = ended(DeliveryState.State.UNWRITABLE, "There is no e-mail address.");
    assertThat(mute.sentences().toString())
        .contains("can't be written in the endpoint's format: There is no e-mail address.");
    assertThat(mute.endedBy()).contains(Explanation.By.RULE);
    for (var why : List.of("Superseded: a newer state of the same is planned.", Erased.REASON)) {
      var dropped = ended(DeliveryState.State.DROPPED, why);
      assertThat(dropped.sentences().toString()).contains("It was dropped: " + why);
      assertThat(dropped.endedBy()).contains(Explanation.By.RULE);
    }
    // No retry can mend what is owed to an endpoint that is gone.
    for (var state : List.of(DeliveryState.State.DEAD, DeliveryState.State.UNWRITABLE)) {
      assertThat(ended(Optional.empty(), state, "Why.").sentences().toString())
          .contains("Its endpoint was removed: it will be dropped.")
          .doesNotContain("retry");
    }
    // Attempts are kept for their time only.
    var old = ended(DeliveryState.State.DELIVERED, "");
    assertThat(old.sentences().toString()).contains("It takes every kind.", "It was delivered.");
    assertThat(old.endedBy()).isEmpty();
    for (var outcome : Attempt.Outcome.values()) {
      assertThat(ended(DeliveryState.State.DEAD, "", outcome).sentences())
          .hasSizeGreaterThan(2)
          .allMatch(sentence -> sentence.matches("(?s).*[.”]"));
    }
  }
}
