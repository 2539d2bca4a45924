package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What comes into a lane while its head is under way.
class JoinedTest {
  private static final Reaction TAKEN = new Reaction.Status(200, Map.of(), "");

  @TempDir Path folder;

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
