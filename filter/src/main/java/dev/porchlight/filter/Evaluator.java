package dev.porchlight.filter;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides whether a row matches an expression. Made once per filter, then asked for each row;
/// immutable, many threads may use it.
///
/// A row is a function from the name of an attribute to its [Value]; a value of another type than
/// the catalogue's gives an [IllegalArgumentException] or a [ClassCastException]. A number of more
/// than a thousand places, before the point or behind it, counts as not set: it means nothing, and
/// to calculate with it would take time and memory without bound.
public final class Evaluator {
  private final Predicate<Function<String, Value>> test;

  private Evaluator(Predicate<Function<String, Value>> test) {
    this.test = test;
  }

  /// Prepares the evaluation of an expression that names no shape.
  public static Evaluator of(Expression expression) {
    return of(expression, Geometry.NONE);
  }

  /// Prepares the evaluation of an expression.
  ///
  /// @param geometry says what lies within the shapes that it names
  public static Evaluator of(Expression expression, Geometry geometry) {
    return new Evaluator(compile(expression, geometry));
  }

  /// Whether a row matches.
  ///
  /// @param row gives the value of an attribute, [Value#UNSET] where it has none; asked only for
  ///   attributes that the expression names
  public boolean matches(Function<String, Value> row) {
    return test.test(row);
  }

  private static Predicate<Function<String, Value>> compile(
      Expression expression, Geometry geometry) {
    return switch (expression) {
      case Expression.Everything() -> _ -> true;
      case Expression.And(var parts) -> {
        var tests = parts.stream().map(p -> compile(p, geometry)).toList();
        yield row -> {
          for (var part : tests) {
            if (!part.test(row)) {
              return false;
            }
          }
          return true;
        };
      }
      case Expression.Or(var parts) -> {
        var tests = parts.stream().map(p -> compile(p, geometry)).toList();
        yield row -> {
          for (var part : tests) {
            if (part.test(row)) {
              return true;
            }
          }
          return false;
        };
      }
      case Expression.Not(var part) -> compile(part, geometry).negate();
      case Expression.Matches(var operand, var negated, var anyOf) ->
          compile(operand, negated, anyOf, geometry);
      case Expression.Ordered(var operand, var order, var value) -> {
        boolean every = every(operand);
        yield row ->
            among(values(operand, row), every, x -> order.holds(Functions.compare(x, value)));
      }
      case Expression.Between(var operand, var low, var high) -> {
        boolean every = every(operand);
        yield row ->
            among(
                values(operand, row),
                every,
                x -> Functions.compare(x, low) >= 0 && Functions.compare(x, high) <= 0);
      }
    };
  }

  private static Predicate<Function<String, Value>> compile(
      Operand operand, boolean negated, List<Criterion> anyOf, Geometry geometry) {
    boolean every = every(operand) && !negated;
    boolean orUnset = anyOf.contains(new Criterion.NotSet());
    Predicate<Value.Scalar> meets = meets(anyOf, geometry);
    return row -> {
      List<Value.Scalar> values = values(operand, row);
      boolean met = values.isEmpty() ? orUnset : among(values, every, meets);
      return met != negated;
    };
  }

  private static boolean among(
      List<Value.Scalar> values, boolean every, Predicate<Value.Scalar> meets) {
    for (var value : values) {
      if (meets.test(value) != every) {
        return !every;
      }
    }
    return every && !values.isEmpty();
  }

