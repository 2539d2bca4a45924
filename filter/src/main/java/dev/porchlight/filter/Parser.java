package dev.porchlight.filter;

import com.google.re2j.PatternSyntaxException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one filter, by recursive descent over a [Lexer].
///
/// An opening parenthesis may begin a group (`(A Eq 1 Or B Eq 2)`) or an operand (`(A Add 1) Eq
/// 2`). Nothing is tried twice: what follows the parenthesis is read, and what was read tells which
/// it is; so time is linear. Recursion is bounded by [Limits#PARENTHESES] for parentheses and
/// functions together; minus signs and operators are loops.
///
/// Wrong syntax and types end the reading at once. A limit that is passed is noted, and reading
/// goes on, since "over a limit" is said only of a filter that is otherwise right. An attribute
/// that cannot be searched makes its comparison disappear (a null here), and is noted.
final class Parser {
  private static final LocalDate FIRST_DAY = LocalDate.of(0, 1, 1);
  private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
  private static final int DAYS_AWAY = 365_000;

  private final Lexer lexer;
  private final Catalogue catalogue;
  private final Instant now;
  private final LocalDate today;
  private final List<FilterError> dropped = new ArrayList<>();
  private @Nullable FilterError overLimit;
  private int expressions;
  private int operations;
  private int depth;
  private long regexWeight;
  private int places;

  Parser(String text, Catalogue catalogue, Instant now) {
    this.lexer = new Lexer(text);
    this.catalogue = catalogue;
    this.now = now;
    this.today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    if (text.length() > Limits.CHARACTERS) {
      overLimit(
          Limits.CHARACTERS,
          Limits.CHARACTERS,
          "A filter has at most " + Limits.CHARACTERS + " characters.");
      throw new FilterException(List.of(Objects.requireNonNull(overLimit)));
    }
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
    Group all = expressions(null);
    if (lexer.kind() != Lexer.Kind.END) {
      throw unexpectedAfterExpression();
    }
    if (!permissive && !dropped.isEmpty()) {
      throw new FilterException(dropped);
    }
    if (overLimit != null) {
      throw new FilterException(List.of(overLimit));
    }
    return new Filter(
        all.expression() == null ? new Expression.Everything() : all.expression(), dropped);
  }

  // ---- expressions and groups

  /// What may stand at the beginning of an expression.
  private sealed interface Start {}

  /// An expression, null when it was dropped, and how deep groups nest in it.
  private record Group(@Nullable Expression expression, int height) implements Start {}

  /// An operand, null when an attribute in it was dropped.
  ///
  /// @param searches whether an attribute occurs in it
  private record Side(@Nullable Operand operand, boolean searches, int from) implements Start {}

