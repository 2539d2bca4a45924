package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeSender;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A lead that is sent as something else than JSON, or names a member twice, is taken, and each of
/// it is noted with its place.
class WronglySentTest {
  private static final String TYPE = " the Content-Type of a body is application/json";
  private static final String TWICE = " a key stands once in an object";

  @TempDir Path folder;

  @Test
  void at_the_seeker_door_and_where_sources_push() {
    try (var seeker = new SeekerHub(TestHub.start(folder))) {
      var client = seeker.make(_ -> {});
      var answer =
          seeker.plain(
              "POST",
              "/seeker-leads/v1/leads",
              doubled(SeekerHub.lead(1).toString(), "message"),
              "Authorization",
              "Bearer " + client.token(),
              "Content-Type",
              "text/plain");
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(violations(seeker)).containsExactlyInAnyOrder(TYPE, "/message" + TWICE);

      for (var contract : List.of("connections-plus", "lead-delivery", "porchlight")) {
        var portal = seeker.hub.addSource("from-" + contract, contract);
        var body =
            contract.equals("porchlight")
                ? "{\"type\": \"lead.created\", \"data\": {\"id\": \"L-1\", \"enquirer\":"
                    + " {\"email\": \"ana@example.org\"}}}"
                : LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();
        var sender = portal.sender();
        assertThat(sent(sender, "application/x-www-form-urlencoded", body, seeker))
            .as(contract)
            .contains(TYPE);
        assertThat(sent(sender, "application/json; charset=iso-8859-1", body, seeker))
            .contains(TYPE);
        var many = "application/json" + ";".repeat(39_000);
        assertThat(sent(sender, many + "charset=latin1", body, seeker)).contains(TYPE);
        for (var right :
            List.of(
                "",
                "application/json",
                "Application/JSON;charset=\"UTF-8\"",
                "application/json; charset=utf-8; v=1",
                many,
                "application/vnd.portal.v2+json")) {
          assertThat(sent(sender, right, body, seeker)).as(right).doesNotContain(TYPE);
        }
      }
    }
  }

  private static List<String> sent(FakeSender sender, String type, String body, SeekerHub seeker) {
    seeker.hub.clock().advance(Duration.ofSeconds(1));
    assertThat(sender.withContentType(type).post(body).status()).isEqualTo(200);
    return violations(seeker);
  }

  /// What was found in the newest receipt.
  private static List<String> violations(SeekerHub seeker) {
    var id = seeker.hub.items("/receipts?limit=1").getFirst().path("id").asString();
    return seeker
        .hub
        .api()
        .read("/receipts/" + id)
        .path("violations")
        .valueStream()
        .map((JsonNode v) -> v.path("pointer").asString() + " " + v.path("rule").asString().strip())
        .toList();
  }

  private static String doubled(String body, String member) {
    return "{\"" + member + "\": \"first\", " + body.substring(1);
  }
}
