package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What has happened in feeds: read out of the blocks and their [pages][FeedPages], with what
/// people have said of single events beside it. Nothing is counted before somebody asks.
public final class FeedEvents {
  private static final int PAGE = 500;
  private static final int BLOCKS = 100;

  private static final Pattern PLACE = Pattern.compile("([0-9]{26})-([0-9]{1,18})");

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

  /// An event in a feed, by what was said of it.
  ///
  /// @param seq of the block
  /// @param approved whether it is for the holder, and not for whoever approves alone
  /// @param viewed whether it was looked at
  public record Trace(
      NewsFeed feed,
      long seq,
      List<Happening> happenings,
      boolean meets,
      boolean approved,
      boolean viewed) {
    /// The feed's id and the place in the log.
    public String id() {
      return feed.id() + "-" + seq;
    }
  }

  /// An event in a feed with its listing.
  public record Item(Trace trace, FeedBlock block) {
    /// The feed's id and the place in the log.
    public String id() {
      return trace.id();
    }

    public NewsFeed feed() {
      return trace.feed();
    }

    public List<Happening> happenings() {
      return trace.happenings();
    }

    public boolean meets() {
      return trace.meets();
    }

    public boolean approved() {
      return trace.approved();
    }

    public boolean viewed() {
      return trace.viewed();
    }
  }

  /// Counts of a holder's feeds.
  ///
  /// @param last when something last happened; null when nothing did
  public record Summary(@Nullable Instant last, int unapproved, int unread) {}

  /// Events of feeds that pass, newest first.
  public List<Item> list(Collection<NewsFeed> feeds, Predicate<Trace> wanted, int skip, int limit) {
    var found = new ArrayList<Trace>();
    var passed = new int[1];
    walk(
        feeds,
        Long.MAX_VALUE,
        trace -> {
          if (wanted.test(trace) && ++passed[0] > skip) {
            found.add(trace);
          }
          return found.size() < limit;
        });
    return items(found);
  }

  /// A part of what happened.
  ///
  /// @param next behind which the next part begins; empty where there is none
  public record Part(List<Item> items, String next) {}

  /// Events of feeds, newest first, from behind one of them on.
  ///
  /// @param after that one's id; empty for the newest
  public Part listAfter(Collection<NewsFeed> feeds, String after, int limit) {
    var place = PLACE.matcher(after);
    var ids = feeds.stream().map(NewsFeed::id).toList();
    boolean begins = !place.matches() || !ids.contains(place.group(1));
    long from = begins ? Long.MAX_VALUE : Long.parseLong(place.group(2));
    int last = begins ? -1 : ids.indexOf(place.group(1));
    var found = new ArrayList<Trace>();
    walk(
        feeds,
        from,
        trace -> {
          // Of one block the feeds come in their order.
          if (trace.seq() < from || ids.indexOf(trace.feed().id()) > last) {
            found.add(trace);
          }
          return found.size() <= limit;
        });
    // Of some the listing may have gone meanwhile: what follows does not hang on that.
    var shown = found.subList(0, Math.min(limit, found.size()));
    return new Part(items(shown), found.size() > limit ? shown.getLast().id() : "");
  }

  /// These with their listings; without those that have gone meanwhile.
  private List<Item> items(List<Trace> traces) {
    var items = new ArrayList<Item>();
    for (int from = 0; from < traces.size(); from += BLOCKS) {
      var some = traces.subList(from, Math.min(traces.size(), from + BLOCKS));
      var blocks = store.read(h -> blocks(h, some));
      some.forEach(
          t -> Optional.ofNullable(blocks.get(t.seq())).ifPresent(b -> items.add(new Item(t, b))));
    }
    return List.copyOf(items);
  }

  private static Map<Long, FeedBlock> blocks(Handle h, List<Trace> traces) {
    var query =
        h.createQuery(
            "SELECT "
                + FeedBlock.TABLE.columnList()
                + " FROM feed_block WHERE seq IN ("
                + String.join(", ", Collections.nCopies(traces.size(), "?"))
                + ")");
    for (int i = 0; i < traces.size(); i++) {
      query.bind(i, traces.get(i).seq());
    }
    var blocks = new HashMap<Long, FeedBlock>();
    query.map((r, _) -> FeedBlock.TABLE.read(new Row(r))).forEach(b -> blocks.put(b.seq(), b));
    return blocks;
  }

  /// How many events pass.
  public long count(Collection<NewsFeed> feeds, Predicate<Trace> wanted) {
    var count = new long[1];
    walk(
        feeds,
        Long.MAX_VALUE,
        trace -> {
          count[0] += wanted.test(trace) ? 1 : 0;
          return true;
        });
    return count[0];
  }

