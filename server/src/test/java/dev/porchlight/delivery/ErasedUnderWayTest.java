package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of deliveries whose person is erased while one of them is under way.
class ErasedUnderWayTest {
  @TempDir private Path folder;

  @Test
  void of_the_one_under_way_alone_it_is_said_that_it_may_have_arrived() {
    var latch = new CountDownLatch(1);
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      crm.alwaysAnswers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      crm.await(1);
      for (int n = 2; n < 6; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(1)));
      }
      var person =
          hub.leads().stream().map(l -> l.path("person_id").asString()).distinct().toList();
      assertThat(person).hasSize(1);
      hub.clock().advance(Duration.ofSeconds(1));
      hub.api().post("/persons/" + person.getFirst() + "/erase", Json.object());
      var told =
          hub.items("/deliveries?limit=50&endpoint=" + endpoint.id()).stream()
              .map(d -> d.path("reason").asString())
              .toList();
      assertThat(told).filteredOn(Erased.UNDER_WAY::equals).hasSize(1);
      assertThat(told).filteredOn(Erased.REASON::equals).hasSize(4);
      latch.countDown();
    }
  }
}
