package dev.porchlight.bench;

import java.io.IOException;
import java.util.List;

/// Leads and their deliveries, attempts recorded, to one, three and ten endpoints.
final class Delivering implements Section {
  private static final double MODERATE = 200;

  @Override
  public void round(Bed bed) throws IOException {
    var figures = bed.figures();
    int endpoints = 0;
    for (int fan : Plan.FAN_OUT) {
      for (; endpoints < fan; endpoints++) {
        bed.server().ask("endpoint", bed.receiver() + "/" + endpoints);
      }
      if (fan == 1) {
        calm(bed);
      }
      var before = bed.counters();
      var full = bed.load().ask("follow", bed.url(), bed.key(), 64, bed.plan().deliver(), 0, fan);
      var after = bed.counters();
      double arrived = Math.max(1, full.path("arrived").doubleValue());
      double leads = arrived / fan;
      var f = bed.name("fan " + fan);
      figures.note(f + " rate", full, "rate");
      figures.note(f + " during", full, "during");
      figures.note(f + " deliveries", full, "deliveries");
      figures.note(f + " missing", full, "missing");
      figures.note(f + " twice", full.path("requests").doubleValue() - arrived);
      figures.note(f + " owed", Bed.grown(before, after, "owed"));
      figures.note(f + " syncs", Bed.grown(before, after, "batches") / leads);
      double perLead = Bed.micros(before, after, "cpu") / leads;
      figures.note(f + " cpu", perLead);
      figures.note(f + " each", (perLead - figures.last(bed.name("T 64 cpu"))) / fan);
      figures.note(f + " aim", 1.5 * figures.last("R cpu") + figures.last(bed.name("W cpu")));
    }
  }

  private static void calm(Bed bed) throws IOException {
    var calm = bed.load().ask("follow", bed.url(), bed.key(), 64, bed.plan().open(), MODERATE, 1);
    var figures = bed.figures();
    figures.noteLoad(bed.name("calm"), calm);
    figures.note(bed.name("way p50"), calm, "way50");
    figures.note(bed.name("way p99"), calm, "way99");
    figures.note(bed.name("calm missing"), calm, "missing");
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    page.title("Delivering");
    page.words(
        """
        Endpoints of contract `porchlight`; their receiver answers 204 at once; every attempt is \
        recorded. 64 connections send leads as fast as they are answered, so a backlog grows, and \
        the time counts until the last delivery is there. Processor time per delivery is what a \
        lead takes more than one that is only accepted, by delivery.
        """);
    page.table(
        1,
        "engine",
        "endpoints",
        "deliveries/s until the last",
        "while leads come",
        "leads/s meanwhile",
        "syncs per lead",
        "processor time per lead, µs",
        "per delivery, µs",
        "1.5 x R + W, µs",
        "owed",
        "missing",
        "twice");
    for (var engine : engines) {
      for (int fan : Plan.FAN_OUT) {
        var f = engine + " fan " + fan;
        page.row(
            engine,
            "" + fan,
            Page.number(figures.median(f + " deliveries")),
            Page.number(figures.median(f + " during")),
            Page.number(figures.median(f + " rate")),
            Page.thousandths(figures.median(f + " syncs")),
            Page.number(figures.median(f + " cpu")),
            Page.number(figures.median(f + " each")),
            Page.number(figures.median(f + " aim")),
            Page.number(figures.sum(f + " owed")),
            Page.number(figures.sum(f + " missing")),
            Page.number(figures.sum(f + " twice")));
      }
    }
    page.endTable();
    page.words(
        "From the 200 at the sender to the arrival at the receiver, at "
            + Page.number(MODERATE)
            + " leads/s of the senders' own rate, one endpoint, in milliseconds:");
    page.table(1, "engine", "leads/s", "way p50", "way p99", "200 p50", "200 p99", "missing");
    for (var engine : engines) {
      page.row(
          engine,
          Page.number(figures.median(engine + " calm rate")),
          Page.millis(figures.median(engine + " way p50")),
          Page.millis(figures.median(engine + " way p99")),
          Page.millis(figures.median(engine + " calm p50")),
          Page.millis(figures.median(engine + " calm p99")),
          Page.number(figures.sum(engine + " calm missing")));
    }
    page.endTable();
    for (var engine : engines) {
      page.words(
          "On disk with "
              + engine
              + ": "
              + Page.number(figures.median(engine + " bytes"))
              + " bytes per lead, "
              + Page.share(figures.median(engine + " deliveries per lead"))
              + " deliveries each.");
    }
  }

  @Override
  public List<Direction> directions(Figures figures, String engine) {
    double each = figures.median(engine + " fan 1 each");
    double aim = figures.median(engine + " fan 1 aim");
    double way = figures.median(engine + " way p99");
    double most = 2 * figures.median(engine + " L p99") + 10_000;
    return List.of(
        new Direction(
            "processor time per delivery at most 1.5 x R + W (" + Page.number(aim) + " µs)",
            Page.number(each) + " µs",
            each <= aim),
        new Direction(
            "from 2xx to arrival, p99, at most 2 x L99 + 10 ms (" + Page.millis(most) + " ms)",
            Page.millis(way) + " ms",
            way <= most));
  }
}
