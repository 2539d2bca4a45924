package dev.porchlight.store.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/// One PostgreSQL server for all tests of a run, started when the first asks for it, and a database
/// of its own for each that asks. It syncs as one in earnest does.
public final class TestPostgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private TestPostgres() {}

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("full_page_writes", "on")
          .setServerConfig("max_connections", "200")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("no PostgreSQL for the tests", e);
    }
  }

  static int port() {
    return SERVER.getPort();
  }

  /// The JDBC address of a new, empty database.
  public static String newDatabase() {
    var name = "test" + DATABASES.incrementAndGet();
    try (var connection = connect(url("postgres"));
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url(name);
  }

  static String url(String database) {
    return SERVER.getJdbcUrl("postgres", database);
  }

  static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url);
  }
}
