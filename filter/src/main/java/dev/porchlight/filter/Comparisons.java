package dev.porchlight.filter;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads an operator and what stands on its right, and fits the values to the left side.
final class Comparisons {
  private final Reading reading;
  private final Lexer lexer;
  private final Values values;
  private int expressions;

  Comparisons(Reading reading, Values values) {
    this.reading = reading;
    this.lexer = reading.lexer();
    this.values = values;
  }

  /// What follows the left side of an operator.
  Start.Group comparison(Start.Side side) {
    if (++expressions == Limits.EXPRESSIONS + 1) {
      reading.overLimit(
          side.from(),
          lexer.start(),
          "A filter has at most " + Limits.EXPRESSIONS + " expressions.");
    }
    Lexer.Kind operator = lexer.kind();
    int from = lexer.start();
    int to = from + lexer.token().length();
    Order order = null;
    switch (operator) {
      case EQ, NE, BT -> {}
      case GT -> order = Order.GT;
      case GE -> order = Order.GE;
      case LT -> order = Order.LT;
      case LE -> order = Order.LE;
      case ATTRIBUTE, WORD ->
          throw lexer.fail("Expected an operator: Eq, Ne, Gt, Ge, Lt, Le or Bt. " + reading.hint());
      case END -> throw lexer.fail("The filter ends where an operator (Eq, Ne, ...) is expected.");
      default ->
          throw lexer.fail(
              "Expected an operator: Eq, Ne, Gt, Ge, Lt, Le or Bt, not "
                  + operator.description()
                  + ".");
    }
    if (!side.searches()) {
      throw lexer.fail(
          side.from(), from, "The left side of an operator needs an attribute; this has none.");
    }
    lexer.advance();
    if (operator == Lexer.Kind.BT) {
      return new Start.Group(between(side), 0);
    }
    List<Values.Item> items = unify(values.condition());
    if (order != null) {
      Values.Item item = orderable(items, from, to);
      if (side.operand() == null) {
        return new Start.Group(null, 0);
      }
      return new Start.Group(
          new Expression.Ordered(
              side.operand(),
              order,
              fit(item, Objects.requireNonNull(item.value()), side.operand())),
          0);
    }
    if (items.size() > 1) {
      for (var item : items) {
        if (item.isNull() || item.type() == Type.BOOLEAN) {
          throw lexer.fail(
              item.from(), item.to(), "A list holds integers, decimals, texts or functions.");
        }
      }
    }
    if (side.operand() == null) {
      return new Start.Group(null, 0);
    }
    return new Start.Group(matches(side.operand(), operator == Lexer.Kind.NE, items), 0);
  }

  private @Nullable Expression between(Start.Side side) {
    Values.Item low = values.bound();
    if (!reading.skip(Lexer.Kind.COMMA)) {
      throw lexer.fail("Bt takes exactly two values with a comma between: `A Bt 1,5`.");
    }
    Values.Item high = values.bound();
    if (lexer.kind() == Lexer.Kind.COMMA) {
      throw lexer.fail("Bt takes exactly two values with a comma between: `A Bt 1,5`.");
    }
    Value.Scalar a = Objects.requireNonNull(low.value());
    Value.Scalar b = Objects.requireNonNull(high.value());
    boolean fits =
        a.type() == b.type()
            || (a.type().numeric() && b.type().numeric())
            || (isDay(a.type()) && isDay(b.type()));
    if (!fits) {
      throw lexer.fail(high.from(), high.to(), "The two values of Bt are of one type.");
    }
    Operand operand = side.operand();
    if (operand == null) {
      return null;
    }
    boolean decimal = operand.type() == Type.INTEGER && a.type() != b.type();
    if (decimal) {
      throw mismatch(a.type() == Type.DECIMAL ? low : high, operand);
    }
    return new Expression.Between(operand, fit(low, a, operand), fit(high, b, operand));
  }

  private Values.Item orderable(List<Values.Item> items, int from, int to) {
    if (items.size() > 1) {
      throw lexer.fail(from, to, "Only Eq and Ne take a list.");
    }
    Values.Item item = items.getFirst();
    Type type = item.type();
    if (item.value() == null || type == Type.CHARACTER || type == Type.BOOLEAN) {
      throw lexer.fail(
          from,
          to,
          "This operator is for numbers, dates and times; text, booleans, shapes and null take Eq"
              + " and Ne.");
    }
    return item;
  }

