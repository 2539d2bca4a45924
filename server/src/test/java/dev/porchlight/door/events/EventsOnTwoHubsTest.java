package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Real-estate events where two hubs share a database.
class EventsOnTwoHubsTest {
  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> publish(TestHub hub, JsonNode party, JsonNode event)
      throws Exception {
    var path = URI.create(party.path("pod").asString()).getPath() + "publish/";
    return send(hub, path, party.path("api_key").asString(), event);
  }

  private HttpResponse<String> send(TestHub hub, String path, String key, JsonNode body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(hub.address().resolve(path))
            .header("x-api-key", key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void a_stream_shows_what_the_other_hub_took_and_a_rate_counts_at_both() throws Exception {
    var url = TestPostgres.newDatabase();
    // Of one secret key, by one clock.
    var setup = TestHub.in(folder);
    try (var one = setup.config(c -> c.withDatabase(url, 1)).start();
        var two = setup.config(c -> c.withDatabase(url, 2)).withoutRebuildCheck().start()) {
      var api = one.api();
      var office =
          api.make(
              "/parties",
              Json.object().put("name", "Harbor").put("kind", "office").put("rate_limit", 3));
      var key = office.path("api_key").asString();
      var id = office.path("id").asString();
      // The key takes its moment to be known.
      await()
          .atMost(TestHub.PATIENCE)
          .until(() -> {
            try (var early = new InboxReader(two.address(), "/pods/harbor/inbox/?by=x", key)) {
              return early.status() == 400;
            }
          });
      try (var reader = new InboxReader(two.address(), "/pods/harbor/inbox/", key).reading()) {
        assertThat(reader.next().data()).isNull();
        for (int n = 0; n < 3; n++) {
          var event = Pods.listing(office.path("profile").asString(), "L-" + n, _ -> {});
          assertThat(publish(n == 1 ? two : one, office, event).statusCode()).isEqualTo(201);
          assertThat(reader.next().json().at("/data/object/originatingSystemKey").asString())
              .isEqualTo("L-" + n);
        }
        var more = Pods.listing(office.path("profile").asString(), "L-3", _ -> {});
        for (var hub : new TestHub[] {one, two}) {
          var refused = publish(hub, office, more);
          assertThat(refused.statusCode()).isEqualTo(429);
          assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElse("")))
              .isBetween(250, 300);
        }
        // A replay that one hub took and both work on brings each item once.
        var clock = one.clock();
        clock.advance(java.time.Duration.ofMinutes(5));
        var pod = office.path("pod").asString();
        var request =
            Json.object()
                .put("type", "ReplayRequestAction")
                .put("target", pod + "inbox/")
                .put("startDate", "2026-03-14T00:00:00.000Z")
                .put("endDate", "2026-03-15T00:00:00.000Z");
        assertThat(send(two, "/api/replay", key, request).statusCode()).isEqualTo(201);
        var again = new java.util.ArrayList<String>();
        for (int n = 0; n < 3; n++) {
          again.add(reader.next().json().at("/data/object/originatingSystemKey").asString());
        }
        assertThat(again).containsExactly("L-0", "L-1", "L-2");
        await()
            .atMost(TestHub.PATIENCE)
            .until(() ->
                one.hub()
                    .store()
                    .read(h ->
                        h.createQuery("SELECT state || replayed FROM inbox_replay")
                            .mapTo(String.class)
                            .one())
                    .equals("finished3"));
        // Both tell pods of our own leads, each lead once.
        var app = api.make("/parties", Json.object().put("name", "CRM").put("kind", "app"));
        var grant = Json.object().put("owner", id).put("party", app.path("id").asString());
        grant.putArray("subscribes").add("realestate/lead");
        api.make("/grants", grant);
        var source = one.addSource("realtor", "connections-plus");
        for (int n = 1; n <= 5; n++) {
          source.post(LeadBodies.buyer("B-" + n, InventedPerson.of(n)));
        }
        // The last one is told of after the others, whichever hub tells it.
        await()
            .atMost(TestHub.PATIENCE)
            .until(() -> one.items("/events?topic=realestate/lead%23add").size() >= 5);
        assertThat(one.items("/events?topic=realestate/lead%23add")).hasSize(5);
        // The key is ended at the other hub.
        api.post("/parties/" + id + "/rotate-key", "{\"overlap_hours\": 0}");
        assertThat(reader.ends()).isTrue();
      }
    }
  }
}
