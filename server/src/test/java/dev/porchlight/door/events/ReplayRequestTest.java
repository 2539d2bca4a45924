package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.ConsoleGuest;
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
  void a_long_one_is_a_job_that_is_seen_paused_and_stopped_and_goes_on_after_a_crash()
      throws Exception {
    // As many items as one request may reach, and one: copies of one event, in the log's places.
    pods.hub
        .hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              for (int n = 0; n < 10_000 - 3; n++) {
                batch.append("test.line", "", "");
              }
              batch
                  .sql()
                  .execute(
                      "INSERT INTO event_copy (receiver_id, seq, event_id, token, agent_id,"
                          + " grant_id, redaction) SELECT c.receiver_id, l.seq, c.event_id,"
                          + " 'test' || l.seq, c.agent_id, c.grant_id, c.redaction"
                          + " FROM log l, event_copy c WHERE l.kind = 'test.line'"
                          + " AND c.token = ?",
                      token(app.inbox().getFirst()));
              return true;
            });
    var wide = between("2026-03-14T10:00:00.000Z", "2026-03-15T00:00:00.000Z");
    var refused = app.post(app, wide);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).contains("10000");
    sql("DELETE FROM event_copy WHERE seq = (SELECT MAX(seq) FROM event_copy)");
    var taken = app.post(app, wide);
    taken(taken);
    var id = taken.json().path("id").asString().substring("urn:uuid:".length());

    // One at a time, and the same one is the same.
    var other = between("2026-03-14T11:00:00.000Z", "2026-03-15T00:00:00.000Z");
    assertThat(app.post(app, other).status()).isEqualTo(409);
    assertThat(app.post(app, wide).json()).isEqualTo(taken.json());
    var listed = pods.hub.items("/replays");
    assertThat(listed).extracting(r -> r.path("id").asString()).containsExactly(id);
    var job = listed.getFirst();
    assertThat(job.path("inbox_name").asString()).isEqualTo("Harbor CRM");
    assertThat(job.path("state").asString()).isEqualTo("running");
    assertThat(job.path("from").asString()).isEqualTo("2026-03-14T10:00:00Z");
    var address = "/replays/" + id;
    var paused =
        pods.hub.api().patch(address, Json.object().put("state", "paused").put("per_second", 1));
    assertThat(paused.json().path("state").asString()).isEqualTo("paused");
    assertThat(app.post(app, other).status()).isEqualTo(409);
    try (var ada = ConsoleGuest.administrator(pods.hub)) {
      assertThat(ada.get("/console/replays").body()).contains("Inbox of Harbor CRM");
      assertThat(ada.get("/console" + address).body()).contains("Items brought once more");
    }

    pods.hub.crash(() -> {});
    long before = pods.hub.api().read(address).path("planned").asLong();
    pods.hub.api().patch(address, Json.object().put("state", "running").put("per_second", 100));
    pods.hub.await(
        "it to go on",
        () ->
            Optional.of(pods.hub.api().read(address))
                .filter(r -> r.path("planned").asLong() > before));
    var stopped = pods.hub.api().patch(address, Json.object().put("state", "stopped")).json();
    assertThat(stopped.has("ended_at")).isTrue();
    assertThat(pods.hub.api().patch(address, Json.object().put("state", "running")).status())
        .isEqualTo(409);
    // Each item came once, before the crash or after it.
    long brought =
        pods.hub
            .hub()
            .store()
            .read(h ->
                h.createQuery("SELECT COUNT(*) FROM log WHERE kind = 'inbox.replayed' AND ref = :r")
                    .bind("r", id)
                    .mapTo(Long.class)
                    .one());
    assertThat(brought).isEqualTo(stopped.path("planned").asLong()).isLessThan(10_000);
    sql("DELETE FROM event_copy WHERE token LIKE 'test%'");
  }

  private static String token(JsonNode item) {
    var address = item.path("@id").asString();
    return address.substring(address.lastIndexOf('/') + 1);
  }

  private void sql(String statement) {
    pods.hub
        .hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              batch.sql().execute(statement);
              return true;
            });
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
