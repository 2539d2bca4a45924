package dev.porchlight.console.leads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Through whose hands a lead went, and when its deliveries first came through.
@Timeout(60)
class LeadHandsTest {
  @TempDir Path folder;

  @Test
  void a_lead_says_who_has_it_who_passed_it_on_and_who_answered() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub)) {
      var ana = member(hub, "Ana Lopez");
      var bo = member(hub, "Bo Berg");
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/in"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1).withName("Mia", "Example")));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var lead = hub.story("L-1").path("id").asString();
      var page = "/console/leads/" + lead;
      var first = ada.get(page).body();
      assertThat(first).contains("Front desk answers", "no routing rule assigns the lead");
      assertThat(hub.story("L-1").path("owner").path("reason").asString())
          .contains("no routing rule");
      assertThat(hub.story("L-1").has("first_act_at")).isFalse();

      hub.clock().advance(Duration.ofSeconds(32));
      ada.submit(page, page + "/reassign", Map.of("owner", ana));
      ada.submit(page, page + "/answered", Map.of());
      ada.submit(page, page + "/reassign", Map.of("owner", bo));

      var story = hub.story("L-1");
      assertThat(story.path("owner").path("member_name").asString()).isEqualTo("Bo Berg");
      assertThat(story.path("owner").path("from_name").asString()).isEqualTo("Ana Lopez");
      assertThat(story.path("owner").path("by_name").asString()).isEqualTo("Ada Example");
      assertThat(story.path("first_act_at").asString()).isEqualTo("2026-03-14T09:30:32Z");
      var passed = story.path("history").valueStream().filter(l -> l.has("to")).toList();
      assertThat(passed).hasSize(2);
      assertThat(passed.getFirst().path("to").asString()).isEqualTo(ana);
      assertThat(passed.getFirst().path("from_name").asString()).containsIgnoringCase("desk");
      assertThat(passed.getLast().path("from").asString()).isEqualTo(ana);
      assertThat(
              story
                  .path("history")
                  .valueStream()
                  .filter(l -> l.path("kind").asString().equals("lead.answered"))
                  .map(l -> l.path("by_name").asString()))
          .containsExactly("Ada Example");
      var body = ada.get(page).body();
      assertThat(body)
          .contains(
              "Passed on to Ana Lopez",
              "Passed on to Bo Berg",
              "Passed on by Ada Example, from Ana Lopez.",
              "Answered, says Ada Example",
              "How fast",
              "after 32 s",
              "href=\"/console/contacts/" + story.path("contact_id").asString() + "\"");
      assertThat(body.indexOf("Bo Berg")).isLessThan(body.indexOf("id=\"story\""));
      assertThat(
              ada.get(body.split("href=\"(?=/console/contacts/)")[1].split("\"")[0]).statusCode())
          .isEqualTo(200);

      // A tag that turns the direction of what follows is shown without that.
      var contact = "/contacts/" + story.path("contact_id").asString();
      var tags = Json.object();
      tags.putArray("tags").add("hot\u202elead");
      assertThat(hub.api().patch(contact, tags).status()).isEqualTo(200);
      assertThat(ada.get("/console" + contact).body())
          .contains("<bdi>hot\ufffdlead</bdi>")
          .doesNotContain("<bdi>hot\u202e");

      // A delivery that came through is asked about, and keeps the time at which it first did.
      assertThat(body).contains("data-confirm=\"It was delivered already");
      var delivery = hub.deliveries("L-1", endpoint).getFirst().path("id").asString();
      hub.clock().advance(Duration.ofSeconds(79));
      ada.submit(page, "/console/deliveries/" + delivery + "/retry", Map.of("back", "lead"));
      hub.awaitAttempts("L-1", endpoint, 2);
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(ada.get("/console/deliveries/" + delivery).body())
          .containsPattern("Delivered \\d+ ms after it was planned")
          .contains("data-confirm=\"It was delivered already");
      assertThat(ada.get("/console").body()).doesNotContain("111 s");
    }
  }

  private static String member(TestHub hub, String name) {
    var node = Json.object();
    node.put("kind", "member");
    node.put("name", name);
    node.put("parent", office(hub));
    return hub.api().make("/nodes", node).path("id").asString();
  }

  private static String office(TestHub hub) {
    return hub.items("/nodes").stream()
        .filter(n -> n.path("kind").asString().equals("office"))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }
}
