package dev.porchlight.filter;

/// The operators that need an order.
public enum Order {
  /// Greater than.
  GT,
  /// Greater than or equal.
  GE,
  /// Less than.
  LT,
  /// Less than or equal.
  LE;

  /// Whether a comparison that gave `sign` (as `compareTo` does) satisfies this operator.
  boolean holds(int sign) {
    return switch (this) {
      case GT -> sign > 0;
      case GE -> sign >= 0;
      case LT -> sign < 0;
      case LE -> sign <= 0;
    };
  }
}
