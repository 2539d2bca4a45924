package dev.porchlight.bench;

import dev.porchlight.HubConfig;
import dev.porchlight.store.Engine;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.sqlite.SqliteEngine;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Very many deliveries, written into the database directly, in the form that the hub gives them:
/// of each of N leads one that has ended, at one of the hundred endpoints, and one that waits for
/// an endpoint that was down. They lie over sixty days.
final class Backlog {
  /// How many deliveries wait for each of the small outages.
  static final int SMALL = 80_000;

  private static final int SMALL_ONES = 11;
  private static final int CHUNK = 4_000;
  private static final long DAYS = 60;

  private final DoorsHub hub;
  private final boolean postgres;
  final int size;
  final Instant first = Instant.now().minusSeconds(DAYS * 86_400);

  /// What was down, disabled still.
  String outage = "";

  /// Others, down for less long.
  final List<String> small = new ArrayList<>();

  Backlog(DoorsHub hub, String engine, int size) {
    this.hub = hub;
    postgres = engine.equals("postgres");
    this.size = size;
  }

  private record Sql(String head, String numbers, String prefix) {}

  void fill() throws Exception {
    var office = hub.office("Outage");
    outage = down("outage", office);
    for (int n = 0; n < SMALL_ONES; n++) {
      small.add(down("small-" + n, office));
    }
    // The lead whose content all have.
    var body = java.net.http.HttpRequest.BodyPublishers.ofByteArray(Sample.body(1));
    try (var http = java.net.http.HttpClient.newHttpClient()) {
      var answer =
          http.send(
              java.net.http.HttpRequest.newBuilder(java.net.URI.create(hub.door("bench-000")))
                  .header("X-API-Key", "bench-key-000")
                  .header("Content-Type", "application/json")
                  .POST(body)
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the first lead was answered " + answer.statusCode());
      }
    }
    DoorsHub.await(
        "the first lead",
        () -> hub.count("SELECT COUNT(*) FROM delivery_state WHERE state = 'delivered'") == 1);
    hub.without(this::write);
  }

  private String down(String name, String office) throws Exception {
    var id = hub.endpoint(name, office, hub.receiver() + "/" + name + "/0");
    hub.disable(id, true);
    return id;
  }

  private static Engine open(HubConfig config) {
    var url = config.databaseUrl();
    return url == null
        ? SqliteEngine.open(config.data(), Clock.systemUTC())
        : PostgresEngine.open(url, Clock.systemUTC());
  }

  private void write(HubConfig config) {
    try (var store = new EngineStore(open(config))) {
      long head =
          store.read(h -> h.createQuery("SELECT MAX(seq) FROM log").mapTo(Long.class).one());
      store.write(
          WorkQueue.EDITS,
          batch -> {
            batch
                .sql()
                .execute(
                    "CREATE TEMPORARY TABLE bench_door (n INTEGER, office TEXT, source TEXT,"
                        + " endpoint TEXT)");
            for (int n = 0; n < Doors.COUNT; n++) {
              batch
                  .sql()
                  .execute(
                      "INSERT INTO bench_door VALUES (?, ?, ?, ?)",
                      n,
                      hub.offices.get(n),
                      hub.sources.get(n),
                      hub.endpoints.get(n));
            }
            return true;
          });
      for (int n = 1; n <= size; n += CHUNK) {
        int from = n;
        int to = Math.min(size, n + CHUNK - 1);
        store.write(
            WorkQueue.EDITS,
            batch -> {
              statements(head, from, to).forEach(s -> batch.sql().execute(s));
              return true;
            });
        if (n % (CHUNK * 50) == 1) {
          DeliveriesRun.say("  " + (n - 1));
        }
      }
      for (int i = 0; i < SMALL_ONES; i++) {
        int number = i;
        var kind = Integer.toString(4 + i);
        for (int n = 1; n <= Math.min(size, SMALL); n += CHUNK) {
          int from = n;
          int to = Math.min(Math.min(size, SMALL), n + CHUNK - 1);
          store.write(
              WorkQueue.EDITS,
              batch -> {
                waiting(head, from, to, small.get(number), kind)
                    .forEach(s -> batch.sql().execute(s));
                return true;
              });
        }
      }
      if (postgres) {
        // As its own housekeeping does within minutes.
        store.write(
            WorkQueue.EDITS,
            batch -> {
              batch.sql().execute("ANALYZE");
              return true;
            });
      }
    }
  }

