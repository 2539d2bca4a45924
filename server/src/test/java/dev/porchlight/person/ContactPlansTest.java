package dev.porchlight.person;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.testing.SettableClock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What SQLite means to do with the conditions that indexes are said to serve, in a store that is
/// still empty.
class ContactPlansTest {
  @TempDir Path folder;

  @Test
  void each_condition_that_an_index_serves_is_served_by_it() {
    try (var store =
        new EngineStore(SqliteEngine.open(folder, SettableClock.at("2026-03-14T09:00:00Z")))) {
      for (var served :
          new String[][] {
            {"contact_search_email", "c.primary_email = ?", "c.display_name, c.contact_id"},
            {"contact_search_phone", "c.primary_phone_number = ?", "c.display_name, c.contact_id"},
            {"contact_search_family", "c.family_name = ?", "c.display_name, c.contact_id"},
            {"contact_search_name", "c.display_name = ?", "c.modified_at, c.contact_id"},
            {"contact_search_name", "c.home_locality = ?", "c.display_name, c.contact_id"},
            {"contact_search_modified", "c.modified_at >= ?", "c.modified_at, c.contact_id"},
            {
              "PRIMARY KEY (owner_id=? AND owned_seq>?)",
              "c.owned_seq > ?",
              "c.owner_id, c.owned_seq"
            }
          }) {
        var plan =
            store.read(h ->
                String.join(
                    "; ",
                    h.createQuery(
                            "EXPLAIN QUERY PLAN SELECT c.contact_id FROM contact_search c"
                                + " WHERE c.owner_id = ? AND c.connected = ? AND "
                                + served[1]
                                + " ORDER BY "
                                + served[2]
                                + " LIMIT ? OFFSET ?")
                        .bind(0, "1")
                        .bind(1, 1)
                        .bind(2, "x")
                        .bind(3, 25)
                        .bind(4, 0)
                        .map((r, _) -> r.getString("detail"))
                        .list()));
        assertThat(plan).as(served[1]).contains(served[0]);
      }
      var walk =
          store.read(h ->
              String.join(
                  "; ",
                  h.createQuery(
                          "EXPLAIN QUERY PLAN SELECT c.contact_id FROM contact_search c WHERE"
                              + " (c.owner_id || '') IN (?, ?) AND c.connected = ?"
                              + " AND c.owned_seq > ? ORDER BY c.owned_seq LIMIT ? OFFSET ?")
                      .bind(0, "1")
                      .bind(1, "2")
                      .bind(2, 1)
                      .bind(3, 0)
                      .bind(4, 25)
                      .bind(5, 0)
                      .map((r, _) -> r.getString("detail"))
                      .list()));
      assertThat(walk).contains("contact_search_walk").doesNotContain("TEMP B-TREE");
    }
  }
}
