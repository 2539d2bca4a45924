package dev.porchlight.filter;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Functions and arithmetic on values, as the parser folds literals and the evaluator works out
/// operands. Null means that there is no result.
final class Functions {
  private static final int PLACES = 20;
  private static final BigDecimal SMALLEST_WHOLE = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LARGEST_WHOLE = BigDecimal.valueOf(Long.MAX_VALUE);

  private static final int MOST_PLACES = 1000;

  private Functions() {}

  static Value.@Nullable Scalar compute(
      Arithmetic operator, Value.Scalar left, Value.Scalar right) {
    if (left instanceof Value.Whole(var a) && right instanceof Value.Whole(var b)) {
      return compute(operator, a, b);
    }
    BigDecimal a = decimal(left);
    BigDecimal b = decimal(right);
    boolean divides = operator == Arithmetic.DIV || operator == Arithmetic.MOD;
    if (divides && b.signum() == 0) {
      return null;
    }
    BigDecimal result =
        switch (operator) {
          case ADD -> a.add(b);
          case SUB -> a.subtract(b);
          case MUL -> a.multiply(b);
          case DIV -> a.divide(b, PLACES, RoundingMode.HALF_UP);
          case MOD -> a.remainder(b);
        };
    if (Lexer.tooLarge(result)) {
      return null;
    }
    return new Value.Decimal(
        result.scale() > PLACES ? result.setScale(PLACES, RoundingMode.HALF_UP) : result);
  }

  private static Value.@Nullable Scalar compute(Arithmetic operator, long a, long b) {
    try {
      return new Value.Whole(
          switch (operator) {
            case ADD -> Math.addExact(a, b);
            case SUB -> Math.subtractExact(a, b);
            case MUL -> Math.multiplyExact(a, b);
            case DIV -> Math.divideExact(a, b);
            case MOD -> a % b;
          });
    } catch (ArithmeticException _) {
      return null;
    }
  }

  static Value.@Nullable Scalar negate(Value.Scalar number) {
    if (number instanceof Value.Whole(var whole)) {
      return whole == Long.MIN_VALUE ? null : new Value.Whole(-whole);
    }
    return new Value.Decimal(decimal(number).negate());
  }

  /// Whether a number has more places than anything that is meant.
  static boolean isBeyond(BigDecimal number) {
    return Math.abs((long) number.scale()) > MOST_PLACES || number.precision() > MOST_PLACES;
  }

  private static BigDecimal decimal(Value.Scalar number) {
    return switch (number) {
      case Value.Whole(var whole) -> BigDecimal.valueOf(whole);
      case Value.Decimal(var decimal) -> decimal;
      default -> throw new IllegalArgumentException(number.type() + " is not a number");
    };
  }

  /// Applies a function to arguments that fit it.
  static Value.@Nullable Scalar apply(FunctionName function, List<Value.Scalar> arguments) {
    Value.Scalar x = arguments.getFirst();
    return switch (function) {
      case TOLOWER -> new Value.Text(each(text(x), Character::toLowerCase));
      case TOUPPER -> new Value.Text(each(text(x), Character::toUpperCase));
      case TRIM -> new Value.Text(text(x).strip());
      case LENGTH -> new Value.Whole(length(text(x)));
      case SUBSTRING -> substring(arguments);
      case CONCAT -> new Value.Text(text(x) + text(arguments.get(1)));
      case ROUND -> whole(decimal(x).setScale(0, RoundingMode.HALF_UP));
      case CEILING -> whole(decimal(x).setScale(0, RoundingMode.CEILING));
      case FLOOR -> whole(decimal(x).setScale(0, RoundingMode.FLOOR));
      case CAST -> cast(x, text(arguments.get(1)));
      case DATE -> new Value.Day(date(x));
      case TIME -> new Value.TimeOfDay(time(x));
      case YEAR -> new Value.Whole(date(x).getYear());
      case MONTH -> new Value.Whole(date(x).getMonthValue());
      case DAY -> new Value.Whole(date(x).getDayOfMonth());
      case HOUR -> new Value.Whole(time(x).getHour());
      case MINUTE -> new Value.Whole(time(x).getMinute());
      case SECOND -> new Value.Whole(time(x).getSecond());
      case DAYOFWEEK -> new Value.Whole(date(x).getDayOfWeek().getValue() % 7 + 1L);
      case DAYOFYEAR -> new Value.Whole(date(x).getDayOfYear());
      case FRACTIONALSECONDS -> new Value.Decimal(BigDecimal.valueOf(time(x).getNano(), 9));
      case INDEXOF -> indexOf(text(x), text(arguments.get(1)));
      case ALL -> x;
    };
  }

  private static Value.Scalar substring(List<Value.Scalar> arguments) {
    String text = text(arguments.getFirst());
    int length = length(text);
    int from = (int) Math.min(number(arguments.get(1)), length);
    long count = arguments.size() > 2 ? number(arguments.get(2)) : length;
    int to = (int) Math.min(from + Math.min(count, length), length);
    int start = text.offsetByCodePoints(0, from);
    return new Value.Text(text.substring(start, text.offsetByCodePoints(start, to - from)));
  }

