package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;

/// What a filter says, as a tree. It is either true or false for a row, never unknown. Trees are as
/// deep as groups may nest, so code that walks them may recurse.
public sealed interface Expression {
  /// Matches every row: an empty filter, or one of which nothing was left.
  record Everything() implements Expression {}

  /// All parts match.
  ///
  /// @param parts two or more
  record And(List<Expression> parts) implements Expression {
    /// Copies the parts; there are two or more.
    public And {
      parts = List.copyOf(parts);
      if (parts.size() < 2) {
        throw new IllegalArgumentException("And needs two parts");
      }
    }
  }

  /// At least one part matches.
  ///
  /// @param parts two or more
  record Or(List<Expression> parts) implements Expression {
    /// Copies the parts; there are two or more.
    public Or {
      parts = List.copyOf(parts);
      if (parts.size() < 2) {
        throw new IllegalArgumentException("Or needs two parts");
      }
    }
  }

  /// The part does not match.
  ///
  /// @param part which
  record Not(Expression part) implements Expression {
    /// Checks that it is there.
    public Not {
      Objects.requireNonNull(part, "part");
    }
  }

  /// `Eq` and `Ne`. `Eq` is true when the operand (on a list: any element; with `all`: every
  /// element, and there is one) meets any criterion. `Ne` is its opposite, except with `all`, where
  /// no element may meet one; so `Ne` is true when nothing is set.
  ///
  /// @param operand what is looked at
  /// @param negated whether it is `Ne`
  /// @param anyOf one or more criteria that fit the operand's type
  record Matches(Operand operand, boolean negated, List<Criterion> anyOf) implements Expression {
    /// Copies the criteria; there is at least one.
    public Matches {
      Objects.requireNonNull(operand, "operand");
      anyOf = List.copyOf(anyOf);
      if (anyOf.isEmpty()) {
        throw new IllegalArgumentException("Eq needs a value");
      }
    }
  }

  /// `Gt`, `Ge`, `Lt`, `Le`; false when nothing is set.
  ///
  /// @param operand what is looked at
  /// @param order which operator
  /// @param value of the operand's type
  record Ordered(Operand operand, Order order, Value.Scalar value) implements Expression {
    /// Checks that the types are the same.
    public Ordered {
      if (operand.type() != value.type()) {
        throw new IllegalArgumentException(operand.type() + " against " + value.type());
      }
    }
  }

  /// `Bt`, both ends included; false when nothing is set, and when the ends are reversed.
  ///
  /// @param operand what is looked at
  /// @param low of the operand's type
  /// @param high of the operand's type
  record Between(Operand operand, Value.Scalar low, Value.Scalar high) implements Expression {
    /// Checks that the types are the same.
    public Between {
      if (operand.type() != low.type() || operand.type() != high.type()) {
        throw new IllegalArgumentException(
            operand.type() + " against " + low.type() + " and " + high.type());
      }
    }
  }
}
