package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.sqlite.SqliteEngine;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BreakersTest {
  @TempDir Path folder;

  @Test
  void a_probe_whose_end_can_not_be_written_hides_nothing_that_ended_the_work() {
    var now = Instant.now();
    var claim = new Planner.Claim("crm", "lane", 1, Optional.empty(), false, false, 1, now);
    var store = new EngineStore(SqliteEngine.open(folder, Clock.systemUTC()));
    var breakers = new Breakers(store);
    try (store) {
      store.write(
          WorkQueue.ATTEMPTS,
          batch -> {
            var shut =
                new EndpointHealth(
                    "crm", 20, now, now, now.minusSeconds(1), 1, null, 0, null, "down");
            batch.put(Tables.HEALTH, shut);
            return true;
          });
      assertThat(
              store.<Boolean>write(
                  WorkQueue.ATTEMPTS, batch -> breakers.probe(batch, claim, Duration.ofMinutes(1))))
          .isTrue();
    }
    assertThatCode(() -> breakers.ended(claim)).doesNotThrowAnyException();
  }
}
