package dev.porchlight.desk.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Bodies of receipts go after their time, and what is pinned stays.
@OnEveryDatabase
class KeptTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static String id(TestHub hub, String lead) {
    return hub.story(lead).path("id").asString();
  }

  private static List<JsonNode> receipts(TestHub hub, String lead) {
    return hub.items("/receipts?lead=" + id(hub, lead));
  }

  private static boolean hasBody(TestHub hub, JsonNode receipt) {
    var answer = hub.api().get("/receipts/" + receipt.path("id").asString() + "/raw");
    assertThat(answer.status()).isIn(200, 404);
    return answer.status() == 200;
  }

  private static void post(TestHub hub, String path, int status) {
    assertThat(hub.api().post(path, "").status()).as(path).isEqualTo(status);
  }

  /// No line of the log tells that something was dropped.
  private static void awaitGone(TestHub hub, String lead) {
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .until(() -> receipts(hub, lead).stream().noneMatch(r -> hasBody(hub, r)));
  }

  @Test
  void bodies_go_after_90_days_and_the_rebuild_decides_as_before() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      portal.post(LeadBodies.buyer("L-1", ana));
      portal.post(LeadBodies.buyer("L-1", ana).put("message", "changed").put("budget", "lots"));
      portal.post(LeadBodies.seller("L-2", ana.withPhone("030 123456")));
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      var noId = LeadBodies.seller("x", InventedPerson.of(4));
      noId.remove("lead_id");
      noId.remove("timestamp");
      portal.post(noId);
      var unread = portal.sender().post("{").json().path("communications_guid").asString();
      hub.awaitDelivery("L-3", endpoint, "delivered");
      post(hub, "/leads/" + id(hub, "L-3") + "/pin", 200);
      post(hub, "/leads/" + id(hub, "L-3") + "/pin", 200);
      var second = receipts(hub, "L-2").getFirst();
      post(hub, "/receipts/" + second.path("id").asString() + "/pin", 200);

      hub.clock().advance(Duration.ofDays(91));
      hub.hub().wake();
      awaitGone(hub, "L-1");
      assertThat(receipts(hub, "L-1")).hasSize(3);
      assertThat(hub.story("L-1").path("version").asInt()).isEqualTo(2);
      assertThat(hasBody(hub, second)).isTrue();
      assertThat(receipts(hub, "L-3")).allMatch(r -> hasBody(hub, r));
      assertThat(hub.api().get("/receipts/" + unread + "/raw").status()).isEqualTo(200);
      // Nothing but its bytes says which lead the last one is.
      int kept =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery("SELECT COUNT(*) FROM receipt_raw").mapTo(Integer.class).one());
      assertThat(kept).isEqualTo(4);
      var result = hub.hub().checkRebuild();
      assertThat(result.differences()).isEmpty();

      // What is pinned keeps its attempts; it says since when and by whom, and so does the log.
      var pinned = hub.story("L-3");
      assertThat(pinned.at("/pin/pinned_by").asString()).isNotEmpty();
      assertThat(pinned.path("history").toString()).containsOnlyOnce("lead.pinned");
      assertThat(pinned.at("/deliveries/0/attempts")).hasSize(1);
      post(hub, "/leads/" + id(hub, "L-3") + "/unpin", 200);
      assertThat(hub.story("L-3").has("pin")).isFalse();
      hub.clock().advance(Duration.ofDays(1));
      hub.hub().wake();
      awaitGone(hub, "L-3");

      // A lead still takes in what is said of it once more.
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      assertThat(receipts(hub, "L-3").getFirst().path("state").asString()).isEqualTo("repeat");
    }
  }

  @Test
  void a_pinned_lead_outlives_its_source_s_retention_but_no_erasure() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus", b -> b.put("retention", "P30D"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      var kept = id(hub, "L-1");
      var gone = id(hub, "L-2");
      post(hub, "/leads/" + kept + "/pin", 200);
      hub.clock().advance(Duration.ofDays(31));
      hub.hub().wake();
      hub.await(
          "the erasure",
          () -> Optional.of(hub.api().read("/leads/" + gone)).filter(l -> l.has("erased_at")));
      assertThat(hub.api().read("/leads/" + kept).has("erased_at")).isFalse();
      post(hub, "/leads/" + gone + "/pin", 409);
      var person = hub.api().read("/leads/" + kept).path("person_id").asString();
      post(hub, "/persons/" + person + "/erase", 200);
      assertThat(hub.api().read("/leads/" + kept).has("erased_at")).isTrue();
      assertThat(hub.api().read("/leads/" + kept).has("pin")).isFalse();
    }
  }
}
