package dev.porchlight.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// How many requests pass in five minutes, against a list of when each did.
class RateLimitsTest {
  private static final int WINDOW = (int) RateLimits.WINDOW.toSeconds();
  private static final Instant BEGIN = Instant.parse("2026-03-14T09:30:00.7Z");

  @Property(tries = 300)
  void as_many_pass_as_may_and_the_wait_is_the_shortest(
      @ForAll @IntRange(min = 1, max = 7) int most,
      @ForAll @Size(max = 60) List<@IntRange(max = 400) Integer> steps) {
    var limits = new RateLimits();
    var passed = new ArrayDeque<Long>();
    long now = 0;
    for (int step : steps) {
      // Most come close together.
      now += step % 4 == 0 ? step : step % 4 - 1;
      long at = now;
      passed.removeIf(p -> p <= at - WINDOW);
      int wait = limits.admit("key", most, BEGIN.plusSeconds(now));
      if (passed.size() < most) {
        assertThat(wait).isZero();
        passed.add(now);
      } else {
        // Until the oldest of those that fill it is five minutes ago.
        assertThat(wait).isEqualTo(passed.getFirst() + WINDOW - now);
      }
    }
  }

  @Test
  void a_clock_that_is_set_back_opens_nothing_and_shuts_nothing_for_long() {
    var limits = new RateLimits();
    assertThat(limits.admit("key", 2, BEGIN)).isZero();
    assertThat(limits.admit("key", 2, BEGIN.minusSeconds(3600))).isZero();
    assertThat(limits.admit("key", 2, BEGIN.minusSeconds(3600))).isEqualTo(WINDOW);
    assertThat(limits.admit("key", 2, BEGIN.plusSeconds(WINDOW))).isZero();
  }

  @Test
  void what_strangers_named_is_forgotten_when_it_is_idle() {
    var limits = new RateLimits();
    for (int i = 0; i < 12_000; i++) {
      limits.admit("stranger " + i, 1, BEGIN);
    }
    assertThat(limits.admit("key", 1, BEGIN.plusSeconds(WINDOW))).isZero();
    assertThat(limits.admit("key", 1, BEGIN.plusSeconds(WINDOW))).isEqualTo(WINDOW);
    assertThat(limits.admit("stranger 1", 1, BEGIN.plusSeconds(WINDOW))).isZero();
  }
}
