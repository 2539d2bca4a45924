package dev.porchlight.value;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// The portal's guess whether this person will buy or sell.
///
/// @param probability 0 to 1 by contract; what lies outside is not taken (a violation says so)
public record Scores(@Nullable Boolean likelyToTransact, @Nullable BigDecimal probability) {
  public Scores {
    probability = Numbers.canonical(probability);
  }
}
