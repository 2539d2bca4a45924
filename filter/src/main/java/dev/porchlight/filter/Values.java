package dev.porchlight.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the right side of an operator: one value, or a list; computed, where only literals stand.
final class Values {
  private final Reading reading;
  private final Lexer lexer;
  private final Operands operands;
  private final Signatures signatures;
  private final LiteralArithmetic arithmetic;
  private final ValueFunctions functions;

  Values(
      Reading reading,
      Operands operands,
      Signatures signatures,
      LiteralArithmetic arithmetic,
      ValueFunctions functions) {
    this.reading = reading;
    this.lexer = reading.lexer();
    this.operands = operands;
    this.signatures = signatures;
    this.arithmetic = arithmetic;
    this.functions = functions;
  }

  /// One value as it was written.
  ///
  /// @param value null when it is a null or a criterion
  /// @param criterion what a function of text or a shape asks for
  /// @param quoted whether wildcards count in it
  record Item(
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

  /// What stands on the right of `Eq` and its like.
  List<Item> condition() {
    return sum().items();
  }

  /// One of the two values of `Bt`.
  Item bound() {
    int from = lexer.start();
    Item item;
    if (lexer.kind() == Lexer.Kind.WORD) {
      item = function();
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

  private Condition sum() {
    Condition left = product();
    for (var o = reading.ofSum(); o != null; o = reading.ofSum()) {
      left = computed(o, left, product());
    }
    return left;
  }

  private Condition product() {
    Condition left = signed();
    for (var o = reading.ofProduct(); o != null; o = reading.ofProduct()) {
      left = computed(o, left, signed());
    }
    return left;
  }

  private Condition computed(Operator operator, Condition left, Condition right) {
    int from = operator.from();
    int to = operator.to();
    Value.Scalar result =
        arithmetic.fold(operator, number(left, from, to), number(right, from, to));
    return new Condition(
        List.of(new Item(result, null, false, left.single().from(), right.single().to())));
  }

  /// @param from where the operator or the sign stands that wants a number
  private Value.Scalar number(Condition condition, int from, int to) {
    if (condition.items().size() > 1) {
      throw lexer.fail(from, to, "Arithmetic is for single values, not for lists.");
    }
    Item item = condition.single();
    if (item.value() == null || !item.value().type().numeric()) {
      Type type = item.type();
      throw lexer.fail(
          from,
          to,
          "Arithmetic is for numbers" + (type == null ? "." : "; this is " + type.word() + "."));
    }
    return item.value();
  }

  private Condition signed() {
    int from = lexer.start();
    boolean sign = false;
    boolean negative = false;
    while (lexer.kind() == Lexer.Kind.MINUS) {
      sign = true;
      negative = !negative;
      lexer.advance();
    }
    Condition condition = primary(!sign);
    if (!sign) {
      return condition;
    }
    Value.Scalar number = number(condition, from, from + 1);
    return new Condition(
        List.of(
            new Item(
                negative ? arithmetic.negated(number, from) : number,
                null,
                false,
                from,
                condition.single().to())));
  }

  private Condition primary(boolean listAllowed) {
    int from = lexer.start();
    switch (lexer.kind()) {
      case OPEN -> {
        reading.enter(from);
        lexer.advance();
        Condition inner = sum();
        if (lexer.kind() != Lexer.Kind.CLOSE && lexer.kind() != Lexer.Kind.END) {
          throw lexer.fail(
              "Expected a closing parenthesis, not " + lexer.kind().description() + ".");
        }
        reading.close(from);
        return inner;
      }
      case LITERAL, WORD -> {
        boolean function = lexer.kind() == Lexer.Kind.WORD;
        Item item = function ? function() : literal();
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
    while (reading.skip(Lexer.Kind.COMMA)) {
      Item item;
      if (lexer.kind() == Lexer.Kind.WORD) {
        item = function();
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
        reading.overLimit(
            item.from(), item.to(), "A list has at most " + Limits.VALUES + " values.");
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

  private Item function() {
    Operands.Call call = operands.call(1);
    int to = call.from() + call.name().length();
    if (call.searches()) {
      throw call.fail(
          lexer, "A function of an attribute cannot stand on the right of an operator.");
    }
    if (call.nests()) {
      throw call.fail(lexer, "Functions do not nest on the right of an operator.");
    }
    Optional<ValueFunction> valueOnly = ValueFunction.find(call.name());
    if (valueOnly.isPresent()) {
      ValueFunction function = valueOnly.get();
      signatures.check(function, call);
      Criterion criterion = functions.criterion(function, call);
      return criterion == null
          ? new Item(functions.time(function, call), null, false, call.from(), to)
          : new Item(null, criterion, false, call.from(), to);
    }
    Optional<FunctionName> found = FunctionName.find(call.name());
    if (found.isEmpty()) {
      throw call.fail(lexer, "There is no such function.");
    }
    signatures.check(found.get(), call);
    return new Item(Operands.applied(found.get(), call), null, false, call.from(), to);
  }
}
