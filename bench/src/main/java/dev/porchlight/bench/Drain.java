package dev.porchlight.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;

/// How an outage's backlog goes out, beside new leads: few of them, and very many.
final class Drain {
  private static final int LINES = 128;

  /// New leads a second.
  private static final List<Integer> RATES = List.of(20, 100);

  private static final String WORDS =
      """
      %s deliveries, each in a lane of its own, wait for one endpoint whose receiver is back; it \
      answers 204 at once. *Free* is how fast what waits for another endpoint, %s, goes out for as \
      long while nothing else is done. Meanwhile, and in between without the backlog, leads come to \
      a hundred other endpoints: their *way* is from the 200 at the sender to the arrival at the \
      receiver. Figures are medians over %d pairs in turns, %d s each; ratio and shift are taken \
      within each pair first. Between pairs the endpoint is disabled. Measured by \
      `bench/run --deliveries --only drain`.
      """;

  private final DoorsHub hub;
  private final Side side;
  private final Backlog backlog;
  private final int pairs;
  private final int seconds;
  private final boolean whole;

  Drain(DoorsHub hub, Side side, Backlog backlog, int pairs, int seconds, boolean whole) {
    this.hub = hub;
    this.side = side;
    this.backlog = backlog;
    this.pairs = Math.min(pairs, (backlog.small.size() - 1) / RATES.size());
    this.seconds = seconds;
    this.whole = whole;
  }

  /// What goes out a second, and the hub's processor time for each, in microseconds.
  private record Rate(double perSecond, double cost) {}

  /// Pairs with as many new leads a second.
  private record Measured(int leads, Pairs pairs, List<Rate> free, List<Rate> drained) {
    double ratio() {
      var ratios = new double[free.size()];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = drained.get(i).perSecond() / free.get(i).perSecond();
      }
      return Pairs.median(ratios);
    }
  }

  Page run(String engine) throws Exception {
    DeliveriesRun.say("warming up");
    var small = backlog.small.iterator();
    var _ = free(small);
    load(RATES.getLast());
    var all = new ArrayList<Measured>();
    for (int leads : RATES) {
      all.add(measure(leads, small));
    }
    var page = new Page();
    page.title("The backlog of an outage, with " + engine);
    page.words(
        WORDS.formatted(
            Page.number(backlog.size),
            Page.number(Math.min(backlog.size, Backlog.SMALL)),
            pairs,
            seconds));
    page.table(
        0,
        "new leads a second",
        "free, deliveries/s",
        "the backlog, deliveries/s",
        "ratio",
        "at least 0.80",
        "processor time each, free, µs",
        "of the backlog, µs");
    for (var m : all) {
      page.row(
          Page.number(m.leads()),
          Page.number(median(m.free(), Rate::perSecond)),
          Page.number(median(m.drained(), Rate::perSecond)),
          Page.share(m.ratio()),
          m.ratio() >= 0.8 ? "met" : "**not met**",
          Page.number(median(m.free(), Rate::cost)),
          Page.number(median(m.drained(), Rate::cost)));
    }
    page.endTable();
    page.words(
        "Processor time is the hub's, without what the new leads take alone; the database server's"
            + " is not in it. Senders, receiver and new leads share the processors with the backlog"
            + " and not with what is free: the rows below say how much of them they take alone.");
    for (var m : all) {
      page.table(
          1,
          Page.number(m.leads()) + " new leads a second, in ms",
          "alone",
          "beside the backlog",
          "shift",
          "");
      m.pairs().row(page, "way, p50", "way50", "");
      m.pairs().row(page, "way, p99", "way99", "");
      m.pairs().row(page, "200, p50", "p50", "");
      m.pairs().row(page, "200, p99", "p99", "");
      m.pairs().processors(page);
      page.endTable();
      page.words("Missing of the new leads: " + Page.number(m.pairs().beside("missing")) + ".");
    }
    if (whole) {
      page.words(whole());
    }
    return page;
  }

  private Measured measure(int leads, Iterator<String> small) throws Exception {
    var free = new ArrayList<Rate>();
    var out = new ArrayList<long[]>();
    long[] begun = new long[2];
    var measured =
        Pairs.run(
            pairs,
            () -> load(leads),
            () -> {
              free.add(free(small));
              hub.disable(backlog.outage, false);
              begun[0] = seen();
              begun[1] = System.nanoTime();
            },
            () -> {
              out.add(new long[] {seen() - begun[0], System.nanoTime() - begun[1]});
              hub.disable(backlog.outage, true);
              quiet(backlog.outage);
              if (left() == 0) {
                throw new IllegalStateException("the backlog is too small: all of it is out");
              }
            });
    var drained = new ArrayList<Rate>();
    for (int i = 0; i < pairs; i++) {
      double took = out.get(i)[1] / 1e9;
      double count = out.get(i)[0] - leads * took;
      var beside = measured.besides().get(i);
      double plain = measured.plains().get(i).path("hub1").doubleValue();
      double ofLeads = plain * beside.path("seconds").doubleValue();
      drained.add(
          new Rate(count / took, (beside.path("hub").doubleValue() - ofLeads) * 1000 / count));
      DeliveriesRun.say(
          "  free at "
              + Page.number(free.get(i).perSecond())
              + "/s, drained at "
              + Page.number(count / took)
              + "/s");
    }
    return new Measured(leads, measured, free, drained);
  }

  private static double median(List<Rate> all, ToDoubleFunction<Rate> figure) {
    return Pairs.median(all.stream().mapToDouble(figure).toArray());
  }

  private JsonNode load(int leads) throws IOException {
    return side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, seconds * 1000, leads, 1);
  }

  private long seen() throws IOException {
    return side.ask("seen").path("seen").longValue();
  }

  /// The next of the small backlogs, with nothing beside it.
  private Rate free(Iterator<String> small) throws Exception {
    var endpoint = small.next();
    long before = seen();
    int size = Math.min(backlog.size, Backlog.SMALL);
    long began = System.nanoTime();
    long used = Pairs.processor();
    hub.disable(endpoint, false);
    long end = began + seconds * 1_000_000_000L;
    while (seen() - before < size && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    long count = seen() - before;
    var rate =
        new Rate(
            count / ((System.nanoTime() - began) / 1e9),
            (Pairs.processor() - used) / 1000.0 / count);
    hub.disable(endpoint, true);
    quiet(endpoint);
    return rate;
  }

  private void quiet(String endpoint) throws InterruptedException {
    DoorsHub.await(
        "attempts under way to end",
        () ->
            hub.count(
                    "SELECT COUNT(*) FROM lane WHERE owner IS NOT NULL AND endpoint_id = '"
                        + endpoint
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
        side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, 2000, RATES.getLast(), 1);
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
