package dev.porchlight.value;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// What lies between two bounds, each of which may be open. Of what it is a range, and in which
/// unit, says the field that holds it.
public record Range(@Nullable BigDecimal min, @Nullable BigDecimal max) {
  public static final Range OPEN = new Range(null, null);

  public Range {
    min = Numbers.canonical(min);
    max = Numbers.canonical(max);
  }

  /// True when neither bound is set.
  public boolean isOpen() {
    return min == null && max == null;
  }
}
