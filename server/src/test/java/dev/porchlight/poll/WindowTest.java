package dev.porchlight.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// Windows, pauses and the pace, as functions.
class WindowTest {
  private static final long SINCE = 1_770_000_000;

  private static final Duration FLOOR = Duration.ofMinutes(7).plusSeconds(30);

  private record Read(Window window, long at) {}

  /// Reads whenever a gap is over, as the poller does.
  private static List<Read> reads(List<Long> gaps, int overlap) {
    var all = new ArrayList<Read>();
    long covered = SINCE;
    long now = SINCE;
    for (long gap : gaps) {
      now = Math.max(0, now + gap);
      Window window;
      do {
        window = Window.after(covered, now, overlap);
        all.add(new Read(window, now));
        long before = covered;
        covered = Math.max(covered, window.max());
        assertThat(window.max() >= now || covered > before).as("it gets on").isTrue();
      } while (window.max() < now);
    }
    return all;
  }

  @Property
  void every_lead_is_read_that_is_shown_within_the_overlap_of_its_time(
      @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 0, max = 5_000_000) Long> gaps,
      @ForAll @IntRange(min = 60, max = 86_400) int overlap,
      @ForAll @LongRange(min = 0, max = 20_000_000) long after,
      @ForAll @IntRange(min = 0, max = 86_400) int delay) {
    var reads = reads(gaps, overlap);
    long ingested = SINCE + after;
    long shown = ingested + Math.min(delay, overlap);
    long end = reads.getLast().at();
    boolean read =
        reads.stream()
            .anyMatch(r ->
                r.at() >= shown && r.window().min() <= ingested && ingested <= r.window().max());
    assertThat(read).isEqualTo(shown <= end);
  }

  @Property
  void each_window_is_short_enough_and_begins_where_the_one_before_is_known(
      @ForAll @Size(min = 1, max = 20) List<@LongRange(min = -100_000, max = 5_000_000) Long> gaps,
      @ForAll @IntRange(min = 60, max = 86_400) int overlap) {
    long covered = SINCE;
    for (var read : reads(gaps, overlap)) {
      var window = read.window();
      assertThat(window.max() - window.min()).isLessThanOrEqualTo(Duration.ofDays(7).toSeconds());
      assertThat(window.max()).isLessThanOrEqualTo(read.at());
      assertThat(window.min()).isLessThanOrEqualTo(Math.max(0, covered - overlap));
      covered = Math.max(covered, window.max());
    }
  }

  @Property
  void no_200_ms_see_more_than_4_requests_of_one_hub(
      @ForAll @Size(min = 30, max = 60) List<@LongRange(min = 0, max = 80_000_000) Long> gaps) {
    var spacing = new PortalSpacing();
    long now = Long.MAX_VALUE - 1_000_000_000; // the clock of the JVM may turn over
    var starts = new ArrayList<Long>();
    for (long gap : gaps) {
      now += gap;
      now += spacing.turn("portal", now);
      starts.add(now);
    }
    for (int i = 4; i < starts.size(); i++) {
      assertThat(starts.get(i) - starts.get(i - 4)).isGreaterThanOrEqualTo(200_000_000);
    }
    assertThat(spacing.turn("another", now)).isZero();
  }

  @Test
  void pauses_grow_to_ten_minutes_unless_the_portal_asks_for_another() {
    assertThat(Backoff.after(1, null, 0)).isEqualTo(Duration.ofSeconds(5));
    assertThat(Backoff.after(2, null, 0)).isEqualTo(Duration.ofSeconds(10));
    assertThat(Backoff.after(3, null, 0)).isEqualTo(Duration.ofSeconds(20));
    assertThat(Backoff.after(1000, null, 0)).isEqualTo(Duration.ofMinutes(10));
    assertThat(Backoff.after(3, null, 0.5)).isEqualTo(Duration.ofMillis(17_500));
    assertThat(Backoff.after(1000, null, 0.99)).isBetween(FLOOR, Duration.ofMinutes(10));
    assertThat(Backoff.after(7, Duration.ofSeconds(3), 0.9)).isEqualTo(Duration.ofSeconds(3));
    assertThat(Backoff.after(1, Duration.ZERO, 0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Backoff.after(1, Duration.ofDays(9), 0)).isEqualTo(Duration.ofHours(6));
  }

  @Test
  void retry_after_is_seconds_or_a_date() {
    var now = java.time.Instant.parse("2026-03-14T09:30:00Z");
    assertThat(Backoff.asked("120", now)).isEqualTo(Duration.ofMinutes(2));
    assertThat(Backoff.asked("Sat, 14 Mar 2026 09:31:00 GMT", now))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(Backoff.asked("Sat, 14 Mar 2026 09:29:00 GMT", now)).isZero();
    for (var odd : List.of("", "soon", "-1", "1.5", "99999999999999999999")) {
      assertThat(Backoff.asked(odd, now)).as(odd).isNull();
    }
  }

  @Test
  void the_portals_clock_is_believed_where_it_can_be_so() {
    var now = java.time.Instant.parse("2026-03-14T09:30:00Z");
    assertThat(Clocks.offset("Sat, 14 Mar 2026 10:30:00 GMT", now)).isEqualTo(3600);
    assertThat(Clocks.offset("Sat, 14 Mar 2026 08:30:00 GMT", now)).isEqualTo(-3600);
    assertThat(Clocks.offset("Sat, 14 Mar 2026 09:29:57 GMT", now)).isZero();
    assertThat(Clocks.offset("Sun, 15 Mar 2026 09:30:01 GMT", now)).as("over a day").isZero();
    assertThat(Clocks.offset("yesterday", now)).isZero();
    assertThat(Clocks.offset(null, now)).isZero();
    assertThat(Clocks.ahead(100, 7)).isEqualTo(107);
    assertThat(Clocks.ahead(100, -7)).isEqualTo(100);
    assertThat(Clocks.behind(100, 7)).isEqualTo(100);
    assertThat(Clocks.behind(100, -7)).isEqualTo(93);
    assertThat(Clocks.reaches(100, 100, -7)).isTrue();
    assertThat(Clocks.reaches(100, 101, 0)).isFalse();
    assertThat(Clocks.reaches(104, 100, 7)).isTrue();
    assertThat(Clocks.reaches(100, 100, 7)).isFalse();
  }
}
