package dev.porchlight.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RestsTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Rests rests = new Rests();
  private long now = -TimeUnit.HOURS.toNanos(5);
  private long leads;

  /// Rests after a unit of so many milliseconds, so long after the one before.
  private long rest(int millis, int after, int leadsSince) {
    now += after * MILLI;
    leads += leadsSince;
    return rests.after(millis * MILLI, leads, now) / MILLI;
  }

  private void work(int seconds) {
    for (int second = 0; second < seconds; second++) {
      rest(3, 1000, 10);
    }
  }

  @Test
  void it_has_a_fifth_of_the_writer_where_no_leads_come() {
    assertThat(rest(3, 1000, 0)).isEqualTo(12);
    assertThat(rest(3, 1000, 9)).isEqualTo(12);
    assertThat(rest(3000, 1000, 0)).isEqualTo(250);
  }

  @Test
  void it_has_a_hundredth_beside_leads() {
    assertThat(rest(3, 1000, 1000)).as("of the time before nothing is known").isEqualTo(12);
    assertThat(rest(3, 1000, 10)).isEqualTo(297);
    assertThat(rest(300, 1000, 10)).as("seconds at most").isEqualTo(2000);
  }

  @Test
  void some_leads_at_once_are_no_stream_and_a_moment_without_any_is_no_end_of_it() {
    rest(3, 1000, 0);
    for (int i = 0; i < 5; i++) {
      assertThat(rest(3, 150, i == 2 ? 5 : 0)).isEqualTo(12);
    }
    rest(3, 1000, 50);
    for (int i = 0; i < 6; i++) {
      assertThat(rest(3, 150, 0)).isEqualTo(297);
    }
  }

  @Test
  void what_has_no_end_for_an_hour_goes_on_by_a_fifth_until_it_has_one() {
    work(3600);
    assertThat(rest(3, 1000, 10)).as("else it would pile up").isEqualTo(12);
    work(1000);
    assertThat(rest(3, 1000, 10)).isEqualTo(12);
    assertThat(rest(3, 6000, 60)).as("it had an end").isEqualTo(297);
  }

  @Test
  void what_has_an_end_every_minute_never_piles_up() {
    for (int minute = 0; minute < 200; minute++) {
      rest(3, 1000, 10);
      assertThat(rest(3, 1000, 10)).isEqualTo(297);
      rest(3, 8000, 80);
    }
  }
}
