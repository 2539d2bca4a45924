package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What reaches no operation of the door is refused in its form all the same.
@TestInstance(Lifecycle.PER_CLASS)
class AddressesTest {
  private static final Contract CONTRACT = Contract.load();

  @TempDir static Path folder;
  private SeekerHub seeker;

  @BeforeAll
  void start() {
    seeker = new SeekerHub(TestHub.start(folder));
  }

  @AfterAll
  void stop() {
    seeker.close();
  }

  private record Answer(int status, String head, String body) {}

  /// One request whose address is sent as it stands.
  private Answer get(String path, String header) throws IOException {
    try (var socket =
        new Socket(InetAddress.getLoopbackAddress(), seeker.hub.address().getPort())) {
      socket.setSoTimeout(10_000);
      var request =
          "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + header + "Connection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      var all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int blank = all.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(all.substring(9, 12)),
          all.substring(0, blank),
          all.substring(blank + 4));
    }
  }

  private static JsonNode refusal(Answer answer) {
    var what = answer.toString();
    CONTRACT.validate("errorResponse", answer.body().getBytes(StandardCharsets.UTF_8), what);
    assertThat(answer.head()).containsIgnoringCase("Content-Type: application/json");
    var json = Json.tree(answer.body());
    assertThat(json.path("status").asInt()).as(what).isEqualTo(answer.status());
    assertThat(json.path("type").asString()).as(what).startsWith("urn:porchlight:seeker-leads:");
    assertThat(json.path("instance").asString()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    return json;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/leads/a%2Fb",
        "/leads/%0a",
        "/leads/a%5Cb",
        "//leads",
        "/leads/%2e%2e",
        "/leads/..",
        "/nothing",
        "/leads/a/b",
        ""
      })
  void an_address_that_means_nothing(String path) throws IOException {
    for (var base : new String[] {"/seeker-leads/v1", "/sandbox/seeker-leads/v1"}) {
      var answer = get(base + path, "");
      refusal(answer);
      assertThat(answer.status()).as(base + path).isIn(400, 404);
    }
  }

  @Test
  void a_header_that_is_too_long() throws IOException {
    var answer = get("/seeker-leads/v1/leads", "X-Long: " + "x".repeat(50_000) + "\r\n");
    assertThat(refusal(answer).path("status").asInt()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/leads/%00", "/leads/%zz", "/leads/%c0%af%"})
  void what_is_no_address_at_all(String path) throws IOException {
    var answer = get("/seeker-leads/v1" + path, "");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(refusal(answer).path("status").asInt()).isEqualTo(400);
  }

  @Test
  void the_neighbours_keep_their_own_form() throws IOException {
    assertThat(get("/seeker-leads/v10/a%2Fb", "").head()).contains("application/problem+json");
  }
}
