package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;

/// A condition for a WHERE clause.
///
/// @param condition SQL in parentheses or a single comparison, so it can be joined with `AND`;
///   holds a `?` for each bound value. It is true for the rows that it selects, and false or NULL
///   for the others
/// @param binds the values to bind, in order: `String`, `Long`, `Double` or `java.math.BigDecimal`
/// @param exact whether it selects exactly the rows that match; if not, it selects all of those and
///   maybe more, and an [Evaluator] decides
public record Sql(String condition, List<Object> binds, boolean exact) {
  /// Copies the list.
  public Sql {
    Objects.requireNonNull(condition, "condition");
    binds = List.copyOf(binds);
  }
}