  /// What there is in a holder's feeds that pass.
  public Summary summary(Collection<NewsFeed> feeds) {
    var counts = new int[2];
    var newest = new long[1];
    walk(
        feeds,
        Long.MAX_VALUE,
        trace -> {
          newest[0] = Math.max(newest[0], trace.seq());
          counts[0] += trace.approved() ? 0 : 1;
          counts[1] += trace.approved() && !trace.viewed() ? 1 : 0;
          return true;
        });
    return new Summary(times(List.of(newest[0])).get(newest[0]), counts[0], counts[1]);
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
        Long.MAX_VALUE,
        item -> {
          counts[0] += tells && !item.approved() ? 1 : 0;
          counts[1] +=
              item.approved()
                      && !item.viewed()
                      && told.contains(new FeedNotice.Item(item.feed().id(), item.seq()))
                  ? 1
                  : 0;
          return true;
        });
    return new Summary(reached.isEmpty() ? null : reached.getFirst().at(), counts[0], counts[1]);
  }

  /// When something last happened in each of some feeds; those are missing where nothing did.
  public Map<String, Instant> last(Collection<NewsFeed> feeds) {
    if (feeds.isEmpty()) {
      return Map.of();
    }
    long turned = store.read(FeedPages::turned);
    var newest = new HashMap<String, Long>();
    walkBlocks(
        feeds,
        turned,
        Long.MAX_VALUE,
        trace -> {
          newest.putIfAbsent(trace.feed().id(), trace.seq());
          return newest.size() < feeds.size();
        });
    var quiet = new TreeMap<String, Long>();
    feeds.stream()
        .map(NewsFeed::id)
        .filter(f -> !newest.containsKey(f))
        .forEach(f -> quiet.put(f, turned + 1));
    store
        .read(h -> FeedPages.read(h, quiet))
        .forEach((feed, fetched) -> newest.put(feed, fetched.events().getFirst().seq()));
    var times = times(newest.values());
    var last = new HashMap<String, Instant>();
    newest.forEach(
        (feed, seq) -> Optional.ofNullable(times.get(seq)).ifPresent(at -> last.put(feed, at)));
    return last;
  }

  /// When what blocks say happened.
  private Map<Long, Instant> times(Collection<Long> blocks) {
    var times = new HashMap<Long, Instant>();
    if (blocks.isEmpty()) {
      return times;
    }
    store.read(h -> {
      h.createQuery("SELECT seq, at FROM feed_block WHERE seq IN (<seqs>)")
          .bindList("seqs", List.copyOf(new HashSet<>(blocks)))
          .map((r, _) -> times.put(r.getLong(1), new Row(r).time(2)))
          .list();
      return true;
    });
    return times;
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
                        .map(e ->
                            new Item(
                                trace(feed, seq, e, marks(h, feed.id(), seq, seq).get(seq)), b))));
      }
    }
    return Optional.empty();
  }

  /// Says of an event whether it is approved and whether it was viewed, within a unit; what is not
  /// said stays as it is by then.
  ///
  /// @param event as it was found before
  /// @param approved null for as it is, as `viewed`
  public static void mark(
      Batch batch, Trace event, @Nullable Boolean approved, @Nullable Boolean viewed) {
    var known = batch.find(Mark.TABLE, event.feed().id(), event.seq());
    boolean was = known == null ? event.approved() : known.approved();
    boolean seen = known == null ? event.viewed() : known.viewed();
    mark(batch, event, was, approved == null ? was : approved, viewed == null ? seen : viewed);
  }

  private static void mark(
      Batch batch, Trace event, boolean was, boolean approved, boolean viewed) {
    batch.put(Mark.TABLE, new Mark(event.feed().id(), event.seq(), approved, viewed));
    var place = Long.toString(event.seq());
    batch.append("feed.marked", event.feed().id(), place);
    if (approved && !was) {
      batch.append(FeedNews.APPROVED, event.feed().id(), place);
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
    FeedPages.deleteAllOf(batch, feed);
  }

  /// Goes through what happened in feeds, newest first, while it is told to: first the blocks that
  /// feeds have no pages of yet, then the pages.
  ///
  /// @param from the place to begin at
  private void walk(Collection<NewsFeed> feeds, long from, Predicate<Trace> goOn) {
    if (feeds.isEmpty()) {
      return;
    }
    long turned = store.read(FeedPages::turned);
    long oldest = store.read(FeedBlock::oldest);
    if (from <= turned || walkBlocks(feeds, turned, from, goOn)) {
      long end = from < turned ? store.read(h -> FeedPages.holding(h, from, turned)) : turned;
      walkPages(feeds, end, t -> t.seq() > from || t.seq() >= oldest && goOn.test(t));
    }
  }

  /// Whether to go on.
  private boolean walkBlocks(
      Collection<NewsFeed> feeds, long after, long from, Predicate<Trace> goOn) {
    var since = feeds.stream().map(NewsFeed::createdAt).min(Instant::compareTo).orElseThrow();
    long before = from == Long.MAX_VALUE ? from : from + 1;
    while (true) {
      long end = before;
      var traces = new ArrayList<Trace>();
      var page = store.read(h -> page(h, since, after, end, feeds, traces));
      for (var trace : traces) {
        if (!goOn.test(trace)) {
          return false;
        }
      }
      if (page.size() < PAGE) {
        return true;
      }
      before = page.getLast().seq();
    }
  }

  private static List<FeedBlock> page(
      Handle h,
      Instant since,
      long after,
      long before,
      Collection<NewsFeed> feeds,
      List<Trace> traces) {
    var blocks =
        h.createQuery(
                "SELECT "
                    + FeedBlock.TABLE.columnList()
                    + " FROM feed_block WHERE seq > :a AND seq < :b AND at >= :t"
                    + " ORDER BY seq DESC LIMIT "
                    + PAGE)
            .bind("a", after)
            .bind("b", before)
            .bind("t", Row.micros(since))
            .map((r, _) -> FeedBlock.TABLE.read(new Row(r)))
            .list();
    if (blocks.isEmpty()) {
      return blocks;
    }
    var marks = new HashMap<String, Map<Long, Mark>>();
    long from = blocks.getLast().seq();
    long to = blocks.getFirst().seq();
    for (var block : blocks) {
      for (var feed : feeds) {
        block
            .find(feed.id())
            .ifPresent(e ->
                traces.add(
                    trace(
                        feed,
                        block.seq(),
                        e,
                        marks
                            .computeIfAbsent(feed.id(), f -> marks(h, f, from, to))
                            .get(block.seq()))));
      }
    }
    return blocks;
  }

  /// Where in the pages of one feed a walk is.
  private static final class Walk {
    private final NewsFeed feed;
    private final int place;
    private final ArrayDeque<Trace> ahead = new ArrayDeque<>();
    private long upto;
    private long last = Long.MAX_VALUE;
    private boolean more = true;

    Walk(NewsFeed feed, int place, long turned) {
      this.feed = feed;
      this.place = place;
      upto = turned + 1;
    }

    private long next() {
      return ahead.getFirst().seq();
    }

    private void take(Handle h, FeedPages.@Nullable Fetched fetched) {
      more = fetched != null && fetched.mayBeMore();
      if (fetched == null) {
        return;
      }
      upto = fetched.upto();
      var events = fetched.events();
      var marks = marks(h, feed.id(), events.getLast().seq(), events.getFirst().seq());
      for (var event : events) {
        // Were pages ever cut in two ways, what they say would be there once all the same.
        if (event.seq() < last) {
          last = event.seq();
          var entry = FeedBlock.entry(feed.id(), event.what(), event.flags());
          ahead.add(trace(feed, event.seq(), entry, marks.get(event.seq())));
        }
      }
    }
  }

  private void walkPages(Collection<NewsFeed> feeds, long turned, Predicate<Trace> goOn) {
    var walks = new ArrayList<Walk>();
    feeds.forEach(f -> walks.add(new Walk(f, walks.size(), turned)));
    var byNewest =
        new PriorityQueue<>(
            Comparator.comparingLong(Walk::next).reversed().thenComparingInt(w -> w.place));
    List<Walk> empty = walks;
    while (true) {
      fill(empty);
      empty.stream().filter(w -> !w.ahead.isEmpty()).forEach(byNewest::add);
      var walk = byNewest.poll();
      if (walk == null || !goOn.test(walk.ahead.removeFirst())) {
        return;
      }
      empty = List.of(walk);
      if (!walk.ahead.isEmpty()) {
        byNewest.add(walk);
        empty = List.of();
      }
    }
  }

  private void fill(List<Walk> empty) {
    var asked = new TreeMap<String, Walk>();
    empty.stream().filter(w -> w.more).forEach(w -> asked.put(w.feed.id(), w));
    while (!asked.isEmpty()) {
      var before = new TreeMap<String, Long>();
      asked.forEach((id, walk) -> before.put(id, walk.upto));
      store.read(h -> {
        var found = FeedPages.read(h, before);
        asked.forEach((id, walk) -> walk.take(h, found.get(id)));
        return true;
      });
      asked.values().removeIf(w -> !w.ahead.isEmpty() || !w.more);
    }
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

  private static Trace trace(NewsFeed feed, long seq, FeedBlock.Entry entry, @Nullable Mark mark) {
    return new Trace(
        feed,
        seq,
        entry.happenings(),
        entry.meets(),
        mark == null ? entry.approved() : mark.approved(),
        mark != null && mark.viewed());
  }
}
