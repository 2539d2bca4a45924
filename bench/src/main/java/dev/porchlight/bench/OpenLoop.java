package dev.porchlight.bench;

import java.io.IOException;
import java.util.List;

/// Leads that come at a rate of their own, whatever the answers do: what a sender sees of the hub's
/// pauses.
final class OpenLoop implements Section {
  private static final int LINES = 512;
  private static final double STEADY = 1000;
  private static final double SHARE = 0.7;

  @Override
  public void round(Bed bed) throws IOException {
    var figures = bed.figures();
    double most = 0;
    for (int n : Plan.CONNECTIONS) {
      most = Math.max(most, figures.last(bed.name("T " + n + " rate")));
    }
    measure(bed, "open 1000", STEADY);
    measure(bed, "open 70", most * SHARE);
    figures.note(bed.name("open 70 aim"), most * SHARE);
  }

  private static void measure(Bed bed, String name, double rate) throws IOException {
    var before = bed.counters();
    var result = bed.open(LINES, bed.plan().open(), rate);
    var after = bed.counters();
    bed.server().ask("decided");
    var figures = bed.figures();
    figures.noteLoad(bed.name(name), result);
    figures.note(bed.name(name + " late99"), result, "late99");
    figures.note(bed.name(name + " refused"), result, "refused");
    figures.note(bed.name(name + " owed"), Bed.grown(before, after, "owed"));
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    page.title("Accepting, at a rate of the senders' own");
    page.words(
        """
        Leads begin on time whatever the answers do, over up to %d connections, and their times \
        count from the moment at which each *should* have begun: a pause shows in all that should \
        have been sent during it. *Late* is by how much the load itself began after that moment, \
        at its p99; it is part of the times.
        """
            .formatted(LINES));
    page.table(2, "engine", "rate", "leads/s", "p50, ms", "p99, ms", "late, ms", "refused", "owed");
    for (var engine : engines) {
      for (var name : List.of("open 1000", "open 70")) {
        var full = engine + " " + name;
        page.row(
            engine,
            name.equals("open 1000")
                ? "1,000/s"
                : "70 % of the maximum, " + Page.number(figures.median(full + " aim")) + "/s",
            Page.number(figures.median(full + " rate")),
            Page.millis(figures.median(full + " p50")),
            Page.millis(figures.median(full + " p99")),
            Page.millis(figures.median(full + " late99")),
            Page.number(figures.sum(full + " refused")),
            Page.number(figures.sum(full + " owed")));
      }
    }
    page.endTable();
  }

  @Override
  public List<Direction> directions(Figures figures, String engine) {
    double p99 = figures.median(engine + " open 1000 p99");
    double most = 3 * figures.median(engine + " L p99") + 10_000;
    return List.of(
        new Direction(
            "p99 at 1,000 leads/s at most 3 x L99 + 10 ms (" + Page.millis(most) + " ms)",
            Page.millis(p99) + " ms",
            p99 <= most));
  }
}
