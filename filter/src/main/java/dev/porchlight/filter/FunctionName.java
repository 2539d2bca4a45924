package dev.porchlight.filter;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The functions that may stand on the attribute's side of a comparison. Positions and lengths
/// count code points, days and times of day are those of UTC. On a list attribute a function
/// applies to each element.
public enum FunctionName {
  /// Lower case, code point by code point.
  TOLOWER,
  /// Upper case, code point by code point.
  TOUPPER,
  /// Without white space at either end.
  TRIM,
  /// Number of code points.
  LENGTH,
  /// `substring(x, from, count)`: from a position that counts from 0, to the end when there is no
  /// count.
  SUBSTRING,
  /// Two texts, one after the other.
  CONCAT,
  /// The nearest integer, a half away from zero.
  ROUND,
  /// The next integer upwards.
  CEILING,
  /// The next integer downwards.
  FLOOR,
  /// `cast(x, 'character')`, `'decimal'` or `'integer'`; what cannot be cast is not set.
  CAST,
  /// The calendar day of a datetime.
  DATE,
  /// The time of day of a datetime.
  TIME,
  /// The year.
  YEAR,
  /// The month, 1 to 12.
  MONTH,
  /// The day of the month.
  DAY,
  /// The hour, 0 to 23.
  HOUR,
  /// The minute.
  MINUTE,
  /// The second, without its fraction.
  SECOND,
  /// 1 for Sunday to 7 for Saturday.
  DAYOFWEEK,
  /// 1 to 366.
  DAYOFYEAR,
  /// The fraction of the second, from 0 and less than 1.
  FRACTIONALSECONDS,
  /// Where the second text begins in the first, letter case included, counted from 0; -1 when it
  /// does not occur.
  INDEXOF,
  /// Every element of a list, not just one, must satisfy the comparison.
  ALL;

  private static final Map<String, FunctionName> BY_WORD = new HashMap<>();

  static {
    for (var function : values()) {
      BY_WORD.put(function.word(), function);
    }
  }

  static Optional<FunctionName> find(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
