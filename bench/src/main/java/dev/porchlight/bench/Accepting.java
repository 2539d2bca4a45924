package dev.porchlight.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Leads accepted as fast as they can be, by number of connections, beside S and H.
final class Accepting implements Section {
  @Override
  public void round(Bed bed) throws IOException {
    var figures = bed.figures();
    var all = Plan.CONNECTIONS;
    for (int turn = 0; turn < all.size(); turn++) {
      int n = all.get((turn + bed.round()) % all.size());
      figures.noteLoad(bed.name("S " + n), bed.server().ask("direct", n, bed.plan().run()));
      if (bed.first()) {
        figures.noteLoad("H " + n, bed.load(bed.bare(), n, bed.plan().run()));
      }
      var before = bed.counters();
      var result = bed.load(bed.url(), n, bed.plan().run());
      var after = bed.counters();
      bed.server().ask("decided");
      double leads = Math.max(1, result.path("answered").doubleValue());
      var t = bed.name("T " + n);
      figures.noteLoad(t, result);
      figures.note(t + " refused", result, "refused");
      figures.note(t + " owed", Bed.grown(before, after, "owed"));
      figures.note(t + " syncs", Bed.grown(before, after, "batches") / leads);
      figures.note(t + " cpu", Bed.micros(before, after, "cpu") / leads);
      figures.note(t + " database", Bed.micros(before, after, "database") / leads);
      double s = figures.last(bed.name("S " + n + " rate"));
      double h = figures.last("H " + n + " rate");
      figures.note(t + " together", s == 0 || h == 0 ? 0 : 1 / (1 / s + 1 / h));
    }
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    page.title("Accepting, as fast as it goes");
    page.words(
        "A lead is a full BuyerLead of "
            + Sample.size()
            + """
             bytes with an id of its own; three of four are by a person of their own. Accepted \
            means: answered 200, which is after the sync. *S + H* is 1/(1/S + 1/H): what the same \
            processor could do if it did one after the other.
            """);
    page.table(
        1,
        "engine",
        "connections",
        "leads/s",
        "to S",
        "to H",
        "to S + H",
        "S/s",
        "H/s",
        "spread of leads/s");
    for (var engine : engines) {
      for (int n : Plan.CONNECTIONS) {
        var t = engine + " T " + n;
        page.row(
            engine,
            "" + n,
            Page.number(figures.median(t + " rate")),
            Page.share(figures.ratio(t + " rate", engine + " S " + n + " rate")),
            Page.share(figures.ratio(t + " rate", "H " + n + " rate")),
            Page.share(figures.ratio(t + " rate", t + " together")),
            Page.number(figures.median(engine + " S " + n + " rate")),
            Page.number(figures.median("H " + n + " rate")),
            Page.number(figures.spread(t + " rate") * 100) + " %");
      }
    }
    page.endTable();
    page.words("Times from the first byte sent to the whole answer, in milliseconds:");
    page.table(
        1,
        "engine",
        "connections",
        "p50 to L's p50",
        "p50",
        "p99",
        "S p50",
        "S p99",
        "H p50",
        "H p99");
    for (var engine : engines) {
      for (int n : Plan.CONNECTIONS) {
        var t = engine + " T " + n;
        var s = engine + " S " + n;
        page.row(
            engine,
            "" + n,
            Page.share(figures.ratio(t + " p50", engine + " L p50")),
            Page.millis(figures.median(t + " p50")),
            Page.millis(figures.median(t + " p99")),
            Page.millis(figures.median(s + " p50")),
            Page.millis(figures.median(s + " p99")),
            Page.millis(figures.median("H " + n + " p50")),
            Page.millis(figures.median("H " + n + " p99")));
      }
    }
    page.endTable();
    page.words(
        """
        Processor time is the hub's own; a PostgreSQL server's is counted apart. *Refused* (503) \
        and *owed* (answered 200, decided a little later) are sums over all rounds.
        """);
    page.table(
        1,
        "engine",
        "connections",
        "syncs per lead",
        "processor time per lead, µs",
        "the database server's, µs",
        "refused",
        "owed");
    for (var engine : engines) {
      for (int n : Plan.CONNECTIONS) {
        var t = engine + " T " + n;
        page.row(
            engine,
            "" + n,
            Page.thousandths(figures.median(t + " syncs")),
            Page.number(figures.median(t + " cpu")),
            Page.number(figures.median(t + " database")),
            Page.number(figures.sum(t + " refused")),
            Page.number(figures.sum(t + " owed")));
      }
    }
    page.endTable();
  }

  @Override
  public List<Direction> directions(Figures figures, String engine) {
    var all = new ArrayList<Direction>();
    for (int n : Plan.CONNECTIONS) {
      var t = engine + " T " + n;
      double share = figures.ratio(t + " rate", t + " together");
      all.add(
          new Direction(
              "accepted at " + n + " connections: at least 80 % of 1/(1/S + 1/H)",
              Page.number(share * 100) + " %",
              share >= 0.8));
    }
    double syncs = figures.median(engine + " T 64 syncs");
    all.add(
        new Direction(
            "at most 0.05 syncs per lead at 64 connections",
            Page.thousandths(syncs),
            syncs <= 0.05));
    return all;
  }
}
