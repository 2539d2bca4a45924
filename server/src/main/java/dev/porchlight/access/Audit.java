package dev.porchlight.access;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who did what by the API and at the console, and who looked at whom. Nobody waits for it: it is
/// written within half a second, several entries at once; a process that is killed loses as much.
/// May be shared by threads.
public final class Audit implements AutoCloseable {
  /// Before the id of a member who acts.
  public static final String MEMBER = "member ";

  /// Before the id of a token that acts.
  public static final String TOKEN = "token ";

  /// How long entries are kept.
  public static final Duration KEPT = Duration.ofDays(400);

  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final Duration SAME_LOOK = Duration.ofMinutes(10);
  private static final long GATHERED_MILLIS = 500;
  private static final int AT_ONCE = 500;
  private static final int MOST_WAITING = 20_000;
  private static final int MOST_LOOKS = 2_000;
  private static final int LONGEST = 200;

  /// With the names of all that was set.
  private static final int LONGEST_ACT = 800;

  private static final int LOOKED_AT = 1_000;
  private static final int MOST_PRINCIPALS = 200;

  /// An id that is behind all others.
  private static final String END = "g";

  /// One entry.
  ///
  /// @param principal who; as in the log
  /// @param act what, for example `POST /api/v1/deliveries/{id}/retry`; of a look, the page
  /// @param subject the id of what it was done to; empty where there is none
  /// @param address where they were
  /// @param deed what, as one asks for it: [Deed#word]
  public record Entry(
      String id,
      Instant at,
      String principal,
      String act,
      String subject,
      String address,
      String deed) {
    static final Table<Entry> TABLE =
        Table.<Entry>named("audit")
            .key("id", Entry::id)
            .column("at", Entry::at)
            .column("principal", Entry::principal)
            .column("act", Entry::act)
            .column("subject", Entry::subject)
            .column("address", Entry::address)
            .column("deed", Entry::deed)
            .readBy(r ->
                new Entry(
                    r.text(1), r.time(2), r.text(3), r.text(4), r.text(5), r.text(6), r.text(7)));
  }

