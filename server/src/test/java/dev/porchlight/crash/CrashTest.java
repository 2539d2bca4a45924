package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// A hub that is killed in the middle of leads at full speed, again and again, keeps what it
/// acknowledged and delivers it.
///
/// Twenty rounds of 500 leads. The long form: `-Dporchlight.crash.rounds=1000
/// -Dporchlight.crash.leads=10000`; `-Dporchlight.crash.seed=...` draws the same leads and moments
/// again. Every twenty rounds a new folder is begun.
@Tag("crash")
@Isolated
final class CrashTest {
  private static final int ROUNDS = Integer.getInteger("porchlight.crash.rounds", 20);
  private static final int LEADS = Integer.getInteger("porchlight.crash.leads", 500);
  private static final long SEED = Long.getLong("porchlight.crash.seed", System.nanoTime());
  private static final int ROUNDS_PER_FOLDER = 20;
  private static final int REBUILD_EVERY = 10;
  private static final int SENDERS = 16;

  @TempDir private Path folder;

  private final Random random = new Random(SEED);
  private CompletableFuture<HubProcess> hub = new CompletableFuture<>();
  private int restarts;
  private int resent;

  @Test
  void a_killed_hub_keeps_what_it_acknowledged() throws Exception {
    System.out.println("Seed " + SEED);
    try (var crm = new RecordingCrm()) {
      for (int done = 0; done < ROUNDS; done += ROUNDS_PER_FOLDER) {
        var data = folder.resolve("data-" + done);
        crm.forget();
        rounds(Math.min(ROUNDS_PER_FOLDER, ROUNDS - done), data, crm);
        delete(data);
      }
    }
    // A kill that always met an idle hub would prove nothing.
    assertThat(resent).as("requests cut by the kills").isGreaterThan(restarts);
  }

  private void rounds(int count, Path data, RecordingCrm crm) throws Exception {
    var log = folder.resolve("hub.log");
    var process = HubProcess.start(data, log);
    try {
      publish(process);
      var targets = setUp(process, crm);
      var book = new Sender.Book();
      var senders = new ArrayList<Sender>();
      for (int i = 0; i < SENDERS; i++) {
        senders.add(new Sender(i, new Random(random.nextLong()), targets, book));
      }
      for (int round = 1; round <= count; round++) {
        crm.refuse(round % 10 == 5 ? 0.01 : 0);
        process = round(process, senders, data, log, round % 7 == 0);
        awaitQuiet(data);
        audit(data, book, crm);
        if (round % REBUILD_EVERY == 0 || round == count) {
          checkFile(data);
          checkRebuild(process);
        }
      }
    } catch (AssertionError | Exception e) {
      System.err.println(Files.readString(log));
      throw e;
    } finally {
      process.close();
      process.awaitEnd();
    }
  }

