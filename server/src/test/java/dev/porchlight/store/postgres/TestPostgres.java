package dev.porchlight.store.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Comparator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One PostgreSQL server for all tests of a run, started when the first asks for it, and a database
/// of its own for each that asks. It syncs as one in earnest does.
public final class TestPostgres {
  private static final Logger LOG = LoggerFactory.getLogger(TestPostgres.class);
  private static final AtomicInteger DATABASES = new AtomicInteger();

  /// Makes the next hub's database while a test works with its own: it takes a quarter of a second,
  /// most of it waiting for the disk.
  private static final ExecutorService MAKING = beside("makes-databases");

  private static final ExecutorService DROPPING = beside("drops-databases");
  private static @Nullable Future<String> next;
  private static final EmbeddedPostgres SERVER = start();

  private TestPostgres() {}

  private static ExecutorService beside(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  private static EmbeddedPostgres start() {
    try {
      var folder = Files.createTempDirectory("porchlight-postgres");
      var server = builder(folder).start();
      // What it holds is thrown away, so it need not be written out in order first.
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                server.getProcess().destroyForcibly().onExit().join();
                deleteBeside(folder);
              }));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("no PostgreSQL for the tests", e);
    }
  }

  /// A server as all of these are, on a folder that may hold an earlier one's data.
  static EmbeddedPostgres.Builder builder(Path folder) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("max_connections", "200");
  }

  /// Deletes a folder of many thousand files without waiting for it, where the system can do that:
  /// a JVM that takes long to end is killed by what runs the tests.
  private static void deleteBeside(Path folder) {
    try {
      new ProcessBuilder("rm", "-rf", folder.toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      delete(folder);
    }
  }

  static void delete(Path folder) {
    // Its children end when they notice that it is gone, and may write until then.
    for (int tries = 0; tries < 20 && Files.exists(folder); tries++) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException e) {
        LockSupport.parkNanos(50_000_000);
      }
    }
  }

  /// That database with nothing in it.
  static String emptied(String url) {
    try (var connection = connect(url);
        var statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url;
  }

  static int port() {
    return SERVER.getPort();
  }

  /// The JDBC address of a new, empty database.
  public static String newDatabase() {
    var name = create("");
    DropsDatabases.made(name);
    return url(name);
  }

  /// Has a database dropped, but not one that somebody still uses.
  static void drop(String name) {
    DROPPING.execute(() -> dropNow(name));
  }

  private static void dropNow(String name) {
    try (var connection = connect(url("postgres"));
        var statement = connection.createStatement()) {
      statement.execute("DROP DATABASE " + name);
    } catch (SQLException e) {
      // It goes with the server's folder.
      LOG.debug("{} stays until the run ends: {}", name, e.getMessage());
    }
  }

  private static String create(String how) {
    var name = "test" + DATABASES.incrementAndGet();
    try (var connection = connect(url("postgres"));
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + how);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return name;
  }

  /// The JDBC address of a new database with a hub's tables, all empty: a copy, which is quicker
  /// than making them anew.
  public static String newHubDatabase() {
    var name = nextHubDatabase();
    DropsDatabases.made(name);
    return url(name);
  }

  private static synchronized String nextHubDatabase() {
    var made = next == null ? MAKING.submit(Template::copy) : next;
    try {
      return made.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("no database for the test", e);
    } finally {
      next = MAKING.submit(Template::copy);
    }
  }

  private static final class Template {
    static final String NAME = create("");

    static {
      PostgresEngine.open(url(NAME), Clock.systemUTC()).close();
    }

    static String copy() {
      return create(" TEMPLATE " + NAME);
    }
  }

  static String url(String database) {
    return SERVER.getJdbcUrl("postgres", database);
  }

  /// A connection to one of them.
  public static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url);
  }
}
