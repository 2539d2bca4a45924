package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A receiver that is slower than the senders.
class BacklogTest {
  private static final int LEADS = 800;
  private static final int SENDERS = 16;

  @TempDir Path folder;

  private static int lanes(TestHub hub, String which) {
    return hub.hub()
        .store()
        .read(h ->
            h.createQuery("SELECT COUNT(*) FROM lane WHERE owner " + which)
                .mapTo(Integer.class)
                .one());
  }

  private static void post(TestHub.SourceAtHub portal) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int sender = 0; sender < SENDERS; sender++) {
        int first = sender;
        threads.submit(() ->
            IntStream.iterate(first, n -> n < LEADS, n -> n + SENDERS)
                .forEach(n ->
                    assertThat(
                            portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n))).status())
                        .isEqualTo(200)));
      }
    }
  }

  @Test
  void what_cannot_be_started_on_soon_is_left_to_whoever_has_time_and_all_arrives_once() {
    var latch = new CountDownLatch(1);
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/crm"), "porchlight");
      post(portal);
      assertThat(lanes(hub, "IS NULL")).as("lanes that any hub may take").isPositive();
      assertThat(lanes(hub, "IS NOT NULL")).as("lanes that this hub holds").isPositive();
      latch.countDown();
      hub.await(
          "all to be delivered",
          () ->
              lanes(hub, "IS NULL") + lanes(hub, "IS NOT NULL") == 0
                  ? Optional.of(true)
                  : Optional.empty());
      assertThat(crm.requests()).hasSize(LEADS);
      assertThat(crm.requests().stream().map(r -> r.header("webhook-id")).distinct())
          .hasSize(LEADS);
    }
  }
}
