package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is said of deliveries whose endpoint is disabled, left alone or gone.
class RemovedEndpointTest {
  @TempDir Path folder;

  private static String explanation(TestHub hub, JsonNode delivery) {
    return hub.api()
        .read("/deliveries/" + delivery.path("id").asString())
        .path("explanation")
        .toString();
  }

  @Test
  void what_waits_for_a_disabled_endpoint_says_so_and_what_was_given_up_goes_with_its_endpoint() {
    try (var crm = FakeCrm.open();
        var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/crm"), "porchlight", b -> b.put("name", "CRM").put("final_refusals", true));
      var busy = new FakeCrm.Reaction.Status(503, Map.of("Retry-After", "99999999"), "busy");
      var answered = new CountDownLatch(1);
      crm.answers(busy, new FakeCrm.Reaction.Held(answered, busy));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var waiting = hub.awaitAttempts("L-1", endpoint, 1);
      // Who asks for years waits an hour, and both sentences say the same.
      var until =
          explanation(hub, waiting).replaceAll("(?s)^.*left alone until ([^\"]*?):? it.*$", "$1");
      assertThat(explanation(hub, waiting))
          .contains("left alone until " + until, "tried again at " + until);
      assertThat(until).isNotEmpty();
      // Its pause is over, and it has not yet taken what is tried again.
      hub.clock().advance(Duration.ofMinutes(61));
      crm.await(2);
      for (var page : List.of("/console/now", "/console/endpoints/" + endpoint.id())) {
        assertThat(ada.get(page).body())
            .contains("left alone until the next delivery is tried")
            .doesNotContain(", tried again");
      }
      answered.countDown();
      hub.awaitAttempts("L-1", endpoint, 2);

      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", true));
      var said = hub.deliveries("L-1", endpoint).getFirst();
      assertThat(said.path("endpoint_state").asString()).isEqualTo("disabled");
      assertThat(said.path("waits").asString()).contains("The endpoint is disabled");
      assertThat(said.has("next_attempt_at")).isFalse();
      assertThat(explanation(hub, said)).contains(said.path("waits").asString());
      var listed = hub.items("/deliveries?endpoint=" + endpoint.id()).getFirst();
      assertThat(listed.path("waits")).isEqualTo(said.path("waits"));

      // A replay waits while the endpoint is disabled; the next says that it runs beside it.
      var wanted = Json.object().put("endpoint", endpoint.id());
      var first = hub.api().make("/replays", wanted);
      assertThat(first.has("beside")).isFalse();
      assertThat(hub.api().make("/replays", wanted).path("beside").path(0))
          .isEqualTo(first.path("id"));
      var family = wanted.deepCopy();
      family.putArray("kinds").add("lead.*");
      assertThat(hub.api().post("/replays", family).status()).isEqualTo(400);
      assertThat(
              hub.api()
                  .patch("/endpoints/" + endpoint.id(), Json.object().putNull("contract"))
                  .status())
          .isEqualTo(400);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.clock().advance(Duration.ofMinutes(61));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      crm.answers(422);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "dead");
      assertThat(hub.api().delete("/endpoints/" + endpoint.id()).status()).isEqualTo(200);
      var gone = hub.awaitDelivery("L-2", endpoint, "dropped");
      assertThat(gone.path("endpoint_state").asString()).isEqualTo("removed");
      assertThat(gone.path("endpoint_name").asString()).isEqualTo("CRM");
      assertThat(gone.path("reason").asString()).isEqualTo("The endpoint was removed.");
      assertThat(explanation(hub, gone))
          .contains("refused with status 422", "The endpoint was removed.")
          .doesNotContain("retry");
      assertThat(new String(hub.api().get("//metrics").body(), StandardCharsets.UTF_8))
          .contains("porchlight_test_leads_total 0.0", "kind=\"endpoint.disabled\"");
      assertThat(hub.api().read("//health").path("needs_a_hand").path("dead").asLong(-1)).isZero();
    }
  }
}
