package dev.porchlight.bench;

import dev.porchlight.HubConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Deliveries when receivers are bad, when there are very many, and while the hub tidies up:
/// `bench/run --deliveries`. Each part is a file of its own for each engine; what is measured is
/// told there. The hub runs in this process, senders and receivers in another.
public final class DeliveriesRun {
  private static final String USAGE =
      "bench/run --deliveries [N] [--engine sqlite|postgres|both]"
          + " [--only isolation,search,drain,retention] [--pairs N] [--seconds N] [--whole]"
          + " [--data FOLDER] [--out FILE] [--no-build]";
  private static final List<String> PARTS = List.of("isolation", "search", "drain", "retention");
  private static final List<String> LOAD_FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC");

  private static @Nullable Database database;

  private final Path data;
  private final String engine;
  private final int deliveries;
  private final int pairs;
  private final int seconds;
  private final boolean whole;

  private DeliveriesRun(
      Path data, String engine, int deliveries, int pairs, int seconds, boolean whole) {
    this.data = data;
    this.engine = engine;
    this.deliveries = deliveries;
    this.pairs = pairs;
    this.seconds = seconds;
    this.whole = whole;
  }

  /// Measures what was asked for, and keeps the figures.
  public static void main(String[] arguments) throws Exception {
    int deliveries = 1_000_000;
    int pairs = 5;
    int seconds = 8;
    boolean whole = false;
    var engines = List.of("sqlite");
    var parts = PARTS;
    var data = Path.of("bench/target/data");
    var out = Path.of("docs/benchmarks.md");
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--deliveries", "--no-build" -> {}
          case "--engine" ->
              engines =
                  arguments[++i].equals("both")
                      ? List.of("sqlite", "postgres")
                      : List.of(arguments[i]);
          case "--only" -> parts = List.of(arguments[++i].split(",", -1));
          case "--pairs" -> pairs = Integer.parseInt(arguments[++i]);
          case "--seconds" -> seconds = Integer.parseInt(arguments[++i]);
          case "--whole" -> whole = true;
          case "--data" -> data = Path.of(arguments[++i]);
          case "--out" -> out = Path.of(arguments[++i]);
          default -> deliveries = Integer.parseInt(arguments[i].replace("_", ""));
        }
      }
      if (deliveries < 20_000
          || pairs < 1
          || seconds < 1
          || !List.of("sqlite", "postgres").containsAll(engines)
          || !PARTS.containsAll(parts)) {
        throw new IllegalArgumentException(USAGE);
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      System.err.println(USAGE + " (at least 20,000 deliveries)");
      System.exit(2);
    }
    Files.createDirectories(data);
    var kept = new Parts(Path.of("bench/parts"));
    for (var engine : engines) {
      var run = new DeliveriesRun(data.toAbsolutePath(), engine, deliveries, pairs, seconds, whole);
      for (var part : parts) {
        // Searching and draining share what takes longest: the store that is filled.
        if (part.equals("drain") && parts.contains("search")) {
          continue;
        }
        for (var done : run.part(part, parts)) {
          kept.put("deliveries-" + done.name() + "-" + engine, done.words(), out);
          System.out.println(done.words());
        }
      }
    }
    // The database server ends with the process.
    System.exit(0);
  }

  private record Done(String name, String words) {}

  private List<Done> part(String part, List<String> parts) throws Exception {
    var done = new ArrayList<Done>();
    var folder = Files.createTempDirectory(data, "porchlight-deliveries");
    // What is to be old has to be preceded by nothing newer.
    var begun = Instant.now().minus(Housekeeping.BEGUN);
    try (var side = new Side(LoadSide.class, LOAD_FLAGS, List.of(), data.resolve("load.log"));
        var hub = new DoorsHub(config(folder), side, begun)) {
      if (!part.equals("retention")) {
        hub.restart(null);
      }
      switch (part) {
        case "isolation" ->
            done.add(
                new Done(part, page(new Isolation(hub, side, pairs, seconds).run(engine, folder))));
        case "retention" ->
            done.add(
                new Done(
                    part, page(new Housekeeping(hub, side, pairs, seconds).run(engine, folder))));
        case "search", "drain" -> {
          var backlog = new Backlog(hub, engine, deliveries);
          say("writing " + deliveries + " deliveries, and as many that wait");
          backlog.fill();
          if (parts.contains("search")) {
            done.add(new Done("search", page(new DeliverySearch(hub, backlog).run(engine))));
          }
          if (parts.contains("drain")) {
            var drain = new Drain(hub, side, backlog, pairs, seconds, whole);
            done.add(new Done("drain", page(drain.run(engine))));
          }
        }
        default -> throw new IllegalArgumentException(part);
      }
    } finally {
      StartUp.delete(folder);
    }
    return done;
  }

  private HubConfig config(Path folder) throws IOException {
    var settings =
        new java.util.HashMap<>(
            Map.of(
                "port", "0",
                "data", folder.resolve("data").toString(),
                "allow_networks", "127.0.0.0/8"));
    var environment =
        Map.of(
            "PORCHLIGHT_ADMIN_TOKEN",
            DoorsHub.TOKEN,
            // What is measured drops them itself, when it wants to.
            "PORCHLIGHT_ATTEMPTS_KEPT_DAYS",
            "0");
    if (engine.equals("postgres")) {
      if (database == null) {
        database = new Database(data);
      }
      settings.put("database_url", database.create());
    }
    return HubConfig.read(settings, environment::get, null);
  }

  private String page(Page page) throws IOException {
    page.words(
        LocalDate.now(ZoneOffset.UTC)
            + ", "
            + Machine.line("/proc/cpuinfo", "model name")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores for hub, senders, receivers and database together; "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB of heap for the hub; load average at the end "
            + Files.readString(Path.of("/proc/loadavg")).strip()
            + ".");
    return page.toString();
  }

  static void say(String what) {
    System.err.println(what + " ...");
  }
}
