package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a paused source sends is taken as always, and waits.
@Timeout(120)
class SourcePauseTest {
  @TempDir Path folder;

  private static void awaitNoPause(TestHub hub, String source) {
    hub.await(
        "the pause to end",
        () ->
            hub.api().read("/sources/" + source).has("pause")
                ? Optional.empty()
                : Optional.of(true));
  }

  @Test
  void what_a_paused_source_sends_waits_through_a_crash_and_is_worked_in_order() {
    var ana = InventedPerson.of(1);
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "connections-plus");
      hub.api().patch("/nodes/" + office(hub) + "/mail", mail());
      var first = portal.post(LeadBodies.buyer("L-1", ana));
      var page = "/console/sources/" + portal.id();
      assertThat(ada.submit(page, page + "/pause", Map.of()).statusCode()).isEqualTo(303);
      assertThat(ada.get(page).body()).contains("Let it go on", "Paused now by");
      // A client's own is told at once what became of a lead, and so has no such button.
      var client = Json.object().put("name", "Harbor CRM").put("contract", "seeker-leads");
      var own =
          ada.get(
              "/console/sources/"
                  + hub.api().make("/clients", client).path("client_id").asString());
      assertThat(own.statusCode()).isEqualTo(200);
      assertThat(own.body()).doesNotContain("/pause", "Pausing");

      // The sender sees no difference, and nothing comes of it.
      var again = portal.post(LeadBodies.buyer("L-1", ana).put("message", "two"));
      assertThat(again.status()).isEqualTo(first.status());
      assertThat(again.json().path("communications_guid"))
          .isEqualTo(first.json().path("communications_guid"));
      // Within one millisecond no order is promised but that the newest wins.
      hub.clock().advance(Duration.ofMillis(1));
      portal.post(LeadBodies.buyer("L-1", ana).put("message", "three"));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      portal.sender().post("{");
      other.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      assertThat(hub.leads()).hasSize(2);
      assertThat(hub.story("L-1").path("version").asInt()).isEqualTo(1);
      assertThat(hub.items("/receipts?state=owed"))
          .hasSize(4)
          .allSatisfy(r ->
              assertThat(r.path("reason").asString())
                  .startsWith("Held: the source is paused by member "));
      assertThat(ada.get("/console/sources").body()).contains("paused");

      // Neither a start nor time lets it go, and nobody is written to of it.
      hub.crash(() -> {});
      hub.clock().advance(Duration.ofMinutes(5));
      hub.hub().wake();
      hub.sender("other", other.key()).post(LeadBodies.buyer("L-4", InventedPerson.of(4)));
      assertThat(hub.items("/receipts?state=owed")).hasSize(4);

      // Let go on, all of it is worked, the versions of a lead in their order.
      assertThat(hub.api().post("/sources/portal/resume", "").status()).isEqualTo(200);
      awaitNoPause(hub, "portal");
      assertThat(hub.items("/receipts?state=owed")).isEmpty();
      assertThat(hub.items("/receipts?state=quarantined")).hasSize(1);
      assertThat(hub.leads()).hasSize(4);
      var story = hub.story("L-1");
      assertThat(story.path("version").asInt()).isEqualTo(3);
      assertThat(story.toString()).contains("three");
      var sender = hub.sender("portal", portal.key());
      sender.post(LeadBodies.buyer("L-5", InventedPerson.of(5)));
      assertThat(hub.leads()).hasSize(5);

      // Paused again by the API, then cut while it is let go on: the next start ends it.
      hub.api().post("/sources/portal/pause", "");
      assertThat(
              hub.api().post("/sources/portal/pause", "").json().at("/pause/resuming").asBoolean())
          .isFalse();
      sender.post(LeadBodies.buyer("L-6", InventedPerson.of(6)));
      hub.api().post("/sources/portal/resume", "");
      hub.crash(() -> {});
      awaitNoPause(hub, "portal");
      assertThat(hub.leads()).hasSize(6);
    }
  }

  private static String office(TestHub hub) {
    return hub.items("/nodes").stream()
        .filter(n -> n.path("kind").asString().equals("office"))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  private static JsonNode mail() {
    return Json.object().put("fallback", "desk@example.org");
  }
}
