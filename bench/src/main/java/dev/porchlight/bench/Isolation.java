package dev.porchlight.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether five bad receivers among a hundred are felt by the others.
final class Isolation {
  private static final int LINES = 128;
  private static final double RATE = 200;
  private static final int BAD = 5;
  private static final int WARM_UP = 15_000;
  private static final String WORDS =
      """
      A hundred endpoints, each of an office of its own; leads come to all in turn, %d a second, \
      each is one delivery. In one half of each pair all receivers answer 204 at once; in the \
      other one hangs, one trickles, one refuses connections, one answers a gigabyte and one says \
      429, and has what was left from the pair before as well. *Way* is from the 200 at the sender \
      to the arrival at the receiver, of leads to the other 95 alone; *200* is from sending a lead \
      to its answer. Figures are medians over %d pairs in turns, %d s each; the shift is taken \
      within each pair first. What the bad ones use of the processors themselves (a gigabyte has to \
      be written by somebody) is in the last row; it would be used elsewhere if they were. Measured \
      by `bench/run --deliveries --only isolation`.
      """;

  private final DoorsHub hub;
  private final Side side;
  private final int pairs;
  private final int seconds;
  private final List<String> good = new ArrayList<>();

  Isolation(DoorsHub hub, Side side, int pairs, int seconds) {
    this.hub = hub;
    this.side = side;
    this.pairs = pairs;
    this.seconds = seconds;
  }

  private record Held(long threads, long files) {
    static Held now() throws IOException {
      try (var open = Files.list(Path.of("/proc/self/fd"))) {
        return new Held(ManagementFactory.getThreadMXBean().getThreadCount(), open.count());
      }
    }
  }

  /// @param data where the store is
  Page run(String engine, Path data) throws Exception {
    var bad = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (var place : side.ask("hostile").properties()) {
      names.add(place.getKey());
      int door = bad.size();
      good.add(hub.endpoints.get(door));
      var id = hub.endpoint("bad-" + door, hub.offices.get(door), place.getValue().stringValue());
      hub.disable(id, true);
      bad.add(id);
    }
    if (bad.size() != BAD) {
      throw new IllegalStateException("other receivers than expected: " + names);
    }
    var disk = DiskAlone.measured(data, RATE, seconds);
    DeliveriesRun.say("warming up");
    // As fast as it goes: at the rate that is measured the compiler would be at work till the end.
    side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, WARM_UP, 0, 1, BAD);
    load(seconds * 1000 / 2);
    var before = Held.now();
    var most = new Held[] {before};
    var measured =
        Pairs.run(
            pairs,
            () -> {
              var result = load(seconds * 1000);
              var now = Held.now();
              most[0] =
                  new Held(
                      Math.max(most[0].threads(), now.threads()),
                      Math.max(most[0].files(), now.files()));
              return result;
            },
            () -> turn(bad, good),
            () -> {
              turn(good, bad);
              quiet(bad);
            });
    quiet(bad);
    var after = Held.now();
    var page = new Page();
    page.title("Five bad receivers among a hundred, with " + engine);
    page.words(WORDS.formatted((int) RATE, pairs, seconds));
    page.table(1, "in ms", "all are well", "five are bad", "shift", "");
    measured.row(page, "way, p50", "way50", "");
    measured.row(page, "way, p99", "way99", "at most 5 ms");
    measured.row(page, "200, p50", "p50", "");
    measured.row(page, "200, p99", "p99", "at most 5 ms");
    measured.processors(page);
    page.endTable();
    page.words(disk);
    page.table(1, "the hub's", "before", "at most, while five are bad", "afterwards");
    page.row(
        "threads of the system",
        "" + before.threads(),
        "" + most[0].threads(),
        "" + after.threads());
    page.row("open files", "" + before.files(), "" + most[0].files(), "" + after.files());
    page.endTable();
    page.table(1, "receiver", "attempts", "deliveries kept for it");
    for (int i = 0; i < BAD; i++) {
      page.row(
          names.get(i),
          Page.number(
              hub.count(
                  "SELECT COUNT(*) FROM attempt a JOIN delivery d ON d.id = a.delivery_id"
                      + " WHERE d.endpoint_id = '"
                      + bad.get(i)
                      + "'")),
          Page.number(
              hub.count(
                  "SELECT COUNT(*) FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
                      + " WHERE s.state = 'pending' AND d.endpoint_id = '"
                      + bad.get(i)
                      + "'")));
    }
    page.endTable();
    page.words(
        "Missing at the other 95: "
            + Page.number(measured.beside("missing"))
            + " in the middle of the pairs. The client keeps connections to receivers that are"
            + " well open, so open files grow with what is under way at once.");
    return page;
  }

  private tools.jackson.databind.JsonNode load(int millis) throws IOException {
    return side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, millis, RATE, 1, BAD);
  }

  /// Which endpoints of the first five doors are on.
  private void turn(List<String> on, List<String> off) throws Exception {
    for (int i = 0; i < BAD; i++) {
      hub.disable(off.get(i), true);
      hub.disable(on.get(i), false);
    }
  }

  /// Attempts that are under way end within 15 s.
  private void quiet(List<String> bad) throws InterruptedException {
    DoorsHub.await(
        "attempts at bad receivers to end",
        () ->
            hub.count(
                    "SELECT COUNT(*) FROM lane WHERE owner IS NOT NULL AND endpoint_id IN ('"
                        + String.join("', '", bad)
                        + "')")
                == 0);
  }
}
