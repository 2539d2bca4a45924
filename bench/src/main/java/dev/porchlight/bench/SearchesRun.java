package dev.porchlight.bench;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Filter;
import dev.porchlight.filter.Value;
import dev.porchlight.geo.Shapes;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.value.Draw;
import dev.porchlight.watch.FeedBlock;
import dev.porchlight.watch.Happening;
import dev.porchlight.watch.ListingAttributes;
import dev.porchlight.watch.Matcher;
import dev.porchlight.watch.Watchable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;

/// Matching listings against very many searches, alone: `bench/run --searches`. What is made up is
/// told on the page.
public final class SearchesRun {
  private static final int PLACES = 2000;
  private static final int METROS = 40;
  private static final int WARM = 1000;
  private static final int LOOKUPS = 5000;
  private static final int ORACLE = 10;
  private static final int PER_SECOND = 80;
  private static final int FIRST = 160;
  private static final int EVENTS = 1600;
  private static final int FEEDS = 1000;
  private static final int PAGE = 200;
  private static final String ROOT = "20260314093000000000000000";
  private static final Instant NOW = Instant.parse("2026-03-14T09:30:00Z");

  private final Random random = new Random(11);
  private final double[] upTo = new double[PLACES];
  private final Page page = new Page();

  private SearchesRun() {
    // Metros are 10 to 50 times as dense as other places.
    double sum = 0;
    for (int i = 0; i < PLACES; i++) {
      sum += i < METROS ? 10 + random.nextInt(41) : 1;
      upTo[i] = sum;
    }
  }

