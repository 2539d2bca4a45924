package dev.porchlight.bench;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/// Measures lists of contacts of the Spark door where there are very many: each question over HTTP
/// with a key, the same asked of the store directly, and the same SQL written by hand, in turns.
/// Then walks through all of one owner's contacts while others write, and exports.
final class SparkContacts {
  private static final int BLOCKS = 5;
  private static final int HEAP_LOOKS = 5;

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
        knows the tables, run as the hub runs its reads, all columns and bodies read (*by hand*). \
        What HTTP adds is the server, the key, and the answer as JSON. %s
        """
            .formatted(
                Page.number(people.contacts()),
                people.owners(),
                Page.number(people.largest()),
                asked,
                Page.number(people.largest()),
                asked,
                ContactCase.LIMIT,
                machine));
    page.table(2, "engine", "aim", "found", "");
    aims.forEach(page::row);
    page.endTable();
    return page + "\n" + measured.toString().strip() + "\n";
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
    for (var one : all) {
      say(engine + ": " + one.name());
      largest.put(one, ask(url, all.indexOf(one), one, true));
      others.put(one, ask(url, all.indexOf(one), one, false));
    }
    out.words("### Questions, " + engine);
    table(out, engine, "an owner of " + Page.number(people.largest()), largest);
    table(out, engine, "an owner of about a thousand", others);
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
    int warmUp = asked / 4;
    http(url, one, largest, 99, warmUp, new Times());
    hub.ask("store", number, largest, 99, warmUp);
    hub.ask("hand", number, largest, 99, warmUp);
    for (int block = 0; block < BLOCKS; block++) {
      http(url, one, largest, block, asked / BLOCKS, found.http());
      add(found.store(), hub.ask("store", number, largest, block, asked / BLOCKS));
      add(found.hand(), hub.ask("hand", number, largest, block, asked / BLOCKS));
    }
    return found;
  }

  private static void add(Times times, JsonNode answer) {
    answer.path("nanos").forEach(n -> times.add(n.longValue()));
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

  /// Walks by `_skiptoken` while two make, one changes and one deletes contacts of the same owner.
  private void walk(Page out, String engine, URI url) throws Exception {
    var owner = People.owner(0);
    var token = token(owner, false);
    var over = new AtomicBoolean();
    var deleted = new HashSet<String>();
    var made = new ArrayList<String>();
    var times = new Times();
    var walked = new ArrayList<String>();
    int every = Math.max(1, people.contacts() / people.largest());
    int[] writes = new int[4];
    var tasks = new ArrayList<Callable<Boolean>>();
    for (int writer = 0; writer < 4; writer++) {
      int number = writer;
      tasks.add(() -> {
        var random = new Random(number);
        try (var client = new SparkClient(url, token)) {
          while (!over.get()) {
            int n = random.nextInt(people.contacts() / every) * every;
            var id = people.get(n).id();
            var path = "/v1/contacts/" + id;
            var answer =
                switch (number) {
                  case 0, 1 ->
                      client.send(
                          "POST",
                          "/v1/contacts",
                          bytes(
                              "{\"D\":{\"DisplayName\":\"New one\",\"PrimaryEmail\":\"new"
                                  + random.nextLong()
                                  + "@example.org\"}}"));
                  case 2 ->
                      client.send(
                          "PUT",
                          path,
                          bytes("{\"D\":{\"FamilyName\":\"Aaa" + random.nextInt() + "\"}}"));
                  default -> client.send("DELETE", path, new byte[0]);
                };
            if (number == 3 && answer.status() == 200) {
              deleted.add(id);
            } else if (number < 2 && answer.status() == 201) {
              synchronized (made) {
                made.add(
                    Json.tree(answer.text())
                        .path("D")
                        .path("Results")
                        .path(0)
                        .path("Id")
                        .stringValue());
              }
            } else if (answer.status() != 200 && answer.status() != 404) {
              throw new IllegalStateException(answer.text());
            }
            writes[number]++;
          }
        }
        return true;
      });
    }
    tasks.add(() -> {
      try (var client = new SparkClient(url, token)) {
        for (var next = ""; next != null; ) {
          var answer = client.get("/v1/contacts?_limit=25&_select=DisplayName&_skiptoken=" + next);
          var d = Json.tree(answer.text()).path("D");
          d.path("Results").forEach(r -> walked.add(r.path("Id").stringValue()));
          next = d.path("SkipToken").isString() ? d.path("SkipToken").stringValue() : null;
          times.add(answer.nanos());
        }
      } finally {
        over.set(true);
      }
      return true;
    });
    all(tasks);
    var seen = new HashSet<>(walked);
    long missing = 0;
    for (int n = 0; n < people.contacts(); n += every) {
      var id = people.get(n).id();
      missing += seen.contains(id) || deleted.contains(id) ? 0 : 1;
    }
    int repeated = walked.size() - seen.size();
    out.words(
        ("A walk of %s pages by `_skiptoken` through the owner of %s, while four clients made %s,"
             + " changed %s and deleted %s of the same owner's: %s contacts found, %d missing, %d"
             + " twice. A page took %s ms, p99 %s ms.")
            .formatted(
                Page.number(times.count()),
                Page.number(people.largest()),
                Page.number(made.size()),
                Page.number(writes[2]),
                Page.number(deleted.size()),
                Page.number(walked.size()),
                missing,
                repeated,
                Page.millis(times.quantile(0.5)),
                Page.millis(times.quantile(0.99))));
    aim(
        engine,
        "a walk while others write: none missing, none twice",
        missing + " missing, " + repeated + " twice",
        missing == 0 && repeated == 0);
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
