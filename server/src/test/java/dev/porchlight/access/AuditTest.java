package dev.porchlight.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The audit is found by its indexes, and a question that no index answers is looked for in parts.
class AuditTest {
  @TempDir private Path folder;

  @Test
  void nothing_is_walked_through_and_several_filters_are_looked_for_in_parts() {
    try (var hub = TestHub.start(folder)) {
      var store = hub.hub().store();
      for (var column : List.of("", "subject", "principal", "deed")) {
        for (int values = 1; values <= (column.equals("principal") ? 3 : 1); values++) {
          for (var since : List.of(true, false)) {
            var sql = Audit.sql(column, values, since);
            int n = values;
            var plan =
                store.read(h -> {
                  var q = h.createQuery("EXPLAIN QUERY PLAN " + sql);
                  q.bind("place", "g").bind("most", 10).bind("least", "0");
                  for (int i = 0; i < n; i++) {
                    q.bind("v" + i, "x");
                  }
                  return q.map((r, _) -> r.getString("detail")).list();
                });
            assertThat(plan).as(sql).noneMatch(step -> step.startsWith("SCAN audit"));
            var wanted =
                column.isEmpty() ? "PRIMARY KEY" : "audit_" + column + " (" + column + "=?";
            assertThat(plan.stream().filter(s -> s.startsWith("SEARCH audit")).toList())
                .as(sql)
                .hasSize(values)
                .allMatch(step -> step.contains(wanted) && step.contains("id<?"));
          }
        }
      }

      try (var audit = new Audit(store, 1, Duration.ZERO)) {
        for (int i = 0; i < 2_500; i++) {
          audit.did(
              "member " + i % 2,
              i == 7 ? "POST /console/leads/{id}/reassign" : "GET /console/leads/{id}",
              "lead-" + i,
              "127.0.0.1");
        }
      }
      try (var audit = new Audit(store, 1, Duration.ZERO)) {
        // Along who it was, for what was done with leads: some at a time.
        var found = new ArrayList<String>();
        int looks = 0;
        var place = "";
        do {
          var some =
              audit.list(
                  Scope.EVERYTHING,
                  new Audit.Query(List.of("member 1"), "lead-7", "leads", null, null, place, 10));
          some.rows().forEach(e -> found.add(e.deed()));
          place = some.next().orElse("");
          looks++;
        } while (!place.isEmpty());
        assertThat(found).containsExactly("leads.reassign");
        assertThat(looks).isEqualTo(1);

        looks = 0;
        found.clear();
        do {
          var some =
              audit.list(
                  Scope.EVERYTHING,
                  new Audit.Query(List.of("member 0"), "", "sources", null, null, place, 10));
          place = some.next().orElse("");
          looks++;
        } while (!place.isEmpty());
        assertThat(looks).isEqualTo(2);
      }
    }
  }
}
