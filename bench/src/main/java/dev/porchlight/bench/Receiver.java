package dev.porchlight.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A CRM that answers 204 and notes when each lead came first at each of its addresses, which are
/// told apart by the digit at their end.
final class Receiver implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong seen = new AtomicLong();
  private volatile int size;
  private volatile long first;

  /// When, by [#at].
  final ConcurrentHashMap<Long, Long> arrived = new ConcurrentHashMap<>();

  Receiver() throws IOException {
    server = new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/leads";
  }

  long requests() {
    return requests.get();
  }

  /// How many requests there were in all, those of leads that nobody waits for included.
  long seen() {
    return seen.get();
  }

  /// Forgets what has arrived, and looks away when more comes of leads before that number.
  void startAt(long number) {
    first = number;
    arrived.clear();
  }

  /// How long the last body was, in bytes.
  int size() {
    return size;
  }

  /// What stands for the arrival of a lead at one of the addresses.
  static long at(long number, int address) {
    return number * 16 + address;
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket;
        var in = new BufferedInputStream(socket.getInputStream(), 16 * 1024)) {
      socket.setTcpNoDelay(true);
      while (true) {
        var head = head(in);
        if (head == null) {
          return;
        }
        var body = in.readNBytes(head.length());
        long number = Sample.numberIn(body);
        if (number >= first) {
          arrived.putIfAbsent(at(number, head.address()), System.nanoTime());
          requests.incrementAndGet();
        }
        size = body.length;
        seen.incrementAndGet();
        socket.getOutputStream().write(ANSWER);
      }
    } catch (IOException e) {
      // The hub ended its connection.
    }
  }

  private record Head(int address, int length) {}

  /// Null when the connection ends.
  private static @Nullable Head head(InputStream in) throws IOException {
    int length = -1;
    int address = -1;
    var line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        return null;
      }
      if (c == '\n') {
        if (line.isEmpty()) {
          return new Head(address, length);
        }
        if (address < 0) {
          address = Math.clamp(line.charAt(line.lastIndexOf(" ") - 1) - '0', 0, 9);
        } else if (line.length() > 15
            && line.substring(0, 15).equalsIgnoreCase("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
        line.setLength(0);
      } else if (c != '\r') {
        line.append((char) c);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