  private static Value.Scalar indexOf(String text, String part) {
    int index = text.indexOf(part);
    return new Value.Whole(index < 0 ? -1 : text.codePointCount(0, index));
  }

  private static Value.@Nullable Scalar cast(Value.Scalar x, String type) {
    return switch (type) {
      case "character" -> new Value.Text(written(x));
      case "integer" ->
          switch (x) {
            case Value.Whole whole -> whole;
            case Value.Decimal(var decimal) -> whole(decimal.setScale(0, RoundingMode.DOWN));
            case Value.Text(var text) when isInteger(text) && text.length() <= 200 -> {
              var number = new BigInteger(text);
              yield number.bitLength() < 64 ? new Value.Whole(number.longValue()) : null;
            }
            default -> null;
          };
      case "decimal" ->
          switch (x) {
            case Value.Whole(var whole) -> new Value.Decimal(BigDecimal.valueOf(whole));
            case Value.Decimal decimal -> decimal;
            case Value.Text(var text) when isDecimal(text) && text.length() <= 200 ->
                new Value.Decimal(new BigDecimal(text));
            default -> null;
          };
      default -> throw new IllegalArgumentException("no cast to " + type);
    };
  }

  private static boolean isInteger(String text) {
    int digits = text.startsWith("-") ? 1 : 0;
    return text.length() > digits && text.chars().skip(digits).allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isDecimal(String text) {
    int point = text.indexOf('.');
    return point < 0
        ? isInteger(text)
        : isInteger(text.substring(0, point))
            && text.length() > point + 1
            && text.chars().skip(point + 1L).allMatch(c -> c >= '0' && c <= '9');
  }

  private static String written(Value.Scalar x) {
    return switch (x) {
      case Value.Text(var text) -> text;
      case Value.Whole(var whole) -> Long.toString(whole);
      case Value.Decimal(var decimal) -> decimal.toPlainString();
      case Value.Flag(var flag) -> Boolean.toString(flag);
      case Value.Day(var day) -> day.toString();
      case Value.Moment(var moment) -> moment.toString();
      case Value.TimeOfDay(var time) -> time.toString();
      case Value.Location(var latitude, var longitude) -> latitude + " " + longitude;
    };
  }

  private static Value.@Nullable Scalar whole(BigDecimal integral) {
    return integral.compareTo(SMALLEST_WHOLE) < 0 || integral.compareTo(LARGEST_WHOLE) > 0
        ? null
        : new Value.Whole(integral.longValueExact());
  }

  private static String each(String text, IntUnaryOperator change) {
    var changed = new StringBuilder(text.length());
    text.codePoints().map(change).forEach(changed::appendCodePoint);
    return changed.toString();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String text(Value.Scalar x) {
    return ((Value.Text) x).value();
  }

  private static long number(Value.Scalar x) {
    return ((Value.Whole) x).value();
  }

  private static LocalDate date(Value.Scalar x) {
    return switch (x) {
      case Value.Day(var day) -> day;
      case Value.Moment(var moment) -> LocalDate.ofInstant(moment, ZoneOffset.UTC);
      default -> throw new IllegalArgumentException(x.type() + " has no date");
    };
  }

  private static LocalTime time(Value.Scalar x) {
    return switch (x) {
      case Value.TimeOfDay(var time) -> time;
      case Value.Moment(var moment) ->
          LocalDateTime.ofInstant(moment, ZoneOffset.UTC).toLocalTime();
      default -> throw new IllegalArgumentException(x.type() + " has no time");
    };
  }

  /// The day that is `n` working days away; from a day of the weekend, 0 and 1 are the next Monday
  /// and -1 the Friday before.
  static LocalDate weekdays(LocalDate from, long n) {
    LocalDate day = from;
    if (day.getDayOfWeek().getValue() > 5) {
      day =
          day.with(
              n > 0
                  ? TemporalAdjusters.previous(DayOfWeek.FRIDAY)
                  : TemporalAdjusters.next(DayOfWeek.MONDAY));
    }
    day = day.plusWeeks(n / 5);
    for (long rest = Math.abs(n % 5); rest > 0; rest--) {
      do {
        day = day.plusDays(n > 0 ? 1 : -1);
      } while (day.getDayOfWeek().getValue() > 5);
    }
    return day;
  }

  /// Orders two values of one type; texts by code points, as they are.
  static int compare(Value.Scalar a, Value.Scalar b) {
    return switch (a) {
      case Value.Text(var text) -> Folding.compare(text, text(b));
      case Value.Whole(var whole) -> Long.compare(whole, number(b));
      case Value.Decimal(var decimal) -> decimal.compareTo(((Value.Decimal) b).value());
      case Value.Flag(var flag) -> Boolean.compare(flag, ((Value.Flag) b).value());
      case Value.Day(var day) -> day.compareTo(((Value.Day) b).value());
      case Value.Moment(var moment) -> moment.compareTo(((Value.Moment) b).value());
      case Value.TimeOfDay(var time) -> time.compareTo(((Value.TimeOfDay) b).value());
      case Value.Location _ -> throw new IllegalArgumentException("locations have no order");
    };
  }
}
