package dev.porchlight.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;

/// Which schema a database has, and how it is brought up to date; and which SQLite may have it.
final class SqliteSchema {
  /// The newest one that this release knows.
  static final int NEWEST = 1;

  private SqliteSchema() {}

  /// Brings a database up to date.
  ///
  /// @param writer a connection to it
  /// @param passing nothing of it is synced
  /// @throws IllegalStateException with a sentence for the user: a newer release wrote it, this
  ///   SQLite is too old
  static void upToDate(Connection writer, Path file, boolean passing) throws SQLException {
    checkVersion(version(writer));
    int found = of(writer);
    if (found > NEWEST) {
      throw new IllegalStateException(
          "The database was written by a newer release (schema "
              + found
              + ", this release knows "
              + NEWEST
              + "): install that release, or restore a backup made before the upgrade");
    }
    if (found < NEWEST) {
      Flyway.configure()
          .dataSource("jdbc:sqlite:" + file + (passing ? "?synchronous=OFF" : ""), null, null)
          .locations("classpath:dev/porchlight/store/sqlite")
          .loggers("slf4j")
          .load()
          .migrate();
    }
    if (!PlannerStatistics.areIn(writer)) {
      PlannerStatistics.expect(writer);
    }
    if (found == 0) {
      FreshFile.OURS.keep(writer);
    }
  }

  private static String version(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("SELECT sqlite_version()")) {
      results.next();
      return results.getString(1);
    }
  }

  static void checkVersion(String version) {
    var parts = version.split("\\.", -1);
    int number =
        Integer.parseInt(parts[0]) * 1_000_000
            + Integer.parseInt(parts[1]) * 1000
            + Integer.parseInt(parts[2]);
    if (number < 3_051_003) {
      throw new IllegalStateException(
          "SQLite " + version + " can damage a database in WAL mode; 3.51.3 or newer is needed");
    }
  }

  /// The version of the schema that a database has; 0 when it has none.
  static int of(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      try (var results =
          statement.executeQuery(
              "SELECT 1 FROM sqlite_master WHERE name = 'flyway_schema_history'")) {
        if (!results.next()) {
          return 0;
        }
      }
      try (var results =
          statement.executeQuery(
              "SELECT MAX(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success")) {
        results.next();
        return results.getInt(1);
      }
    }
  }
}
