package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A hub that is killed twice in the middle of a long replay: everything is delivered, and nothing
/// twice but what was under way at that very moment.
@Tag("crash")
final class ReplayKilledTest {
  /// More on demand: `-Dporchlight.replay.events=20000`.
  private static final int EVENTS = Integer.getInteger("porchlight.replay.events", 900);

  /// So many attempts can be under way at one endpoint, or taken and not written down: each kind up
  /// to 64.
  private static final int UNDER_WAY = 128;

  private static final int SENDERS = 8;
  private static final String AUTHORIZATION = "Authorization: Bearer " + HubProcess.TOKEN;

  @TempDir private Path folder;

  @Test
  void a_replay_goes_on_where_it_was_after_each_kill() throws Exception {
    var log = Files.createFile(folder.resolve("hub.log"));
    var hub = HubProcess.start(folder.resolve("data"), log);
    try (var crm = new RecordingCrm()) {
      var source =
          Landscape.make(
              hub.address(), "sources", Map.of("name", "portal", "contract", "connections-plus"));
      send(hub.address(), source.path("api_key").stringValue());
      var endpoint =
          Landscape.make(
              hub.address(),
              "endpoints",
              Map.of("name", "late", "url", crm.url("late"), "contract", "porchlight"));
      var id = start(hub.address(), endpoint.path("id").stringValue());
      for (int part = 1; part <= 2; part++) {
        int enough = EVENTS * part / 3;
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(2))
            .until(() -> crm.arrivals().size() >= enough);
        hub.kill();
        hub.awaitEnd();
        assertThat(crm.arrivals().size()).as("killed too late").isLessThan(EVENTS);
        hub = HubProcess.start(folder.resolve("data"), log);
      }
      var address = hub.address();
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> replay(address, id).path("state").asString().equals("finished"));
      await().atMost(Duration.ofMinutes(2)).until(() -> distinct(crm) == EVENTS);
      assertThat(replay(address, id).path("planned").asInt()).isEqualTo(EVENTS);
      assertThat(crm.arrivals().size()).isLessThanOrEqualTo(EVENTS + 2 * UNDER_WAY);
      Landscape.checkRebuild(address);
    } finally {
      hub.close();
      hub.awaitEnd();
    }
  }

  private static long distinct(RecordingCrm crm) {
    return crm.arrivals().stream().map(RecordingCrm.Arrival::webhookId).distinct().count();
  }

  private static void send(URI hub, String key) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all =
          IntStream.range(0, SENDERS)
              .mapToObj(first -> {
                Callable<Void> sender =
                    () -> {
                      try (var wire = new Wire(hub)) {
                        for (int n = first; n < EVENTS; n += SENDERS) {
                          var body = LeadBodies.minimal("L-" + n, "buyer", InventedPerson.of(n));
                          var answer =
                              wire.post("/in/portal", "X-API-Key: " + key, bytes(body.toString()));
                          assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                        }
                      }
                      return null;
                    };
                return threads.submit(sender);
              })
              .toList();
      for (Future<Void> one : all) {
        one.get();
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String start(URI hub, String endpoint) throws IOException {
    var body = Json.object().put("endpoint", endpoint).put("per_second", 500);
    try (var wire = new Wire(hub)) {
      var answer = wire.post("/api/v1/replays", AUTHORIZATION, bytes(body.toString()));
      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
      return Json.tree(answer.body()).path("id").asString();
    }
  }

  private static JsonNode replay(URI hub, String id) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(hub.resolve("/api/v1/replays/" + id))
              .header("Authorization", "Bearer " + HubProcess.TOKEN)
              .build();
      return Json.tree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}
