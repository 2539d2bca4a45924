package dev.porchlight.bench;

import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.account.Nodes;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Property;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Measures `GET /leads` at size: fills a store with leads, reads pages of it over HTTP, and walks
/// along a window while more arrive. Run by itself, since that takes longer than all else; its
/// figures are a part of the page for each engine.
public final class WindowsRun implements AutoCloseable {
  private static final String TOKEN = "bench-admin-token";
  private static final String USAGE =
      "bench/run --windows [LEADS] [--engine sqlite|postgres] [--data FOLDER] [--out FILE]"
          + " [--no-build] [--keep FOLDER]";
  private static final String WORDS =
      """
      Pages of 100 leads of `GET /leads`, over HTTP, from windows of seven days anywhere among all \
      leads, one after the other: for a client of one of a hundred offices and for a client of \
      them all. A third of the leads name their listing in a way that has to be looked up. Leads \
      are written into the database directly, in the form that the hub gives them. Then 1,000 \
      leads a second are sent through another door while both clients walk along the window of \
      that time: whether any lead was missed, seen twice or out of order is counted against the \
      log. Measured by `bench/run --windows`.
      """;
  private static final int OFFICES = 100;
  private static final int LISTINGS = 1_000;
  private static final int A_SECOND = 10;
  private static final int CHUNK = 4_000;
  private static final int PAGES = 2_000;
  private static final int WARM_UP = 300;
  private static final int LIMIT = 100;

  /// So many clients of each kind take turns, since one may begin 50 requests a second.
  private static final int CLIENTS = 6;

  private static final int ARRIVALS_A_SECOND = 1_000;
  private static final int ARRIVING_SECONDS = 20;
  private static final int MOST_AT_ONCE = 256;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HubConfig config;
  private final @Nullable String database;
  private final Path folder;
  private final long leads;
  private URI hub = URI.create("http://127.0.0.1");

  private WindowsRun(Path folder, @Nullable String database, long leads) {
    this.folder = folder;
    this.database = database;
    this.leads = leads;
    var local = HubConfig.local(folder.resolve("data"), TOKEN);
    config = database == null ? local : local.withDatabase(database, 0);
  }

  /// What the hub was given before the leads.
  ///
  /// @param one tokens of clients of the first office
  /// @param all tokens of clients of all offices
  /// @param name what the sources of what arrives are called
  private record Setup(List<String> offices, List<String> one, List<String> all, String name) {}

  private record Seen(List<String> ids, Times times, int requests) {}

