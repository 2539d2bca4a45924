package dev.porchlight.door.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens for mail servers that bring mails of leads. A virtual thread serves each connection;
/// there are at most [#MOST] of them, [#MOST_OF_ONE] from one address, each for at most ten
/// minutes.
public final class SmtpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SmtpListener.class);

  /// So many connections at once.
  public static final int MOST = 64;

  /// So many of them from one address.
  public static final int MOST_OF_ONE = 20;

  private static final Duration WHOLE = Duration.ofMinutes(10);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ServerSocket socket;
  private final MailDoor door;
  private final Supplier<@Nullable SSLContext> tls;
  private final Map<Socket, InetAddress> open = new ConcurrentHashMap<>();
  private final ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor();

  /// Starts to listen.
  ///
  /// @param port 0 to pick one
  /// @param tls what to show for STARTTLS; gives null when there is none
  /// @throws IOException when the port can't be had
  public SmtpListener(InetAddress bind, int port, MailDoor door, Supplier<@Nullable SSLContext> tls)
      throws IOException {
    this.door = door;
    this.tls = tls;
    socket = new ServerSocket(port, 100, bind);
    Thread.ofPlatform().name("smtp-listener").daemon().start(this::accept);
  }

  /// Where it listens.
  public int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        begin(socket.accept());
      } catch (IOException e) {
        if (!socket.isClosed()) {
          LOG.warn("A mail server's connection could not be taken: {}", e.getMessage());
          // Too many open files, for example, are not gone at once.
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
  }

  private void begin(Socket connection) {
    var peer = connection.getInetAddress();
    long ofOne = open.values().stream().filter(peer::equals).count();
    boolean full = open.size() >= MOST || ofOne >= MOST_OF_ONE;
    if (!full) {
      open.put(connection, peer);
    }
    sessions.execute(() -> {
      try (connection) {
        new SmtpSession(connection, door, tls, WHOLE).serve(full);
      } catch (IOException | RuntimeException e) {
        LOG.debug("A mail server's connection ended: {}", e.getMessage());
      } finally {
        open.remove(connection);
      }
    });
  }

  /// Stops: no connection is taken any more and those that are open end.
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("Closing the listener for mail failed", e);
    }
    for (var connection : open.keySet()) {
      try {
        connection.shutdownInput();
      } catch (IOException | UnsupportedOperationException e) {
        LOG.debug("A mail server's connection is closed already: {}", e.getMessage());
      }
    }
    sessions.close();
  }
}
