package dev.porchlight.bench;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/// Measures lists of contacts of the Spark door where there are very many: each question over HTTP
/// with a key, the same asked of the store directly, and the same SQL written by hand, in turns.
/// Then walks through all of one owner's contacts while others write, and exports.
final class SparkContacts {
  private static final int BLOCKS = 5;
  private static final int HEAP_LOOKS = 5;
  private static final int WARM_UP = 50;
  private static final double WALKED_SECONDS = 5;

  private final Side hub;
  private final People people;
  private final int asked;
  private final Page page = new Page();

  /// A connection with a key for each owner.
  private final Map<String, SparkClient> clients = new HashMap<>();

  private final List<String[]> aims = new ArrayList<>();

  /// @param asked how often each question is asked of each kind of owner
  SparkContacts(Side hub, People people, int asked) {
    this.hub = hub;
    this.people = people;
    this.asked = asked;
  }

  /// One question's times.
  private record Found(Times http, Times store, Times hand) {
    Found() {
      this(new Times(), new Times(), new Times());
    }
  }

  /// Measures and gives the part of the page.
  ///
  /// @param machine on what, in words
  String run(List<String> engines, String machine) throws Exception {
    var measured = new Page();
    var loadBefore = load();
    for (var engine : engines) {
      engine(engine, measured);
    }
    page.title("Spark contacts at size");
    page.words(
        """
        Written by `bench/run --contacts`. %s contacts under %d owners, %s of them under one; \
        invented, skewed, the same at each run. Each question is asked %d times of the owner of \
        %s and %d times of owners of about a thousand, each time about another of their contacts, \
        %d on a page, by one client on one connection. In turns with them the same is asked of \
        the store in the hub's process (*store*: reading the filter, writing the SQL, the \
        database, and reading the contacts it found), and as SQL that somebody wrote by hand who \
        knows the tables, run as the hub runs its reads, all columns and bodies read (*by hand*); \
        these two one after the other, in turns the one and the other first. \
        What HTTP adds is the server, the key, and the answer as JSON. %s; \
        load averages of the machine %s before and %s after.
        """
            .formatted(
                Page.number(people.contacts()),
                people.owners(),
                Page.number(people.largest()),
                asked,
                Page.number(people.largest()),
                asked,
                ContactCase.LIMIT,
                machine.replaceFirst("\\.$", ""),
                loadBefore,
                load()));
    page.table(2, "engine", "aim", "found", "");
    aims.forEach(page::row);
    page.endTable();
    return page + "\n" + measured.toString().strip() + "\n";
  }

  private static String load() throws IOException {
    var file = Path.of("/proc/loadavg");
    return Files.exists(file)
        ? Files.readString(file).replaceFirst("( \\S+ \\S+)\\s*$", "")
        : "unknown";
  }

  private static void say(String what) {
    System.err.println(what + " ...");
  }

  private void engine(String engine, Page out) throws Exception {
    say("filling " + engine);
    var opened = hub.ask("open", engine, people.contacts(), people.owners(), people.largest());
    var url = URI.create(opened.path("url").stringValue());
    say("filled in " + Page.number(opened.path("filled").doubleValue()) + " s");
    var all = ContactCase.all();
    var largest = new LinkedHashMap<ContactCase, Found>();
    var others = new LinkedHashMap<ContactCase, Found>();
    say(engine + ": warming up");
    for (int i = 0; i < 4; i++) {
      for (var one : all) {
        http(url, one, i % 2 == 0, i, WARM_UP, new Times());
        hub.ask("pair", all.indexOf(one), i % 2 == 0, i, WARM_UP);
      }
    }
    for (var one : all) {
      say(engine + ": " + one.name());
      largest.put(one, ask(url, all.indexOf(one), one, true));
      others.put(one, ask(url, all.indexOf(one), one, false));
    }
    out.words("### Questions, " + engine);
    table(out, engine, "an owner of " + Page.number(people.largest()), largest);
    table(out, engine, "an owner of about a thousand", others);
    parse(out, engine);
    say(engine + ": many at once");
    crowd(out, engine, url);
    say(engine + ": a walk while others write");
    walk(out, engine, url);
    say(engine + ": export");
    export(out, engine, url);
    sizes(out);
    for (var client : clients.values()) {
      client.close();
    }
    clients.clear();
    hub.ask("close");
  }

  private String token(String node, boolean replication) throws IOException {
    return hub.ask("key", node, replication).path("token").stringValue();
  }

  private Found ask(URI url, int number, ContactCase one, boolean largest) throws IOException {
    var found = new Found();
    http(url, one, largest, 99, asked / 10, new Times());
    hub.ask("pair", number, largest, 99, asked / 10);
    for (int block = 0; block < BLOCKS; block++) {
      http(url, one, largest, block, asked / BLOCKS, found.http());
      var pair = hub.ask("pair", number, largest, block, asked / BLOCKS);
      add(found.store(), pair.path("store"));
      add(found.hand(), pair.path("hand"));
    }
    return found;
  }