  private Group expressions(@Nullable Group first) {
    List<Expression> alternatives = new ArrayList<>(2);
    List<Expression> together = new ArrayList<>(4);
    int height = 0;
    Group next = first;
    if (next == null) {
      boolean not = skip(Lexer.Kind.NOT);
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
          return new Group(
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

  private static Group not(Group group) {
    Expression part = group.expression();
    return part == null ? group : new Group(new Expression.Not(part), group.height());
  }

  private void refuseNot(String message) {
    if (lexer.kind() == Lexer.Kind.NOT) {
      throw lexer.fail(message);
    }
  }

  private Group expression() {
    if (lexer.kind() == Lexer.Kind.NOT) {
      throw lexer.fail("Not is doubled only through a group. Write `Not (Not a)`.");
    }
    return switch (sum(true)) {
      case Group group -> group;
      case Side side -> comparison(side);
    };
  }

  /// After an opening parenthesis has been seen: a group, or an operand in parentheses.
  private Start parenthesis(boolean groupAllowed) {
    int open = lexer.start();
    enter(open);
    lexer.advance();
    Group group;
    if (groupAllowed && lexer.kind() == Lexer.Kind.NOT) {
      group = expressions(null);
    } else {
      Start start = sum(groupAllowed);
      if (start instanceof Side side) {
        if (lexer.kind() == Lexer.Kind.CLOSE || !groupAllowed) {
          close(open);
          return side;
        }
        group = expressions(comparison(side));
      } else {
        group = expressions((Group) start);
      }
    }
    close(open);
    int height = group.height() + 1;
    if (height > Limits.GROUPS) {
      overLimit(open, open + 1, "Groups nest at most " + Limits.GROUPS + " deep.");
    }
    return new Group(group.expression(), height);
  }

  private void enter(int open) {
    if (++depth > Limits.PARENTHESES) {
      overLimit(open, open + 1, "Parentheses nest at most " + Limits.PARENTHESES + " deep.");
      throw new FilterException(List.of(Objects.requireNonNull(overLimit)));
    }
  }

  private void close(int open) {
    if (lexer.kind() != Lexer.Kind.CLOSE) {
      if (lexer.kind() == Lexer.Kind.END) {
        throw lexer.fail(open, open + 1, "This parenthesis is never closed.");
      }
      throw unexpectedAfterExpression();
    }
    depth--;
    lexer.advance();
  }

  private FilterException unexpectedAfterExpression() {
    return lexer.fail(
        switch (lexer.kind()) {
          case CLOSE -> "This parenthesis closes nothing.";
          case COMMA ->
              "A comma cannot stand here. A list holds plain values only: integers, decimals, texts"
                  + " or functions.";
          case ATTRIBUTE, WORD -> "Expressions are joined with And or Or. " + hint();
          case LITERAL, NULL ->
              "A value cannot stand here. Values of a list are separated by commas, expressions"
                  + " joined with And or Or.";
          default -> "Expected And, Or, Not or the end, not " + lexer.kind().description() + ".";
        });
  }

  private String hint() {
    return switch (lexer.word().toLowerCase(Locale.ROOT)) {
      case "in" -> "There is no In. Write `A Eq 'x','y'` for any of a list.";
      case "between" -> "There is no Between. Write `A Bt 1,5`.";
      case "like" -> "There is no Like. Write `A Eq 'x*'`, or `A Eq contains('x')`.";
      case "is" -> "There is no Is. Write `A Eq NULL`.";
      case "asc", "desc", "orderby" -> "Order is not part of a filter.";
      default -> "Keywords are Eq Ne Gt Ge Lt Le Bt, And Or Not, Add Sub Mul Div Mod.";
    };
  }

  // ---- the attribute's side

  private Start sum(boolean groupAllowed) {
    Start start = product(groupAllowed);
    if (start instanceof Group) {
      return start;
    }
    Side left = (Side) start;
    while (lexer.kind() == Lexer.Kind.ADD || lexer.kind() == Lexer.Kind.SUB) {
      Arithmetic operator = lexer.kind() == Lexer.Kind.ADD ? Arithmetic.ADD : Arithmetic.SUB;
      int from = lexer.start();
      String token = lexer.token();
      lexer.advance();
      Side right = (Side) product(false);
      left = compute(operator, left, right, from, token);
    }
    return left;
  }

  private Start product(boolean groupAllowed) {
    Start start = signed(groupAllowed);
    if (start instanceof Group) {
      return start;
    }
    Side left = (Side) start;
    while (true) {
      Arithmetic operator =
          switch (lexer.kind()) {
            case MUL -> Arithmetic.MUL;
            case DIV -> Arithmetic.DIV;
            case MOD -> Arithmetic.MOD;
            default -> null;
          };
      if (operator == null) {
        return left;
      }
      int from = lexer.start();
      String token = lexer.token();
      lexer.advance();
      left = compute(operator, left, (Side) signed(false), from, token);
    }
  }

  private Side compute(Arithmetic operator, Side left, Side right, int from, String token) {
    boolean searches = left.searches() || right.searches();
    requireNumber(left, from, token);
    requireNumber(right, from, token);
    if (++operations > Limits.ARITHMETIC) {
      overLimit(
          from,
          from + token.length(),
          "One expression has at most " + Limits.ARITHMETIC + " arithmetic operators.");
      return new Side(null, searches, left.from());
    }
    if (left.operand() == null || right.operand() == null) {
      return new Side(null, searches, left.from());
    }
    if (left.operand() instanceof Operand.Literal(var a)
        && right.operand() instanceof Operand.Literal(var b)) {
      return new Side(
          new Operand.Literal(fold(operator, a, b, from, token)), searches, left.from());
    }
    return new Side(
        new Operand.Computed(operator, left.operand(), right.operand()), searches, left.from());
  }

  private Value.Scalar fold(
      Arithmetic operator, Value.Scalar a, Value.Scalar b, int from, String token) {
    Value.Scalar result = Functions.compute(operator, a, b);
    if (result == null) {
      boolean zero =
          switch (b) {
            case Value.Whole(var whole) -> whole == 0;
            case Value.Decimal(var decimal) -> decimal.signum() == 0;
            default -> false;
          };
      throw lexer.fail(
          from,
          from + token.length(),
          zero && (operator == Arithmetic.DIV || operator == Arithmetic.MOD)
              ? "Division by zero."
              : "The result of this arithmetic is too large.");
    }
    return result;
  }

  private void requireNumber(Side side, int from, String token) {
    Operand operand = side.operand();
    if (operand == null) {
      return;
    }
    if (!operand.type().numeric()) {
      throw lexer.fail(
          from,
          from + token.length(),
          "Arithmetic is for numbers; this is " + operand.type().word() + ".");
    }
    if (isList(operand)) {
      throw lexer.fail(
          from, from + token.length(), "Arithmetic is for single values; this is a list.");
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
    if (!sign || start instanceof Group) {
      return start;
    }
    Side side = (Side) start;
    requireNumber(side, from, "-");
    Operand operand = side.operand();
    if (operand == null || !negative) {
      return side;
    }
    if (operand instanceof Operand.Literal(var number)) {
      return new Side(new Operand.Literal(negated(number, from)), side.searches(), from);
    }
    return new Side(new Operand.Negative(operand), side.searches(), from);
  }

  private Value.Scalar negated(Value.Scalar number, int from) {
    Value.Scalar result = Functions.negate(number);
    if (result == null) {
      throw lexer.fail(from, from + 1, "The result of this arithmetic is too large.");
    }
    return result;
  }

  private Start primary(boolean groupAllowed) {
    int from = lexer.start();
    return switch (lexer.kind()) {
      case OPEN -> parenthesis(groupAllowed);
      case ATTRIBUTE -> {
        Side side = attribute();
        if (lexer.kind() == Lexer.Kind.OPEN) {
          throw lexer.fail(
              "Names of functions are in lower case, and an attribute takes no arguments.");
        }
        yield side;
      }
      case WORD -> {
        Call call = call(1);
        yield onAttribute(call);
      }
      case LITERAL -> {
        var side = new Side(new Operand.Literal(lexer.value()), false, from);
        lexer.advance();
        yield side;
      }
      case NULL -> throw lexer.fail("Null goes on the right: write `A Eq NULL`.");
      case END -> throw lexer.fail("The filter ends where an attribute is expected.");
      default -> throw lexer.fail("Expected an attribute, not " + lexer.kind().description() + ".");
    };
  }

  private Side attribute() {
    String name = lexer.word();
    int from = lexer.start();
    Optional<Attribute> found = catalogue.find(name);
    Operand operand = null;
    if (found.isPresent() && found.get().searchable()) {
      operand = new Operand.Field(found.get());
    } else {
      dropped.add(
          new FilterError(
              FilterError.INVALID,
              lexer.token(),
              from,
              FilterError.Status.DROPPED,
              found.isPresent()
                  ? "This attribute cannot be searched."
                  : "There is no such attribute to search. Names are case-sensitive."));
    }
    lexer.advance();
    return new Side(operand, true, from);
  }

  static boolean isList(Operand operand) {
    return switch (operand) {
      case Operand.Field(var attribute) -> attribute.list();
      case Operand.Literal _ -> false;
      case Operand.Call(_, var arguments, _) -> isList(arguments.getFirst());
      case Operand.Computed _ -> false;
      case Operand.Negative(var inner) -> isList(inner);
    };
  }

  // ---- functions

  /// One argument: a literal, an operand with an attribute in it, or (both null) one that was
  /// dropped.
  private record Argument(
      Value.@Nullable Scalar literal, @Nullable Operand operand, int from, int to) {
    boolean searches() {
      return literal == null;
    }
  }

  /// A function call as it was written.
  private record Call(
      String name, int from, List<Argument> arguments, boolean nests, boolean searches) {}

  private Call call(int level) {
    String name = lexer.word();
    int from = lexer.start();
    int to = from + name.length();
    lexer.advance();
    if (lexer.kind() != Lexer.Kind.OPEN) {
      throw lexer.fail(
          from,
          to,
          "This is neither an attribute (they begin with a capital letter) nor a function (they"
              + " have parentheses). Text goes between single quotes.");
    }
    if (name.chars().anyMatch(c -> c < 'a' || c > 'z')) {
      throw lexer.fail(from, to, "Names of functions are letters in lower case only.");
    }
    if (level > Limits.FUNCTIONS) {
      overLimit(from, to, "Functions nest at most " + Limits.FUNCTIONS + " deep.");
    }
    int open = lexer.start();
    enter(open);
    lexer.advance();
    List<Argument> arguments = new ArrayList<>(2);
    boolean nests = false;
    boolean searches = false;
    if (lexer.kind() != Lexer.Kind.CLOSE) {
      int count = 0;
      while (true) {
        nests |= lexer.kind() == Lexer.Kind.WORD;
        int start = lexer.start();
        String token = lexer.token();
        Argument argument = argument(level);
        searches |= argument.searches();
        if (++count <= Limits.ARGUMENTS) {
          arguments.add(argument);
        } else if (count == Limits.ARGUMENTS + 1) {
          overLimit(
              start,
              start + token.length(),
              "A function takes at most " + Limits.ARGUMENTS + " arguments.");
        }
        if (!skip(Lexer.Kind.COMMA)) {
          break;
        }
      }
    }
    if (lexer.kind() != Lexer.Kind.CLOSE && lexer.kind() != Lexer.Kind.END) {
      throw lexer.fail(
          "Expected a comma or a closing parenthesis, not " + lexer.kind().description() + ".");
    }
    close(open);
    return new Call(name, from, arguments, nests, searches);
  }

  private Argument argument(int level) {
    int from = lexer.start();
    int to = from + lexer.token().length();
    return switch (lexer.kind()) {
      case LITERAL -> {
        var argument = new Argument(lexer.value(), null, from, to);
        lexer.advance();
        yield argument;
      }
      case ATTRIBUTE -> {
        Side side = attribute();
        yield new Argument(null, side.operand(), from, to);
      }
      case WORD -> {
        Call call = call(level + 1);
        Side side = onAttribute(call);
        yield side.operand() instanceof Operand.Literal(var literal)
            ? new Argument(literal, null, from, to)
            : new Argument(null, side.operand(), from, to);
      }
      case END -> throw lexer.fail("The filter ends within the arguments of a function.");
      default ->
          throw lexer.fail(
              "An argument is an attribute, a value or a function, not "
                  + lexer.kind().description()
                  + ".");
    };
  }

  /// A call on the attribute's side, or within another call.
  private Side onAttribute(Call call) {
    Optional<FunctionName> found = FunctionName.find(call.name());
    if (found.isEmpty()) {
      throw fail(
          call,
          ValueFunction.find(call.name()).isPresent()
              ? "This function goes on the right of the operator, by itself."
              : "There is no such function.");
    }
    FunctionName function = found.get();
    Operand first = call.arguments().isEmpty() ? null : call.arguments().getFirst().operand();
    Type type = check(function, call);
    if (call.searches()) {
      boolean dropped = call.arguments().getFirst().literal() == null && first == null;
      if (dropped || type == null) {
        return new Side(null, true, call.from());
      }
      List<Operand> operands = new ArrayList<>(call.arguments().size());
      for (var argument : call.arguments()) {
        operands.add(
            argument.literal() != null
                ? new Operand.Literal(argument.literal())
                : Objects.requireNonNull(argument.operand()));
      }
      return new Side(new Operand.Call(function, operands, type), true, call.from());
    }
    Value.Scalar result = applied(function, call);
    if (result == null) {
      throw fail(call, "This has no result.");
    }
    return new Side(new Operand.Literal(result), false, call.from());
  }

  private static Value.@Nullable Scalar applied(FunctionName function, Call call) {
    List<Value.Scalar> literals = new ArrayList<>(call.arguments().size());
    for (var argument : call.arguments()) {
      literals.add(Objects.requireNonNull(argument.literal()));
    }
    return Functions.apply(function, literals);
  }

  /// Checks number and types of arguments and gives the type of the result; null when it depends on
  /// a dropped attribute.
  private @Nullable Type check(FunctionName function, Call call) {
    int most =
        switch (function) {
          case SUBSTRING -> 3;
          case CONCAT, CAST, INDEXOF -> 2;
          default -> 1;
        };
    int least = function == FunctionName.SUBSTRING ? 2 : most;
    List<Argument> arguments = call.arguments();
    if (arguments.size() < least || arguments.size() > most) {
      throw fail(
          call,
          "This function takes "
              + (least == most ? String.valueOf(most) : least + " or " + most)
              + (most == 1 ? " argument." : " arguments."));
    }
    for (int i = 1; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      Type wanted = function == FunctionName.SUBSTRING ? Type.INTEGER : Type.CHARACTER;
      if (argument.literal() == null || argument.literal().type() != wanted) {
        throw fail(
            call, "Argument " + (i + 1) + " of this function is a literal " + wanted.word() + ".");
      }
      if (argument.literal() instanceof Value.Whole(var whole) && whole < 0) {
        throw fail(call, "Positions count from 0; positions and counts are not negative.");
      }
    }
    Argument x = arguments.getFirst();
    boolean literal = x.literal() != null;
    Type given =
        x.literal() != null ? x.literal().type() : x.operand() == null ? null : x.operand().type();
    switch (function) {
      case TOLOWER, TOUPPER, TRIM, SUBSTRING, CONCAT -> {
        require(call, given, Type.CHARACTER, null);
        return Type.CHARACTER;
      }
      case LENGTH, INDEXOF -> {
        require(call, given, Type.CHARACTER, null);
        if (literal && function == FunctionName.INDEXOF) {
          throw fail(call, "This function needs an attribute.");
        }
        return Type.INTEGER;
      }
      case ROUND, CEILING, FLOOR -> {
        require(call, given, Type.DECIMAL, null);
        return Type.INTEGER;
      }
      case CAST -> {
        if (literal && given == Type.INTEGER) {
          throw fail(call, "An integer cannot be cast. Write the value as you need it.");
        }
        if (given == Type.LOCATION) {
          throw fail(call, "A location cannot be cast.");
        }
        String name = arguments.get(1).literal() instanceof Value.Text(var text) ? text : "";
        return switch (name) {
          case "character" -> Type.CHARACTER;
          case "decimal" -> Type.DECIMAL;
          case "integer" -> Type.INTEGER;
          default -> throw fail(call, "A cast is to 'character', 'decimal' or 'integer'.");
        };
      }
      case DATE, TIME -> {
        require(call, given, Type.DATETIME, null);
        return function == FunctionName.DATE ? Type.DATE : Type.TIME;
      }
      case YEAR, MONTH, DAY, DAYOFWEEK, DAYOFYEAR -> {
        require(call, given, Type.DATE, Type.DATETIME);
        requireAttribute(call, literal);
        return Type.INTEGER;
      }
      case HOUR, MINUTE, SECOND -> {
        require(call, given, Type.TIME, Type.DATETIME);
        requireAttribute(call, literal);
        return Type.INTEGER;
      }
      case FRACTIONALSECONDS -> {
        require(call, given, Type.TIME, Type.DATETIME);
        requireAttribute(call, literal);
        return Type.DECIMAL;
      }
      case ALL -> {
        requireAttribute(call, literal);
        return given;
      }
    }
    throw new IllegalStateException("unreachable: " + function);
  }

  private void requireAttribute(Call call, boolean literal) {
    if (literal) {
      throw fail(call, "This function needs an attribute.");
    }
  }

  private void require(Call call, @Nullable Type given, Type wanted, @Nullable Type orWanted) {
    if (given != null && given != wanted && given != orWanted) {
      throw fail(
          call,
          "This function is for "
              + wanted.word()
              + (orWanted == null ? "" : " and " + orWanted.word())
              + "; its argument is "
              + given.word()
              + ".");
    }
  }

  private FilterException fail(Call call, String message) {
    return lexer.fail(call.from(), call.from() + call.name().length(), message);
  }

  // ---- comparisons and the value's side

  /// One value as it was written.
  ///
  /// @param value null when it is a null or a criterion
  /// @param criterion what a function of text or a shape asks for
  /// @param quoted whether wildcards count in it
  private record Item(
      Value.@Nullable Scalar value,
      @Nullable Criterion criterion,
      boolean quoted,
      int from,
      int to) {
    boolean isNull() {
      return value == null && criterion == null;
    }

    @Nullable Type type() {
      return value != null
          ? value.type()
          : criterion == null
              ? null
              : criterion instanceof Criterion.Within ? Type.LOCATION : Type.CHARACTER;
    }
  }

  /// The right side: one value, or a list.
  private record Condition(List<Item> items) {
    Item single() {
      return items.getFirst();
    }
  }

  private Group comparison(Side side) {
    if (++expressions == Limits.EXPRESSIONS + 1) {
      overLimit(
          side.from(),
          lexer.start(),
          "A filter has at most " + Limits.EXPRESSIONS + " expressions.");
    }
    operations = 0;
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
          throw lexer.fail("Expected an operator: Eq, Ne, Gt, Ge, Lt, Le or Bt. " + hint());
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
      return new Group(between(side), 0);
    }
    List<Item> items = unify(valueSum().items());
    if (order != null) {
      Item item = orderable(items, from, to);
      if (side.operand() == null) {
        return new Group(null, 0);
      }
      return new Group(
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
      return new Group(null, 0);
    }
    return new Group(matches(side.operand(), operator == Lexer.Kind.NE, items), 0);
  }

  private Item orderable(List<Item> items, int from, int to) {
    if (items.size() > 1) {
      throw lexer.fail(from, to, "Only Eq and Ne take a list.");
    }
    Item item = items.getFirst();
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

  private Expression matches(Operand operand, boolean negated, List<Item> items) {
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
            overLimit(
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
  private Value.Scalar fit(Item item, Value.Scalar value, Operand operand) {
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

  private FilterException mismatch(Item item, Operand operand) {
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
  private List<Item> unify(List<Item> items) {
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
    List<Item> decimals = new ArrayList<>(items.size());
    for (var item : items) {
      decimals.add(
          item.value() instanceof Value.Whole(var whole)
              ? new Item(
                  new Value.Decimal(BigDecimal.valueOf(whole)), null, false, item.from(), item.to())
              : item);
    }
    return decimals;
  }

  private @Nullable Expression between(Side side) {
    Item low = bound();
    if (!skip(Lexer.Kind.COMMA)) {
      throw lexer.fail("Bt takes exactly two values with a comma between: `A Bt 1,5`.");
    }
    Item high = bound();
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

  private static boolean isDay(Type type) {
    return type == Type.DATE || type == Type.DATETIME;
  }

  private Item bound() {
    int from = lexer.start();
    Item item;
    if (lexer.kind() == Lexer.Kind.WORD) {
      item = valueFunction();
    } else if (lexer.kind() == Lexer.Kind.LITERAL) {
      item = literal();
    } else {
      throw lexer.fail(
          lexer.kind() == Lexer.Kind.END
              ? "The filter ends where a value of Bt is expected."
              : "A value of Bt is a number, a date, a datetime, a time or a function, not "
                  + lexer.kind().description()
                  + ".");
    }
    Type type = item.type();
    if (item.value() == null || type == Type.CHARACTER || type == Type.BOOLEAN) {
      throw lexer.fail(from, item.to(), "Bt is for numbers, dates and times.");
    }
    return item;
  }

  private Condition valueSum() {
    Condition left = valueProduct();
    while (lexer.kind() == Lexer.Kind.ADD || lexer.kind() == Lexer.Kind.SUB) {
      Arithmetic operator = lexer.kind() == Lexer.Kind.ADD ? Arithmetic.ADD : Arithmetic.SUB;
      int from = lexer.start();
      String token = lexer.token();
      lexer.advance();
      left = valueComputed(operator, left, valueProduct(), from, token);
    }
    return left;
  }

  private Condition valueProduct() {
    Condition left = valueSigned();
    while (true) {
      Arithmetic operator =
          switch (lexer.kind()) {
            case MUL -> Arithmetic.MUL;
            case DIV -> Arithmetic.DIV;
            case MOD -> Arithmetic.MOD;
            default -> null;
          };
      if (operator == null) {
        return left;
      }
      int from = lexer.start();
      String token = lexer.token();
      lexer.advance();
      left = valueComputed(operator, left, valueSigned(), from, token);
    }
  }

  private Condition valueComputed(
      Arithmetic operator, Condition left, Condition right, int from, String token) {
    Value.Scalar result =
        fold(operator, number(left, from, token), number(right, from, token), from, token);
    return new Condition(
        List.of(new Item(result, null, false, left.single().from(), right.single().to())));
  }

  private Value.Scalar number(Condition condition, int from, String token) {
    if (condition.items().size() > 1) {
      throw lexer.fail(
          from, from + token.length(), "Arithmetic is for single values, not for lists.");
    }
    Item item = condition.single();
    if (item.value() == null || !item.value().type().numeric()) {
      Type type = item.type();
      throw lexer.fail(
          from,
          from + token.length(),
          "Arithmetic is for numbers" + (type == null ? "." : "; this is " + type.word() + "."));
    }
    return item.value();
  }

  private Condition valueSigned() {
    int from = lexer.start();
    boolean sign = false;
    boolean negative = false;
    while (lexer.kind() == Lexer.Kind.MINUS) {
      sign = true;
      negative = !negative;
      lexer.advance();
    }
    Condition condition = valuePrimary(!sign);
    if (!sign) {
      return condition;
    }
    Value.Scalar number = number(condition, from, "-");
    return new Condition(
        List.of(
            new Item(
                negative ? negated(number, from) : number,
                null,
                false,
                from,
                condition.single().to())));
  }

  private Condition valuePrimary(boolean listAllowed) {
    int from = lexer.start();
    switch (lexer.kind()) {
      case OPEN -> {
        enter(from);
        lexer.advance();
        Condition inner = valueSum();
        if (lexer.kind() != Lexer.Kind.CLOSE && lexer.kind() != Lexer.Kind.END) {
          throw lexer.fail(
              "Expected a closing parenthesis, not " + lexer.kind().description() + ".");
        }
        close(from);
        return inner;
      }
      case LITERAL, WORD -> {
        boolean function = lexer.kind() == Lexer.Kind.WORD;
        Item item = function ? valueFunction() : literal();
        if (!listAllowed || lexer.kind() != Lexer.Kind.COMMA) {
          return new Condition(List.of(item));
        }
        return list(item, function);
      }
      case NULL -> {
        var item = new Item(null, null, false, from, from + lexer.token().length());
        lexer.advance();
        return new Condition(List.of(item));
      }
      case ATTRIBUTE ->
          throw lexer.fail(
              "An attribute cannot stand on the right of an operator. Text goes between single"
                  + " quotes.");
      case END -> throw lexer.fail("The filter ends where a value is expected.");
      default -> throw lexer.fail("Expected a value, not " + lexer.kind().description() + ".");
    }
  }

  private Condition list(Item first, boolean firstIsFunction) {
    List<Item> items = new ArrayList<>();
    listed(first, firstIsFunction);
    items.add(first);
    int count = 1;
    while (skip(Lexer.Kind.COMMA)) {
      Item item;
      if (lexer.kind() == Lexer.Kind.WORD) {
        item = valueFunction();
        listed(item, true);
      } else if (lexer.kind() == Lexer.Kind.LITERAL) {
        item = literal();
        listed(item, false);
      } else {
        throw lexer.fail(
            "A list holds integers, decimals, texts or functions, not "
                + lexer.kind().description()
                + ".");
      }
      if (++count <= Limits.VALUES) {
        items.add(item);
      } else if (count == Limits.VALUES + 1) {
        overLimit(item.from(), item.to(), "A list has at most " + Limits.VALUES + " values.");
      }
    }
    return new Condition(items);
  }

  private void listed(Item item, boolean function) {
    Type type = item.type();
    boolean dated = type == Type.DATE || type == Type.DATETIME || type == Type.TIME;
    if ((dated && !function) || type == Type.BOOLEAN) {
      throw lexer.fail(
          item.from(), item.to(), "A list holds integers, decimals, texts or functions.");
    }
  }

  private Item literal() {
    Value.Scalar value = lexer.value();
    int from = lexer.start();
    var item =
        new Item(value, null, value.type() == Type.CHARACTER, from, from + lexer.token().length());
    lexer.advance();
    return item;
  }

  private Item valueFunction() {
    Call call = call(1);
    int to = call.from() + call.name().length();
    if (call.searches()) {
      throw fail(call, "A function of an attribute cannot stand on the right of an operator.");
    }
    if (call.nests()) {
      throw fail(call, "Functions do not nest on the right of an operator.");
    }
    Optional<ValueFunction> valueOnly = ValueFunction.find(call.name());
    if (valueOnly.isPresent()) {
      ValueFunction function = valueOnly.get();
      arguments(function, call);
      Criterion criterion = criterion(function, call);
      return criterion == null
          ? new Item(time(function, call), null, false, call.from(), to)
          : new Item(null, criterion, false, call.from(), to);
    }
    Optional<FunctionName> found = FunctionName.find(call.name());
    if (found.isEmpty()) {
      throw fail(call, "There is no such function.");
    }
    check(found.get(), call);
    return new Item(applied(found.get(), call), null, false, call.from(), to);
  }

  private void arguments(ValueFunction function, Call call) {
    List<List<Type>> wanted = function.arguments();
    int count = call.arguments().size();
    if (count > wanted.size() || count < function.least()) {
      throw fail(
          call,
          function.least() == wanted.size()
              ? "This function takes "
                  + wanted.size()
                  + (wanted.size() == 1 ? " argument." : " arguments.")
              : "This function takes " + function.least() + " or " + wanted.size() + " arguments.");
    }
    for (int i = 0; i < count; i++) {
      Value.Scalar literal = Objects.requireNonNull(call.arguments().get(i).literal());
      if (!wanted.get(i).contains(literal.type())) {
        throw fail(
            call,
            "Argument "
                + (i + 1)
                + " of this function is "
                + wanted.get(i).getFirst().word()
                + ".");
      }
    }
  }

  private static String text(Call call, int index) {
    return call.arguments().get(index).literal() instanceof Value.Text(var text) ? text : "";
  }

  private @Nullable Criterion criterion(ValueFunction function, Call call) {
    return switch (function) {
      case STARTSWITH -> new Criterion.StartsWith(text(call, 0));
      case ENDSWITH -> new Criterion.EndsWith(text(call, 0));
      case CONTAINS -> new Criterion.Contains(text(call, 0));
      case RANGE -> new Criterion.TextRange(text(call, 0), text(call, 1));
      case REGEX -> regex(call);
      case RADIUS, POLYGON, RECTANGLE -> new Criterion.Within(shape(function, call));
      case LINESTRING, WKT ->
          throw fail(call, "Of shapes there are radius, polygon and rectangle.");
      default -> null;
    };
  }

  private Criterion regex(Call call) {
    String expression = text(call, 0);
    String flags = call.arguments().size() > 1 ? text(call, 1) : "";
    if (!flags.isEmpty() && !flags.equals("i")) {
      throw fail(call, "The only flag of a regular expression is 'i', to ignore letter case.");
    }
    long weight = Regexes.weight(expression);
    regexWeight = Math.min(regexWeight + weight, Integer.MAX_VALUE);
    if (weight > Limits.REGEX_WEIGHT || regexWeight > Limits.REGEX_WEIGHT) {
      overLimit(
          call.from(),
          call.from() + call.name().length(),
          "The regular expressions of this filter are too long, or repeat too much ({n,m}).");
      return new Criterion.Regex("", false);
    }
    try {
      Regexes.compile(expression, flags.equals("i"));
    } catch (PatternSyntaxException wrong) {
      throw fail(
          call, "This is no regular expression (RE2 syntax): " + wrong.getDescription() + ".");
    }
    return new Criterion.Regex(expression, flags.equals("i"));
  }

  private Shape shape(ValueFunction function, Call call) {
    Argument where = call.arguments().getFirst();
    String text = text(call, 0);
    boolean line = function != ValueFunction.RADIUS;
    List<Value.Location> read = Coordinates.read(lexer, text, where.from(), line);
    places += read.size();
    if (places > Limits.PLACES) {
      overLimit(
          where.from(),
          where.to(),
          "The shapes of a filter have at most " + Limits.PLACES + " places in all.");
    }
    return switch (function) {
      case RADIUS -> radius(call, read);
      case RECTANGLE -> rectangle(call, read);
      default -> polygon(call, read);
    };
  }

  private Shape radius(Call call, List<Value.Location> places) {
    Argument where = call.arguments().getFirst();
    if (places.size() != 1) {
      throw lexer.fail(where.from(), where.to(), "A radius has one place, its centre.");
    }
    Argument distance = call.arguments().get(1);
    double miles =
        switch (Objects.requireNonNull(distance.literal())) {
          case Value.Whole(var whole) -> whole;
          case Value.Decimal(var decimal) -> decimal.doubleValue();
          default -> throw new IllegalStateException("checked before");
        };
    if (!(miles > 0) || miles > Limits.MILES) {
      throw lexer.fail(
          distance.from(),
          distance.to(),
          "A radius is more than 0 and at most " + Limits.MILES + " miles.");
    }
    return new Shape.Radius(places.getFirst(), miles);
  }

  private Shape rectangle(Call call, List<Value.Location> places) {
    Argument where = call.arguments().getFirst();
    if (places.size() != 2) {
      throw lexer.fail(
          where.from(), where.to(), "A rectangle has two places, opposite corners of it.");
    }
    Value.Location a = places.getFirst();
    Value.Location b = places.getLast();
    if (a.latitude() == b.latitude() || a.longitude() == b.longitude()) {
      throw lexer.fail(where.from(), where.to(), "This rectangle has no area.");
    }
    return new Shape.Rectangle(
        Math.min(a.latitude(), b.latitude()),
        Math.min(a.longitude(), b.longitude()),
        Math.max(a.latitude(), b.latitude()),
        Math.max(a.longitude(), b.longitude()));
  }

  private Shape polygon(Call call, List<Value.Location> places) {
    Argument where = call.arguments().getFirst();
    boolean closed = places.size() > 1 && places.getFirst().equals(places.getLast());
    List<Value.Location> corners = closed ? places.subList(0, places.size() - 1) : places;
    if (corners.size() < 3) {
      throw lexer.fail(where.from(), where.to(), "A polygon has at least three corners.");
    }
    var polygon = new Shape.Polygon(corners);
    if (overLimit == null) {
      Optional<String> fault = catalogue.geometry().fault(polygon);
      if (fault.isPresent()) {
        throw lexer.fail(where.from(), where.to(), fault.get());
      }
    }
    return polygon;
  }

  private Value.Scalar time(ValueFunction function, Call call) {
    long n =
        !call.arguments().isEmpty()
                && call.arguments().getFirst().literal() instanceof Value.Whole(var whole)
            ? whole
            : 0;
    if ((function == ValueFunction.DAYS || function == ValueFunction.WEEKDAYS)
        && Math.abs(n) > DAYS_AWAY) {
      throw fail(call, "At most " + DAYS_AWAY + " days away.");
    }
    try {
      return within(
          call,
          switch (function) {
            case NOW -> new Value.Moment(now);
            case SECONDS -> new Value.Moment(now.plus(n, ChronoUnit.SECONDS));
            case MINUTES -> new Value.Moment(now.plus(n, ChronoUnit.MINUTES));
            case HOURS -> new Value.Moment(now.plus(n, ChronoUnit.HOURS));
            case DAYS -> new Value.Day(today.plusDays(n));
            case WEEKDAYS -> new Value.Day(Functions.weekdays(today, n));
            case MONTHS -> new Value.Day(today.plusMonths(n));
            case YEARS -> new Value.Day(today.plusYears(n));
            case MINDATETIME -> new Value.Moment(Instant.EPOCH);
            case MAXDATETIME -> new Value.Moment(Instant.parse("9999-12-31T23:59:59Z"));
            default -> throw new IllegalStateException("no time: " + function);
          });
    } catch (DateTimeException | ArithmeticException _) {
      throw fail(call, "This is too far away.");
    }
  }

  private Value.Scalar within(Call call, Value.Scalar value) {
    LocalDate day =
        value instanceof Value.Moment(var moment)
            ? LocalDate.ofInstant(moment, ZoneOffset.UTC)
            : ((Value.Day) value).value();
    if (day.isBefore(FIRST_DAY) || day.isAfter(LAST_DAY)) {
      throw fail(call, "This is too far away.");
    }
    return value;
  }

  // ---- helpers

  private boolean skip(Lexer.Kind kind) {
    if (lexer.kind() != kind) {
      return false;
    }
    lexer.advance();
    return true;
  }

  private void overLimit(int from, int to, String message) {
    if (overLimit == null) {
      overLimit =
          new FilterError(
              FilterError.OVER_LIMIT,
              lexer.shown(from, to),
              from,
              FilterError.Status.FATAL,
              message);
    }
  }
}
