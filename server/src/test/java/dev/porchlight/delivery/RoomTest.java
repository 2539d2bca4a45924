package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.delivery.Planner.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How much of one endpoint is done at once, and what a receiver may ask.
class RoomTest {
  private static final long SECOND = 1_000_000_000L;

  private static Waiting lane(String key) {
    return new Waiting(
        new Claim("e", key, 1, Optional.empty(), false, false, 1, Instant.EPOCH), 0, List.of());
  }

  @Test
  void an_endpoint_that_is_overloaded_gets_half_and_grows_back_as_it_takes_more() {
    var room = new Room();
    room.allow(8, 0);
    assertThat(room.width()).isEqualTo(8);
    room.shrink(SECOND);
    room.shrink(SECOND + 1);
    assertThat(room.width()).as("what is said at once counts once").isEqualTo(4);
    for (int second = 2; second < 9; second++) {
      room.shrink(second * SECOND);
    }
    assertThat(room.width()).as("never nothing").isEqualTo(1);
    for (int n = 0; n < 100; n++) {
      room.grow();
    }
    assertThat(room.width()).as("never more than allowed").isEqualTo(8);
  }

  @Test
  void those_at_work_leave_when_it_shrinks_and_those_that_wait_come_in_when_it_grows() {
    var room = new Room();
    room.allow(4, 0);
    for (int n = 0; n < 6; n++) {
      assertThat(room.enter(lane("k" + n)))
          .isEqualTo(n < 4 ? Room.Entry.AT_ONCE : Room.Entry.LATER);
    }
    room.shrink(SECOND);
    assertThat(room.next()).as("four at work, two allowed").isNull();
    assertThat(room.next()).isNull();
    var fifth = room.next();
    assertThat(fifth).isNotNull();
    assertThat(room.another()).as("no room beside").isNull();
    room.grow();
    room.grow();
    room.grow();
    assertThat(room.another()).as("the sixth").isNotNull();
    assertThat(room.another()).as("nobody waits").isNull();
  }

  @Test
  void the_faster_lanes_go_the_more_wait_while_more_is_looked_for() {
    var room = new Room();
    room.allow(4, 0);
    long now = 100 * SECOND;
    assertThat(room.free(now)).as("four at once, and some that wait").isEqualTo(4 + 64);
    room.enter(lane("first"));
    for (int n = 0; n < 2000; n++) {
      room.enter(lane("k" + n));
      room.next();
    }
    assertThat(room.free(now + SECOND)).as("what a tenth of a second takes").isEqualTo(3 + 200);
    assertThat(room.free(now + SECOND + 1)).as("a look right after says nothing").isEqualTo(203);
    assertThat(room.free(now + 2 * SECOND)).as("it has become slow").isEqualTo(3 + 64);
  }

  @Test
  void requests_a_second_are_spread_and_no_more_lanes_wait_than_that() {
    var room = new Room();
    room.allow(64, 4);
    assertThat(room.width()).isEqualTo(4);
    assertThat(List.of(room.reserve(SECOND), room.reserve(SECOND), room.reserve(SECOND)))
        .containsExactly(0L, SECOND / 4, SECOND / 2);
    assertThat(room.reserve(10 * SECOND)).as("nothing is saved up").isZero();
    assertThat(room.reserve(10 * SECOND)).isEqualTo(SECOND / 4);
  }

  @Test
  void retry_after_is_seconds_or_a_date_and_else_nothing() {
    var now = Instant.parse("2026-03-14T09:30:00Z");
    assertThat(RetryAfter.of(" 120 ", now)).contains(Duration.ofMinutes(2));
    assertThat(RetryAfter.of("Sat, 14 Mar 2026 09:31:00 GMT", now)).contains(Duration.ofMinutes(1));
    assertThat(RetryAfter.of("Sat, 14 Mar 2026 09:29:00 GMT", now)).contains(Duration.ZERO);
    assertThat(RetryAfter.of("999999999999999999999", now)).isPresent();
    for (var none : List.of("", "-5", "soon", "1.5", "٣")) {
      assertThat(RetryAfter.of(none, now)).as(none).isEmpty();
    }
  }

  @Test
  void a_seat_is_left_while_what_was_sent_is_written_down_but_not_by_ever_so_many() {
    var room = new Room();
    room.allow(2, 0);
    for (int n = 0; n < 6; n++) {
      room.enter(lane("k" + n));
    }
    var first = new Seat(room);
    var second = new Seat(room);
    assertThat(room.another()).as("two at work").isNull();
    assertThat(first.leave()).isTrue();
    assertThat(first.leave()).as("once").isTrue();
    assertThat(room.another()).as("the third").isNotNull();
    assertThat(room.another()).as("one seat was left, once").isNull();
    assertThat(second.leave()).isTrue();
    assertThat(room.another()).as("the fourth").isNotNull();
    var third = new Seat(room);
    assertThat(third.leave()).as("two are not written down yet").isFalse();
    assertThat(first.end()).as("somebody has its seat already").isNull();
    assertThat(third.leave()).isTrue();
    assertThat(room.another()).as("the fifth").isNotNull();
    assertThat(new Seat(room).end()).as("the sixth comes into a seat that is held").isNotNull();
  }

  @Test
  void it_is_told_once_that_few_wait_however_many_leave_together() {
    var room = new Room();
    room.allow(1, 0);
    for (int n = 0; n < 100; n++) {
      room.enter(lane("k" + n));
    }
    assertThat(room.runsDry()).as("99 wait").isFalse();
    for (int n = 0; n < 70; n++) {
      room.next();
    }
    assertThat(room.runsDry()).as("29 wait").isTrue();
    assertThat(room.runsDry()).isFalse();
    room.next();
    assertThat(room.runsDry()).isFalse();
    for (int n = 0; n < 30; n++) {
      room.enter(lane("more" + n));
    }
    assertThat(room.runsDry()).as("58 wait").isFalse();
    while (room.next() != null) {}
    assertThat(room.runsDry()).as("nobody waits").isTrue();
  }

  @Test
  void who_could_not_begin_and_who_waits_are_handed_out_in_the_end() {
    var room = new Room();
    room.allow(1, 0);
    var first = lane("first");
    room.enter(first);
    room.enter(lane("second"));
    room.back(first);
    assertThat(room.clear())
        .extracting(w -> w.claim().orderKey())
        .containsExactly("first", "second");
    assertThat(room.clear()).isEmpty();
    assertThat(room.enter(lane("third"))).isEqualTo(Room.Entry.AT_ONCE);
  }
}
