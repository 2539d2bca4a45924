package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogTimes;
import dev.porchlight.store.log.StandingWork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was accepted and delivered in the last hour, minute by minute: counted once, from the log's
/// lines as they come, and kept in memory. After a start the last 50,000 lines are read.
///
/// May be shared by threads. What is kept is bounded: counts of 60 minutes, source by source and
/// office by office, at most 100,000 of them, of which the oldest go first; and which leads the
/// newest 20,000 lines were about, for those who see some leads of an office only.
public final class LastHour implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LastHour.class);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long MICROS_A_MINUTE = 60_000_000L;
  private static final int LINES_AT_ONCE = 2_000;
  private static final int LINES_AFTER_A_START = 50_000;
  private static final int MOST_COUNTS = 100_000;
  private static final int MOST_TOLD = 20_000;
  private static final int MOST_OF_A_MEMBER = 2_000;
  private static final int LEADS_AT_ONCE = 500;

  /// How many lines a reader waits for: what is left then comes a moment later.
  private static final int STEPS_OF_A_READER = 2;

  /// How long a reader waits for one who reads already; then it shows what is known.
  private static final long LONGEST_MILLIS = 200;

  /// The same before anything is known.
  private static final long FIRST_MILLIS = 5_000;

  private final Store store;
  private final StandingWork work;

  /// Held by whoever reads the log; what is counted has a monitor of its own, held for a moment.
  private final ReentrantLock reading = new ReentrantLock();

  private final Map<Who, Who> known = new HashMap<>();
  private final TreeMap<Long, Map<Who, Count>> minutes = new TreeMap<>();
  private final Deque<Told> newest = new ArrayDeque<>();
  private int counts;

  /// Up to which line of the log it has read; -1 for none yet. Of whoever reads the log.
  private volatile long upto = -1;

  public LastHour(Store store) {
    this.store = store;
    work = StandingWork.inSteps("last-hour", LOG, this::step);
    work.start();
  }

  /// What one source did in one minute.
  ///
  /// @param accepted requests that became a lead or a part of one, or repeated one
  /// @param delivered deliveries of its leads that an endpoint took
  public record Minute(Instant at, String source, int accepted, int delivered) {}

  private record Who(String source, String office) {}

  /// What a line told.
  private record Told(long minute, boolean delivered, Who who, String lead) {}

  private static final class Count {
    private int accepted;
    private int delivered;

    void add(boolean isDelivery) {
      if (isDelivery) {
        delivered++;
      } else {
        accepted++;
      }
    }
  }

  /// The last hour; minutes in which nothing happened are left out. Of one member's, at most the
  /// newest 2,000 of their office are looked at.
  public List<Minute> list(Scope scope, Instant now) {
    Map<Long, Map<String, Count>> sums = new TreeMap<>();
    long first = Row.micros(now.minus(HOUR)) / MICROS_A_MINUTE;
    for (var told : scope.member() == null ? List.<Told>of() : own(scope, first)) {
      sum(sums, told.minute(), told.who().source()).add(told.delivered());
    }
    if (scope.member() == null) {
      catchUp();
      synchronized (this) {
        minutes
            .tailMap(first)
            .forEach((minute, all) ->
                all.forEach((who, count) -> {
                  if (scope.contains(who.office())) {
                    var sum = sum(sums, minute, who.source());
                    sum.accepted += count.accepted;
                    sum.delivered += count.delivered;
                  }
                }));
      }
    }
    var list = new ArrayList<Minute>();
    sums.forEach((minute, all) ->
        all.forEach((source, count) ->
            list.add(
                new Minute(
                    Row.instant(minute * MICROS_A_MINUTE),
                    source,
                    count.accepted,
                    count.delivered))));
    return list;
  }

  private static Count sum(Map<Long, Map<String, Count>> sums, long minute, String source) {
    return sums.computeIfAbsent(minute, _ -> new TreeMap<>())
        .computeIfAbsent(source, _ -> new Count());
  }

  private List<Told> own(Scope scope, long first) {
    var some = new ArrayList<Told>();
    catchUp();
    synchronized (this) {
      for (var told : (Iterable<Told>) newest::descendingIterator) {
        if (told.minute() >= first && scope.offices().contains(told.who().office())) {
          some.add(told);
          if (some.size() == MOST_OF_A_MEMBER) {
            break;
          }
        }
      }
    }
    var leads = some.stream().map(Told::lead).distinct().toList();
    Set<String> own = new HashSet<>();
    for (int i = 0; i < leads.size(); i += LEADS_AT_ONCE) {
      var part = leads.subList(i, Math.min(leads.size(), i + LEADS_AT_ONCE));
      own.addAll(
          store.read(h ->
              h.createQuery(
                      "SELECT id FROM lead WHERE id IN (<ids>) AND "
                          + scope.sqlOfContact("office_id", "contact_id"))
                  .bindList("ids", part)
                  .mapTo(String.class)
                  .list()));
    }
    return some.stream().filter(t -> own.contains(t.lead())).toList();
  }

  private void catchUp() {
    try {
      if (reading.tryLock(upto < 0 ? FIRST_MILLIS : LONGEST_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          for (int i = 0; i < STEPS_OF_A_READER && read(); i++) {
            // Each reads some lines.
          }
        } finally {
          reading.unlock();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Some lines of the log.
  ///
  /// @param upto which is the last of them
  private record Lines(List<Line> lines, long upto, long last) {}

  /// @param who null while it is not known
  private record Line(Instant at, String kind, String lead, @Nullable Who who) {}

  /// Reads on.
  ///
  /// @return whether there may be more
  private boolean step() {
    reading.lock();
    try {
      return read();
    } finally {
      reading.unlock();
    }
  }

  private boolean read() {
    var now = store.now();
    var read = store.read(h -> read(h, now));
    upto = read.upto();
    synchronized (this) {
      for (var line : read.lines()) {
        add(line);
      }
      forget(Row.micros(now.minus(HOUR)) / MICROS_A_MINUTE);
    }
    return read.upto() < read.last();
  }

  private Lines read(Handle h, Instant now) {
    long last = h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one();
    long behind =
        upto >= 0
            ? upto
            : Math.max(LogTimes.firstAt(h, now.minus(HOUR)) - 1, last - LINES_AFTER_A_START);
    long to = Math.min(last, behind + LINES_AT_ONCE);
    if (to <= behind) {
      return new Lines(List.of(), Math.max(behind, 0), last);
    }
    var told =
        h.createQuery(
                "SELECT at, kind, subject FROM log WHERE seq > :behind AND seq <= :to AND kind IN"
                    + " ('receipt.done', 'receipt.repeat', 'delivery.delivered') ORDER BY seq")
            .bind("behind", behind)
            .bind("to", to)
            .map(
                (r, _) -> new Line(Row.instant(r.getLong(1)), r.getString(2), r.getString(3), null))
            .list();
    // By their ids, so many at once: together with the log a planner might read all leads.
    var leads = whose(h, told.stream().map(Line::lead).distinct().toList());
    var lines =
        told.stream()
            .filter(l -> leads.containsKey(l.lead()))
            .map(l -> new Line(l.at(), l.kind(), l.lead(), leads.get(l.lead())))
            .toList();
    return new Lines(lines, to, last);
  }

  private static Map<String, Who> whose(Handle h, List<String> leads) {
    Map<String, Who> found = new HashMap<>();
    for (int i = 0; i < leads.size(); i += LEADS_AT_ONCE) {
      h.createQuery("SELECT id, source_id, office_id FROM lead WHERE id IN (<ids>)")
          .bindList("ids", leads.subList(i, Math.min(leads.size(), i + LEADS_AT_ONCE)))
          .map((r, _) -> Map.entry(r.getString(1), new Who(r.getString(2), r.getString(3))))
          .forEach(e -> found.put(e.getKey(), e.getValue()));
    }
    return found;
  }

  private void add(Line line) {
    long minute = Row.micros(line.at()) / MICROS_A_MINUTE;
    boolean delivered = line.kind().equals("delivery.delivered");
    var who = known.computeIfAbsent(Objects.requireNonNull(line.who()), w -> w);
    minutes
        .computeIfAbsent(minute, _ -> new HashMap<>())
        .computeIfAbsent(
            who,
            _ -> {
              counts++;
              return new Count();
            })
        .add(delivered);
    newest.addLast(new Told(minute, delivered, who, line.lead()));
    if (newest.size() > MOST_TOLD) {
      newest.removeFirst();
    }
  }

  private void forget(long first) {
    while (!minutes.isEmpty() && (minutes.firstKey() < first || counts > MOST_COUNTS)) {
      counts -= minutes.pollFirstEntry().getValue().size();
      if (minutes.isEmpty()) {
        known.clear();
      }
    }
    while (!newest.isEmpty() && newest.getFirst().minute() < first) {
      newest.removeFirst();
    }
  }

  @Override
  public void close() {
    work.close();
  }
}
