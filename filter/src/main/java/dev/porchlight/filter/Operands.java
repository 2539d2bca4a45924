package dev.porchlight.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads attributes and calls of functions: what arithmetic and comparisons are made of.
final class Operands {
  private final Reading reading;
  private final Lexer lexer;
  private final Catalogue catalogue;
  private final Signatures signatures;

  Operands(Reading reading, Catalogue catalogue, Signatures signatures) {
    this.reading = reading;
    this.lexer = reading.lexer();
    this.catalogue = catalogue;
    this.signatures = signatures;
  }

  /// One argument: a literal, an operand with an attribute in it, or (both null) one that was
  /// dropped.
  record Argument(Value.@Nullable Scalar literal, @Nullable Operand operand, int from, int to) {
    boolean searches() {
      return literal == null;
    }
  }

  /// A function call as it was written.
  record Call(String name, int from, List<Argument> arguments, boolean nests, boolean searches) {
    FilterException fail(Lexer lexer, String message) {
      return lexer.fail(from, from + name.length(), message);
    }

    /// The text that was given as an argument; empty when it is none.
    String text(int index) {
      return arguments.get(index).literal() instanceof Value.Text(var text) ? text : "";
    }
  }

  /// The attribute that is the current token.
  Start.Side attribute() {
    String name = lexer.word();
    int from = lexer.start();
    Optional<Attribute> found = catalogue.find(name);
    Operand operand = null;
    if (found.isPresent() && found.get().searchable()) {
      operand = new Operand.Field(found.get());
    } else {
      reading.drop(
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
    return new Start.Side(operand, true, from);
  }

  /// The call that the current token begins.
  ///
  /// @param level how deep it is in others, from 1
  Call call(int level) {
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
      reading.overLimit(from, to, "Functions nest at most " + Limits.FUNCTIONS + " deep.");
    }
    int open = lexer.start();
    reading.enter(open);
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
          reading.overLimit(
              start,
              start + token.length(),
              "A function takes at most " + Limits.ARGUMENTS + " arguments.");
        }
        if (!reading.skip(Lexer.Kind.COMMA)) {
          break;
        }
      }
    }
    if (lexer.kind() != Lexer.Kind.CLOSE && lexer.kind() != Lexer.Kind.END) {
      throw lexer.fail(
          "Expected a comma or a closing parenthesis, not " + lexer.kind().description() + ".");
    }
    reading.close(open);
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
        Start.Side side = attribute();
        yield new Argument(null, side.operand(), from, to);
      }
      case WORD -> {
        Call call = call(level + 1);
        Start.Side side = onAttribute(call);
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
  Start.Side onAttribute(Call call) {
    Optional<FunctionName> found = FunctionName.find(call.name());
    if (found.isEmpty()) {
      throw call.fail(
          lexer,
          ValueFunction.find(call.name()).isPresent()
              ? "This function goes on the right of the operator, by itself."
              : "There is no such function.");
    }
    FunctionName function = found.get();
    Operand first = call.arguments().isEmpty() ? null : call.arguments().getFirst().operand();
    Type type = signatures.check(function, call);
    if (call.searches()) {
      boolean dropped = call.arguments().getFirst().literal() == null && first == null;
      if (dropped || type == null) {
        return new Start.Side(null, true, call.from());
      }
      List<Operand> operands = new ArrayList<>(call.arguments().size());
      for (var argument : call.arguments()) {
        operands.add(
            argument.literal() != null
                ? new Operand.Literal(argument.literal())
                : Objects.requireNonNull(argument.operand()));
      }
      return new Start.Side(new Operand.Call(function, operands, type), true, call.from());
    }
    Value.Scalar result = applied(function, call);
    if (result == null) {
      throw call.fail(lexer, "This has no result.");
    }
    return new Start.Side(new Operand.Literal(result), false, call.from());
  }

  /// The result of a call that has literals alone.
  static Value.@Nullable Scalar applied(FunctionName function, Call call) {
    List<Value.Scalar> literals = new ArrayList<>(call.arguments().size());
    for (var argument : call.arguments()) {
      literals.add(Objects.requireNonNull(argument.literal()));
    }
    return Functions.apply(function, literals);
  }
}
