package dev.porchlight.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The batch that is open. Changes of the unit at work are kept apart until it is through.
final class OpenBatch implements Batch {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStore.class);

  private final Connection conn;
  private final Handle handle;
  private final Engine engine;
  private final Map<String, PreparedStatement> statements;
  private final Instant now;
  private final Instant clock;
  private final Map<Table<?>, Map<List<Object>, Cell<?>>> cells = new LinkedHashMap<>();
  private final List<LogEntry> lines = new ArrayList<>();
  private final List<Runnable> afterwards = new ArrayList<>();
  private long seq;
  private Settings settings;
  private @Nullable Broken broken;

  /// What the unit at work has changed: undone when it throws.
  private final List<Runnable> undo = new ArrayList<>();

  /// @param statements the writer's prepared statements by their SQL
  /// @param settings the settings as last committed
  /// @param lastSeq the log's last entry
  /// @param lastAt that entry's time
  OpenBatch(
      Connection conn,
      Handle handle,
      Engine engine,
      Map<String, PreparedStatement> statements,
      Settings settings,
      long lastSeq,
      Instant lastAt) {
    this.conn = conn;
    this.handle = handle;
    this.engine = engine;
    this.statements = statements;
    this.settings = settings;
    seq = lastSeq;
    clock = engine.now();
    now = clock.isBefore(lastAt) ? lastAt : clock;
  }

  /// The log's last entry, those of this batch included.
  long seq() {
    return seq;
  }

  /// What this batch adds to the log.
  List<LogEntry> lines() {
    return lines;
  }

  /// What is to be done once it is on disk.
  List<Runnable> afterwards() {
    return afterwards;
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
        if (broken != null) {
          // The unit has caught it, but the transaction is gone.
          throw broken;
        }
        return;
      } catch (Throwable e) {
        if (broken != null) {
          throw broken;
        }
        if (usedSql) {
          // What it wrote by SQL can only go with the transaction.
          throw new Broken(databaseFailure(e));
        }
        undo.reversed().forEach(Runnable::run);
        lines.subList(lineCount, lines.size()).clear();
        afterwards.subList(actionCount, afterwards.size()).clear();
        seq = seqBefore;
        settings = settingsBefore;
        if (!job.fallBack()) {
          job.threw(e);
          return;
        }
        LOG.error("A unit threw; its fallback is run", e);
      }
    }
  }

  /// What stopped a unit that used SQL: the database, or its own exception.
  private SQLException databaseFailure(Throwable thrown) {
    for (var cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e && engine.classify(e) != Engine.Failure.OURS) {
        return e;
      }
    }
    return new UnitThrewException(thrown);
  }

  private Broken broken(SQLException e) {
    broken = new Broken(e);
    return broken;
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
      known(cell, select(table, plain));
    }
    return cell.row;
  }

  /// Reads what these are going to look up, as far as they know, before the first of them runs.
  void readTogether(List<Job<?>> jobs) {
    var all = new LinkedHashMap<Table<?>, LinkedHashSet<List<Object>>>();
    for (var job : jobs) {
      for (var wanted : job.wanted()) {
        all.computeIfAbsent(wanted.table(), _ -> new LinkedHashSet<>()).add(wanted.key());
      }
    }
    all.forEach((table, keys) -> readTogether(table, List.copyOf(keys)));
  }

  private <R> void readTogether(Table<R> table, List<List<Object>> keys) {
    var sql =
        keys.size() < 2
            ? Optional.<String>empty()
            : engine.byManyKeys(table.name(), table.columnList(), table.keyNames());
    if (sql.isEmpty()) {
      return;
    }
    try {
      var statement = statement(sql.get());
      for (int i = 0; i < table.keyCount(); i++) {
        int column = i;
        var values = keys.stream().map(k -> k.get(column)).toArray();
        statement.setArray(
            i + 1, conn.createArrayOf(values[0] instanceof Long ? "bigint" : "text", values));
      }
      var missing = new HashSet<>(keys);
      try (var results = statement.executeQuery()) {
        var row = new Row(results);
        while (results.next()) {
          var found = table.read(row);
          var key = table.keyOf(found);
          missing.remove(key);
          known(cell(table, key), found);
        }
      }
      missing.forEach(key -> known(cell(table, key), null));
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  private static <R> void known(Cell<R> cell, @Nullable R row) {
    cell.row = row;
    cell.there = row != null;
    cell.known = true;
  }

  @Override
  public <R> void put(Table<R> table, R row) {
    var values = table.valuesOf(row);
    var cell = change(table, table.keyOf(row));
    cell.values = values;
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
      throw broken(e);
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
    long at = append(EngineStore.SETTING_KIND + kind, id, "");
    var row = new EngineStore.VersionRow(kind, id, at, now, body);
    put(EngineStore.SETTING_TABLE, row);
    settings = settings.with(at, kind, id, row.setting());
    return new Setting(kind, id, at, now, body == null ? "" : body);
  }

  @Override
  public Handle sql() {
    flush();
    // Whatever it changes, rows are read anew afterwards.
    cells.values().forEach(rows -> rows.values().forEach(Cell::forget));
    return handle;
  }

  @Override
  public void leaveNoTrace() {
    usedSql = true;
    try {
      engine.leaveNoTrace(conn);
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  @Override
  public boolean giveBackSpace() {
    usedSql = true;
    try {
      return engine.giveBackSpace(conn);
    } catch (SQLException e) {
      throw broken(e);
    }
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
        var insert = statement(EngineStore.LOG_TABLE.insert());
        bind(insert, EngineStore.LOG_TABLE.valuesOf(lines.get(written)));
        insert.addBatch();
        if (written == lines.size() - 1) {
          insert.executeBatch();
        }
      }
    } catch (SQLException e) {
      throw broken(e);
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
        bind(upserts, cell.values);
        upserts.addBatch();
      } else {
        inserts = statement(table.insert());
        bind(inserts, cell.values);
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

  /// What is known and what is changed of one row.
  private static final class Cell<R> {
    private @Nullable R row;
    private boolean known;
    private boolean there;
    private boolean dirty;

    /// What is to be written, worked out when the row was put: a row whose values can't be had is
    /// its unit's fault, not the batch's.
    private List<@Nullable Object> values = List.of();

    void forget() {
      known = false;
      row = null;
    }

    Cell<R> copy() {
      var copy = new Cell<R>();
      copy.row = row;
      copy.known = known;
      copy.there = there;
      copy.dirty = dirty;
      copy.values = values;
      return copy;
    }
  }

  /// A unit threw after it had used SQL.
  static final class UnitThrewException extends SQLException {
    private static final long serialVersionUID = 1;
    final transient Throwable thrown;

    UnitThrewException(Throwable thrown) {
      super(thrown);
      this.thrown = thrown;
    }
  }

  /// The database failed under a unit: not the unit's own doing, so it must not be caught as such.
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient SQLException failure;

    Broken(SQLException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
