package dev.porchlight.desk.onward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.api.MessageSchemas;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Who asks for it is told how other endpoints fare.
class NoticesTest {
  @TempDir Path folder;

  @Test
  void what_becomes_of_an_endpoint_is_told_to_those_who_ask_once_and_to_nobody_else()
      throws IOException {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock());
        var ops = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("final_refusals", true));
      var plain = hub.addEndpoint(ops.url("/leads"), "porchlight");
      crm.answers(422);
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "dead");
      var watcher =
          hub.addEndpoint(
              ops.url("/ops"),
              "porchlight",
              b ->
                  b.putArray("kinds")
                      .add("endpoint.*")
                      .add("delivery.dead")
                      .add("replay.finished"));
      crm.answers(422, 410);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "dead");
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      var told =
          ops
              .awaitUntil(
                  "two notices",
                  all -> all.stream().filter(r -> r.path().equals("/ops")).count() == 2)
              .stream()
              .filter(r -> r.path().equals("/ops"))
              .toList();
      var dead = told.get(0).json();
      assertThat(dead.path("type").asString()).isEqualTo("delivery.dead");
      assertThat(dead.at("/data/endpoint").asString()).isEqualTo(endpoint.id());
      assertThat(dead.at("/data/lead").asString())
          .isEqualTo(hub.story("L-2").path("id").asString());
      assertThat(dead.at("/data/reason").asString()).contains("422");
      assertThat(told.get(0).isSignedWith(watcher.secret())).isTrue();
      var disabled = told.get(1).json();
      assertThat(disabled.path("type").asString()).isEqualTo("endpoint.disabled");
      assertThat(disabled.at("/data/reason").asString()).isEqualTo("gone");

      // Whoever asks for leads gets leads.
      hub.awaitDelivery("L-3", plain, "delivered");
      assertThat(ops.requests()).filteredOn(r -> r.path().equals("/leads")).hasSize(3);
      hub.restart();
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.clock().advance(Duration.ofSeconds(10));
      hub.awaitDelivery("L-3", endpoint, "delivered");
      // Whoever heard that it was disabled hears, once, that it works again; not that it may.
      hub.addSource("again", "connections-plus")
          .post(LeadBodies.buyer("L-4", InventedPerson.of(4)));
      hub.awaitDelivery("L-4", endpoint, "delivered");
      var replay =
          hub.api()
              .make("/replays", Json.object().put("endpoint", endpoint.id()))
              .path("id")
              .asString();
      var all =
          ops
              .awaitUntil(
                  "the fourth notice",
                  got -> got.stream().filter(r -> r.path().equals("/ops")).count() >= 4)
              .stream()
              .filter(r -> r.path().equals("/ops"))
              .map(FakeCrm.Received::json)
              .toList();
      assertThat(all)
          .extracting(n -> n.path("type").asString())
          .containsExactly(
              "delivery.dead", "endpoint.disabled", "endpoint.recovered", "replay.finished");
      assertThat(all.getLast().at("/data/replay").asString()).isEqualTo(replay);
      var schemas =
          new MessageSchemas(
              new YAMLMapper().readTree(Files.readAllBytes(Path.of("../contracts/asyncapi.yaml"))));
      for (var described :
          Map.of(
                  0, "DeliveryDead",
                  1, "EndpointDisabled",
                  2, "EndpointRecovered",
                  3, "ReplayFinished")
              .entrySet()) {
        var notice = all.get(described.getKey());
        assertThat(schemas.problems(described.getValue() + "Payload", notice))
            .as(notice.toString())
            .isEmpty();
      }
    }
  }
}
