package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogPlace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// One change of a listing with all the feeds that it is in: one row, however many those are.
///
/// @param seq the log entry of the change
/// @param shown JSON: what feeds show of the listing
/// @param entries for each feed its id, two digits a byte, what happened, and flags; by id
public record FeedBlock(
    long seq, String rootId, String listingId, Instant at, String shown, byte[] entries) {
  static final Table<FeedBlock> TABLE =
      Table.<FeedBlock>named("feed_block")
          .key("seq", FeedBlock::seq)
          .column("root_id", FeedBlock::rootId)
          .column("listing_id", FeedBlock::listingId)
          .column("at", FeedBlock::at)
          .column("shown", FeedBlock::shown)
          .column("entries", FeedBlock::entries)
          .readBy(r ->
              new FeedBlock(r.number(1), r.text(2), r.text(3), r.time(4), r.text(5), r.bytes(6)));

  /// How far the matching has come in the log.
  public static final LogPlace MATCHED = new LogPlace("matched");

  private static final int ID = 13;
  private static final int LENGTH = ID + 2;
  private static final int APPROVED = 1;
  private static final int MEETS = 2;

  /// One feed's part.
  ///
  /// @param approved whether it needs nobody's approval
  /// @param meets whether the listing meets the search now
  public record Entry(String feed, List<Happening> happenings, boolean approved, boolean meets) {}

  /// A block of these.
  public static FeedBlock of(
      long seq, String root, String listing, Instant at, String shown, List<Entry> entries) {
    var sorted = new ArrayList<>(entries);
    sorted.sort(java.util.Comparator.comparing(Entry::feed));
    var bytes = new byte[LENGTH * sorted.size()];
    for (int i = 0; i < sorted.size(); i++) {
      var entry = sorted.get(i);
      System.arraycopy(packed(entry.feed()), 0, bytes, i * LENGTH, ID);
      int what = 0;
      for (var happening : entry.happenings()) {
        what |= happening.bit();
      }
      bytes[i * LENGTH + ID] = (byte) what;
      bytes[i * LENGTH + ID + 1] =
          (byte) ((entry.approved() ? APPROVED : 0) | (entry.meets() ? MEETS : 0));
    }
    return new FeedBlock(seq, root, listing, at, shown, bytes);
  }

  private static byte[] packed(String id) {
    var bytes = new byte[ID];
    for (int i = 0; i < ID; i++) {
      bytes[i] = (byte) ((id.charAt(2 * i) - '0') * 10 + id.charAt(2 * i + 1) - '0');
    }
    return bytes;
  }

  /// How many feeds it is in.
  public int size() {
    return entries.length / LENGTH;
  }

  /// The part of a feed.
  Optional<Entry> find(String feed) {
    var wanted = packed(feed);
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int from = middle * LENGTH;
      int order = Arrays.compare(entries, from, from + ID, wanted, 0, ID);
      if (order == 0) {
        return Optional.of(entry(feed, entries[from + ID], entries[from + ID + 1]));
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  /// The ids of the feeds whose part passes.
  List<String> entries(BiPredicate<String, Entry> wanted) {
    var all = new ArrayList<String>();
    for (int i = 0; i < size(); i++) {
      var entry = entry(i);
      if (wanted.test(entry.feed(), entry)) {
        all.add(entry.feed());
      }
    }
    return all;
  }

  /// Goes through the parts of some feeds, and perhaps those of others.
  void entries(Set<String> feeds, Consumer<Entry> each) {
    if (feeds.size() < size() / 8) {
      feeds.forEach(f -> find(f).ifPresent(each));
      return;
    }
    for (int i = 0; i < size(); i++) {
      each.accept(entry(i));
    }
  }

  private Entry entry(int i) {
    int from = i * LENGTH;
    return entry(feed(from), entries[from + ID], entries[from + ID + 1]);
  }

  private String feed(int from) {
    var digits = new char[2 * ID];
    for (int i = 0; i < ID; i++) {
      digits[2 * i] = (char) ('0' + entries[from + i] / 10);
      digits[2 * i + 1] = (char) ('0' + entries[from + i] % 10);
    }
    return new String(digits);
  }

  /// Is told of a feed in a block.
  @FunctionalInterface
  interface Part {
    void is(String feed, byte what, byte flags);
  }

  void forEach(Part part) {
    for (int from = 0; from < entries.length; from += LENGTH) {
      part.is(feed(from), entries[from + ID], entries[from + ID + 1]);
    }
  }

  static Entry entry(String feed, byte what, byte flags) {
    var happenings = Arrays.stream(Happening.values()).filter(h -> (what & h.bit()) != 0).toList();
    return new Entry(feed, happenings, (flags & APPROVED) != 0, (flags & MEETS) != 0);
  }

  /// Writes what was matched from one place in the log to another, unless another hub has done so
  /// already.
  public static void put(Batch batch, List<FeedBlock> blocks, long to) {
    long from = MATCHED.in(batch);
    for (var block : blocks) {
      if (block.seq() > from) {
        batch.put(TABLE, block);
        batch.append("listing.matched", block.listingId(), Long.toString(block.seq()));
      }
    }
    if (to > from) {
      MATCHED.reached(batch, to);
    }
  }

  /// Drops the first blocks that are older than that, with what people have said of them.
  ///
  /// @return whether there may be more
  public static boolean drop(Store store, Instant limit, int most) {
    var old =
        store
            .read(h ->
                h.createQuery("SELECT seq, at FROM feed_block ORDER BY seq LIMIT " + most)
                    .map((r, _) -> Map.entry(r.getLong(1), new Row(r).time(2)))
                    .list())
            .stream()
            .filter(b -> b.getValue().isBefore(limit))
            .map(Map.Entry::getKey)
            .toList();
    if (!old.isEmpty()) {
      store.write(
          WorkQueue.RETENTION,
          batch -> {
            for (long seq : old) {
              batch.delete(TABLE, seq);
              batch.sql().execute("DELETE FROM feed_mark WHERE seq = ?", seq);
            }
            return true;
          });
    }
    return FeedPages.deleteOld(store) || old.size() == most;
  }

  /// The first block that is kept; a place far away when there is none.
  static long oldest(Handle h) {
    return h.createQuery("SELECT COALESCE(MIN(seq), " + Long.MAX_VALUE + ") FROM feed_block")
        .mapTo(Long.class)
        .one();
  }
}
