package dev.porchlight.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.Locale;
import java.util.ResourceBundle;

/// The words of the pages in one language, from `messages.properties`. May be shared by threads.
final class Texts {
  private static final int DIGITS_WRITTEN_OUT = 15;

  private final Locale locale;
  private final ResourceBundle words;
  private final DateTimeFormatter exact;

  Texts(Locale locale) {
    this.locale = locale;
    this.words =
        ResourceBundle.getBundle(
            "dev.porchlight.console.messages",
            locale,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    this.exact =
        DateTimeFormatter.ofPattern(words.getString("time.exact"), locale).withZone(ZoneOffset.UTC);
  }

  String language() {
    return locale.toLanguageTag();
  }

  /// The text of that key, in the form of [MessageFormat].
  ///
  /// @throws java.util.MissingResourceException when there is none
  String of(String key, Object... values) {
    return new MessageFormat(words.getString(key), locale).format(values);
  }

  Story.Time time(Instant at, Instant now) {
    return new Story.Time(
        at.truncatedTo(ChronoUnit.MILLIS).toString(), exact.format(at), relative(at, now));
  }

  private String relative(Instant at, Instant now) {
    var apart = Duration.between(at, now);
    var direction = apart.isNegative() ? "time.in." : "time.ago.";
    long seconds = apart.abs().toSeconds();
    if (seconds < 1) {
      return of("time.now");
    }
    if (seconds < 60) {
      return of(direction + "seconds", seconds);
    }
    if (seconds < 3600) {
      return of(direction + "minutes", seconds / 60);
    }
    if (seconds < 86_400) {
      return of(direction + "hours", seconds / 3600);
    }
    return of(direction + "days", seconds / 86_400);
  }

  /// How long something took, in the unit that reads best.
  String took(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 10_000) {
      return of("took.millis", millis);
    }
    if (millis < 600_000) {
      return of("took.seconds", millis / 1000);
    }
    return millis < 36_000_000
        ? of("took.minutes", millis / 60_000)
        : of("took.hours", millis / 3_600_000);
  }

  String number(BigDecimal value) {
    return isWritable(value)
        ? NumberFormat.getNumberInstance(locale).format(value)
        : Clean.line(value.toString());
  }

  String money(BigDecimal amount, String currency) {
    if (!isWritable(amount)) {
      return Clean.line(amount + " " + currency);
    }
    try {
      var format = NumberFormat.getCurrencyInstance(locale);
      format.setCurrency(Currency.getInstance(currency));
      format.setRoundingMode(RoundingMode.HALF_EVEN);
      if (amount.stripTrailingZeros().scale() <= 0) {
        format.setMaximumFractionDigits(0);
      }
      return format.format(amount);
    } catch (IllegalArgumentException _) {
      return number(amount) + " " + currency;
    }
  }

  /// A number of a stranger's can be a thousand digits long, or a billion once written out.
  private static boolean isWritable(BigDecimal value) {
    return value.precision() <= DIGITS_WRITTEN_OUT
        && value.scale() <= DIGITS_WRITTEN_OUT
        && value.scale() >= -DIGITS_WRITTEN_OUT;
  }
}
