package dev.porchlight.filter;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// A filter that was read. Immutable; many threads may use it.
///
/// @param expression what it says; functions of the present time are already worked out
/// @param dropped what a permissive reading left out, in the order of the text; empty after a
///   strict one
public record Filter(Expression expression, List<FilterError> dropped) {
  /// Copies the list.
  public Filter {
    Objects.requireNonNull(expression, "expression");
    dropped = List.copyOf(dropped);
  }

  /// Reads a filter.
  ///
  /// @param text the filter, already decoded from a URL; empty or blank means that everything
  ///   matches
  /// @param catalogue the attributes it may name
  /// @param now the time that `now()`, `days(n)` and the like go by
  /// @throws FilterException when it is wrong, over a limit, or names an attribute that cannot be
  ///   searched
  public static Filter parse(String text, Catalogue catalogue, Instant now) {
    return new Parser(text, catalogue, now).parse(false);
  }

  /// Reads a filter, leaving out the expressions whose attribute does not exist or cannot be
  /// searched. What is left out counts as neither true nor false: `a Or x And b` without `x` is `a
  /// Or b`. When nothing is left, everything matches.
  ///
  /// @param text the filter, already decoded from a URL; empty or blank means that everything
  ///   matches
  /// @param catalogue the attributes it may name
  /// @param now the time that `now()`, `days(n)` and the like go by
  /// @throws FilterException when it is wrong or over a limit
  public static Filter parsePermissively(String text, Catalogue catalogue, Instant now) {
    return new Parser(text, catalogue, now).parse(true);
  }
}
