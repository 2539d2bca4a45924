package dev.porchlight.store;

import dev.porchlight.filter.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
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
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long GIVE_UP_SECONDS = 10;
  private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private final Engine engine;
  private final WaitingJobs waiting = new WaitingJobs();
  private final Thread writer;
  private final LogFollowers followers;

  /// Only the writer's thread.
  private final Statements statements = new Statements();

  private @Nullable Connection connection;
  private @Nullable Handle handle;
  private long lastSeq;
  private Instant lastAt = Instant.EPOCH;

  private volatile Settings settings = Settings.EMPTY;
  private final Object adopting = new Object();
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
    try {
      engine.read(h -> {
        h.createQuery("SELECT seq, at FROM log ORDER BY seq DESC LIMIT 1")
            .map((r, _) -> {
              lastSeq = r.getLong(1);
              lastAt = Row.instant(r.getLong(2));
              return lastSeq;
            })
            .findOne();
        settings = SettingVersion.newer(h, Settings.EMPTY);
        return lastSeq;
      });
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    followers =
        new LogFollowers(
            engine, lastSeq, () -> adopt(engine.read(h -> SettingVersion.newer(h, settings))));
    writer = Thread.ofPlatform().name("store-writer").start(this::loop);
    followers.start();
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
    if (closing) {
      throw StoreUnavailableException.closed();
    }
    switch (state) {
      case StoreState.Halted(var reason) -> throw new StoreUnavailableException(reason);
      case StoreState.Refusing(var reason) -> throw new StoreUnavailableException(reason);
      case StoreState.Accepting _ -> {}
    }
    waiting.add(queue, job);
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
    return followers.add(listener);
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
    return waiting.size();
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
    closing = true;
    waiting.close();
    boolean interrupted = join(writer);
    interrupted |= followers.close();
    engine.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits, come what may: closing the files under a writer at work would be worse.
  static boolean join(Thread thread) {
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
      var jobs = waiting.take(() -> state instanceof StoreState.Refusing);
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
      } else if (waiting.isDone()) {
        return;
      } else {
        lookAgain();
      }
    }
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
        adopt(SettingVersion.newer(handle, settings));
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
    synchronized (adopting) {
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
    followers.committed(batch.lines());
  }
}
