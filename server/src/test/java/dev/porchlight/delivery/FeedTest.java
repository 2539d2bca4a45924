package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.testing.Answer;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Receivers who ask instead of being called, and prove that they missed nothing.
class FeedTest {
  @TempDir Path folder;

  private static String tokenFor(TestHub hub, TestHub.EndpointAtHub endpoint) {
    var body = Json.object().put("name", "puller").put("endpoint", endpoint.id());
    body.putArray("scopes").add("feed");
    return hub.api().make("/tokens", body).path("token").asString();
  }

  @Test
  void what_is_asked_for_is_what_would_be_sent_in_the_logs_order() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      var other = hub.addEndpoint(crm.url("/other"), "porchlight");
      for (int i = 1; i <= 5; i++) {
        portal.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i)));
        hub.awaitDelivery("L-" + i, endpoint, "delivered");
        hub.awaitDelivery("L-" + i, other, "delivered");
      }
      var pull = hub.api().withToken(tokenFor(hub, endpoint));
      var got = new ArrayList<JsonNode>();
      long after = 0;
      JsonNode page;
      do {
        page = pull.read("/endpoints/" + endpoint.id() + "/feed?limit=2&after=" + after);
        assertThat(page.path("items").size()).isBetween(1, 2);
        page.path("items").forEach(got::add);
        after = page.path("after").asLong();
      } while (page.path("more").asBoolean());

      var sent = crm.requests().stream().filter(r -> r.path().equals("/")).toList();
      assertThat(got).hasSize(5);
      for (int i = 0; i < 5; i++) {
        assertThat(got.get(i).path("body").asString()).isEqualTo(sent.get(i).text());
        assertThat(got.get(i).path("event_id").asString())
            .isEqualTo(sent.get(i).header("webhook-id"));
        assertThat(got.get(i).path("sequence").asString())
            .isEqualTo(sent.get(i).header("Porchlight-Sequence"));
        assertThat(got.get(i).at("/headers/Porchlight-Path").asString())
            .isEqualTo(sent.get(i).header("Porchlight-Path"));
      }
      var rest = pull.read("/endpoints/" + endpoint.id() + "/feed?after=" + after);
      assertThat(rest.path("items")).isEmpty();
      assertThat(rest.path("after").asLong()).isEqualTo(after);

      // A place of another log, or of one that a backup took back: nothing is skipped in silence.
      var beyond = pull.get("/endpoints/" + endpoint.id() + "/feed?after=1000000");
      assertThat(beyond.status()).isEqualTo(409);
      assertThat(beyond.text()).contains("The log ends before `after`");

      assertThat(pull.get("/endpoints/" + endpoint.id() + "/feed?after=-1").text())
          .contains("`after` must be a whole number: what `after` was");
      assertThat(pull.get("/endpoints/" + endpoint.id() + "/feed?cursor=1").text())
          .contains("no parameter `cursor` here; there are limit, after.");

      // The token is for that and nothing else.
      assertThat(pull.get("/endpoints/" + other.id() + "/feed").status()).isEqualTo(404);
      assertThat(pull.get("/endpoints/" + endpoint.id()).status()).isEqualTo(403);
      assertThat(pull.get("/leads").status()).isEqualTo(403);
      var lead = hub.api().read("/leads").at("/items/0/id").asString();
      assertThat(page(hub, lead, TestHub.ADMIN_TOKEN)).isEqualTo(200);
      assertThat(page(hub, lead, tokenFor(hub, endpoint))).isEqualTo(401);
      assertThat(
              hub.api()
                  .post("/tokens", Json.tree("{\"name\": \"x\", \"scopes\": [\"feed\"]}"))
                  .status())
          .isEqualTo(400);
    }
  }

  /// The status of a lead's page for whoever has that token.
  private static int page(TestHub hub, String lead, String token) {
    var request =
        HttpRequest.newBuilder(hub.address().resolve("/leads/" + lead))
            .header("Authorization", "Bearer " + token)
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_days_digest_is_signed_and_fits_what_was_received() throws Exception {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      for (int i = 1; i <= 3; i++) {
        portal.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i)));
        hub.awaitDelivery("L-" + i, endpoint, "delivered");
      }
      var day = hub.api().read("/endpoints/" + endpoint.id() + "/digests/2026-03-14");
      assertThat(day.path("complete").asBoolean()).isFalse();
      hub.clock().advance(Duration.ofDays(1));
      portal.post(LeadBodies.buyer("L-4", InventedPerson.of(4)));
      hub.awaitDelivery("L-4", endpoint, "delivered");

      var answer = hub.api().get("/endpoints/" + endpoint.id() + "/digests/2026-03-14");
      assertThat(isSigned(hub, answer, endpoint.secret())).isTrue();
      assertThat(isSigned(hub, answer, StandardWebhooks.newSecret())).isFalse();
      day = answer.json();
      assertThat(day.path("complete").asBoolean()).isTrue();
      assertThat(day.path("events").asInt()).isEqualTo(3);
      var ids =
          crm.requests().stream()
              .limit(3)
              .map(r -> r.header("webhook-id") + "\n")
              .collect(Collectors.joining());
      var digest =
          MessageDigest.getInstance("SHA-256").digest(ids.getBytes(StandardCharsets.UTF_8));
      assertThat(day.path("sha256").asString()).isEqualTo(HexFormat.of().formatHex(digest));
      var next = hub.api().read("/endpoints/" + endpoint.id() + "/digests/2026-03-15");
      assertThat(next.path("events").asInt()).isEqualTo(1);
      assertThat(next.path("first_sequence").asLong()).isEqualTo(day.path("end_sequence").asLong());

      // A day that is over stays as it is, whatever is asked for later.
      var late = hub.addEndpoint(crm.url("/late"), "porchlight");
      var before = hub.api().read("/endpoints/" + late.id() + "/digests/2026-03-14");
      assertThat(before.path("complete").asBoolean()).isTrue();
      hub.api().make("/replays", Json.object().put("endpoint", late.id()).put("per_second", 1000));
      hub.awaitDelivery("L-1", late, "delivered");
      assertThat(hub.api().read("/endpoints/" + late.id() + "/digests/2026-03-14"))
          .isEqualTo(before);
    }
  }

  private static boolean isSigned(TestHub hub, Answer answer, String secret) {
    return StandardWebhooks.verify(
            name -> answer.header(name).map(List::of).orElse(List.of()),
            answer.text().getBytes(StandardCharsets.UTF_8),
            List.of(StandardWebhooks.parseKey(secret).key()),
            hub.clock().instant())
        instanceof StandardWebhooks.Verification.Accepted;
  }
}
