package dev.porchlight.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One reading of a filter: where it is, what it has found wrong so far, and how to say so.
///
/// Wrong syntax and types end the reading at once. A limit that is passed is noted, and reading
/// goes on, since "over a limit" is said only of a filter that is otherwise right.
final class Reading {
  private final Lexer lexer;
  private final List<FilterError> dropped = new ArrayList<>();
  private @Nullable FilterError overLimit;
  private int depth;

  Reading(String text) {
    this.lexer = new Lexer(text);
    if (text.length() > Limits.CHARACTERS) {
      overLimit(
          Limits.CHARACTERS,
          Limits.CHARACTERS,
          "A filter has at most " + Limits.CHARACTERS + " characters.");
      throw new FilterException(List.of(Objects.requireNonNull(overLimit)));
    }
  }

  Lexer lexer() {
    return lexer;
  }

  /// The attributes that cannot be searched.
  List<FilterError> dropped() {
    return dropped;
  }

  /// The first limit that was passed.
  Optional<FilterError> overLimit() {
    return Optional.ofNullable(overLimit);
  }

  /// Notes an attribute that cannot be searched, and goes on.
  void drop(FilterError error) {
    dropped.add(error);
  }

  /// Goes over the current token if it is of that kind.
  boolean skip(Lexer.Kind kind) {
    if (lexer.kind() != kind) {
      return false;
    }
    lexer.advance();
    return true;
  }

  /// Goes over an operator between the parts of a sum; null where none stands.
  @Nullable Operator ofSum() {
    return switch (lexer.kind()) {
      case ADD -> over(Arithmetic.ADD);
      case SUB -> over(Arithmetic.SUB);
      default -> null;
    };
  }

  /// Goes over an operator between the parts of a product; null where none stands.
  @Nullable Operator ofProduct() {
    return switch (lexer.kind()) {
      case MUL -> over(Arithmetic.MUL);
      case DIV -> over(Arithmetic.DIV);
      case MOD -> over(Arithmetic.MOD);
      default -> null;
    };
  }

  private Operator over(Arithmetic arithmetic) {
    int from = lexer.start();
    var operator = new Operator(arithmetic, from, from + lexer.token().length());
    lexer.advance();
    return operator;
  }

  /// Goes into parentheses that open there.
  void enter(int open) {
    if (++depth > Limits.PARENTHESES) {
      overLimit(open, open + 1, "Parentheses nest at most " + Limits.PARENTHESES + " deep.");
      throw new FilterException(List.of(Objects.requireNonNull(overLimit)));
    }
  }

  /// Goes out of the parentheses that opened there.
  void close(int open) {
    if (lexer.kind() != Lexer.Kind.CLOSE) {
      if (lexer.kind() == Lexer.Kind.END) {
        throw lexer.fail(open, open + 1, "This parenthesis is never closed.");
      }
      throw unexpectedAfterExpression();
    }
    depth--;
    lexer.advance();
  }

  FilterException unexpectedAfterExpression() {
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

  /// What may have been meant by a word that is no keyword.
  String hint() {
    return switch (lexer.word().toLowerCase(Locale.ROOT)) {
      case "in" -> "There is no In. Write `A Eq 'x','y'` for any of a list.";
      case "between" -> "There is no Between. Write `A Bt 1,5`.";
      case "like" -> "There is no Like. Write `A Eq 'x*'`, or `A Eq contains('x')`.";
      case "is" -> "There is no Is. Write `A Eq NULL`.";
      case "asc", "desc", "orderby" -> "Order is not part of a filter.";
      default -> "Keywords are Eq Ne Gt Ge Lt Le Bt, And Or Not, Add Sub Mul Div Mod.";
    };
  }

  /// Notes a limit that is passed, and goes on.
  void overLimit(int from, int to, String message) {
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
