package dev.porchlight.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One hub serves the Seeker Leads API, another reads from it, over HTTP.
@Timeout(120)
class HubToHubTest {
  private static final int LEADS = 120;

  @TempDir Path ours;
  @TempDir Path theirs;

  @Test
  void each_lead_of_one_hub_is_once_at_the_other() {
    var clock = SettableClock.at(TestHub.START);
    try (var provider = TestHub.in(theirs).clock(clock).start();
        var reader = TestHub.in(ours).clock(clock).start()) {
      var portal = provider.addSource("portal", "connections-plus");
      send(portal, 1, LEADS);
      var client =
          provider
              .api()
              .make("/clients", Json.object().put("name", "us").put("contract", "seeker-leads"));
      var poll =
          Json.object()
              .put("url", provider.address().resolve("/seeker-leads/v1").toString())
              .put("token_url", provider.address().resolve("/oauth/token").toString())
              .put("client_id", client.path("client_id").asString())
              .put("client_secret", client.path("client_secret").asString())
              .put("since", clock.instant().minus(Duration.ofDays(10)).toString());
      reader.addSource("seeker", "seeker-leads", b -> b.set("poll", poll));
      awaitItems(reader, LEADS);
      assertThat(state(reader).path("failures").asInt()).isZero();

      clock.advance(Duration.ofMinutes(6));
      send(portal, LEADS + 1, 5);
      clock.advance(Duration.ofMinutes(6));
      awaitItems(reader, LEADS + 5);
      // Past the life of the token, and with windows that hold nothing.
      clock.advance(Duration.ofDays(15));
      send(portal, LEADS + 6, 5);
      clock.advance(Duration.ofMinutes(6));
      awaitItems(reader, LEADS + 10);
      await().untilAsserted(() -> assertThat(state(reader).path("lag_seconds").asLong()).isZero());
      assertThat(state(reader).path("failures").asInt()).isZero();
      var found =
          reader
              .hub()
              .store()
              .read(h -> h.createQuery("SELECT external_id FROM lead").mapTo(String.class).list());
      assertThat(found).hasSize(LEADS + 10).doesNotHaveDuplicates();
    }
  }

  private static void send(TestHub.SourceAtHub portal, int first, int count) {
    IntStream.range(first, first + count)
        .forEach(n ->
            assertThat(portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n))).status())
                .isEqualTo(200));
  }

  private static JsonNode state(TestHub hub) {
    return hub.api().read("/sources/seeker").path("poll");
  }

  private static void awaitItems(TestHub hub, int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(state(hub).path("items").asInt()).isEqualTo(count));
  }
}
