package dev.porchlight.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When a schedule is due next.
class FeedScheduleTest {
  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.split(" ")).filter(n -> !n.isEmpty()).map(Integer::valueOf).toList();
  }

  private static FeedSchedule at(String hours, String weekdays, String monthDays, String zone) {
    return FeedSchedule.at(
        "h",
        "i",
        numbers(hours),
        numbers(weekdays),
        numbers(monthDays),
        zone.isEmpty() ? null : zone,
        Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource({
    // Saturday; every day, at the next hour, never at the very moment.
    "'8 17', '', '', '', 2026-03-14T07:59:59Z, 2026-03-14T08:00:00Z",
    "'8 17', '', '', '', 2026-03-14T08:00:00Z, 2026-03-14T17:00:00Z",
    "'8 17', '', '', '', 2026-03-14T17:00:00Z, 2026-03-15T08:00:00Z",
    // Sunday is 0; either list names a day.
    "'8', '0', '', '', 2026-03-14T09:00:00Z, 2026-03-15T08:00:00Z",
    "'8', '0 3', '', '', 2026-03-15T09:00:00Z, 2026-03-18T08:00:00Z",
    "'8', '0', '16', '', 2026-03-15T09:00:00Z, 2026-03-16T08:00:00Z",
    "'0', '', '31', '', 2026-03-31T00:00:00Z, 2026-05-31T00:00:00Z",
    "'0', '', '29', '', 2027-01-29T00:00:00Z, 2027-03-29T00:00:00Z",
    // Another zone's day and hour.
    "'8', '', '', 'America/Chicago', 2026-03-14T12:00:00Z, 2026-03-14T13:00:00Z",
    "'23', '6', '', 'America/Chicago', 2026-03-14T12:00:00Z, 2026-03-15T04:00:00Z",
    // The clocks skip 2 on 8 March 2026, and repeat 1 on 1 November.
    "'2', '', '', 'America/Chicago', 2026-03-08T06:00:00Z, 2026-03-08T08:00:00Z",
    "'2', '', '', 'America/Chicago', 2026-03-08T08:00:00Z, 2026-03-09T07:00:00Z",
    "'1', '', '', 'America/Chicago', 2026-11-01T05:00:00Z, 2026-11-01T06:00:00Z",
    "'1', '', '', 'America/Chicago', 2026-11-01T06:00:00Z, 2026-11-02T07:00:00Z"
  })
  void the_next_hour(
      String hours, String weekdays, String monthDays, String zone, Instant after, Instant next) {
    assertThat(at(hours, weekdays, monthDays, zone).next(after, ZoneId.of("UTC"))).contains(next);
  }

  @Test
  void where_it_names_no_zone_the_usual_one_holds_and_some_have_no_next_hour() {
    var now = Instant.parse("2026-03-14T12:00:00Z");
    assertThat(at("8", "", "", "").next(now, ZoneId.of("America/Chicago")))
        .contains(Instant.parse("2026-03-14T13:00:00Z"));
    assertThat(FeedSchedule.instantly("h", "i", now).next(now, ZoneId.of("UTC"))).isEmpty();
    assertThat(at("", "1", "", "").next(now, ZoneId.of("UTC"))).isEmpty();
  }
}
