package dev.porchlight.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every store promises, whichever engine it stands on.
@Timeout(60)
public abstract class StoreContractTest {
  /// Opens the test's own database, which is empty at first and the same each time.
  protected abstract Engine open(Clock clock);

  /// A row of `lead_key`, a table that both engines have.
  record Pair(String source, String value, String lead, Instant at) {}

  static final Table<Pair> PAIRS =
      Table.<Pair>named("lead_key")
          .key("source_id", Pair::source)
          .key("value", Pair::value)
          .column("lead_id", Pair::lead)
          .column("at", Pair::at)
          .readBy(r -> new Pair(r.text(1), r.text(2), r.text(3), r.time(4)));

  /// A row of `credential`, whose ids the database itself keeps unique.
  record Unique(String hash, String id) {}

  static final Table<Unique> UNIQUES =
      Table.<Unique>named("credential")
          .key("hash", Unique::hash)
          .column("id", Unique::id)
          .column("kind", _ -> "token")
          .column("owner", _ -> "nobody")
          .column("body", _ -> "{}")
          .column("created_at", _ -> Instant.EPOCH)
          .readBy(r -> new Unique(r.text(1), r.text(2)));

  record Bytes(String id, byte[] bytes, @Nullable Instant ends) {}

  static final Table<Bytes> BYTES =
      Table.<Bytes>named("secret")
          .key("owner", _ -> "somebody")
          .key("id", Bytes::id)
          .column("sealed", Bytes::bytes)
          .column("created_at", _ -> Instant.EPOCH)
          .column("expires_at", Bytes::ends)
          .readBy(r -> new Bytes(r.text(2), r.bytes(3), r.timeOrNull(5)));

  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00.123456Z");

  private static final class Clockwork extends Clock {
    private volatile Instant now = NOON;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  private final Clockwork clock = new Clockwork();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private FaultyEngine engine;
  private EngineStore store;

  @BeforeEach
  void start() {
    engine = new FaultyEngine(open(clock));
    store = new EngineStore(engine);
  }

  @AfterEach
  void stop() {
    store.close();
    callers.shutdownNow();
  }

  private void restart() {
    store.close();
    start();
  }

  private static Pair pair(String value, String lead) {
    return new Pair("s", value, lead, NOON);
  }

  private static void put(Batch batch, String value, String lead) {
    batch.find(PAIRS, "s", value);
    batch.put(PAIRS, pair(value, lead));
  }

  private void write(String value, String lead) {
    store.write(
        WorkQueue.LEADS,
        batch -> {
          put(batch, value, lead);
          return true;
        });
  }

  private @Nullable String stored(String value) {
    return store
        .read(h ->
            h.createQuery("SELECT lead_id FROM lead_key WHERE source_id = 's' AND value = :v")
                .bind("v", value)
                .mapTo(String.class)
                .findOne())
        .orElse(null);
  }

  private List<String> texts(String sql) {
    return store.read(h -> h.createQuery(sql).mapTo(String.class).list());
  }

  private List<LogEntry> log() {
    return store.read(h ->
        h.createQuery("SELECT " + LogEntry.TABLE.columnList() + " FROM log ORDER BY seq")
            .map((r, _) -> LogEntry.TABLE.read(new Row(r)))
            .list());
  }

  /// Keeps the writer busy with a unit of its own until it is closed, so that all units offered
  /// meanwhile come into the batches after it, in order.
  private final class Busy implements AutoCloseable {
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final Future<Boolean> unit;

