package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lanes live as long as what they are of, and nothing that was in them is ever deleted.
class LanePlansTest {
  @TempDir private Path folder;

  @Test
  void what_is_open_in_a_lane_is_not_looked_for_among_all_that_was_ever_in_it() {
    try (var hub = TestHub.start(folder)) {
      for (var question :
          List.of(
              OpenLanes.WAITING_ONES,
              OpenLanes.PASSED_ONES,
              OpenLanes.ALL_OF_THESE,
              OpenLanes.SUPERSEDED)) {
        var plan =
            hub.hub()
                .store()
                .read(h ->
                    h.createQuery(
                            "EXPLAIN QUERY PLAN " + question.replace("(<keys>)", "(:k, :other)"))
                        .bind("e", "endpoint")
                        .bind("k", "lane")
                        .bind("other", "other")
                        .map((r, _) -> r.getString("detail"))
                        .list());
        assertThat(plan)
            .as(question)
            .anyMatch(step ->
                step.startsWith("SEARCH d ")
                    && step.contains("(endpoint_id=? AND order_key=? AND seq>?)"));
      }
    }
  }
}
