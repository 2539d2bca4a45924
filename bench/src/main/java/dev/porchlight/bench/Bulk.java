package dev.porchlight.bench;

import dev.porchlight.HubConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The database of a hub that does not run, to be filled at once: nothing is synced before the end,
/// and indexes are made when all rows are there, which takes a fraction of the time.
final class Bulk implements AutoCloseable {
  private final Connection connection;
  private final boolean postgres;

  Bulk(HubConfig config) throws SQLException {
    var url = config.databaseUrl();
    postgres = url != null;
    connection =
        DriverManager.getConnection(
            url == null ? "jdbc:sqlite:" + config.data().resolve("porchlight.db") : url);
    if (postgres) {
      execute("SET synchronous_commit = off");
      execute("SET maintenance_work_mem = '256MB'");
    } else {
      execute("PRAGMA busy_timeout = 5000");
      execute("PRAGMA synchronous = OFF");
      withoutLog();
      execute("PRAGMA cache_size = -524288");
      execute("PRAGMA temp_store = FILE");
    }
  }

  /// Nothing is written twice, where nobody else has the file open: a connection of the hub's may
  /// still be on its way out.
  private void withoutLog() throws SQLException {
    try {
      execute("PRAGMA locking_mode = EXCLUSIVE");
      execute("PRAGMA journal_mode = OFF");
    } catch (SQLException e) {
      DeliveriesRun.say("  filling through the log: " + e.getMessage());
      execute("PRAGMA locking_mode = NORMAL");
    }
  }

  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void insert(String sql, Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  List<String> texts(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery(sql)) {
      var texts = new ArrayList<String>();
      while (results.next()) {
        texts.add(results.getString(1));
      }
      return texts;
    }
  }

  interface Work {
    void run() throws SQLException;
  }

  /// Does all that as one transaction.
  void atOnce(Work work) throws SQLException {
    execute("BEGIN");
    work.run();
    execute("COMMIT");
  }

  /// Does that while there are no indexes but those of keys.
  void withoutIndexes(Work work) throws SQLException {
    var makers =
        texts(
            postgres
                ? "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND"
                    + " indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname"
                : "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY"
                    + " name");
    var names =
        texts(
            postgres
                ? "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND"
                    + " indexname NOT IN (SELECT conname FROM pg_constraint)"
                : "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
    // What the planner was told of an index goes with it.
    if (!postgres) {
      execute("CREATE TEMPORARY TABLE bench_told AS SELECT * FROM sqlite_stat1");
    }
    for (var name : names) {
      execute("DROP INDEX " + name);
    }
    work.run();
    DeliveriesRun.say("  " + makers.size() + " indexes");
    for (var maker : makers) {
      execute(maker);
    }
    if (postgres) {
      // As its own housekeeping does within minutes.
      execute("ANALYZE");
    } else {
      execute("DELETE FROM sqlite_stat1");
      execute("INSERT INTO sqlite_stat1 SELECT * FROM bench_told");
    }
  }

  @Override
  public void close() throws SQLException {
    if (!postgres) {
      execute("PRAGMA journal_mode = WAL");
    }
    connection.close();
  }
}
