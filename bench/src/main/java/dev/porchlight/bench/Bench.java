package dev.porchlight.bench;

import dev.porchlight.Hub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Measures a hub and, in turns with it, the ceilings that hardware and libraries set it, and
/// writes down ratios first. Each round takes all of them once, so that what else the machine does
/// meets all alike; figures are medians over the rounds.
///
/// - **L**: a bare append of 4 KiB and `fdatasync`, one after the other.
/// - **S**: the same writes without HTTP: threads that call the desk.
/// - **H**: the same route over HTTP without the store: server, key, reading, decision over no
///   rows, reply; no queue, no database, no disk.
/// - **T**: leads as a portal sends them.
public final class Bench {
  private static final List<String> SERVER_FLAGS =
      List.of("-Xmx1g", "-XX:+UseG1GC", "--enable-native-access=ALL-UNNAMED");
  private static final List<String> LOAD_FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC");
  private static final int[] CONNECTIONS = {1, 64, 256};

  /// @param moderate leads a second while their way to the receiver is measured
  private record Plan(int rounds, int warmUp, int append, int run, int deliver, double moderate) {
    static final Plan FULL = new Plan(5, 5000, 1000, 3000, 5000, 200);
    static final Plan QUICK = new Plan(3, 1500, 300, 700, 1500, 200);
  }

  private final Plan plan;
  private final boolean quick;
  private final List<String> serverFlags;
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  private Bench(Plan plan, boolean quick, List<String> moreFlags) {
    this.plan = plan;
    this.quick = quick;
    this.serverFlags = new ArrayList<>(SERVER_FLAGS);
    serverFlags.addAll(moreFlags);
  }