  private static void add(Times times, JsonNode nanos) {
    nanos.forEach(n -> times.add(n.longValue()));
  }

  private void http(URI url, ContactCase one, boolean largest, int seed, int count, Times times)
      throws IOException {
    var random = new Random(seed);
    for (int i = 0; i < count; i++) {
      var asked = one.maker().about(people, largest, random);
      var client = clients.get(asked.owner());
      if (client == null || client.isStale()) {
        client = new SparkClient(url, token(asked.owner(), false));
        clients.put(asked.owner(), client);
      }
      var answer = client.get("/v1/contacts?" + asked.query());
      if (answer.status() != 200) {
        throw new IllegalStateException(asked.query() + ": " + answer.text());
      }
      times.add(answer.nanos());
    }
  }

  private void table(Page out, String engine, String whose, Map<ContactCase, Found> found) {
    out.table(
        1,
        "asked of " + whose + ", ms",
        "p50",
        "p99",
        "store p50",
        "store p99",
        "by hand p50",
        "by hand p99",
        "store to by hand",
        "HTTP adds");
    double slowest = 0;
    var slow = "";
    double worst = 0;
    var wide = "";
    for (var entry : found.entrySet()) {
      var one = entry.getKey();
      var times = entry.getValue();
      double ratio = times.store().quantile(0.5) / times.hand().quantile(0.5);
      out.row(
          one.name() + (one.served() ? "" : " (reads all of the owner's)"),
          Page.millis(times.http().quantile(0.5)),
          Page.millis(times.http().quantile(0.99)),
          Page.millis(times.store().quantile(0.5)),
          Page.millis(times.store().quantile(0.99)),
          Page.millis(times.hand().quantile(0.5)),
          Page.millis(times.hand().quantile(0.99)),
          Page.share(ratio),
          Page.millis(times.http().quantile(0.5) - times.store().quantile(0.5)));
      if (one.served()) {
        if (times.http().quantile(0.99) > slowest) {
          slowest = times.http().quantile(0.99);
          slow = one.name();
        }
        if (ratio > worst) {
          worst = ratio;
          wide = one.name();
        }
      }
    }
    out.endTable();
    aim(
        engine,
        "asked of " + whose + ": p99 at most 20 ms, whatever an index serves",
        "at most " + Page.millis(slowest) + " ms (" + slow + ")",
        slowest <= 20_000);
    aim(
        engine,
        "asked of " + whose + ": store at most 1.2 times by hand",
        "at most " + Page.share(worst) + " (" + wide + ")",
        worst <= 1.2);
  }

  private void aim(String engine, String aim, String found, boolean met) {
    aims.add(new String[] {engine, aim, found, met ? "met" : "**not met**"});
  }

  private static <T> void all(List<Callable<T>> tasks) throws Exception {
    try (var threads = Executors.newFixedThreadPool(tasks.size())) {
      var futures = new ArrayList<Future<T>>();
      for (var task : tasks) {
        futures.add(threads.submit(task));
      }
      for (var future : futures) {
        try {
          future.get();
        } catch (ExecutionException e) {
          throw e.getCause() instanceof Exception cause ? cause : e;
        }
      }
    }
  }

  /// Eight clients ask all that indexes serve; then the same while eight more ask what reads all of
  /// an owner's rows.
  private void crowd(Page out, String engine, URI url) throws Exception {
    var token = token(People.owner(0), false);
    var served = ContactCase.all().stream().filter(ContactCase::served).toList();
    var scans = ContactCase.all().stream().filter(c -> !c.served()).toList();
    out.table(
        1,
        "all questions mixed, of the owner of " + Page.number(people.largest()),
        "a second",
        "p50, ms",
        "p99, ms");
    for (boolean disturbed : new boolean[] {false, true}) {
      var over = new AtomicBoolean();
      var times = new Times();
      long began = System.nanoTime();
      var tasks = new ArrayList<Callable<Boolean>>();
      for (int c = 0; c < 8; c++) {
        tasks.add(asker(url, token, served, c, System.nanoTime() + 3_000_000_000L, over, times));
        if (disturbed) {
          tasks.add(asker(url, token, scans, 100 + c, Long.MAX_VALUE, over, new Times()));
        }
      }
      all(tasks);
      double seconds = (System.nanoTime() - began) / 1e9;
      out.row(
          disturbed
              ? "8 clients, and 8 more that ask what no index serves"
              : "8 clients, what indexes serve",
          Page.number(times.count() / seconds),
          Page.millis(times.quantile(0.5)),
          Page.millis(times.quantile(0.99)));
    }
    out.endTable();
  }

