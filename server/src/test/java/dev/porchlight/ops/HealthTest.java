package dev.porchlight.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HealthTest {
  @TempDir Path folder;

  /// What is written waits as long as somebody has the lock 4711.
  private static final String HANGING =
      """
      CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
        $$BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END$$;
      CREATE TRIGGER hang BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION hang()
      """;

  @Test
  void a_hub_whose_write_hangs_is_not_ready_until_it_is_through() throws Exception {
    var url = TestPostgres.newHubDatabase();
    try (var hub = TestHub.in(folder).config(c -> c.withDatabase(url, 1)).start();
        var other = DriverManager.getConnection(url);
        var statement = other.createStatement();
        var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      var portal = hub.addSource("portal", "connections-plus");
      assertThat(hub.api().get("//health/ready").status()).isEqualTo(200);
      statement.execute(HANGING);
      statement.execute("SELECT pg_advisory_lock(4711)");
      var answer = senders.submit(() -> portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1))));
      try {
        Awaitility.await()
            .atMost(Duration.ofSeconds(8))
            .untilAsserted(() -> {
              var ready = hub.api().get("//health/ready");
              assertThat(ready.status()).isEqualTo(503);
              assertThat(ready.text()).contains("the disk or the database hangs");
            });
        assertThat(hub.api().read("//health").path("store").stringValue()).startsWith("hanging");
      } finally {
        statement.execute("SELECT pg_advisory_unlock(4711)");
      }
      assertThat(answer.get().status()).isEqualTo(200);
      Awaitility.await().until(() -> hub.api().get("//health/ready").status() == 200);
    }
  }
}