  /// Runs it all.
  public static void main(String[] arguments) throws Exception {
    boolean quick = false;
    var moreFlags = List.<String>of();
    var out = Path.of("docs/benchmarks.md");
    var data = Path.of("bench/target/data");
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> quick = true;
        case "--no-build" -> {}
        case "--flags" -> moreFlags = List.of(arguments[++i].split(" +"));
        case "--out" -> out = Path.of(arguments[++i]);
        case "--data" -> data = Path.of(arguments[++i]);
        default -> {
          System.err.println(
              "bench/run [--quick] [--no-build] [--out FILE] [--data FOLDER]" + " [--flags FLAGS]");
          System.exit(2);
        }
      }
    }
    Files.createDirectories(data);
    var bench = new Bench(quick ? Plan.QUICK : Plan.FULL, quick, moreFlags);
    long began = System.nanoTime();
    bench.run(data.toAbsolutePath());
    var page = bench.page(data.toAbsolutePath(), (System.nanoTime() - began) / 1e9);
    if (out.toAbsolutePath().getParent() != null) {
      Files.createDirectories(out.toAbsolutePath().getParent());
    }
    Files.writeString(out, page);
    System.out.println(page);
  }

  private void run(Path data) throws IOException {
    try (var server =
            new Side(
                ServerSide.class,
                serverFlags,
                List.of(data.toString()),
                data.resolve("server.log"));
        var load = new Side(LoadSide.class, LOAD_FLAGS, List.of(), data.resolve("load.log"))) {
      var receiver = load.ask("url").path("url").stringValue();
      say("warming up");
      warmUp(server, load, receiver);
      for (int round = 1; round <= plan.rounds(); round++) {
        say("round " + round + " of " + plan.rounds());
        accepting(server, load, round);
        delivering(server, load, receiver);
      }
    }
  }

  private static void say(String what) {
    System.err.println(what + " ...");
  }

  private void warmUp(Side server, Side load, String receiver) throws IOException {
    var open = server.ask("open");
    server.ask("append", plan.append() / 2);
    server.ask("direct", 64, plan.warmUp() / 2);
    load.ask("load", text(open, "bare"), text(open, "key"), 64, plan.warmUp() / 2);
    load.ask("load", text(open, "url"), text(open, "key"), 64, plan.warmUp());
    server.ask("endpoint", receiver);
    load.ask("follow", text(open, "url"), text(open, "key"), 64, plan.warmUp() / 2, 0);
    server.ask("close");
  }

  private void accepting(Side server, Side load, int round) throws IOException {
    var open = server.ask("open");
    var append = server.ask("append", plan.append());
    note("L p50", append, "p50");
    note("L p99", append, "p99");
    for (int turn = 0; turn < CONNECTIONS.length; turn++) {
      int n = CONNECTIONS[(turn + round) % CONNECTIONS.length];
      note("S " + n, server.ask("direct", n, plan.run()));
      note("H " + n, load.ask("load", text(open, "bare"), text(open, "key"), n, plan.run()));
      var before = server.ask("counters");
      var result = load.ask("load", text(open, "url"), text(open, "key"), n, plan.run());
      var after = server.ask("counters");
      note("T " + n, result);
      double leads = result.path("accepted").doubleValue();
      note("T " + n + " refused", result.path("refused").doubleValue());
      note("T " + n + " owed", grown(before, after, "owed"));
      note("T " + n + " syncs", grown(before, after, "batches") / grown(before, after, "units"));
      note("T " + n + " cpu", grown(before, after, "cpu") * 1e6 / Math.max(1, leads));
    }
    var closed = server.ask("close");
    note("bytes", closed.path("bytes").doubleValue() / closed.path("leads").doubleValue());
  }

  private void delivering(Side server, Side load, String receiver) throws IOException {
    var open = server.ask("open");
    server.ask("endpoint", receiver);
    var calm =
        load.ask(
            "follow", text(open, "url"), text(open, "key"), 32, plan.deliver(), plan.moderate());
    note("calm rate", calm, "rate");
    note("calm p50", calm, "p50");
    note("calm p99", calm, "p99");
    note("way p50", calm, "way50");
    note("way p99", calm, "way99");
    note("calm missing", calm, "missing");
    var before = server.ask("counters");
    var full = load.ask("follow", text(open, "url"), text(open, "key"), 64, plan.deliver() / 2, 0);
    var after = server.ask("counters");
    note("full rate", full, "rate");
    note("full during", full, "during");
    note("full deliveries", full, "deliveries");
    note("full missing", full, "missing");
    note("full twice", full.path("requests").doubleValue() - full.path("arrived").doubleValue());
    note("full owed", grown(before, after, "owed"));
    note(
        "full syncs",
        grown(before, after, "batches") / Math.max(1, full.path("arrived").doubleValue()));
    note(
        "full cpu",
        grown(before, after, "cpu") * 1e6 / Math.max(1, full.path("arrived").doubleValue()));
    var closed = server.ask("close");
    note(
        "bytes delivered", closed.path("bytes").doubleValue() / closed.path("leads").doubleValue());
  }

  private static double grown(JsonNode before, JsonNode after, String member) {
    return after.path(member).doubleValue() - before.path(member).doubleValue();
  }

  private static String text(JsonNode node, String member) {
    return node.path(member).stringValue();
  }

  private void note(String name, JsonNode result) {
    note(name + " rate", result, "rate");
    note(name + " p50", result, "p50");
    note(name + " p99", result, "p99");
  }

  private void note(String name, JsonNode result, String member) {
    note(name, result.path(member).doubleValue());
  }

  private void note(String name, double value) {
    figures.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
  }

  private double median(String name) {
    var sorted = figures.getOrDefault(name, List.of(0.0)).stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  private double sum(String name) {
    return figures.getOrDefault(name, List.of()).stream().mapToDouble(d -> d).sum();
  }

  /// The ratio of two figures, taken within each round.
  private double ratio(String of, String to) {
    var a = figures.getOrDefault(of, List.of());
    var b = figures.getOrDefault(to, List.of());
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      ratios.add(a.get(i) / Math.max(1e-9, b.get(i)));
    }
    ratios.sort(null);
    int n = ratios.size();
    return n == 0 ? 0 : (ratios.get((n - 1) / 2) + ratios.get(n / 2)) / 2;
  }

  private double spread(String name) {
    var all = figures.getOrDefault(name, List.of());
    double least = all.stream().mapToDouble(d -> d).min().orElse(0);
    double most = all.stream().mapToDouble(d -> d).max().orElse(0);
    return median(name) == 0 ? 0 : (most - least) / median(name);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String millis(double micros) {
    return String.format(Locale.ROOT, micros < 10_000 ? "%.2f" : "%.1f", micros / 1000);
  }

  private String page(Path data, double seconds) throws IOException {
    var page = new StringBuilder();
    page.append(
        """
        # Benchmarks

        Written by `bench/run`; do not edit. Ceilings and hub are measured in turns within each \
        round, on one machine that runs the load, the receiver and the hub together. Figures are \
        medians over %d rounds%s; ratios are taken within each round first. Everything measured \
        is shown, poor figures too.

        | ceiling | what it is |
        |---|---|
        | L | a bare append of 4 KiB and `fdatasync`, one after the other |
        | S | the same writes without HTTP: *n* threads that call the desk |
        | H | the same route over HTTP without the store: server, key, reading, decision over no rows, reply |

        A lead here is a full BuyerLead of %d bytes with an id of its own; three of four are by a \
        person of their own. Accepted means: answered 200, which is after the sync.

        """
            .formatted(
                plan.rounds(), quick ? " (quick: too short to rely on)" : "", Sample.size()));
    page.append("## Accepting\n\n");
    page.append("| connections | to S | to H | leads/s | S/s | H/s | spread of leads/s |\n");
    page.append("|---:|---:|---:|---:|---:|---:|---:|\n");
    for (int n : CONNECTIONS) {
      row(
          page,
          n,
          share(ratio("T " + n + " rate", "S " + n + " rate")),
          share(ratio("T " + n + " rate", "H " + n + " rate")),
          number(median("T " + n + " rate")),
          number(median("S " + n + " rate")),
          number(median("H " + n + " rate")),
          number(spread("T " + n + " rate") * 100) + " %");
    }
    page.append("\nTimes from the first byte sent to the whole answer, in milliseconds:\n\n");
    page.append(
        "| connections | p50 to L's p50 | p50 | p99 | S p50 | S p99 | H p50 | H p99 | L p50 | L p99"
            + " |\n");
    page.append("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (int n : CONNECTIONS) {
      row(
          page,
          n,
          share(ratio("T " + n + " p50", "L p50")),
          millis(median("T " + n + " p50")),
          millis(median("T " + n + " p99")),
          millis(median("S " + n + " p50")),
          millis(median("S " + n + " p99")),
          millis(median("H " + n + " p50")),
          millis(median("H " + n + " p99")),
          millis(median("L p50")),
          millis(median("L p99")));
    }
    page.append(
        "\n| connections | syncs per lead | processor time per lead, µs | refused | owed |\n");
    page.append("|---:|---:|---:|---:|---:|\n");
    for (int n : CONNECTIONS) {
      row(
          page,
          n,
          String.format(Locale.ROOT, "%.3f", median("T " + n + " syncs")),
          number(median("T " + n + " cpu")),
          number(sum("T " + n + " refused")),
          number(sum("T " + n + " owed")));
    }
    page.append(
        """

        *Refused* (503) and *owed* (answered 200, decided a little later) are sums over all \
        rounds. On disk: %s bytes per lead without deliveries, %s with one delivery each.

        ## Delivering

        One endpoint of contract `porchlight`; its receiver answers 204 at once.

        | | |
        |---|---:|
        | from the 200 to the arrival at the receiver, at %s leads/s: p50 | %s ms |
        | the same, p99 | %s ms |
        | accepting meanwhile: p50, p99 | %s ms, %s ms |
        | 64 connections at full speed: accepted, leads/s | %s |
        | arrivals while they are accepted, deliveries/s | %s |
        | arrivals until the last one is there, deliveries/s | %s |
        | that to accepting alone at 64 connections | %s |
        | syncs per lead, accepted and delivered | %s |
        | processor time per lead, accepted and delivered | %s µs |
        | leads that did not arrive | %s |
        | deliveries sent twice | %s |
        | owed | %s |

        """
            .formatted(
                number(median("bytes")),
                number(median("bytes delivered")),
                number(median("calm rate")),
                millis(median("way p50")),
                millis(median("way p99")),
                millis(median("calm p50")),
                millis(median("calm p99")),
                number(median("full rate")),
                number(median("full during")),
                number(median("full deliveries")),
                share(ratio("full deliveries", "T 64 rate")),
                String.format(Locale.ROOT, "%.3f", median("full syncs")),
                number(median("full cpu")),
                number(sum("calm missing") + sum("full missing")),
                number(sum("full twice")),
                number(sum("full owed"))));
    page.append("## Where\n\n| | |\n|---|---|\n");
    where(data, seconds)
        .forEach((name, value) ->
            page.append("| ").append(name).append(" | ").append(value).append(" |\n"));
    return page.toString();
  }

  private static void row(StringBuilder page, int connections, String... cells) {
    page.append("| ").append(connections).append(" | ");
    page.append(String.join(" | ", cells)).append(" |\n");
  }

  private Map<String, String> where(Path data, double seconds) throws IOException {
    var store = Files.getFileStore(data);
    var all = new LinkedHashMap<String, String>();
    all.put("date", LocalDate.now(ZoneOffset.UTC) + ", " + number(seconds) + " s");
    all.put(
        "processor",
        line("/proc/cpuinfo", "model name")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores");
    all.put("memory", line("/proc/meminfo", "MemTotal"));
    all.put(
        "system",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    all.put("disk", store.type() + " on " + store.name() + scheduler(store.name()));
    all.put(
        "load average at the end",
        Files.isReadable(Path.of("/proc/loadavg"))
            ? Files.readString(Path.of("/proc/loadavg")).strip()
            : "unknown");
    all.put(
        "JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    all.put("flags of the hub", String.join(" ", serverFlags));
    all.put("flags of the load", String.join(" ", LOAD_FLAGS));
    all.put("versions", "Porchlight " + Hub.VERSION + ", " + libraries());
    all.put(
        "rounds",
        plan.rounds()
            + "; "
            + plan.run()
            + " ms for each of S, H, T at each number of"
            + " connections, "
            + plan.append()
            + " ms of L, "
            + plan.deliver() * 3 / 2
            + " ms of deliveries");
    return all;
  }

  private static String scheduler(String device) throws IOException {
    var file =
        Path.of("/sys/block", device.replaceFirst("^/dev/", "").replaceFirst("p?\\d+$", ""))
            .resolve("queue/scheduler");
    return Files.isReadable(file) ? ", scheduler " + Files.readString(file).strip() : "";
  }

  private static String line(String file, String name) throws IOException {
    var path = Path.of(file);
    if (!Files.isReadable(path)) {
      return "unknown";
    }
    return Files.readAllLines(path, StandardCharsets.UTF_8).stream()
        .filter(l -> l.startsWith(name))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /// The versions of what matters here, from the names of the jars.
  private static String libraries() {
    var found = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(":", -1)) {
      var jar = Path.of(entry).getFileName().toString().replaceFirst("\\.jar$", "");
      for (var library :
          List.of("sqlite-jdbc", "jetty-server", "jackson-databind", "httpclient5")) {
        if (jar.matches(library + "-\\d.*")) {
          found.add(jar);
        }
      }
    }
    return String.join(", ", found.stream().sorted().toList());
  }
}
