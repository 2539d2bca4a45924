package dev.porchlight.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The batch that is open. Changes of the unit at work are kept apart until it is through.
final class OpenBatch implements Batch {
  private static final Logger LOG = LoggerFactory.getLogger(EngineStore.class);

  private static final int MOST_UNITS_TOGETHER = 6;
  private static final int MOST_ROWS_TOGETHER = 48;

  private final Connection conn;
  private final Handle handle;
  private final Engine engine;
  private final Statements statements;
  private final Instant now;
  private final Instant clock;
  private final Map<Table<?>, Map<List<Object>, Cell<?>>> cells = new LinkedHashMap<>();
  private final List<LogEntry> lines = new ArrayList<>();

  /// How many of the lines are in the database already.
  private int written;

  /// The number of the unit at work.
  private int unit;

  /// By which unit each line was appended.
  private final List<Integer> unitOfLine = new ArrayList<>();

  private final List<Runnable> afterwards = new ArrayList<>();
  private long seq;
  private Settings settings;
  private @Nullable Broken broken;

  /// What the unit at work has changed: undone when it throws.
  private final List<Runnable> undo = new ArrayList<>();

  /// @param statements of the connection
  /// @param settings the settings as last committed
  /// @param lastSeq the log's last entry
  /// @param lastAt that entry's time
  OpenBatch(
      Connection conn,
      Handle handle,
      Engine engine,
      Statements statements,
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
    unit++;
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
        unitOfLine.subList(lineCount, unitOfLine.size()).clear();
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
    cell.unit = unit;
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
    engine.together().ifPresent(together -> readTogether(jobs, together));
  }

