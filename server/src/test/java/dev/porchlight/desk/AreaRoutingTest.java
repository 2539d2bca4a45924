package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.porchlight.value.Draw;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AreaRoutingTest {
  @Test
  void over_many_leads_each_provider_has_the_share_of_its_weight() {
    var weights = List.of(2, 3, 1);
    var had = new int[3];
    for (int lead = 0; lead < 6000; lead++) {
      had[AreaRouting.drawn(weights, new Draw(Instant.EPOCH, "%032x".formatted(lead), 1))]++;
    }
    for (int n = 0; n < 3; n++) {
      assertThat(had[n]).isCloseTo(1000 * weights.get(n), within(150));
    }
  }
}
