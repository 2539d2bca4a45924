package dev.porchlight.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A PostgreSQL server of our own, which syncs as one in earnest does, on the disk that is
/// measured.
final class Database {
  private static final double TICKS_PER_SECOND = 100;

  private final EmbeddedPostgres server;
  private final Path folder;
  private int databases;

  Database(Path root) throws IOException {
    folder = Files.createTempDirectory(root, "porchlight-postgres");
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("max_connections", "50")
            .start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              server.getProcess().destroyForcibly().onExit().join();
              for (int tries = 0; tries < 20 && Files.exists(folder); tries++) {
                try {
                  StartUp.delete(folder);
                } catch (IOException | UncheckedIOException e) {
                  // Its children end when they notice that it is gone.
                  LockSupport.parkNanos(50_000_000);
                }
              }
            }));
  }

  /// The JDBC address of a new, empty database.
  String create() {
    var name = "bench" + ++databases;
    execute("CREATE DATABASE " + name);
    return server.getJdbcUrl("postgres", name);
  }

  /// What that database takes on disk.
  long bytes(String url) {
    execute("CHECKPOINT");
    return Long.parseLong(ask("SELECT pg_database_size('" + name(url) + "')"));
  }

  void drop(String url) {
    execute("DROP DATABASE " + name(url) + " WITH (FORCE)");
  }

  /// Its version and what it promises.
  String words() {
    return ask("SHOW server_version")
        + ", fsync "
        + ask("SHOW fsync")
        + ", synchronous_commit "
        + ask("SHOW synchronous_commit")
        + ", shared_buffers "
        + ask("SHOW shared_buffers");
  }

  /// The processor time that it and its children have taken, in seconds; 0 where the system does
  /// not tell.
  double seconds() throws IOException {
    long main =
        Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).getFirst().strip());
    long ticks = 0;
    // The pid that it knows is that of a namespace of its own where it runs apart from root.
    var parents = new HashMap<Long, Long>();
    var used = new HashMap<Long, Long>();
    var names = new HashMap<Long, String>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        try {
          var line = Files.readString(process.resolve("stat"));
          var words = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
          long pid = Long.parseLong(process.getFileName().toString());
          parents.put(pid, Long.parseLong(words[1]));
          used.put(pid, Long.parseLong(words[11]) + Long.parseLong(words[12]));
          names.put(pid, line.substring(line.indexOf('(') + 1, line.lastIndexOf(')')));
        } catch (IOException | IndexOutOfBoundsException e) {
          // It ended meanwhile.
        }
      }
    }
    long self = ProcessHandle.current().pid();
    for (var pid : used.keySet()) {
      if (names.getOrDefault(pid, "").startsWith("postgres")
          && (isBelow(pid, main, parents) || isBelow(pid, self, parents))) {
        ticks += used.get(pid);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  private static boolean isBelow(long pid, long above, Map<Long, Long> parents) {
    for (Long at = pid; at != null && at > 0; at = parents.get(at)) {
      if (at == above) {
        return true;
      }
    }
    return false;
  }

  private static String name(String url) {
    var path = url.substring(url.lastIndexOf('/') + 1);
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private void execute(String sql) {
    try (var connection = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String ask(String sql) {
    try (var connection = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        var statement = connection.createStatement();
        var results = statement.executeQuery(sql)) {
      results.next();
      return results.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
