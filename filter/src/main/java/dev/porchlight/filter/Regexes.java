package dev.porchlight.filter;

import com.google.re2j.Pattern;

/// Regular expressions by an engine whose time is linear in the text. Its programs grow with
/// counted repetitions, so a weight bounds them before they are compiled.
final class Regexes {
  private Regexes() {}

  static Pattern compile(String expression, boolean ignoreCase) {
    return Pattern.compile(expression, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
  }

  /// The length of an expression times the product of its repetition counts; the engine's program
  /// is no larger.
  static long weight(String expression) {
    if (expression.length() > Limits.REGEX_LENGTH) {
      return Integer.MAX_VALUE;
    }
    long product = 1;
    for (int i = 0; i < expression.length(); i++) {
      if (expression.charAt(i) == '{') {
        long largest = 1;
        long number = 0;
        int at = i + 1;
        for (; at < expression.length(); at++) {
          char c = expression.charAt(at);
          if (c >= '0' && c <= '9') {
            number = Math.min(number * 10 + c - '0', 100_000);
            largest = Math.max(largest, number);
          } else if (c == ',') {
            number = 0;
          } else {
            break;
          }
        }
        product = Math.min(product * largest, Integer.MAX_VALUE);
        i = at - 1;
      }
    }
    return Math.min(product * Math.max(1, expression.length()), Integer.MAX_VALUE);
  }
}
