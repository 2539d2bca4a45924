package dev.porchlight.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Secrets;
import dev.porchlight.api.Problems;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.connector.realtor.RealtorReplies;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Messages;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.door.PushDoor;
import dev.porchlight.http.HttpServer;
import dev.porchlight.http.Settings;
import dev.porchlight.net.AddressGuard;
import dev.porchlight.net.Cidr;
import dev.porchlight.net.Exchange;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.net.OutgoingRequest;
import dev.porchlight.ops.Metrics;
import dev.porchlight.sign.KeyFile;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.Store;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The process that is loaded: a hub on a fresh folder for each round, and beside it the ceilings.
/// Takes a command a line, answers each with a line of JSON.
public final class ServerSide {
  private static final String TOKEN = "bench-admin-token";
  private static final String NAME = "bench";
  private static final String KEY = "bench-key-of-the-portal";
  private static final int BLOCK = 4096;

  private static @Nullable Database database;
  private static @Nullable Recording recording;

  private final Path folder;
  private final @Nullable String shared;
  private final Hub hub;
  private final Desk direct;
  private final Source source;
  private final HttpServer bare;

  /// @param shared the database to use; null for a file in that folder
  private ServerSide(Path folder, @Nullable String shared) throws Exception {
    this.folder = folder;
    this.shared = shared;
    var config = HubConfig.local(folder.resolve("data"), TOKEN);
    hub = Hub.start(shared == null ? config : config.withDatabase(shared, 0));
    post("sources", Map.of("name", NAME, "contract", "connections-plus", "api_key", KEY));
    source = Sources.in(hub.store().settings()).findByName(NAME).orElseThrow();
    direct = desk(hub.store());
    bare = bare();
  }

  /// The desk alone over a store: nothing is delivered.
  private static Desk desk(Store store) {
    var contract = new ConnectionsPlus();
    return new Desk(
        store,
        0,
        "",
        _ -> contract,
        new Planner("bench", Duration.ofSeconds(30)),
        new Messages(store),
        _ -> {},
        _ -> {},
        _ -> {});
  }

  /// The same route, with all that belongs to it, over a store that keeps nothing.
  private HttpServer bare() throws IOException {
    var store = new NoStore(hub.store());
    var metrics = new Metrics();
    var replies = new RealtorReplies();
    var key = KeyFile.load(null, folder.resolve("bare.key"), null);
    var door =
        new PushDoor(
            store,
            desk(store),
            new Credentials(store),
            new Secrets(store, key.box()),
            _ -> replies,
            metrics.registry());
    return HttpServer.start(
        Settings.listeningOn(InetAddress.ofLiteral("127.0.0.1"), 0),
        door.routes(List.of("lead")),
        new Problems(),
        metrics::answered);
  }

