package dev.porchlight.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
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
/// [StoreUnavailableException]. After a failed sync nothing is known about the file's pages any
/// more, so the store halts: it reads on but takes no work until it is started again.
public final class EngineStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStore.class);
  private static final int MAX_UNITS = 64;
  private static final int RESERVED_FOR_LOWER = 16;
  private static final int MAX_BYTES = 256 * 1024;
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long GIVE_UP_SECONDS = 10;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

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

  /// Only the writer's thread.
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  private @Nullable Connection connection;
  private @Nullable Handle handle;
  private long lastSeq;
  private Instant lastAt = Instant.EPOCH;

  private volatile Settings settings = Settings.EMPTY;
  private volatile StoreState state = new StoreState.Accepting();
  private volatile boolean closing;
  private volatile long batches;
  private volatile long units;

  /// Takes over an engine whose schema is current, and closes it in the end.
  public EngineStore(Engine engine) {
    this.engine = engine;
    for (var queue : WorkQueue.values()) {
      queues.put(queue, new ArrayDeque<>());
    }
    engine.read(h -> {
      h.createQuery("SELECT seq, at FROM log ORDER BY seq DESC LIMIT 1")
          .map((r, _) -> {
            lastSeq = r.getLong(1);
            lastAt = Row.instant(r.getLong(2));
            return lastSeq;
          })
          .findOne();
      settings = load(h);
      return lastSeq;
    });
    writer = Thread.ofPlatform().name("store-writer").start(this::loop);
  }

  private static Settings load(Handle h) {
    var loaded = Settings.EMPTY;
    var rows =
        h.createQuery("SELECT kind, id, seq, at, body FROM setting ORDER BY seq")
            .map((r, _) -> {
              var row = new Row(r);
              return new VersionRow(
                  row.text(1), row.text(2), row.number(3), row.time(4), row.textOrNull(5));
            })
            .list();
    for (var row : rows) {
      loaded = loaded.with(row.seq(), row.kind(), row.id(), row.setting());
    }
    return loaded;
  }

  @Override
  public <T> T write(WorkQueue queue, Unit<T> unit) {
    var job = new Job<>(unit, System.nanoTime());
    lock.lock();
    try {
      if (closing) {
        throw new StoreUnavailableException("the store is closing");
      }
      switch (state) {
        case StoreState.Halted(var reason) -> throw new StoreUnavailableException(reason);
        case StoreState.Refusing _, StoreState.Accepting _ -> {}
      }
      queues.computeIfAbsent(queue, _ -> new ArrayDeque<>()).add(job);
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      return job.result.get(GIVE_UP_SECONDS, TimeUnit.SECONDS);
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

  @Override
  public <T> T read(Function<Handle, T> query) {
    return engine.read(query);
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
  public StoreState state() {
    return state;
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
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engine.close();
  }

  private void loop() {
    while (true) {
      var jobs = take();
      if (jobs.isEmpty()) {
        return;
      }
      try {
        runTogether(jobs);
      } catch (Throwable t) {
        LOG.error("The writer failed outside any unit; its callers are told 503", t);
        jobs.forEach(
            j -> j.result.completeExceptionally(new StoreUnavailableException("writer failed", t)));
        drop();
      }
    }
  }

  /// Waits for work; an empty list when the store is closing and nothing is left.
  private List<Job<?>> take() {
    lock.lock();
    try {
      while (true) {
        if (queues.values().stream().anyMatch(q -> !q.isEmpty())) {
          break;
        }
        if (closing) {
          return List.of();
        }
        work.awaitUninterruptibly();
      }
      var taken = new ArrayList<Job<?>>();
      int bytes = 0;
      for (int round = 0; round < 2; round++) {
        int limit = round == 0 ? MAX_UNITS - RESERVED_FOR_LOWER : MAX_UNITS;
        for (var queue : queues.values()) {
          int fromThis = 0;
          while (!queue.isEmpty() && taken.size() < MAX_UNITS && fromThis < limit) {
            var next = queue.peek();
            if (!taken.isEmpty() && bytes + next.unit.size() > MAX_BYTES) {
              return taken;
            }
            queue.poll();
            if (next.start()) {
              taken.add(next);
              bytes += next.unit.size();
              fromThis++;
            }
          }
        }
      }
      return taken.isEmpty() ? take() : taken;
    } finally {
      lock.unlock();
    }
  }

  private void runTogether(List<Job<?>> jobs) {
    switch (state) {
      case StoreState.Halted(var reason) -> {
        refuse(jobs, new StoreUnavailableException(reason));
        return;
      }
      case StoreState.Refusing _, StoreState.Accepting _ -> {}
    }
    try {
      transact(jobs);
    } catch (SQLException e) {
      switch (failed(e)) {
        case OURS -> {
          if (jobs.size() > 1) {
            for (var job : jobs) {
              runTogether(List.of(job));
            }
          } else {
            blame(jobs.getFirst(), e);
          }
        }
        case NO_ROOM ->
            refuse(jobs, new StoreUnavailableException(String.valueOf(e.getMessage()), e));
        case IN_DOUBT ->
            refuse(jobs, new StoreUnavailableException(String.valueOf(e.getMessage()), e));
      }
    }
  }

  /// The database refused what this unit wrote: what it names instead is tried, once.
  private <T> void blame(Job<T> job, SQLException refusal) {
    var instead = job.fallBack();
    if (instead.isEmpty()) {
      job.result.completeExceptionally(
          new IllegalStateException("the database refused what a unit wrote", refusal));
      return;
    }
    LOG.error("The database refused what a unit wrote; its fallback is run", refusal);
    runTogether(List.of(job));
  }

  private void refuse(List<Job<?>> jobs, StoreUnavailableException why) {
    jobs.forEach(j -> j.result.completeExceptionally(why));
  }

  private Engine.Failure failed(SQLException e) {
    var failure = engine.classify(e);
    if (connection != null) {
      engine.rollback(connection);
    }
    switch (failure) {
      case OURS -> {}
      case NO_ROOM -> {
        if (!(state instanceof StoreState.Refusing)) {
          LOG.error("Nothing can be stored for now: {}", e.getMessage());
        }
        state = new StoreState.Refusing(String.valueOf(e.getMessage()));
        drop();
      }
      case IN_DOUBT -> {
        LOG.error("The disk is in doubt; no work is taken until the next start", e);
        state = new StoreState.Halted("the disk is in doubt: " + e.getMessage());
        drop();
      }
    }
    return failure;
  }

  private void drop() {
    statements.values().forEach(EngineStore::closeQuietly);
    statements.clear();
    connection = null;
    handle = null;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("Closing failed", e);
    }
  }

  private void transact(List<Job<?>> jobs) throws SQLException {
    var conn = engine.writer();
    if (conn != connection) {
      drop();
      connection = conn;
      handle = Jdbi.open(conn);
    }
    engine.begin(conn);
    var batch = new OpenBatch(conn);
    long taken = System.nanoTime();
    try {
      for (var job : jobs) {
        if (taken - job.since > PATIENCE_NANOS) {
          job.fallBack();
        }
        batch.run(job);
      }
      batch.flush();
    } catch (Broken e) {
      throw e.failure;
    }
    engine.commit(conn);
    lastSeq = batch.seq;
    lastAt = batch.now;
    settings = batch.settings;
    batches++;
    units += jobs.size();
    if (!(state instanceof StoreState.Accepting)) {
      LOG.info("Storing works again");
      state = new StoreState.Accepting();
    }
    // Before the callers are answered: whoever has an answer finds what follows from it in place.
    for (var action : batch.afterwards) {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.error("An action after a commit failed", e);
      }
    }
    for (var job : jobs) {
      job.answer();
    }
    if (!batch.lines.isEmpty()) {
      for (var follower : followers) {
        try {
          follower.accept(batch.lines);
        } catch (RuntimeException e) {
          LOG.error("A follower of the log failed", e);
        }
      }
    }
  }

  private record VersionRow(String kind, String id, long seq, Instant at, @Nullable String body) {
    @Nullable Setting setting() {
      return body == null ? null : new Setting(kind, id, seq, at, body);
    }
  }

  private static final Table<VersionRow> SETTING_TABLE =
      Table.<VersionRow>named("setting")
          .key("kind", VersionRow::kind)
          .key("id", VersionRow::id)
          .key("seq", VersionRow::seq)
          .column("at", VersionRow::at)
          .column("body", VersionRow::body)
          .readBy(
              r -> new VersionRow(r.text(1), r.text(2), r.number(3), r.time(4), r.textOrNull(5)));

  /// One unit on its way through the writer.
  private static final class Job<T> {
    private Unit<T> unit;
    private final long since;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private boolean taken;
    private boolean withdrawn;
    private boolean fellBack;
    private @Nullable Outcome<T> outcome;

    Job(Unit<T> unit, long since) {
      this.unit = unit;
      this.since = since;
    }

    synchronized boolean start() {
      taken = true;
      return !withdrawn;
    }

    synchronized void withdraw() {
      if (!taken) {
        withdrawn = true;
      }
    }

    Optional<Unit<T>> fallBack() {
      if (fellBack) {
        return Optional.empty();
      }
      var instead = unit.instead();
      if (instead.isPresent()) {
        unit = instead.get();
        fellBack = true;
      }
      return instead;
    }

    void run(Batch batch) {
      outcome = new Outcome.Done<>(unit.run(batch));
    }

    void threw(RuntimeException e) {
      outcome = new Outcome.Threw<>(e);
    }

    void answer() {
      switch (outcome) {
        case Outcome.Done<T>(var value) -> result.complete(value);
        case Outcome.Threw<T>(var exception) -> result.completeExceptionally(exception);
        case null -> throw new IllegalStateException("answered before it ran");
      }
    }
  }

  private sealed interface Outcome<T> {
    record Done<T>(T value) implements Outcome<T> {}

    record Threw<T>(RuntimeException exception) implements Outcome<T> {}
  }

  /// What is known and what is changed of one row.
  private static final class Cell<R> {
    private @Nullable R row;
    private boolean known;
    private boolean there;
    private boolean dirty;

    Cell<R> copy() {
      var copy = new Cell<R>();
      copy.row = row;
      copy.known = known;
      copy.there = there;
      copy.dirty = dirty;
      return copy;
    }
  }

  /// The batch that is open. Changes of the unit at work are kept apart until it is through.
  private final class OpenBatch implements Batch {
    private final Connection conn;
    private final Instant now;
    private final Instant clock;
    private final Map<Table<?>, Map<List<Object>, Cell<?>>> cells = new LinkedHashMap<>();
    private final List<LogEntry> lines = new ArrayList<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private long seq = lastSeq;
    private Settings settings = EngineStore.this.settings;

    /// What the unit at work has changed: undone when it throws.
    private final List<Runnable> undo = new ArrayList<>();

    OpenBatch(Connection conn) {
      this.conn = conn;
      clock = engine.now();
      now = clock.isBefore(lastAt) ? lastAt : clock;
    }

    void run(Job<?> job) {
      while (true) {
        undo.clear();
        usedSql = false;
        int lineCount = lines.size();
        int actionCount = afterwards.size();
        long seqBefore = seq;
        var settingsBefore = settings;
        try {
          job.run(this);
          return;
        } catch (Broken e) {
          throw e;
        } catch (RuntimeException e) {
          if (usedSql) {
            // What it wrote by SQL can only go with the transaction.
            throw new Broken(new SQLException("a unit threw after using SQL", e));
          }
          undo.reversed().forEach(Runnable::run);
          lines.subList(lineCount, lines.size()).clear();
          afterwards.subList(actionCount, afterwards.size()).clear();
          seq = seqBefore;
          settings = settingsBefore;
          if (job.fallBack().isEmpty()) {
            job.threw(e);
            return;
          }
          LOG.error("A unit threw; its fallback is run", e);
        }
      }
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public Instant clock() {
      return clock;
    }

    @SuppressWarnings("unchecked") // a table's cells hold that table's rows
    private <R> Cell<R> cell(Table<R> table, List<Object> key) {
      return (Cell<R>)
          cells
              .computeIfAbsent(table, _ -> new LinkedHashMap<>())
              .computeIfAbsent(key, _ -> new Cell<R>());
    }

    private <R> Cell<R> change(Table<R> table, List<Object> key) {
      var cell = cell(table, key);
      var before = cell.copy();
      undo.add(() -> cells.getOrDefault(table, new LinkedHashMap<>()).put(key, before));
      return cell;
    }

    @Override
    public <R> @Nullable R find(Table<R> table, Object... key) {
      if (key.length != table.keyCount()) {
        throw new IllegalArgumentException(table.name() + " has another key");
      }
      var plain = Arrays.stream(key).map(Table::plain).toList();
      var cell = cell(table, plain);
      if (!cell.known) {
        cell.row = select(table, plain);
        cell.there = cell.row != null;
        cell.known = true;
      }
      return cell.row;
    }

    @Override
    public <R> void put(Table<R> table, R row) {
      var cell = change(table, table.keyOf(row));
      cell.row = row;
      cell.known = true;
      cell.dirty = true;
    }

    @Override
    public void delete(Table<?> table, Object... key) {
      remove(table, Arrays.stream(key).map(Table::plain).toList());
    }

    private <R> void remove(Table<R> table, List<Object> key) {
      var cell = change(table, key);
      if (!cell.known) {
        cell.there = true;
      }
      cell.row = null;
      cell.known = true;
      cell.dirty = true;
    }

    private <R> @Nullable R select(Table<R> table, List<Object> key) {
      try {
        var statement = statement(table.select());
        bind(statement, key);
        try (var results = statement.executeQuery()) {
          return results.next() ? table.read(new Row(results)) : null;
        }
      } catch (SQLException e) {
        throw new Broken(e);
      }
    }

    @Override
    public long append(String kind, String subject, String ref) {
      lines.add(new LogEntry(++seq, now, kind, subject, ref));
      return seq;
    }

    @Override
    public void resumeAt(long next) {
      if (next <= seq) {
        throw new IllegalArgumentException("the log is at " + seq + " already");
      }
      seq = next - 1;
    }

    @Override
    public Settings settings() {
      return settings;
    }

    @Override
    public Setting change(String kind, String id, @Nullable String body) {
      long at = append("setting." + kind, id, "");
      var row = new VersionRow(kind, id, at, now, body);
      put(SETTING_TABLE, row);
      settings = settings.with(at, kind, id, row.setting());
      return new Setting(kind, id, at, now, body == null ? "" : body);
    }

    @Override
    public Handle sql() {
      usedSql = true;
      if (handle == null) {
        throw new IllegalStateException("no connection");
      }
      return handle;
    }

    private int written;
    private boolean usedSql;

    @Override
    public void flush() {
      usedSql = true;
      try {
        for (var entry : cells.entrySet()) {
          write(entry.getKey(), entry.getValue());
        }
        for (; written < lines.size(); written++) {
          var insert = statement(LOG_TABLE.insert());
          bind(insert, LOG_TABLE.valuesOf(lines.get(written)));
          insert.addBatch();
          if (written == lines.size() - 1) {
            insert.executeBatch();
          }
        }
      } catch (SQLException e) {
        throw new Broken(e);
      }
    }

    @SuppressWarnings("unchecked") // a table's cells hold that table's rows
    private <R> void write(Table<R> table, Map<List<Object>, Cell<?>> rows) throws SQLException {
      PreparedStatement inserts = null;
      PreparedStatement upserts = null;
      PreparedStatement deletes = null;
      for (var entry : rows.entrySet()) {
        var cell = (Cell<R>) entry.getValue();
        if (!cell.dirty) {
          continue;
        }
        cell.dirty = false;
        if (cell.row == null) {
          if (cell.there) {
            deletes = statement(table.delete());
            bind(deletes, entry.getKey());
            deletes.addBatch();
          }
          cell.there = false;
        } else if (cell.there) {
          upserts = statement(table.upsert());
          bind(upserts, table.valuesOf(cell.row));
          upserts.addBatch();
        } else {
          inserts = statement(table.insert());
          bind(inserts, table.valuesOf(cell.row));
          inserts.addBatch();
          cell.there = true;
        }
      }
      for (var statement : new PreparedStatement[] {deletes, inserts, upserts}) {
        if (statement != null) {
          statement.executeBatch();
        }
      }
    }

    @Override
    public void afterCommit(Runnable action) {
      afterwards.add(action);
    }

    private PreparedStatement statement(String sql) throws SQLException {
      var known = statements.get(sql);
      if (known == null) {
        known = conn.prepareStatement(sql);
        statements.put(sql, known);
      }
      return known;
    }

    private static void bind(PreparedStatement statement, List<? extends @Nullable Object> values)
        throws SQLException {
      for (int i = 0; i < values.size(); i++) {
        switch (values.get(i)) {
          case String text -> statement.setString(i + 1, text);
          case Long number -> statement.setLong(i + 1, number);
          case byte[] bytes -> statement.setBytes(i + 1, bytes);
          case null -> statement.setObject(i + 1, null);
          default -> throw new IllegalArgumentException("not a column's value");
        }
      }
    }
  }

  /// The database failed under a unit: not the unit's own doing, so it must not be caught as such.
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient SQLException failure;

    Broken(SQLException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
