package dev.porchlight.value;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Degrees, WGS 84 as far as senders say. Kept as sent: no range is enforced, no sign is corrected;
/// a sender may give one without the other. `0`/`0` is read as absent before it gets here.
public record Coordinates(@Nullable BigDecimal latitude, @Nullable BigDecimal longitude) {
  public Coordinates {
    latitude = Numbers.canonical(latitude);
    longitude = Numbers.canonical(longitude);
  }
}