  private void readTogether(List<Job<?>> jobs, Engine.Together together) {
    var all = new LinkedHashMap<Table<?>, LinkedHashSet<List<Object>>>();
    for (var job : jobs) {
      for (var wanted : job.wanted()) {
        all.computeIfAbsent(wanted.table(), _ -> new LinkedHashSet<>()).add(wanted.key());
      }
    }
    var lookUps =
        all.entrySet().stream().map(e -> lookUp(e.getKey(), e.getValue(), together)).toList();
    if (lookUps.isEmpty()) {
      return;
    }
    try {
      var sql = lookUps.stream().map(LookUp::sql).collect(Collectors.joining(";\n"));
      var statement = statements.getTogether(conn, sql);
      if (statement.isPresent()) {
        int next = 1;
        for (var lookUp : lookUps) {
          next = bind(statement.get(), next, lookUp);
        }
        statement.get().execute();
        for (var lookUp : lookUps) {
          read(lookUp, statement.get());
          statement.get().getMoreResults();
        }
      } else {
        for (var lookUp : lookUps) {
          bind(statement(lookUp.sql()), 1, lookUp);
          statement(lookUp.sql()).execute();
          read(lookUp, statement(lookUp.sql()));
        }
      }
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  /// Rows of one table, by one key or by many.
  private record LookUp(Table<?> table, List<List<Object>> keys, String sql) {}

  private static LookUp lookUp(
      Table<?> table, LinkedHashSet<List<Object>> keys, Engine.Together together) {
    var list = List.copyOf(keys);
    return new LookUp(
        table,
        list,
        list.size() == 1
            ? table.select()
            : together.byManyKeys(table.name(), table.columnList(), table.keyNames()));
  }

  private int bind(PreparedStatement statement, int first, LookUp lookUp) throws SQLException {
    if (lookUp.keys().size() == 1) {
      return bind(statement, first, lookUp.keys().getFirst());
    }
    int width = lookUp.table().keyCount();
    for (int i = 0; i < width; i++) {
      int column = i;
      var values = lookUp.keys().stream().map(k -> k.get(column)).toArray();
      statement.setArray(
          first + i, conn.createArrayOf(values[0] instanceof Long ? "bigint" : "text", values));
    }
    return first + width;
  }

  private void read(LookUp lookUp, PreparedStatement statement) throws SQLException {
    try (var results = statement.getResultSet()) {
      read(lookUp.table(), lookUp.keys(), results);
    }
  }

  private <R> void read(Table<R> table, List<List<Object>> keys, ResultSet results)
      throws SQLException {
    var missing = new HashSet<>(keys);
    var row = new Row(results);
    while (results.next()) {
      var found = table.read(row);
      var key = table.keyOf(found);
      missing.remove(key);
      known(cell(table, key), found);
    }
    missing.forEach(key -> known(cell(table, key), null));
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
    unitOfLine.add(unit);
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
    long at = append(SettingVersion.LINE + kind, id, "");
    var row = new SettingVersion(kind, id, at, now, body);
    put(SettingVersion.TABLE, row);
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

  private boolean usedSql;

  @Override
  public void flush() {
    usedSql = true;
    try {
      var writes = writes();
      if (engine.together().isEmpty() || !sendTogether(writes)) {
        sendByTable(writes);
      }
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  /// A row to be written or deleted.
  ///
  /// @param unit that asked for it last
  private record Write(int unit, String sql, List<? extends @Nullable Object> values) {}

  /// All that is to be written, table by table; from now on it counts as written.
  private List<Write> writes() {
    var writes = new ArrayList<Write>();
    cells.forEach((table, rows) -> writes(table, rows, writes));
    for (; written < lines.size(); written++) {
      writes.add(
          new Write(
              unitOfLine.get(written),
              LogEntry.TABLE.insert(),
              LogEntry.TABLE.valuesOf(lines.get(written))));
    }
    return writes;
  }

  private static void writes(Table<?> table, Map<List<Object>, Cell<?>> rows, List<Write> writes) {
    var deletes = new ArrayList<Write>();
    var inserts = new ArrayList<Write>();
    var upserts = new ArrayList<Write>();
    rows.forEach((key, cell) -> {
      if (!cell.dirty) {
        return;
      }
      cell.dirty = false;
      if (cell.row == null) {
        if (cell.there) {
          deletes.add(new Write(cell.unit, table.delete(), key));
        }
        cell.there = false;
      } else if (cell.there) {
        upserts.add(new Write(cell.unit, table.upsert(), cell.values));
      } else {
        inserts.add(new Write(cell.unit, table.insert(), cell.values));
        cell.there = true;
      }
    });
    writes.addAll(deletes);
    writes.addAll(inserts);
    writes.addAll(upserts);
  }

  /// One batch of rows for each table.
  private void sendByTable(List<Write> writes) throws SQLException {
    var bySql = new LinkedHashMap<String, List<Write>>();
    writes.forEach(w -> bySql.computeIfAbsent(w.sql(), _ -> new ArrayList<>()).add(w));
    for (var entry : bySql.entrySet()) {
      var statement = statement(entry.getKey());
      for (var write : entry.getValue()) {
        bind(statement, write.values());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /// What each unit writes in one go: units of one kind write the same tables, so there are few
  /// such lists of statements. Where many units have gathered, tables that have many rows each are
  /// the fewer ways.
  ///
  /// @return false, and nothing sent, where it does not pay
  private boolean sendTogether(List<Write> writes) throws SQLException {
    var byUnit = new TreeMap<Integer, List<Write>>();
    writes.forEach(w -> byUnit.computeIfAbsent(w.unit(), _ -> new ArrayList<>()).add(w));
    if (byUnit.size() > MOST_UNITS_TOGETHER
        || byUnit.values().stream().anyMatch(list -> list.size() > MOST_ROWS_TOGETHER)) {
      return false;
    }
    for (var list : byUnit.values()) {
      var sql = list.stream().map(Write::sql).collect(Collectors.joining(";\n"));
      var statement = statements.getTogether(conn, sql);
      if (statement.isPresent()) {
        int next = 1;
        for (var write : list) {
          next = bind(statement.get(), next, write.values());
        }
        statement.get().execute();
      } else {
        sendByTable(list);
      }
    }
    return true;
  }

  @Override
  public void afterCommit(Runnable action) {
    afterwards.add(action);
  }

  private PreparedStatement statement(String sql) throws SQLException {
    return statements.get(conn, sql);
  }

  private static void bind(PreparedStatement statement, List<? extends @Nullable Object> values)
      throws SQLException {
    bind(statement, 1, values);
  }

  /// @param first the number of the first parameter
  /// @return the number of the one after the last
  private static int bind(
      PreparedStatement statement, int first, List<? extends @Nullable Object> values)
      throws SQLException {
    int i = first;
    for (var value : values) {
      switch (value) {
        case String text -> statement.setString(i, text);
        case Long number -> statement.setLong(i, number);
        case byte[] bytes -> statement.setBytes(i, bytes);
        case null -> statement.setObject(i, null);
        default -> throw new IllegalArgumentException("not a column's value");
      }
      i++;
    }
    return i;
  }

  /// What is known and what is changed of one row.
  private static final class Cell<R> {
    private @Nullable R row;
    private boolean known;
    private boolean there;
    private boolean dirty;

    /// The unit that changed it last: what it has to come after was written by then.
    private int unit;

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
      copy.unit = unit;
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
