package dev.porchlight.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.NumberFormat;
import java.util.Currency;
import java.util.Locale;

/// Numbers and amounts as people of one language write them. May be shared by threads.
public final class Figures {
  /// A number of a stranger's can be a thousand digits long, or a billion once written out.
  private static final int DIGITS_WRITTEN_OUT = 15;

  private final Locale locale;

  public Figures(Locale locale) {
    this.locale = locale;
  }

  /// A number, grouped, with all of its digits.
  public String number(BigDecimal value) {
    if (!isWritable(value)) {
      return value.toString();
    }
    var plain = value.stripTrailingZeros();
    var format = NumberFormat.getNumberInstance(locale);
    format.setMaximumFractionDigits(Math.max(0, plain.scale()));
    return format.format(plain);
  }

  /// An amount of money; cents only where there are any.
  ///
  /// @param currency its code; what is none stands as it is
  public String money(BigDecimal amount, String currency) {
    if (!isWritable(amount)) {
      return amount + " " + currency;
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

  private static boolean isWritable(BigDecimal value) {
    return value.precision() <= DIGITS_WRITTEN_OUT
        && value.scale() <= DIGITS_WRITTEN_OUT
        && value.scale() >= -DIGITS_WRITTEN_OUT;
  }
}
