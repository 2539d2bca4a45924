package dev.porchlight.store.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A PostgreSQL server of a test's own, which can be killed and started again.
public final class MortalPostgres implements AutoCloseable {
  private final Path folder;
  private EmbeddedPostgres server;

  /// Starts one.
  public MortalPostgres() throws IOException {
    folder = Files.createTempDirectory("porchlight-mortal");
    server = TestPostgres.builder(folder).start();
  }

  /// The address of its one database.
  public String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /// SIGKILL to the server itself; what was started by us is only what started that.
  public void kill() throws IOException {
    var pid = folder.resolve("postmaster.pid");
    if (Files.exists(pid)) {
      var handle = ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).getFirst().strip()));
      if (handle.isPresent()) {
        handle.get().destroyForcibly();
        awaitEnd(handle.get());
      }
      if (handle.isPresent() && handle.get().isAlive()) {
        // Dead, but nobody has asked how it ended, as in a container whose first process asks after
        // nobody: the next server would take it for one that runs.
        Files.deleteIfExists(pid);
        Files.deleteIfExists(Path.of("/tmp", ".s.PGSQL." + server.getPort() + ".lock"));
      }
    }
  }

  private static void awaitEnd(ProcessHandle process) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (process.isAlive() && !onlyToBeAskedAfter(process)) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException("PostgreSQL does not end");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static boolean onlyToBeAskedAfter(ProcessHandle process) {
    try {
      // pid (name) state …
      var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException _) {
      // Gone, or a system without such files.
      return false;
    }
  }

  /// Starts it again on what it left, at the same port.
  public void start() throws IOException {
    int port = server.getPort();
    // Lets its folder go; there is nothing left to stop.
    server.close();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        server = TestPostgres.builder(folder).setPort(port).start();
        TestPostgres.connect(url()).close();
        return;
      } catch (IOException | IllegalStateException | SQLException e) {
        // Its children may still be at their end.
        if (System.nanoTime() > until) {
          throw new IOException("PostgreSQL does not start again", e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    server.close();
    TestPostgres.delete(folder);
  }
}
