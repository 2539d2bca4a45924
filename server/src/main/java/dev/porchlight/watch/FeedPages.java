package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogPlace;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/// The blocks in order by feed, so that a feed is read without reading what is in others.
///
/// Blocks come by the event. Some hundreds of them at a time are turned around: for each feed that
/// is in any of these, one row with its events, newest first. This is done beside the matching, in
/// small steps and after all other work; what is not turned around yet is read from the blocks.
/// Which blocks go together follows from the blocks alone, so when it is done twice, by two hubs or
/// after a crash, the same rows come of it.
public final class FeedPages {
  /// After how many blocks the next are turned around.
  static final int BLOCKS = 250;

  /// Or after how many bytes of entries.
  private static final int BYTES = 1_000_000;

  private static final LogPlace TURNED = new LogPlace("turned");
  private static final int ROWS = 500;
  private static final int AT_ONCE = 50;
  private static final int FEW = 8;

  private FeedPages() {}

  /// An event of a feed.
  ///
  /// @param what see [FeedBlock]
  record Event(long seq, byte what, byte flags) {}

  /// Events of a feed.
  ///
  /// @param upto no block after that is in it
  private record Page(String feed, long upto, byte[] events) {}

  /// Up to which block feeds have pages.
  static long turned(Handle h) {
    return TURNED.in(h);
  }

  /// The end of the pages that hold a block, which go together for all feeds.
  static long holding(Handle h, long seq, long turned) {
    return h.createQuery("SELECT COALESCE(MIN(upto), :t) FROM feed_page WHERE upto >= :s")
        .bind("t", turned)
        .bind("s", seq)
        .mapTo(Long.class)
        .one();
  }

  /// Turns the next blocks around if there are enough; false when there are not.
  public static boolean turn(Store store) {
    var from = store.read(FeedPages::turned);
    int enough = store.read(h -> enough(h, from));
    if (enough == 0) {
      return false;
    }
    var blocks = store.read(h -> next(h, from, enough));
    long upto = blocks.getLast().seq();
    var events = new TreeMap<String, List<Event>>();
    for (var block : blocks.reversed()) {
      block.forEach((feed, what, flags) ->
          events
              .computeIfAbsent(feed, _ -> new ArrayList<>(2))
              .add(new Event(block.seq(), what, flags)));
    }
    var rows = new ArrayList<Page>();
    for (var of : events.entrySet()) {
      rows.add(new Page(of.getKey(), upto, packed(upto, of.getValue())));
      if (rows.size() == ROWS && !write(store, from, rows)) {
        return true;
      }
    }
    if (write(store, from, rows)) {
      store.write(
          WorkQueue.RETENTION,
          batch -> {
            if (TURNED.in(batch) == from) {
              TURNED.reached(batch, upto);
            }
            return true;
          });
    }
    return true;
  }

  /// How many of the next blocks go together; none when there are too few yet.
  private static int enough(Handle h, long from) {
    var lengths =
        h.createQuery(
                "SELECT LENGTH(entries) FROM feed_block WHERE seq > :f ORDER BY seq LIMIT "
                    + BLOCKS)
            .bind("f", from)
            .mapTo(Long.class)
            .list();
    long bytes = 0;
    for (int i = 0; i < lengths.size(); i++) {
      bytes += lengths.get(i);
      if (bytes >= BYTES) {
        return i + 1;
      }
    }
    return lengths.size() == BLOCKS ? BLOCKS : 0;
  }

  private static List<FeedBlock> next(Handle h, long from, int count) {
    return h.createQuery(
            "SELECT "
                + FeedBlock.TABLE.columnList()
                + " FROM feed_block WHERE seq > :f ORDER BY seq LIMIT :n")
        .bind("f", from)
        .bind("n", count)
        .map((r, _) -> FeedBlock.TABLE.read(new Row(r)))
        .list();
  }

  /// False when another hub has done it meanwhile.
  private static boolean write(Store store, long from, List<Page> rows) {
    boolean mine =
        store.write(
            WorkQueue.RETENTION,
            batch -> {
              if (TURNED.in(batch) != from) {
                return false;
              }
              insert(batch, rows);
              return true;
            });
    rows.clear();
    return mine;
  }

