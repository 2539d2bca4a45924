package dev.porchlight.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.testing.TestHub;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/// What rests between its steps, is woken, and survives what goes wrong.
class StandingWorkTest {
  private static final Duration LONG = Duration.ofDays(1);

  private final BlockingQueue<Integer> taken = new ArrayBlockingQueue<>(100);
  private final AtomicInteger steps = new AtomicInteger();

  private int take() {
    int step = steps.incrementAndGet();
    taken.add(step);
    return step;
  }

  private void expect(int step) throws InterruptedException {
    assertThat(taken.poll(TestHub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(step);
  }

  @Test
  void goes_on_without_a_rest_while_there_is_more_and_then_until_it_is_woken() throws Exception {
    try (var work =
        new StandingWork(
            "test", NOPLogger.NOP_LOGGER, () -> take() % 3 == 0 ? LONG : Duration.ZERO)) {
      work.start();
      for (int step = 1; step <= 3; step++) {
        expect(step);
      }
      work.wake();
      for (int step = 4; step <= 6; step++) {
        expect(step);
      }
      assertThat(taken).isEmpty();
    }
  }

  @Test
  void ends_with_its_store_though_nobody_closes_it() throws Exception {
    var work =
        new StandingWork(
            "of a closed store",
            NOPLogger.NOP_LOGGER,
            () -> {
              if (take() == 1) {
                return Duration.ZERO;
              }
              throw StoreUnavailableException.closed();
            });
    work.start();
    expect(1);
    expect(2);
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().equals("of a closed store")));
    assertThat(steps).hasValue(2);
    work.close();
  }

  @Test
  void goes_on_after_what_the_store_or_a_defect_threw() throws Exception {
    try (var work =
        new StandingWork(
            "test",
            NOPLogger.NOP_LOGGER,
            () ->
                switch (take()) {
                  case 1 -> throw new StoreUnavailableException("away");
                  case 2 -> throw new IllegalStateException("a defect");
                  case 3 -> throw new StackOverflowError();
                  default -> LONG;
                })) {
      work.wake();
      work.start();
      expect(1);
      work.wake();
      expect(2);
      work.wake();
      expect(3);
      work.wake();
      expect(4);
    }
  }

  @Test
  void a_wake_during_a_step_is_not_lost() throws Exception {
    var begun = new CountDownLatch(1);
    var woken = new CountDownLatch(1);
    try (var work =
        new StandingWork(
            "test",
            NOPLogger.NOP_LOGGER,
            () -> {
              if (take() == 1) {
                begun.countDown();
                await(woken);
              }
              return LONG;
            })) {
      work.start();
      await(begun);
      work.wake();
      woken.countDown();
      expect(1);
      expect(2);
    }
  }

  @Test
  void closing_ends_a_rest_and_waits_for_a_step() throws Exception {
    var begun = new CountDownLatch(1);
    var ended = new AtomicInteger();
    var work = new StandingWork[1];
    work[0] =
        new StandingWork(
            "test",
            NOPLogger.NOP_LOGGER,
            () -> {
              begun.countDown();
              while (!work[0].isClosing()) {
                Thread.onSpinWait();
              }
              ended.incrementAndGet();
              return LONG;
            });
    work[0].start();
    await(begun);
    work[0].close();
    assertThat(ended).hasValue(1);

    var resting = StandingWork.inSteps("test", NOPLogger.NOP_LOGGER, () -> take() == 0);
    resting.start();
    expect(1);
    resting.close();
    assertThat(steps.get()).isLessThanOrEqualTo(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(TestHub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void it_says_for_how_long_it_is_at_one_step() throws InterruptedException {
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var work =
        new StandingWork(
            "held",
            NOPLogger.NOP_LOGGER,
            () -> {
              begun.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return Duration.ofDays(1);
            });
    assertThat(work.busyFor()).isZero();
    work.start();
    begun.await();
    assertThat(work.busyFor()).isPositive();
    release.countDown();
    Awaitility.await().atMost(TestHub.PATIENCE).until(() -> work.busyFor().isZero());
    work.close();
  }
}