  /// Fills, measures, and keeps the figures.
  public static void main(String[] arguments) throws Exception {
    long leads = 10_000_000;
    var engine = "sqlite";
    var data = Path.of("bench/target/data");
    var out = Path.of("docs/benchmarks.md");
    Path keep = null;
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--windows", "--no-build" -> {}
          case "--engine" -> engine = arguments[++i];
          case "--data" -> data = Path.of(arguments[++i]);
          case "--out" -> out = Path.of(arguments[++i]);
          case "--keep" -> keep = Path.of(arguments[++i]).toAbsolutePath();
          default -> leads = Long.parseLong(arguments[i].replace("_", ""));
        }
      }
      if (leads < 100_000 || !List.of("sqlite", "postgres").contains(engine)) {
        throw new IllegalArgumentException(USAGE);
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      System.err.println(USAGE + " (at least 100,000 leads)");
      System.exit(2);
    }
    Files.createDirectories(data);
    var folder =
        keep == null
            ? Files.createTempDirectory(data.toAbsolutePath(), "porchlight-windows")
            : keep;
    var server = engine.equals("postgres") ? new Database(data.toAbsolutePath()) : null;
    var url = server == null ? null : server.create();
    try (var run = new WindowsRun(folder, url, leads)) {
      new Parts(Path.of("bench/parts")).put("windows-" + engine, run.words(engine, server), out);
    } finally {
      if (keep == null) {
        StartUp.delete(folder);
      }
    }
    // The database server ends with the process.
    System.exit(0);
  }

  private static void say(String what) {
    System.err.println(what + " ...");
  }

  private String words(String engine, @Nullable Database server) throws Exception {
    boolean kept = Files.exists(folder.resolve("data"));
    var first = kept ? began() : Instant.now().minusSeconds(leads / A_SECOND + 3600);
    if (!kept) {
      List<String> offices;
      say("setting up");
      try (var early =
          Hub.start(config, Clock.fixed(first, ZoneOffset.UTC), UnaryOperator.identity())) {
        hub = early.address();
        offices = offices();
      }
      say("writing " + leads + " leads");
      try (var store = new EngineStore(open())) {
        fill(store, offices, first);
      }
    }
    var page = new Page();
    page.title("Leads by window out of " + Page.number(leads) + ", with " + engine);
    page.words(WORDS);
    page.table(1, "", "pages", "p50, ms", "p99, ms", "longest, ms", "at most 20 ms at p99");
    Audit audit;
    try (var running = Hub.start(config)) {
      hub = running.address();
      var setup = setUp();
      say("reading pages");
      var one = pages(setup.one(), first);
      row(page, "one office of " + OFFICES, one);
      var all = pages(setup.all(), first);
      row(page, "all " + OFFICES + " offices", all);
      say("walking while leads arrive");
      audit = audit(running.store(), setup);
      row(page, "one office, while 1,000 leads/s arrive", audit.one().times());
      row(page, "all offices, while 1,000 leads/s arrive", audit.all().times());
    }
    page.endTable();
    page.table(
        1,
        "walk",
        "leads in the window",
        "arrived, leads/s",
        "seen",
        "missed",
        "twice",
        "out of order");
    audit(page, "one office", audit.ofOne(), audit);
    audit(page, "all offices", audit.ofAll(), audit);
    page.endTable();
    page.words(
        String.format(
            Locale.ROOT,
            "%,d leads, %,d bytes on disk%s. %s, %s, %d cores for hub, readers,"
                + " senders and database together; %s kB of memory, %s of heap; load average at"
                + " the end %s.",
            leads,
            server == null || database == null ? size() : server.bytes(database),
            kept
                ? ", written by a run before and read since, so that most of it was in memory"
                : "",
            LocalDate.now(ZoneOffset.UTC),
            Machine.line("/proc/cpuinfo", "model name"),
            Runtime.getRuntime().availableProcessors(),
            Machine.line("/proc/meminfo", "MemTotal").replace(" kB", ""),
            Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB",
            Files.isReadable(Path.of("/proc/loadavg"))
                ? Files.readString(Path.of("/proc/loadavg")).strip()
                : "unknown"));
    return page.toString();
  }

  private dev.porchlight.store.Engine open() {
    return database == null
        ? SqliteEngine.open(folder.resolve("data"), Clock.systemUTC())
        : PostgresEngine.open(database, Clock.systemUTC());
  }

  private long size() throws IOException {
    try (var files = Files.walk(folder.resolve("data"))) {
      return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    }
  }

  private static void row(Page page, String what, Times times) {
    double p99 = times.quantile(0.99);
    say(what + ": p50 " + Page.millis(times.quantile(0.5)) + " ms, p99 " + Page.millis(p99));
    page.row(
        what,
        Page.number(times.count()),
        Page.millis(times.quantile(0.5)),
        Page.millis(p99),
        Page.millis(times.quantile(1)),
        p99 <= 20_000 ? "met" : "**not met**");
  }

  private static void audit(Page page, String what, Verdict verdict, Audit audit) {
    page.row(
        what,
        Page.number(verdict.leads()),
        Page.number(audit.rate()),
        Page.number(verdict.seen()),
        Page.number(verdict.missed()),
        Page.number(verdict.twice()),
        verdict.inOrder() ? "none" : "**some**");
  }

  private JsonNode ask(String method, String path, @Nullable String body, String token)
      throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(hub.resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(
                    method,
                    body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(
          method
              + " "
              + path
              + " was answered "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return Json.mapper().readTree(answer.body());
  }

  private JsonNode make(String path, ObjectNode body) throws IOException, InterruptedException {
    return ask("POST", "/api/v1" + path, body.toString(), TOKEN);
  }

  /// When the leads of a store that was kept begin.
  private Instant began() {
    try (var store = new EngineStore(open())) {
      return store.read(h ->
          h.createQuery("SELECT at FROM log WHERE kind = 'lead.created' ORDER BY seq LIMIT 1")
              .map((r, _) -> Row.instant(r.getLong(1)))
              .one());
    }
  }

  private List<String> nodes(String kind) throws IOException, InterruptedException {
    var ids = new ArrayList<String>();
    for (var cursor = ""; cursor != null; ) {
      var more = cursor.isEmpty() ? "" : "&cursor=" + cursor;
      var page = ask("GET", "/api/v1/nodes?limit=200" + more, null, TOKEN);
      for (var node : page.path("items")) {
        if (node.path("kind").asString().equals(kind)) {
          ids.add(node.path("id").asString());
        }
      }
      cursor = page.path("next_cursor").asStringOpt().orElse(null);
    }
    return ids;
  }

  private List<String> offices() throws IOException, InterruptedException {
    var company = nodes("company").getFirst();
    for (int n = 0; n < OFFICES; n++) {
      make(
          "/nodes",
          Json.object().put("kind", "office").put("name", "Office " + n).put("parent", company));
    }
    var all = nodes("office");
    // Beside the one that was there from the start.
    return all.stream().sorted().skip(all.size() - OFFICES).toList();
  }

  private Setup setUp() throws IOException, InterruptedException {
    var company = nodes("company").getFirst();
    var all = nodes("office");
    var offices = all.stream().sorted().skip(all.size() - OFFICES).toList();
    var one = new ArrayList<String>();
    var every = new ArrayList<String>();
    for (int n = 0; n < CLIENTS; n++) {
      one.add(client("One " + n, offices.getFirst()));
      every.add(client("All " + n, company));
    }
    var name = "arrivals-" + System.nanoTime();
    for (int n = 0; n < 4; n++) {
      make(
          "/sources",
          Json.object()
              .put("name", name + "-" + n)
              .put("contract", "connections-plus")
              .put("node", offices.get(n))
              .put("api_key", name + "-key-" + n));
    }
    return new Setup(offices, one, every, name);
  }

  private String client(String name, String node) throws IOException, InterruptedException {
    var body = Json.object().put("name", name).put("contract", "seeker-leads");
    body.putArray("nodes").add(node);
    return make("/clients", body).path("token").asString();
  }

  private static String fact(@Nullable String mlsId) {
    var property =
        new Property(
            null,
            null,
            null,
            mlsId,
            mlsId == null ? null : "Example MLS",
            null,
            null,
            null,
            null,
            null,
            null,
            "apartment",
            null);
    return new String(
        LeadJson.bytes(
            Lead.of(
                    new Enquirer(
                        "Camille",
                        "Martin",
                        null,
                        "camille.martin@example.org",
                        "+33199001234",
                        null,
                        null))
                .with(b ->
                    b.message("Ce bien est-il toujours disponible ? ".repeat(8))
                        .interest(new Interest.InListing(property)))),
        StandardCharsets.UTF_8);
  }

  /// Puts as many leads into the store as asked for, behind what is there, ten a second.
  private void fill(Store store, List<String> offices, Instant first) {
    long head = store.read(h -> h.createQuery("SELECT MAX(seq) FROM log").mapTo(Long.class).one());
    var root = Nodes.in(store.settings()).rootOf(offices.getFirst()).orElseThrow().id();
    store.write(
        WorkQueue.EDITS,
        batch -> {
          for (int n = 0; n < LISTINGS; n++) {
            batch
                .sql()
                .execute(
                    "INSERT INTO listing (id, root_id, office_id, classified_id, mls_name, mls_id,"
                        + " created_at, modified_at) VALUES (?, ?, ?, ?, 'Example MLS', ?, 0, 0)",
                    "%026d".formatted(n + 1),
                    root,
                    offices.getFirst(),
                    "24A1B2C3" + String.valueOf(1111 + n).replace('0', 'Z'),
                    "X-" + n);
          }
          batch.sql().execute("CREATE TEMPORARY TABLE bench_office (n INTEGER, id TEXT)");
          for (int n = 0; n < OFFICES; n++) {
            batch.sql().execute("INSERT INTO bench_office VALUES (?, ?)", n, offices.get(n));
          }
          return true;
        });
    var plain = fact(null);
    var named = fact("X-NUMBER").replace("X-NUMBER", "X-' || (n % " + LISTINGS + ") || '");
    long start = first.toEpochMilli() * 1000;
    long step = 1_000_000 / A_SECOND;
    for (long n = 1; n <= leads; n += CHUNK) {
      var numbers =
          "WITH RECURSIVE c(n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM c WHERE n < %d) "
              .formatted(n, Math.min(leads, n + CHUNK - 1));
      var id = "'019a0000-0000-7000-8000-' || (100000000000 + c.n)";
      store.write(
          WorkQueue.EDITS,
          batch -> {
            var sql = batch.sql();
            sql.execute(
                numbers
                    + "INSERT INTO log (seq, at, kind, subject, ref) SELECT "
                    + head
                    + " + n, "
                    + start
                    + " + n * "
                    + step
                    + ", 'lead.created', "
                    + id
                    + ", '' FROM c");
            sql.execute(
                numbers
                    + "INSERT INTO lead (id, source_id, external_id, derived, guid, office_id,"
                    + " person_id, contact_id, test, version, evidence, answers, created_at,"
                    + " updated_at, seq, key_value) SELECT "
                    + id
                    + ", 's', 'e-' || c.n, 0, 'g-' || c.n, o.id, 'p-' || c.n, 'c-' || c.n, 0, 1,"
                    + " '', '{\"member\":\"m\",\"member_name\":\"M\"}', 0, 0, "
                    + head
                    + " + c.n, '' FROM c JOIN bench_office o ON o.n = c.n * 7919 % "
                    + OFFICES);
            sql.execute(
                numbers
                    + "INSERT INTO lead_version (lead_id, version, receipt_id, at, fingerprint,"
                    + " fact, as_of, emptied) SELECT "
                    + id
                    + ", 1, 'r-' || n, 0, 'f', CASE WHEN n % 3 = 0 THEN '"
                    + named
                    + "' ELSE '"
                    + plain
                    + "' END, 0, 0 FROM c");
            return true;
          });
      if (n % (CHUNK * 250L) == 1) {
        say("  " + n);
      }
    }
  }

  /// Reads pages anywhere, by clients in turn.
  private Times pages(List<String> tokens, Instant first) throws Exception {
    var random = new Random(1);
    var times = new Times();
    for (int i = 0; i < WARM_UP + PAGES; i++) {
      long from =
          first
              .plusMillis((long) (random.nextDouble() * leads * 1000 / A_SECOND))
              .minusSeconds(7200)
              .getEpochSecond();
      long began = System.nanoTime();
      var page = get(tokens.get(i % tokens.size()), from, from + 604_800, "");
      long took = System.nanoTime() - began;
      if (i >= WARM_UP) {
        times.add(took);
      }
      if (i == 0 && Json.mapper().readTree(page).path("items").size() != LIMIT) {
        throw new IllegalStateException("a page of fewer leads: " + page.length + " bytes");
      }
      if (i % tokens.size() == 0) {
        // No client begins more than ten in 200 ms.
        LockSupport.parkNanos(Math.max(0, 21_000_000 - took * tokens.size()));
      }
    }
    return times;
  }

  private byte[] get(String token, long min, long max, String more)
      throws IOException, InterruptedException {
    var answer =
        http.send(
            HttpRequest.newBuilder(
                    hub.resolve(
                        "/seeker-leads/v1/leads?minDate="
                            + min
                            + "&maxDate="
                            + max
                            + "&limit="
                            + LIMIT
                            + more))
                .header("Authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  /// What a walk saw, held against the log.
  private record Verdict(int leads, int seen, int missed, int twice, boolean inOrder) {
    static Verdict of(List<String> truth, List<String> seen) {
      var once = new HashSet<>(seen);
      int missed = (int) truth.stream().filter(id -> !once.contains(id)).count();
      return new Verdict(
          truth.size(),
          seen.size(),
          missed,
          seen.size() - once.size(),
          truth.stream()
              .filter(once::contains)
              .toList()
              .equals(List.copyOf(new java.util.LinkedHashSet<>(seen))));
    }
  }

  private record Audit(double rate, Seen one, Seen all, Verdict ofOne, Verdict ofAll) {}

  /// Lets leads arrive at a pace, whatever the answers do, and walks beside them.
  private Audit audit(Store store, Setup setup) throws Exception {
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      long head =
          store.read(h -> h.createQuery("SELECT MAX(seq) FROM log").mapTo(Long.class).one());
      long min = Instant.now().getEpochSecond() + 1;
      long max = min + ARRIVING_SECONDS - 3;
      var room = new Semaphore(MOST_AT_ONCE);
      var sent = new AtomicInteger();
      var one = pool.submit(() -> walk(setup.one().getFirst(), min, max));
      var all = pool.submit(() -> walk(setup.all().getFirst(), min, max));
      var answers = new ArrayList<Future<Void>>();
      long began = System.nanoTime();
      for (int n = 0; n < ARRIVING_SECONDS * ARRIVALS_A_SECOND; n++) {
        long due = began + n * (TimeUnit.SECONDS.toNanos(1) / ARRIVALS_A_SECOND);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        room.acquire();
        int number = n;
        Callable<Void> task =
            () -> {
              try {
                send(number, setup);
                sent.incrementAndGet();
                return null;
              } finally {
                room.release();
              }
            };
        answers.add(pool.submit(task));
      }
      for (var answer : answers) {
        answer.get();
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      var ofOne = one.get();
      var ofAll = all.get();
      return new Audit(
          sent.get() / seconds,
          ofOne,
          ofAll,
          Verdict.of(truth(store, head, setup.offices().subList(0, 1), min, max), ofOne.ids()),
          Verdict.of(truth(store, head, setup.offices(), min, max), ofAll.ids()));
    }
  }

  private void send(int n, Setup setup) throws IOException, InterruptedException {
    var source = setup.name() + "-" + n % 4;
    var answer =
        http.send(
            HttpRequest.newBuilder(hub.resolve("/in/" + source))
                .header("x-api-key", setup.name() + "-key-" + n % 4)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        LeadBodies.buyer("A-" + n, InventedPerson.of(n)).toString()))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          "a lead was answered "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
  }

  /// Page by page, from the last lead seen, until the window is over and nothing more comes.
  private Seen walk(String token, long min, long max) throws IOException, InterruptedException {
    var ids = new ArrayList<String>();
    var times = new Times();
    while (true) {
      boolean over = Instant.now().getEpochSecond() > max;
      var start = ids.isEmpty() ? "" : "&start=" + ids.getLast();
      long began = System.nanoTime();
      var page = Json.mapper().readTree(get(token, min, max, start)).path("items");
      long took = System.nanoTime() - began;
      times.add(took);
      page.forEach(l -> ids.add(l.at("/metadata/leadId").asString()));
      if (page.size() < LIMIT) {
        if (over) {
          return new Seen(ids, times, times.count());
        }
      }
      Thread.sleep(Duration.ofMillis(25));
    }
  }

  /// What the log has.
  ///
  /// @param head the log's end before
  private static List<String> truth(
      Store store, long head, List<String> offices, long min, long max) {
    record Entry(String id, String office) {}
    var ours = new HashSet<>(offices);
    return store
        .read(h ->
            h.createQuery(
                    "SELECT g.subject, l.office_id FROM lead l JOIN log g ON g.seq = l.seq"
                        + " WHERE l.seq > :head AND g.at >= :a AND g.at < :b ORDER BY l.seq")
                .bind("head", head)
                .bind("a", min * 1_000_000)
                .bind("b", (max + 1) * 1_000_000)
                .map((r, _) -> new Entry(r.getString(1), r.getString(2)))
                .list())
        .stream()
        .filter(e -> ours.contains(e.office()))
        .map(Entry::id)
        .toList();
  }

  @Override
  public void close() {
    http.close();
  }
}
