package dev.porchlight.bench;

import dev.porchlight.HubConfig;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
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
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Measures the console at size: `bench/run --console`. Each page, asked by people of each role,
/// and how long after the 2xx a lead stands on a page that is open.
public final class ConsoleRun {
  private static final String USAGE =
      "bench/run --console [LEADS] [--engine sqlite|postgres|both] [--data FOLDER] [--out FILE]"
          + " [--only WORD] [--keep FOLDER] [--no-build]";
  private static final String WORDS =
      """
      Each page of the console over HTTP, whole, with nothing cached, one after the other over one \
      connection, on a hub that was asked for all of them in turn for half a minute, each time about something else by chance: out of %s leads by %s contacts, each \
      with its request and its delivery, with a listing and an event for every tenth, and an audit \
      of %s looks; all of it over sixty days, a fiftieth within the last hour. A hundred offices \
      have a thousand members. Asked by an administrator of it all, by a manager of one office, \
      and by two agents: one has some %s contacts, one all %s of an office. The time is the whole \
      answer's, as its reader sees it, in milliseconds; processor time is that of \
      hub and reader together. Measured by `bench/run --console`.
      """;
  private static final List<String> LOAD_FLAGS = List.of("-Xmx256m", "-XX:+UseSerialGC");
  private static final String PASSWORD = "four words make one";
  private static final int ASKED = 40;
  private static final int WARM_UP = 3;
  private static final long MOST_NANOS = 1_500_000_000L;
  private static final int ARRIVALS = 60;
  private static final long LONGEST_WARM_UP = 40_000_000_000L;

  private static @Nullable Database database;

  private final Path data;
  private final String engine;
  private int leads;
  private final String only;
  private final @Nullable Path keep;
  private final Random random = new Random(8);

  private ConsoleRun(Path data, String engine, int leads, String only, @Nullable Path keep) {
    this.data = data;
    this.engine = engine;
    this.leads = leads;
    this.only = only;
    this.keep = keep;
  }

