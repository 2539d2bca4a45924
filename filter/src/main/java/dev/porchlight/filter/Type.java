package dev.porchlight.filter;

import java.util.Locale;

/// The types a value or an attribute may have.
public enum Type {
  /// Text.
  CHARACTER,
  /// A whole number of 64 bits.
  INTEGER,
  /// A decimal number, exact.
  DECIMAL,
  /// True or false.
  BOOLEAN,
  /// A calendar day.
  DATE,
  /// A point in time, to the nanosecond.
  DATETIME,
  /// A time of day, to the nanosecond.
  TIME,
  /// A place on the globe.
  LOCATION;

  boolean numeric() {
    return this == INTEGER || this == DECIMAL;
  }

  /// The name in lower case, as messages write it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
