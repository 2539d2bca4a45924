package dev.porchlight.poll;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/// How long to leave a portal alone after a failure: 5 s, twice that after each further one, at
/// most 10 minutes, less up to a quarter by chance, so that those whom one outage has stopped do
/// not all come back at once. What the portal asks for itself counts instead, to the second, from
/// one to six hours of them.
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration LONGEST_ASKED = Duration.ofHours(6);

  private Backoff() {}

  /// @param failures in a row, this one included
  /// @param asked by the portal; null when it said nothing
  /// @param chance at least 0, less than 1
  static Duration after(int failures, @Nullable Duration asked, double chance) {
    if (asked != null) {
      return shorter(
          asked.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : asked,
          LONGEST_ASKED);
    }
    var whole = shorter(FIRST.multipliedBy(1L << Math.clamp(failures - 1L, 0, 10)), LONGEST);
    return whole.minusMillis((long) (whole.toMillis() * chance / 4));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /// What `Retry-After` says: seconds, or a date; null when that can't be read.
  static @Nullable Duration asked(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    var text = header.strip();
    if (text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      var date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return date.isBefore(now) ? Duration.ZERO : Duration.between(now, date);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
