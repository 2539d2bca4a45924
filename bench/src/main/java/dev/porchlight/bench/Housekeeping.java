package dev.porchlight.bench;

import dev.porchlight.delivery.AttemptAge;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// Whether senders feel that the hub drops what is old.
final class Housekeeping {
  private static final int LINES = 128;
  private static final double RATE = 200;
  private static final int OLD = 500;
  private static final int DAYS = 60;

  /// How long ago the hub's own settings are made, which is before all leads.
  static final Duration BEGUN = Duration.ofDays(DAYS + 5);

  private static final String WORDS =
      """
      Leads that came %d to %d days ago, %s for each pair, each delivered once. In one half of each \
      pair the time of those of one day is over: their attempts are forgotten, and they are erased \
      with all that belongs to them, as their source's retention says, one after the other with rests between. \
      Meanwhile, and in between, leads come through a hundred other doors, %d a second; *200* is \
      from sending one to its answer, *way* from there to the arrival at its receiver. Figures are \
      medians over %d pairs in turns, %d s each; the shift is taken within each pair first. \
      Measured by `bench/run --deliveries --only retention`.
      """;

  private final DoorsHub hub;
  private final Side side;
  private final int pairs;
  private final int seconds;
  private int day = DAYS;
  private long erasedBefore;
  private long erased;
  private long attemptsBefore;
  private long attempts;

  Housekeeping(DoorsHub hub, Side side, int pairs, int seconds) {
    this.hub = hub;
    this.side = side;
    this.pairs = pairs;
    this.seconds = seconds;
  }

  /// @param data where the store is
  Page run(String engine, Path data) throws Exception {
    var office = hub.office("Old");
    var source = hub.source("old", office, "bench-key-old");
    hub.endpoint("crm-old", office, hub.receiver() + "/crm-old/0");
    var now = Instant.now();
    for (int pair = 0; pair < pairs; pair++) {
      DeliveriesRun.say("leads of " + (DAYS - pair) + " days ago");
      hub.restart(now.minus(Duration.ofDays(DAYS - pair)).minus(Duration.ofHours(1)));
      accept();
    }
    hub.restart(null);
    var disk = DiskAlone.measured(data, RATE, seconds);
    DeliveriesRun.say("warming up");
    for (int i = 0; i < 4; i++) {
      load();
    }
    var measured = Pairs.run(pairs, this::load, () -> begin(source), this::end);
    var page = new Page();
    page.title("Dropping what is old, with " + engine);
    page.words(
        WORDS.formatted(DAYS - pairs + 1, DAYS, Page.number(OLD), (int) RATE, pairs, seconds));
    page.table(1, "in ms", "nothing is old", "while it is dropped", "shift", "");
    measured.row(page, "200, p50", "p50", "");
    measured.row(page, "200, p99", "p99", "at most 5 ms");
    measured.row(page, "way, p50", "way50", "");
    measured.row(page, "way, p99", "way99", "");
    measured.processors(page);
    page.endTable();
    page.words(disk);
    page.words(
        "Dropped within the halves: "
            + Page.number(erased / (double) (pairs * seconds))
            + " leads a second, and "
            + Page.number(attempts)
            + " attempts in all.");
    return page;
  }

  private JsonNode load() throws IOException {
    return side.ask("follow", hub.doors(), DoorsHub.keys(), LINES, seconds * 1000, RATE, 1);
  }

  private void accept() throws Exception {
    long before = count();
    while (count() - before < OLD) {
      side.ask("load", hub.door("old"), "bench-key-old", 32, 500, 0);
    }
    DoorsHub.await(
        "deliveries to end",
        () -> hub.count("SELECT COUNT(*) FROM delivery_state WHERE state = 'pending'") == 0);
  }

  private long count() {
    return hub.count("SELECT COUNT(*) FROM lead");
  }

  private long erasedNow() {
    return hub.count("SELECT COUNT(*) FROM lead WHERE erased_at IS NOT NULL");
  }

  /// How much is left of what was there so many days ago.
  private long old(String table, String column) {
    return hub.count(
        "SELECT COUNT(*) FROM "
            + table
            + " WHERE "
            + column
            + " < "
            + Instant.now().minus(Duration.ofDays(day)).toEpochMilli() * 1000);
  }

  /// Lets the time of one more day's leads be over.
  private void begin(String source) throws Exception {
    erasedBefore = erasedNow();
    attemptsBefore = old("attempt", "at");
    hub.change("/sources/" + source, Json.object().put("retention", "P" + day + "D"));
    hub.wake();
    int days = day;
    Thread.ofPlatform()
        .daemon()
        .start(() -> new AttemptAge(hub.store(), () -> days).drop(() -> true));
  }

  private void end() throws InterruptedException {
    erased += erasedNow() - erasedBefore;
    attempts += attemptsBefore - old("attempt", "at");
    DoorsHub.await(
        "what is over to be erased",
        () -> {
          hub.wake();
          return old("lead", "erased_at IS NULL AND created_at") == 0;
        });
    day--;
  }
}