  /// One round: leads from all senders, a kill at some moment, another one right after the start
  /// where asked for, and the rest of the leads.
  private HubProcess round(
      HubProcess first, List<Sender> senders, Path data, Path log, boolean twice) throws Exception {
    int killAt = 1 + random.nextInt(LEADS * 9 / 10);
    long delay = random.nextLong(3_000_000);
    var acknowledged = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(SENDERS + 1)) {
      var all = new ArrayList<Future<?>>();
      for (var sender : senders) {
        all.add(
            threads.submit(() -> {
              sender.send(
                  LEADS / SENDERS + 1,
                  this::next,
                  () -> {
                    int n = acknowledged.incrementAndGet();
                    if (n == killAt) {
                      long until = System.nanoTime() + delay;
                      while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                      }
                      first.kill();
                    }
                  });
              return null;
            }));
      }
      try {
        first.awaitEnd();
        withdraw();
        var process = HubProcess.start(data, log);
        restarts++;
        if (twice) {
          // In the middle of what it does about the first crash.
          publish(process);
          TimeUnit.NANOSECONDS.sleep(random.nextInt(50_000_000));
          process.kill();
          process.awaitEnd();
          withdraw();
          process = HubProcess.start(data, log);
          restarts++;
        }
        publish(process);
        for (var sent : all) {
          sent.get(120, TimeUnit.SECONDS);
        }
        return process;
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private synchronized void publish(HubProcess process) {
    hub.complete(process);
  }

  private synchronized void withdraw() {
    hub = new CompletableFuture<>();
  }

  private synchronized CompletableFuture<HubProcess> published() {
    return hub;
  }

  /// The hub that runs; not the one that the caller saw end.
  private HubProcess next(@Nullable HubProcess gone) throws InterruptedException {
    if (gone != null) {
      synchronized (this) {
        resent++;
      }
      gone.awaitEnd();
    }
    try {
      while (true) {
        var found = published().get(60, TimeUnit.SECONDS);
        if (found != gone) {
          return found;
        }
        Thread.onSpinWait();
      }
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("no hub", e);
    }
  }

  private static List<Sender.Target> setUp(HubProcess hub, RecordingCrm crm) throws IOException {
    try (var wire = new Wire(hub.address())) {
      for (var name : List.of("one", "two")) {
        make(
            wire,
            "endpoints",
            Map.of("name", name, "url", crm.url(name), "contract", "porchlight"));
      }
      var targets = new ArrayList<Sender.Target>();
      for (var contract : List.of("connections-plus", "lead-delivery")) {
        var made =
            make(wire, "sources", Map.of("name", "portal-" + contract, "contract", contract));
        targets.add(
            new Sender.Target(
                made.path("id").stringValue(),
                "/in/portal-" + contract,
                made.path("api_key").stringValue(),
                contract.equals("connections-plus")));
      }
      return targets;
    }
  }

  private static tools.jackson.databind.JsonNode make(
      Wire wire, String what, Map<String, String> body) throws IOException {
    var answer =
        wire.post(
            "/api/v1/" + what,
            "Authorization: Bearer " + HubProcess.TOKEN,
            Json.write(body).getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return Json.tree(answer.body());
  }

  private static void checkFile(Path data) throws SQLException {
    try (var db = open(data)) {
      assertThat(rows(db, "PRAGMA quick_check(5)")).containsExactly(List.of("ok"));
    }
  }

  private static void checkRebuild(HubProcess hub) throws IOException {
    try (var wire = new Wire(hub.address())) {
      var answer =
          wire.post(
              "/api/v1/rebuild-check", "Authorization: Bearer " + HubProcess.TOKEN, new byte[0]);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(Json.tree(answer.body()).path("equal").booleanValue()).as(answer.body()).isTrue();
    }
  }

  /// Only while a hub runs: the last one to close a database tidies it up, which is the hub's part
  /// after a crash.
  private static Connection open(Path data) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("porchlight.db"));
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 5000");
      statement.execute("PRAGMA query_only = ON");
    }
    return connection;
  }

  private static void awaitQuiet(Path data) throws SQLException {
    try (var db = open(data)) {
      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(50))
          .until(() ->
              number(db, "SELECT COUNT(*) FROM lane") == 0
                  && number(db, "SELECT COUNT(*) FROM receipt WHERE state = 'owed'") == 0);
    }
  }

  private static void audit(Path data, Sender.Book book, RecordingCrm crm) throws SQLException {
    try (var db = open(data)) {
      var leads = auditLeads(db, book);
      auditPersons(db, book, leads);
      auditDeliveries(db, crm);
      assertThat(number(db, "SELECT COUNT(*) FROM log"))
          .as("lines of a log without gaps")
          .isEqualTo(number(db, "SELECT MAX(seq) FROM log"));
      assertThat(number(db, "SELECT MIN(seq) FROM log")).isEqualTo(1);
    }
  }

  /// Every acknowledged lead once, every acknowledged version once, nothing that was never sent.
  ///
  /// @return the hub's ids by the sender's
  private static Map<String, List<String>> auditLeads(Connection db, Sender.Book book)
      throws SQLException {
    var byExternal = new HashMap<String, List<String>>();
    for (var row :
        rows(db, "SELECT external_id, id, guid, person_id, contact_id, source_id FROM lead")) {
      if (byExternal.put(row.getFirst(), row) != null) {
        throw new AssertionError("twice: " + row);
      }
    }
    assertThat(byExternal.keySet()).containsAll(book.acknowledged.keySet());
    assertThat(book.sent.keySet()).containsAll(byExternal.keySet());
    book.guids.forEach((lead, guid) -> {
      var row = byExternal.get(lead);
      if (row == null || !guid.equals(row.get(2))) {
        throw new AssertionError(lead + " was answered " + guid + " and is " + row);
      }
    });
    var versions = new HashMap<String, List<String>>();
    for (var row :
        rows(
            db,
            "SELECT l.external_id, json_extract(v.fact, '$.message') FROM lead_version v"
                + " JOIN lead l ON l.id = v.lead_id")) {
      versions.computeIfAbsent(row.getFirst(), _ -> new ArrayList<>()).add(row.get(1));
    }
    for (var lead : byExternal.keySet()) {
      var kept = versions.getOrDefault(lead, List.of());
      // Plain first: an assertion for each of some hundred thousand would take longer than the
      // leads.
      var different = new HashSet<>(kept);
      if (different.size() < kept.size()
          || !different.containsAll(book.acknowledged.getOrDefault(lead, List.of()))
          || !new HashSet<>(book.sent.getOrDefault(lead, List.of())).containsAll(kept)) {
        assertThat(kept).as(lead).doesNotHaveDuplicates();
        assertThat(kept).as(lead).containsAll(book.acknowledged.getOrDefault(lead, List.of()));
        assertThat(book.sent.get(lead)).as(lead).containsAll(kept);
      }
    }
    assertThat(number(db, "SELECT COUNT(*) FROM receipt WHERE state IN ('quarantined','refused')"))
        .isZero();
    return byExternal;
  }

  /// One person and one contact for each human being, whichever lead came first.
  private static void auditPersons(Connection db, Sender.Book book, Map<String, List<String>> leads)
      throws SQLException {
    var found = new HashMap<Integer, Set<String>>();
    leads.forEach((external, row) ->
        found
            .computeIfAbsent(book.persons.get(external), _ -> new HashSet<>())
            .add(row.get(3) + " " + row.get(4)));
    found.forEach((person, ids) -> {
      if (ids.size() != 1) {
        throw new AssertionError("person " + person + " is " + ids);
      }
    });
    assertThat(number(db, "SELECT COUNT(*) FROM person")).isEqualTo(found.size());
    assertThat(number(db, "SELECT COUNT(*) FROM contact")).isEqualTo(found.size());
    assertThat(
            rows(db, "SELECT person_id FROM person_email GROUP BY person_id HAVING COUNT(*) > 1"))
        .isEmpty();
  }

  /// Each version's event arrived at both endpoints under its one id; per contact in order.
  private static void auditDeliveries(Connection db, RecordingCrm crm) throws SQLException {
    assertThat(number(db, "SELECT COUNT(*) FROM delivery_state WHERE state <> 'delivered'"))
        .isZero();
    var owed = new HashMap<String, String>();
    for (var row :
        rows(
            db,
            "SELECT '/' || json_extract(s.body, '$.name') || ' ' || v.lead_id || ' ' || v.version,"
                + " d.event_id FROM lead_version v"
                + " JOIN setting s ON s.kind = 'endpoint'"
                + " LEFT JOIN delivery d ON d.lead_id = v.lead_id AND d.version = v.version"
                + " AND d.endpoint_id = s.id")) {
      if (row.get(1) == null || owed.put(row.getFirst(), row.get(1)) != null) {
        throw new AssertionError("not planned, or twice: " + row);
      }
    }
    var arrived = new LinkedHashMap<String, String>();
    var reached = new HashMap<String, Long>();
    for (var a : crm.arrivals()) {
      var what = a.endpoint() + " " + a.lead() + " " + a.version();
      var before = arrived.put(what, a.webhookId());
      if (before != null) {
        if (!a.webhookId().equals(before)) {
          throw new AssertionError("another id for " + what + ": " + a.webhookId());
        }
      } else {
        var highest = reached.put(a.endpoint() + " " + a.contact(), a.sequence());
        if (highest != null && highest >= a.sequence()) {
          throw new AssertionError(a + " came after number " + highest + " of its contact");
        }
      }
    }
    assertThat(arrived).isEqualTo(owed);
    assertThat(new HashSet<>(owed.values())).hasSize(owed.size() / 2);
  }

  private static long number(Connection db, String sql) throws SQLException {
    try (var statement = db.createStatement();
        var results = statement.executeQuery(sql)) {
      results.next();
      return results.getLong(1);
    }
  }

  private static List<List<String>> rows(Connection db, String sql) throws SQLException {
    var rows = new ArrayList<List<String>>();
    try (var statement = db.createStatement();
        var results = statement.executeQuery(sql)) {
      int columns = results.getMetaData().getColumnCount();
      while (results.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
          row.add(results.getString(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static void delete(Path data) throws IOException {
    try (var files = Files.list(data)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
