package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What has happened in feeds: read out of the blocks, with what people have said of single events
/// beside it. Nothing is counted before somebody asks.
public final class FeedEvents {
  private static final int PAGE = 500;

  private final Store store;

  public FeedEvents(Store store) {
    this.store = store;
  }

  /// What people have said of an event in a feed.
  private record Mark(String feed, long seq, boolean approved, boolean viewed) {
    static final Table<Mark> TABLE =
        Table.<Mark>named("feed_mark")
            .key("feed_id", Mark::feed)
            .key("seq", Mark::seq)
            .column("approved", Mark::approved)
            .column("viewed", Mark::viewed)
            .readBy(r -> new Mark(r.text(1), r.number(2), r.flag(3), r.flag(4)));
  }

  /// An event in a feed.
  ///
  /// @param approved whether it is for the holder, and not for whoever approves alone
  /// @param viewed whether it was looked at
  public record Item(
      NewsFeed feed,
      FeedBlock block,
      List<Happening> happenings,
      boolean meets,
      boolean approved,
      boolean viewed) {
    /// The feed's id and the place in the log.
    public String id() {
      return feed.id() + "-" + block.seq();
    }
  }

  /// Counts of a holder's feeds.
  ///
  /// @param last when something last happened; null when nothing did
  public record Summary(@Nullable Instant last, int unapproved, int unread) {}

  /// Events of feeds that pass, newest first.
  public List<Item> list(Collection<NewsFeed> feeds, Predicate<Item> wanted, int skip, int limit) {
    var found = new ArrayList<Item>();
    walk(
        feeds,
        item -> {
          if (wanted.test(item)) {
            found.add(item);
          }
          return found.size() < skip + limit;
        });
    return List.copyOf(found.subList(Math.min(skip, found.size()), found.size()));
  }

  /// How many events pass.
  public long count(Collection<NewsFeed> feeds, Predicate<Item> wanted) {
    var count = new long[1];
    walk(
        feeds,
        item -> {
          count[0] += wanted.test(item) ? 1 : 0;
          return true;
        });
    return count[0];
  }

  /// What there is in a holder's feeds that pass.
  public Summary summary(Collection<NewsFeed> feeds) {
    var counts = new int[2];
    var last = new Instant[1];
    walk(
        feeds,
        item -> {
          if (last[0] == null) {
            last[0] = item.block().at();
          }
          counts[0] += item.approved() ? 0 : 1;
          counts[1] += item.approved() && !item.viewed() ? 1 : 0;
          return true;
        });
    return new Summary(last[0], counts[0], counts[1]);
  }

  /// What a holder was told, and is to be told, of what there is in their feeds.
  ///
  /// @param feeds the holder's that tell
  /// @return when something last reached the holder; how many events are told once they are
  ///   approved; how many the holder was told and has not looked at
  public Summary told(String holder, Collection<NewsFeed> feeds) {
    var reached = store.read(h -> FeedNotice.listReached(h, holder));
    boolean tells =
        FeedSchedule.find(store, holder).isPresent() && FeedOptOut.find(store, holder).isEmpty();
    var told = new HashSet<FeedNotice.Item>();
    reached.forEach(n -> told.addAll(n.items()));
    var counts = new int[2];
    walk(
        feeds,
        item -> {
          counts[0] += tells && !item.approved() ? 1 : 0;
          counts[1] +=
              item.approved()
                      && !item.viewed()
                      && told.contains(new FeedNotice.Item(item.feed().id(), item.block().seq()))
                  ? 1
                  : 0;
          return true;
        });
    return new Summary(reached.isEmpty() ? null : reached.getFirst().at(), counts[0], counts[1]);
  }

  /// When something last happened in each of some feeds; those are missing where nothing did.
  public Map<String, Instant> last(Collection<NewsFeed> feeds) {
    var last = new HashMap<String, Instant>();
    walk(
        feeds,
        item -> {
          last.putIfAbsent(item.feed().id(), item.block().at());
          return last.size() < feeds.size();
        });
    return last;
  }

