package dev.porchlight.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A mail server that listens on loopback, keeps what it takes, and says what it is told to, else
/// what a server says that takes everything. Safe for use by many threads.
public final class FakeMailServer implements AutoCloseable {
  /// In place of a reply: the connection is cut.
  public static final String CUT = "CUT";

  /// In place of a reply: nothing, for ever.
  public static final String SILENCE = "SILENCE";

  /// The whole of a message has come; its reply.
  public static final String MESSAGE = "MESSAGE";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// One message.
  ///
  /// @param sender the address of the envelope
  public record Received(String sender, List<String> recipients, byte[] message) {
    /// The message, read as Latin-1.
    public String text() {
      return new String(message, StandardCharsets.ISO_8859_1);
    }
  }

  private final ServerSocket socket;
  private final Map<String, Deque<String>> replies = new HashMap<>();
  private final List<Received> received = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private FakeMailServer(ServerSocket socket) {
    this.socket = socket;
    Thread.ofVirtual().start(this::accept);
  }

  /// Opens one at a port that it picks.
  public static FakeMailServer open() {
    return open(0);
  }

  /// Opens one at a port.
  public static FakeMailServer open(int port) {
    try {
      return new FakeMailServer(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  /// What it says to the next of those commands, one after the other: `MAIL`, `RCPT`, `DATA`,
  /// [#MESSAGE], and so on.
  public synchronized FakeMailServer answers(String command, String... says) {
    replies.computeIfAbsent(command, _ -> new ArrayDeque<>()).addAll(List.of(says));
    return this;
  }

  /// What it has taken so far.
  public synchronized List<Received> messages() {
    return List.copyOf(received);
  }

  /// Waits until it has taken so many.
  ///
  /// @throws AssertionError when it has not within half a minute
  public synchronized List<Received> await(int count) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (received.size() < count) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(
            "waited in vain for " + count + " mails; there are " + received.size());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting", e);
      }
    }
    return List.copyOf(received);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        var connection = socket.accept();
        open.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException _) {
        return;
      }
    }
  }

  private synchronized String reply(String command, String otherwise) {
    var queue = replies.get(command);
    return queue == null || queue.isEmpty() ? otherwise : queue.remove();
  }

  private void serve(Socket connection) {
    try (connection) {
      var in = new BufferedInputStream(connection.getInputStream());
      say(connection, reply("CONNECT", "220 mail.test ESMTP"));
      var sender = "";
      var recipients = new ArrayList<String>();
      for (var line = line(in); line != null; line = line(in)) {
        var verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        var usual =
            switch (verb) {
              case "EHLO" -> "250-mail.test\r\n250 8BITMIME";
              case "DATA" -> "354 go on";
              case "QUIT" -> "221 bye";
              default -> "250 2.0.0 ok";
            };
        var says = reply(verb, usual);
        say(connection, says);
        if (verb.equals("MAIL")) {
          sender = address(line);
          recipients.clear();
        } else if (verb.equals("RCPT") && says.startsWith("250")) {
          recipients.add(address(line));
        } else if (verb.equals("DATA") && says.startsWith("354")) {
          var message = message(in);
          var end = reply(MESSAGE, "250 2.0.0 queued as 1");
          if (end.startsWith("250")) {
            keep(new Received(sender, List.copyOf(recipients), message));
          }
          say(connection, end);
        } else if (verb.equals("QUIT")) {
          return;
        }
      }
    } catch (IOException _) {
      // Whoever was there has gone.
    } finally {
      open.remove(connection);
    }
  }

  private synchronized void keep(Received message) {
    received.add(message);
    notifyAll();
  }

  private static String address(String line) {
    return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
  }

  private static void say(Socket connection, String says) throws IOException {
    if (says.equals(CUT)) {
      connection.close();
      throw new IOException("cut");
    }
    if (!says.equals(SILENCE)) {
      connection.getOutputStream().write((says + "\r\n").getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().flush();
    }
  }

  private static @org.jspecify.annotations.Nullable String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
      }
      line.write(b);
    }
    return null;
  }

  private static byte[] message(InputStream in) throws IOException {
    var message = new ByteArrayOutputStream();
    for (var line = line(in); !".".equals(line); line = line(in)) {
      if (line == null) {
        throw new IOException("it broke off");
      }
      message.writeBytes(
          (line.startsWith(".") ? line.substring(1) : line).getBytes(StandardCharsets.ISO_8859_1));
      message.writeBytes(new byte[] {'\r', '\n'});
    }
    return message.toByteArray();
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (var connection : open) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
