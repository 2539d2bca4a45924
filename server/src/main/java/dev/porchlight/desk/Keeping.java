package dev.porchlight.desk;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAmount;

/// For how long something is kept.
public record Keeping(TemporalAmount time) {
  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(36525);

  /// @param text an ISO 8601 period or duration
  /// @throws IllegalArgumentException when it is neither, or not from an hour to a hundred years
  public static Keeping of(String text) {
    Keeping keeping;
    try {
      keeping = new Keeping(text.startsWith("PT") ? Duration.parse(text) : Period.parse(text));
    } catch (DateTimeException e) {
      throw wrong(e);
    }
    var start = Instant.EPOCH;
    try {
      var length = Duration.between(start, keeping.end(start));
      if (length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0) {
        throw wrong(null);
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw wrong(e);
    }
    return keeping;
  }

  private static IllegalArgumentException wrong(@org.jspecify.annotations.Nullable Throwable e) {
    return new IllegalArgumentException(
        "a retention is an ISO 8601 period such as P3Y, P18M or P30D, from an hour to a hundred"
            + " years",
        e);
  }

  /// By the calendar, in UTC.
  public Instant end(Instant from) {
    return from.atOffset(ZoneOffset.UTC).plus(time).toInstant();
  }

  /// Nothing that arrived after this is over by `now`, give or take a week for the calendar.
  public Instant latestStart(Instant now) {
    return now.atOffset(ZoneOffset.UTC).minus(time).plusDays(7).toInstant();
  }
}
