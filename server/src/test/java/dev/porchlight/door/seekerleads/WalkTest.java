package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// A walk along a window while leads arrive through another door as fast as they can: whatever is
/// there in the end was seen, once, and in order.
@OnEveryDatabase
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WalkTest {
  private static final int SENDERS = 8;
  private static final int LEADS_A_SECOND = 60;
  private static final int SECONDS = 5;

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void a_walk_beside_the_senders_misses_none_and_repeats_none() throws Exception {
    var clock = SettableClock.at("2026-03-14T09:30:00.5Z");
    try (var seeker = new SeekerHub(database.in(folder).clock(clock).start())) {
      var there = seeker.office("There");
      var here = seeker.node("office");
      var sources =
          List.of(
              seeker.hub.addSource("here", "connections-plus", b -> b.put("node", here)),
              seeker.hub.addSource("there", "connections-plus", b -> b.put("node", there)));
      var one = seeker.callerOf(there);
      var both = seeker.callerOf(here, there);
      long first = seeker.now() + 1;
      long last = first + SECONDS - 3;
      var sent = new AtomicInteger();
      var taken = new Semaphore(0);
      var stop = new AtomicBoolean();
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        var senders = new ArrayList<Future<?>>();
        for (int s = 0; s < SENDERS; s++) {
          senders.add(
              pool.submit(() -> {
                while (!stop.get()) {
                  int n = sent.incrementAndGet();
                  var answer =
                      sources.get(n % 2).post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
                  assertThat(answer.status()).isEqualTo(200);
                  taken.release();
                }
              }));
        }
        // Time goes on with the leads, so that each second holds some.
        senders.add(
            pool.submit(() -> {
              for (int second = 0; second < SECONDS; second++) {
                taken.acquire(LEADS_A_SECOND);
                clock.advance(Duration.ofSeconds(1));
              }
              stop.set(true);
              return null;
            }));
        var ofOne = pool.submit(() -> walk(seeker, clock, one, first, last));
        var ofBoth = pool.submit(() -> walk(seeker, clock, both, first, last));
        var seenByOne = ofOne.get();
        var seenByBoth = ofBoth.get();
        for (var sender : senders) {
          sender.get();
        }
        var truth = truth(seeker, first, last);
        assertThat(truth).hasSizeGreaterThan(LEADS_A_SECOND);
        assertThat(seenByBoth).isEqualTo(truth);
        assertThat(seenByOne)
            .isEqualTo(truth.stream().filter(t -> office(seeker, t).equals(there)).toList())
            .hasSizeGreaterThan(10);
      }
    }
  }

  /// Page by page, from the last lead seen, until the window is over and nothing more comes.
  private static List<String> walk(
      SeekerHub seeker, SettableClock clock, SeekerHub.Caller caller, long min, long max) {
    var seen = new ArrayList<String>();
    while (true) {
      boolean over = !clock.instant().isBefore(Instant.ofEpochSecond(max + 1));
      var start = seen.isEmpty() ? "" : "&start=" + seen.getLast();
      var page = caller.window(min, max, "&limit=7" + start);
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      var items = page.json().path("items");
      items.forEach(l -> seen.add(SeekerHub.id(l)));
      if (over && items.size() < 7) {
        return seen;
      }
    }
  }

  /// What the log has in that window.
  private static List<String> truth(SeekerHub seeker, long min, long max) {
    return seeker
        .hub
        .hub()
        .store()
        .read(h ->
            h.createQuery(
                    "SELECT subject FROM log WHERE kind = 'lead.created' AND at >= :a AND at < :b"
                        + " ORDER BY seq")
                .bind("a", min * 1_000_000)
                .bind("b", (max + 1) * 1_000_000)
                .mapTo(String.class)
                .list());
  }

  private static String office(SeekerHub seeker, String lead) {
    return seeker
        .hub
        .hub()
        .store()
        .read(h ->
            h.createQuery("SELECT office_id FROM lead WHERE id = :id")
                .bind("id", lead)
                .mapTo(String.class)
                .one());
  }
}