    Busy() throws InterruptedException {
      unit =
          callers.submit(() ->
              store.write(
                  WorkQueue.LEADS,
                  _ -> {
                    running.countDown();
                    hold(end);
                    return true;
                  }));
      assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /// Offers a unit and returns when it is queued.
    <T> Future<T> offer(WorkQueue queue, Unit<T> work) {
      long before = store.waiting();
      var future = callers.submit(() -> store.write(queue, work));
      await().pollInterval(Duration.ofMillis(1)).until(() -> store.waiting() > before);
      return future;
    }

    @Override
    public void close() throws InterruptedException, ExecutionException {
      end.countDown();
      unit.get();
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("held for too long");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rows_that_units_name_beforehand_are_found_as_they_stand_when_each_runs() throws Exception {
    write("there", "one");
    var wanted =
        List.of(
            Wanted.of(PAIRS, "s", "there"),
            Wanted.of(PAIRS, "s", "none"),
            Wanted.of(PAIRS, "s", "later"),
            Wanted.of(LogEntry.TABLE, 1L),
            Wanted.of(LogEntry.TABLE, 77L));
    Unit<String> look =
        batch -> {
          var line = batch.find(LogEntry.TABLE, 1L);
          var all =
              Stream.of("there", "none", "later")
                      .map(value -> batch.find(PAIRS, "s", value))
                      .map(row -> row == null ? "-" : row.lead())
                      .collect(Collectors.joining(" "))
                  + (line == null ? "" : " " + line.kind())
                  + (batch.find(LogEntry.TABLE, 77L) == null ? "" : " 77");
          batch.put(PAIRS, pair("there", "two"));
          batch.put(PAIRS, pair("later", "three"));
          return all;
        };
    Unit<String> undone =
        batch -> {
          batch.delete(PAIRS, "s", "there");
          throw new IllegalStateException("its changes are not seen");
        };
    store.write(WorkQueue.LEADS, batch -> batch.append("first", "", ""));
    Future<String> first;
    Future<String> second;
    try (var busy = new Busy()) {
      first = busy.offer(WorkQueue.LEADS, Unit.reading(wanted, look));
      busy.offer(WorkQueue.LEADS, Unit.reading(wanted, undone));
      second = busy.offer(WorkQueue.LEADS, Unit.reading(wanted, look));
    }
    assertThat(first.get()).isEqualTo("one - - first");
    assertThat(second.get()).isEqualTo("two - three first");
    assertThat(stored("there")).isEqualTo("two");
    assertThat(stored("none")).isNull();
  }

  @Test
  void what_is_too_old_is_dropped_with_rests_between() {
    var millis = 10;
    long began = System.nanoTime();
    store.write(
        WorkQueue.RETENTION,
        _ -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
          return true;
        });
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofMillis(5 * millis));
  }

  private static <T> Unit<T> with(Unit<T> unit, Unit<T> instead) {
    return new Unit<>() {
      @Override
      public T run(Batch batch) {
        return unit.run(batch);
      }

      @Override
      public Optional<Unit<T>> instead() {
        return Optional.of(instead);
      }
    };
  }

  @Test
  void what_was_written_is_read_and_still_there_after_a_restart() {
    var bytes = new byte[] {0, 1, -1, 127, -128};
    store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.put(PAIRS, new Pair("s", "köy 🏡", "", NOON));
          batch.put(BYTES, new Bytes("b", bytes, null));
          return true;
        });
    for (int i = 0; i < 2; i++) {
      var found =
          store.write(
              WorkQueue.EDITS,
              batch -> {
                var there = Objects.requireNonNull(batch.find(BYTES, "somebody", "b"));
                return List.of(there, Objects.requireNonNull(batch.find(PAIRS, "s", "köy 🏡")));
              });
      assertThat(((Bytes) found.getFirst()).bytes()).isEqualTo(bytes);
      assertThat(((Bytes) found.getFirst()).ends()).isNull();
      assertThat(found.getLast()).isEqualTo(new Pair("s", "köy 🏡", "", NOON));
      restart();
    }
  }

  @Test
  void whoever_has_an_answer_reads_what_was_written() {
    for (int i = 0; i < 50; i++) {
      write("k", "lead " + i);
      assertThat(stored("k")).isEqualTo("lead " + i);
    }
  }

  @Test
  void texts_that_some_databases_refuse_are_made_fit() {
    write("nul\0", "half \ud83c and \ud83c\udfe1");
    assertThat(stored("nul\ufffd")).isEqualTo("half \ufffd and \ud83c\udfe1");
  }

  @Test
  void texts_are_ordered_by_their_bytes() {
    for (var value : List.of("b", "a", "B", "ä", "Z", "_", "z", "\uffee", "🏡")) {
      write(value, "");
    }
    assertThat(texts("SELECT value FROM lead_key ORDER BY value"))
        .containsExactly("B", "Z", "_", "a", "b", "z", "ä", "\uffee", "🏡");
  }

