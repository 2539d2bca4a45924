package dev.porchlight.desk.onward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an endpoint missed is delivered when somebody asks for it, once.
@OnEveryDatabase
class ReplayTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static ObjectNode wish(TestHub.EndpointAtHub endpoint, Consumer<ObjectNode> more) {
    var body = Json.object().put("endpoint", endpoint.id()).put("per_second", 1000);
    more.accept(body);
    return body;
  }

  private static String start(
      TestHub hub, TestHub.EndpointAtHub endpoint, Consumer<ObjectNode> more) {
    return hub.api().make("/replays", wish(endpoint, more)).path("id").asString();
  }

  private static JsonNode finish(TestHub hub, String id) {
    return hub.await(
        "the replay to finish",
        () ->
            Optional.of(hub.api().read("/replays/" + id))
                .filter(r -> r.path("state").asString().equals("finished")));
  }

  private static JsonNode count(
      TestHub hub, TestHub.EndpointAtHub endpoint, Consumer<ObjectNode> more) {
    return hub.api().post("/replays", wish(endpoint, more).put("dry_run", true)).json();
  }

  private static List<FakeCrm.Received> at(FakeCrm crm, String path) {
    return crm.requests().stream().filter(r -> r.path().equals(path)).toList();
  }

  @Test
  void an_endpoint_gets_what_happened_before_it_existed_under_the_ids_that_others_had() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var first = hub.addEndpoint(crm.url("/first"), "porchlight");
      for (int i = 1; i <= 3; i++) {
        portal.post(LeadBodies.buyer("B-" + i, InventedPerson.of(i)));
        hub.awaitDelivery("B-" + i, first, "delivered");
      }
      portal.post(LeadBodies.seller("S-1", InventedPerson.of(4)));
      hub.awaitDelivery("S-1", first, "delivered");
      var late =
          hub.addEndpoint(
              crm.url("/late"), "porchlight", b -> b.put("filter", "Intent Eq 'buyer'"));

      var would = count(hub, late, _ -> {});
      assertThat(would.path("events").asInt()).isEqualTo(3);
      assertThat(would.at("/by_state/never").asInt()).isEqualTo(3);
      assertThat(
              count(hub, late, b -> b.put("filter", "Intent Eq 'seller'")).path("events").asInt())
          .isZero();
      assertThat(at(crm, "/late")).isEmpty();

      for (var wrong :
          List.<java.util.Map.Entry<String, Consumer<ObjectNode>>>of(
              java.util.Map.entry("endpoint", b -> b.put("endpoint", "nobody")),
              java.util.Map.entry(
                  "from",
                  b -> b.put("from", "2026-03-14T09:00:00Z").put("to", "2026-03-14T08:00:00Z")),
              java.util.Map.entry("from", b -> b.put("from", "2999-03-14T09:00:00Z")),
              java.util.Map.entry("from", b -> b.put("from", "")),
              java.util.Map.entry("to", b -> b.put("to", "1970-01-01T00:00:00Z")),
              java.util.Map.entry("sources", b -> b.putArray("sources").add("nobody")),
              java.util.Map.entry("sources", b -> b.putArray("sources")),
              java.util.Map.entry("kinds", b -> b.putArray("kinds").add("lead.eaten")),
              java.util.Map.entry("kinds", b -> b.putArray("kinds")),
              java.util.Map.entry("states", b -> b.putArray("states")))) {
        var refused = hub.api().post("/replays", wish(late, wrong.getValue()).toString());
        assertThat(refused.status()).as(wrong.getKey()).isEqualTo(400);
        assertThat(refused.json().path("detail").asString()).contains("`" + wrong.getKey() + "`");
      }
      var done = finish(hub, start(hub, late, _ -> {}));
      assertThat(done.path("planned").asInt()).isEqualTo(3);
      assertThat(done.path("passed_over").asInt()).isEqualTo(1);
      assertThat(done.path("examined")).isEqualTo(done.path("to_examine"));
      for (int i = 1; i <= 3; i++) {
        var delivery = hub.awaitDelivery("B-" + i, late, "delivered");
        assertThat(delivery.path("why").asString())
            .contains("replay " + done.path("id").asString());
      }
      assertThat(at(crm, "/late"))
          .extracting(r -> r.header("webhook-id"))
          .containsExactlyInAnyOrderElementsOf(
              at(crm, "/first").stream().limit(3).map(r -> r.header("webhook-id")).toList());
      assertThat(hub.deliveries("S-1", late)).isEmpty();

      // A second one finds nothing that is missing.
      var again = finish(hub, start(hub, late, _ -> {}));
      assertThat(again.path("planned").asInt() + again.path("retried").asInt()).isZero();
      assertThat(at(crm, "/late")).hasSize(3);
    }
  }

  @Test
  void what_was_given_up_goes_again_by_time_and_state_and_waits_while_the_endpoint_is_disabled() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("final_refusals", true));
      crm.alwaysAnswers(422);
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "dead");
      hub.clock().advance(Duration.ofHours(1));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "dead");
      crm.alwaysAnswers(200);
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      hub.awaitDelivery("L-3", endpoint, "delivered");

      assertThat(count(hub, endpoint, _ -> {}).path("by_state").toString())
          .isEqualTo("{\"dead\":2}");
      assertThat(
              count(hub, endpoint, b -> b.putArray("states").add("delivered"))
                  .path("events")
                  .asInt())
          .isEqualTo(1);
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", true));
      var id = start(hub, endpoint, b -> b.put("from", "2026-03-14T10:00:00Z"));
      assertThat(hub.api().read("/replays/" + id).path("examined").asInt()).isZero();
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      hub.hub().wake();
      assertThat(finish(hub, id).path("retried").asInt()).isEqualTo(1);
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("state").asString())
          .isEqualTo("dead");
    }
  }

  @Test
  void what_one_line_tells_of_is_replayed_once_though_the_pace_parts_it() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/"),
              "porchlight",
              b -> b.putArray("kinds").add("lead.created").add("contact.updated"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      hub.clock().advance(Duration.ofHours(1));
      var from = hub.clock().instant();
      // The lead adds to a contact that is there: one line, two events.
      hub.addSource("other", "connections-plus")
          .post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      crm.await(3);
      hub.await(
          "both to be delivered",
          () ->
              hub.items("/deliveries?state=delivered").size() == 3
                  ? Optional.of(true)
                  : Optional.empty());
      var done =
          finish(
              hub,
              start(
                  hub,
                  endpoint,
                  b -> {
                    b.put("per_second", 1).put("from", from.toString());
                    b.putArray("states").add("delivered");
                  }));
      assertThat(done.path("retried").asInt()).isEqualTo(2);
      assertThat(crm.await(5)).hasSize(5);
    }
  }

  @Test
  void a_replay_that_is_cut_off_goes_on_where_it_was_and_delivers_nothing_twice() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      for (int i = 1; i <= 8; i++) {
        portal.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i)));
      }
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      var id = start(hub, endpoint, b -> b.put("per_second", 1));
      crm.await(1);
      hub.api().patch("/replays/" + id, Json.object().put("state", "paused"));
      var paused = hub.api().read("/replays/" + id);
      assertThat(paused.path("planned").asInt()).isBetween(1, 7);
      assertThat(paused.path("examined").asInt()).isLessThan(paused.path("to_examine").asInt());
      hub.crash(() -> {});
      hub.api().patch("/replays/" + id, Json.tree("{\"state\":\"running\",\"per_second\":1000}"));
      assertThat(finish(hub, id).path("planned").asInt()).isEqualTo(8);
      for (int i = 1; i <= 8; i++) {
        hub.awaitDelivery("L-" + i, endpoint, "delivered");
      }
      assertThat(crm.requests().stream().map(r -> r.header("webhook-id")).distinct().count())
          .isEqualTo(8);

      var stopped =
          start(hub, endpoint, b -> b.put("per_second", 1).putArray("states").add("delivered"));
      hub.api().delete("/endpoints/" + endpoint.id());
      hub.hub().wake();
      var ended =
          hub.await(
              "the replay to stop",
              () ->
                  Optional.of(hub.api().read("/replays/" + stopped))
                      .filter(r -> r.path("state").asString().equals("stopped")));
      assertThat(ended.path("reason").asString()).contains("removed");
      assertThat(
              hub.api()
                  .patch("/replays/" + stopped, Json.object().put("state", "running"))
                  .status())
          .isEqualTo(409);
    }
  }
}
