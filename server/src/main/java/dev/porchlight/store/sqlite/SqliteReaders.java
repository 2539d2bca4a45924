package dev.porchlight.store.sqlite;

import dev.porchlight.store.KnownSql;
import dev.porchlight.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;

/// Reads a SQLite file: a few connections with a platform thread each, since SQLite's calls hold
/// the thread that carries them. A read that takes too long is cut off. May be shared by threads.
final class SqliteReaders {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteReaders.class);
  private static final long READ_SECONDS = 2;

  private final ExecutorService threads;
  private final BlockingQueue<Reader> free;
  private volatile boolean closing;

  /// Takes over connections; closes them where it can't.
  SqliteReaders(List<Connection> connections) throws SQLException {
    free = new ArrayBlockingQueue<>(connections.size());
    for (var connection : connections) {
      free.add(new Reader(connection));
    }
    threads =
        Executors.newFixedThreadPool(
            connections.size(), Thread.ofPlatform().name("store-reader-", 0).daemon().factory());
  }

  /// Reads, as [dev.porchlight.store.Store#read] says.
  <T> T read(Function<Handle, T> query) {
    if (closing) {
      throw StoreUnavailableException.closed();
    }
    Future<T> result;
    try {
      result = threads.submit(() -> readHere(query));
    } catch (RejectedExecutionException e) {
      throw StoreUnavailableException.closed();
    }
    try {
      return result.get(READ_SECONDS * 5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      result.cancel(false);
      throw new StoreUnavailableException("too many reads are waiting", e);
    } catch (InterruptedException e) {
      result.cancel(false);
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while reading", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException r -> throw r;
        case Error r -> throw r;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private <T> T readHere(Function<Handle, T> query) {
    var reader = free.poll();
    if (reader == null) {
      throw new IllegalStateException("more reading threads than readers");
    }
    try {
      reader.until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READ_SECONDS);
      reader.handle.execute("BEGIN");
      try {
        return query.apply(reader.handle);
      } finally {
        reader.until = Long.MAX_VALUE;
        SqliteEngine.end(reader.handle.getConnection());
      }
    } catch (JdbiException e) {
      throw SqliteFailures.reading(e);
    } finally {
      free.add(reader);
    }
  }

  /// Reads no more from now on.
  void closing() {
    closing = true;
  }

  /// Waits for the reads under way and closes the connections.
  void close() {
    closing = true;
    threads.shutdown();
    try {
      threads.awaitTermination(READ_SECONDS * 5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var all = new ArrayList<Reader>();
    free.drainTo(all);
    all.forEach(Reader::close);
  }

  /// A connection for reading, with the time by which its reading must be over.
  private static final class Reader extends ProgressHandler {
    private static final int STEPS = 10_000;

    private final Connection connection;
    private final Handle handle;
    private volatile long until = Long.MAX_VALUE;

    Reader(Connection connection) throws SQLException {
      this.connection = connection;
      handle = KnownSql.on(connection);
      handle.setStatementBuilder(new KeptStatements());
      ProgressHandler.setHandler(connection, STEPS, this);
    }

    @Override
    protected int progress() {
      return System.nanoTime() > until ? 1 : 0;
    }

    /// The handle leaves the connection to its owner, and one that stays open holds the file.
    void close() {
      handle.close();
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.warn("A reader of the database was not closed in order: {}", e.getMessage());
      }
    }
  }
}