  private final Store store;
  private final int hub;
  private final Duration look;
  private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Map<String, Instant> looks =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST_LOOKS;
        }
      };
  private final Thread writer;
  private final Semaphore closing = new Semaphore(0);

  public Audit(Store store, int hub) {
    this(store, hub, Duration.ofMillis(40));
  }

  /// @param look for how long a list is looked for
  Audit(Store store, int hub, Duration look) {
    this.store = store;
    this.hub = hub;
    this.look = look;
    writer = Thread.ofVirtual().name("audit").start(this::write);
  }

  /// Somebody did something.
  public void did(String principal, String act, String subject, String address) {
    var draw = Draw.fresh(store.now(), hub);
    var entry =
        new Entry(
            draw.uuid("audit"),
            draw.at(),
            principal,
            cut(act, LONGEST_ACT),
            cut(subject, LONGEST),
            cut(address, LONGEST),
            Deed.of(act).word());
    if (!waiting.offer(entry)) {
      LOG.warn("The audit can't keep up: {} by {} is not in it", act, principal);
    }
  }

  /// Somebody looked at something; again within ten minutes is the same look.
  public void looked(String principal, String page, String subject, String address) {
    var now = store.now();
    synchronized (looks) {
      var last = looks.get(principal + " " + subject);
      if (last != null && now.isBefore(last.plus(SAME_LOOK))) {
        return;
      }
      looks.put(principal + " " + subject, now);
    }
    did(principal, page, subject, address);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest);
  }

  private void write() {
    var some = new ArrayList<Entry>();
    try {
      boolean last = false;
      while (!last) {
        // Whoever closes does not wait for the rest of the time.
        last = closing.tryAcquire(GATHERED_MILLIS, TimeUnit.MILLISECONDS);
        waiting.drainTo(some, AT_ONCE);
        // What can't be written now is kept, and what comes meanwhile waits behind it.
        while (!some.isEmpty() && put(List.copyOf(some))) {
          some.clear();
          waiting.drainTo(some, AT_ONCE);
        }
      }
      if (!some.isEmpty()) {
        LOG.warn("The audit ends without its last {} entries", some.size() + waiting.size());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// False when it is to be tried again.
  private boolean put(List<Entry> entries) {
    try {
      store.write(
          WorkQueue.EDITS,
          batch -> {
            entries.forEach(e -> batch.put(Entry.TABLE, e));
            return true;
          });
      return true;
    } catch (StoreUnavailableException e) {
      LOG.debug("{} entries of the audit can't be written now: {}", entries.size(), e.getMessage());
      return false;
    } catch (RuntimeException e) {
      LOG.error("A defect: entries of the audit can't be written: {}", entries, e);
      return true;
    }
  }

  /// What to list: newest first. What is empty does not count.
  ///
  /// @param principals only what one of these did; null for all
  /// @param subject only what was done to that
  /// @param deed only that: a [Deed#word], or its thing alone
  /// @param from only what was done since then; null for any
  /// @param to only what was done before then; null for any
  /// @param before only those whose id is less
  public record Query(
      @Nullable List<String> principals,
      String subject,
      String deed,
      @Nullable Instant from,
      @Nullable Instant to,
      String before,
      int limit) {
    /// All of it.
    public static final Query ALL = new Query(null, "", "", null, null, "", 100);
  }

  /// What members within a scope did; all of it for whoever sees everything. It goes along the
  /// index of one thing that is asked for, or of the order, and looks through that for what else is
  /// asked for during a moment only.
  public Picked<Entry, String> list(Scope scope, Query query) {
    var members = members(scope);
    var principals = query.principals();
    var whose =
        members
            .map(m ->
                principals == null
                    ? m
                    : principals.stream().filter(Set.copyOf(m)::contains).toList())
            .orElse(principals);
    if (whose != null && whose.isEmpty()) {
      return Picked.all(List.of());
    }
    var along = along(query, whose);
    Set<String> by = whose == null ? Set.of() : Set.copyOf(whose);
    var end = query.to() == null ? END : Draw.leastUuid(query.to());
    var behind =
        query.before().isEmpty() || query.before().compareTo(end) > 0 ? end : query.before();
    int atOnce = Math.max(50, LOOKED_AT / along.values().size());
    return Picked.among(
        new Picked.Look(atOnce, look),
        behind,
        query.limit(),
        place -> {
          var rows = read(along, query, place, atOnce);
          return new Picked.Some<>(
              rows.stream().filter(e -> fits(e, query, by)).toList(),
              rows.size() < atOnce ? Optional.empty() : Optional.of(rows.getLast().id()));
        },
        Entry::id);
  }

  /// By which index it is looked through.
  ///
  /// @param column empty for the order alone
  /// @param values of that column, each with an order of its own
  private record Along(String column, List<String> values) {}

  private static Along along(Query query, @Nullable List<String> whose) {
    if (!query.subject().isEmpty()) {
      return new Along("subject", List.of(query.subject()));
    }
    if (query.deed().contains(".")) {
      return new Along("deed", List.of(query.deed()));
    }
    return whose != null && whose.size() <= MOST_PRINCIPALS
        ? new Along("principal", whose)
        : new Along("", List.of(""));
  }

  /// Selects the newest behind a place.
  ///
  /// @param values how many of the column's there are
  static String sql(String column, int values, boolean since) {
    var each = new StringBuilder();
    for (int i = 0; i < values; i++) {
      each.append(i == 0 ? "SELECT * FROM (" : " UNION ALL SELECT * FROM (")
          .append("SELECT ")
          .append(Entry.TABLE.columnList())
          .append(" FROM audit WHERE id < :place")
          .append(since ? " AND id >= :least" : "")
          .append(column.isEmpty() ? "" : " AND " + column + " = :v" + i)
          .append(" ORDER BY id DESC LIMIT :most) some")
          .append(i);
    }
    return values == 1
        ? each.toString()
        : "SELECT * FROM (" + each + ") every ORDER BY id DESC LIMIT :most";
  }

  private List<Entry> read(Along along, Query query, String place, int most) {
    var sql = sql(along.column(), along.values().size(), query.from() != null);
    return store.read(h -> {
      var q = h.createQuery(sql).bind("place", place).bind("most", most);
      if (query.from() != null) {
        q.bind("least", Draw.leastUuid(query.from()));
      }
      if (!along.column().isEmpty()) {
        for (int i = 0; i < along.values().size(); i++) {
          q.bind("v" + i, along.values().get(i));
        }
      }
      return q.map((r, _) -> Entry.TABLE.read(new Row(r))).list();
    });
  }

  private static boolean fits(Entry entry, Query query, Set<String> by) {
    return (by.isEmpty() || by.contains(entry.principal()))
        && (query.subject().isEmpty() || query.subject().equals(entry.subject()))
        && (query.deed().isEmpty()
            || query.deed().equals(entry.deed())
            || entry.deed().startsWith(query.deed() + "."));
  }

  private Optional<List<String>> members(Scope scope) {
    if (scope.everything()) {
      return Optional.empty();
    }
    var nodes = Nodes.in(store.settings());
    return Optional.of(
        nodes.all().stream()
            .filter(n -> n.kind() == Node.Kind.MEMBER && scope.containsNode(nodes, n.id()))
            .map(n -> MEMBER + n.id())
            .toList());
  }

  /// Who may be meant: a principal as entries have it, the id of a member or a token, or a name or
  /// an e-mail address of one.
  public List<String> called(Credentials credentials, String who) {
    var found = new LinkedHashSet<String>();
    found.add(who);
    Nodes.in(store.settings()).all().stream()
        .filter(n -> n.kind() == Node.Kind.MEMBER)
        .filter(n -> isCalled(who, n.id(), n.name()) || who.equalsIgnoreCase(n.email()))
        .forEach(n -> found.add(MEMBER + n.id()));
    credentials.list(Credential.Kind.TOKEN).stream()
        .filter(c -> isCalled(who, c.id(), c.owner()))
        .forEach(c -> found.add(TOKEN + c.id()));
    return found.stream().limit(MOST_PRINCIPALS).toList();
  }

  private static boolean isCalled(String who, String id, String name) {
    return who.equals(id) || who.equalsIgnoreCase(name);
  }

  /// Forgets some of what is too old.
  public void drop() {
    var oldest = Draw.leastUuid(store.now().minus(KEPT));
    var ids =
        store.read(h ->
            h.createQuery("SELECT id FROM audit WHERE id < :oldest ORDER BY id LIMIT :most")
                .bind("oldest", oldest)
                .bind("most", AT_ONCE)
                .mapTo(String.class)
                .list());
    if (!ids.isEmpty()) {
      store.write(
          WorkQueue.EDITS,
          batch -> {
            ids.forEach(id -> batch.delete(Entry.TABLE, id));
            return true;
          });
    }
  }

  /// Writes what waits and ends.
  @Override
  public void close() {
    closing.release();
    try {
      writer.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
