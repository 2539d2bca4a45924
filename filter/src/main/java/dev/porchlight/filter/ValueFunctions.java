package dev.porchlight.filter;

import com.google.re2j.PatternSyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The functions that stand by themselves on the right of an operator: of text and of time.
final class ValueFunctions {
  private static final LocalDate FIRST_DAY = LocalDate.of(0, 1, 1);
  private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
  private static final int DAYS_AWAY = 365_000;

  private final Reading reading;
  private final Lexer lexer;
  private final ShapeFunctions shapes;
  private final Instant now;
  private final LocalDate today;
  private long regexWeight;

  ValueFunctions(Reading reading, Catalogue catalogue, Instant now) {
    this.reading = reading;
    this.lexer = reading.lexer();
    this.shapes = new ShapeFunctions(reading, catalogue);
    this.now = now;
    this.today = LocalDate.ofInstant(now, ZoneOffset.UTC);
  }

  /// What a function of text or a shape asks for; null for one of time.
  @Nullable Criterion criterion(ValueFunction function, Operands.Call call) {
    return switch (function) {
      case STARTSWITH -> new Criterion.StartsWith(call.text(0));
      case ENDSWITH -> new Criterion.EndsWith(call.text(0));
      case CONTAINS -> new Criterion.Contains(call.text(0));
      case RANGE -> new Criterion.TextRange(call.text(0), call.text(1));
      case REGEX -> regex(call);
      case RADIUS, POLYGON, RECTANGLE -> new Criterion.Within(shapes.shape(function, call));
      case LINESTRING, WKT ->
          throw call.fail(lexer, "Of shapes there are radius, polygon and rectangle.");
      default -> null;
    };
  }

  private Criterion regex(Operands.Call call) {
    String expression = call.text(0);
    String flags = call.arguments().size() > 1 ? call.text(1) : "";
    if (!flags.isEmpty() && !flags.equals("i")) {
      throw call.fail(
          lexer, "The only flag of a regular expression is 'i', to ignore letter case.");
    }
    long weight = Regexes.weight(expression);
    regexWeight = Math.min(regexWeight + weight, Integer.MAX_VALUE);
    if (weight > Limits.REGEX_WEIGHT || regexWeight > Limits.REGEX_WEIGHT) {
      reading.overLimit(
          call.from(),
          call.from() + call.name().length(),
          "The regular expressions of this filter are too long, or repeat too much ({n,m}).");
      return new Criterion.Regex("", false);
    }
    try {
      Regexes.compile(expression, flags.equals("i"));
    } catch (PatternSyntaxException wrong) {
      throw call.fail(
          lexer, "This is no regular expression (RE2 syntax): " + wrong.getDescription() + ".");
    }
    return new Criterion.Regex(expression, flags.equals("i"));
  }

  /// The value of a function of time.
  Value.Scalar time(ValueFunction function, Operands.Call call) {
    long n =
        !call.arguments().isEmpty()
                && call.arguments().getFirst().literal() instanceof Value.Whole(var whole)
            ? whole
            : 0;
    if ((function == ValueFunction.DAYS || function == ValueFunction.WEEKDAYS)
        && Math.abs(n) > DAYS_AWAY) {
      throw call.fail(lexer, "At most " + DAYS_AWAY + " days away.");
    }
    try {
      return within(
          call,
          switch (function) {
            case NOW -> new Value.Moment(now);
            case SECONDS -> new Value.Moment(now.plus(n, ChronoUnit.SECONDS));
            case MINUTES -> new Value.Moment(now.plus(n, ChronoUnit.MINUTES));
            case HOURS -> new Value.Moment(now.plus(n, ChronoUnit.HOURS));
            case DAYS -> new Value.Day(today.plusDays(n));
            case WEEKDAYS -> new Value.Day(Functions.weekdays(today, n));
            case MONTHS -> new Value.Day(today.plusMonths(n));
            case YEARS -> new Value.Day(today.plusYears(n));
            case MINDATETIME -> new Value.Moment(Instant.EPOCH);
            case MAXDATETIME -> new Value.Moment(Instant.parse("9999-12-31T23:59:59Z"));
            default -> throw new IllegalStateException("no time: " + function);
          });
    } catch (DateTimeException | ArithmeticException _) {
      throw call.fail(lexer, "This is too far away.");
    }
  }

  private Value.Scalar within(Operands.Call call, Value.Scalar value) {
    LocalDate day =
        value instanceof Value.Moment(var moment)
            ? LocalDate.ofInstant(moment, ZoneOffset.UTC)
            : ((Value.Day) value).value();
    if (day.isBefore(FIRST_DAY) || day.isAfter(LAST_DAY)) {
      throw call.fail(lexer, "This is too far away.");
    }
    return value;
  }
}
