package dev.porchlight.value;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// One form for each number, so that values which are equal are equal as records: `2.50` is `2.5`,
/// `1E+3` is `1000`. Powers of ten too large to be meant are left as they are, since writing them
/// out would cost memory without bound.
final class Numbers {
  private static final int LARGEST_EXPONENT = 1000;

  private Numbers() {}

  static BigDecimal exact(BigDecimal value) {
    if (value.signum() == 0) {
      return BigDecimal.ZERO;
    }
    var stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 && stripped.scale() >= -LARGEST_EXPONENT
        ? stripped.setScale(0)
        : stripped;
  }

  static @Nullable BigDecimal canonical(@Nullable BigDecimal value) {
    return value == null ? null : exact(value);
  }
}