  /// Runs it.
  public static void main(String[] arguments) throws Exception {
    var sizes = new ArrayList<Integer>();
    var out = Path.of("docs/benchmarks.md");
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--searches", "--no-build" -> {}
        case "--out" -> out = Path.of(arguments[++i]);
        default -> sizes.add(Integer.valueOf(arguments[i]));
      }
    }
    var part = new SearchesRun().run(sizes.isEmpty() ? List.of(100_000, 1_000_000) : sizes);
    new Parts(Path.of("bench/parts")).put("searches", part, out);
    System.out.println(part);
  }

  private String run(List<Integer> sizes) throws Exception {
    page.title("Matching listings against saved searches");
    page.words(
        """
        Written by `bench/run --searches`. One account root, %d cities, %d of them 10 to 50 times \
        as dense as the rest, for searches and listings alike. Of the searches 1 %% name no place, \
        10 %% a shape (4 %% a radius of 1 to 3 miles, 4 %% a polygon of 5 to 40 corners, 2 %% a \
        rectangle some 5 km wide), 20 %% postal codes, the rest a \
        city and its state; all name a range of prices and a status, most a type and the least \
        number of bedrooms, 5 %% words of the remarks, for which a filter has to be read. A lookup \
        takes one listing, as it is once: a change costs two. *Written* is the way from a moment \
        at which a change is due, %d a second, to the block of its feeds on disk (SQLite, synced): \
        two lookups and a block that is filled up to %d feeds, what came meanwhile in one commit; \
        without HTTP, and without reading the change back from the log. What is found among 100,000 is held against asking %d listings \
        one filter after the other. One thread, warm. %s, %d kB of heap at most; load average \
        %s.
        """
            .formatted(
                PLACES,
                METROS,
                PER_SECOND,
                FEEDS,
                ORACLE,
                "Measured "
                    + java.time.LocalDate.now(java.time.ZoneOffset.UTC)
                    + " on "
                    + Machine.line("/proc/cpuinfo", "model name")
                    + ", "
                    + Runtime.getRuntime().availableProcessors()
                    + " cores",
                Runtime.getRuntime().maxMemory() / 1024,
                Files.readString(Path.of("/proc/loadavg")).strip()));
    page.table(
        1,
        "searches",
        "put in, s",
        "bytes each",
        "met, mean",
        "lookup p50, ms",
        "p99, ms",
        "longest, ms",
        "written p50, ms",
        "p99, ms",
        "at most 50 ms at p99");
    for (int size : sizes) {
      size(size);
    }
    page.endTable();
    return page.toString();
  }

  private void size(int size) throws Exception {
    long before = used();
    var matcher = new Matcher();
    var kept = new ArrayList<String>();
    long from = System.nanoTime();
    for (int n = 0; n < size; n++) {
      var filter = filter();
      matcher.put(id(n), ROOT, filter, NOW);
      if (size <= 100_000) {
        kept.add(filter);
      }
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    long memory = used() - before;
    for (int n = 0; n < WARM; n++) {
      matcher.find(ROOT, listing(), NOW);
    }
    var times = new long[LOOKUPS];
    long met = 0;
    for (int n = 0; n < LOOKUPS; n++) {
      var listing = listing();
      long start = System.nanoTime();
      met += matcher.find(ROOT, listing, NOW).size();
      times[n] = System.nanoTime() - start;
    }
    Arrays.sort(times);
    if (!kept.isEmpty()) {
      check(matcher, kept);
    }
    var written = written(matcher);
    page.row(
        Page.number(size),
        "%.1f".formatted(seconds),
        Page.number(memory / (double) size),
        "%.0f".formatted(met / (double) LOOKUPS),
        millis(times, 0.5),
        millis(times, 0.99),
        millis(times, 1),
        millis(written, 0.5),
        millis(written, 0.99),
        written[(int) (written.length * 0.99) - 1] <= 50_000_000L ? "met" : "**not met**");
  }

  private static String millis(long[] sorted, double share) {
    return "%.2f".formatted(sorted[Math.max(0, (int) (sorted.length * share) - 1)] / 1e6);
  }

  private static String id(int n) {
    return "202603140930000000%08d".formatted(n);
  }

  private static long used() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void check(Matcher matcher, List<String> filters) {
    var evaluators =
        filters.stream()
            .map(f ->
                Evaluator.of(
                    Filter.parse(f, ListingAttributes.CATALOGUE, NOW).expression(),
                    Shapes.GEOMETRY))
            .toList();
    for (int n = 0; n < ORACLE; n++) {
      var listing = listing();
      var wanted = new TreeSet<String>();
      for (int i = 0; i < evaluators.size(); i++) {
        if (evaluators.get(i).matches(listing)) {
          wanted.add(id(i));
        }
      }
      if (!matcher.find(ROOT, listing, NOW).equals(wanted)) {
        throw new IllegalStateException("the index finds other searches than their filters do");
      }
    }
  }

  /// From when each change was due to its block on disk; the first two seconds are not counted.
  private long[] written(Matcher matcher) throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("porchlight-searches");
    var times = new long[FIRST + EVENTS];
    try (var store = new EngineStore(SqliteEngine.open(folder, Clock.systemUTC()))) {
      long begin = System.nanoTime();
      int done = 0;
      while (done < times.length) {
        if (System.nanoTime() < due(begin, done)) {
          Thread.sleep(1);
          continue;
        }
        // What came meanwhile is written together, as the hub does.
        var blocks = new ArrayList<FeedBlock>();
        int first = done;
        while (done < times.length
            && due(begin, done) <= System.nanoTime()
            && done - first < PAGE) {
          blocks.add(block(matcher, ++done));
        }
        int to = done;
        store.write(
            WorkQueue.EVENTS,
            batch -> {
              FeedBlock.put(batch, blocks, to);
              return true;
            });
        long now = System.nanoTime();
        for (int n = first; n < done; n++) {
          times[n] = now - due(begin, n);
        }
      }
    } finally {
      StartUp.delete(folder);
    }
    var counted = Arrays.copyOfRange(times, FIRST, times.length);
    Arrays.sort(counted);
    return counted;
  }

  private static long due(long begin, int n) {
    return begin + n * 1_000_000_000L / PER_SECOND;
  }

  private FeedBlock block(Matcher matcher, int seq) {
    var all = new HashSet<>(matcher.find(ROOT, listing(), NOW));
    all.addAll(matcher.find(ROOT, listing(), NOW));
    for (int more = 0; all.size() < FEEDS; more++) {
      all.add(id(more));
    }
    var entries =
        all.stream()
            .map(id -> new FeedBlock.Entry(id, List.of(Happening.NEW), true, true))
            .toList();
    return FeedBlock.of(seq, ROOT, Draw.fresh(NOW, 0).digits(), NOW, "{}", entries);
  }

  private int place() {
    double at = random.nextDouble() * upTo[PLACES - 1];
    int found = Arrays.binarySearch(upTo, at);
    return Math.min(PLACES - 1, found < 0 ? -found - 1 : found);
  }

  private static double latitude(int place) {
    return 25 + place / 100 * 1.2;
  }

  private static double longitude(int place) {
    return -120 + place % 100 * 0.5;
  }

  private int price() {
    return (int) (150_000 * Math.exp(random.nextGaussian() * 0.6 + 0.9)) / 1000 * 1000;
  }

  private String filter() {
    var text = new StringBuilder();
    int place = place();
    double kind = random.nextDouble();
    if (kind >= 0.01) {
      if (kind < 0.11) {
        text.append("Location Eq ").append(shape(place)).append(" And ");
      } else if (kind < 0.31) {
        text.append("PostalCode Eq '%s','%s' And ".formatted(postal(place), postal(place)));
      } else {
        text.append(
            "City Eq 'City %d' And StateOrProvince Eq 'S%d' And ".formatted(place, place % 50));
      }
    }
    int low = price();
    text.append("ListPrice Bt %d,%d And MlsStatus Eq 'Active'".formatted(low, low * 3 / 2));
    if (random.nextInt(10) < 7) {
      text.append(" And PropertyType Eq 'Residential'");
    }
    if (random.nextInt(10) < 6) {
      text.append(" And BedsTotal Ge ").append(2 + random.nextInt(3));
    }
    if (random.nextInt(20) == 0) {
      text.append(" And PublicRemarks Eq contains('garden')");
    }
    return text.toString();
  }

  private String shape(int place) {
    double latitude = latitude(place) + random.nextDouble() * 0.25;
    double longitude = longitude(place) + random.nextDouble() * 0.25;
    int kind = random.nextInt(5);
    if (kind < 2) {
      return "radius('%.4f %.4f',%.1f)".formatted(latitude, longitude, 1 + random.nextDouble() * 2);
    }
    if (kind == 2) {
      return "rectangle('%.4f %.4f,%.4f %.4f')"
          .formatted(latitude, longitude, latitude + 0.05, longitude + 0.06);
    }
    var corners = new StringBuilder();
    int count = 5 + random.nextInt(36);
    for (int i = 0; i < count; i++) {
      double turn = 2 * Math.PI * i / count;
      double out = 0.01 + random.nextDouble() * 0.03;
      corners.append(
          "%s%.5f %.5f"
              .formatted(
                  i == 0 ? "" : ",",
                  latitude + out * Math.sin(turn),
                  longitude + out * Math.cos(turn)));
    }
    return "polygon('" + corners + "')";
  }

  private String postal(int place) {
    return "%05d".formatted(place * 20 + random.nextInt(place < METROS ? 20 : 3));
  }

  private Function<String, Value> listing() {
    int place = place();
    Map<String, Value> values = new HashMap<>();
    values.put("City", Value.text("City " + place));
    values.put("StateOrProvince", Value.text("S" + place % 50));
    values.put("PostalCode", Value.text(postal(place)));
    values.put("Latitude", decimal("%.5f".formatted(latitude(place) + random.nextDouble() * 0.25)));
    values.put(
        "Longitude", decimal("%.5f".formatted(longitude(place) + random.nextDouble() * 0.25)));
    values.put("ListPrice", decimal(Integer.toString(price())));
    values.put("MlsStatus", Value.text(random.nextInt(4) == 0 ? "Pending" : "Active"));
    values.put("PropertyType", Value.text(random.nextInt(4) == 0 ? "Land" : "Residential"));
    values.put("BedsTotal", decimal(Integer.toString(1 + random.nextInt(5))));
    values.put("PublicRemarks", Value.text("A house with a view, a garden and two doors"));
    return Watchable.of(name -> values.getOrDefault(name, Value.UNSET));
  }

  private static Value decimal(String text) {
    return new Value.Decimal(new BigDecimal(text));
  }
}
