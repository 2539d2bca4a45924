package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How attempts add up, as functions of values.
class HealthRulesTest {
  private static final Instant BEGIN = Instant.parse("2026-03-14T09:30:00Z");
  private static final Duration PATIENCE = Duration.ofDays(5);

  private static Attempt refused(int n, Instant at) {
    return new Attempt(
        "d", n, at, Duration.ZERO, Attempt.Outcome.REFUSED, 422, "", new byte[0], 1, new byte[0]);
  }

  private static EndpointHealth fails(@Nullable EndpointHealth before, Instant at) {
    return EndpointHealth.after(before, "e", refused(1, at), Duration.ZERO, at);
  }

  @Test
  void a_failure_after_a_long_silence_begins_a_run_of_its_own() {
    var once = fails(null, BEGIN);
    var later = BEGIN.plus(Duration.ofDays(30));
    var again = fails(once, later);
    assertThat(again.failingSince()).isEqualTo(later);
    assertThat(again.notice(PATIENCE, later)).isEmpty();
    // What was told of the earlier run is still to be ended.
    var told = fails(once.noticed(50, BEGIN), later);
    assertThat(told.noticed()).isPositive();
    assertThat(told.notice(PATIENCE, later)).isEmpty();
  }

  @Test
  void nobody_is_disabled_who_was_not_told_before_and_given_the_time_between() {
    var health = fails(null, BEGIN);
    for (int day = 1; day <= 5; day++) {
      health = fails(health, BEGIN.plus(Duration.ofDays(day)));
    }
    // Nothing was told on the way, as where the patience was set only now.
    var now = BEGIN.plus(PATIENCE);
    assertThat(health.failingSince()).isEqualTo(BEGIN);
    assertThat(health.endsAt(PATIENCE)).contains(now);
    assertThat(health.endsAt(Duration.ZERO)).isEmpty();
    assertThat(health.notice(PATIENCE, now)).contains(50);
    health = health.noticed(50, now);
    assertThat(health.endsAt(PATIENCE)).contains(now.plus(PATIENCE.dividedBy(2)));
    assertThat(health.notice(PATIENCE, now)).isEmpty();
    now = now.plus(Duration.ofDays(2));
    assertThat(health.notice(PATIENCE, now)).contains(90);
    health = health.noticed(90, now);
    assertThat(health.notice(PATIENCE, now.plus(Duration.ofHours(11)))).isEmpty();
    assertThat(health.notice(PATIENCE, now.plus(Duration.ofHours(12)))).contains(100);
  }

  @Test
  void nothing_is_sent_sooner_than_the_receiver_asked_for() {
    var state =
        new DeliveryState(
            "d", "e", 1, DeliveryState.State.PENDING, 2, 2, false, BEGIN, null, "", "[]");
    for (int asked : new int[] {0, 29, 30, 31, 120}) {
      for (double wander : new double[] {-0.1, 0, 0.1}) {
        var after =
            state.after(
                refused(3, BEGIN),
                Duration.ofSeconds(asked),
                RetrySchedule.LEADS,
                Order.BLOCK,
                BEGIN,
                wander,
                "[]");
        assertThat(Duration.between(BEGIN, after.nextAt()))
            .isGreaterThanOrEqualTo(Duration.ofSeconds(Math.max(27, asked)))
            .isLessThanOrEqualTo(Duration.ofSeconds(Math.max(33, asked)));
      }
    }
  }
}