  /// Measures, and keeps the figures.
  public static void main(String[] arguments) throws Exception {
    int leads = 1_000_000;
    var engines = List.of("sqlite");
    var data = Path.of("bench/target/data");
    var out = Path.of("docs/benchmarks.md");
    var only = "";
    Path keep = null;
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--console", "--no-build" -> {}
          case "--engine" ->
              engines =
                  arguments[++i].equals("both")
                      ? List.of("sqlite", "postgres")
                      : List.of(arguments[i]);
          case "--data" -> data = Path.of(arguments[++i]);
          case "--out" -> out = Path.of(arguments[++i]);
          case "--keep" -> keep = Path.of(arguments[++i]);
          case "--only" -> only = arguments[++i];
          default -> leads = Integer.parseInt(arguments[i].replace("_", ""));
        }
      }
      if (leads < 20_000 || !List.of("sqlite", "postgres").containsAll(engines)) {
        throw new IllegalArgumentException(USAGE);
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      System.err.println(USAGE + " (at least 20,000 leads)");
      System.exit(2);
    }
    Files.createDirectories(data);
    for (var engine : engines) {
      var words = new ConsoleRun(data.toAbsolutePath(), engine, leads, only, keep).run();
      if (only.isEmpty()) {
        new Parts(Path.of("bench/parts")).put("console-" + engine, words, out);
      }
      System.out.println(words);
    }
    // The database server ends with the process.
    System.exit(0);
  }

  /// Somebody who looks.
  ///
  /// @param own numbers of leads that they may see
  private record Viewer(String role, ConsoleVisitor visitor, LongFunction<Long> own) {}

  /// A page to ask for.
  ///
  /// @param path by the number of a lead
  private record Asked(String what, boolean everybody, LongFunction<String> path) {}

  private String run() throws Exception {
    var folder =
        keep == null
            ? Files.createTempDirectory(data, "porchlight-console")
            : keep.toAbsolutePath();
    var note = folder.resolve("filled.json");
    try (var side = new Side(LoadSide.class, LOAD_FLAGS, List.of(), data.resolve("load.log"))) {
      return Files.exists(note) ? again(folder, side, note) : fresh(folder, side, note);
    } finally {
      if (keep == null) {
        StartUp.delete(folder);
      }
    }
  }

  private String fresh(Path folder, Side side, Path note) throws Exception {
    try (var hub = new DoorsHub(config(folder), side, Instant.now().minus(Duration.ofDays(61)))) {
      DeliveriesRun.say("setting up");
      var members = members(hub);
      var publisher = publisher(hub);
      hub.restart(null);
      var end = Instant.now();
      var fill = new ConsoleFill(hub, engine, leads, members, publisher, end);
      long began = System.nanoTime();
      DeliveriesRun.say("writing " + leads + " leads");
      fill.fill();
      DeliveriesRun.say("written in " + (System.nanoTime() - began) / 1_000_000_000 + " s");
      if (keep != null) {
        var kept = hub.kept().put("publisher", publisher).put("end", end.toString());
        members.forEach(kept.put("leads", leads).putArray("members")::add);
        Files.writeString(note, kept.toString());
      }
      return visit(hub, fill, members);
    }
  }

  /// Goes on where the run ended that filled the store, at that time of the day.
  private String again(Path folder, Side side, Path note) throws Exception {
    var kept = Json.mapper().readTree(Files.readString(note));
    var end = Instant.parse(kept.path("end").asString());
    var members = new ArrayList<String>();
    kept.path("members").forEach(m -> members.add(m.asString()));
    leads = kept.path("leads").asInt();
    var clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), end));
    try (var hub = new DoorsHub(config(folder), side, kept, clock)) {
      var publisher = kept.path("publisher").asString();
      return visit(hub, new ConsoleFill(hub, engine, leads, members, publisher, end), members);
    }
  }

  private String visit(DoorsHub hub, ConsoleFill fill, List<String> members) throws Exception {
    try (var ada = visitor(hub, "admin@example.org");
        var mo = visitor(hub, "manager@example.org");
        var al = visitor(hub, "agent@example.org");
        var bo = visitor(hub, "busy@example.org")) {
      var viewers =
          List.of(
              new Viewer("administrator", ada, n -> n),
              new Viewer("manager", mo, n -> n - n % 100),
              new Viewer("agent", al, ConsoleRun::ofTheFirst),
              new Viewer("agent of many", bo, n -> n - n % 100 + 1));
      return page(hub, fill, members, viewers);
    }
  }

  /// A lead whose contact came by it, in the first office, of its first member.
  private static long ofTheFirst(long n) {
    long first = n - n % 1000;
    return first % 3 == 0 ? first + 1000 : first;
  }

  private HubConfig config(Path folder) throws IOException {
    var settings =
        new LinkedHashMap<>(
            Map.of(
                "port", "0",
                "data", folder.resolve("data").toString(),
                "allow_networks", "127.0.0.0/8"));
    var environment =
        Map.of("PORCHLIGHT_ADMIN_TOKEN", DoorsHub.TOKEN, "PORCHLIGHT_ATTEMPTS_KEPT_DAYS", "0");
    if (engine.equals("postgres")) {
      if (database == null) {
        database = new Database(data);
      }
      settings.put("database_url", database.create());
    }
    return HubConfig.read(settings, environment::get, null);
  }

  private static List<String> members(DoorsHub hub) throws Exception {
    var members = new ArrayList<String>();
    for (int n = 0; n < Doors.COUNT * ConsoleFill.MEMBERS; n++) {
      members.add(
          hub.ask(
                  "POST",
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "Member " + n)
                      .put("parent", hub.offices.get(n / ConsoleFill.MEMBERS))
                      .put(
                          "email",
                          switch (n) {
                            case 0 -> "agent@example.org";
                            case 1 -> "manager@example.org";
                            case 2 -> "admin@example.org";
                            case ConsoleFill.MEMBERS -> "busy@example.org";
                            default -> "member" + n + "@example.org";
                          }))
              .path("id")
              .asString());
    }
    for (int n : new int[] {0, 1, 2, ConsoleFill.MEMBERS}) {
      var path = "/nodes/" + members.get(n);
      hub.ask("POST", path + "/password", Json.object().put("password", PASSWORD));
      var role =
          switch (n) {
            case 1 -> Json.object().put("role", "manager").put("node", hub.offices.getFirst());
            case 2 -> Json.object().put("role", "administrator");
            default -> Json.object().put("role", "agent");
          };
      hub.ask("PUT", path + "/role", role);
    }
    return members;
  }

  private static String publisher(DoorsHub hub) throws Exception {
    return hub.ask(
            "POST",
            "/parties",
            Json.object().put("kind", "company").put("name", "feed").put("node", hub.company))
        .path("id")
        .asString();
  }

  private static ConsoleVisitor visitor(DoorsHub hub, String name) throws Exception {
    return ConsoleVisitor.signedIn(hub.address(), name, PASSWORD);
  }

  private static String text(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String time(long micros) {
    return text(LocalDateTime.ofEpochSecond(micros / 1_000_000, 0, ZoneOffset.UTC).toString());
  }

  private List<Asked> asked(DoorsHub hub, ConsoleFill fill, List<String> members) {
    var all = new ArrayList<Asked>();
    page(all, "now", _ -> "/now");
    page(all, "leads", _ -> "/leads");
    page(all, "leads, of any time", n -> "/leads?before=" + 3 * n);
    page(all, "leads, of a source", n -> "/leads?source=" + hub.sources.get((int) (n % 100)));
    page(all, "leads, by the sender's id", n -> "/leads?lead_id=B-" + n);
    page(all, "a lead", n -> "/leads/" + fill.lead(n));
    page(all, "receipts", _ -> "/receipts");
    for (var state : List.of("done", "repeat", "quarantined", "refused", "owed", "erased")) {
      page(all, "receipts, " + state, _ -> "/receipts?state=" + state);
    }
    page(all, "a receipt", n -> "/receipts/" + fill.receipt(n));
    page(all, "deliveries", _ -> "/deliveries");
    for (var state : List.of("delivered", "pending", "dead", "unwritable", "dropped")) {
      page(all, "deliveries, " + state, _ -> "/deliveries?state=" + state);
    }
    page(
        all,
        "deliveries, of an endpoint",
        n -> "/deliveries?endpoint=" + hub.endpoints.get((int) (n % 100)));
    page(
        all,
        "deliveries, dead of an endpoint",
        n -> "/deliveries?state=dead&endpoint=" + hub.endpoints.get((int) (n % 100)));
    page(all, "deliveries, by e-mail", n -> "/deliveries?email=" + ConsoleFill.email(n));
    page(all, "deliveries, by a common word", _ -> "/deliveries?words=accepted");
    page(all, "deliveries, by a rare word", n -> "/deliveries?words=ticket" + n / 50 * 50);
    page(
        all,
        "deliveries, of an hour",
        n ->
            "/deliveries?from="
                + time(fill.at(n))
                + "&to="
                + time(fill.at(n) + Duration.ofHours(1).toNanos() / 1000));
    page(all, "a delivery", n -> "/deliveries/" + fill.delivery(n));
    page(all, "contacts", _ -> "/contacts");
    page(all, "contacts, of any time", n -> "/contacts?before=" + 3 * n);
    page(all, "contacts, nobody's", _ -> "/contacts?state=unconnected");
    page(all, "contacts, by a letter", n -> "/contacts?filter=" + (char) ('a' + n % 26));
    page(all, "contacts, by given name", n -> "/contacts?filter=" + text(fill.name(n).given()));
    page(all, "contacts, by name", n -> "/contacts?filter=" + text(fill.name(n).name()));
    page(all, "contacts, by a name of nobody", n -> "/contacts?filter=Zzyzx" + n);
    page(all, "contacts, by e-mail", n -> "/contacts?filter=" + ConsoleFill.email(n));
    page(all, "contacts, by number", n -> "/contacts?filter=" + text(ConsoleFill.phone(n)));
    page(
        all,
        "contacts, by family name",
        n -> "/contacts?filter=" + text("FamilyName Eq '" + fill.name(n).family() + "'"));
    page(all, "contacts, by a tag", _ -> "/contacts?filter=" + text("Tags Eq 'VIP'"));
    page(
        all,
        "contacts, by town (no index)",
        n -> "/contacts?filter=" + text("HomeLocality Eq '" + fill.name(n).town() + "'"));
    page(
        all,
        "contacts, by what nobody has (no index)",
        _ -> "/contacts?filter=" + text("HomeLocality Eq 'Nowhere'"));
    page(all, "a contact", n -> "/contacts/" + fill.contact(n));
    admin(all, "sources", _ -> "/sources");
    admin(all, "a source", n -> "/sources/" + hub.sources.get((int) (n % 100)));
    admin(all, "endpoints", _ -> "/endpoints");
    admin(all, "an endpoint", n -> "/endpoints/" + hub.endpoints.get((int) (n % 100)));
    page(all, "a lead in every contract", n -> "/endpoints/preview?lead=" + fill.lead(n));
    admin(all, "listings", _ -> "/listings");
    admin(all, "listings, by number", n -> "/listings?q=X-" + (n - n % 10));
    admin(all, "a listing", n -> "/listings/" + fill.listing(n));
    admin(all, "events", _ -> "/events");
    admin(all, "events, by topic", _ -> "/events?topic=" + text("realestate/website"));
    admin(all, "events, by a topic of none", _ -> "/events?topic=" + text("realestate/area"));
    admin(all, "events, violating", _ -> "/events?violations=true");
    admin(all, "an event", n -> "/events/" + fill.event(n));
    admin(all, "parties", _ -> "/events/parties");
    admin(all, "replays", _ -> "/replays");
    page(all, "search, given name", n -> "/search?q=" + text(fill.name(n).given()));
    page(all, "search, name", n -> "/search?q=" + text(fill.name(n).name()));
    page(all, "search, a name of nobody", n -> "/search?q=Zzyzx" + n);
    page(all, "search, e-mail", n -> "/search?q=" + ConsoleFill.email(n));
    page(all, "search, number", n -> "/search?q=" + text(ConsoleFill.phone(n)));
    page(all, "search, lead", n -> "/search?q=" + fill.lead(n));
    page(all, "search, the sender's id", n -> "/search?q=B-" + n);
    page(all, "search, contact", n -> "/search?q=" + fill.contact(n));
    page(all, "search, delivery", n -> "/search?q=" + fill.delivery(n));
    admin(all, "settings", _ -> "/settings");
    admin(all, "a member", n -> "/settings/nodes/" + members.get((int) (n % members.size())));
    admin(all, "tokens", _ -> "/settings/tokens");
    admin(all, "audit", _ -> "/audit");
    admin(all, "audit, of a lead", n -> "/audit?subject=" + fill.lead(n - n % 5));
    return all;
  }

  private static void page(List<Asked> all, String what, LongFunction<String> path) {
    all.add(new Asked(what, true, path));
  }

  private static void admin(List<Asked> all, String what, LongFunction<String> path) {
    all.add(new Asked(what, false, path));
  }

  private String page(DoorsHub hub, ConsoleFill fill, List<String> members, List<Viewer> viewers)
      throws Exception {
    var page = new Page();
    page.title("The console at " + Page.number(leads) + " leads, with " + engine);
    page.words(
        WORDS.formatted(
            Page.number(leads),
            Page.number(leads * 2.0 / 3),
            Page.number(leads / 5.0),
            Page.number(leads / 1500.0),
            Page.number(leads / 150.0)));
    page.table(
        2,
        "page",
        "asked by",
        "p50",
        "p95",
        "longest",
        "processor time",
        "bytes",
        "at most 100 ms at p95");
    var all = views(viewers, asked(hub, fill, members));
    warmUp(all);
    int slow = 0;
    int met = 0;
    for (var view : all) {
      if (row(page, view.viewer(), view.asked())) {
        met++;
      } else {
        slow++;
      }
    }
    page.endTable();
    page.words("Of these, " + met + " are within 100 ms at p95, " + slow + " are not.");
    if (only.isEmpty() || only.equals("live")) {
      live(page, hub, viewers.getFirst().visitor());
    }
    page.words(
        LocalDate.now(ZoneOffset.UTC)
            + ", "
            + Machine.line("/proc/cpuinfo", "model name")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores for hub, reader and database together; "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB of heap; load average at the end "
            + Files.readString(Path.of("/proc/loadavg")).strip()
            + ".");
    return page.toString();
  }

  private record View(Viewer viewer, Asked asked) {}

  private List<View> views(List<Viewer> viewers, List<Asked> pages) {
    var all = new ArrayList<View>();
    for (var viewer : viewers) {
      for (var asked : pages) {
        if ((asked.what() + ", " + viewer.role()).contains(only)
            && (asked.everybody() || viewer.role().equals("administrator"))) {
          all.add(new View(viewer, asked));
        }
      }
    }
    return all;
  }

  /// Asks for all of them in turn, as a hub is asked that has run for a while.
  private void warmUp(List<View> views) throws IOException, InterruptedException {
    DeliveriesRun.say("warming up");
    var until =
        System.nanoTime()
            + Math.min(LONGEST_WARM_UP, 15_000_000_000L + views.size() * 500_000_000L);
    for (int i = 0; i < 20 * ASKED; i++) {
      for (var view : views) {
        if (System.nanoTime() > until) {
          return;
        }
        long n = view.viewer().own().apply(2000 + random.nextLong(leads - 4000L));
        try {
          view.viewer().visitor().get("/console" + view.asked().path().apply(n));
        } catch (IllegalStateException e) {
          // It is said where it is measured.
          continue;
        }
      }
    }
  }

  private static double processorMicros() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getProcessCpuTime()
        / 1e3;
  }

  /// @return whether it was quick enough
  private boolean row(Page page, Viewer viewer, Asked asked)
      throws IOException, InterruptedException {
    var times = new Times();
    long bytes = 0;
    var wrong = "";
    long began = System.nanoTime();
    double processor = 0;
    for (int i = 0; i < WARM_UP + ASKED; i++) {
      // What is very slow is asked less often.
      if (System.nanoTime() - began > MOST_NANOS && times.count() > 2) {
        break;
      }
      long n = viewer.own().apply(2000 + random.nextLong(leads - 4000L));
      var path = "/console" + asked.path().apply(n);
      long from = System.nanoTime();
      try {
        var answer = viewer.visitor().get(path);
        bytes = answer.length();
        if (answer.contains("took too long")) {
          wrong = " (stopped)";
        }
      } catch (IllegalStateException e) {
        wrong = " (" + e.getMessage() + ")";
      }
      if (i == WARM_UP - 1) {
        processor = processorMicros();
      }
      if (i >= WARM_UP) {
        times.add(System.nanoTime() - from);
      }
    }
    double each = (processorMicros() - processor) / times.count();
    double p95 = times.quantile(0.95);
    boolean met = p95 <= 100_000 && wrong.isEmpty();
    DeliveriesRun.say(
        viewer.role()
            + ", "
            + asked.what()
            + ": p50 "
            + Page.millis(times.quantile(0.5))
            + ", p95 "
            + Page.millis(p95)
            + ", processor "
            + Page.millis(each)
            + wrong);
    page.row(
        asked.what(),
        viewer.role(),
        Page.millis(times.quantile(0.5)),
        Page.millis(p95),
        Page.millis(times.quantile(1)),
        Page.millis(each),
        Page.number(bytes),
        met ? "met" : "**not met**" + wrong);
    return met;
  }

  /// Leads that arrive while a page is open.
  private void live(Page page, DoorsHub hub, ConsoleVisitor visitor) throws Exception {
    var told = visitor.listen("/console/now/events");
    var times = new Times();
    try (var http = HttpClient.newHttpClient()) {
      for (int i = 0; i < ARRIVALS; i++) {
        var name = "Arriving" + i + "X";
        var body = LeadBodies.buyer("LIVE-" + i, InventedPerson.of(i).withName(name, "Live"));
        var answer =
            http.send(
                HttpRequest.newBuilder(URI.create(hub.door("bench-005")))
                    .header("X-API-Key", "bench-key-005")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
        long accepted = System.nanoTime();
        if (answer.statusCode() != 200) {
          throw new IllegalStateException("a lead was answered " + answer.statusCode());
        }
        times.add(Math.max(0, ConsoleVisitor.await(told, name) - accepted));
        Thread.sleep(Duration.ofMillis(random.nextInt(900)));
      }
    }
    page.words(
        "Leads that arrive while *Now* is open, at moments by chance: from the sender's 2xx until"
            + " the part of the page that has them was there.");
    page.table(1, "", "leads", "p50", "p99", "longest", "at most 1,000 ms at p99");
    double p99 = times.quantile(0.99);
    DeliveriesRun.say(
        "live: p50 " + Page.millis(times.quantile(0.5)) + ", p99 " + Page.millis(p99));
    page.row(
        "2xx to the row",
        Page.number(times.count()),
        Page.millis(times.quantile(0.5)),
        Page.millis(p99),
        Page.millis(times.quantile(1)),
        p99 <= 1_000_000 ? "met" : "**not met**");
    page.endTable();
  }
}
