package dev.porchlight.delivery;

import java.util.Set;

/// What an answer says of the endpoint rather than of what was sent to it.
final class Overload {
  private static final Set<Integer> SLOWS = Set.of(429, 502, 503, 504);

  /// Of those that say "not this, not ever", these are about the moment.
  private static final Set<Integer> PASSING = Set.of(408, 410, 421, 423, 425, 429);

  /// It no longer exists.
  static final int GONE = 410;

  private Overload() {}

  /// Whether less is to be sent to it at once.
  static boolean slows(Attempt attempt) {
    return switch (attempt.outcome()) {
      case UNREACHABLE -> true;
      case REFUSED -> attempt.status() != null && SLOWS.contains(attempt.status());
      case DELIVERED, REJECTED, GUARDED, DEFECT -> false;
    };
  }

  /// Whether any other body would have fared the same.
  static boolean isNotAboutTheBody(Attempt attempt) {
    return switch (attempt.outcome()) {
      case UNREACHABLE, GUARDED -> true;
      case REFUSED -> {
        var status = attempt.status();
        yield status != null && (status >= 500 || PASSING.contains(status));
      }
      case DELIVERED, REJECTED, DEFECT -> false;
    };
  }

  /// Whether its `Retry-After` is heeded for the whole endpoint.
  static boolean mayAsk(Attempt attempt) {
    return attempt.status() != null && (attempt.status() == 429 || attempt.status() == 503);
  }

  static boolean isGone(Attempt attempt) {
    return attempt.status() != null && attempt.status() == GONE;
  }

  /// Whether a status can be taken for final where the endpoint says that refusals are.
  static boolean canBeFinal(int status) {
    return status >= 400 && status < 500 && !PASSING.contains(status);
  }
}
