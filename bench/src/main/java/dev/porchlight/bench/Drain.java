package dev.porchlight.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// How an outage's backlog goes out, beside new leads.
final class Drain {
  private static final int LINES = 128;
  private static final double RATE = 100;
  private static final String WORDS =
      """
      %s deliveries, each in a lane of its own, wait for one endpoint whose receiver is back; it \
      answers 204 at once. *Free* is how fast %s that wait for another endpoint go out while \
      nothing else is done. Meanwhile, and in between without the backlog, leads come to a hundred \
      other endpoints, %d a second: their *way* is from the 200 at the sender to the arrival at \
      the receiver. Figures are medians over %d pairs in turns, %d s each; ratio and shift are \
      taken within each pair first. Between pairs the endpoint is disabled. Measured by \
      `bench/run --deliveries --only drain`.
      """;

  private final DoorsHub hub;
  private final Side side;
  private final Backlog backlog;
  private final int pairs;
  private final int seconds;
  private final boolean whole;
  private final List<Double> free = new ArrayList<>();
  private final List<Double> drained = new ArrayList<>();

  /// Processor time of the hub for each delivery, in microseconds.
  private final List<Double> freeCost = new ArrayList<>();

  private final List<Double> counts = new ArrayList<>();

  Drain(DoorsHub hub, Side side, Backlog backlog, int pairs, int seconds, boolean whole) {
    this.hub = hub;
    this.side = side;
    this.backlog = backlog;
    this.pairs = Math.min(pairs, backlog.small.size() - 1);
    this.seconds = seconds;
    this.whole = whole;
  }

  Page run(String engine) throws Exception {
    DeliveriesRun.say("warming up");
    var small = backlog.small.iterator();
    free(small);
    load();
    free.clear();
    freeCost.clear();
    long[] seen = new long[1];
    long[] since = new long[1];
    var measured =
        Pairs.run(
            pairs,
            this::load,
            () -> {
              free(small);
              hub.disable(backlog.outage, false);
              seen[0] = seen();
              since[0] = System.nanoTime();
            },
            () -> {
              double took = (System.nanoTime() - since[0]) / 1e9;
              double rate = (seen() - seen[0]) / took - RATE;
              counts.add(rate * took);
              drained.add(rate);
              DeliveriesRun.say("  drained at " + Page.number(rate) + "/s");
              hub.disable(backlog.outage, true);
              quiet();
            });
    var page = new Page();
    page.title("The backlog of an outage, with " + engine);
    page.words(
        WORDS.formatted(
            Page.number(backlog.size),
            Page.number(Math.min(backlog.size, Backlog.SMALL)),
            (int) RATE,
            pairs,
            seconds));
    double[] ratios = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      ratios[i] = drained.get(i) / free.get(i);
    }
    double ratio = Pairs.median(ratios);
    page.table(0, "free, deliveries/s", "the backlog, deliveries/s", "ratio", "at least 0.80");
    page.row(
        Page.number(median(free)),
        Page.number(median(drained)),
        Page.share(ratio),
        ratio >= 0.8 ? "met" : "**not met**");
    page.endTable();
    var costs = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      var beside = measured.besides().get(i);
      double plain = measured.plains().get(i).path("hub1").doubleValue();
      double leads = plain * beside.path("seconds").doubleValue();
      costs[i] = (beside.path("hub").doubleValue() - leads) * 1000 / counts.get(i);
    }
    page.words(
        "Processor time of the hub for each delivery, which hardly depends on what else the machine"
            + " does: "
            + Page.number(median(freeCost))
            + " µs free, "
            + Page.number(Pairs.median(costs))
            + " µs of the backlog, without what the new leads take alone. The database server's is"
            + " not in it. Senders, receiver and new leads share the processors with the backlog"
            + " and not with what is free.");
    page.table(1, "new leads, in ms", "alone", "beside the backlog", "shift", "");
    measured.row(page, "way, p50", "way50", "");
    measured.row(page, "way, p99", "way99", "");
    measured.row(page, "200, p50", "p50", "");
    measured.row(page, "200, p99", "p99", "");
    measured.processors(page);
    page.endTable();
    page.words("Missing of the new leads: " + Page.number(measured.beside("missing")) + ".");
    if (whole) {
      page.words(whole());
    }
    return page;
  }

  private static double median(List<Double> all) {
    return Pairs.median(all.stream().mapToDouble(d -> d).toArray());
  }

  private JsonNode load() throws IOException {
    return side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, seconds * 1000, RATE, 1);
  }

  private long seen() throws IOException {
    return side.ask("seen").path("seen").longValue();
  }

  /// The next of the small backlogs, with nothing beside it.
  private void free(Iterator<String> small) throws Exception {
    var endpoint = small.next();
    long before = seen();
    int size = Math.min(backlog.size, Backlog.SMALL);
    long began = System.nanoTime();
    long used = Pairs.processor();
    hub.disable(endpoint, false);
    long end = began + 120_000_000_000L;
    while (seen() - before < size && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    double rate = (seen() - before) / ((System.nanoTime() - began) / 1e9);
    free.add(rate);
    freeCost.add((Pairs.processor() - used) / 1000.0 / size);
    DeliveriesRun.say("  free at " + Page.number(rate) + "/s");
  }

  private void quiet() throws InterruptedException {
    DoorsHub.await(
        "attempts under way to end",
        () ->
            hub.count(
                    "SELECT COUNT(*) FROM lane WHERE owner IS NOT NULL AND endpoint_id = '"
                        + backlog.outage
                        + "'")
                == 0);
  }

  /// All that is left, until nothing is.
  private String whole() throws Exception {
    long left = left();
    DeliveriesRun.say("draining the rest: " + left);
    long began = System.nanoTime();
    hub.disable(backlog.outage, false);
    var rates = new ArrayList<String>();
    double from = 0;
    for (int quarter = 1; quarter <= 4; quarter++) {
      long until = left * (4 - quarter) / 4;
      while (left() > until) {
        side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, 2000, RATE, 1);
      }
      double now = (System.nanoTime() - began) / 1e9;
      rates.add(Page.number(left / 4.0 / (now - from)));
      from = now;
    }
    return String.format(
        Locale.ROOT,
        "The rest, %,d, went out in %.0f s, while leads came; deliveries/s in each quarter: %s.",
        left,
        from,
        String.join(", ", rates));
  }

  private long left() {
    return hub.count("SELECT COUNT(*) FROM lane WHERE endpoint_id = '" + backlog.outage + "'");
  }
}