  private long step() {
    return DAYS * 86_400_000_000L / size;
  }

  /// When the lead of that number came.
  Instant at(int n) {
    return first.plusNanos(step() * n * 1000);
  }

  private Sql sql(long head, int from, int to) {
    return new Sql(
        head + " + c.n",
        "WITH RECURSIVE c(n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < %d) "
            .formatted(from, to),
        prefix(from));
  }

  /// Ids begin with the time of their making.
  private String prefix(int n) {
    int first = (n - 1) / CHUNK * CHUNK + 1;
    var hex = "%012x".formatted(at(first).toEpochMilli());
    return hex.substring(0, 8) + "-" + hex.substring(8);
  }

  private static String kind(Sql sql, String kind) {
    return "'" + sql.prefix() + "-700" + kind + "-8000-' || (100000000000 + c.n)";
  }

  String lead(int n) {
    return prefix(n) + "-7000-8000-" + (100_000_000_000L + n);
  }

  String delivery(int n) {
    return prefix(n) + "-7002-8000-" + (100_000_000_000L + n);
  }

  static String email(int n) {
    return "someone" + n + "@example.com";
  }

  /// What the receiver of a delivery that was given up answered.
  static String refusal(int n) {
    return "listing unknown ticket" + n;
  }

  private String bytes(String text) {
    return postgres ? "convert_to(" + text + ", 'UTF8')" : "CAST(" + text + " AS BLOB)";
  }

  private List<String> statements(long head, int from, int to) {
    var s = sql(head, from, to);
    long start = first.toEpochMilli() * 1000;
    var at = "(" + start + " + c.n * " + step() + ")";
    var lead = kind(s, "0");
    var receipt = kind(s, "1");
    var delivery = kind(s, "2");
    var door = " JOIN bench_door o ON o.n = c.n % 100 ";
    var dead = "c.n % 50 = 0";
    var all = new ArrayList<String>();
    all.add(
        s.numbers()
            + "INSERT INTO log (seq, at, kind, subject, ref) SELECT "
            + s.head()
            + ", "
            + at
            + ", 'lead.created', "
            + lead
            + ", "
            + receipt
            + " FROM c");
    all.add(
        s.numbers()
            + "INSERT INTO receipt SELECT "
            + receipt
            + ", "
            + at
            + ", r.seed, c.n % 1000000, o.source, o.office, r.channel, r.content_type, r.headers,"
            + " r.size, 'done', r.message, 'g-' || c.n, "
            + lead
            + ", 1, '', '', NULL, "
            + s.head()
            + ", NULL FROM c"
            + door
            + "CROSS JOIN (SELECT * FROM receipt WHERE state = 'done' ORDER BY settled_seq LIMIT 1)"
            + " r");
    all.add(
        s.numbers()
            + "INSERT INTO lead SELECT "
            + lead
            + ", o.source, 'B-' || c.n, 0, 'g-' || c.n, o.office, 'p-' || c.n, 'c-' || c.n, 0, 1,"
            + " '', l.answers, "
            + at
            + ", "
            + at
            + ", "
            + s.head()
            + ", '', NULL FROM c"
            + door
            + "CROSS JOIN (SELECT answers FROM lead ORDER BY seq LIMIT 1) l");
    all.add(
        s.numbers()
            + "INSERT INTO lead_version SELECT "
            + lead
            + ", 1, "
            + receipt
            + ", "
            + at
            + ", 'f', v.fact, NULL, 0, 0 FROM c CROSS JOIN (SELECT fact FROM lead_version ORDER BY"
            + " at DESC, lead_id LIMIT 1) v");
    all.add(
        s.numbers()
            + "INSERT INTO person_email SELECT '"
            + hub.company
            + "', 'someone' || c.n || '@example.com', 'p-' || c.n FROM c");
    all.add(
        s.numbers()
            + "INSERT INTO delivery SELECT "
            + delivery
            + ", "
            + s.head()
            + ", o.endpoint, 'c-' || c.n, 'evt_' || c.n, 'lead.created', "
            + lead
            + ", 1, o.office, "
            + at
            + ", 'The lead landed there.' FROM c"
            + door);
    all.add(
        s.numbers()
            + "INSERT INTO delivery_state SELECT "
            + delivery
            + ", o.endpoint, "
            + s.head()
            + ", CASE WHEN "
            + dead
            + " THEN 'dead' WHEN c.n % 200 = 1 THEN 'unwritable' ELSE 'delivered' END, 1, 1, 0,"
            + " NULL, "
            + at
            + ", CASE WHEN "
            + dead
            + " THEN 'It was answered 422' WHEN c.n % 200 = 1 THEN 'There is no e-mail address.'"
            + " ELSE '' END, '[]' FROM c"
            + door);
    all.add(
        s.numbers()
            + "INSERT INTO attempt SELECT "
            + delivery
            + ", 1, "
            + at
            + ", 900, CASE WHEN "
            + dead
            + " THEN 'refused' ELSE 'delivered' END, CASE WHEN "
            + dead
            + " THEN 422 ELSE 200 END, '', "
            + bytes(
                "CASE WHEN "
                    + dead
                    + " THEN 'listing unknown ticket' || c.n ELSE '{\"id\":\"crm-' || c.n ||"
                    + " '\",\"status\":\"accepted\"}' END")
            + ", 1500, "
            + bytes("'a digest, thirty-two bytes long..'")
            + " FROM c WHERE c.n % 200 <> 1");
    // The words of these answers, and of what could not be written.
    word(all, s, delivery, "'listing'", 1, dead);
    word(all, s, delivery, "'unknown'", 1, dead);
    word(all, s, delivery, "'ticket' || c.n", 1, dead);
    word(all, s, delivery, "'answered'", 1, dead);
    word(all, s, delivery, "'with'", 1, dead);
    word(all, s, delivery, "'status'", 1, "c.n % 200 <> 1");
    word(all, s, delivery, "'422'", 1, dead);
    var accepted = "c.n % 200 <> 1 AND NOT " + dead;
    word(all, s, delivery, "'crm'", 1, accepted);
    word(all, s, delivery, "'accepted'", 1, accepted);
    word(all, s, delivery, "CAST(c.n AS TEXT)", 1, accepted + " AND c.n >= 100");
    word(all, s, delivery, "'address'", 0, "c.n % 200 = 1");
    all.addAll(waiting(head, from, to, outage, "3"));
    return all;
  }

