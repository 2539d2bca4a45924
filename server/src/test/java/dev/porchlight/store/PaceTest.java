package dev.porchlight.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Pace pace = new Pace();
  private long now = -TimeUnit.HOURS.toNanos(5);
  private long leads;

  /// Rests after a unit of so many milliseconds, a second after the one before.
  private long rest(int millis, int leadsSince) {
    now += TimeUnit.SECONDS.toNanos(1);
    leads += leadsSince;
    return pace.rest(millis * MILLI, leads, now) / MILLI;
  }

  @Test
  void it_has_a_fifth_of_the_writer_where_no_leads_come() {
    assertThat(rest(3, 0)).isEqualTo(12);
    assertThat(rest(3, 9)).isEqualTo(12);
    assertThat(rest(3000, 0)).isEqualTo(250);
  }

  @Test
  void it_has_a_hundredth_beside_leads_and_more_again_after_an_hour() {
    assertThat(rest(3, 1000)).as("of the time before nothing is known").isEqualTo(12);
    for (int second = 1; second < 3600; second++) {
      assertThat(rest(3, 10)).isEqualTo(297);
    }
    assertThat(rest(3, 10)).as("else it would pile up").isEqualTo(12);
    assertThat(rest(3, 10)).isEqualTo(12);
  }

  @Test
  void after_a_pause_it_begins_anew() {
    for (int second = 0; second < 4000; second++) {
      rest(3, 10);
    }
    now += TimeUnit.MINUTES.toNanos(11);
    assertThat(rest(3, 7000)).isEqualTo(12);
    assertThat(rest(3, 10)).isEqualTo(297);
    assertThat(rest(300, 10)).as("seconds at most").isEqualTo(2000);
  }
}