  private Expression matches(Operand operand, boolean negated, List<Values.Item> items) {
    Wildcards rule = wildcards(operand);
    List<Criterion> criteria = new ArrayList<>(items.size());
    int wildcards = 0;
    for (var item : items) {
      if (item.isNull()) {
        criteria.add(new Criterion.NotSet());
        continue;
      }
      if (item.criterion() != null) {
        if (operand.type() != item.type()) {
          throw mismatch(item, operand);
        }
        criteria.add(item.criterion());
        continue;
      }
      Value.Scalar value = fit(item, Objects.requireNonNull(item.value()), operand);
      if (item.quoted() && rule != Wildcards.NONE && value instanceof Value.Text(var text)) {
        var pattern = hasWildcard(text) ? Wildcard.of(text) : null;
        if (pattern != null && pattern.count() > 0) {
          wildcards += pattern.count();
          if (wildcards > Limits.WILDCARDS) {
            reading.overLimit(
                item.from(),
                item.to(),
                "One condition has at most " + Limits.WILDCARDS + " wildcards (* and ?).");
            pattern = Wildcard.of("*");
          }
          criteria.add(new Criterion.Like(pattern, rule == Wildcards.WORDS && !pattern.hasBlank()));
        } else {
          criteria.add(
              new Criterion.Same(pattern == null ? value : new Value.Text(pattern.plain())));
        }
      } else {
        criteria.add(new Criterion.Same(value));
      }
    }
    return new Expression.Matches(operand, negated, criteria);
  }

  private static boolean hasWildcard(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
  }

  private static Wildcards wildcards(Operand operand) {
    return switch (operand) {
      case Operand.Field(var attribute) -> attribute.wildcards();
      case Operand.Call(var function, var arguments, _) -> {
        Wildcards inner = wildcards(arguments.getFirst());
        boolean keepsWords =
            switch (function) {
              case TOLOWER, TOUPPER, TRIM, ALL -> true;
              default -> false;
            };
        yield inner == Wildcards.WORDS && !keepsWords ? Wildcards.WHOLE : inner;
      }
      case Operand.Literal _, Operand.Computed _, Operand.Negative _ -> Wildcards.WHOLE;
    };
  }

  /// The value as the operand's type has it.
  private Value.Scalar fit(Values.Item item, Value.Scalar value, Operand operand) {
    Type type = operand.type();
    if (value.type() == type) {
      return value;
    }
    return switch (value) {
      case Value.Whole(var whole) when type == Type.DECIMAL ->
          new Value.Decimal(BigDecimal.valueOf(whole));
      case Value.Day(var day) when type == Type.DATETIME ->
          new Value.Moment(day.atStartOfDay().toInstant(ZoneOffset.UTC));
      case Value.Moment(var moment) when type == Type.DATE ->
          new Value.Day(LocalDate.ofInstant(moment, ZoneOffset.UTC));
      default -> throw mismatch(item, operand);
    };
  }

  private FilterException mismatch(Values.Item item, Operand operand) {
    Type given = item.type();
    if (given == Type.LOCATION) {
      throw lexer.fail(
          item.from(),
          item.to(),
          "Only a location lies within a shape; the left side is " + operand.type().word() + ".");
    }
    String form =
        switch (operand.type()) {
          case CHARACTER -> "Write text between single quotes.";
          case INTEGER -> "Write it as 5.";
          case DECIMAL -> "Write it as 5 or 5.25.";
          case BOOLEAN -> "Write true or false.";
          case DATE -> "Write it as 2026-01-31, without quotes.";
          case DATETIME -> "Write it as 2026-01-31T09:30:00Z or 2026-01-31, without quotes.";
          case TIME -> "Write it as 09:30 or 09:30:15, without quotes.";
          case LOCATION -> "Write a shape, such as radius('46.87 -96.78',5).";
        };
    return lexer.fail(
        item.from(),
        item.to(),
        "The left side is "
            + operand.type().word()
            + ", this value is "
            + (given == null ? "not" : given.word())
            + ". "
            + form);
  }

  /// Gives all values of a list one type.
  private List<Values.Item> unify(List<Values.Item> items) {
    Type type = items.getFirst().type();
    boolean mixed = false;
    for (var item : items) {
      if (item.type() != type) {
        boolean numbers =
            type != null && type.numeric() && item.type() != null && item.type().numeric();
        if (!numbers) {
          throw lexer.fail(
              item.from(), item.to(), "The values of a list are all of one type; this one is not.");
        }
        mixed = true;
      }
    }
    if (!mixed) {
      return items;
    }
    List<Values.Item> decimals = new ArrayList<>(items.size());
    for (var item : items) {
      decimals.add(
          item.value() instanceof Value.Whole(var whole)
              ? new Values.Item(
                  new Value.Decimal(BigDecimal.valueOf(whole)), null, false, item.from(), item.to())
              : item);
    }
    return decimals;
  }

  private static boolean isDay(Type type) {
    return type == Type.DATE || type == Type.DATETIME;
  }
}
