package dev.porchlight.filter;

/// Computes with literals, and says where that has no result.
final class LiteralArithmetic {
  private final Lexer lexer;

  LiteralArithmetic(Lexer lexer) {
    this.lexer = lexer;
  }

  Value.Scalar fold(Operator operator, Value.Scalar a, Value.Scalar b) {
    Arithmetic arithmetic = operator.arithmetic();
    Value.Scalar result = Functions.compute(arithmetic, a, b);
    if (result == null) {
      boolean zero =
          switch (b) {
            case Value.Whole(var whole) -> whole == 0;
            case Value.Decimal(var decimal) -> decimal.signum() == 0;
            default -> false;
          };
      throw lexer.fail(
          operator.from(),
          operator.to(),
          zero && (arithmetic == Arithmetic.DIV || arithmetic == Arithmetic.MOD)
              ? "Division by zero."
              : "The result of this arithmetic is too large.");
    }
    return result;
  }

  /// @param from where the minus sign stands
  Value.Scalar negated(Value.Scalar number, int from) {
    Value.Scalar result = Functions.negate(number);
    if (result == null) {
      throw lexer.fail(from, from + 1, "The result of this arithmetic is too large.");
    }
    return result;
  }
}
