package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.access.KeptAnswer;
import dev.porchlight.access.Secrets;
import dev.porchlight.api.Api;
import dev.porchlight.desk.erasure.ErasurePlace;
import dev.porchlight.sign.SecretBox;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.ForwardingStore;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import dev.porchlight.value.Particulars;
import dev.porchlight.web.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Forms that come twice, to one hub or to two of one database, and while somebody is erased.
class OnceTest {
  @TempDir Path folder;

  /// A store that counts what is read and fails as often as it is told to.
  private static final class Watched extends ForwardingStore {
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    Watched(Store store) {
      super(store);
    }

    @Override
    public <T> T write(WorkQueue queue, Unit<T> unit) {
      if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new StoreUnavailableException("the disk is full, as the test wants it");
      }
      return super.write(queue, unit);
    }

    @Override
    public <T> T read(Function<Handle, T> query) {
      reads.incrementAndGet();
      return super.read(query);
    }
  }

  /// A form that is being taken until it is let go.
  private static final class Held {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final Future<Optional<Reply>> answer;

    Held(ExecutorService threads, Once once, String form, Reply reply) throws Exception {
      answer =
          threads.submit(() ->
              once.answer(
                  "member 1",
                  form,
                  () -> {
                    begun.countDown();
                    // A test that fails meanwhile must not wait for ever.
                    assertThat(go.await(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                    return reply;
                  }));
      assertThat(begun.await(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    Reply end() throws Exception {
      go.countDown();
      return answer.get(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS).orElseThrow();
    }
  }

  private static Secrets secrets(Store store) {
    return new Secrets(store, new SecretBox(new byte[32]));
  }

  private EngineStore store() throws Exception {
    return new EngineStore(SqliteEngine.open(folder, Clock.systemUTC()));
  }

  private static Reply.Full reply(int status, String text) {
    return Reply.of(status, "text/html", text.getBytes(StandardCharsets.UTF_8))
        .with("Location", "/there");
  }

  @Test
  void a_form_that_comes_to_two_hubs_is_taken_by_one_and_answered_by_both() throws Exception {
    var clock = SettableClock.at("2026-03-14T09:30:00Z");
    var database = TestPostgres.newDatabase();
    try (var one = new EngineStore(PostgresEngine.open(database, clock));
        var two = new EngineStore(PostgresEngine.open(database, clock));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var watched = new Watched(two);
      var here = new Once(one, secrets(one));
      var there = new Once(watched, secrets(two));
      var first = new Held(threads, here, "a form", reply(303, "done \u00e9"));
      var second =
          threads.submit(() -> there.answer("member 1", "a form", () -> reply(303, "again")));
      // It looks for what is over, and then for the answer.
      Awaitility.await().atMost(TestHub.PATIENCE).until(() -> watched.reads.get() > 1);
      assertThat(second).isNotDone();
      var done = first.end();
      assertThat(second.get().orElseThrow()).usingRecursiveComparison().isEqualTo(done);

      // What was refused may be sent again; another's form is another.
      here.answer("member 1", "b form", () -> reply(422, "no"));
      assertThat(there.answer("member 1", "b form", () -> reply(200, "yes")).orElseThrow().status())
          .isEqualTo(200);
      assertThat(there.answer("member 2", "a form", () -> reply(200, "own")).orElseThrow().status())
          .isEqualTo(200);

      // Of one that was being taken when a hub stopped nobody knows how far it came.
      one.write(
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
      clock.advance(Duration.ofHours(25));
      assertThat(here.answer("member 1", "a form", () -> reply(200, "new")).orElseThrow().status())
          .isEqualTo(200);
    }
  }

  @Test
  void what_was_done_is_answered_whatever_becomes_of_keeping_it() throws Exception {
    try (var store = store()) {
      var watched = new Watched(store);
      var once = new Once(watched, secrets(store), Duration.ofMillis(1));
      var made =
          once.answer(
              "member 1",
              "a form",
              () -> {
                watched.failures.set(3);
                return reply(200, "the secret");
              });
      assertThat(made.orElseThrow().status()).isEqualTo(200);
      // Once the store is back it is kept, and who sends the form again gets it.
      var other = new Once(store, secrets(store));
      assertThat(other.answer("member 1", "a form", () -> reply(200, "twice")).orElseThrow())
          .usingRecursiveComparison()
          .isEqualTo(made.orElseThrow());

      // What was refused may be sent again by then.
      assertThat(once.answer("member 1", "b form", () -> failing(watched)).orElseThrow().status())
          .isEqualTo(422);
      assertThat(other.answer("member 1", "b form", () -> reply(200, "yes")).orElseThrow().status())
          .isEqualTo(200);
    }
  }

  private static Reply failing(Watched watched) {
    watched.failures.set(1);
    return reply(422, "no");
  }

  @Test
  void no_form_that_is_open_while_somebody_is_erased_keeps_a_page_that_shows_them()
      throws Exception {
    try (var store = store();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var once = new Once(store, secrets(store));
      var place = Api.answers(store, secrets(store));
      var who =
          new ErasurePlace.Subject(
              "company",
              Set.of("an-id"),
              new Particulars().add(Json.tree("{\"full_name\": \"Mia O'Brien\"}")));
      var open = new Held(threads, once, "open", reply(200, "<p>Mia O&#39;Brien</p>"));
      once.answer("member 1", "others", () -> reply(200, "<p>Otto</p>"));
      place.search(who);
      var stamp = store.read(place::stamp);
      // Others' claims change nothing; what is answered does.
      var page = new Held(threads, once, "page", reply(200, "<p>Mia O&#39;Brien</p>"));
      var bare = new Held(threads, once, "bare", reply(303, ""));
      assertThat(store.read(place::stamp)).isEqualTo(stamp);
      open.end();
      assertThat(store.read(place::stamp)).isNotEqualTo(stamp);
      var erase = store.read(h -> place.look(h, who));
      store.write(
          WorkQueue.EDITS,
          batch -> {
            erase.accept(batch);
            return true;
          });
      page.end();
      bare.end();
      for (var form : List.of("open", "page")) {
        assertThat(once.answer("member 1", form, () -> reply(200, "twice"))).as(form).isEmpty();
      }
      assertThat(once.answer("member 1", "bare", () -> reply(200, "twice")).orElseThrow().status())
          .isEqualTo(303);
      assertThat(once.answer("member 1", "others", () -> reply(200, "twice")).orElseThrow())
          .usingRecursiveComparison()
          .isEqualTo(reply(200, "<p>Otto</p>"));
    }
  }

  @Test
  void what_was_taken_anew_after_a_day_is_not_dropped_with_what_was_over() throws Exception {
    var clock = SettableClock.at("2026-03-14T09:30:00Z");
    try (var store = new EngineStore(SqliteEngine.open(folder, clock))) {
      var once = new Once(store, secrets(store));
      once.answer("member 1", "a form", () -> reply(200, "old"));
      clock.advance(Duration.ofHours(25));
      var seen = KeptAnswer.lapsed(store);
      assertThat(seen).hasSize(1);
      once.answer("member 1", "a form", () -> reply(200, "new"));
      store.write(
          WorkQueue.EDITS,
          batch -> new KeptAnswer("member 2", "key", "", 200, "", batch.now()).claim(batch, seen));
      assertThat(KeptAnswer.find(store, "member 1", "form a form")).isPresent();
    }
  }
}
