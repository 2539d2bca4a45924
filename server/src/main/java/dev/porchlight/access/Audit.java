package dev.porchlight.access;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  /// How long entries are kept.
  public static final Duration KEPT = Duration.ofDays(400);

  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final Duration SAME_LOOK = Duration.ofMinutes(10);
  private static final long GATHERED_MILLIS = 500;
  private static final int AT_ONCE = 500;
  private static final int MOST_WAITING = 20_000;
  private static final int MOST_LOOKS = 2_000;
  private static final int LONGEST = 200;

  /// One entry.
  ///
  /// @param principal who; as in the log
  /// @param act what, for example `POST /api/v1/deliveries/{id}/retry`; of a look, the page
  /// @param subject the id of what it was done to; empty where there is none
  /// @param address where they were
  public record Entry(
      String id, Instant at, String principal, String act, String subject, String address) {
    static final Table<Entry> TABLE =
        Table.<Entry>named("audit")
            .key("id", Entry::id)
            .column("at", Entry::at)
            .column("principal", Entry::principal)
            .column("act", Entry::act)
            .column("subject", Entry::subject)
            .column("address", Entry::address)
            .readBy(
                r -> new Entry(r.text(1), r.time(2), r.text(3), r.text(4), r.text(5), r.text(6)));
  }

  private final Store store;
  private final int hub;
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
    this.store = store;
    this.hub = hub;
    writer = Thread.ofVirtual().name("audit").start(this::write);
  }

  /// Somebody did something.
  public void did(String principal, String act, String subject, String address) {
    var draw = Draw.fresh(store.now(), hub);
    var entry =
        new Entry(draw.uuid("audit"), draw.at(), principal, cut(act), cut(subject), cut(address));
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

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
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

  /// What to list: newest first.
  ///
  /// @param principal only what they did; null for all
  /// @param subject only what was done to that; null for all
  /// @param before only those whose id is less; empty for all
  public record Query(
      @Nullable String principal, @Nullable String subject, String before, int limit) {}

  /// What members within a scope did; all of it for whoever sees everything.
  public List<Entry> list(Scope scope, Query query) {
    var members = members(scope);
    if (members.isPresent() && members.get().isEmpty()) {
      return List.of();
    }
    var sql = new StringBuilder("SELECT " + Entry.TABLE.columnList() + " FROM audit WHERE 1 = 1");
    members.ifPresent(_ -> sql.append(" AND principal IN (<members>)"));
    if (query.principal() != null) {
      sql.append(" AND principal = :principal");
    }
    if (query.subject() != null) {
      sql.append(" AND subject = :subject");
    }
    if (!query.before().isEmpty()) {
      sql.append(" AND id < :before");
    }
    return store.read(h -> {
      var q =
          h.createQuery(sql.append(" ORDER BY id DESC LIMIT :limit").toString())
              .bind("limit", query.limit());
      members.ifPresent(m -> q.bindList("members", m));
      if (query.principal() != null) {
        q.bind("principal", query.principal());
      }
      if (query.subject() != null) {
        q.bind("subject", query.subject());
      }
      if (!query.before().isEmpty()) {
        q.bind("before", query.before());
      }
      return q.map((r, _) -> Entry.TABLE.read(new Row(r))).list();
    });
  }

  private Optional<List<String>> members(Scope scope) {
    if (scope.everything()) {
      return Optional.empty();
    }
    var nodes = Nodes.in(store.settings());
    return Optional.of(
        nodes.all().stream()
            .filter(n -> n.kind() == Node.Kind.MEMBER && scope.containsNode(nodes, n.id()))
            .map(n -> "member " + n.id())
            .toList());
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
