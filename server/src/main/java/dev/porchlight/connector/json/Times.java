package dev.porchlight.connector.json;

import dev.porchlight.value.Moment;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads times as senders write them.
public final class Times {
  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4})-(\\d\\d)-(\\d\\d)(?:([Tt ])(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:([.,])(\\d+))?)?"
              + " ?(?:([Zz])|([+-])(\\d\\d)(?:(:?)(\\d\\d))?)?)?");

  /// A time that was read.
  ///
  /// @param byContract false when it is not RFC 3339, but plain enough to be understood
  public record Time(Moment moment, boolean byContract) {}

  private Times() {}

  /// The time, or null when the text is none. Digits beyond the nanosecond are dropped; without a
  /// zone UTC is assumed, without a time of day its start.
  public static @Nullable Time parse(String text) {
    var m = FORM.matcher(text);
    if (text.length() > 200 || !m.matches()) {
      return null;
    }
    try {
      boolean timeOfDay = m.group(5) != null;
      int second = number(m.group(7));
      var local =
          LocalDateTime.of(
              number(m.group(1)),
              number(m.group(2)),
              number(m.group(3)),
              number(m.group(5)),
              number(m.group(6)),
              Math.min(second, 59),
              nanos(m.group(9)));
      if (second > 60 || local.getYear() == 0) {
        return null;
      }
      int hours = number(m.group(12));
      int minutes = number(m.group(14));
      if (hours > 23 || minutes > 59) {
        return null;
      }
      int offset = (hours * 60 + minutes) * 60 * ("-".equals(m.group(11)) ? -1 : 1);
      boolean zone = m.group(10) != null || m.group(11) != null;
      // 60 is a leap second: the first of the next minute, for a clock that has none.
      var at = local.toInstant(ZoneOffset.UTC).plusSeconds(second - local.getSecond() - offset);
      boolean byContract =
          timeOfDay
              && zone
              && !" ".equals(m.group(4))
              && text.indexOf(' ') < 0
              && m.group(7) != null
              && !",".equals(m.group(8))
              && (m.group(10) != null || ":".equals(m.group(13)));
      return new Time(new Moment(at, !zone), byContract);
    } catch (DateTimeException _) {
      return null;
    }
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int nanos(@Nullable String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "000000000").substring(0, 9));
  }
}
