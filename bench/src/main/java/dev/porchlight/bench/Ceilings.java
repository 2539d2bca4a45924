package dev.porchlight.bench;

import java.io.IOException;
import java.util.List;

/// L, R and W: what the disk, the outgoing client and the store's part of a delivery take alone.
final class Ceilings implements Section {
  @Override
  public void round(Bed bed) throws IOException {
    var figures = bed.figures();
    var append = bed.server().ask("append", bed.plan().append());
    figures.note(bed.name("L p50"), append, "p50");
    figures.note(bed.name("L p99"), append, "p99");
    if (bed.first()) {
      var size = bed.load().ask("size").path("size").intValue();
      var sent = bed.server().ask("send", bed.receiver(), 64, bed.plan().run(), size);
      figures.noteLoad("R", sent);
      figures.note("R cpu", sent, "cpu");
    }
    var written = bed.server().ask("settle", 64, bed.plan().run());
    figures.noteLoad(bed.name("W"), written);
    figures.note(bed.name("W cpu"), written, "cpu");
    figures.note(bed.name("W database"), written, "database");
  }

  @Override
  public void write(Page page, Figures figures, List<String> engines) {
    page.title("Ceilings");
    page.words(
        """
        Probed in the same rounds as all else.

        | ceiling | what it is |
        |---|---|
        | L | a bare append of 4 KiB and `fdatasync`, one after the other |
        | S | the same writes as a lead's without HTTP: *n* threads that call the desk |
        | H | the same route over HTTP without the store: server, key, reading, decision over no rows, reply |
        | R | the outgoing client alone: 64 threads that send one prebuilt request to a receiver on this machine |
        | W | the store's part of a delivery alone: 64 threads that write and settle the rows of deliveries; nothing is rendered, signed or sent |
        """);
    page.table(1, "", "a second", "p50, ms", "p99, ms", "processor time each, µs");
    for (var engine : engines) {
      page.row(
          "L, beside " + engine,
          "",
          Page.millis(figures.median(engine + " L p50")),
          Page.millis(figures.median(engine + " L p99")),
          "");
    }
    page.row(
        "R",
        Page.number(figures.median("R rate")),
        Page.millis(figures.median("R p50")),
        Page.millis(figures.median("R p99")),
        Page.number(figures.median("R cpu")));
    for (var engine : engines) {
      page.row(
          "W, " + engine,
          Page.number(figures.median(engine + " W rate")),
          Page.millis(figures.median(engine + " W p50")),
          Page.millis(figures.median(engine + " W p99")),
          Page.number(figures.median(engine + " W cpu")));
    }
    page.endTable();
  }
}
