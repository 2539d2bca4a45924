package dev.porchlight.filter;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The functions that stand on the value's side only, and what they take. The parser works them
/// out.
enum ValueFunction {
  NOW,
  SECONDS(Type.INTEGER),
  MINUTES(Type.INTEGER),
  HOURS(Type.INTEGER),
  DAYS(Type.INTEGER),
  WEEKDAYS(Type.INTEGER),
  MONTHS(Type.INTEGER),
  YEARS(Type.INTEGER),
  MINDATETIME,
  MAXDATETIME,
  STARTSWITH(Type.CHARACTER),
  ENDSWITH(Type.CHARACTER),
  CONTAINS(Type.CHARACTER),
  REGEX(Type.CHARACTER, Type.CHARACTER),
  RANGE(Type.CHARACTER, Type.CHARACTER),
  RADIUS(Type.CHARACTER, Type.DECIMAL),
  POLYGON(Type.CHARACTER),
  RECTANGLE(Type.CHARACTER),
  LINESTRING(Type.CHARACTER),
  WKT(Type.CHARACTER);

  private static final Map<String, ValueFunction> BY_WORD = new HashMap<>();

  static {
    for (var function : values()) {
      BY_WORD.put(function.name().toLowerCase(Locale.ROOT), function);
    }
  }

  private final List<List<Type>> arguments;

  ValueFunction(Type... arguments) {
    this.arguments =
        List.of(arguments).stream()
            .map(type -> type == Type.DECIMAL ? List.of(type, Type.INTEGER) : List.of(type))
            .toList();
  }

  static Optional<ValueFunction> find(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }

  /// The types that each argument may have, the usual one first.
  List<List<Type>> arguments() {
    return arguments;
  }

  int least() {
    return this == REGEX ? 1 : arguments.size();
  }
}
