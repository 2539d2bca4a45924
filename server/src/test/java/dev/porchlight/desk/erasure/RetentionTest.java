package dev.porchlight.desk.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.desk.Messages;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What runs once a minute goes on whatever a part of it does.
class RetentionTest {
  @TempDir Path folder;

  @Test
  void a_part_that_fails_each_time_does_not_keep_the_others() throws Exception {
    var reached = new CountDownLatch(1);
    try (var hub = TestHub.start(folder)) {
      var store = hub.hub().store();
      var erasure =
          new Erasure(
              store,
              9,
              contract -> {
                throw new IllegalArgumentException(contract);
              },
              new Messages(store),
              new Erasures(store),
              List.of());
      try (var _ =
          new Retention(
              store,
              erasure,
              List.of(
                  _ -> {
                    throw new IllegalStateException("a defect, as the test wants it");
                  },
                  _ -> reached.countDown()))) {
        assertThat(reached.await(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }
    }
  }
}
