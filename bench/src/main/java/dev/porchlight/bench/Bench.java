package dev.porchlight.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Measures a hub and, in turns with it, the ceilings that hardware and libraries set it. Each
/// round takes every section once on every engine, so that what else the machine does meets all
/// alike; figures are medians over the rounds.
///
/// What is measured is in the [Section]s.
public final class Bench {
  private static final List<String> SERVER_FLAGS =
      List.of("-Xmx1g", "-XX:+UseG1GC", "--enable-native-access=ALL-UNNAMED");
  private static final List<String> LOAD_FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC");
  private static final String USAGE =
      "bench/run [--quick] [--no-build] [--engine sqlite|postgres|both] [--rounds N] [--profile]"
          + " [--contacts [N]] [--out FILE] [--data FOLDER] [--flags FLAGS]";

  private static final Parts PARTS = new Parts(Path.of("bench/parts"));
  private static final int CONTACTS = 1_000_000;
  private static final int CONTACTS_ASKED = 500;
  private static final int LARGEST = 10_000;

  private final Plan plan;
  private final List<String> engines;
  private final Path data;
  private final List<String> serverFlags;
  private final Figures figures = new Figures();
  private final Profile profile;
  private final Machine machine;
  private final List<Section> sections;
  private final long began = System.nanoTime();

  private Bench(Plan plan, List<String> engines, Path data, List<String> moreFlags) {
    this.plan = plan;
    this.engines = engines;
    this.data = data;
    serverFlags = new ArrayList<>(SERVER_FLAGS);
    serverFlags.addAll(moreFlags);
    profile = new Profile(Path.of("bench/target/profile"), Path.of("bench/findings.md"));
    machine = new Machine(data, serverFlags, LOAD_FLAGS);
    sections =
        List.of(
            new Ceilings(),
            new Accepting(),
            new OpenLoop(),
            new Delivering(),
            new StartUp(),
            profile,
            machine);
  }

