package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;

/// The left side of a comparison: an attribute, or something computed from one. Trees are at most
/// [Limits#ARITHMETIC] and [Limits#FUNCTIONS] deep, so code that walks them may recurse.
public sealed interface Operand {
  /// The type of what it gives, or of each element on a list attribute.
  Type type();

  /// An attribute.
  ///
  /// @param attribute as the catalogue has it
  record Field(Attribute attribute) implements Operand {
    /// Checks that it is there.
    public Field {
      Objects.requireNonNull(attribute, "attribute");
    }

    @Override
    public Type type() {
      return attribute.type();
    }
  }

  /// A literal, as an argument or in arithmetic.
  ///
  /// @param value its value
  record Literal(Value.Scalar value) implements Operand {
    /// Checks that it is there.
    public Literal {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public Type type() {
      return value.type();
    }
  }

  /// A function of operands.
  ///
  /// @param function which
  /// @param arguments in order, of the number and types that the function takes
  /// @param type of the result
  record Call(FunctionName function, List<Operand> arguments, Type type) implements Operand {
    /// Copies the arguments; there is at least one.
    public Call {
      arguments = List.copyOf(arguments);
      if (arguments.isEmpty()) {
        throw new IllegalArgumentException(function + " needs an argument");
      }
    }
  }

  /// Arithmetic on two numeric operands. It gives nothing where it cannot be done: an operand that
  /// is not set, division by zero, a result beyond the type.
  ///
  /// @param operator which
  /// @param left numeric
  /// @param right numeric
  record Computed(Arithmetic operator, Operand left, Operand right) implements Operand {
    /// Checks that both are numeric.
    public Computed {
      if (!left.type().numeric() || !right.type().numeric()) {
        throw new IllegalArgumentException("arithmetic needs numbers");
      }
    }

    @Override
    public Type type() {
      return left.type() == Type.DECIMAL ? Type.DECIMAL : right.type();
    }
  }

  /// A numeric operand with its sign turned.
  ///
  /// @param operand numeric
  record Negative(Operand operand) implements Operand {
    /// Checks that it is numeric.
    public Negative {
      if (!operand.type().numeric()) {
        throw new IllegalArgumentException("only a number has a sign");
      }
    }

    @Override
    public Type type() {
      return operand.type();
    }
  }
}
