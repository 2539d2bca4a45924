package dev.porchlight.store.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.Driver;

/// A PostgreSQL database that a store is moved into.
///
/// It must be empty: without a table, or with this release's tables and not a row in them. While it
/// is filled it holds the table `unfinished_move`, by which a hub knows not to start on it, and the
/// lock that every hub's writer takes, so that none writes beside.
public final class PostgresTarget implements AutoCloseable {
  private static final String MARK = "unfinished_move";
  private static final int SHOWN = 5;

  /// What is there beside the tables that a move fills.
  private static final List<String> OWN = List.of("batch_mark", "flyway_schema_history", MARK);

  private final String url;
  private final Connection connection;

  private PostgresTarget(String url, Connection connection) {
    this.url = url;
    this.connection = connection;
  }

  /// Makes it ready: checks that it is fit and empty, makes the tables, and leaves the mark.
  ///
  /// @param url `jdbc:postgresql://host:port/database?user=...&password=...`
  /// @param source what is moved, for whoever finds the mark
  /// @param tables the tables that will be filled
  /// @param replaceUnfinished to delete what a move that was not finished has left
  /// @throws IllegalStateException with a sentence for the user, without a password
  public static PostgresTarget open(
      String url, String source, Collection<String> tables, boolean replaceUnfinished) {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalStateException("--to must begin with jdbc:postgresql://");
    }
    if (url.replaceFirst("(?s)\\?.*", "").contains("@")) {
      throw new IllegalStateException(
          "Name user and password behind the address:"
              + " jdbc:postgresql://host/database?user=...&password=...");
    }
    try {
      var connection = connect(url);
      try {
        var target = new PostgresTarget(url, connection);
        target.prepare(source, tables, replaceUnfinished);
        return target;
      } catch (SQLException | RuntimeException e) {
        PostgresEngine.closeQuietly(connection);
        throw e;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The database "
              + PostgresEngine.address(url)
              + " can't be used: "
              + PostgresEngine.reason(e, url),
          e);
    }
  }

  private static Connection connect(String url) throws SQLException {
    var properties = new Properties();
    properties.setProperty("ApplicationName", "porchlight-move");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "10");
    properties.setProperty("socketTimeout", "300");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("reWriteBatchedInserts", "true");
    // Details quote whole rows, and so people.
    properties.setProperty("logServerErrorDetail", "false");
    var connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("this is no address of a PostgreSQL database");
    }
    return connection;
  }

  private void prepare(String source, Collection<String> tables, boolean replaceUnfinished)
      throws SQLException {
    connection.setAutoCommit(false);
    PostgresEngine.check(connection);
    if (PostgresEngine.text(connection, "SELECT current_schema()") == null) {
      throw new IllegalStateException(
          "The database " + address() + " has no schema that this user may make tables in");
    }
    alone();
    var unfinished = unfinished(connection);
    if (unfinished.isPresent()) {
      if (!replaceUnfinished) {
        throw new IllegalStateException(
            "The database "
                + address()
                + " holds a move that was not finished ("
                + unfinished.get()
                + "): start over with --replace-unfinished, which deletes what it left there");
      }
      drop(tables);
    }
    requireEmpty();
    connection.commit();
    try {
      PostgresEngine.migrate(connection, url);
    } catch (FlywayException e) {
      throw new IllegalStateException(
          "The tables can't be made in the database "
              + address()
              + ": "
              + PostgresEngine.deepest(e),
          e);
    }
    PostgresEngine.execute(
        connection, "CREATE TABLE " + MARK + " (source TEXT PRIMARY KEY, begun_at TEXT NOT NULL)");
    try (var statement =
        connection.prepareStatement(
            "INSERT INTO " + MARK + " VALUES (?, CAST(date_trunc('second', now()) AS TEXT))")) {
      statement.setString(1, source);
      statement.executeUpdate();
    }
    connection.commit();
    // What is not yet synced when the machine dies belongs to a move that is not finished.
    PostgresEngine.execute(connection, "SET synchronous_commit = off");
    connection.commit();
  }

  /// Sees to it that no hub is at work here, and that none will be until this is closed.
  private void alone() throws SQLException {
    boolean free =
        PostgresEngine.text(connection, "SELECT pg_try_advisory_lock(" + PostgresEngine.LOCK + ")")
            .equals("t");
    var hubs =
        PostgresEngine.text(
            connection,
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'porchlight'");
    if (!free || !hubs.equals("0")) {
      throw new IllegalStateException(
          "A hub or another move is at work in the database " + address() + ": stop it first");
    }
  }

  /// What the mark says; empty where there is none.
  static Optional<String> unfinished(Connection connection) throws SQLException {
    if (PostgresEngine.text(
            connection, "SELECT COALESCE(CAST(to_regclass('" + MARK + "') AS TEXT), '')")
        .isEmpty()) {
      return Optional.empty();
    }
    var text =
        PostgresEngine.text(
            connection, "SELECT 'of ' || source || ', begun at ' || begun_at FROM " + MARK);
    return Optional.of(text.isEmpty() ? "of which nothing is known" : text);
  }

  private void drop(Collection<String> tables) throws SQLException {
    PostgresEngine.execute(
        connection,
        "DROP TABLE IF EXISTS "
            + Stream.concat(tables.stream(), OWN.stream())
                .map(PostgresTarget::quoted)
                .collect(Collectors.joining(", ")));
  }

  private void requireEmpty() throws SQLException {
    var found = tables();
    if (found.isEmpty()) {
      return;
    }
    if (!found.contains("flyway_schema_history") || !found.contains("log")) {
      throw new IllegalStateException(
          "The database "
              + address()
              + " is not empty: it has "
              + found.stream().limit(SHOWN).collect(Collectors.joining(", "))
              + (found.size() > SHOWN ? " and " + (found.size() - SHOWN) + " more" : "")
              + ". Name one without tables");
    }
    int schema = PostgresEngine.schema(connection);
    if (schema != PostgresEngine.SCHEMA) {
      throw new IllegalStateException(
          "The database "
              + address()
              + " holds a store of "
              + (schema > PostgresEngine.SCHEMA ? "a newer" : "an older")
              + " release (schema "
              + schema
              + ", this release has "
              + PostgresEngine.SCHEMA
              + "). Name one without tables");
    }
    for (var table : found) {
      if (!table.equals("flyway_schema_history")
          && !PostgresEngine.text(connection, "SELECT 1 FROM " + quoted(table) + " LIMIT 1")
              .isEmpty()) {
        throw new IllegalStateException(
            "The database "
                + address()
                + " is not empty: it holds a store already. Name one without tables");
      }
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /// Tables, views and sequences of the schema.
  private List<String> tables() throws SQLException {
    var names = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var results =
            statement.executeQuery(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                    + " AND relnamespace = CAST(current_schema() AS regnamespace)"
                    + " ORDER BY relname")) {
      while (results.next()) {
        names.add(results.getString(1));
      }
    }
    return names;
  }

  /// Whether a table is the engine's own, and so not moved.
  public static boolean isOwn(String table) {
    return OWN.contains(table);
  }

  /// Where it is, without user and password.
  public String address() {
    return PostgresEngine.address(url);
  }

  /// Writes. Its commits need not be on disk before [#finish].
  public Connection connection() {
    return connection;
  }

  /// Another connection, to read back what is committed.
  public Connection reader() throws SQLException {
    var reader = connect(url);
    try {
      reader.setAutoCommit(false);
      PostgresEngine.execute(reader, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return reader;
    } catch (SQLException e) {
      PostgresEngine.closeQuietly(reader);
      throw e;
    }
  }

  /// Takes the mark away. When this returns all of it is on disk.
  public void finish() throws SQLException {
    PostgresEngine.execute(connection, "ANALYZE");
    connection.commit();
    PostgresEngine.execute(connection, "SET synchronous_commit = on");
    PostgresEngine.execute(connection, "DROP TABLE " + MARK);
    connection.commit();
  }

  /// Ends the connection, and with it the lock.
  @Override
  public void close() {
    PostgresEngine.closeQuietly(connection);
  }
}