  private JsonNode post(String what, Map<String, String> body) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(hub.address().resolve("/api/v1/" + what))
              .header("Authorization", "Bearer " + TOKEN)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
              .build();
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new IllegalStateException(answer.body());
      }
      return Json.tree(answer.body());
    }
  }

  /// Runs until its input ends.
  ///
  /// @param arguments the folder under which the stores are made
  public static void main(String[] arguments) throws Exception {
    var root = Path.of(arguments[0]);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ServerSide side = null;
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      var words = line.split(" ", -1);
      ObjectNode answer;
      if (words[0].equals("open")) {
        side =
            new ServerSide(
                Files.createTempDirectory(root, "porchlight-bench"),
                words[1].equals("postgres") ? database(root).create() : null);
        answer = side.addresses();
      } else if (words[0].equals("append")) {
        answer = append(root, Long.parseLong(words[1]));
      } else if (words[0].equals("send")) {
        answer =
            send(
                words[1],
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]),
                Integer.parseInt(words[4]));
      } else if (words[0].equals("database")) {
        answer = Json.object().put("words", database(root).words());
      } else if (words[0].equals("record")) {
        answer = record();
      } else if (words[0].equals("recorded")) {
        answer = recorded(Path.of(words[1]));
      } else if (side == null) {
        throw new IllegalArgumentException("nothing is open: " + line);
      } else {
        answer =
            switch (words[0]) {
              case "endpoint" -> side.endpoint(words[1]);
              case "direct" -> side.accept(Integer.parseInt(words[1]), Long.parseLong(words[2]));
              case "settle" -> side.settle(Integer.parseInt(words[1]), Long.parseLong(words[2]));
              case "decided" -> side.decided();
              case "counters" -> side.counters();
              case "close" -> side.close();
              default -> throw new IllegalArgumentException(line);
            };
      }
      System.out.println(answer);
      System.out.flush();
    }
  }

  private ObjectNode addresses() {
    return Json.object()
        .put("url", door(hub.address()))
        .put("bare", door(bare.address()))
        .put("key", KEY);
  }

  private static String door(URI address) {
    return address + "/in/" + NAME;
  }

  private ObjectNode endpoint(String url) throws Exception {
    post("endpoints", Map.of("name", "crm " + url, "url", url, "contract", "porchlight"));
    return Json.object();
  }

  /// `append MILLIS`: 4 KiB at the end of a file and fdatasync, one after the other.
  private static ObjectNode append(Path root, long millis) throws IOException {
    var file = Files.createTempFile(root, "porchlight-append", ".bin");
    var times = new Times();
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var block = ByteBuffer.allocateDirect(BLOCK);
      long end = System.nanoTime() + millis * 1_000_000;
      while (System.nanoTime() < end) {
        block.clear();
        long began = System.nanoTime();
        while (block.hasRemaining()) {
          channel.write(block);
        }
        channel.force(false);
        times.add(System.nanoTime() - began);
      }
    } finally {
      Files.delete(file);
    }
    return Json.object().put("p50", times.quantile(0.5)).put("p99", times.quantile(0.99));
  }

  private static Database database(Path root) throws IOException {
    var there = database;
    if (there == null) {
      there = new Database(root);
      database = there;
    }
    return there;
  }

  private interface Work {
    void once() throws Exception;
  }

  /// Does that on so many threads, over and over, for so long.
  private static ObjectNode repeat(int threads, long millis, int each, Work work) throws Exception {
    var all = new Times();
    double before = cpu();
    double databaseBefore = databaseCpu();
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      long end = System.nanoTime() + millis * 1_000_000;
      var runs = new ArrayList<Future<Times>>();
      for (int i = 0; i < threads; i++) {
        Callable<Times> run =
            () -> {
              var times = new Times();
              while (System.nanoTime() < end) {
                long began = System.nanoTime();
                work.once();
                times.add(System.nanoTime() - began);
              }
              return times;
            };
        runs.add(workers.submit(run));
      }
      for (var run : runs) {
        all.addAll(run.get());
      }
    }
    double count = Math.max(1, all.count() * (double) each);
    return Json.object()
        .put("accepted", all.count() * each)
        .put("rate", all.count() * each * 1000.0 / millis)
        .put("p50", all.quantile(0.5) / each)
        .put("p99", all.quantile(0.99) / each)
        .put("cpu", (cpu() - before) * 1e6 / count)
        .put("database", (databaseCpu() - databaseBefore) * 1e6 / count);
  }

  /// `direct THREADS MILLIS`: the desk without HTTP.
  private ObjectNode accept(int threads, long millis) throws Exception {
    return repeat(
        threads,
        millis,
        1,
        () ->
            direct.accept(
                source,
                new Body(Sample.body(Sample.next()), "application/json", ""),
                new Desk.Circumstances("{}", "", null)));
  }

  /// `send URL THREADS MILLIS SIZE`: the outgoing client alone, with one request made before.
  private static ObjectNode send(String url, int threads, long millis, int size) throws Exception {
    var body = Arrays.copyOf(Sample.body(1), size);
    Arrays.fill(body, Math.min(size, Sample.size()), size, (byte) ' ');
    var request =
        OutgoingRequest.post(
            url + "/0",
            List.of(
                Map.entry("User-Agent", "Porchlight"),
                Map.entry("Content-Type", "application/json"),
                Map.entry("webhook-id", "evt_0190a0a0-0000-7000-8000-000000000000"),
                Map.entry("webhook-timestamp", "1767225600"),
                Map.entry("webhook-signature", "v1," + "A".repeat(43) + "="),
                Map.entry("Porchlight-Sequence", "1000")),
            body);
    var guard = new AddressGuard(List.of(Cidr.parse("127.0.0.0/8")));
    try (var client = new OutgoingClient(guard, null)) {
      return repeat(
          threads,
          millis,
          1,
          () -> {
            if (!(client.send(request, OutgoingClient.DEADLINE) instanceof Exchange.Answered)) {
              throw new IllegalStateException("not answered");
            }
          });
    }
  }

  /// `settle THREADS MILLIS`: the rows of deliveries in a store of their own.
  private ObjectNode settle(int threads, long millis) throws Exception {
    var apart = folder.resolve("settle");
    var url = shared == null ? null : Objects.requireNonNull(database).create();
    var engine =
        url == null
            ? SqliteEngine.open(apart, Clock.systemUTC())
            : PostgresEngine.open(url, Clock.systemUTC());
    ObjectNode result;
    try (var store = new EngineStore(engine)) {
      result = repeat(threads, millis, Settling.PLANNED, () -> Settling.run(store));
    }
    if (url != null) {
      Objects.requireNonNull(database).drop(url);
    }
    return result;
  }

  private static ObjectNode record() {
    var started = new Recording();
    started.enable("jdk.CPUTimeSample").with("throttle", "10ms").withStackTrace();
    started.start();
    recording = started;
    return Json.object();
  }

  private static ObjectNode recorded(Path file) throws IOException {
    try (var running = Objects.requireNonNull(recording)) {
      running.stop();
      running.dump(file);
    }
    return Json.object();
  }

  private static double cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static double databaseCpu() throws IOException {
    return database == null ? 0 : database.seconds();
  }

  /// Waits until nothing is owed, so that what comes next begins with nothing of what came before.
  private ObjectNode decided() throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (owed() > 0 && System.nanoTime() < end) {
      hub.wake();
      Thread.sleep(20);
    }
    return Json.object();
  }

  private long owed() {
    return hub.store()
        .read(h ->
            h.createQuery("SELECT COUNT(*) FROM receipt WHERE state = 'owed'")
                .mapTo(Long.class)
                .one());
  }

  private ObjectNode counters() throws IOException {
    long owed =
        hub.store()
            .read(h ->
                h.createQuery("SELECT COUNT(*) FROM log WHERE kind = 'receipt.owed'")
                    .mapTo(Long.class)
                    .one());
    return Json.object()
        .put("batches", hub.store().batches())
        .put("units", hub.store().units())
        .put("owed", owed)
        .put("cpu", cpu())
        .put("database", shared == null ? 0 : databaseCpu());
  }

  /// Closes the hub and tells what lies on disk.
  private ObjectNode close() throws IOException {
    long leads =
        hub.store().read(h -> h.createQuery("SELECT COUNT(*) FROM lead").mapTo(Long.class).one());
    long deliveries =
        hub.store()
            .read(h -> h.createQuery("SELECT COUNT(*) FROM delivery").mapTo(Long.class).one());
    bare.close();
    hub.close();
    long bytes;
    if (shared != null) {
      bytes = Objects.requireNonNull(database).bytes(shared);
      Objects.requireNonNull(database).drop(shared);
    } else {
      try (var files = Files.walk(folder.resolve("data"))) {
        bytes = files.filter(Files::isRegularFile).mapToLong(ServerSide::size).sum();
      }
    }
    StartUp.delete(folder);
    return Json.object().put("bytes", bytes).put("leads", leads).put("deliveries", deliveries);
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
