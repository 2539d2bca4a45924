package dev.porchlight.filter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one filter, by recursive descent over a [Lexer]: expressions and groups, and the sums on
/// the left of an operator. [Comparisons] reads the operator and on.
///
/// An opening parenthesis may begin a group (`(A Eq 1 Or B Eq 2)`) or an operand (`(A Add 1) Eq
/// 2`). Nothing is tried twice: what follows the parenthesis is read, and what was read tells which
/// it is; so time is linear. Recursion is bounded by [Limits#PARENTHESES] for parentheses and
/// functions together; minus signs and operators are loops.
///
/// An attribute that cannot be searched makes its comparison disappear (a null here), and is noted.
final class Parser {
  private final Reading reading;
  private final Lexer lexer;
  private final Operands operands;
  private final LiteralArithmetic arithmetic;
  private final Comparisons comparisons;
  private int operations;

  Parser(String text, Catalogue catalogue, Instant now) {
    reading = new Reading(text);
    lexer = reading.lexer();
    arithmetic = new LiteralArithmetic(lexer);
    var signatures = new Signatures(lexer);
    operands = new Operands(reading, catalogue, signatures);
    var functions = new ValueFunctions(reading, catalogue, now);
    comparisons =
        new Comparisons(reading, new Values(reading, operands, signatures, arithmetic, functions));
  }

  /// See [Lexer#steps].
  long steps() {
    return lexer.steps();
  }

  Filter parse(boolean permissive) {
    lexer.advance();
    if (lexer.kind() == Lexer.Kind.END) {
      return new Filter(new Expression.Everything(), List.of());
    }
    Start.Group all = expressions(null);
    if (lexer.kind() != Lexer.Kind.END) {
      throw reading.unexpectedAfterExpression();
    }
    if (!permissive && !reading.dropped().isEmpty()) {
      throw new FilterException(reading.dropped());
    }
    reading
        .overLimit()
        .ifPresent(over -> {
          throw new FilterException(List.of(over));
        });
    return new Filter(
        all.expression() == null ? new Expression.Everything() : all.expression(),
        reading.dropped());
  }

  private Start.Group expressions(Start.@Nullable Group first) {
    List<Expression> alternatives = new ArrayList<>(2);
    List<Expression> together = new ArrayList<>(4);
    int height = 0;
    Start.Group next = first;
    if (next == null) {
      boolean not = reading.skip(Lexer.Kind.NOT);
      next = expression();
      next = not ? not(next) : next;
    }
    while (true) {
      height = Math.max(height, next.height());
      if (next.expression() != null) {
        together.add(next.expression());
      }
      switch (lexer.kind()) {
        case AND -> {
          lexer.advance();
          refuseNot("\"And Not\" does not exist. Write `a Not b`, which means a and not b.");
          next = expression();
        }
        case OR -> {
          lexer.advance();
          refuseNot("\"Or Not\" does not exist. Write `a Or (Not b)`.");
          closeAnd(alternatives, together);
          together = new ArrayList<>(4);
          next = expression();
        }
        case NOT -> {
          lexer.advance();
          next = not(expression());
        }
        default -> {
          closeAnd(alternatives, together);
          return new Start.Group(
              switch (alternatives.size()) {
                case 0 -> null;
                case 1 -> alternatives.getFirst();
                default -> new Expression.Or(alternatives);
              },
              height);
        }
      }
    }
  }

  private static void closeAnd(List<Expression> alternatives, List<Expression> together) {
    if (together.size() == 1) {
      alternatives.add(together.getFirst());
    } else if (!together.isEmpty()) {
      alternatives.add(new Expression.And(together));
    }
  }

  private static Start.Group not(Start.Group group) {
    Expression part = group.expression();
    return part == null ? group : new Start.Group(new Expression.Not(part), group.height());
  }

  private void refuseNot(String message) {
    if (lexer.kind() == Lexer.Kind.NOT) {
      throw lexer.fail(message);
    }
  }

  private Start.Group expression() {
    if (lexer.kind() == Lexer.Kind.NOT) {
      throw lexer.fail("Not is doubled only through a group. Write `Not (Not a)`.");
    }
    return switch (sum(true)) {
      case Start.Group group -> group;
      case Start.Side side -> comparison(side);
    };
  }

  private Start.Group comparison(Start.Side side) {
    operations = 0;
    return comparisons.comparison(side);
  }