  private static void word(
      List<String> all, Sql s, String delivery, String word, int n, String which) {
    all.add(
        s.numbers()
            + "INSERT INTO answer_word SELECT "
            + word
            + ", "
            + s.head()
            + ", "
            + delivery
            + ", "
            + n
            + ", o.endpoint FROM c JOIN bench_door o ON o.n = c.n % 100 WHERE "
            + which);
  }

  private List<String> waiting(long head, int from, int to, String endpoint, String kind) {
    var s = sql(head, from, to);
    long start = first.toEpochMilli() * 1000;
    var at = "(" + start + " + c.n * " + step() + ")";
    var delivery = kind(s, Objects.requireNonNull(Integer.toHexString(Integer.parseInt(kind))));
    return List.of(
        s.numbers()
            + "INSERT INTO delivery SELECT "
            + delivery
            + ", "
            + s.head()
            + ", '"
            + endpoint
            + "', 'c-' || c.n, 'evt_' || c.n, 'lead.created', "
            + kind(s, "0")
            + ", 1, o.office, "
            + at
            + ", 'The lead landed there.' FROM c JOIN bench_door o ON o.n = c.n % 100",
        s.numbers()
            + "INSERT INTO delivery_state SELECT "
            + delivery
            + ", '"
            + endpoint
            + "', "
            + s.head()
            + ", 'pending', 0, 0, 0, "
            + at
            + ", NULL, '', '[]' FROM c",
        s.numbers()
            + "INSERT INTO lane SELECT '"
            + endpoint
            + "', 'c-' || c.n, "
            + at
            + ", 1, 0, 0, NULL, NULL, "
            + s.head()
            + " FROM c");
  }
}
