package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastHourTest {
  /// More than a store has readers.
  private static final int READERS = 8;

  @TempDir Path folder;

  @Test
  void while_one_reads_the_others_get_what_is_known() throws Exception {
    try (var hub = TestHub.start(folder);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var store = hub.hub().store();
      hub.addSource("portal", "connections-plus")
          .post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var release = new CountDownLatch(1);
      try (var hour = new LastHour(store)) {
        assertThat(accepted(hour.list(Scope.EVERYTHING, store.now()))).isEqualTo(1);
        var begun = new CountDownLatch(4);
        for (int i = 0; i < READERS; i++) {
          threads.execute(() ->
              store.read(_ -> {
                begun.countDown();
                await(release);
                return true;
              }));
        }
        await(begun);
        // One of them reads the log, and waits.
        var both =
            Stream.generate(() ->
                    CompletableFuture.supplyAsync(
                        () -> hour.list(Scope.EVERYTHING, store.now()), threads))
                .limit(2)
                .toList();
        Awaitility.await()
            .atMost(TestHub.PATIENCE)
            .until(() -> both.stream().anyMatch(f -> f.isDone() && !f.isCompletedExceptionally()));
        for (var done : both) {
          if (done.isDone() && !done.isCompletedExceptionally()) {
            assertThat(accepted(done.get())).isEqualTo(1);
          }
        }
      } finally {
        release.countDown();
      }
    }
  }

  private static int accepted(List<LastHour.Minute> minutes) {
    return minutes.stream().mapToInt(LastHour.Minute::accepted).sum();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
