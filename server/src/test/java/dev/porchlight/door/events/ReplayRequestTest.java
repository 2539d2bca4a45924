package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Items of an inbox once more, as its owner asks, over the wire.
class ReplayRequestTest {
  @TempDir Path folder;
  private Pods pods;
  private Pods.Pod office;
  private Pods.Pod app;

  @BeforeEach
  void start() {
    pods = new Pods(folder, Database.SQLITE);
    office = pods.party("Harbor Realty", "office");
    app = pods.party("Harbor CRM", "app");
    pods.grant(
        office,
        app,
        null,
        "realestate/listing",
        b -> {
          b.putArray("subscribes").add("realestate/listing").add("realestate/calendar");
        });
    pods.hub.clock().advance(Duration.ofHours(1));
    for (int n = 0; n < 3; n++) {
      publish(Pods.listing(office.profile, "L-" + n, _ -> {}));
      pods.hub.clock().advance(Duration.ofHours(1));
    }
    var other = Json.object().put("topic", "realestate/calendar#eventcreate");
    other.put("recipient", office.profile);
    other.putObject("data").put("type", "CreateAction").putObject("object").put("size", 7.0);
    publish(other);
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private void publish(JsonNode event) {
    assertThat(office.publish(event).status()).isEqualTo(201);
  }

  private ObjectNode request() {
    return Json.object().put("type", "ReplayRequestAction").put("target", app.url + "inbox/");
  }

  private ObjectNode between(String start, String end) {
    return request().put("startDate", start).put("endDate", end);
  }

  private String place() {
    return app.get("inbox/").json().path("next").asString();
  }

  private List<JsonNode> behind(String place) {
    var items = new ArrayList<JsonNode>();
    app.get("inbox/?from=" + place).json().path("contains").forEach(items::add);
    return items;
  }

  private List<JsonNode> await(String place, int count) {
    return pods.hub.await(
        count + " items", () -> Optional.of(behind(place)).filter(i -> i.size() >= count));
  }

  private void taken(Pods.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.json().path("id").asString()).startsWith("urn:uuid:");
  }

  @Test
  void items_come_once_more_under_their_ids_by_time_by_name_and_by_what_they_say()
      throws Exception {
    var all = app.inbox();
    assertThat(all).hasSize(4);
    var place = place();
    try (var live =
        new InboxReader(pods.hub.address(), "/pods/harbor-crm/inbox/", app.key).reading()) {
      assertThat(live.next().data()).isNull();
      // From the second on, and listings alone.
      var body = between("2026-03-14T11:30:00.000Z", "2026-03-15T00:00:00.000Z");
      body.putObject("filter").putObject("$contains").put("topic", "realestate/listing#");
      taken(
          pods.send(
              "POST", pods.hub.address() + "/api/replay", app.key, "application/json", body + ""));
      assertThat(await(place, 2)).containsExactly(all.get(1), all.get(2));
      assertThat(live.next().json()).isEqualTo(all.get(1));
      assertThat(live.next().json()).isEqualTo(all.get(2));
    }
    // By their names, and by their addresses.
    place = place();
    var body = request();
    var address = all.get(0).path("@id").asString();
    body.putArray("items")
        .add(address.substring(address.lastIndexOf('/') + 1))
        .add(all.get(3).path("@id").asString());
    taken(app.post(app, body));
    assertThat(await(place, 2)).containsExactly(all.get(0), all.get(3));
    // By members.
    place = place();
    body = between("2026-03-14T00:00:00.000Z", "2026-03-15T00:00:00.000Z");
    body.putObject("filter")
        .put("data.object.size", 7)
        .putArray("topic")
        .add("realestate/calendar#eventcreate")
        .add("realestate/calendar#taskcreate");
    taken(app.post(app, body));
    assertThat(await(place, 1)).containsExactly(all.get(3));
    // The owner's inbox is as it was.
    assertThat(office.inbox()).hasSize(4);
    // What came again goes with what it came of.
    assertThat(app.get("inbox/?by=datetime&from=2026-03-14T11:30:00Z").json().path("contains"))
        .hasSize(3);
  }

  @Test
  void what_is_pushed_is_pushed_again_under_its_id() {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      var endpoint = pods.hub.addEndpoint(crm.url("/push"), "realestate-events");
      pods.hub.api().patch("/parties/" + app.id, Json.object().put("endpoint", endpoint.id()));
      var body = between("2026-03-14T10:00:00.000Z", "2026-03-14T12:00:00.000Z");
      // These were never pushed.
      taken(app.post(app, body));
      var first = crm.await(2);
      assertThat(first.stream().map(FakeCrm.Received::json))
          .containsExactlyElementsOf(app.inbox().subList(0, 2));
      pods.hub.await(
          "both to be delivered",
          () ->
              Optional.of(pods.hub.items("/deliveries"))
                  .filter(all ->
                      all.stream().allMatch(d -> d.path("state").asString().equals("delivered"))));
      taken(app.post(app, body.put("endDate", "2026-03-14T11:00:00.000Z")));
      var again = crm.await(3).getLast();
      assertThat(again.json()).isEqualTo(first.getFirst().json());
      assertThat(again.header("webhook-id")).isEqualTo(first.getFirst().header("webhook-id"));
    }
  }

  @Test
  void what_is_not_ones_own_or_can_not_be_meant_is_refused() {
    var good = between("2026-03-14T00:00:00.000Z", "2026-03-15T00:00:00.000Z");
    assertThat(office.post(app, good).status()).isEqualTo(403);
    assertThat(app.post(app, good.deepCopy().put("target", office.url + "inbox/")).status())
        .isEqualTo(403);
    var unknown = request();
    unknown.putArray("items").add(office.inbox().getFirst().path("@id").asString());
    var operator = good.deepCopy();
    operator.putObject("filter").putObject("topic").put("$regex", ".*");
    for (var bad :
        List.of(
            request(),
            good.deepCopy().put("target", app.url + "inbox"),
            good.deepCopy().put("startDate", "yesterday"),
            between("2026-03-15T00:00:00.000Z", "2026-03-14T00:00:00.000Z"),
            unknown,
            operator)) {
      var answer = app.post(app, bad);
      assertThat(answer.status()).as(bad + answer.text()).isEqualTo(400);
      assertThat(answer.error()).isNotEmpty();
    }
    assertThat(
            pods.send("POST", pods.hub.address() + "/api/replay", null, "application/json", "{}")
                .status())
        .isEqualTo(401);
    assertThat(app.inbox()).hasSize(4);
  }
}
