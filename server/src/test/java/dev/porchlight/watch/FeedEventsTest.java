package dev.porchlight.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.postgres.PostgresEngine;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.store.sqlite.SqliteEngine;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Feeds as they are read, held against what was written.
@OnEveryDatabase
class FeedEventsTest {
  private static final Instant NOW = Instant.parse("2026-03-14T09:30:00Z");
  private static final int FEEDS = 20;

  @Parameter Database database;
  @TempDir Path folder;
  private EngineStore store;
  private FeedEvents events;
  private final Random random = new Random(7);

  /// What was written, by block: newest last.
  private final List<FeedEvents.Trace> written = new ArrayList<>();

  private long seq;

  @BeforeEach
  void open() throws IOException {
    store =
        new EngineStore(
            switch (database) {
              case SQLITE -> SqliteEngine.open(folder, Clock.systemUTC());
              case POSTGRESQL -> PostgresEngine.open(TestPostgres.newDatabase(), Clock.systemUTC());
            });
    events = new FeedEvents(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static NewsFeed feed(int n) {
    return new NewsFeed(
        "202603140930%08d000000".formatted(n * 37),
        "holder",
        "search",
        "feed " + n,
        true,
        true,
        false,
        NewsFeed.EVENTS,
        null,
        1,
        NOW,
        NOW);
  }

  /// Feed 0 is in every block, feed 19 in few.
  private void write(int count) {
    var blocks = new ArrayList<FeedBlock>();
    for (int i = 0; i < count; i++) {
      seq += 1 + random.nextInt(300);
      var entries = new ArrayList<FeedBlock.Entry>();
      for (int n = 0; n < FEEDS; n++) {
        if (random.nextInt(n * n + 1) == 0) {
          var entry =
              new FeedBlock.Entry(
                  feed(n).id(),
                  List.of(Happening.values()[random.nextInt(6)]),
                  random.nextBoolean(),
                  random.nextBoolean());
          entries.add(entry);
          written.add(
              new FeedEvents.Trace(
                  feed(n), seq, entry.happenings(), entry.meets(), entry.approved(), false));
        }
      }
      blocks.add(FeedBlock.of(seq, "root", "l" + seq, NOW.plusSeconds(seq), "{}", entries));
    }
    long to = seq;
    store.write(
        WorkQueue.EVENTS,
        batch -> {
          FeedBlock.put(batch, blocks, to);
          return true;
        });
  }

  private List<FeedEvents.Trace> expected(List<NewsFeed> feeds) {
    return written.reversed().stream()
        .filter(t -> feeds.contains(t.feed()))
        .sorted((a, b) ->
            a.seq() == b.seq()
                ? feeds.indexOf(a.feed()) - feeds.indexOf(b.feed())
                : Long.compare(b.seq(), a.seq()))
        .toList();
  }

  private void check() {
    for (var some :
        List.of(
            List.of(feed(0)),
            List.of(feed(19)),
            List.of(feed(7), feed(3), feed(0)),
            IntStream.range(0, FEEDS + 40).mapToObj(FeedEventsTest::feed).toList(),
            List.of(feed(99)))) {
      var all = expected(some);
      assertThat(events.count(some, _ -> true)).isEqualTo(all.size());
      int skip = all.isEmpty() ? 0 : random.nextInt(all.size());
      assertThat(events.list(some, _ -> true, skip, 25).stream().map(FeedEvents.Item::trace))
          .containsExactlyElementsOf(all.stream().skip(skip).limit(25).toList());
      var approved = all.stream().filter(FeedEvents.Trace::approved).toList();
      // From behind each on, the rest.
      for (int part = 0; part < 10 && !all.isEmpty(); part++) {
        int at = random.nextInt(all.size());
        var rest = events.listAfter(some, all.get(at).id(), 5);
        assertThat(rest.items().stream().map(FeedEvents.Item::trace))
            .containsExactlyElementsOf(all.stream().skip(at + 1L).limit(5).toList());
        assertThat(rest.next()).isEqualTo(at + 6 < all.size() ? all.get(at + 5).id() : "");
      }
      var listed = events.list(some, FeedEvents.Trace::approved, 0, 300);
      assertThat(listed.stream().map(FeedEvents.Item::trace))
          .containsExactlyElementsOf(approved.stream().limit(300).toList());
      assertThat(listed)
          .allSatisfy(i -> assertThat(i.block().listingId()).isEqualTo("l" + i.trace().seq()));
      var last = new HashMap<String, Instant>();
      all.forEach(t -> last.putIfAbsent(t.feed().id(), NOW.plusSeconds(t.seq())));
      assertThat(events.last(some)).isEqualTo(last);
      assertThat(events.summary(some))
          .isEqualTo(
              new FeedEvents.Summary(
                  all.isEmpty() ? null : NOW.plusSeconds(all.getFirst().seq()),
                  all.size() - approved.size(),
                  (int) approved.stream().filter(t -> !t.viewed()).count()));
    }
  }

  private long turned() {
    return store.read(FeedPages::turned);
  }

  private int pages(String where) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM feed_page WHERE " + where).mapTo(Integer.class).one());
  }

  private void set(String sql, Object... binds) {
    store.write(
        WorkQueue.EDITS,
        batch -> {
          batch.sql().execute(sql, binds);
          return true;
        });
  }

  private void markSome() {
    for (int i = 0; i < 30; i++) {
      int at = random.nextInt(written.size());
      var trace = written.get(at);
      boolean approved = random.nextBoolean();
      store.write(
          WorkQueue.EDITS,
          batch -> {
            FeedEvents.mark(batch, trace, approved, true);
            return true;
          });
      written.set(
          at,
          new FeedEvents.Trace(
              trace.feed(), trace.seq(), trace.happenings(), trace.meets(), approved, true));
    }
  }

  @Test
  void what_is_read_is_what_was_written_however_far_feeds_are_in_order() throws Exception {
    write(FeedPages.BLOCKS - 1);
    assertThat(FeedPages.turn(store)).isFalse();
    check();
    write(3 * FeedPages.BLOCKS + 20);
    markSome();
    check();
    assertThat(FeedPages.turn(store)).isTrue();
    long first = turned();
    check();
    assertThat(FeedPages.turn(store)).isTrue();
    check();
    // As after a crash between the rows and the place: they are there, and not read yet.
    set("UPDATE feed_place SET seq = ? WHERE name = 'turned'", first);
    check();
    set("DELETE FROM feed_page WHERE upto > ? AND feed_id > ?", first, feed(5).id());
    check();
    // Two at once.
    try (var pool = Executors.newFixedThreadPool(2)) {
      var one = pool.submit(() -> FeedPages.turn(store));
      var two = pool.submit(() -> FeedPages.turn(store));
      one.get();
      two.get();
    }
    while (FeedPages.turn(store)) {
      assertThat(turned()).isGreaterThan(first);
    }
    check();
    // What is in order is not looked for in the blocks again.
    set("UPDATE feed_block SET entries = ? WHERE seq <= ?", new byte[0], turned());
    check();
    // What is too old goes, in the middle of what was put in order together.
    long middle = written.get(written.size() / 2).seq();
    written.removeIf(t -> t.seq() < middle);
    FeedBlock.drop(store, NOW.plusSeconds(middle), 1000);
    check();
    int steps = 0;
    while (FeedBlock.drop(store, NOW.plusSeconds(middle), 1000)) {
      assertThat(++steps).isLessThan(10);
    }
    assertThat(pages("upto < " + middle)).isZero();
    assertThat(pages("upto > " + middle)).isPositive();
    check();
    var seqs = new TreeSet<>(written.stream().map(FeedEvents.Trace::seq).toList());
    assertThat(seqs.tailSet(turned(), false)).hasSizeLessThan(FeedPages.BLOCKS);
    // A listing that goes while a part is read makes it shorter, and not the last.
    var all = expected(List.of(feed(0)));
    int at = all.size() / 2;
    set("DELETE FROM feed_block WHERE seq = ?", all.get(at + 3).seq());
    assertThat(all.get(at).seq()).isLessThan(turned());
    var part = events.listAfter(List.of(feed(0)), all.get(at).id(), 5);
    assertThat(part.items()).hasSize(4);
    assertThat(part.next()).isEqualTo(all.get(at + 5).id());
    store.write(
        WorkQueue.EDITS,
        batch -> {
          FeedEvents.deleteAllOf(batch, feed(0).id());
          return true;
        });
    assertThat(events.count(List.of(feed(0)), _ -> true))
        .isEqualTo(seqs.tailSet(turned(), false).size());
  }

  @Test
  void few_blocks_with_very_many_feeds_are_enough() {
    var entries =
        IntStream.range(0, 35_000)
            .mapToObj(n -> new FeedBlock.Entry(feed(n).id(), List.of(Happening.NEW), true, true))
            .toList();
    for (long at : List.of(300L, 100_000L)) {
      assertThat(FeedPages.turn(store)).isFalse();
      store.write(
          WorkQueue.EVENTS,
          batch -> {
            FeedBlock.put(batch, List.of(FeedBlock.of(at, "root", "l", NOW, "{}", entries)), at);
            return true;
          });
    }
    assertThat(FeedPages.turn(store)).isTrue();
    assertThat(turned()).isEqualTo(100_000);
    set("UPDATE feed_block SET entries = ?", new byte[0]);
    var found = events.list(List.of(feed(34_999), feed(1)), _ -> true, 0, 25);
    assertThat(found.stream().map(i -> i.trace().feed().name() + " " + i.trace().seq()))
        .containsExactly("feed 34999 100000", "feed 1 100000", "feed 34999 300", "feed 1 300");
  }
}
