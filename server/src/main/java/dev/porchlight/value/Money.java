package dev.porchlight.value;

import java.math.BigDecimal;

/// An amount with its currency (ISO 4217, three capitals). Never converted.
public record Money(BigDecimal amount, String currency) {
  public Money {
    if (currency.length() != 3 || !currency.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
      throw new IllegalArgumentException("not an ISO 4217 code: " + currency);
    }
    amount = Numbers.exact(amount);
  }

  /// US dollars, the unit that both Realtor.com contracts name.
  public static Money dollars(BigDecimal amount) {
    return new Money(amount, "USD");
  }
}
