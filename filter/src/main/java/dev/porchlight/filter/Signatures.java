package dev.porchlight.filter;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What functions take and give: number and types of their arguments, type of the result.
final class Signatures {
  private final Lexer lexer;

  Signatures(Lexer lexer) {
    this.lexer = lexer;
  }

  /// Checks number and types of arguments and gives the type of the result; null when it depends on
  /// a dropped attribute.
  @Nullable Type check(FunctionName function, Operands.Call call) {
    int most =
        switch (function) {
          case SUBSTRING -> 3;
          case CONCAT, CAST, INDEXOF -> 2;
          default -> 1;
        };
    int least = function == FunctionName.SUBSTRING ? 2 : most;
    List<Operands.Argument> arguments = call.arguments();
    if (arguments.size() < least || arguments.size() > most) {
      throw call.fail(
          lexer,
          "This function takes "
              + (least == most ? String.valueOf(most) : least + " or " + most)
              + (most == 1 ? " argument." : " arguments."));
    }
    for (int i = 1; i < arguments.size(); i++) {
      Operands.Argument argument = arguments.get(i);
      Type wanted = function == FunctionName.SUBSTRING ? Type.INTEGER : Type.CHARACTER;
      if (argument.literal() == null || argument.literal().type() != wanted) {
        throw call.fail(
            lexer, "Argument " + (i + 1) + " of this function is a literal " + wanted.word() + ".");
      }
      if (argument.literal() instanceof Value.Whole(var whole) && whole < 0) {
        throw call.fail(lexer, "Positions count from 0; positions and counts are not negative.");
      }
    }
    Operands.Argument x = arguments.getFirst();
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
          throw call.fail(lexer, "This function needs an attribute.");
        }
        return Type.INTEGER;
      }
      case ROUND, CEILING, FLOOR -> {
        require(call, given, Type.DECIMAL, null);
        return Type.INTEGER;
      }
      case CAST -> {
        if (literal && given == Type.INTEGER) {
          throw call.fail(lexer, "An integer cannot be cast. Write the value as you need it.");
        }
        if (given == Type.LOCATION) {
          throw call.fail(lexer, "A location cannot be cast.");
        }
        String name = arguments.get(1).literal() instanceof Value.Text(var text) ? text : "";
        return switch (name) {
          case "character" -> Type.CHARACTER;
          case "decimal" -> Type.DECIMAL;
          case "integer" -> Type.INTEGER;
          default -> throw call.fail(lexer, "A cast is to 'character', 'decimal' or 'integer'.");
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

  private void requireAttribute(Operands.Call call, boolean literal) {
    if (literal) {
      throw call.fail(lexer, "This function needs an attribute.");
    }
  }

  private void require(
      Operands.Call call, @Nullable Type given, Type wanted, @Nullable Type orWanted) {
    if (given != null && given != wanted && given != orWanted) {
      throw call.fail(
          lexer,
          "This function is for "
              + wanted.word()
              + (orWanted == null ? "" : " and " + orWanted.word())
              + "; its argument is "
              + given.word()
              + ".");
    }
  }

  /// Checks number and types of the arguments of a function that stands on the right.
  void check(ValueFunction function, Operands.Call call) {
    List<List<Type>> wanted = function.arguments();
    int count = call.arguments().size();
    if (count > wanted.size() || count < function.least()) {
      throw call.fail(
          lexer,
          function.least() == wanted.size()
              ? "This function takes "
                  + wanted.size()
                  + (wanted.size() == 1 ? " argument." : " arguments.")
              : "This function takes " + function.least() + " or " + wanted.size() + " arguments.");
    }
    for (int i = 0; i < count; i++) {
      Value.Scalar literal = Objects.requireNonNull(call.arguments().get(i).literal());
      if (!wanted.get(i).contains(literal.type())) {
        throw call.fail(
            lexer,
            "Argument "
                + (i + 1)
                + " of this function is "
                + wanted.get(i).getFirst().word()
                + ".");
      }
    }
  }
}
