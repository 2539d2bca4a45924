package dev.porchlight.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a hub and its database and cuts the writer's connection at a commit. Clients must
/// send each statement's text every time (`prepareThreshold=0`), by which it knows a commit.
public final class CuttingProxy implements AutoCloseable {
  /// Where to cut.
  public enum Cut {
    /// None: all is passed on.
    NONE,
    /// The database never hears of the commit.
    BEFORE,
    /// The database commits; its answer is kept back.
    AFTER,
    /// The same, and nobody can connect from then on.
    AFTER_AND_DOWN
  }

  private final int to;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Cut next = Cut.NONE;
  private final AtomicInteger through = new AtomicInteger();
  private volatile String what = "";
  private volatile boolean down;

  /// How many commits were cut.
  public final AtomicInteger cuts = new AtomicInteger();

  /// Stands before the tests' server.
  public CuttingProxy() throws IOException {
    this(TestPostgres.port());
  }

  /// @param to the database's port
  public CuttingProxy(int to) throws IOException {
    this.to = to;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// The address of a database that is reached through this.
  ///
  /// @param url its own
  public String through(String url) {
    return url.replaceFirst(":\\d+/", ":" + server.getLocalPort() + "/") + "&prepareThreshold=0";
  }

  /// Cuts the next commit, once.
  public void cutNext(Cut cut) {
    cutAfter(0, "", cut);
  }

  /// Cuts the next commit of a transaction that adds rows to a table, once: a hub's own
  /// housekeeping commits whenever it likes.
  ///
  /// @param table its name
  public void cutNext(String table, Cut cut) {
    cutAfter(0, "INSERT INTO " + table + " ", cut);
  }

  /// Cuts one commit, once, and lets so many of its kind through before it.
  ///
  /// @param text what one of the transaction's statements has in it
  public void cutAfter(int commits, String text, Cut cut) {
    through.set(commits);
    what = text;
    next = cut;
  }

  /// Cuts all connections and refuses new ones; and the same back.
  public void down(boolean isDown) {
    down = isDown;
    if (isDown) {
      open.forEach(CuttingProxy::close);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        if (down) {
          client.close();
          continue;
        }
        var database = new Socket(InetAddress.getLoopbackAddress(), to);
        open.add(client);
        open.add(database);
        var silent = new AtomicInteger();
        Thread.ofVirtual().start(() -> requests(client, database, silent));
        Thread.ofVirtual().start(() -> answers(database, client, silent));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    }
  }

  private void requests(Socket client, Socket database, AtomicInteger silent) {
    try (client;
        database) {
      InputStream in = client.getInputStream();
      OutputStream out = database.getOutputStream();
      var buffer = new byte[65536];
      // Only a writer takes that; readers commit their settings.
      boolean writes = false;
      // What it said since its last commit.
      var said = new StringBuilder();
      int n;
      while ((n = in.read(buffer)) > 0) {
        var text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
        writes |= text.contains("pg_advisory_xact_lock");
        said.append(text);
        boolean meant = false;
        if (text.contains("COMMIT\0")) {
          meant = writes && next != Cut.NONE && said.indexOf(what) >= 0;
          said.setLength(0);
        }
        if (meant && through.getAndDecrement() <= 0) {
          var cut = next;
          next = Cut.NONE;
          cuts.incrementAndGet();
          if (cut == Cut.BEFORE) {
            return;
          }
          down |= cut == Cut.AFTER_AND_DOWN;
          silent.set(1);
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone; so is the other.
      close(client);
    }
  }

  private static void answers(Socket database, Socket client, AtomicInteger silent) {
    try (client;
        database) {
      InputStream in = database.getInputStream();
      OutputStream out = client.getOutputStream();
      var buffer = new byte[65536];
      int n;
      while ((n = in.read(buffer)) > 0) {
        if (silent.get() == 1) {
          return;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone; so is the other.
      close(client);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    down(true);
  }
}
