package dev.porchlight.filter;

import org.jspecify.annotations.Nullable;

/// What may stand at the beginning of an expression.
sealed interface Start {
  /// An expression, null when it was dropped, and how deep groups nest in it.
  record Group(@Nullable Expression expression, int height) implements Start {}

  /// An operand, null when an attribute in it was dropped.
  ///
  /// @param searches whether an attribute occurs in it
  record Side(@Nullable Operand operand, boolean searches, int from) implements Start {}
}
