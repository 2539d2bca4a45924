package dev.porchlight.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/// What lines of the log ask for is done in small units, and one that fails keeps no other.
class LogStepsTest {
  private final List<String> written = new ArrayList<>();

  private static LogSteps.Step step(long seq, String name) {
    return new LogSteps.Step(seq, name, _ -> {});
  }

  private boolean write(List<LogSteps.Step> steps, long place) {
    for (var step : steps) {
      if (step.what().equals("bad")) {
        throw new IllegalStateException("a defect, as the test wants it");
      }
    }
    written.add(steps.stream().map(LogSteps.Step::what).toList() + " " + place);
    return true;
  }

  private void take(long to, LogSteps.Step... steps) {
    LogSteps.take(NOPLogger.NOP_LOGGER, List.of(steps), 2, to, this::write);
  }

  @Test
  void the_place_never_passes_a_line_that_is_not_through() {
    take(9, step(3, "a"), step(5, "b"), step(5, "c"), step(5, "d"), step(8, "e"));
    assertThat(written).containsExactly("[a, b] 4", "[c, d] 7", "[e] 9");
    written.clear();
    take(9);
    assertThat(written).containsExactly("[] 9");
  }

  @Test
  void one_that_fails_by_a_defect_is_stepped_over_alone() {
    take(9, step(3, "a"), step(5, "bad"), step(6, "c"));
    assertThat(written).containsExactly("[a] 2", "[] 5", "[c] 9");
  }

  @Test
  void a_store_that_is_away_is_not_a_defect_of_the_line() {
    assertThatThrownBy(() ->
            LogSteps.take(
                NOPLogger.NOP_LOGGER,
                List.of(step(3, "a")),
                2,
                9,
                (_, _) -> {
                  throw new StoreUnavailableException("away");
                }))
        .isInstanceOf(StoreUnavailableException.class);
  }
}
