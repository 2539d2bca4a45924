package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Deliveries are found by whom they are about, when they were, and what was answered; and old
/// attempts are forgotten.
@OnEveryDatabase
class SearchTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static List<String> leads(TestHub hub, String query) {
    return hub.items("/deliveries?" + query).stream()
        .map(d -> hub.api().read("/leads/" + d.path("lead").asString()))
        .map(l -> l.path("lead_id").asString())
        .toList();
  }

  private static List<String> words(TestHub hub) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT word FROM answer_word").mapTo(String.class).list());
  }

  @Test
  void words_of_answers_are_found_page_by_page_and_erased_with_the_person() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("final_refusals", true));
      crm.answers(
          new FakeCrm.Reaction.Status(422, Map.of(), "Unknown customer One"),
          new FakeCrm.Reaction.Status(422, Map.of(), "Unknown customer Two"),
          new FakeCrm.Reaction.Status(422, Map.of(), "Unknown customer Three"));
      for (int n = 1; n <= 3; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
        hub.awaitDelivery("L-" + n, endpoint, "dead");
      }
      var first = hub.api().read("/deliveries?words=unknown+customer&limit=2");
      assertThat(first.path("items")).hasSize(2);
      var rest =
          hub.api()
              .read(
                  "/deliveries?words=unknown+customer&limit=2&cursor="
                      + first.path("next_cursor").asString());
      assertThat(rest.path("items")).hasSize(1);
      assertThat(rest.path("next_cursor").isNull()).isTrue();
      assertThat(leads(hub, "words=unknown")).containsExactly("L-3", "L-2", "L-1");

      var person =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery("SELECT person_id FROM lead WHERE external_id = 'L-2'")
                      .mapTo(String.class)
                      .one());
      assertThat(hub.api().post("/persons/" + person + "/erase", "{}").status()).isEqualTo(200);
      assertThat(leads(hub, "words=unknown")).containsExactly("L-3", "L-1");
      assertThat(words(hub)).contains("one", "three").doesNotContain("two");
      assertThat(hub.api().get("/deliveries?words=a+b+c").status()).isEqualTo(400);

      // Why something could not be written is not said of it any more once it is tried again.
      var third = hub.deliveries("L-3", endpoint).getFirst().path("id").asString();
      hub.hub()
          .store()
          .write(
              WorkQueue.EDITS,
              batch -> {
                var state = Objects.requireNonNull(batch.find(Tables.STATE, third));
                var stuck = state.unwritable("Quite odd.", batch.clock());
                batch.put(Tables.STATE, stuck);
                AnswerWords.put(batch, AnswerWords.ofReason(stuck));
                return true;
              });
      assertThat(leads(hub, "words=odd")).containsExactly("L-3");
      hub.api().post("/deliveries/" + third + "/retry", "");
      hub.awaitDelivery("L-3", endpoint, "delivered");
      assertThat(words(hub)).contains("three").doesNotContain("odd");
    }
  }

  @Test
  void deliveries_are_found_by_person_time_and_words_of_the_answer() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("final_refusals", true));
      crm.answers(
          new FakeCrm.Reaction.Status(422, Map.of(), "No agent for the Harbour branch"),
          new FakeCrm.Reaction.Status(200, Map.of(), "accepted as case 4711"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "dead");
      hub.clock().advance(Duration.ofHours(2));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "delivered");

      assertThat(leads(hub, "words=harbour+BRANCH")).containsExactly("L-1");
      assertThat(leads(hub, "words=4711")).containsExactly("L-2");
      assertThat(leads(hub, "words=4711&state=dead")).isEmpty();
      assertThat(leads(hub, "words=status+422")).containsExactly("L-1");
      assertThat(leads(hub, "words=branch+harbour")).isEmpty();
      assertThat(leads(hub, "state=dead")).containsExactly("L-1");
      assertThat(leads(hub, "state=dead&from=2026-03-14T10:00:00Z")).isEmpty();
      assertThat(leads(hub, "state=delivered&endpoint=" + endpoint.id())).containsExactly("L-2");
      assertThat(leads(hub, "state=pending&endpoint=" + endpoint.id())).isEmpty();
      var email = URLEncoder.encode(InventedPerson.of(2).email(), StandardCharsets.UTF_8);
      assertThat(leads(hub, "email=" + email)).containsExactly("L-2");
      assertThat(leads(hub, "email=nobody%40example.org")).isEmpty();
      assertThat(leads(hub, "from=2026-03-14T10:00:00Z")).containsExactly("L-2");
      assertThat(leads(hub, "to=2026-03-14T10:00:00Z")).containsExactly("L-1");
      assertThat(leads(hub, "from=2026-03-14T09:00:00Z")).containsExactly("L-2", "L-1");

      // After a month the attempts are forgotten; that there were some, and how it ended, stays.
      hub.clock().advance(Duration.ofDays(31));
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      hub.awaitDelivery("L-3", endpoint, "delivered");
      hub.hub().wake();
      // No line of the log tells of it.
      var kept =
          Awaitility.await()
              .atMost(TestHub.PATIENCE)
              .until(
                  () -> hub.deliveries("L-1", endpoint).getFirst(),
                  d -> d.path("attempts").isEmpty());
      assertThat(leads(hub, "words=harbour")).isEmpty();
      assertThat(words(hub)).isEmpty();
      assertThat(kept.path("attempts_made").asInt()).isEqualTo(1);
      assertThat(kept.path("state").asString()).isEqualTo("dead");
      assertThat(hub.deliveries("L-3", endpoint).getFirst().path("attempts")).hasSize(1);
      assertThat(
              hub.api()
                  .read("/deliveries/" + kept.path("id").asString())
                  .path("explanation")
                  .toString())
          .contains("1 attempt was made");

      assertThat(hub.api().get("//metrics").text())
          .contains("porchlight_planned_total 3.0")
          .contains("porchlight_events_total{kind=\"delivery.dead\"} 1.0")
          .contains("porchlight_attempted_after_seconds_count 3")
          .contains("porchlight_attempted_after_seconds_bucket{le=\"60.0\"} ")
          .contains("porchlight_delivered_after_seconds_count 2")
          .contains("porchlight_delivered_after_seconds_bucket{le=\"+Inf\"} 2");
    }
  }
}
