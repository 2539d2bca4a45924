package dev.porchlight.store;

import java.util.Arrays;
import java.util.List;

/// A row that a unit is going to look up.
///
/// @param key as [Batch#find] takes it, in the form of columns
public record Wanted(Table<?> table, List<Object> key) {
  public Wanted {
    key = List.copyOf(key);
  }

  /// The row of a table with that key.
  public static Wanted of(Table<?> table, Object... key) {
    return new Wanted(table, Arrays.stream(key).map(Table::plain).toList());
  }
}