  private Callable<Boolean> asker(
      URI url,
      String token,
      List<ContactCase> cases,
      int seed,
      long until,
      AtomicBoolean over,
      Times times) {
    return () -> {
      var random = new Random(seed);
      var own = new Times();
      try (var client = new SparkClient(url, token)) {
        while (System.nanoTime() < until && !over.get()) {
          var asked = cases.get(random.nextInt(cases.size())).maker().about(people, true, random);
          var answer = client.get("/v1/contacts?" + asked.query());
          if (answer.status() != 200) {
            throw new IllegalStateException(answer.text());
          }
          own.add(answer.nanos());
        }
      }
      over.set(true);
      synchronized (times) {
        times.addAll(own);
      }
      return true;
    };
  }

  /// A contact that was made, and when that was said.
  private record Made(String id, long at) {}

  /// What four clients do to one owner's contacts: two make, one changes and one deletes.
  private final class Writers {
    private final List<Made> made = new ArrayList<>();
    private final Set<String> deleted = new HashSet<>();
    private final AtomicInteger changed = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final int every = Math.max(1, people.contacts() / people.largest());

    List<Callable<Boolean>> tasks(URI url, String token) {
      var tasks = new ArrayList<Callable<Boolean>>();
      for (int writer = 0; writer < 4; writer++) {
        int number = writer;
        tasks.add(() -> {
          var random = new Random(number);
          try (var client = new SparkClient(url, token)) {
            while (!over.get()) {
              var id = people.get(random.nextInt(people.contacts() / every) * every).id();
              switch (number) {
                case 0, 1 -> make(client, random.nextLong());
                case 2 -> change(client, id, random.nextInt());
                default -> delete(client, id);
              }
            }
          }
          return true;
        });
      }
      return tasks;
    }

    private void make(SparkClient client, long number) throws IOException {
      var answer =
          client.send(
              "POST",
              "/v1/contacts",
              bytes(
                  "{\"D\":{\"DisplayName\":\"New one\",\"PrimaryEmail\":\"new%d@example.org\"}}"
                      .formatted(number)));
      if (answer.status() != 201) {
        throw new IllegalStateException(answer.text());
      }
      var id = Json.tree(answer.text()).path("D").path("Results").path(0).path("Id").stringValue();
      synchronized (this) {
        made.add(new Made(id, System.nanoTime()));
      }
    }

    private void change(SparkClient client, String id, int number) throws IOException {
      var body = bytes("{\"D\":{\"FamilyName\":\"Aaa%d\"}}".formatted(number));
      if (stood(client.send("PUT", "/v1/contacts/" + id, body))) {
        changed.incrementAndGet();
      }
    }

    private void delete(SparkClient client, String id) throws IOException {
      // Whether a walk finds it from here on is open.
      synchronized (this) {
        deleted.add(id);
      }
      stood(client.send("DELETE", "/v1/contacts/" + id, new byte[0]));
    }

    private boolean stood(SparkClient.Answer answer) {
      if (answer.status() != 200 && answer.status() != 404) {
        throw new IllegalStateException(answer.text());
      }
      return answer.status() == 200;
    }

    /// Those that must have been found: all that stood when the last page was asked for.
    synchronized Set<String> expected(long before) {
      var ids = new HashSet<String>();
      for (int n = 0; n < people.contacts(); n += every) {
        ids.add(people.get(n).id());
      }
      made.stream().filter(m -> m.at() < before).map(Made::id).forEach(ids::add);
      ids.removeAll(deleted);
      return ids;
    }

    void end() {
      over.set(true);
    }

    String words() {
      return "made %s, changed %s and deleted %s"
          .formatted(
              Page.number(made.size()), Page.number(changed.get()), Page.number(deleted.size()));
    }
  }

