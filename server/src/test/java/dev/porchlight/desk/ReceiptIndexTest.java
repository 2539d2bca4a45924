package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReceiptIndexTest {
  /// Else each look at what is owed or quarantined reads all receipts that ever came.
  @Test
  void sqlite_finds_receipts_in_rare_states_by_their_index(@TempDir Path folder) {
    try (var hub = TestHub.in(folder).withoutRebuildCheck().start()) {
      for (var state : Receipt.State.values()) {
        List<String> steps =
            hub.hub()
                .store()
                .read(h ->
                    h.createQuery(
                            "EXPLAIN QUERY PLAN SELECT COUNT(*) FROM receipt WHERE " + state.sql())
                        .map((r, _) -> r.getString("detail"))
                        .list());
        var plan = String.join("; ", steps);
        switch (state) {
          case OWED, QUARANTINED, REFUSED, ASIDE, MENDED, REPEAT, ERASED ->
              assertThat(plan).as(state.word()).contains("receipt_open");
          case DONE -> assertThat(plan).as(state.word()).doesNotContain("receipt_open");
        }
      }
    }
  }
}