  /// Runs it all.
  public static void main(String[] arguments) throws Exception {
    var plan = Plan.FULL;
    int rounds = 0;
    boolean profileOnly = false;
    int contacts = 0;
    var engines = List.of("sqlite", "postgres");
    var moreFlags = List.<String>of();
    var out = Path.of("docs/benchmarks.md");
    var data = Path.of("bench/target/data");
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--quick" -> plan = Plan.QUICK;
          case "--no-build" -> {}
          case "--profile" -> profileOnly = true;
          case "--contacts" ->
              contacts =
                  i + 1 < arguments.length && arguments[i + 1].matches("[0-9]{5,8}")
                      ? Integer.parseInt(arguments[++i])
                      : CONTACTS;
          case "--engine" -> engines = engines(arguments[++i]);
          case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
          case "--flags" -> moreFlags = List.of(arguments[++i].split(" +"));
          case "--out" -> out = Path.of(arguments[++i]);
          case "--data" -> data = Path.of(arguments[++i]);
          default -> throw new IllegalArgumentException(arguments[i]);
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      System.err.println(USAGE);
      System.exit(2);
    }
    Files.createDirectories(data);
    var bench =
        new Bench(
            rounds > 0 ? plan.withRounds(rounds) : plan, engines, data.toAbsolutePath(), moreFlags);
    if (contacts > 0) {
      var part = bench.contacts(contacts);
      PARTS.put("contacts", part, out);
      System.out.println(part);
      return;
    }
    if (profileOnly) {
      System.out.println(bench.profileOnly());
      return;
    }
    var page = bench.run();
    if (out.toAbsolutePath().getParent() != null) {
      Files.createDirectories(out.toAbsolutePath().getParent());
    }
    Files.writeString(out, PARTS.added(page));
    System.out.println(page);
  }

  private static List<String> engines(String word) {
    return switch (word) {
      case "sqlite", "postgres" -> List.of(word);
      case "both" -> List.of("sqlite", "postgres");
      default -> throw new IllegalArgumentException(word);
    };
  }

  private Side server() throws IOException {
    return new Side(
        ServerSide.class, serverFlags, List.of(data.toString()), data.resolve("server.log"));
  }

  private Side load() throws IOException {
    return new Side(LoadSide.class, LOAD_FLAGS, List.of(), data.resolve("load.log"));
  }

  private String run() throws IOException {
    int round = 0;
    String database = "";
    try (var server = server();
        var load = load()) {
      var receiver = load.ask("url").path("url").stringValue();
      for (var engine : engines) {
        say("warming up " + engine);
        warmUp(server, load, receiver, engine);
      }
      double longest = 0;
      while (round < plan.rounds() && (round == 0 || seconds() + longest < plan.limit())) {
        double from = seconds();
        say("round " + ++round + " of " + plan.rounds());
        round(server, load, receiver, round);
        longest = Math.max(longest, seconds() - from);
      }
      if (engines.contains("postgres")) {
        database = server.ask("database").path("words").stringValue();
      }
      for (var engine : engines) {
        say("where the time goes with " + engine);
        profile(server, load, receiver, engine);
      }
    }
    machine.ran(
        round
            + (round < plan.rounds() ? " of " + plan.rounds() + ", since the time was over" : "")
            + " ("
            + plan.name()
            + "), "
            + Page.number(seconds())
            + " s; "
            + plan.run()
            + " ms for each closed load, "
            + plan.open()
            + " ms for each open one, "
            + plan.append()
            + " ms of L, "
            + plan.deliver()
            + " ms for each load with deliveries",
        database);
    return page(round);
  }

  /// Lists of contacts alone.
  private String contacts(int contacts) throws Exception {
    var people = new People(contacts, contacts / 1000, Math.max(contacts / 100, LARGEST));
    try (var side =
        new Side(
            ContactHub.class, serverFlags, List.of(data.toString()), data.resolve("server.log"))) {
      return new SparkContacts(
              side, people, plan.name().equals("full") ? CONTACTS_ASKED : CONTACTS_ASKED / 5)
          .run(engines, machine.inShort());
    }
  }

  private String profileOnly() throws IOException {
    try (var server = server();
        var load = load()) {
      var receiver = load.ask("url").path("url").stringValue();
      for (var engine : engines) {
        say("warming up " + engine);
        warmUp(server, load, receiver, engine);
        say("where the time goes with " + engine);
        profile(server, load, receiver, engine);
      }
    }
    var page = new Page();
    profile.write(page, figures, engines);
    return page.toString();
  }

  private double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  private static void say(String what) {
    System.err.println(what + " ...");
  }

  private Bed bed(
      Side server, Side load, String receiver, String engine, JsonNode open, int round) {
    return new Bed(
        plan,
        figures,
        server,
        load,
        engine,
        engine.equals(engines.getFirst()),
        text(open, "url"),
        text(open, "bare"),
        text(open, "key"),
        receiver,
        round,
        data);
  }

  private void warmUp(Side server, Side load, String receiver, String engine) throws IOException {
    var bed = bed(server, load, receiver, engine, server.ask("open", engine), 0);
    server.ask("append", plan.append() / 2);
    server.ask("direct", 64, plan.warmUp() / 4);
    bed.load(bed.bare(), 64, plan.warmUp() / 4);
    bed.load(bed.url(), 64, plan.warmUp() / 2);
    server.ask("endpoint", receiver + "/0");
    load.ask("follow", bed.url(), bed.key(), 64, plan.warmUp() / 2, 0, 1);
    server.ask("send", receiver, 64, plan.warmUp() / 4, 1000);
    server.ask("settle", 64, plan.warmUp() / 4);
    server.ask("close");
  }

  private void round(Side server, Side load, String receiver, int round) throws IOException {
    for (var engine : engines) {
      var bed = bed(server, load, receiver, engine, server.ask("open", engine), round);
      for (var section : sections) {
        section.round(bed);
      }
      var closed = server.ask("close");
      double leads = Math.max(1, closed.path("leads").doubleValue());
      figures.note(bed.name("bytes"), closed.path("bytes").doubleValue() / leads);
      figures.note(
          bed.name("deliveries per lead"), closed.path("deliveries").doubleValue() / leads);
      if (bed.first()) {
        for (var section : sections) {
          section.between(bed);
        }
      }
    }
  }

  private void profile(Side server, Side load, String receiver, String engine) throws IOException {
    var bed = bed(server, load, receiver, engine, server.ask("open", engine), 0);
    profile.measure(bed, plan.warmUp());
    server.ask("close");
  }

  private static String text(JsonNode node, String member) {
    return node.path(member).stringValue();
  }

  private String page(int rounds) {
    var page = new Page();
    page.words("# Benchmarks");
    page.words(
        """
        Written by `bench/run`; do not edit. Ceilings and hub are measured in turns within each \
        round, on one machine that runs the load, the receiver, the database and the hub together. \
        Figures are medians over %d rounds%s; ratios are taken within each round first. Everything \
        measured is shown, poor figures too.
        """
            .formatted(
                rounds,
                plan.name().equals("full") ? "" : " (" + plan.name() + ": too short to rely on)"));
    page.title("What was aimed at");
    page.table(3, "engine", "aim", "found", "");
    for (var engine : engines) {
      for (var section : sections) {
        section.directions(figures, engine).forEach(d -> row(page, engine, d));
      }
    }
    for (var section : sections) {
      section.directions(figures).forEach(d -> row(page, "", d));
    }
    page.endTable();
    for (var section : sections) {
      section.write(page, figures, engines);
    }
    return page.toString().strip().replaceAll("\n{3,}", "\n\n") + "\n";
  }

  private static void row(Page page, String engine, Section.Direction direction) {
    page.row(engine, direction.aim(), direction.found(), direction.met() ? "met" : "**not met**");
  }
}