  @Test
  void a_unit_sees_what_those_before_it_in_its_batch_did() throws Exception {
    long before = store.batches();
    Future<Boolean> first;
    Future<String> second;
    Future<Boolean> third;
    try (var busy = new Busy()) {
      first =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "k", "one");
                return true;
              });
      second =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                var seen = batch.find(PAIRS, "s", "k");
                batch.delete(PAIRS, "s", "k");
                return seen == null ? "nothing" : seen.lead();
              });
      third = busy.offer(WorkQueue.LEADS, batch -> batch.find(PAIRS, "s", "k") == null);
    }
    assertThat(first.get()).isTrue();
    assertThat(second.get()).isEqualTo("one");
    assertThat(third.get()).isTrue();
    assertThat(store.batches() - before).as("the busy one and one for all three").isEqualTo(2);
    assertThat(stored("k")).isNull();
  }

  @Test
  void a_unit_that_throws_leaves_nothing_and_its_neighbours_commit() throws Exception {
    write("kept", "as it was");
    var after = new AtomicInteger();
    Future<Boolean> first;
    Future<Boolean> throwing;
    Future<String> last;
    long lines = log().size();
    try (var busy = new Busy()) {
      first =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "first", "here");
                batch.append("test", "first", "");
                return true;
              });
      throwing =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "first", "changed");
                put(batch, "own", "never");
                put(batch, "kept", "changed");
                batch.append("test", "thrown", "");
                batch.change("thing", "id", "{}");
                batch.afterCommit(after::incrementAndGet);
                throw new IllegalArgumentException("on purpose");
              });
      last =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                batch.append("test", "last", "");
                var seen = batch.find(PAIRS, "s", "first");
                return (seen == null ? "" : seen.lead())
                    + batch.find(PAIRS, "s", "own")
                    + batch.settings().all("thing").size();
              });
    }
    assertThat(first.get()).isTrue();
    assertThat(last.get()).isEqualTo("herenull0");
    assertThatThrownBy(throwing::get)
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("on purpose");
    assertThat(stored("own")).isNull();
    assertThat(stored("kept")).isEqualTo("as it was");
    assertThat(store.settings().all("thing")).isEmpty();
    assertThat(after).hasValue(0);
    assertThat(log().stream().skip(lines).map(LogEntry::subject)).containsExactly("first", "last");
    assertThat(log().getLast().seq()).isEqualTo(log().size());
  }

  @Test
  void errors_are_a_units_own_too() throws Exception {
    Future<Boolean> deep;
    Future<Boolean> good;
    try (var busy = new Busy()) {
      deep = busy.offer(WorkQueue.LEADS, _ -> endless(0) > 0);
      good =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "good", "x");
                return true;
              });
    }
    assertThat(good.get()).isTrue();
    assertThatThrownBy(deep::get).hasCauseInstanceOf(StackOverflowError.class);
    assertThat(stored("good")).isEqualTo("x");
  }

  @SuppressWarnings("InfiniteRecursion") // that is what it is for
  private static int endless(int n) {
    return endless(n + 1) + 1;
  }

  @Test
  void a_row_whose_values_cannot_be_had_is_its_units_fault_alone() throws Exception {
    var broken =
        Table.<Pair>named("lead_key")
            .key("source_id", Pair::source)
            .key("value", Pair::value)
            .column("lead_id", _ -> new Object())
            .readBy(_ -> pair("", ""));
    Future<Boolean> bad;
    Future<Boolean> good;
    try (var busy = new Busy()) {
      bad =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                batch.put(broken, pair("bad", "x"));
                return true;
              });
      good =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "good", "x");
                return true;
              });
    }
    assertThat(good.get()).isTrue();
    assertThatThrownBy(bad::get).hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_a_unit_names_instead_is_done_when_it_throws() {
    var done =
        store.write(
            WorkQueue.LEADS,
            with(
                batch -> {
                  put(batch, "k", "never");
                  throw new IllegalStateException("on purpose");
                },
                batch -> {
                  put(batch, "k", "instead");
                  return "owed";
                }));
    assertThat(done).isEqualTo("owed");
    assertThat(stored("k")).isEqualTo("instead");
  }

  @Test
  void what_a_unit_names_instead_is_tried_once() {
    var runs = new AtomicInteger();
    assertThatThrownBy(() ->
            store.write(
                WorkQueue.LEADS,
                with(
                    _ -> {
                      throw new IllegalStateException("first");
                    },
                    with(
                        _ -> {
                          runs.incrementAndGet();
                          throw new IllegalStateException("second");
                        },
                        _ -> true))))
        .hasMessage("second");
    assertThat(runs).hasValue(1);
  }

  @Test
  void a_unit_that_cannot_name_anything_instead_harms_nobody_else() throws Exception {
    Future<Boolean> bad;
    Future<Boolean> good;
    try (var busy = new Busy()) {
      bad =
          busy.offer(
              WorkQueue.LEADS,
              new Unit<>() {
                @Override
                public Boolean run(Batch batch) {
                  throw new IllegalStateException("on purpose");
                }

                @Override
                public Optional<Unit<Boolean>> instead() {
                  throw new IllegalArgumentException("nor this");
                }
              });
      good =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "good", "x");
                return true;
              });
    }
    assertThat(good.get()).isTrue();
    assertThatThrownBy(bad::get).hasMessageContaining("on purpose");
  }

  @Test
  void what_a_unit_names_instead_is_done_when_it_waited_for_over_250_ms() throws Exception {
    Future<String> patient;
    Future<String> late;
    try (var busy = new Busy()) {
      late = busy.offer(WorkQueue.LEADS, with(_ -> "whole", _ -> "owed"));
      patient = busy.offer(WorkQueue.LEADS, _ -> "whole");
      long began = System.nanoTime();
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> System.nanoTime() - began > Duration.ofMillis(300).toNanos());
    }
    assertThat(late.get()).isEqualTo("owed");
    assertThat(patient.get()).isEqualTo("whole");
    String prompt = store.write(WorkQueue.LEADS, with(_ -> "whole", _ -> "owed"));
    assertThat(prompt).isEqualTo("whole");
  }

  /// A unit that makes rows of three tables and a line, changes what the round before made, and
  /// deletes what the one before that did. It names what it looks up.
  private Unit<Boolean> round(String name, int n, String id) {
    return new Unit<>() {
      @Override
      public List<Wanted> wanted() {
        return List.of(
            Wanted.of(PAIRS, "s", name + n),
            Wanted.of(PAIRS, "s", name + (n - 1)),
            Wanted.of(UNIQUES, name + (n - 2)));
      }

      @Override
      public Boolean run(Batch batch) {
        put(batch, name + n, "made");
        if (batch.find(PAIRS, "s", name + (n - 1)) != null) {
          batch.put(PAIRS, pair(name + (n - 1), "changed"));
        }
        batch.put(UNIQUES, new Unique(name + n, id));
        batch.put(BYTES, new Bytes(id, new byte[] {(byte) n}, n % 2 == 0 ? null : NOON));
        if (batch.find(UNIQUES, name + (n - 2)) != null) {
          batch.delete(UNIQUES, name + (n - 2));
        }
        // A row that all of them write: what the last one says stays.
        batch.find(PAIRS, "s", "shared");
        batch.put(PAIRS, pair("shared", name + n));
        batch.append("round." + name, id, "");
        return true;
      }
    };
  }

  /// What is sent again and again is sent otherwise than what is sent once.
  @Test
  void units_of_one_kind_do_the_same_however_often_they_come() throws Exception {
    for (int n = 0; n < 12; n++) {
      var all = new ArrayList<Future<Boolean>>();
      boolean taken = n == 8;
      try (var busy = new Busy()) {
        for (var name : List.of("a", "b")) {
          // Once the second has an id that is the first's.
          var id = taken ? "id" + n : name + "-id" + n;
          all.add(busy.offer(WorkQueue.LEADS, round(name, n, id)));
        }
      }
      assertThat(all.getFirst().get()).isTrue();
      if (taken) {
        assertThatThrownBy(all.getLast()::get).isInstanceOf(ExecutionException.class);
      } else {
        assertThat(all.getLast().get()).isTrue();
      }
    }
    for (int n = 0; n < 12; n++) {
      assertThat(stored("a" + n)).isEqualTo(n == 11 ? "made" : "changed");
      assertThat(stored("b" + n)).isEqualTo(n == 8 ? null : n == 11 || n == 7 ? "made" : "changed");
    }
    assertThat(stored("shared")).isEqualTo("b11");
    assertThat(texts("SELECT hash FROM credential ORDER BY hash"))
        .containsExactly("a10", "a11", "b10", "b11", "b6");
    assertThat(log()).filteredOn(l -> l.kind().equals("round.a")).hasSize(12);
    assertThat(log()).filteredOn(l -> l.kind().equals("round.b")).hasSize(11);
  }

  @Test
  void a_row_that_the_database_refuses_costs_only_its_unit() throws Exception {
    store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.put(UNIQUES, new Unique("h0", "taken"));
          return true;
        });
    Future<Boolean> first;
    Future<Boolean> refused;
    Future<String> saved;
    Future<Boolean> last;
    long lines = log().size();
    try (var busy = new Busy()) {
      first = busy.offer(WorkQueue.LEADS, unique("h1", "free 1"));
      refused = busy.offer(WorkQueue.LEADS, unique("h2", "taken"));
      saved =
          busy.offer(
              WorkQueue.LEADS,
              with(
                  batch -> {
                    unique("h3", "taken").run(batch);
                    return "whole";
                  },
                  batch -> {
                    batch.append("test", "owed", "");
                    return "owed";
                  }));
      last = busy.offer(WorkQueue.LEADS, unique("h4", "free 4"));
    }
    assertThat(first.get()).isTrue();
    assertThat(last.get()).isTrue();
    assertThat(saved.get()).isEqualTo("owed");
    assertThatThrownBy(refused::get)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("refused");
    assertThat(texts("SELECT hash FROM credential ORDER BY hash"))
        .containsExactly("h0", "h1", "h4");
    assertThat(log().stream().skip(lines).map(LogEntry::subject))
        .containsExactly("h1", "owed", "h4");
    assertThat(store.state()).isEqualTo(new StoreState.Accepting());
  }

  private static Unit<Boolean> unique(String hash, String id) {
    return batch -> {
      batch.append("test", hash, "");
      batch.put(UNIQUES, new Unique(hash, id));
      return true;
    };
  }

  @Test
  void a_unit_that_throws_after_using_sql_gets_its_own_exception_and_its_neighbours_commit()
      throws Exception {
    Future<Boolean> first;
    Future<Boolean> throwing;
    Future<Boolean> last;
    try (var busy = new Busy()) {
      first =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "first", "x");
                return true;
              });
      throwing =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                batch.sql().execute("UPDATE lead_key SET lead_id = 'by sql'");
                throw new IllegalArgumentException("on purpose");
              });
      last =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "last", "x");
                return true;
              });
    }
    assertThat(first.get()).isTrue();
    assertThat(last.get()).isTrue();
    assertThatThrownBy(throwing::get)
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("on purpose");
    assertThat(stored("first")).isEqualTo("x");
    assertThat(stored("last")).isEqualTo("x");
  }

  @Test
  void sql_sees_what_was_put_and_is_seen_by_what_comes_after() throws Exception {
    write("old", "x");
    Future<Boolean> first;
    Future<Integer> middle;
    Future<List<String>> last;
    try (var busy = new Busy()) {
      first =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                put(batch, "old", "y");
                put(batch, "new", "y");
                return true;
              });
      middle =
          busy.offer(
              WorkQueue.LEADS,
              batch ->
                  batch
                      .sql()
                      .createUpdate("UPDATE lead_key SET lead_id = lead_id || '!'")
                      .execute());
      last =
          busy.offer(
              WorkQueue.LEADS,
              batch -> {
                var seen = new ArrayList<String>();
                for (var key : List.of("old", "new")) {
                  var there = batch.find(PAIRS, "s", key);
                  seen.add(there == null ? "nothing" : there.lead());
                  put(batch, key, "z");
                }
                return seen;
              });
    }
    assertThat(first.get()).isTrue();
    assertThat(middle.get()).isEqualTo(2);
    assertThat(last.get()).containsExactly("y!", "y!");
    assertThat(stored("old")).isEqualTo("z");
    assertThat(stored("new")).isEqualTo("z");
  }

  @Test
  void the_log_is_dense_and_its_time_never_goes_back() throws Exception {
    var futures = new ArrayList<Future<Long>>();
    for (int i = 0; i < 200; i++) {
      int n = i;
      clock.now = NOON.plusSeconds(n % 7 == 3 ? -3600 : n);
      futures.add(
          callers.submit(() ->
              store.write(
                  WorkQueue.values()[n % 6],
                  batch -> {
                    long seq = batch.append("test", "n" + n, "");
                    if (n % 5 == 4) {
                      throw new IllegalStateException("on purpose");
                    }
                    return seq;
                  })));
      if (n % 10 == 0) {
        futures.getLast().get();
      }
    }
    var given = new HashMap<String, Long>();
    for (int i = 0; i < futures.size(); i++) {
      if (i % 5 == 4) {
        assertThatThrownBy(futures.get(i)::get).hasMessageContaining("on purpose");
      } else {
        given.put("n" + i, futures.get(i).get());
      }
    }
    for (int round = 0; round < 2; round++) {
      var log = log();
      assertThat(log).hasSize(160);
      for (int i = 0; i < log.size(); i++) {
        assertThat(log.get(i).seq()).isEqualTo(i + 1);
        assertThat(given).containsEntry(log.get(i).subject(), log.get(i).seq());
        if (i > 0) {
          assertThat(log.get(i).at()).isAfterOrEqualTo(log.get(i - 1).at());
        }
      }
      restart();
    }
    clock.now = NOON.minusSeconds(86400);
    var at = store.write(WorkQueue.LEADS, Batch::now);
    assertThat(at).isEqualTo(log().getLast().at());
  }

  @Test
  void settings_have_versions_and_one_may_be_removed() {
    var one = store.write(WorkQueue.EDITS, batch -> batch.change("node", "a", "{\"n\":1}"));
    store.write(WorkQueue.EDITS, batch -> batch.change("node", "b", "{\"n\":2}"));
    var old = store.settings();
    var three =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              batch.change("node", "b", null);
              assertThat(batch.settings().find("node", "b")).isEmpty();
              return batch.change("node", "a", "{\"n\":3}");
            });
    assertThat(one.seq()).isEqualTo(1);
    assertThat(three.seq()).isEqualTo(4);
    assertThat(old.find("node", "b")).isPresent();
    for (int round = 0; round < 2; round++) {
      assertThat(store.settings().seq()).isEqualTo(4);
      assertThat(store.settings().all("node")).containsExactly(three);
      restart();
    }
    assertThat(log())
        .extracting(LogEntry::kind)
        .containsExactly("setting.node", "setting.node", "setting.node", "setting.node");
    assertThat(texts("SELECT seq FROM setting")).as("every version is kept").hasSize(4);
  }

  @Test
  void what_is_to_be_done_after_a_commit_is_done_before_the_answer_and_only_after_a_commit()
      throws Exception {
    var done = Collections.synchronizedList(new ArrayList<String>());
    store.write(
        WorkQueue.LEADS,
        batch -> {
          batch.afterCommit(() -> done.add("good"));
          batch.afterCommit(() -> {
            throw new AssertionError("harms nobody");
          });
          return true;
        });
    assertThat(done).containsExactly("good");
    engine.fail(Engine.Failure.NO_ROOM, 1);
    assertThatThrownBy(() ->
            store.write(
                WorkQueue.LEADS,
                batch -> {
                  batch.afterCommit(() -> done.add("not committed"));
                  return true;
                }))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(done).containsExactly("good");
  }

  @Test
  void followers_hear_of_every_line_once_and_in_order() throws Exception {
    var heard = Collections.synchronizedList(new ArrayList<LogEntry>());
    store.follow(_ -> {
      throw new IllegalStateException("harms nobody");
    });
    var following = store.follow(heard::addAll);
    var futures = new ArrayList<Future<Long>>();
    for (int i = 0; i < 100; i++) {
      futures.add(
          callers.submit(() ->
              store.write(
                  WorkQueue.LEADS,
                  batch -> {
                    batch.append("test", "a", "");
                    return batch.append("test", "b", "");
                  })));
    }
    for (var future : futures) {
      future.get();
    }
    await().until(() -> heard.size() >= 200);
    assertThat(heard).isEqualTo(log());
    following.close();
    write("k", "x");
    store.write(WorkQueue.LEADS, batch -> batch.append("test", "unheard", ""));
    store.write(WorkQueue.LEADS, _ -> true);
    assertThat(heard).hasSize(200);
  }

  @Test
  void queues_are_served_in_their_order_and_none_is_starved() throws Exception {
    var order = Collections.synchronizedList(new ArrayList<WorkQueue>());
    var futures = new ArrayList<Future<Boolean>>();
    try (var busy = new Busy()) {
      for (var queue : new WorkQueue[] {WorkQueue.RETENTION, WorkQueue.ATTEMPTS}) {
        futures.add(busy.offer(queue, noting(order, queue, 1024)));
      }
      for (int i = 0; i < 100; i++) {
        futures.add(busy.offer(WorkQueue.LEADS, noting(order, WorkQueue.LEADS, 16 * 1024)));
      }
    }
    for (var future : futures) {
      future.get();
    }
    assertThat(order.indexOf(WorkQueue.LEADS)).isZero();
    assertThat(order.indexOf(WorkQueue.ATTEMPTS)).isBetween(1, 20);
    assertThat(order.indexOf(WorkQueue.RETENTION)).isGreaterThan(order.indexOf(WorkQueue.ATTEMPTS));
    assertThat(order.indexOf(WorkQueue.RETENTION)).isLessThan(20);
  }

  private static Unit<Boolean> noting(List<WorkQueue> order, WorkQueue queue, int size) {
    return new Unit<>() {
      @Override
      public Boolean run(Batch batch) {
        return order.add(queue);
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  @Test
  void no_room_is_503_for_all_in_the_batch_and_it_recovers_by_itself() throws Exception {
    var busy = new Busy();
    var one = busy.offer(WorkQueue.LEADS, putting("one"));
    var two = busy.offer(WorkQueue.LEADS, putting("two"));
    engine.fail(Engine.Failure.NO_ROOM, 4);
    assertThatThrownBy(busy::close).hasCauseInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(one::get).hasCauseInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(two::get).hasCauseInstanceOf(StoreUnavailableException.class);
    assertThat(store.state()).isInstanceOf(StoreState.Refusing.class);
    assertThatThrownBy(() -> write("three", "x")).isInstanceOf(StoreUnavailableException.class);
    assertThat(stored("one")).isNull();
    await().until(() -> store.state() instanceof StoreState.Accepting);
    write("four", "x");
    assertThat(stored("four")).isEqualTo("x");
    assertThat(stored("one")).isNull();
    assertThat(stored("three")).isNull();
  }

  private static Unit<Boolean> putting(String value) {
    return batch -> {
      put(batch, value, "x");
      return true;
    };
  }

  @Test
  void a_disk_in_doubt_halts_writing_until_the_next_start_and_reading_goes_on() {
    write("before", "x");
    engine.fail(Engine.Failure.IN_DOUBT, 1);
    assertThatThrownBy(() -> write("doubtful", "x")).isInstanceOf(StoreUnavailableException.class);
    assertThat(store.state()).isInstanceOf(StoreState.Halted.class);
    assertThatThrownBy(() -> write("after", "x")).isInstanceOf(StoreUnavailableException.class);
    assertThat(stored("before")).isEqualTo("x");
    restart();
    write("again", "x");
    assertThat(stored("again")).isEqualTo("x");
  }

  @Test
  void a_lost_connection_is_made_anew_without_anybody_noticing() {
    engine.fail(Engine.Failure.LOST, 1);
    write("k", "x");
    assertThat(stored("k")).isEqualTo("x");
    engine.fail(Engine.Failure.LOST, 2);
    assertThatThrownBy(() -> write("l", "x")).isInstanceOf(StoreUnavailableException.class);
    assertThat(stored("l")).isNull();
  }

  @Test
  void a_commit_that_fails_for_our_own_fault_harms_only_the_one_at_fault() {
    engine.fail(Engine.Failure.OURS, 1);
    var done =
        store.write(
            WorkQueue.LEADS,
            with(
                _ -> "whole",
                batch -> {
                  put(batch, "k", "owed");
                  return "owed";
                }));
    assertThat(done).isEqualTo("owed");
    assertThat(stored("k")).isEqualTo("owed");
  }

  @Test
  void closing_finishes_what_is_queued_and_takes_no_more() throws Exception {
    var futures = new ArrayList<Future<Boolean>>();
    Future<?> closing;
    try (var busy = new Busy()) {
      for (int i = 0; i < 100; i++) {
        futures.add(busy.offer(WorkQueue.LEADS, putting("k" + i)));
      }
      closing = callers.submit(store::close);
      await()
          .pollInterval(Duration.ofMillis(1))
          .untilAsserted(() ->
              assertThatThrownBy(() -> write("late", "x"))
                  .isInstanceOf(StoreUnavailableException.class)
                  .hasMessageContaining("closed"));
    }
    closing.get();
    for (var future : futures) {
      assertThat(future.get()).isTrue();
    }
    assertThatThrownBy(() -> stored("k0")).isInstanceOf(StoreUnavailableException.class);
    start();
    for (int i = 0; i < 100; i++) {
      assertThat(stored("k" + i)).isEqualTo("x");
    }
    assertThat(stored("late")).isNull();
  }

  @Test
  void a_caller_that_is_interrupted_hears_it_at_once_and_its_unit_is_withdrawn() throws Exception {
    var ran = new AtomicInteger();
    var outcome = new AtomicReference<Throwable>();
    try (var busy = new Busy()) {
      long before = store.waiting();
      var caller =
          Thread.startVirtualThread(() -> {
            try {
              store.write(WorkQueue.LEADS, _ -> ran.incrementAndGet());
            } catch (StoreUnavailableException e) {
              outcome.set(e);
            }
          });
      await().pollInterval(Duration.ofMillis(1)).until(() -> store.waiting() > before);
      caller.interrupt();
      caller.join();
      assertThat(outcome.get()).isInstanceOf(StoreUnavailableException.class);
    }
    write("k", "x");
    assertThat(ran).hasValue(0);
  }

  @Test
  void what_is_not_on_disk_after_10_s_is_given_up_and_never_done() throws Exception {
    Future<Boolean> waiting;
    try (var busy = new Busy()) {
      waiting = busy.offer(WorkQueue.LEADS, putting("given up"));
      assertThatThrownBy(() -> waiting.get(15, TimeUnit.SECONDS))
          .hasCauseInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("10 s");
    } catch (ExecutionException e) {
      // On a database of several, a writer that sleeps for so long is thrown out, too.
      assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    await().until(() -> store.state() instanceof StoreState.Accepting);
    write("k", "x");
    assertThat(stored("given up")).isNull();
  }

  @Test
  void the_writer_does_not_wait_for_itself() {
    var thrown = new AtomicReference<Throwable>();
    store.write(
        WorkQueue.LEADS,
        batch -> {
          batch.afterCommit(() -> {
            try {
              write("k", "x");
            } catch (RuntimeException e) {
              thrown.set(e);
            }
          });
          return true;
        });
    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void reads_can_not_write_and_see_one_state() {
    write("k", "before");
    assertThatThrownBy(() -> store.read(h -> h.execute("DELETE FROM lead_key")))
        .isInstanceOf(RuntimeException.class);
    assertThat(stored("k")).isEqualTo("before");
    Function<org.jdbi.v3.core.Handle, String> look =
        h -> h.createQuery("SELECT lead_id FROM lead_key").mapTo(String.class).one();
    var seen =
        store.<List<String>>read(h -> {
          var first = look.apply(h);
          get(callers.submit(() -> write("k", "after")));
          return List.of(first, look.apply(h));
        });
    assertThat(seen).containsExactly("before", "before");
    assertThat(stored("k")).isEqualTo("after");
  }

  private static void get(Future<?> future) {
    try {
      future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_read_that_fails_leaves_the_next_ones_alone() {
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> store.read(h -> h.execute("SELECT nonsense FROM nowhere")))
          .isInstanceOf(RuntimeException.class)
          .isNotInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() ->
              store.read(_ -> {
                throw new IllegalArgumentException("own");
              }))
          .hasMessage("own");
    }
    assertThat(stored("k")).isNull();
  }

  @Test
  void a_read_is_cut_after_2_s() {
    long began = System.nanoTime();
    assertThatThrownBy(() ->
            store.read(h ->
                h.createQuery(
                        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n <"
                            + " 2000000000) SELECT COUNT(*) FROM c")
                    .mapTo(Long.class)
                    .one()))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
    assertThat(stored("k")).isNull();
  }

  /// Units of random steps, from several threads, some of which throw, break a constraint or use
  /// SQL. What each saw, and what is there in the end, must be what comes out when those that were
  /// answered are done one after the other in the log's order.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void random_units_side_by_side_are_as_good_as_one_after_the_other(long seed) throws Exception {
    var scripts = new HashMap<String, Script>();
    var random = new Random(seed);
    var futures = new HashMap<String, Future<List<String>>>();
    for (int i = 0; i < 150; i++) {
      scripts.put("u" + i, Script.random(random));
    }
    store.write(WorkQueue.LEADS, unique("taken", "taken"));
    scripts.forEach((name, script) ->
        futures.put(
            name,
            callers.submit(() -> store.write(script.queue(), batch -> script.run(name, batch)))));
    var answered = new HashMap<String, List<String>>();
    for (var entry : futures.entrySet()) {
      try {
        answered.put(entry.getKey(), entry.getValue().get());
      } catch (ExecutionException e) {
        assertThat(Objects.requireNonNull(scripts.get(entry.getKey())).ending())
            .isNotEqualTo(Script.Ending.WELL);
      }
    }
    var model = new HashMap<String, String>();
    var log = log();
    assertThat(log.getLast().seq()).isEqualTo(log.size());
    for (var line : log) {
      if (line.kind().equals("unit")) {
        var script = Objects.requireNonNull(scripts.get(line.subject()));
        assertThat(script.ending()).isEqualTo(Script.Ending.WELL);
        assertThat(answered.remove(line.subject()))
            .as(line.subject())
            .isEqualTo(script.inModel(line.subject(), model));
      }
    }
    assertThat(answered).isEmpty();
    var stored = new HashMap<String, String>();
    store.read(h ->
        h.createQuery("SELECT value, lead_id FROM lead_key")
            .map((r, _) -> stored.put(r.getString(1), r.getString(2)))
            .list());
    assertThat(stored).isEqualTo(model);
  }

  record Script(WorkQueue queue, List<int[]> steps, boolean sql, Ending ending) {
    enum Ending {
      WELL,
      THROWS,
      BREAKS_A_CONSTRAINT
    }

    static Script random(Random random) {
      var steps = new ArrayList<int[]>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        steps.add(new int[] {random.nextInt(3), random.nextInt(8)});
      }
      int end = random.nextInt(12);
      return new Script(
          WorkQueue.values()[random.nextInt(6)],
          steps,
          random.nextInt(10) == 0,
          end == 0 ? Ending.THROWS : end == 1 ? Ending.BREAKS_A_CONSTRAINT : Ending.WELL);
    }

    List<String> run(String name, Batch batch) {
      var seen = new ArrayList<String>();
      for (var step : steps) {
        var key = "k" + step[1];
        var there = batch.find(PAIRS, "s", key);
        seen.add(there == null ? "-" : there.lead());
        switch (step[0]) {
          case 0 -> batch.put(PAIRS, pair(key, name));
          case 1 -> batch.delete(PAIRS, "s", key);
          default -> {}
        }
      }
      if (sql) {
        seen.add(
            batch
                .sql()
                .createQuery("SELECT COUNT(*) FROM lead_key")
                .mapTo(Long.class)
                .one()
                .toString());
        batch.sql().execute("DELETE FROM lead_key WHERE value = 'k0'");
      }
      batch.append("unit", name, "");
      switch (ending) {
        case WELL -> {}
        case THROWS -> throw new IllegalStateException("on purpose");
        case BREAKS_A_CONSTRAINT -> batch.put(UNIQUES, new Unique(name, "taken"));
      }
      return seen;
    }

    List<String> inModel(String name, Map<String, String> model) {
      var seen = new ArrayList<String>();
      for (var step : steps) {
        var key = "k" + step[1];
        seen.add(model.getOrDefault(key, "-"));
        switch (step[0]) {
          case 0 -> model.put(key, name);
          case 1 -> model.remove(key);
          default -> {}
        }
      }
      if (sql) {
        seen.add(Long.toString(model.size()));
        model.remove("k0");
      }
      return seen;
    }
  }
}
