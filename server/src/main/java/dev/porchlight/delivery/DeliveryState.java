package dev.porchlight.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How a delivery stands.
///
/// @param endpointId its delivery's, kept here too so that deliveries are found by it and their
///   state together
/// @param seq the delivery's place in the log, for the same
/// @param attempts all attempts ever made; the last one's number
/// @param tries attempts in the present run through the waits; a retry by hand starts anew
/// @param passed later deliveries of its lane no longer wait for it
/// @param nextAt when it is due, while pending
/// @param endedAt when it ended, else null
/// @param reason one sentence on how it stands: the last failure, why it can't be written
/// @param losses what the written body did not carry: a JSON list of field and reason
public record DeliveryState(
    String deliveryId,
    String endpointId,
    long seq,
    State state,
    int attempts,
    int tries,
    boolean passed,
    @Nullable Instant nextAt,
    @Nullable Instant endedAt,
    String reason,
    String losses) {

  /// Where a delivery can stand.
  public enum State {
    PENDING,
    DELIVERED,
    /// All waits are used up; can be retried by hand.
    DEAD,
    /// The endpoint's contract can't carry it; can be retried by hand once something was mended.
    UNWRITABLE,
    /// A rule dropped it, for example because its endpoint is gone.
    DROPPED;

    /// The word in the API and the store.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for another word
    public static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  static DeliveryState planned(Delivery delivery, Instant now) {
    return new DeliveryState(
        delivery.id(),
        delivery.endpointId(),
        delivery.seq(),
        State.PENDING,
        0,
        0,
        false,
        now,
        null,
        "",
        "[]");
  }

  private DeliveryState due(
      int made, int inRun, boolean nowPassed, Instant at, String why, String newLosses) {
    return new DeliveryState(
        deliveryId,
        endpointId,
        seq,
        State.PENDING,
        made,
        inRun,
        nowPassed,
        at,
        null,
        why,
        newLosses);
  }

  private DeliveryState ended(
      State how, int made, int inRun, Instant at, String why, String newLosses) {
    return new DeliveryState(
        deliveryId, endpointId, seq, how, made, inRun, passed, null, at, why, newLosses);
  }

  /// What follows from an attempt. A function of values; `wander` is the share of a wait by which
  /// it is lengthened (or shortened), -0.1 to 0.1.
  ///
  /// @param asked what the receiver asked to wait; heeded where it is longer than the schedule's
  ///   wait, up to an hour
  DeliveryState after(
      Attempt attempt,
      Duration asked,
      RetrySchedule schedule,
      Order order,
      Instant now,
      double wander,
      String newLosses) {
    int made = attempts + 1;
    int inRun = tries + 1;
    return switch (attempt.outcome()) {
      case DELIVERED -> ended(State.DELIVERED, made, inRun, now, "", newLosses);
      case REJECTED -> ended(State.DEAD, made, inRun, now, attempt.summary(), newLosses);
      case REFUSED, UNREACHABLE, GUARDED, DEFECT ->
          schedule
              .waitAfter(inRun)
              .map(wait ->
                  due(
                      made,
                      inRun,
                      passed
                          || order != Order.BLOCK
                              && RetrySchedule.longer(wait, asked)
                                      .compareTo(RetrySchedule.BLOCKS_UP_TO)
                                  > 0,
                      now.plus(RetrySchedule.longer(stretched(wait, wander), asked)),
                      asked.isZero()
                          ? attempt.summary()
                          : attempt.summary() + ", asking to wait " + asked.toSeconds() + " s",
                      newLosses))
              .orElseGet(() -> ended(State.DEAD, made, inRun, now, attempt.summary(), newLosses));
    };
  }

  private static Duration stretched(Duration wait, double wander) {
    return Duration.ofMillis(Math.round(wait.toMillis() * (1 + wander)));
  }

  DeliveryState unwritable(String why, Instant now) {
    return ended(State.UNWRITABLE, attempts, tries, now, why, "[]");
  }

  DeliveryState dropped(String why, Instant now) {
    return ended(State.DROPPED, attempts, tries, now, why, losses);
  }

  DeliveryState dueNow(Instant now) {
    return due(attempts, 0, passed, now, reason, losses);
  }

  boolean isOpen() {
    return state == State.PENDING;
  }
}
