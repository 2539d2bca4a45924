package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.erasure.Dump;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A hub that is killed while it erases a person of many leads, of which the first are gone and the
/// others are not: the other hub of the database finishes what was begun.
@Tag("crash")
final class ErasureKilledTest {
  /// One more than are erased in one unit, and some.
  private static final int LEADS = 105;

  @TempDir private Path folder;

  @Test
  void what_a_killed_hub_had_begun_to_erase_is_finished_by_another() throws Exception {
    var url = TestPostgres.newDatabase();
    var log = Files.createFile(folder.resolve("killed.log"));
    var ana = InventedPerson.of(7);
    try (var hub =
            TestHub.in(folder)
                .config(c -> c.withDatabase(url, 2))
                .clock(SettableClock.at(Instant.now().toString()))
                .start();
        var db = TestPostgres.connect(url);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var portal = hub.addSource("portal", "connections-plus");
      for (int n = 0; n < LEADS; n++) {
        portal.post(LeadBodies.minimal("L-" + n, "buyer", ana));
      }
      var person = hub.items("/persons").getFirst().path("id").asString();
      var killed =
          HubProcess.start(
              Map.of(
                  "PORCHLIGHT_DATA",
                  folder.resolve("data").toString(),
                  "PORCHLIGHT_DATABASE_URL",
                  url,
                  "PORCHLIGHT_HUB_NUMBER",
                  "1"),
              log);
      try (killed) {
        // The second unit waits for this row.
        db.setAutoCommit(false);
        Audit.rows(db, "SELECT id FROM lead WHERE external_id = 'L-104' FOR UPDATE");
        var asked =
            threads.submit(() -> {
              try (var wire = new Wire(killed.address())) {
                return wire.post(
                        "/api/v1/persons/" + person + "/erase",
                        "Authorization: Bearer " + HubProcess.TOKEN,
                        "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .status();
              } catch (java.io.IOException e) {
                return 0;
              }
            });
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(10))
            .until(() -> !Audit.rows(db, "SELECT id FROM erasure").isEmpty());
        killed.kill();
        killed.awaitEnd();
        assertThat(asked.get()).as("no answer").isEqualTo(0);
      } finally {
        db.rollback();
      }
      assertThat(Audit.rows(db, "SELECT ended_at FROM erasure"))
          .as("begun and not ended")
          .hasSize(1)
          .allSatisfy(row -> assertThat(row.getFirst()).isNull());
      assertThat(Audit.number(db, "SELECT COUNT(*) FROM lead WHERE erased_at IS NOT NULL"))
          .isEqualTo(100);
      db.rollback();

      hub.clock().advance(Duration.ofMinutes(5));

      hub.await(
          "the other hub to finish",
          () -> Optional.of(hub.items("/persons?erased=true")).filter(p -> !p.isEmpty()));
      assertThat(Dump.find(hub.hub().store(), List.of(ana.email(), ana.lastName(), ana.phone())))
          .isEmpty();
      var records = hub.api().read("/persons/" + person).path("erasures");
      assertThat(records).hasSize(1);
      assertThat(records.at("/0/counts/leads").asInt()).isEqualTo(LEADS);
      assertThat(records.at("/0/by").asString()).isEqualTo("administrator");
    }
  }
}
