package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// In no stretch of 200 ms do more than ten requests of a client begin.
class RateTest {
  private static final long STRETCH = Duration.ofMillis(200).toNanos();

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - STRETCH);
  private final Rate rate = new Rate(10, Duration.ofMillis(200), now::get);

  @Test
  void ten_begin_and_the_next_when_the_first_is_200_ms_ago() {
    for (int i = 0; i < 10; i++) {
      assertThat(rate.begin("a")).isTrue();
    }
    assertThat(rate.begin("a")).isFalse();
    assertThat(rate.begin("b")).isTrue();
    now.addAndGet(STRETCH - 1);
    assertThat(rate.begin("a")).isFalse();
    // Ticks may run over: only their differences count.
    now.addAndGet(1);
    assertThat(rate.begin("a")).isTrue();
  }

  @Test
  void no_stretch_of_200_ms_has_more_than_ten_whatever_the_pace() {
    var random = new Random(7);
    var begun = new ArrayList<Long>();
    for (int i = 0; i < 20_000; i++) {
      now.addAndGet(random.nextLong(STRETCH / 5));
      if (rate.begin("a")) {
        begun.add(now.get());
      }
    }
    for (int i = 10; i < begun.size(); i++) {
      assertThat(begun.get(i) - begun.get(i - 10)).isGreaterThanOrEqualTo(STRETCH);
    }
    assertThat(begun).hasSizeGreaterThan(9_000);
  }
}
