package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read before it is needed, and for how long.
class ReadAheadTest {
  @TempDir private Path folder;

  private static List<String> waiting(TestHub hub) {
    var portal = hub.addSource("portal", "connections-plus");
    hub.addEndpoint("http://127.0.0.1:9/crm", "porchlight", b -> b.put("disabled", true));
    for (int n = 0; n < 6; n++) {
      portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
    }
    return hub.hub()
        .store()
        .read(
            h -> h.createQuery("SELECT id FROM delivery ORDER BY seq").mapTo(String.class).list());
  }

  @Test
  void what_is_ten_seconds_old_is_read_anew() {
    try (var hub = TestHub.start(folder)) {
      var deliveries = waiting(hub);
      var now = new AtomicLong(7);
      var ahead = new ReadAhead(now::get, 100);
      var asked = new ArrayList<String>();
      Runnable read =
          () ->
              ahead.read(
                  deliveries,
                  ids -> {
                    asked.addAll(ids);
                    return hub.hub().store().read(h -> KeptVersion.listOf(h, ids));
                  });
      read.run();
      assertThat(asked).containsExactlyElementsOf(deliveries);
      now.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
      read.run();
      assertThat(asked).as("it is held already").hasSize(6);
      assertThat(ahead.take(deliveries.getFirst())).isPresent();
      assertThat(ahead.take(deliveries.getFirst())).as("once").isEmpty();
      now.incrementAndGet();
      assertThat(ahead.size()).isZero();
      assertThat(ahead.take(deliveries.getLast())).isEmpty();
      read.run();
      assertThat(asked).hasSize(12);
    }
  }

  @Test
  void more_than_there_is_room_for_is_neither_read_nor_makes_others_go() {
    try (var hub = TestHub.start(folder)) {
      var deliveries = waiting(hub);
      var ahead = new ReadAhead(() -> 0, 4);
      var asked = new ArrayList<String>();
      for (int n = 0; n < 2; n++) {
        ahead.read(
            deliveries,
            ids -> {
              asked.addAll(ids);
              return hub.hub().store().read(h -> KeptVersion.listOf(h, ids));
            });
      }
      assertThat(asked).containsExactlyElementsOf(deliveries.subList(0, 4));
      assertThat(ahead.take(deliveries.getFirst())).as("the next one to be sent").isPresent();
    }
  }
}
