package dev.porchlight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.StoreState;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.sqlite.SqliteEngine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PostgresEngineTest {
  private final String url = TestPostgres.newDatabase();

  private static PostgresEngine open(String url) {
    return PostgresEngine.open(url, Clock.systemUTC());
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery(sql)) {
      var texts = new ArrayList<String>();
      while (results.next()) {
        texts.add(results.getString(1));
      }
      return texts;
    }
  }

  private static void execute(String url, String sql) throws SQLException {
    try (var connection = TestPostgres.connect(url);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> subjects(String url) throws SQLException {
    try (var connection = TestPostgres.connect(url)) {
      return texts(connection, "SELECT subject FROM log ORDER BY seq");
    }
  }

  private static long append(EngineStore store, String subject) {
    return store.write(WorkQueue.LEADS, batch -> batch.append("test", subject, ""));
  }

  @Test
  void the_server_of_the_tests_syncs_and_the_writer_has_its_limits() throws SQLException {
    try (var engine = open(url)) {
      var writer = engine.writer();
      assertThat(texts(writer, "SHOW fsync")).containsExactly("on");
      assertThat(texts(writer, "SHOW full_page_writes")).containsExactly("on");
      assertThat(texts(writer, "SHOW synchronous_commit")).containsExactly("on");
      assertThat(texts(writer, "SHOW lock_timeout")).containsExactly("2s");
      assertThat(texts(writer, "SHOW idle_in_transaction_session_timeout")).containsExactly("5s");
      assertThat(texts(writer, "SHOW transaction_isolation")).containsExactly("read committed");
    }
  }

  @Test
  void both_engines_have_the_same_tables(@TempDir Path folder) throws SQLException {
    List<String> theirs;
    try (var sqlite = SqliteEngine.open(folder, Clock.systemUTC())) {
      theirs =
          texts(
              sqlite.writer(),
              "SELECT m.name || '.' || c.name || ' ' || c.\"notnull\" || ' ' || c.pk FROM"
                  + " sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND"
                  + " m.name NOT LIKE 'flyway%' AND m.name NOT LIKE 'sqlite%'");
    }
    try (var engine = open(url)) {
      var ours =
          texts(
              engine.writer(),
              """
              SELECT c.table_name || '.' || c.column_name || ' ' ||
                     CASE WHEN c.is_nullable = 'NO' THEN 1 ELSE 0 END || ' ' ||
                     COALESCE((SELECT k.ordinal_position
                                 FROM information_schema.table_constraints t
                                 JOIN information_schema.key_column_usage k
                                   ON k.constraint_name = t.constraint_name
                                  AND k.table_name = t.table_name
                                WHERE t.constraint_type = 'PRIMARY KEY'
                                  AND t.table_name = c.table_name
                                  AND k.column_name = c.column_name), 0)
                FROM information_schema.columns c
               WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'flyway%'
                 AND c.table_name <> 'batch_mark'
              """);
      assertThat(ours).isNotEmpty();
      assertThat(withoutImplied(ours)).containsExactlyInAnyOrderElementsOf(withoutImplied(theirs));
      assertThat(
              texts(
                  engine.writer(),
                  "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE"
                      + " table_schema = 'public' AND table_name NOT LIKE 'flyway%' AND data_type ="
                      + " 'text' AND collation_name IS DISTINCT FROM 'C'"))
          .as("texts that are not compared bytewise")
          .isEmpty();
    }
  }

  /// Columns of a primary key are not null in either, said or not.
  private static List<String> withoutImplied(List<String> columns) {
    return columns.stream().map(c -> c.replaceFirst(" [01] ([1-9])$", " 1 $1")).toList();
  }

  @Test
  void a_newer_schema_is_refused_with_a_sentence() throws SQLException {
    open(url).close();
    execute(
        url, "UPDATE flyway_schema_history SET version = '" + (PostgresEngine.SCHEMA + 1) + "'");
    assertThatThrownBy(() -> open(url))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("newer release");
  }

  @Test
  void a_database_that_is_not_there_is_named_without_its_password() {
    var nowhere = "jdbc:postgresql://127.0.0.1:1/leads?user=u&password=hidden";
    assertThatThrownBy(() -> open(nowhere))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("127.0.0.1:1/leads")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void a_user_who_may_make_no_tables_is_told_so_in_a_sentence() throws SQLException {
    execute(url, "CREATE ROLE porchlight_reader LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    var reader = url.replace("user=postgres", "user=porchlight_reader");
    assertThat(reader).isNotEqualTo(url);
    assertThatThrownBy(() -> open(reader))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("The tables can't be made in the database jdbc:postgresql://")
        .hasMessageContaining("permission denied")
        .hasMessageNotContaining("user=")
        .hasMessageNotContaining("\n");
  }

  @Test
  void what_a_refused_batch_says_names_no_value_of_its_rows() throws SQLException {
    try (var store = new EngineStore(open(url))) {
      execute(
          url,
          """
          CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$;
          CREATE TRIGGER no_room BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION no_room()
          """);
      // Whoever asks /health is told the same.
      assertThatThrownBy(() -> append(store, "ana@example.org"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("could not extend file")
          .hasMessageNotContaining("ana@example.org");
    }
  }

  @Test
  void the_time_is_the_databases_plus_the_test_clocks_offset() throws SQLException {
    var noon = Instant.parse("2031-05-04T12:00:00Z");
    try (var engine = PostgresEngine.open(url, Clock.fixed(noon, ZoneOffset.UTC))) {
      engine.begin(engine.writer());
      engine.commit(engine.writer());
      assertThat(engine.now()).isEqualTo(noon);
    }
  }

  @Test
  void a_commit_that_took_place_though_its_answer_was_lost_is_a_success() throws Exception {
    try (var proxy = new CuttingProxy();
        var store = new EngineStore(open(proxy.through(url)))) {
      append(store, "before");
      var runs = new AtomicInteger();
      var after = new AtomicInteger();
      proxy.cutNext(CuttingProxy.Cut.AFTER);
      long seq =
          store.write(
              WorkQueue.LEADS,
              batch -> {
                runs.incrementAndGet();
                batch.afterCommit(after::incrementAndGet);
                return batch.append("test", "cut", "");
              });
      assertThat(proxy.cuts).hasValue(1);
      assertThat(seq).isEqualTo(2);
      assertThat(runs).as("it was found, so not run again").hasValue(1);
      assertThat(after).hasValue(1);
      assertThat(append(store, "after")).isEqualTo(3);
      assertThat(subjects(url)).containsExactly("before", "cut", "after");
    }
  }

  @Test
  void a_commit_that_never_arrived_is_run_again() throws Exception {
    try (var proxy = new CuttingProxy();
        var store = new EngineStore(open(proxy.through(url)))) {
      append(store, "before");
      var runs = new AtomicInteger();
      proxy.cutNext(CuttingProxy.Cut.BEFORE);
      store.write(
          WorkQueue.LEADS,
          batch -> {
            runs.incrementAndGet();
            return batch.append("test", "cut", "");
          });
      assertThat(proxy.cuts).hasValue(1);
      assertThat(runs).hasValue(2);
      assertThat(subjects(url)).containsExactly("before", "cut");
    }
  }

  @Test
  void cuts_under_load_lose_and_double_nothing_that_was_answered() throws Exception {
    try (var proxy = new CuttingProxy();
        var store = new EngineStore(open(proxy.through(url)));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<Long>>();
      for (int round = 0; round < 20; round++) {
        proxy.cutNext(round % 2 == 0 ? CuttingProxy.Cut.AFTER : CuttingProxy.Cut.BEFORE);
        for (int i = 0; i < 20; i++) {
          var name = "r" + round + "u" + i;
          futures.add(callers.submit(() -> append(store, name)));
        }
        for (var future : futures.subList(round * 20, futures.size())) {
          future.get();
        }
      }
      assertThat(proxy.cuts).hasValue(20);
      var subjects = subjects(url);
      assertThat(subjects).hasSize(400).doesNotHaveDuplicates();
      for (int i = 0; i < futures.size(); i++) {
        assertThat(subjects.get((int) (futures.get(i).get() - 1)))
            .isEqualTo("r" + i / 20 + "u" + i % 20);
      }
    }
  }

  @Test
  void a_commit_whose_outcome_can_not_be_found_out_is_503_and_what_it_left_is_found_later()
      throws Exception {
    try (var proxy = new CuttingProxy();
        var store = new EngineStore(open(proxy.through(url)))) {
      var heard = Collections.synchronizedList(new ArrayList<String>());
      store.follow(lines -> lines.forEach(l -> heard.add(l.subject())));
      append(store, "before");
      proxy.cutNext(CuttingProxy.Cut.AFTER_AND_DOWN);
      long began = System.nanoTime();
      assertThatThrownBy(() -> append(store, "cut")).isInstanceOf(StoreUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
      await().until(() -> store.state() instanceof StoreState.Refusing);
      proxy.down(false);
      await().until(() -> store.state() instanceof StoreState.Accepting);
      assertThat(append(store, "after")).isEqualTo(3);
      assertThat(subjects(url)).containsExactly("before", "cut", "after");
      await().until(() -> heard.equals(List.of("before", "cut", "after")));
    }
  }

  @Test
  void a_database_that_goes_away_is_503_and_comes_back_by_itself() throws Exception {
    try (var proxy = new CuttingProxy();
        var store = new EngineStore(open(proxy.through(url)))) {
      append(store, "before");
      proxy.down(true);
      assertThatThrownBy(() -> append(store, "lost")).isInstanceOf(StoreUnavailableException.class);
      assertThat(store.state()).isInstanceOf(StoreState.Refusing.class);
      long began = System.nanoTime();
      assertThatThrownBy(() -> append(store, "lost")).isInstanceOf(StoreUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
      assertThatThrownBy(() -> store.read(h -> h.execute("SELECT 1")))
          .isInstanceOf(StoreUnavailableException.class);
      proxy.down(false);
      await().until(() -> store.state() instanceof StoreState.Accepting);
      assertThat(append(store, "after")).isEqualTo(2);
      assertThat(subjects(url)).containsExactly("before", "after");
    }
  }

  @Test
  void connections_that_the_server_ends_are_made_anew() throws Exception {
    try (var store = new EngineStore(open(url))) {
      append(store, "before");
      execute(
          url,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
              + " current_database() AND pid <> pg_backend_pid()");
      assertThat(append(store, "after")).isEqualTo(2);
    }
  }
}
