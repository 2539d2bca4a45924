package dev.porchlight.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How long to wait between attempts; each wait counts from the end of the attempt before.
///
/// @param waits in order; after the last one's attempt fails the delivery is dead
public record RetrySchedule(List<Duration> waits) {
  /// A lane waits behind a failing delivery through waits of up to this long; then later ones pass.
  public static final Duration BLOCKS_UP_TO = Duration.ofHours(1);

  /// For leads: early and often, since the person calls someone else in five minutes.
  public static final RetrySchedule LEADS =
      new RetrySchedule(
          List.of(
              Duration.ofSeconds(2),
              Duration.ofSeconds(10),
              Duration.ofSeconds(30),
              Duration.ofMinutes(1),
              Duration.ofMinutes(2),
              Duration.ofMinutes(5),
              Duration.ofMinutes(15),
              Duration.ofHours(1),
              Duration.ofHours(2),
              Duration.ofHours(5),
              Duration.ofHours(10),
              Duration.ofHours(14),
              Duration.ofHours(20),
              Duration.ofHours(24)));

  /// For all else: the example schedule of Standard Webhooks.
  public static final RetrySchedule OTHERS =
      new RetrySchedule(
          List.of(
              Duration.ofSeconds(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2),
              Duration.ofHours(5),
              Duration.ofHours(10),
              Duration.ofHours(14),
              Duration.ofHours(20),
              Duration.ofHours(24)));

  public RetrySchedule {
    waits = List.copyOf(waits);
  }

  static RetrySchedule of(String kind) {
    return kind.startsWith("lead.") ? LEADS : OTHERS;
  }

  /// The wait after the attempt of that number (from 1) failed; empty when there is no more.
  Optional<Duration> waitAfter(int attempt) {
    return attempt <= waits.size() ? Optional.of(waits.get(attempt - 1)) : Optional.empty();
  }

  /// A wait, or the one that the receiver asks for where that is longer; of that an hour at most,
  /// as the endpoint is left alone for that long: who asks for a day would have a lead grow old.
  static Duration longer(Duration wait, Duration asked) {
    var heeded = asked.compareTo(BLOCKS_UP_TO) > 0 ? BLOCKS_UP_TO : asked;
    return heeded.compareTo(wait) > 0 ? heeded : wait;
  }
}
