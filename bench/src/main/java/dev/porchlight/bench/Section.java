package dev.porchlight.bench;

import java.io.IOException;
import java.util.List;

/// One part of what is measured, and its part of the page. A new one is one class and one line in
/// [Bench].
interface Section {
  /// Measures once. Called once a round for each engine, with a fresh hub open for all sections.
  default void round(Bed bed) throws IOException {}

  /// Measures what takes no engine's part, once a round, while no hub is open.
  default void between(Bed bed) throws IOException {}

  /// Writes what was found.
  ///
  /// @param engines those that were measured, in the order of their measuring
  void write(Page page, Figures figures, List<String> engines);

  /// What was aimed at where no engine takes part, and whether it was met.
  default List<Direction> directions(Figures figures) {
    return List.of();
  }

  /// What was aimed at, and whether it was met.
  default List<Direction> directions(Figures figures, String engine) {
    return List.of();
  }

  /// One aim.
  ///
  /// @param aim in words
  /// @param found the figure, with its unit
  record Direction(String aim, String found, boolean met) {}
}
