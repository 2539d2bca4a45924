package dev.porchlight.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// How tests wait that say nothing of it: they look at once, then ever less often, and have as much
/// patience as those that wait with [TestHub#await].
public final class WaitsWell implements BeforeAllCallback {
  private static final int STEP = 5;
  private static final int LONGEST = 100;

  static {
    Awaitility.setDefaultTimeout(TestHub.PATIENCE);
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(
        (looks, _) -> Duration.ofMillis(Math.min(LONGEST, (long) STEP * looks)));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // What is to be done is done when this class is loaded.
  }
}