  /// After an opening parenthesis has been seen: a group, or an operand in parentheses.
  private Start parenthesis(boolean groupAllowed) {
    int open = lexer.start();
    reading.enter(open);
    lexer.advance();
    Start.Group group;
    if (groupAllowed && lexer.kind() == Lexer.Kind.NOT) {
      group = expressions(null);
    } else {
      Start start = sum(groupAllowed);
      if (start instanceof Start.Side side) {
        if (lexer.kind() == Lexer.Kind.CLOSE || !groupAllowed) {
          reading.close(open);
          return side;
        }
        group = expressions(comparison(side));
      } else {
        group = expressions((Start.Group) start);
      }
    }
    reading.close(open);
    int height = group.height() + 1;
    if (height > Limits.GROUPS) {
      reading.overLimit(open, open + 1, "Groups nest at most " + Limits.GROUPS + " deep.");
    }
    return new Start.Group(group.expression(), height);
  }

  private Start sum(boolean groupAllowed) {
    Start start = product(groupAllowed);
    if (start instanceof Start.Group) {
      return start;
    }
    Start.Side left = (Start.Side) start;
    for (var o = reading.ofSum(); o != null; o = reading.ofSum()) {
      left = compute(o, left, (Start.Side) product(false));
    }
    return left;
  }

  private Start product(boolean groupAllowed) {
    Start start = signed(groupAllowed);
    if (start instanceof Start.Group) {
      return start;
    }
    Start.Side left = (Start.Side) start;
    for (var o = reading.ofProduct(); o != null; o = reading.ofProduct()) {
      left = compute(o, left, (Start.Side) signed(false));
    }
    return left;
  }

  private Start.Side compute(Operator operator, Start.Side left, Start.Side right) {
    boolean searches = left.searches() || right.searches();
    requireNumber(left, operator.from(), operator.to());
    requireNumber(right, operator.from(), operator.to());
    if (++operations > Limits.ARITHMETIC) {
      reading.overLimit(
          operator.from(),
          operator.to(),
          "One expression has at most " + Limits.ARITHMETIC + " arithmetic operators.");
      return new Start.Side(null, searches, left.from());
    }
    if (left.operand() == null || right.operand() == null) {
      return new Start.Side(null, searches, left.from());
    }
    if (left.operand() instanceof Operand.Literal(var a)
        && right.operand() instanceof Operand.Literal(var b)) {
      return new Start.Side(
          new Operand.Literal(arithmetic.fold(operator, a, b)), searches, left.from());
    }
    return new Start.Side(
        new Operand.Computed(operator.arithmetic(), left.operand(), right.operand()),
        searches,
        left.from());
  }

  /// @param from where the operator or the sign stands that wants a number
  private void requireNumber(Start.Side side, int from, int to) {
    Operand operand = side.operand();
    if (operand == null) {
      return;
    }
    if (!operand.type().numeric()) {
      throw lexer.fail(
          from, to, "Arithmetic is for numbers; this is " + operand.type().word() + ".");
    }
    if (isList(operand)) {
      throw lexer.fail(from, to, "Arithmetic is for single values; this is a list.");
    }
  }

  private Start signed(boolean groupAllowed) {
    int from = lexer.start();
    boolean sign = false;
    boolean negative = false;
    while (lexer.kind() == Lexer.Kind.MINUS) {
      sign = true;
      negative = !negative;
      lexer.advance();
    }
    Start start = primary(groupAllowed && !sign);
    if (!sign || start instanceof Start.Group) {
      return start;
    }
    Start.Side side = (Start.Side) start;
    requireNumber(side, from, from + 1);
    Operand operand = side.operand();
    if (operand == null || !negative) {
      return side;
    }
    if (operand instanceof Operand.Literal(var number)) {
      return new Start.Side(
          new Operand.Literal(arithmetic.negated(number, from)), side.searches(), from);
    }
    return new Start.Side(new Operand.Negative(operand), side.searches(), from);
  }

  private Start primary(boolean groupAllowed) {
    int from = lexer.start();
    return switch (lexer.kind()) {
      case OPEN -> parenthesis(groupAllowed);
      case ATTRIBUTE -> {
        Start.Side side = operands.attribute();
        if (lexer.kind() == Lexer.Kind.OPEN) {
          throw lexer.fail(
              "Names of functions are in lower case, and an attribute takes no arguments.");
        }
        yield side;
      }
      case WORD -> {
        Operands.Call call = operands.call(1);
        yield operands.onAttribute(call);
      }
      case LITERAL -> {
        var side = new Start.Side(new Operand.Literal(lexer.value()), false, from);
        lexer.advance();
        yield side;
      }
      case NULL -> throw lexer.fail("Null goes on the right: write `A Eq NULL`.");
      case END -> throw lexer.fail("The filter ends where an attribute is expected.");
      default -> throw lexer.fail("Expected an attribute, not " + lexer.kind().description() + ".");
    };
  }

  private static boolean isList(Operand operand) {
    return switch (operand) {
      case Operand.Field(var attribute) -> attribute.list();
      case Operand.Literal _ -> false;
      case Operand.Call(_, var arguments, _) -> isList(arguments.getFirst());
      case Operand.Computed _ -> false;
      case Operand.Negative(var inner) -> isList(inner);
    };
  }
}