  /// The event of that id in any of some feeds.
  public Optional<Item> find(Collection<NewsFeed> feeds, String id) {
    for (var feed : feeds) {
      if (id.startsWith(feed.id() + "-") && id.substring(27).matches("[0-9]{1,18}")) {
        long seq = Long.parseLong(id.substring(27));
        return store.read(h ->
            h.createQuery(
                    "SELECT " + FeedBlock.TABLE.columnList() + " FROM feed_block WHERE seq = :s")
                .bind("s", seq)
                .map((r, _) -> FeedBlock.TABLE.read(new Row(r)))
                .findOne()
                .flatMap(b ->
                    b.find(feed.id())
                        .map(e -> item(feed, b, e, marks(h, feed.id(), seq, seq).get(seq)))));
      }
    }
    return Optional.empty();
  }

  /// Says of an event whether it is approved and whether it was viewed.
  public static void mark(Batch batch, Item item, boolean approved, boolean viewed) {
    batch.find(Mark.TABLE, item.feed().id(), item.block().seq());
    batch.put(Mark.TABLE, new Mark(item.feed().id(), item.block().seq(), approved, viewed));
    var place = Long.toString(item.block().seq());
    batch.append("feed.marked", item.feed().id(), place);
    if (approved && !item.approved()) {
      batch.append(FeedNews.APPROVED, item.feed().id(), place);
    }
  }

  /// Whether an event is for its holder, as it stands now.
  ///
  /// @param otherwise where nobody has said anything of it
  static boolean isApproved(Handle h, FeedNotice.Item item, boolean otherwise) {
    var mark = marks(h, item.feed(), item.seq(), item.seq()).get(item.seq());
    return mark == null ? otherwise : mark.approved();
  }

  static void deleteAllOf(Batch batch, String feed) {
    batch.sql().execute("DELETE FROM feed_mark WHERE feed_id = ?", feed);
  }

  /// Goes through what happened in feeds, newest first, while it is told to.
  private void walk(Collection<NewsFeed> feeds, Predicate<Item> goOn) {
    if (feeds.isEmpty()) {
      return;
    }
    var since = feeds.stream().map(NewsFeed::createdAt).min(Instant::compareTo).orElseThrow();
    long before = Long.MAX_VALUE;
    while (true) {
      long end = before;
      var items = new ArrayList<Item>();
      var page = store.read(h -> page(h, since, end, feeds, items));
      for (var item : items) {
        if (!goOn.test(item)) {
          return;
        }
      }
      if (page.size() < PAGE) {
        return;
      }
      before = page.getLast().seq();
    }
  }

  private static List<FeedBlock> page(
      Handle h, Instant since, long before, Collection<NewsFeed> feeds, List<Item> items) {
    var blocks =
        h.createQuery(
                "SELECT "
                    + FeedBlock.TABLE.columnList()
                    + " FROM feed_block WHERE seq < :b AND at >= :t ORDER BY seq DESC LIMIT "
                    + PAGE)
            .bind("b", before)
            .bind("t", Row.micros(since))
            .map((r, _) -> FeedBlock.TABLE.read(new Row(r)))
            .list();
    if (blocks.isEmpty()) {
      return blocks;
    }
    var marks = new HashMap<String, Map<Long, Mark>>();
    for (var block : blocks) {
      for (var feed : feeds) {
        block
            .find(feed.id())
            .ifPresent(e ->
                items.add(
                    item(
                        feed,
                        block,
                        e,
                        marks
                            .computeIfAbsent(
                                feed.id(),
                                f -> marks(h, f, blocks.getLast().seq(), blocks.getFirst().seq()))
                            .get(block.seq()))));
      }
    }
    return blocks;
  }

  private static Map<Long, Mark> marks(Handle h, String feed, long from, long to) {
    var marks = new HashMap<Long, Mark>();
    h.createQuery(
            "SELECT "
                + Mark.TABLE.columnList()
                + " FROM feed_mark WHERE feed_id = :f AND seq BETWEEN :a AND :b")
        .bind("f", feed)
        .bind("a", from)
        .bind("b", to)
        .map((r, _) -> Mark.TABLE.read(new Row(r)))
        .forEach(m -> marks.put(m.seq(), m));
    return marks;
  }

  private static Item item(
      NewsFeed feed, FeedBlock block, FeedBlock.Entry entry, @Nullable Mark mark) {
    return new Item(
        feed,
        block,
        entry.happenings(),
        entry.meets(),
        mark == null ? entry.approved() : mark.approved(),
        mark != null && mark.viewed());
  }
}
