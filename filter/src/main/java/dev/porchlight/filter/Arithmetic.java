package dev.porchlight.filter;

/// The arithmetic operators. Two integers give an integer (`5 Div 2` is 2, `-5 Div 2` is -2, `-5
/// Mod 2` is -1); with a decimal the result is a decimal, rounded half up to 20 places.
public enum Arithmetic {
  /// Addition.
  ADD,
  /// Subtraction.
  SUB,
  /// Multiplication.
  MUL,
  /// Division.
  DIV,
  /// Remainder, with the sign of the dividend.
  MOD
}
