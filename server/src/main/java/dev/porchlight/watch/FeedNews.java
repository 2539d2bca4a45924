package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// What has happened in feeds since their holders were told last.
///
/// Nothing is written per event: who is to be told is found by going once through the blocks behind
/// the place up to which the holders know, for many holders together. What was approved later, by
/// hand, has a row.
public final class FeedNews {
  /// The line of the log that an event was approved which was not; its subject is the feed, its
  /// reference the place of the listing's change.
  public static final String APPROVED = "feed-event.approved";

  /// The line of the log that a block was written.
  public static final String MATCHED = "listing.matched";

  /// How many events one holder is told of at once; of more, the newest.
  public static final int MOST = 200;

  private static final int PAGE = 200;
  private static final int FEEDS = 500;

  private record Owed(String holder, String feed, long seq) {
    static final Table<Owed> TABLE =
        Table.<Owed>named("feed_owed")
            .key("holder_id", Owed::holder)
            .key("feed_id", Owed::feed)
            .key("seq", Owed::seq)
            .readBy(r -> new Owed(r.text(1), r.text(2), r.number(3)));
  }

  private FeedNews() {}

  /// What is to be told to a holder.
  ///
  /// @param items newest first
  /// @param owed those of the rows that are settled by it
  public record News(List<FeedNotice.Item> items, List<FeedNotice.Item> owed) {}

  /// What a line of the log means for those who are told at once, in portions; nothing for most.
  /// Each may be done twice.
  public static List<Consumer<Batch>> follow(Handle h, LogEntry line) {
    return switch (line.kind()) {
      case MATCHED -> matched(h, Long.parseLong(line.ref()));
      case APPROVED ->
          List.of(batch -> approved(batch, line.subject(), Long.parseLong(line.ref())));
      default -> List.of();
    };
  }

  private static List<Consumer<Batch>> matched(Handle h, long seq) {
    var all = new ArrayList<Consumer<Batch>>();
    for (var block : blocks(h, "seq = " + seq)) {
      for (var feeds : portions(block.entries((_, entry) -> entry.approved()))) {
        var holders = FeedSchedule.holdersAtRest(h, feeds);
        if (!holders.isEmpty()) {
          all.add(batch -> holders.forEach(holder -> FeedSchedule.wake(batch, holder, seq)));
        }
      }
    }
    return all;
  }

  private static void approved(Batch batch, String feedId, long seq) {
    var feed = NewsFeed.find(batch, feedId);
    if (feed.isEmpty() || !feed.get().notifying()) {
      return;
    }
    var holder = feed.get().holderId();
    if (FeedSchedule.find(batch, holder).isPresent()) {
      batch.find(Owed.TABLE, holder, feedId, seq);
      batch.put(Owed.TABLE, new Owed(holder, feedId, seq));
      FeedSchedule.wake(batch, holder);
    }
  }

  private static List<FeedBlock> blocks(Handle h, String condition) {
    return h.createQuery(
            "SELECT " + FeedBlock.TABLE.columnList() + " FROM feed_block WHERE " + condition)
        .map((r, _) -> FeedBlock.TABLE.read(new Row(r)))
        .list();
  }

  /// What there is to tell to the holders of some schedules.
  ///
  /// @param upto the place in the log up to which listings are matched
  /// @return by holder; holders of whom nothing is to be told are missing
  public static Map<String, News> since(
      Store store, Collection<FeedSchedule> schedules, long upto) {
    var feeds = feeds(store, schedules);
    var told = new HashMap<String, Long>();
    schedules.forEach(s -> told.put(s.holderId(), s.told()));
    var found = new HashMap<String, List<FeedNotice.Item>>();
    long from = told.values().stream().mapToLong(t -> t).min().orElse(upto);
    long before = upto + 1;
    while (!feeds.isEmpty() && before > from + 1) {
      long end = before;
      var page =
          store.read(h ->
              blocks(
                  h, "seq < " + end + " AND seq > " + from + " ORDER BY seq DESC LIMIT " + PAGE));
      for (var block : page) {
        block.entries(
            feeds.keySet(),
            entry -> {
              var feed = feeds.get(entry.feed());
              if (feed != null
                  && entry.approved()
                  && block.seq() > told.getOrDefault(feed.holderId(), upto)) {
                add(found, feed.holderId(), new FeedNotice.Item(feed.id(), block.seq()));
              }
            });
      }
      if (page.size() < PAGE) {
        break;
      }
      before = page.getLast().seq();
    }
    var owed = owed(store, told.keySet());
    var all = new LinkedHashMap<String, News>();
    for (var holder : told.keySet()) {
      var news = found.getOrDefault(holder, List.of());
      var late = owed.getOrDefault(holder, List.of());
      if (!news.isEmpty() || !late.isEmpty()) {
        all.put(holder, store.read(h -> news(h, holder, news, late, feeds)));
      }
    }
    return all;
  }

