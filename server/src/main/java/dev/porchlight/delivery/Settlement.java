package dev.porchlight.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to write down of one delivery.
///
/// @param asked what their `Retry-After` asked for
/// @param basis how it stood when the attempt began
/// @param words by which it is found
record Settlement(
    DeliveryState after,
    @Nullable Attempt attempt,
    Duration asked,
    Delivery delivery,
    DeliveryState basis,
    List<AnswerWords.Entry> words) {
  Settlement(
      DeliveryState after,
      @Nullable Attempt attempt,
      Duration asked,
      Delivery delivery,
      DeliveryState basis) {
    this(after, attempt, asked, delivery, basis, words(after, attempt));
  }

  /// Worked out here, before the unit that writes them.
  private static List<AnswerWords.Entry> words(DeliveryState after, @Nullable Attempt attempt) {
    if (attempt != null) {
      return AnswerWords.of(attempt, after.seq(), after.endpointId());
    }
    return after.state() == DeliveryState.State.UNWRITABLE
        ? AnswerWords.ofReason(after)
        : List.of();
  }

  /// How it stands, given how it was found: one that somebody retried by hand during the attempt is
  /// due now, as they were told.
  DeliveryState after(DeliveryState found, Instant now) {
    return found.tries() < basis.tries() && after.state() != DeliveryState.State.DELIVERED
        ? after.dueNow(now)
        : after;
  }

  /// Whether an earlier try at writing it down took place, though nobody could tell us.
  boolean isIn(DeliveryState found) {
    return attempt == null ? !found.isOpen() : found.attempts() >= attempt.n();
  }
}
