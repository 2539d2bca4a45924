package dev.porchlight.filter;

import java.util.Objects;

/// One thing that `Eq` looks for.
public sealed interface Criterion {
  /// The attribute is not set.
  record NotSet() implements Criterion {}

  /// The value equals this one; texts are compared whole, ignoring letter case as [Folding] does.
  ///
  /// @param value of the operand's type
  record Same(Value.Scalar value) implements Criterion {
    /// Checks that it is there.
    public Same {
      Objects.requireNonNull(value, "value");
    }
  }

  /// The text has the form of a pattern, ignoring letter case.
  ///
  /// @param pattern with at least one wildcard
  /// @param words whether one word of the text suffices
  record Like(Wildcard pattern, boolean words) implements Criterion {
    /// Checks that it is there.
    public Like {
      Objects.requireNonNull(pattern, "pattern");
    }
  }

  /// The text begins so, letter case included.
  ///
  /// @param text how
  record StartsWith(String text) implements Criterion {
    /// Checks that it is there.
    public StartsWith {
      Objects.requireNonNull(text, "text");
    }
  }

  /// The text ends so, letter case included.
  ///
  /// @param text how
  record EndsWith(String text) implements Criterion {
    /// Checks that it is there.
    public EndsWith {
      Objects.requireNonNull(text, "text");
    }
  }

  /// The text contains this, letter case included.
  ///
  /// @param text what
  record Contains(String text) implements Criterion {
    /// Checks that it is there.
    public Contains {
      Objects.requireNonNull(text, "text");
    }
  }

  /// A regular expression (RE2 syntax) is found somewhere in the text.
  ///
  /// @param expression one that compiles
  /// @param ignoreCase whether letter case is ignored
  record Regex(String expression, boolean ignoreCase) implements Criterion {
    /// Checks that it is there.
    public Regex {
      Objects.requireNonNull(expression, "expression");
    }
  }

  /// The location lies within a shape.
  ///
  /// @param shape which
  record Within(Shape shape) implements Criterion {
    /// Checks that it is there.
    public Within {
      Objects.requireNonNull(shape, "shape");
    }
  }

  /// The text lies between two others, both included, ignoring letter case, by code points.
  ///
  /// @param low the first that matches
  /// @param high the last that matches
  record TextRange(String low, String high) implements Criterion {
    /// Checks that both are there.
    public TextRange {
      Objects.requireNonNull(low, "low");
      Objects.requireNonNull(high, "high");
    }
  }
}
