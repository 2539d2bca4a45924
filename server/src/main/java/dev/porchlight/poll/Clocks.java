package dev.porchlight.poll;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/// The portal's clock beside ours. Windows are of the portal's time, so of two clocks that disagree
/// the one that is ahead says how far a window reaches, and the one that is behind how far all was
/// read: whichever of them is wrong, more is read than need be, never less.
final class Clocks {
  /// What the answer's way and the whole seconds of a header explain.
  private static final Duration NOTHING = Duration.ofSeconds(3);

  /// No clock is off by more: a header that says so is not of the portal's clock.
  private static final Duration MOST = Duration.ofDays(1);

  private Clocks() {}

  /// By how many seconds a portal's clock is ahead of ours.
  ///
  /// @param date what its answer says in `Date`; null when it says nothing
  /// @return 0 for next to nothing, and for what can't be so
  static long offset(@Nullable String date, Instant now) {
    if (date == null) {
      return 0;
    }
    try {
      var theirs = ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
      var ahead = Duration.between(now, theirs.toInstant());
      return ahead.abs().compareTo(NOTHING) <= 0 || ahead.abs().compareTo(MOST) > 0
          ? 0
          : ahead.toSeconds();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  /// Up to where a window may reach.
  static long ahead(long now, long offset) {
    return now + Math.max(0, offset);
  }

  /// Whether a window that ends there leaves nothing to read by now.
  static boolean reaches(long max, long now, long offset) {
    return max >= ahead(now, offset) - (offset > 0 ? NOTHING.toSeconds() : 0);
  }

  /// Up to where all can have been shown.
  static long behind(long now, long offset) {
    return now + Math.min(0, offset);
  }
}
