package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Local;
import dev.porchlight.cli.Terminal;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A store that is moved to PostgreSQL is the same store.
@Timeout(120)
class MoveTest {
  /// More deliveries than a page has rows.
  private static final int LEADS = 300;

  /// From this lead on an endpoint is there that fails; so few that the hub goes on trying each.
  private static final int LATE = LEADS - 5;

  private static final String ODD = "Ünï-𝔘-\\'\"%";

  @TempDir private Path folder;
  private final String url = TestPostgres.newDatabase();
  private final SettableClock clock = SettableClock.at(TestHub.START);
  private final Map<String, String> environment = new HashMap<>();

  private record Ran(int code, String out, String err) {}

  private Path data() {
    return folder.resolve("data");
  }

  private Ran run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        CommandLineProgram.run(
            args,
            new ThisProcess(),
            new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                false,
                environment::get));
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private Ran moveTo(String to, String... more) {
    var args = new ArrayList<>(List.of("move", "--data", data().toString(), "--to", to));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private TestHub onSqlite() {
    return TestHub.in(folder).clock(clock).start();
  }

  private TestHub onPostgres() {
    return TestHub.in(folder).clock(clock).config(c -> c.withDatabase(url, 0)).start();
  }

  /// A store with one lead in it.
  private void fill() {
    try (var hub = onSqlite()) {
      var portal = hub.addSource("portal", "connections-plus");
      assertThat(portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1))).status())
          .isEqualTo(200);
    }
  }

  private void execute(String sql) {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// All that the API tells, but for the ports that hub and CRMs listen at.
  private static Map<String, String> told(TestHub hub) {
    var told = new TreeMap<String, String>();
    var paths =
        new ArrayList<>(
            List.of("/nodes", "/sources", "/endpoints", "/contacts", "/receipts", "/deliveries"));
    hub.items("/leads?limit=200").forEach(l -> paths.add("/leads/" + l.path("id").asString()));
    hub.items("/receipts?limit=200")
        .forEach(r -> paths.add("/receipts/" + r.path("id").asString()));
    for (var path : paths) {
      told.put(path, hub.api().read(path).toString().replaceAll("127\\.0\\.0\\.1:\\d+", "here"));
    }
    return told;
  }

  private static long head(TestHub hub) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT MAX(seq) FROM log").mapTo(Long.class).one());
  }

  @Test
  void the_hub_on_the_database_answers_the_same_and_goes_on_where_it_stopped() throws Exception {
    Map<String, String> before;
    long head;
    TestHub.EndpointAtHub crmAtHub;
    TestHub.EndpointAtHub lateAtHub;
    TestHub.SourceAtHub portal;
    try (var crm = FakeCrm.open(clock);
        var late = FakeCrm.open(clock)) {
      late.alwaysAnswers(503);
      try (var hub = onSqlite()) {
        portal = hub.addSource("portal", "connections-plus");
        crmAtHub = hub.addEndpoint(crm.url("/crm"), "lead-delivery");
        for (int i = 0; i < LATE; i++) {
          assertThat(portal.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i))).status())
              .isEqualTo(200);
        }
        lateAtHub = hub.addEndpoint(late.url("/late"), "porchlight");
        for (int i = LATE; i < LEADS; i++) {
          assertThat(portal.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i))).status())
              .isEqualTo(200);
        }
        // Texts at which the engines could part: order, folding, planes above the first.
        var odd = LeadBodies.minimal(ODD, "buyer", InventedPerson.of(7001));
        assertThat(portal.post(odd).status()).isEqualTo(200);
        portal.sender().post("{\"lead_id\": \"broken\"");
        for (int i = 0; i < LEADS; i++) {
          hub.awaitDelivery("L-" + i, crmAtHub, "delivered");
        }
        for (int i = LATE; i < LEADS; i++) {
          hub.awaitAttempts("L-" + i, lateAtHub, 1);
        }
        hub.awaitDelivery(ODD, crmAtHub, "delivered");
        hub.awaitAttempts(ODD, lateAtHub, 1);
        head = head(hub);
        before = told(hub);
      }
      var database = Files.readAllBytes(data().resolve("porchlight.db"));

      environment.put("PORCHLIGHT_DATABASE_URL", url);
      var moved = run("move", "--data", data().toString());
      assertThat(moved.code()).as(moved.err()).isZero();
      assertThat(moved.err()).isEmpty();
      assertThat(moved.out())
          .contains("copying    lead                     301 of 301")
          .contains("verifying  lead                     301 of 301")
          .containsPattern("Moved [0-9,]+ rows in [0-9]+ tables; counts and checksums")
          .contains(data().resolveSibling("data.key").toString())
          .contains("porchlight.moved");
      assertThat(Files.readAllBytes(data().resolve("porchlight.db"))).isEqualTo(database);

      try (var hub = onPostgres()) {
        var after = told(hub);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((path, answer) -> assertThat(after.get(path)).as(path).isEqualTo(answer));
        assertThat(head(hub)).isEqualTo(head);
        late.alwaysAnswers(200);
        clock.advance(Duration.ofHours(1));
        var made = hub.awaitDelivery("L-" + LATE, lateAtHub, "delivered");
        assertThat(made.path("attempts_made").asInt()).isGreaterThanOrEqualTo(2);
        // The endpoint's secret was sealed before the move.
        assertThat(late.requests().getLast().isSignedWith(lateAtHub.secret())).isTrue();
        var sender = hub.sender("portal", portal.key());
        assertThat(sender.post(LeadBodies.buyer("L-1", InventedPerson.of(1))).status())
            .as("a repeat of a lead from before")
            .isEqualTo(200);
        assertThat(sender.post(LeadBodies.buyer("after", InventedPerson.of(3))).status())
            .isEqualTo(200);
        hub.awaitDelivery("after", crmAtHub, "delivered");
        assertThat(hub.items("/leads?lead_id=L-1")).hasSize(1);
        assertThat(head(hub)).isGreaterThan(head);
        // Closing it compares the rebuild.
      }
    }
  }

  @Test
  void the_folder_is_marked_and_no_hub_starts_on_it_until_the_mark_is_deleted() throws Exception {
    fill();
    assertThat(moveTo(url).code()).isZero();
    assertThatThrownBy(this::onSqlite)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("were moved to jdbc:postgresql://")
        .hasMessageNotContaining("user=")
        .hasMessageContaining("delete " + data().resolve("porchlight.moved"));
    assertThat(moveTo(TestPostgres.newDatabase()).err()).contains("were moved to");
    assertThat(new ThisProcess().examine(data()))
        .anyMatch(f -> f.level().equals("attention") && f.sentence().contains("were moved to"));
    Files.delete(data().resolve("porchlight.moved"));
    try (var hub = onSqlite()) {
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void the_json_has_each_table_with_its_checksum() {
    fill();
    var moved = Json.tree(moveTo(url, "--json").out());
    assertThat(moved.path("tables").valueStream())
        .anySatisfy(t -> {
          assertThat(t.path("name").asString()).isEqualTo("lead");
          assertThat(t.path("rows").asLong()).isEqualTo(1);
          assertThat(t.path("sha256").asString()).hasSize(64);
        });
    assertThat(moved.path("to_do").size()).isEqualTo(3);
  }

  @Test
  void a_folder_whose_hub_runs_is_refused() {
    try (var hub = onSqlite()) {
      var ran = moveTo(url);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err()).contains("Another hub has the data folder " + data() + " open");
      assertThat(hub.leads()).isEmpty();
    }
    assertThat(moveTo(url).code()).as("nothing was left behind").isZero();
  }

  @Test
  void a_folder_without_a_store_is_refused_and_not_made() {
    var ran = moveTo(url);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("There is no store in the folder");
    assertThat(data()).doesNotExist();
  }

  @Test
  void a_database_with_something_in_it_is_refused() {
    fill();
    execute("CREATE TABLE ours (id INT)");
    assertThat(moveTo(url).err()).contains("is not empty: it has ours. Name one without tables");
    execute("DROP TABLE ours");
    onPostgres().close();
    assertThat(moveTo(url).err()).contains("is not empty: it holds a store already");
    try (var hub = onPostgres()) {
      assertThat(moveTo(url).err()).contains("A hub or another move is at work in the database");
      assertThat(hub.leads()).isEmpty();
    }
    execute("UPDATE flyway_schema_history SET version = '999'");
    assertThat(moveTo(url).err()).contains("holds a store of a newer release (schema 999");
    execute("UPDATE flyway_schema_history SET version = '0'");
    assertThat(moveTo(url).err()).contains("holds a store of an older release (schema 0");
    assertThat(data().resolve("porchlight.moved")).doesNotExist();
  }

  @Test
  void a_database_that_can_not_be_reached_is_named_without_a_password() {
    fill();
    for (var nowhere :
        List.of(
            "jdbc:postgresql://127.0.0.1:1/leads?user=u&password=hidden",
            "jdbc:postgresql://u:hidden@127.0.0.1:1/leads",
            "jdbc:postgresql://u:hid?den@127.0.0.1:1/leads?password=hidden",
            url.replaceFirst("/test\\d+", "/not-there") + "&password=hidden",
            "jdbc:mysql://127.0.0.1/leads?password=hidden")) {
      var ran = moveTo(nowhere);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).as(nowhere).doesNotContain("hid").doesNotContain("Set PORCHLIGHT");
      assertThat(ran.err().strip().lines()).as(ran.err()).hasSize(1);
    }
    assertThat(moveTo("jdbc:postgresql://127.0.0.1:1/leads?password=hidden").err())
        .contains("The database jdbc:postgresql://127.0.0.1:1/leads can't be used: ");
    environment.clear();
    assertThat(run("move", "--data", data().toString()).err()).contains("Name the database");
  }

  /// Cuts the move while it copies that table.
  private Local.MoveProgress cutAt(String cut) {
    return (verifying, table, _, _) -> {
      if (!verifying && table.equals(cut)) {
        execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = 'porchlight-move' AND datname = current_database()");
      }
    };
  }

  @Test
  void a_move_that_broke_off_is_known_as_such_and_can_be_started_over() {
    fill();
    assertThatThrownBy(() -> new ThisProcess().move(data(), url, null, false, cutAt("receipt")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("broke off")
        .hasMessageContaining("--replace-unfinished");
    assertThatThrownBy(this::onPostgres)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("holds a move that was not finished (of " + data());
    assertThat(moveTo(url).err())
        .contains("holds a move that was not finished", "start over with --replace-unfinished");
    try (var hub = onSqlite()) {
      assertThat(hub.leads()).as("the folder is as it was").hasSize(1);
    }
    execute("CREATE TABLE ours (id INT)");
    assertThat(moveTo(url, "--replace-unfinished").err()).contains("is not empty: it has ours");
    execute("DROP TABLE ours");
    assertThat(moveTo(url, "--replace-unfinished").code()).isZero();
    try (var hub = onPostgres()) {
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void a_row_that_came_out_otherwise_is_found_and_no_hub_starts_on_it() {
    fill();
    var changes =
        List.of(
            "UPDATE receipt SET size = size + 1",
            "UPDATE receipt_raw SET body = body || '\\x00'",
            "UPDATE lead SET external_id = 'other'",
            "DELETE FROM lead_key",
            "INSERT INTO lead_key VALUES ('s', 'v', 'l', 1)",
            "UPDATE receipt SET corrects = ''");
    for (var change : changes) {
      assertThatThrownBy(() ->
              new ThisProcess()
                  .move(
                      data(),
                      url,
                      null,
                      true,
                      (verifying, table, rows, of) -> {
                        // The last table is copied: what follows is verifying.
                        if (!verifying && table.equals("violation") && rows == of) {
                          execute(change);
                        }
                      }))
          .as(change)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("differs: ");
      assertThatThrownBy(this::onPostgres).hasMessageContaining("was not finished");
      assertThat(data().resolve("porchlight.moved")).doesNotExist();
    }
    assertThat(moveTo(url, "--replace-unfinished").code()).isZero();
  }

  @Test
  void a_text_that_postgres_can_not_keep_is_named_and_not_changed() {
    try (var hub = TestHub.in(folder).clock(clock).withoutRebuildCheck().start()) {
      hub.hub()
          .store()
          .write(
              WorkQueue.EDITS,
              batch ->
                  batch
                      .sql()
                      .execute(
                          "INSERT INTO possible_duplicate"
                              + " VALUES ('a', 'b', 'r', 'x' || char(0) || 'y', 1)"));
    }
    assertThat(moveTo(url).err())
        .contains("possible_duplicate has a text with a NUL in evidence", "--replace-unfinished");
    assertThat(data().resolve("porchlight.moved")).doesNotExist();
  }
}
