package dev.porchlight.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.testing.SettableClock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tree that a hub begins with.
class FirstTreeTest {
  @TempDir private Path folder;

  @Test
  void it_is_made_in_one_commit_so_that_no_power_cut_leaves_half_of_it() {
    try (var store =
        new EngineStore(SqliteEngine.open(folder, SettableClock.at("2026-03-14T09:00:00Z")))) {
      Nodes.makeDefaults(store, 1);
      assertThat(store.batches()).isEqualTo(1);
      var office =
          Nodes.in(store.settings()).all().stream()
              .filter(n -> n.kind() == Node.Kind.OFFICE)
              .toList();
      assertThat(office).hasSize(1);
      assertThat(Nodes.in(store.settings()).frontDeskOf(office.getFirst()).parent())
          .isEqualTo(office.getFirst().id());
      Nodes.makeDefaults(store, 1);
      assertThat(store.batches()).as("there is one").isEqualTo(1);
    }
  }
}
