package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Among a hundred receivers some that misbehave, each in its own way.
class IsolationTest {
  private static final int WELL = 95;
  private static final int LEADS = 80;

  @TempDir Path folder;

  private static int pending(TestHub hub, TestHub.EndpointAtHub endpoint) {
    return hub.hub()
        .store()
        .read(h ->
            h.createQuery(
                    "SELECT COUNT(*) FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
                        + " WHERE d.endpoint_id = :e AND s.state = 'pending'")
                .bind("e", endpoint.id())
                .mapTo(Integer.class)
                .one());
  }

  @Test
  void those_that_hang_trickle_refuse_flood_or_ask_for_time_hold_up_none_of_the_others() {
    try (var hub = TestHub.start(folder);
        var well = FakeCrm.open(hub.clock());
        var hangs = FakeCrm.open(hub.clock()).alwaysAnswers(new Reaction.Hanging());
        var trickles = FakeCrm.open(hub.clock()).alwaysAnswers(new Reaction.Trickling());
        var cuts = FakeCrm.open(hub.clock()).alwaysAnswers(new Reaction.CutOff());
        var floods = FakeCrm.open(hub.clock()).alwaysAnswers(new Reaction.Gigabyte());
        var asks =
            FakeCrm.open(hub.clock())
                .alwaysAnswers(new Reaction.Status(429, Map.of("Retry-After", "60"), ""))) {
      var portal = hub.addSource("portal", "connections-plus");
      var bad = new ArrayList<TestHub.EndpointAtHub>();
      for (var crm : List.of(hangs, trickles, cuts, asks)) {
        bad.add(hub.addEndpoint(crm.url("/bad"), "porchlight"));
      }
      var flooded = hub.addEndpoint(floods.url("/bad"), "porchlight");
      for (int n = 0; n < WELL; n++) {
        hub.addEndpoint(well.url("/well/" + n), "porchlight");
      }
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        IntStream.range(0, LEADS)
            .forEach(n ->
                threads.submit(() ->
                    assertThat(
                            portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n))).status())
                        .isEqualTo(200)));
      }
      var arrived =
          well.awaitUntil("all that is well to have all", all -> all.size() >= WELL * LEADS);
      assertThat(arrived.stream().map(r -> r.path() + r.header("webhook-id")).distinct())
          .hasSize(WELL * LEADS);
      // What a receiver says beyond a 2xx is not its business to say: it counts.
      hub.await(
          "the flood to be taken for delivered",
          () -> pending(hub, flooded) == 0 ? Optional.of(true) : Optional.empty());
      for (var endpoint : bad) {
        assertThat(pending(hub, endpoint)).isEqualTo(LEADS);
      }
      assertThat(hangs.requests().size()).as("under way at once").isLessThanOrEqualTo(Room.USUAL);
      assertThat(trickles.requests().size()).isLessThanOrEqualTo(Room.USUAL);
      assertThat(asks.requests().size()).as("it asked for time").isLessThan(LEADS);
      assertThat(cuts.requests().size()).as("it is left alone").isLessThan(LEADS);
    }
  }
}
