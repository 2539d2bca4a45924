package dev.porchlight.filter;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an attribute of a row holds: one value, several, or nothing.
public sealed interface Value {
  /// Nothing.
  Value UNSET = new Unset();

  /// Text, or nothing when it is null or empty: an empty text counts as not set.
  static Value text(@Nullable String text) {
    return text == null || text.isEmpty() ? UNSET : new Text(text);
  }

  /// Several texts; empty ones are left out.
  static Value texts(Collection<String> texts) {
    return new Many(texts.stream().filter(text -> !text.isEmpty()).<Scalar>map(Text::new).toList());
  }

  /// A point in time, or nothing when it is null.
  static Value moment(@Nullable Instant moment) {
    return moment == null ? UNSET : new Moment(moment);
  }

  /// True or false, or nothing when it is null.
  static Value flag(@Nullable Boolean flag) {
    return flag == null ? UNSET : new Flag(flag);
  }

  /// A place, or nothing when either is null or there is no such place.
  static Value location(@Nullable BigDecimal latitude, @Nullable BigDecimal longitude) {
    if (latitude == null || longitude == null) {
      return UNSET;
    }
    double y = latitude.doubleValue();
    double x = longitude.doubleValue();
    return Location.isPlace(y, x) ? new Location(y, x) : UNSET;
  }

  /// Nothing.
  record Unset() implements Value {}

  /// Several values of one type; none at all counts as not set.
  ///
  /// @param values in any order
  record Many(List<Scalar> values) implements Value {
    /// Copies the list.
    public Many {
      values = List.copyOf(values);
    }
  }

  /// One value.
  sealed interface Scalar extends Value {
    /// Its type.
    Type type();
  }

  /// Text.
  ///
  /// @param value well-formed Unicode without U+0000
  record Text(String value) implements Scalar {
    /// Checks that it is there.
    public Text {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public Type type() {
      return Type.CHARACTER;
    }
  }

  /// A whole number.
  ///
  /// @param value any
  record Whole(long value) implements Scalar {
    @Override
    public Type type() {
      return Type.INTEGER;
    }
  }

  /// A decimal number; `1.50` and `1.5` are the same.
  ///
  /// @param value any
  record Decimal(BigDecimal value) implements Scalar {
    /// Drops trailing zeros, so that equal numbers are equal records.
    public Decimal {
      value = value.stripTrailingZeros();
    }

    @Override
    public Type type() {
      return Type.DECIMAL;
    }
  }

  /// True or false.
  ///
  /// @param value which
  record Flag(boolean value) implements Scalar {
    @Override
    public Type type() {
      return Type.BOOLEAN;
    }
  }

  /// A calendar day.
  ///
  /// @param value the day
  record Day(LocalDate value) implements Scalar {
    /// Checks that it is there.
    public Day {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public Type type() {
      return Type.DATE;
    }
  }

  /// A point in time.
  ///
  /// @param value the instant
  record Moment(Instant value) implements Scalar {
    /// Checks that it is there.
    public Moment {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public Type type() {
      return Type.DATETIME;
    }
  }

  /// A time of day.
  ///
  /// @param value the time
  record TimeOfDay(LocalTime value) implements Scalar {
    /// Checks that it is there.
    public TimeOfDay {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public Type type() {
      return Type.TIME;
    }
  }

  /// A place on the globe, in degrees.
  ///
  /// @param latitude from -90 in the south to 90
  /// @param longitude from -180 in the west to 180
  record Location(double latitude, double longitude) implements Scalar {
    static final double POLE = 90;
    static final double ANTIMERIDIAN = 180;

    /// Checks that there is such a place, and has one zero only.
    public Location {
      if (!isPlace(latitude, longitude)) {
        throw new IllegalArgumentException("there is no place " + latitude + " " + longitude);
      }
      latitude += 0.0;
      longitude += 0.0;
    }

    private static boolean isPlace(double latitude, double longitude) {
      return Math.abs(latitude) <= POLE && Math.abs(longitude) <= ANTIMERIDIAN;
    }

    @Override
    public Type type() {
      return Type.LOCATION;
    }
  }
}