  /// Whether any of the criteria is met by a value; equal ones are looked up together.
  private static Predicate<Value.Scalar> meets(List<Criterion> anyOf, Geometry geometry) {
    Set<String> folded = new HashSet<>();
    Set<Value.Scalar> same = new HashSet<>();
    List<Predicate<String>> others = new ArrayList<>();
    List<Predicate<Value.Location>> shapes = new ArrayList<>();
    for (var criterion : anyOf) {
      switch (criterion) {
        case Criterion.NotSet() -> {}
        case Criterion.Same(Value.Text(var text)) -> folded.add(Folding.fold(text));
        case Criterion.Same(var value) -> same.add(value);
        case Criterion.Like(var pattern, var words) -> others.add(like(pattern, words));
        case Criterion.StartsWith(var text) -> others.add(x -> x.startsWith(text));
        case Criterion.EndsWith(var text) -> others.add(x -> x.endsWith(text));
        case Criterion.Contains(var text) -> others.add(x -> x.contains(text));
        case Criterion.Within(var shape) -> shapes.add(geometry.within(shape));
        case Criterion.Regex(var expression, var ignoreCase) -> {
          Pattern pattern = Regexes.compile(expression, ignoreCase);
          others.add(x -> pattern.matcher(x).find());
        }
        case Criterion.TextRange(var low, var high) -> {
          String from = Folding.fold(low);
          String to = Folding.fold(high);
          others.add(x -> {
            String value = Folding.fold(x);
            return Folding.compare(value, from) >= 0 && Folding.compare(value, to) <= 0;
          });
        }
      }
    }
    return value -> {
      if (value instanceof Value.Location location) {
        return shapes.stream().anyMatch(s -> s.test(location));
      }
      if (!(value instanceof Value.Text(var text))) {
        return same.contains(value);
      }
      if (!folded.isEmpty() && folded.contains(Folding.fold(text))) {
        return true;
      }
      for (var other : others) {
        if (other.test(text)) {
          return true;
        }
      }
      return false;
    };
  }

  private static Predicate<String> like(Wildcard pattern, boolean words) {
    List<int[]> alternatives = pattern.alternatives();
    Predicate<String> whole =
        folded -> {
          int[] text = folded.codePoints().toArray();
          for (int[] alternative : alternatives) {
            if (Wildcard.matches(alternative, text)) {
              return true;
            }
          }
          return false;
        };
    return words
        ? text -> Folding.words(text).stream().anyMatch(whole)
        : text -> whole.test(Folding.fold(text));
  }

  static boolean every(Operand operand) {
    return operand instanceof Operand.Call(var function, var arguments, _)
        && (function == FunctionName.ALL || every(arguments.getFirst()));
  }

  /// The values that an operand has in a row: none, one, or several on a list.
  private static List<Value.Scalar> values(Operand operand, Function<String, Value> row) {
    return switch (operand) {
      case Operand.Field(var attribute) -> values(attribute, row.apply(attribute.name()));
      case Operand.Literal(var value) -> List.of(value);
      case Operand.Negative(var inner) -> {
        List<Value.Scalar> numbers = values(inner, row);
        yield numbers.isEmpty() ? numbers : results(numbers, Functions::negate);
      }
      case Operand.Computed(var operator, var left, var right) -> {
        List<Value.Scalar> a = values(left, row);
        List<Value.Scalar> b = values(right, row);
        yield a.isEmpty() || b.isEmpty()
            ? List.of()
            : results(a, x -> Functions.compute(operator, x, b.getFirst()));
      }
      case Operand.Call(var function, var arguments, _) -> {
        List<Value.Scalar> first = values(arguments.getFirst(), row);
        yield first.isEmpty() || function == FunctionName.ALL
            ? first
            : results(first, x -> Functions.apply(function, with(x, arguments)));
      }
    };
  }

  private static List<Value.Scalar> with(Value.Scalar first, List<Operand> arguments) {
    List<Value.Scalar> values = new ArrayList<>(arguments.size());
    values.add(first);
    for (var argument : arguments.subList(1, arguments.size())) {
      values.add(((Operand.Literal) argument).value());
    }
    return values;
  }

  private static List<Value.Scalar> results(
      List<Value.Scalar> values, Function<Value.Scalar, Value.@Nullable Scalar> change) {
    List<Value.Scalar> results = new ArrayList<>(values.size());
    for (var value : values) {
      Value.Scalar result = change.apply(value);
      if (result != null) {
        results.add(result);
      }
    }
    return results;
  }

  private static List<Value.Scalar> values(Attribute attribute, Value value) {
    List<Value.Scalar> values =
        switch (value) {
          case Value.Unset() -> List.of();
          case Value.Text(var text) when text.isEmpty() -> List.of();
          case Value.Decimal(var number) when Functions.isBeyond(number) -> List.of();
          case Value.Scalar scalar -> List.of(scalar);
          case Value.Many(var many) ->
              many.stream()
                  .filter(v -> !(v instanceof Value.Decimal(var n) && Functions.isBeyond(n)))
                  .toList();
        };
    for (var one : values) {
      if (one.type() != attribute.type()) {
        throw new IllegalArgumentException(
            attribute.name() + " is " + attribute.type().word() + ", not " + one.type().word());
      }
    }
    return values;
  }
}
