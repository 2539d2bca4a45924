package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What stands around a hub under load: two portals that send, two endpoints at a CRM that get.
final class Landscape {
  private static final String AUTHORIZATION = "Authorization: Bearer " + HubProcess.TOKEN;

  private Landscape() {}

  /// Makes it.
  static List<Sender.Target> setUp(URI hub, RecordingCrm crm) throws IOException {
    for (var name : List.of("one", "two")) {
      make(hub, "endpoints", Map.of("name", name, "url", crm.url(name), "contract", "porchlight"));
    }
    var targets = new ArrayList<Sender.Target>();
    for (var contract : List.of("connections-plus", "lead-delivery")) {
      var made = make(hub, "sources", Map.of("name", "portal-" + contract, "contract", contract));
      targets.add(
          new Sender.Target(
              made.path("id").stringValue(),
              "/in/portal-" + contract,
              made.path("api_key").stringValue(),
              contract.equals("connections-plus")));
    }
    return targets;
  }

  /// Makes something through the API.
  static JsonNode make(URI hub, String what, Map<String, String> body) throws IOException {
    try (var wire = new Wire(hub)) {
      var answer =
          wire.post(
              "/api/v1/" + what, AUTHORIZATION, Json.write(body).getBytes(StandardCharsets.UTF_8));
      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
      return Json.tree(answer.body());
    }
  }

  /// Has a hub run all its decisions again.
  static void checkRebuild(URI hub) throws IOException {
    try (var wire = new Wire(hub)) {
      var answer = wire.post("/api/v1/rebuild-check", AUTHORIZATION, new byte[0]);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(Json.tree(answer.body()).path("equal").booleanValue()).as(answer.body()).isTrue();
    }
  }
}
