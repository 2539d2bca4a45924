package dev.porchlight.filter;

/// How much one filter may ask for; more is refused with [FilterError#OVER_LIMIT].
public final class Limits {
  /// UTF-16 characters in a filter.
  public static final int CHARACTERS = 65_536;

  /// Comparisons in a filter, dropped ones included.
  public static final int EXPRESSIONS = 75;

  /// Values in a list.
  public static final int VALUES = 200;

  /// Arguments of a function.
  public static final int ARGUMENTS = 200;

  /// Groups within each other.
  public static final int GROUPS = 2;

  /// Functions within each other.
  public static final int FUNCTIONS = 5;

  /// Wildcards in one condition, over all values of its list.
  public static final int WILDCARDS = 3;

  /// Arithmetic operators on the attribute's side of one comparison.
  public static final int ARITHMETIC = 200;

  /// Parentheses within each other, whatever they hold.
  public static final int PARENTHESES = 64;

  /// Weight of all regular expressions of a filter: the length of each, times the product of its
  /// counted repetitions.
  public static final int REGEX_WEIGHT = 20_000;

  /// UTF-16 characters in one regular expression.
  public static final int REGEX_LENGTH = 500;

  /// Places in all shapes of a filter.
  public static final int PLACES = 2_000;

  /// Miles of a radius: half around the globe.
  public static final int MILES = 12_500;

  private Limits() {}
}
