package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.access.Secrets;
import dev.porchlight.sign.SecretBox;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One form that comes to two hubs of one database.
class OnceTest {
  @TempDir Path folder;

  private static Reply.Full reply(int status, String text) {
    return Reply.of(status, "text/html", text.getBytes(StandardCharsets.UTF_8))
        .with("Location", "/there");
  }

  @Test
  void a_form_that_comes_to_two_hubs_is_taken_by_one_and_answered_by_both() throws Exception {
    try (var hub = TestHub.in(folder).withoutRebuildCheck().start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var store = hub.hub().store();
      var secrets = new Secrets(store, new SecretBox(new byte[32]));
      var here = new Once(store, secrets);
      var there = new Once(store, secrets);
      var acts = new AtomicInteger();
      var begun = new CountDownLatch(1);
      var go = new CountDownLatch(1);
      var first =
          threads.submit(() ->
              here.answer(
                  "member 1",
                  "a form",
                  () -> {
                    acts.incrementAndGet();
                    begun.countDown();
                    go.await();
                    return reply(303, "done \u00e9");
                  }));
      assertThat(begun.await(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      var second =
          threads.submit(() ->
              there.answer(
                  "member 1",
                  "a form",
                  () -> {
                    acts.incrementAndGet();
                    return reply(303, "again");
                  }));
      go.countDown();
      assertThat(second.get().orElseThrow())
          .usingRecursiveComparison()
          .isEqualTo(first.get().orElseThrow());
      assertThat(acts).hasValue(1);

      // What was refused may be sent again; another's form is another.
      here.answer("member 1", "b form", () -> reply(422, "no"));
      assertThat(there.answer("member 1", "b form", () -> reply(200, "yes")).orElseThrow().status())
          .isEqualTo(200);
      assertThat(there.answer("member 2", "a form", () -> reply(200, "own")).orElseThrow().status())
          .isEqualTo(200);

      // Of one that was being taken when a hub stopped nobody knows how far it came.
      store.write(
          WorkQueue.EDITS,
          batch -> {
            batch
                .sql()
                .execute(
                    "UPDATE idempotent SET status = 0, at = at - 60000000 WHERE name = 'form a"
                        + " form'");
            return true;
          });
      assertThat(here.answer("member 1", "a form", () -> reply(200, "twice")))
          .isEqualTo(Optional.empty());
      // After a day it is another.
      hub.clock().advance(Duration.ofHours(25));
      assertThat(here.answer("member 1", "a form", () -> reply(200, "new")).orElseThrow().status())
          .isEqualTo(200);
    }
  }
}
