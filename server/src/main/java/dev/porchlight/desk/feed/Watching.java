package dev.porchlight.desk.feed;

import dev.porchlight.account.Node;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.listing.StandardFields;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogSteps;
import dev.porchlight.store.log.StandingWork;
import dev.porchlight.value.Json;
import dev.porchlight.watch.FeedBlock;
import dev.porchlight.watch.FeedPages;
import dev.porchlight.watch.FeedSchedule;
import dev.porchlight.watch.Happening;
import dev.porchlight.watch.Matcher;
import dev.porchlight.watch.NewsFeed;
import dev.porchlight.watch.Watchable;
import dev.porchlight.watch.Watched;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Puts what happens to listings into the feeds of those who wait for it.
///
/// It goes through the log, line by line: a change of a search or a feed changes what it looks for,
/// a change of a listing is looked up among all searches, as the listing was before and as it was
/// after, and becomes one row with all its feeds. How far it came is written with those rows, so
/// nothing is missed when a hub ends and nothing is there twice; where hubs share a database each
/// knows all searches, and whoever is first writes.
public final class Watching implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watching.class);
  private static final int PAGE = 200;
  private static final int SEARCHES = 1000;

  /// After how many blocks it is asked whether there are enough to be put in order.
  private static final int SOME_BLOCKS = 25;

  private static final Duration UNTIL_WOKEN = Duration.ofDays(1);

  /// After how many lines without a match the place is written all the same.
  private static final long FAR = 10_000;

  private final Store store;
  private final Matcher matcher = new Matcher();
  private final Map<String, Watched> watched = new HashMap<>();
  private final StandingWork matching;
  private final StandingWork turning;
  private boolean loaded;
  private int blocksWritten;
  private long reached;
  private long written;

  /// Starts.
  public Watching(Store store) {
    this.store = store;
    turning = new StandingWork("feed pages", LOG, this::turn);
    matching = StandingWork.inSteps("watching", LOG, this::follow);
    turning.start();
    matching.start(store, Watching::isOfInterest);
  }

  /// For how long it has been at one step, which is a moment's work; zero while it rests.
  public Duration busyFor() {
    return matching.busyFor();
  }

  private static boolean isOfInterest(String kind) {
    return kind.equals("listing.changed") || kind.startsWith("search.") || kind.startsWith("feed.");
  }

  private boolean follow() {
    if (!loaded) {
      load();
      loaded = true;
    }
    return !matching.isClosing() && step();
  }

  /// Puts blocks in order by feed, a few hundred at a time. Of several hubs each looks after what
  /// it wrote, and finds what another has left undone. Feeds are read from the blocks meanwhile.
  private Duration turn() {
    return FeedPages.turn(store) ? Duration.ZERO : UNTIL_WOKEN;
  }

  private void load() {
    matcher.clear();
    watched.clear();
    reached = store.read(FeedBlock.MATCHED::in);
    written = reached;
    long after = 0;
    while (!matching.isClosing()) {
      long from = after;
      var page = store.read(h -> Watched.list(h, from, SEARCHES));
      page.forEach(search ->
          StandingWork.orStepOver(LOG, "The saved search " + search.id(), () -> put(search)));
      if (page.size() < SEARCHES) {
        return;
      }
      after = page.getLast().seq();
    }
  }

  private void put(Watched search) {
    var nodes = Nodes.in(store.settings());
    var node = search.office() == null ? search.holder() : search.office();
    var root = nodes.find(node).flatMap(n -> nodes.rootOf(n.id())).map(Node::id);
    if (root.isEmpty()) {
      remove(search.id());
      return;
    }
    watched.put(search.id(), search);
    var side = search.consumers() ? ofConsumers(root.get()) : root.get();
    if (!matcher.put(search.id(), side, search.filter(), store.now())) {
      LOG.warn("The filter of the saved search {} can't be read: nothing meets it", search.id());
    }
  }

  private void remove(String search) {
    watched.remove(search);
    matcher.remove(search);
  }

  /// Takes over what a line says of a search or its feeds. What was changed again later than that
  /// line stays as it was, where it is known, until that later line comes.
  private void learn(LogEntry line, @Nullable Watched now) {
    var id = searchOf(line);
    var known = watched.get(id);
    switch (line.kind()) {
      case "search.deleted" -> remove(id);
      case "feed.deleted", "feed.stopped" -> {
        if (known != null) {
          putOrRemove(known, without(known.feeds(), line.subject()));
        }
      }
      case "feed.created", "feed.changed" -> {
        var feed =
            now == null
                ? Optional.<NewsFeed>empty()
                : now.feeds().stream().filter(f -> f.id().equals(line.subject())).findFirst();
        if (now == null || feed.isEmpty()) {
          return;
        }
        boolean has =
            known != null && known.feeds().stream().anyMatch(f -> f.id().equals(line.subject()));
        if (!has || feed.get().seq() <= line.seq()) {
          var feeds =
              new ArrayList<>(without(known == null ? List.of() : known.feeds(), line.subject()));
          feeds.add(feed.get());
          putOrRemove(known == null ? now : known, feeds);
        }
      }
      case "search.changed" -> {
        if (known != null && now != null && now.seq() <= line.seq()) {
          put(now.with(known.feeds()));
        }
      }
      default -> {}
    }
  }

  private static List<NewsFeed> without(List<NewsFeed> feeds, String id) {
    return feeds.stream().filter(f -> !f.id().equals(id)).toList();
  }

  private void putOrRemove(Watched search, List<NewsFeed> feeds) {
    if (feeds.isEmpty()) {
      remove(search.id());
    } else if (watched.containsKey(search.id())) {
      watched.put(search.id(), search.with(feeds));
    } else {
      put(search.with(feeds));
    }
  }

  /// A line of the log with what has to be known for it.
  ///
  /// @param change what became of a listing; null for a line about a search
  /// @param search the search as it is now; null where nobody waits for it any more
  private record Line(
      LogEntry entry, ListingEvents.@Nullable Around change, @Nullable Watched search) {}

  /// Goes one page on; whether there may be more.
  private boolean step() {
    long from = reached;
    var end = new long[1];
    var lines = store.read(h -> lines(h, from, end));
    if (end[0] == from) {
      return false;
    }
    var blocks = new ArrayList<FeedBlock>();
    for (var line : lines) {
      var change = line.change();
      StandingWork.orStepOver(
          LOG,
          LogSteps.what(line.entry()),
          () -> {
            if (change != null) {
              match(line.entry(), change, blocks);
            } else {
              learn(line.entry(), line.search());
            }
          });
    }
    long to = end[0];
    if (!blocks.isEmpty() || to - written > FAR) {
      store.write(
          WorkQueue.EVENTS,
          batch -> {
            FeedBlock.put(batch, blocks, to);
            return true;
          });
      written = to;
      blocksWritten += blocks.size();
      if (blocksWritten >= SOME_BLOCKS) {
        blocksWritten = 0;
        turning.wake();
      }
    }
    reached = to;
    return true;
  }

  private static String searchOf(LogEntry entry) {
    return entry.kind().startsWith("feed.") ? entry.ref() : entry.subject();
  }

  private static List<Line> lines(Handle h, long from, long[] end) {
    var entries =
        h.createQuery(
                "SELECT seq, at, kind, subject, ref FROM log WHERE seq > :a ORDER BY seq LIMIT "
                    + PAGE)
            .bind("a", from)
            .map((r, _) ->
                new LogEntry(
                    r.getLong(1),
                    Row.instant(r.getLong(2)),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5)))
            .list();
    end[0] = entries.isEmpty() ? from : entries.getLast().seq();
    var lines = new ArrayList<Line>();
    // A search that is given to a thousand contacts is a thousand lines.
    var searches = new HashMap<String, Optional<Watched>>();
    for (var entry : entries) {
      if (entry.kind().equals("listing.changed")) {
        StandingWork.orStepOver(
            LOG,
            LogSteps.what(entry),
            () ->
                ListingEvents.around(h, entry.subject(), entry.ref())
                    .ifPresent(change -> lines.add(new Line(entry, change, null))));
      } else if (isOfInterest(entry.kind()) && !entry.kind().equals("feed.marked")) {
        var search = searches.computeIfAbsent(searchOf(entry), id -> Watched.find(h, id));
        lines.add(new Line(entry, null, search.orElse(null)));
      }
    }
    return lines;
  }

  private void match(LogEntry entry, ListingEvents.Around change, List<FeedBlock> into) {
    if (watched.isEmpty()) {
      return;
    }
    var now = entry.at();
    var was = known(change.before());
    var is = known(change.after());
    var met = find(change.root(), was, now);
    var meets = find(change.root(), is, now);
    var all = new HashSet<>(met);
    all.addAll(meets);
    if (all.isEmpty()) {
      return;
    }
    var before = seen(was);
    var after = seen(is);
    var entries = new ArrayList<FeedBlock.Entry>();
    for (var id : all) {
      var search = watched.get(id);
      var happenings = Happening.of(before, after, met.contains(id), meets.contains(id));
      if (search == null || happenings.isEmpty()) {
        continue;
      }
      for (var feed : search.feeds()) {
        var told = happenings.stream().filter(e -> feed.events().contains(e.word())).toList();
        if (!told.isEmpty() && gathers(feed, entry)) {
          entries.add(new FeedBlock.Entry(feed.id(), told, !feed.curated(), meets.contains(id)));
        }
      }
    }
    if (!entries.isEmpty()) {
      into.add(
          FeedBlock.of(
              entry.seq(), change.root(), entry.subject(), entry.at(), shown(was, is), entries));
    }
  }

  /// A feed gathers until the day ends at which it expires, where its holder is.
  private boolean gathers(NewsFeed feed, LogEntry entry) {
    if (feed.createdAt().isAfter(entry.at())) {
      return false;
    }
    if (feed.expiresOn() == null) {
      return true;
    }
    var last = LocalDate.parse(feed.expiresOn());
    var day = LocalDate.ofInstant(entry.at(), ZoneOffset.UTC);
    // Nowhere is it more than a day later or earlier than in UTC.
    if (Math.abs(ChronoUnit.DAYS.between(last, day)) > 1) {
      return day.isBefore(last);
    }
    return !LocalDate.ofInstant(entry.at(), zone(feed.holderId())).isAfter(last);
  }

  /// By whose hours a holder is told: their own, else those of the account whose contact they are.
  private ZoneId zone(String holder) {
    return FeedSchedule.find(store, holder)
        .flatMap(schedule -> Optional.ofNullable(schedule.zone()))
        .map(ZoneId::of)
        .orElseGet(() ->
            NodeMail.zoneOf(
                store.settings(),
                store
                    .read(h ->
                        h.createQuery("SELECT owner_id FROM contact WHERE id = :h")
                            .bind("h", holder)
                            .mapTo(String.class)
                            .findOne())
                    .orElse(holder)));
  }

  private static StandardFields.@Nullable Known known(@Nullable Map<String, String> members) {
    return members == null ? null : StandardFields.known(members);
  }

  private Set<String> find(
      String root, StandardFields.@Nullable Known listing, java.time.Instant now) {
    if (listing == null) {
      return Set.of();
    }
    var found = new HashSet<>(matcher.find(root, Watchable.of(listing), now));
    found.addAll(matcher.find(ofConsumers(root), Watchable.forConsumers(listing), now));
    return found;
  }

  /// Under what the searches of consumers stand in the index, apart from those of accounts: they
  /// see less of a listing.
  private static String ofConsumers(String root) {
    return root + " consumers";
  }

  private static Happening.Seen seen(StandardFields.@Nullable Known listing) {
    if (listing == null) {
      return new Happening.Seen(false, null, null);
    }
    var fields = listing.json();
    return new Happening.Seen(true, text(fields.get("MlsStatus")), text(fields.get("ListPrice")));
  }

  private static @Nullable String text(@Nullable JsonNode node) {
    return node == null ? null : node.isNumber() ? plain(node) : node.asString("");
  }

  private static String plain(JsonNode number) {
    return number.decimalValue().stripTrailingZeros().toPlainString();
  }

  private static final List<String> SHOWN =
      List.of(
          "ListingId",
          "ListingKey",
          "MlsStatus",
          "PropertyType",
          "PropertySubType",
          "UnparsedAddress",
          "City",
          "StateOrProvince",
          "PostalCode",
          "ListPrice",
          "ListPriceCurrency",
          "BedsTotal",
          "BathsTotal",
          "LivingArea",
          "InternetAddressDisplayYN");

  /// What feeds show of the listing: as it is after the change, or was before it went.
  private static String shown(
      StandardFields.@Nullable Known was, StandardFields.@Nullable Known is) {
    var listing = is == null ? was : is;
    var json = Json.object();
    if (listing != null) {
      var fields = listing.json();
      for (var name : SHOWN) {
        var value = fields.get(name);
        if (value != null) {
          json.set(name, value);
        }
      }
    }
    if (was != null && is != null) {
      for (var name : List.of("ListPrice", "MlsStatus")) {
        var previous = was.json().get(name);
        if (previous != null && !previous.equals(json.get(name))) {
          json.set("Previous" + name, previous);
        }
      }
    }
    return json.toString();
  }

  /// Looks again now.
  public void wake() {
    matching.wake();
  }

  /// Returns when nothing is being matched any more.
  @Override
  public void close() {
    matching.close();
    turning.close();
  }
}
