package dev.porchlight.console.leads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whether a delivery's page and the API show the very bytes that went out, and say so where they
/// can't.
@Timeout(60)
class DeliveryBytesTest {
  @TempDir Path folder;

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void what_is_shown_is_what_was_sent_or_said_to_be_something_else() throws Exception {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      crm.alwaysAnswers(new FakeCrm.Reaction.Status(200, Map.of(), "no".repeat(2500)));
      var endpoint = hub.addEndpoint(crm.url("/in"), "connections-plus");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var delivery = hub.awaitDelivery("L-1", endpoint, "delivered").path("id").asString();
      var got = crm.await(1).getFirst().body();
      var same = "This is the body that was sent (attempt 1)";

      assertThat(ada.get("/console/deliveries/" + delivery).body())
          .contains(same, sha256(got), "no".repeat(2048), "The first 4,096 bytes")
          .doesNotContain("no".repeat(2049));
      var bytes = ada.get("/console/deliveries/" + delivery + "/body");
      assertThat(bytes.body().getBytes(UTF_8)).isEqualTo(got);
      assertThat(bytes.headers().map())
          .containsEntry("content-type", List.of("text/plain"))
          .containsEntry("x-content-type-options", List.of("nosniff"));
      assertThat(bytes.headers().firstValue("content-disposition").orElse(""))
          .startsWith("attachment");
      var shown = hub.api().read("/deliveries/" + delivery);
      assertThat(shown.at("/sent/body").asString().getBytes(UTF_8)).isEqualTo(got);
      assertThat(shown.at("/sent/sha256").asString()).isEqualTo(sha256(got));
      assertThat(shown.at("/attempts/0/sent_sha256").asString()).isEqualTo(sha256(got));

      // The endpoint asks for another format by now: it is written as it was asked for then.
      hub.api()
          .patch(
              "/endpoints/" + endpoint.id(),
              Json.object().put("contract", "porchlight").set("kinds", kinds("contact.*")));
      assertThat(ada.get("/console/deliveries/" + delivery).body()).contains(same, sha256(got));

      // Of its settings, the eight before are tried.
      for (int i = 1; i <= 8; i++) {
        assertThat(hub.api().read("/deliveries/" + delivery).at("/sent").has("body"))
            .as("after %s more", i - 1)
            .isTrue();
        hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("name", "name " + i));
      }
      assertThat(hub.api().read("/deliveries/" + delivery).at("/sent").has("body")).isFalse();
      assertThat(ada.get("/console/deliveries/" + delivery).body()).contains("sent other bytes");

      // What becomes of a contact is told as it stands: what was told before can't be written.
      var contact = hub.story("L-1").path("contact_id").asString();
      rename(hub, contact, "Mia One");
      var told = crm.await(2).get(1);
      var telling =
          hub.await(
                  "the change to be delivered",
                  () ->
                      hub
                          .items("/deliveries?endpoint=" + endpoint.id() + "&state=delivered")
                          .stream()
                          .filter(d -> d.path("kind").asString().startsWith("contact."))
                          .findFirst())
              .path("id")
              .asString();
      assertThat(ada.get("/console/deliveries/" + telling).body()).contains(same, "Mia One");
      crm.alwaysAnswers(503);
      rename(hub, contact, "Mia Two");
      hub.await(
          "an attempt",
          () ->
              hub.items("/deliveries?endpoint=" + endpoint.id() + "&state=pending").stream()
                  .filter(d -> d.path("attempts_made").asInt() > 0)
                  .findFirst());
      assertThat(ada.get("/console/deliveries/" + telling).body())
          .contains("Attempt 1 sent other bytes", sha256(told.body()), "Mia Two")
          .doesNotContain(same);
      var gone = hub.api().read("/deliveries/" + telling).path("sent");
      assertThat(gone.path("sha256").asString()).isEqualTo(sha256(told.body()));
      assertThat(gone.path("gone").asString()).contains("another digest");
      assertThat(gone.has("body")).isFalse();

      // An erasure forgets the digest, which could tell whether somebody guessed right.
      hub.api()
          .make(
              "/persons/" + hub.story("L-1").path("person_id").asString() + "/erase",
              Json.object());
      hub.await(
          "the erasure",
          () ->
              Optional.of(hub.api().read("/deliveries/" + delivery))
                  .filter(d -> !d.at("/attempts/0").has("sent_sha256")));
      assertThat(ada.get("/console/deliveries/" + delivery).body())
          .contains("no longer kept")
          .doesNotContain(sha256(got));
      assertThat(ada.get("/console/deliveries/" + delivery + "/body").statusCode()).isEqualTo(404);
    }
  }

  private static tools.jackson.databind.node.ArrayNode kinds(String kind) {
    return Json.object().putArray("kinds").add(kind);
  }

  private static void rename(TestHub hub, String contact, String name) {
    hub.api().patch("/contacts/" + contact, Json.object().put("display_name", name));
  }
}