  private static void add(
      Map<String, List<FeedNotice.Item>> found, String holder, FeedNotice.Item item) {
    var items = found.computeIfAbsent(holder, _ -> new ArrayList<>());
    if (items.size() < MOST) {
      items.add(item);
    }
  }

  /// Those of the holders' feeds that tell, by id.
  private static Map<String, NewsFeed> feeds(Store store, Collection<FeedSchedule> schedules) {
    var all = new HashMap<String, NewsFeed>();
    for (var some : portions(schedules.stream().map(FeedSchedule::holderId).toList())) {
      store
          .read(h ->
              h.createQuery(
                      "SELECT "
                          + NewsFeed.TABLE.columnList()
                          + " FROM news_feed WHERE notifying = 1 AND holder_id IN (<holders>)")
                  .bindList("holders", some)
                  .map((r, _) -> NewsFeed.TABLE.read(new Row(r)))
                  .list())
          .forEach(f -> all.put(f.id(), f));
    }
    return all;
  }

  private static Map<String, List<FeedNotice.Item>> owed(Store store, Collection<String> holders) {
    var all = new HashMap<String, List<FeedNotice.Item>>();
    for (var some : portions(holders)) {
      store
          .read(h ->
              h.createQuery(
                      "SELECT "
                          + Owed.TABLE.columnList()
                          + " FROM feed_owed WHERE holder_id IN (<holders>) ORDER BY seq DESC")
                  .bindList("holders", some)
                  .map((r, _) -> Owed.TABLE.read(new Row(r)))
                  .list())
          .forEach(o -> add(all, o.holder(), new FeedNotice.Item(o.feed(), o.seq())));
    }
    return all;
  }

  private static List<List<String>> portions(Collection<String> ids) {
    var list = List.copyOf(ids);
    var all = new ArrayList<List<String>>();
    for (int i = 0; i < list.size(); i += FEEDS) {
      all.add(list.subList(i, Math.min(i + FEEDS, list.size())));
    }
    return all;
  }

  private static News news(
      Handle h,
      String holder,
      List<FeedNotice.Item> found,
      List<FeedNotice.Item> owed,
      Map<String, NewsFeed> feeds) {
    var items = new ArrayList<FeedNotice.Item>();
    var seen = new HashSet<FeedNotice.Item>();
    if (!owed.isEmpty()) {
      // Somebody may have taken an approval back and given it again.
      FeedNotice.list(h, holder).forEach(n -> seen.addAll(n.items()));
    }
    for (var item : owed) {
      if (feeds.containsKey(item.feed())
          && FeedEvents.isApproved(h, item, false)
          && seen.add(item)) {
        items.add(item);
      }
    }
    for (var item : found) {
      if (items.size() < MOST && FeedEvents.isApproved(h, item, true) && seen.add(item)) {
        items.add(item);
      }
    }
    items.sort((a, b) -> Long.compare(b.seq(), a.seq()));
    return new News(List.copyOf(items), owed);
  }

  /// Notes that those of the rows are settled.
  public static void settle(Batch batch, String holder, List<FeedNotice.Item> owed) {
    owed.forEach(o -> batch.delete(Owed.TABLE, holder, o.feed(), o.seq()));
  }

  static void deleteAllOf(Batch batch, String holder) {
    batch.sql().execute("DELETE FROM feed_owed WHERE holder_id = ?", holder);
  }

  /// A change of a listing as a notice tells of it.
  ///
  /// @param feeds those of the holder's that it is in
  /// @param shown JSON: what feeds show of the listing
  public record Told(
      FeedBlock block, Set<String> feeds, List<Happening> happenings, boolean meets) {}

  /// What a notice tells, newest first, each change once.
  public static List<Told> tell(Store store, FeedNotice notice) {
    var bySeq = new LinkedHashMap<Long, Set<String>>();
    notice
        .items()
        .forEach(i -> bySeq.computeIfAbsent(i.seq(), _ -> new java.util.TreeSet<>()).add(i.feed()));
    var all = new ArrayList<Told>();
    store.read(h -> {
      bySeq.forEach((seq, feeds) ->
          blocks(h, "seq = " + seq).stream().findFirst().ifPresent(b -> all.add(told(b, feeds))));
      return true;
    });
    return List.copyOf(all);
  }

  private static Told told(FeedBlock block, Set<String> feeds) {
    var happenings = java.util.EnumSet.noneOf(Happening.class);
    boolean meets = false;
    for (var feed : feeds) {
      var entry = block.find(feed);
      if (entry.isPresent()) {
        happenings.addAll(entry.get().happenings());
        meets |= entry.get().meets();
      }
    }
    return new Told(block, Set.copyOf(feeds), List.copyOf(happenings), meets);
  }
}
