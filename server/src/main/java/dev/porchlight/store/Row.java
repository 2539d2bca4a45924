package dev.porchlight.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Reads one row of a result by column number, from 1, in our types: texts, whole numbers, bytes,
/// and times as microseconds since 1970.
public final class Row {
  private final ResultSet results;
  private final int before;

  public Row(ResultSet results) {
    this(results, 1);
  }

  /// One of several rows that a result has side by side.
  ///
  /// @param first the number of its first column in the result
  public Row(ResultSet results, int first) {
    this.results = results;
    before = first - 1;
  }

  /// A text that is there.
  public String text(int column) throws SQLException {
    var text = results.getString(before + column);
    if (text == null) {
      throw new SQLException("column " + column + " is null");
    }
    return text;
  }

  public @Nullable String textOrNull(int column) throws SQLException {
    return results.getString(before + column);
  }

  public long number(int column) throws SQLException {
    return results.getLong(before + column);
  }

  public int integer(int column) throws SQLException {
    return results.getInt(before + column);
  }

  public @Nullable Integer integerOrNull(int column) throws SQLException {
    int number = results.getInt(before + column);
    return results.wasNull() ? null : number;
  }

  public boolean flag(int column) throws SQLException {
    return results.getLong(before + column) != 0;
  }

  public byte[] bytes(int column) throws SQLException {
    var bytes = results.getBytes(before + column);
    if (bytes == null) {
      throw new SQLException("column " + column + " is null");
    }
    return bytes;
  }

  public Instant time(int column) throws SQLException {
    return instant(results.getLong(before + column));
  }

  public @Nullable Instant timeOrNull(int column) throws SQLException {
    long micros = results.getLong(before + column);
    return results.wasNull() ? null : instant(micros);
  }

  /// The instant of a count of microseconds since 1970.
  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /// Microseconds since 1970, cut, not rounded.
  public static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