  private static void insert(Batch batch, List<Page> rows) {
    if (rows.isEmpty()) {
      return;
    }
    var insert =
        batch
            .sql()
            .prepareBatch(
                "INSERT INTO feed_page (feed_id, upto, events) VALUES (?, ?, ?)"
                    + " ON CONFLICT (feed_id, upto) DO NOTHING");
    for (var row : rows) {
      insert.bind(0, row.feed()).bind(1, row.upto()).bind(2, row.events()).add();
    }
    insert.execute();
  }

  /// Newest first: how far each is from the one before, seven bits a byte, then what and flags.
  private static byte[] packed(long upto, List<Event> events) {
    var bytes = new ByteArrayOutputStream(4 * events.size());
    long before = upto;
    for (var event : events) {
      long far = before - event.seq();
      for (; far > 0x7F; far >>>= 7) {
        bytes.write((int) (far & 0x7F | 0x80));
      }
      bytes.write((int) far);
      bytes.write(event.what());
      bytes.write(event.flags());
      before = event.seq();
    }
    return bytes.toByteArray();
  }

  private static List<Event> unpacked(Page page) {
    var events = new ArrayList<Event>();
    long before = page.upto();
    for (int i = 0; i < page.events().length; ) {
      long far = 0;
      for (int shift = 0; ; shift += 7) {
        byte part = page.events()[i++];
        far |= (part & 0x7FL) << shift;
        if (part >= 0) {
          break;
        }
      }
      before -= far;
      events.add(new Event(before, page.events()[i++], page.events()[i++]));
    }
    return events;
  }

  /// The next events of each of some feeds, newest first; a few of each.
  ///
  /// @param before by feed: only those of pages that end before that
  static Map<String, Fetched> read(Handle h, Map<String, Long> before) {
    var found = new TreeMap<String, Fetched>();
    var feeds = List.copyOf(before.entrySet());
    for (int from = 0; from < feeds.size(); from += AT_ONCE) {
      var some = feeds.subList(from, Math.min(feeds.size(), from + AT_ONCE));
      var one =
          "SELECT * FROM (SELECT feed_id, upto, events FROM feed_page"
              + " WHERE feed_id = ? AND upto < ? ORDER BY upto DESC LIMIT "
              + FEW
              + ") AS p";
      var query =
          h.createQuery(
              String.join(" UNION ALL ", java.util.Collections.nCopies(some.size(), one)));
      int bind = 0;
      for (var feed : some) {
        query.bind(bind++, feed.getKey()).bind(bind++, feed.getValue());
      }
      var pages =
          query
              .map((r, _) -> {
                var row = new Row(r);
                return new Page(row.text(1), row.number(2), row.bytes(3));
              })
              .list();
      pages.stream()
          .sorted((a, b) -> Long.compare(b.upto(), a.upto()))
          .forEach(p -> found.computeIfAbsent(p.feed(), _ -> new Fetched()).add(p));
    }
    return found;
  }

  /// Some events of a feed.
  static final class Fetched {
    private final List<Event> events = new ArrayList<>();
    private long upto;
    private int pages;

    private void add(Page page) {
      events.addAll(unpacked(page));
      upto = page.upto();
      pages++;
    }

    List<Event> events() {
      return events;
    }

    /// Where to read on.
    long upto() {
      return upto;
    }

    boolean mayBeMore() {
      return pages == FEW;
    }
  }

  /// Deletes some of the pages whose blocks are all gone; whether there may be more.
  static boolean deleteOld(Store store) {
    var oldest =
        store.read(h ->
            h.createQuery(
                    "SELECT MIN(upto) FROM feed_page WHERE upto <"
                        + " (SELECT COALESCE(MIN(seq), "
                        + Long.MAX_VALUE
                        + ") FROM feed_block)")
                .mapTo(Long.class)
                .findOne());
    if (oldest.isEmpty()) {
      return false;
    }
    long upto = oldest.get();
    int deleted =
        store.write(
            WorkQueue.RETENTION,
            batch ->
                batch
                    .sql()
                    .execute(
                        "DELETE FROM feed_page WHERE upto = ? AND feed_id IN"
                            + " (SELECT feed_id FROM feed_page WHERE upto = ?"
                            + " ORDER BY feed_id LIMIT "
                            + ROWS
                            + ")",
                        upto,
                        upto));
    return deleted > 0;
  }

  static void deleteAllOf(Batch batch, String feed) {
    batch.sql().execute("DELETE FROM feed_page WHERE feed_id = ?", feed);
  }
}
