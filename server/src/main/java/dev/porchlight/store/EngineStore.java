package dev.porchlight.store;

import dev.porchlight.filter.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store over an engine.
///
/// All writing is done by one platform thread. It takes the units that wait, at most 64 or 256 KiB
/// of them, in the order of their queues, and runs them as one transaction: while one batch is
/// being synced the next one gathers, so the number of syncs falls as load rises and nobody waits
/// for a timer.
///
/// A unit works on rows by key. What it reads is kept for the batch, what it puts is kept in memory
/// until all units have run, and is then written table by table. So a unit that throws is dropped
/// without a trace, and its neighbours never notice; no savepoint is needed. Only when the database
/// itself refuses a row (a constraint) is the batch rolled back and each unit run again in a
/// transaction of its own, so that the one at fault is found. A unit at fault is replaced by what
/// it names *instead*; where it names nothing its caller gets the exception.
///
/// When the commit fails, or the disk does, nobody in the batch is told that it worked: all get
/// [StoreUnavailableException]. Where there is no room, or no database, new work is refused at once
/// while the writer tries by itself, four times a second, whether it works again. After a failed
/// sync nothing is known about the file's pages any more, so the store halts: it reads on but takes
/// no work until it is started again.
///
/// Where other processes write to the same database ([Engine#alone] says no), each batch begins by
/// learning under the engine's lock what they have left: the end of the log, and settings newer
/// than those known. A follower looks four times a second for lines of theirs, takes over new
/// settings and tells the listeners. They hear of every line once and in order, whoever wrote it.
public final class EngineStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStore.class);
  private static final int MAX_UNITS = 64;
  private static final int RESERVED_FOR_LOWER = 16;
  static final int MAX_BYTES = 256 * 1024;
  private static final int BYTES_RESERVED_FOR_LOWER = MAX_BYTES / 4;
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long GIVE_UP_SECONDS = 10;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int PAGE = 500;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  static final Table<LogEntry> LOG_TABLE =
      Table.<LogEntry>named("log")
          .key("seq", LogEntry::seq)
          .column("at", LogEntry::at)
          .column("kind", LogEntry::kind)
          .column("subject", LogEntry::subject)
          .column("ref", LogEntry::ref)
          .readBy(r -> new LogEntry(r.number(1), r.time(2), r.text(3), r.text(4), r.text(5)));

  private final Engine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final EnumMap<WorkQueue, ArrayDeque<Job<?>>> queues = new EnumMap<>(WorkQueue.class);
  private final CopyOnWriteArrayList<Consumer<List<LogEntry>>> followers =
      new CopyOnWriteArrayList<>();
  private final Thread writer;
  private final @Nullable Thread foreign;
  private final Semaphore news = new Semaphore(0);

  /// Held while listeners are told; guards [#told].
  private final ReentrantLock telling = new ReentrantLock();

  private long told;

  /// Only the writer's thread.
  private final Statements statements = new Statements();

  private @Nullable Connection connection;
  private @Nullable Handle handle;
  private long lastSeq;
  private Instant lastAt = Instant.EPOCH;

  private volatile Settings settings = Settings.EMPTY;
  private final List<Function<Settings, ?>> prepared = new CopyOnWriteArrayList<>();
  private volatile StoreState state = new StoreState.Accepting();

  /// Since which moment (of [System#nanoTime]) the writer is at one batch; 0 when it is at none.
  private volatile long batchSince;

  private final Rests rests = new Rests();
  private final LongAdder leads = new LongAdder();
  private volatile boolean closing;
  private volatile long batches;
  private volatile long units;

  /// Takes over an engine whose schema is current, and closes it in the end.
  public EngineStore(Engine engine) {
    this.engine = engine;
    for (var queue : WorkQueue.values()) {
      queues.put(queue, new ArrayDeque<>());
    }
    try {
      engine.read(h -> {
        h.createQuery("SELECT seq, at FROM log ORDER BY seq DESC LIMIT 1")
            .map((r, _) -> {
              lastSeq = r.getLong(1);
              lastAt = Row.instant(r.getLong(2));
              return lastSeq;
            })
            .findOne();
        settings = newer(h, Settings.EMPTY);
        return lastSeq;
      });
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    told = lastSeq;
    writer = Thread.ofPlatform().name("store-writer").start(this::loop);
    foreign =
        engine.alone()
            ? null
            : Thread.ofPlatform().name("store-follower").daemon().start(this::followOthers);
  }

  private static final String NEWER_SETTINGS =
      "SELECT kind, id, seq, at, body FROM setting WHERE seq > :seq ORDER BY seq";

  private static Settings newer(Handle h, Settings known) {
    return h.createQuery(NEWER_SETTINGS)
        .bind("seq", known.seq())
        .map((r, _) -> SETTING_TABLE.read(new Row(r)))
        .reduce(
            known.changes(),
            (changes, row) -> changes.add(row.seq(), row.kind(), row.id(), row.setting()))
        .done();
  }

  @Override
  public <T> T write(WorkQueue queue, Unit<T> unit) {
    if (Thread.currentThread() == writer) {
      throw new IllegalStateException("the writer can't wait for itself");
    }
    if (queue == WorkQueue.LEADS) {
      leads.increment();
    }
    long begun = System.nanoTime();
    var job = new Job<>(unit, unit.size(), begun);
    lock.lock();
    try {
      if (closing) {
        throw StoreUnavailableException.closed();
      }
      switch (state) {
        case StoreState.Halted(var reason) -> throw new StoreUnavailableException(reason);
        case StoreState.Refusing(var reason) -> throw new StoreUnavailableException(reason);
        case StoreState.Accepting _ -> {}
      }
      queues.computeIfAbsent(queue, _ -> new ArrayDeque<>()).add(job);
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      var result = job.result.get(GIVE_UP_SECONDS, TimeUnit.SECONDS);
      if (queue == WorkQueue.RETENTION) {
        rest(System.nanoTime() - begun);
      }
      return result;
    } catch (TimeoutException e) {
      job.withdraw();
      throw new StoreUnavailableException("not on disk after 10 s", e);
    } catch (InterruptedException e) {
      job.withdraw();
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while waiting for the disk", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StoreUnavailableException s ->
            throw new StoreUnavailableException(String.valueOf(s.getMessage()), s);
        case RuntimeException r -> throw r;
        case Error r -> throw r;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// What nobody waits for rests after each unit: [Rests].
  private void rest(long took) {
    long now = System.nanoTime();
    long end = now + rests.after(took, leads.sum(), now);
    for (long left = end - System.nanoTime();
        left > 0 && !closing;
        left = end - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
    }
  }

  @Override
  public <T> T read(Function<Handle, T> query) {
    return engine.read(query);
  }

  @Override
  public Dialect dialect() {
    return engine.dialect();
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public Instant now() {
    return engine.now();
  }

  @Override
  public AutoCloseable follow(Consumer<List<LogEntry>> listener) {
    followers.add(listener);
    return () -> followers.remove(listener);
  }

  @Override
  public boolean alone() {
    return engine.alone();
  }

  @Override
  public Optional<String> concern() {
    return engine.concern();
  }

  @Override
  public StoreState state() {
    return state;
  }

  @Override
  public boolean isHanging() {
    long since = batchSince;
    return since != 0 && System.nanoTime() - since > HANGS_NANOS;
  }

  /// How many units wait for the writer; for figures.
  public long waiting() {
    lock.lock();
    try {
      return queues.values().stream().mapToLong(ArrayDeque::size).sum();
    } finally {
      lock.unlock();
    }
  }

  /// How many transactions have been committed; for figures.
  public long batches() {
    return batches;
  }

  /// How many units have been done in them; for figures.
  public long units() {
    return units;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    news.release();
    boolean interrupted = join(writer);
    if (foreign != null) {
      interrupted |= join(foreign);
    }
    engine.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits, come what may: closing the files under a writer at work would be worse.
  private static boolean join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private void loop() {
    while (true) {
      var jobs = take();
      if (!jobs.isEmpty()) {
        try {
          runTogether(jobs, false);
        } catch (Throwable t) {
          LOG.error("The writer failed outside any unit; its callers are told 503", t);
          abandon();
          refuse(jobs, new StoreUnavailableException("the writer failed", t));
        } finally {
          batchSince = 0;
        }
      } else if (isDone()) {
        return;
      } else {
        lookAgain();
      }
    }
  }

  private boolean isDone() {
    lock.lock();
    try {
      return closing && queues.values().stream().allMatch(ArrayDeque::isEmpty);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for work. An empty list when the store is closing and nothing is left, and from time to
  /// time while it refuses.
  private List<Job<?>> take() {
    lock.lock();
    try {
      while (true) {
        var taken = takeNow();
        if (!taken.isEmpty() || closing) {
          return taken;
        }
        if (!(state instanceof StoreState.Refusing)) {
          work.awaitUninterruptibly();
        } else if (work.awaitNanos(LOOK_AGAIN_NANOS) <= 0) {
          return List.of();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Somebody interrupted the writer, which has no use for it", e);
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<Job<?>> takeNow() {
    var taken = new ArrayList<Job<?>>();
    int bytes = 0;
    long now = System.nanoTime();
    // First each queue in turn but never all of the batch, then whatever there is.
    for (int round = 0; round < 2; round++) {
      int limit = round == 0 ? MAX_UNITS - RESERVED_FOR_LOWER : MAX_UNITS;
      int room = round == 0 ? MAX_BYTES - BYTES_RESERVED_FOR_LOWER : MAX_BYTES;
      for (var queue : queues.values()) {
        int fromThis = 0;
        int bytesFromThis = 0;
        while (taken.size() < MAX_UNITS && fromThis < limit) {
          var next = queue.peek();
          if (next == null
              || !taken.isEmpty()
                  && (bytes + next.size > MAX_BYTES || bytesFromThis + next.size > room)) {
            break;
          }
          queue.poll();
          if (next.start(now)) {
            taken.add(next);
            bytes += next.size;
            bytesFromThis += next.size;
            fromThis++;
          }
        }
      }
    }
    return taken;
  }

  private void runTogether(List<Job<?>> jobs, boolean again) {
    if (!again) {
      batchSince = System.nanoTime() | 1;
    }
    switch (state) {
      case StoreState.Halted(var reason) -> {
        refuse(jobs, new StoreUnavailableException(reason));
        return;
      }
      case StoreState.Refusing(var reason) -> {
        refuse(jobs, new StoreUnavailableException(reason));
        return;
      }
      case StoreState.Accepting _ -> {}
    }
    OpenBatch batch;
    try {
      batch = transact(jobs);
    } catch (OpenBatch.UnitThrewException e) {
      abandon();
      apart(jobs, e.thrown);
      return;
    } catch (SQLException e) {
      var failure = engine.classify(e);
      abandon();
      switch (failure) {
        case OURS ->
            apart(jobs, new IllegalStateException("the database refused what a unit wrote", e));
        case LOST -> {
          if (again) {
            refuseForNow(e);
            refuse(jobs, new StoreUnavailableException(message(e), e));
          } else {
            LOG.warn("The database's connection was lost; it is made anew: {}", message(e));
            runTogether(jobs, true);
          }
        }
        case NO_ROOM -> {
          refuseForNow(e);
          refuse(jobs, new StoreUnavailableException(message(e), e));
        }
        case IN_DOUBT -> {
          halt(e);
          refuse(jobs, new StoreUnavailableException(message(e), e));
        }
      }
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("The writer failed; the units are run one by one", e);
      abandon();
      apart(jobs, e);
      return;
    }
    settle(batch, jobs);
  }

  /// Something in this batch can't be written: each unit is run alone; one that is alone already is
  /// at fault, and what it names instead is tried, once.
  private void apart(List<Job<?>> jobs, Throwable why) {
    if (jobs.size() > 1) {
      for (var job : jobs) {
        runTogether(List.of(job), false);
      }
      return;
    }
    var job = jobs.getFirst();
    if (job.fallBack()) {
      LOG.error("A unit could not be written; its fallback is run", why);
      runTogether(jobs, false);
    } else {
      job.result.completeExceptionally(why);
    }
  }

  private static void refuse(List<Job<?>> jobs, StoreUnavailableException why) {
    jobs.forEach(j -> j.result.completeExceptionally(why));
  }

  private static String message(SQLException e) {
    return String.valueOf(e.getMessage());
  }

  private void refuseForNow(SQLException e) {
    if (state instanceof StoreState.Accepting) {
      LOG.error("Nothing can be stored for now: {}", message(e));
      state = new StoreState.Refusing(message(e));
    }
  }

  private void halt(SQLException e) {
    LOG.error("The disk is in doubt; no work is taken until the next start", e);
    state = new StoreState.Halted("the disk is in doubt: " + message(e));
  }

  /// While refusing: does storing work again?
  private void lookAgain() {
    if (!(state instanceof StoreState.Refusing)) {
      return;
    }
    try {
      engine.probe(open());
      abandon();
      LOG.info("Storing works again");
      state = new StoreState.Accepting();
    } catch (SQLException e) {
      abandon();
      if (engine.classify(e) == Engine.Failure.IN_DOUBT) {
        halt(e);
      }
    } catch (RuntimeException e) {
      abandon();
      LOG.error("Looking whether storing works again failed", e);
    }
  }

  /// Ends what is open and forgets the connection with all that was prepared on it: rows added to a
  /// statement that was never run must not turn up in the next batch.
  private void abandon() {
    statements.clear();
    if (connection != null) {
      engine.rollback(connection);
    }
    connection = null;
    handle = null;
  }

  private Connection open() throws SQLException {
    var conn = engine.writer();
    if (conn != connection) {
      statements.clear();
      connection = conn;
      handle = KnownSql.on(conn);
    }
    return conn;
  }

  /// Runs the units and commits.
  private OpenBatch transact(List<Job<?>> jobs) throws SQLException {
    var conn = open();
    var head = engine.begin(conn);
    if (head.isPresent()) {
      learn(head.get());
    }
    var batch =
        new OpenBatch(
            conn, Objects.requireNonNull(handle), engine, statements, settings, lastSeq, lastAt);
    try {
      for (var job : jobs) {
        if (job.waited() > PATIENCE_NANOS) {
          job.fallBack();
        }
      }
      batch.readTogether(jobs);
      for (var job : jobs) {
        batch.run(job);
      }
      batch.flush();
    } catch (OpenBatch.Broken e) {
      throw e.failure;
    }
    engine.commit(conn);
    return batch;
  }

  /// Takes over where others have brought the log. Under the engine's lock, so nothing can follow.
  private void learn(Engine.Head head) throws SQLException {
    lastSeq = head.seq();
    lastAt = head.at();
    if (head.settingSeq() > settings.seq() && handle != null) {
      try {
        adopt(newer(handle, settings));
      } catch (JdbiException e) {
        throw e.getCause() instanceof SQLException failure ? failure : new SQLException(e);
      }
    }
  }

  /// Has something worked out of settings whenever they are taken over, these included: no unit has
  /// to.
  public void prepare(Function<Settings, ?> view) {
    prepared.add(view);
    prepare(settings);
  }

  private void prepare(Settings found) {
    for (var view : prepared) {
      try {
        found.view(view);
      } catch (RuntimeException e) {
        LOG.error("What follows from settings can't be worked out, by a defect of ours", e);
      }
    }
  }

  private void adopt(Settings found) {
    if (found.seq() > settings.seq()) {
      prepare(found);
    }
    synchronized (queues) {
      if (found.seq() > settings.seq()) {
        settings = found;
      }
    }
  }

  /// All that follows a commit: nothing in here may make it look undone.
  private void settle(OpenBatch batch, List<Job<?>> jobs) {
    lastSeq = batch.seq();
    lastAt = batch.now();
    adopt(batch.settings());
    batches++;
    units += jobs.size();
    // Before the callers are answered: whoever has an answer finds what follows from it in place.
    for (var action : batch.afterwards()) {
      try {
        action.run();
      } catch (Throwable e) {
        LOG.error("An action after a commit failed", e);
      }
    }
    for (var job : jobs) {
      job.answer();
    }
    if (batch.lines().isEmpty() || followers.isEmpty() && engine.alone()) {
      return;
    }
    telling.lock();
    try {
      if (engine.alone() || batch.lines().getFirst().seq() == told + 1) {
        tell(batch.lines());
      } else {
        // Lines of others come before: the follower brings all in order.
        news.release();
      }
    } finally {
      telling.unlock();
    }
  }

  private void tell(List<LogEntry> lines) {
    told = lines.getLast().seq();
    for (var follower : followers) {
      try {
        follower.accept(lines);
      } catch (Throwable e) {
        LOG.error("A follower of the log failed", e);
      }
    }
  }

  private void followOthers() {
    while (!closing) {
      try {
        if (news.tryAcquire(LOOK_AGAIN_NANOS, TimeUnit.NANOSECONDS)) {
          news.drainPermits();
        }
        while (!closing && hearOthers()) {
          LOG.trace("There may be more");
        }
      } catch (InterruptedException e) {
        LOG.debug("Somebody interrupted the follower, which has no use for it", e);
      } catch (StoreUnavailableException e) {
        LOG.debug("The log can't be followed for now: {}", e.getMessage());
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread keys that others revoke would hold here for ever.
        LOG.error("The log could not be followed", e);
      }
    }
  }

  /// Reads on in the log and tells the listeners; false when there is nothing more.
  private boolean hearOthers() {
    telling.lock();
    long after;
    try {
      after = told;
    } finally {
      telling.unlock();
    }
    var lines = engine.read(h -> linesAfter(h, after));
    if (lines.isEmpty()) {
      return false;
    }
    if (lines.stream().anyMatch(l -> l.kind().startsWith(SETTING_KIND))) {
      adopt(engine.read(h -> newer(h, settings)));
    }
    telling.lock();
    try {
      var fresh = lines.stream().filter(l -> l.seq() > told).toList();
      if (!fresh.isEmpty()) {
        tell(fresh);
      }
    } finally {
      telling.unlock();
    }
    return lines.size() == PAGE;
  }

  private static List<LogEntry> linesAfter(Handle h, long seq) {
    return h.createQuery(
            "SELECT "
                + LOG_TABLE.columnList()
                + " FROM log WHERE seq > :seq ORDER BY seq LIMIT "
                + PAGE)
        .bind("seq", seq)
        .map((r, _) -> LOG_TABLE.read(new Row(r)))
        .list();
  }

  static final String SETTING_KIND = "setting.";

  record VersionRow(String kind, String id, long seq, Instant at, @Nullable String body) {
    @Nullable Setting setting() {
      return body == null ? null : new Setting(kind, id, seq, at, body);
    }
  }

  static final Table<VersionRow> SETTING_TABLE =
      Table.<VersionRow>named("setting")
          .key("kind", VersionRow::kind)
          .key("id", VersionRow::id)
          .key("seq", VersionRow::seq)
          .column("at", VersionRow::at)
          .column("body", VersionRow::body)
          .readBy(
              r -> new VersionRow(r.text(1), r.text(2), r.number(3), r.time(4), r.textOrNull(5)));
}
