package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When filters are read.
class EventFiltersTest {
  private static final String HERE = "City Eq 'set by this hub'";
  private static final String THERE = "City Eq 'set by another hub'";

  @Test
  void a_filter_is_read_before_anything_is_decided_by_it(@TempDir Path folder) {
    try (var hub = TestHub.in(folder).withoutRebuildCheck().start()) {
      assertThat(EventFilters.isKept(HERE)).isFalse();
      var id =
          hub.addEndpoint("http://127.0.0.1:9/x", "porchlight", b -> b.put("filter", HERE)).id();
      assertThat(EventFilters.isKept(HERE)).isTrue();
      // As it comes from another hub: nobody has read it here.
      var store = hub.hub().store();
      var setting = store.settings().find(Endpoint.SETTING, id).orElseThrow();
      var body = setting.body().replace(HERE, THERE);
      assertThat(Json.tree(body).toString()).contains(THERE);
      store.write(WorkQueue.EDITS, batch -> batch.change(Endpoint.SETTING, id, body));
      assertThat(EventFilters.isKept(THERE)).isTrue();
    }
  }
}
