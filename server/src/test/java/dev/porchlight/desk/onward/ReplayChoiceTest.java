package dev.porchlight.desk.onward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What a replay leaves aside when it is asked for some of the past only.
class ReplayChoiceTest {
  @TempDir Path folder;

  @Test
  void a_replay_is_narrowed_by_source_kind_time_and_filter_and_by_all_of_them_at_once() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "connections-plus");
      portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
      portal.post(LeadBodies.seller("S-1", InventedPerson.of(2)));
      hub.clock().advance(Duration.ofHours(2));
      var noon = hub.clock().instant();
      portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)).put("message", "And today?"));
      other.post(LeadBodies.buyer("B-2", InventedPerson.of(3)));
      var late = hub.addEndpoint(crm.url("/late"), "porchlight");

      assertThat(count(hub, late, _ -> {})).isEqualTo(4);
      assertThat(count(hub, late, b -> b.putArray("sources").add(other.id()))).isEqualTo(1);
      assertThat(count(hub, late, b -> b.putArray("kinds").add("lead.updated"))).isEqualTo(1);
      assertThat(count(hub, late, b -> b.put("from", noon.toString()))).isEqualTo(2);
      assertThat(count(hub, late, b -> b.put("to", noon.toString()))).isEqualTo(2);
      assertThat(count(hub, late, b -> b.put("filter", "Intent Eq 'seller'"))).isEqualTo(1);
      assertThat(count(hub, late, b -> b.put("filter", "SourceName Eq 'other'"))).isEqualTo(1);
      // The endpoint does not ask for contacts, so there is nothing to replay of them.
      assertThat(count(hub, late, b -> b.putArray("kinds").add("contact.created"))).isZero();
      Consumer<ObjectNode> narrow =
          b -> {
            b.put("from", noon.toString());
            b.put("filter", "Intent Eq 'buyer'");
            b.putArray("kinds").add("lead.created");
            b.putArray("sources").add(portal.id()).add(other.id());
          };
      assertThat(count(hub, late, narrow)).isEqualTo(1);
      var wish = Json.object().put("endpoint", late.id()).put("per_second", 1000);
      narrow.accept(wish);
      var replay = hub.api().make("/replays", wish).path("id").asString();
      var done =
          hub.await(
              "the replay to finish",
              () ->
                  Optional.of(hub.api().read("/replays/" + replay))
                      .filter(r -> r.path("state").asString().equals("finished")));
      assertThat(done.path("planned").asInt()).isEqualTo(1);
      hub.awaitDelivery("B-2", late, "delivered");
      assertThat(crm.requests()).hasSize(1);
      for (var wrong : new String[] {"kinds", "states"}) {
        var body = Json.object().put("endpoint", late.id());
        body.putArray(wrong).add("lead.imagined");
        assertThat(hub.api().post("/replays", body).status()).as(wrong).isEqualTo(400);
      }
    }
  }

  private static int count(TestHub hub, TestHub.EndpointAtHub endpoint, Consumer<ObjectNode> more) {
    var body = Json.object().put("endpoint", endpoint.id()).put("dry_run", true);
    more.accept(body);
    return hub.api().post("/replays", body).json().path("events").asInt();
  }
}