  /// Walks by `_skiptoken`, again and again, while others make, change and delete contacts of the
  /// same owner.
  private void walk(Page out, String engine, URI url) throws Exception {
    var token = token(People.owner(0), false);
    var writers = new Writers();
    var times = new Times();
    var walks = new AtomicInteger();
    var found = new AtomicLong();
    var missing = new AtomicLong();
    var repeated = new AtomicLong();
    var tasks = new ArrayList<>(writers.tasks(url, token));
    tasks.add(() -> {
      try (var client = new SparkClient(url, token)) {
        long began = System.nanoTime();
        while ((System.nanoTime() - began) / 1e9 < WALKED_SECONDS) {
          var walked = new ArrayList<String>();
          long last = 0;
          for (var next = ""; next != null; ) {
            last = System.nanoTime();
            var answer =
                client.get("/v1/contacts?_limit=25&_select=DisplayName&_skiptoken=" + next);
            var d = Json.tree(answer.text()).path("D");
            d.path("Results").forEach(r -> walked.add(r.path("Id").stringValue()));
            next = d.path("SkipToken").isString() ? d.path("SkipToken").stringValue() : null;
            times.add(answer.nanos());
          }
          var seen = new HashSet<>(walked);
          missing.addAndGet(
              writers.expected(last).stream().filter(id -> !seen.contains(id)).count());
          repeated.addAndGet(walked.size() - seen.size());
          found.addAndGet(walked.size());
          walks.incrementAndGet();
        }
      } finally {
        writers.end();
      }
      return true;
    });
    all(tasks);
    out.words(
        ("%d walks of %s pages in all by `_skiptoken` through the owner of %s, while four clients"
             + " %s of the same owner's: %s found; of all that stood when a walk asked for its last"
             + " page %d missing, %d twice. A page took %s ms, p99 %s ms.")
            .formatted(
                walks.get(),
                Page.number(times.count()),
                Page.number(people.largest()),
                writers.words(),
                Page.number(found.get()),
                missing.get(),
                repeated.get(),
                Page.millis(times.quantile(0.5)),
                Page.millis(times.quantile(0.99))));
    aim(
        engine,
        "walks while others write: none missing, none twice",
        missing + " missing, " + repeated + " twice",
        missing.get() == 0 && repeated.get() == 0);
  }

  /// How long the hub reads long filters, once warm.
  private void parse(Page out, String engine) throws IOException {
    say(engine + ": reading filters");
    out.table(1, "reading a filter, us", "characters", "p50", "p99");
    double slowest = 0;
    for (var entry : hub.ask("parse").properties()) {
      var times = entry.getValue();
      out.row(
          entry.getKey(),
          Page.number(times.path("characters").intValue()),
          Page.number(times.path("p50").doubleValue()),
          Page.number(times.path("p99").doubleValue()));
      slowest = Math.max(slowest, times.path("p50").doubleValue());
    }
    out.endTable();
    aim(
        engine,
        "1,000 characters of a filter are read in less than 50 us once warm",
        "at most " + Page.number(slowest) + " us",
        slowest < 50);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Exports one owner's, then all, in pages of 1,000, and looks at the heap meanwhile.
  private void export(Page out, String engine, URI url) throws IOException {
    out.table(
        1,
        "export",
        "contacts",
        "contacts/s",
        "MB/s",
        "page p99, ms",
        "heap before, MB",
        "heap meanwhile, at most, MB");
    double growth = 0;
    for (boolean everything : new boolean[] {false, true}) {
      var token = token(everything ? "mls" : People.owner(0), true);
      double before = hub.ask("heap").path("used").doubleValue() / 1e6;
      double most = 0;
      long contacts = 0;
      long bytes = 0;
      long nanos = 0;
      int expected = everything ? people.contacts() : people.largest();
      var times = new Times();
      try (var client = new SparkClient(url, token)) {
        int looks = 0;
        for (var next = ""; next != null; ) {
          var answer =
              client.get(
                  "/v1/contacts/export"
                      + (everything ? "/all" : "")
                      + "?_limit=1000&_skiptoken="
                      + next);
          if (answer.status() != 200) {
            throw new IllegalStateException(answer.text());
          }
          var d = Json.tree(answer.text()).path("D");
          next = d.path("SkipToken").isString() ? d.path("SkipToken").stringValue() : null;
          contacts += d.path("Results").size();
          bytes += answer.body().length;
          nanos += answer.nanos();
          times.add(answer.nanos());
          if (contacts >= (long) expected * (looks + 1) / (HEAP_LOOKS + 1)) {
            looks++;
            most = Math.max(most, hub.ask("heap").path("used").doubleValue() / 1e6);
          }
        }
      }
      double seconds = nanos / 1e9;
      out.row(
          everything ? "all accounts" : "the owner of " + Page.number(people.largest()),
          Page.number(contacts),
          Page.number(contacts / seconds),
          Page.number(bytes / seconds / 1e6),
          Page.millis(times.quantile(0.99)),
          Page.number(before),
          Page.number(most));
      growth = Math.max(growth, most - before);
    }
    out.endTable();
    aim(
        engine,
        "export with flat memory (what lives in the heap grows by less than 10 MB)",
        Page.number(growth) + " MB",
        growth < 10);
  }

  private void sizes(Page out) throws IOException {
    var sizes = hub.ask("sizes");
    out.table(1, "bytes per contact", "");
    sizes
        .propertyStream()
        .forEach(e -> out.row("`" + e.getKey() + "`", Page.number(e.getValue().doubleValue())));
    out.endTable();
  }
}
