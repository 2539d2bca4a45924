package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What comes into a lane while its head is under way.
class JoinedTest {
  private static final Reaction TAKEN = new Reaction.Status(200, Map.of(), "");

  @TempDir Path folder;

  private static Delivery delivery(int n) {
    return new Delivery(
        "d-" + n, n, "e", "k", "event-" + n, "lead", "L-" + n, 1, "o", Instant.EPOCH, "");
  }

  @Test
  void of_a_lane_into_which_more_and_more_comes_a_part_is_noted_and_the_rest_is_looked_up() {
    var joined = new Joined();
    var lane = new Claim("e", "k", 1, Optional.empty(), false, true, 1, Instant.EPOCH);
    for (int n = 1; n <= 256; n++) {
      joined.add(lane, delivery(n));
    }
    assertThat(joined.next(lane, 256)).containsExactly(delivery(1), delivery(2));
    joined.add(lane, delivery(257));
    joined.add(lane, delivery(258));
    assertThat(joined.size(lane)).isEqualTo(2);
    assertThat(joined.next(lane, 258)).isEmpty();
    // Those before are done: what is noted is all there is.
    assertThat(joined.next(lane, 2)).containsExactly(delivery(257), delivery(258));
    for (int n = 0; n < 10_000; n++) {
      joined.add(lane, delivery(n));
      assertThat(joined.size(lane)).isLessThanOrEqualTo(256);
    }
  }

  @Test
  void one_that_is_asked_for_again_goes_before_what_came_later() {
    var latch = new CountDownLatch(1);
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var person = InventedPerson.of(1);
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", person));
      var first = hub.awaitDelivery("L-1", endpoint, "delivered");
      crm.alwaysAnswers(new Reaction.Held(latch, TAKEN));
      portal.post(LeadBodies.buyer("L-2", person));
      crm.await(2);
      hub.api().post("/deliveries/" + first.path("id").stringValue() + "/retry", "");
      portal.post(LeadBodies.buyer("L-3", person));
      portal.post(LeadBodies.buyer("L-4", person));
      crm.alwaysAnswers(TAKEN);
      latch.countDown();
      hub.awaitDelivery("L-4", endpoint, "delivered");
      assertThat(crm.requests())
          .extracting(r -> r.json().path("data").path("lead_id").stringValue())
          .containsExactly("L-1", "L-2", "L-1", "L-3", "L-4");
    }
  }
}
