package dev.porchlight.person;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.person.Activity.Act;
import dev.porchlight.person.Activity.Kind;
import dev.porchlight.person.Activity.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Scores, as a function of what happened.
class ActivityTest {
  private static final Instant NOW = Instant.parse("2026-03-14T09:30:00Z");
  private static final String ANA = "ana";
  private static final String BOB = "bob";

  private static Act act(String contact, Kind kind, int daysAgo) {
    return new Act(contact, kind, NOW.minus(Duration.ofDays(daysAgo)));
  }

  @Test
  void an_act_counts_its_points_and_halves_every_seven_days_until_the_thirtieth() {
    int[][] table = {{0, 50}, {1, 45}, {7, 25}, {14, 13}, {21, 6}, {29, 3}, {30, 0}, {400, 0}};
    for (var row : table) {
      assertThat(Activity.of(List.of(act(ANA, Kind.LEAD, row[0])), NOW).score(ANA))
          .as("after %d days", row[0])
          .isEqualTo(row[1]);
    }
    // The days are those of UTC: half an hour before midnight is yesterday.
    var yesterday = new Act(ANA, Kind.LEAD, Instant.parse("2026-03-13T23:30:00Z"));
    assertThat(Activity.of(List.of(yesterday), NOW).score(ANA)).isEqualTo(45);
  }

  @Test
  void each_kind_has_the_points_that_the_page_says() {
    for (var kind : Kind.values()) {
      var activity = Activity.of(List.of(act(ANA, kind, 0)), NOW);
      assertThat(activity.now(ANA)).isEqualTo(new Value(kind.points(), 1));
    }
    assertThat(List.of(Kind.values()).stream().map(k -> k + " " + k.points()))
        .containsExactly(
            "LEAD 50",
            "MESSAGE 30",
            "LINK 20",
            "LEAD_AGAIN 10",
            "SIGN_IN 10",
            "OWN_EDIT 10",
            "COMMENT 5",
            "EDIT 2");
  }

  @Test
  void the_relative_score_is_a_share_of_the_agents_best_of_seven_days() {
    // Bob had 50 six days ago; a day later it will be seven days ago, and no longer in the best.
    var acts = List.of(act(BOB, Kind.LEAD, 6), act(ANA, Kind.LEAD_AGAIN, 0));
    assertThat(Activity.of(acts, NOW).now(ANA)).isEqualTo(new Value(10, 0.2));
    assertThat(Activity.of(acts, NOW.plus(Duration.ofDays(1))).now(ANA))
        .isEqualTo(new Value(9, Math.round(10_000 * 9 / 45.0) / 10_000.0));
    assertThat(Activity.of(List.of(), NOW).now(ANA)).isEqualTo(new Value(0, 0));
  }

  @Provide
  Arbitrary<List<Act>> histories() {
    var act =
        Combinators.combine(
                Arbitraries.of(ANA, BOB, "cyd"),
                Arbitraries.of(Kind.class),
                Arbitraries.integers().between(-3 * 24 * 60, 80 * 24 * 60))
            .as((contact, kind, minutes) ->
                new Act(contact, kind, NOW.minus(Duration.ofMinutes(minutes))));
    return act.list().ofMaxSize(60);
  }

  @Property(tries = 300)
  void a_day_is_shown_as_it_was(
      @ForAll("histories") List<Act> acts, @ForAll @IntRange(min = 0, max = 29) int ago) {
    var midday = Instant.parse("2026-03-14T12:00:00Z");
    var then = midday.minus(Duration.ofDays(ago));
    var shown = Activity.of(acts, midday).daily(ANA);
    assertThat(shown).hasSize(Activity.SHOWN);
    // What came later that day, or after it, doesn't change what that day's end is.
    assertThat(shown.get(Activity.SHOWN - 1 - ago)).isEqualTo(Activity.of(acts, then).now(ANA));
  }

  @Property(tries = 300)
  void the_order_of_what_is_read_does_not_matter_and_the_rest_is_bounded(
      @ForAll("histories") List<Act> acts, @ForAll long seed) {
    var shuffled = new ArrayList<>(acts);
    Collections.shuffle(shuffled, new Random(seed));
    var one = Activity.of(acts, NOW);
    var other = Activity.of(shuffled, NOW);
    for (var contact : List.of(ANA, BOB, "cyd", "nobody")) {
      assertThat(one.daily(contact)).isEqualTo(other.daily(contact));
      for (var value : one.daily(contact)) {
        assertThat(value.score()).isNotNegative();
        assertThat(value.relative()).isBetween(0.0, 1.0);
      }
      assertThat(one.daily(contact).getLast()).isEqualTo(one.now(contact));
    }
  }

  @Property(tries = 300)
  void one_act_more_never_lowers_a_score_and_a_flood_counts_as_five(
      @ForAll("histories") List<Act> acts, @ForAll Kind kind) {
    int before = Activity.of(acts, NOW).score(ANA);
    var more = new ArrayList<>(acts);
    more.add(act(ANA, kind, 0));
    int after = Activity.of(more, NOW).score(ANA);
    assertThat(after).isBetween(before, before + kind.points());
    more.addAll(Collections.nCopies(100, act(ANA, kind, 0)));
    assertThat(Activity.of(more, NOW).score(ANA))
        .isLessThanOrEqualTo(before + Activity.MOST_A_DAY * kind.points());
  }
}
