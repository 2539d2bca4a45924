package dev.porchlight.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreState;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteEngineTest {
  @TempDir Path folder;

  private SqliteEngine open() {
    return SqliteEngine.open(folder, Clock.systemUTC());
  }

  private static String pragma(Connection connection, String name) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("PRAGMA " + name)) {
      results.next();
      return results.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void the_writer_has_the_pragmas_that_durability_rests_on() throws SQLException {
    try (var engine = open()) {
      var writer = engine.writer();
      assertThat(pragma(writer, "auto_vacuum")).isEqualTo("2");
      assertThat(pragma(writer, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(writer, "synchronous")).isEqualTo("2");
      assertThat(pragma(writer, "secure_delete")).isEqualTo("1");
      assertThat(pragma(writer, "wal_autocheckpoint")).isEqualTo("0");
    }
  }

  @Test
  void deliveries_of_a_lead_are_found_by_the_lead_whatever_else_is_asked() {
    try (var engine = open()) {
      var plan =
          engine.read(h ->
              h.createQuery(
                      "EXPLAIN QUERY PLAN SELECT id FROM delivery"
                          + " WHERE endpoint_id = 'e' AND lead_id = 'l' AND version = 1")
                  .map((r, _) -> r.getString("detail"))
                  .list());
      assertThat(plan).singleElement().asString().contains("delivery_lead");
    }
  }

  @Test
  void space_that_deletions_left_is_given_back_a_little_at_a_time_and_some_is_kept() {
    try (var store = new EngineStore(open())) {
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var sql = batch.sql();
            sql.execute("CREATE TABLE big (n INTEGER PRIMARY KEY, body BLOB)");
            sql.execute(
                "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 2300)"
                    + " INSERT INTO big SELECT n, zeroblob(4000) FROM k");
            return true;
          });
      long full = pages(store);
      assertThat(giveBack(store)).as("nothing was deleted").isZero();
      store.write(WorkQueue.EDITS, batch -> batch.sql().execute("DELETE FROM big"));
      assertThat(pages(store)).isEqualTo(full);
      assertThat(giveBack(store)).isBetween(1, 10);
      assertThat(pages(store)).isLessThan(full).isGreaterThan(2048);
    }
  }

  @Test
  void the_file_of_a_hub_gets_shorter_after_deletions_though_attempts_are_kept_for_ever()
      throws IOException {
    long full;
    try (var hub = TestHub.in(folder).config(c -> c.withAttemptsKeptDays(0)).start()) {
      var store = hub.hub().store();
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var sql = batch.sql();
            sql.execute("CREATE TABLE big (n INTEGER PRIMARY KEY, body BLOB)");
            sql.execute(
                "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 4600)"
                    + " INSERT INTO big SELECT n, zeroblob(4000) FROM k");
            return true;
          });
      full = pages(store) * 4096;
      store.write(WorkQueue.EDITS, batch -> batch.sql().execute("DROP TABLE big"));
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .until(() -> {
            // Retention works by the hub's clock.
            hub.clock().advance(Duration.ofHours(1));
            hub.hub().wake();
            return hub.hub()
                    .store()
                    .read(h -> h.createQuery("PRAGMA freelist_count").mapTo(Long.class).one())
                < 2048 + 64;
          });
    }
    assertThat(Files.size(folder.resolve("data/porchlight.db"))).isLessThan(full * 2 / 3);
  }

  private static long pages(Store store) {
    return store.read(h -> h.createQuery("PRAGMA page_count").mapTo(Long.class).one());
  }

  /// In how many steps.
  private static int giveBack(EngineStore store) {
    int steps = 0;
    while (store.write(WorkQueue.RETENTION, batch -> batch.giveBackSpace())) {
      steps++;
    }
    return steps;
  }

  @Test
  void readers_can_only_read() {
    try (var engine = open()) {
      assertThat(
              engine.<Integer>read(
                  h -> h.createQuery("PRAGMA query_only").mapTo(Integer.class).one()))
          .isEqualTo(1);
    }
  }

  @Test
  void nothing_holds_the_file_once_the_store_is_closed() throws SQLException {
    try (var engine = open()) {
      assertThat(
              engine.<List<Integer>>read(
                  h -> h.createQuery("SELECT 1").mapTo(Integer.class).list()))
          .containsExactly(1);
    }
    var url = "jdbc:sqlite:" + folder.resolve("porchlight.db");
    try (var alone = DriverManager.getConnection(url)) {
      // Refused while any other connection is open.
      execute(alone, "PRAGMA journal_mode = DELETE");
      assertThat(pragma(alone, "journal_mode")).isEqualTo("delete");
    }
  }

  @Test
  void a_second_hub_on_the_folder_is_refused() {
    var first = open();
    try {
      assertThatThrownBy(this::open)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Another hub has the data folder");
    } finally {
      first.close();
    }
    open().close();
  }

  @Test
  void a_newer_schema_is_refused_with_a_sentence() throws SQLException {
    open().close();
    try (var connection =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("porchlight.db"))) {
      execute(
          connection,
          "UPDATE flyway_schema_history SET version = '"
              + (SqliteSchema.NEWEST + 1)
              + "' WHERE installed_rank = (SELECT MAX(installed_rank) FROM flyway_schema_history)");
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("newer release");
    // And it let go of the folder: the same sentence, not that of a second hub.
    assertThatThrownBy(this::open).hasMessageContaining("newer release");
  }

  @Test
  void sqlite_releases_that_can_damage_the_file_are_refused() {
    for (var version : new String[] {"3.51.2", "3.50.9", "3.8.11", "2.99.99"}) {
      assertThatThrownBy(() -> SqliteSchema.checkVersion(version))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("3.51.3 or newer is needed");
    }
    for (var version : new String[] {"3.51.3", "3.52.0", "3.54.1", "4.0.0"}) {
      SqliteSchema.checkVersion(version);
    }
  }

  @Test
  void a_file_that_is_no_database_is_refused_with_a_sentence() throws Exception {
    Files.writeString(folder.resolve("porchlight.db"), "no database at all ".repeat(500));
    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can't be opened");
  }

  @Test
  void a_full_disk_is_503_claims_nothing_and_mends_itself_when_there_is_room() throws Exception {
    var engine = open();
    try (var store = new EngineStore(engine)) {
      store.write(WorkQueue.LEADS, batch -> batch.append("test", "before", ""));
      var writer = engine.writer();
      execute(writer, "PRAGMA max_page_count = " + pragma(writer, "page_count"));
      var claimed = new AtomicBoolean();
      var large = "x".repeat(100_000);
      assertThatThrownBy(() ->
              store.write(
                  WorkQueue.LEADS,
                  batch -> {
                    batch.afterCommit(() -> claimed.set(true));
                    batch.append("test", "small", "");
                    return batch.append("test", "full", large);
                  }))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(store.state()).isInstanceOf(StoreState.Refusing.class);
      assertThatThrownBy(
              () -> store.write(WorkQueue.LEADS, batch -> batch.append("test", "refused", "")))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(subjects(store)).isEqualTo("before");
      assertThat(claimed).isFalse();
      execute(writer, "PRAGMA max_page_count = 1000000");
      await().until(() -> store.state() instanceof StoreState.Accepting);
      long seq = store.write(WorkQueue.LEADS, batch -> batch.append("test", "full", large));
      assertThat(seq).isEqualTo(2);
      assertThat(subjects(store)).isEqualTo("before,full");
    }
  }

  @Test
  void a_file_that_cannot_be_written_anew_is_closed_all_the_same() throws Exception {
    var engine = open();
    var store = new EngineStore(engine);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.leaveNoTrace();
          return batch.append("test", "erased", "");
        });
    var writer = engine.writer();
    execute(writer, "PRAGMA busy_timeout = 10");
    try (var other =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("porchlight.db"))) {
      // Somebody holds the file, so it can't be written anew.
      execute(other, "BEGIN IMMEDIATE");
      store.close();
      assertThat(writer.isClosed()).isTrue();
    }
    // What was not done is not forgotten.
    try (var again = open()) {
      assertThat(pragma(again.writer(), "user_version")).isNotEqualTo("0");
    }
  }

  private static String subjects(EngineStore store) {
    List<String> subjects =
        store.read(
            h -> h.createQuery("SELECT subject FROM log ORDER BY seq").mapTo(String.class).list());
    return String.join(",", subjects);
  }

  @Test
  void a_store_in_passing_takes_its_folder_with_it() {
    var passing = folder.resolve("passing");
    SqliteEngine.passing(passing, Clock.systemUTC()).close();
    assertThat(passing).doesNotExist();
  }

  @Test
  void a_first_start_cut_off_before_the_planner_was_told_is_made_up_for() throws SQLException {
    var data = folder.resolve("cut");
    SqliteEngine.open(data, Clock.systemUTC()).close();
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("porchlight.db"));
        var statement = connection.createStatement()) {
      statement.execute("DROP TABLE sqlite_stat1");
    }
    try (var store = new EngineStore(SqliteEngine.open(data, Clock.systemUTC()))) {
      int expected =
          store.read(
              h -> h.createQuery("SELECT COUNT(*) FROM sqlite_stat1").mapTo(Integer.class).one());
      assertThat(expected).isGreaterThan(20);
    }
  }
}
