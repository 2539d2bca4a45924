package dev.porchlight.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Posts leads over kept connections from one thread, so that it takes little of the machine that
/// the hub needs.
final class Load {
  /// How it went.
  ///
  /// @param accepted answers of 200 within the time
  /// @param answered answers of 200, the last ones after it included
  /// @param refused answers other than 200
  /// @param times from the sending, or from the moment at which it should have been, to the whole
  ///   answer
  /// @param late by how much each was sent after it should have been
  record Result(
      long accepted, long answered, long refused, double seconds, Times times, Times late) {}

  private static final long NO_HURRY = 1_000_000_000;
  private static final long PAUSE = 100_000;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

  /// A connection and the one exchange on it.
  private static final class Line {
    final SocketChannel channel;
    final ByteBuffer out;
    final ByteBuffer in = ByteBuffer.allocate(8192);
    final List<byte[]> heads;
    long began;
    long number;

    Line(InetSocketAddress address, List<byte[]> heads) throws IOException {
      channel = SocketChannel.open(address);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      out = ByteBuffer.allocate(heads.getFirst().length + Sample.size());
      this.heads = heads;
    }

    void send(long from) throws IOException {
      began = from;
      number = Sample.next();
      out.clear().put(heads.get(Doors.of(number) % heads.size()));
      out.put(Sample.body(number));
      out.flip();
      in.clear();
      while (out.hasRemaining()) {
        // A request is far smaller than the socket's buffer.
        channel.write(out);
      }
    }

    /// The status once the whole answer is there, else 0.
    int receive() throws IOException {
      if (channel.read(in) < 0) {
        throw new EOFException("the hub closed a connection");
      }
      var bytes = in.array();
      int end = in.position();
      for (int i = 3; i < end; i++) {
        if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
          return end >= i + 1 + length(bytes, i)
              ? (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0'
              : 0;
        }
      }
      return 0;
    }

    private static int length(byte[] bytes, int end) {
      for (int i = 12; i + LENGTH.length < end; i++) {
        if (bytes[i - 1] == '\n' && (bytes[i] | 0x20) == 'c') {
          int j = 0;
          while (j < LENGTH.length
              && (bytes[i + j] == LENGTH[j] || (bytes[i + j] | 0x20) == LENGTH[j])) {
            j++;
          }
          if (j == LENGTH.length) {
            int length = 0;
            for (int d = i + j; bytes[d] != '\r'; d++) {
              length = bytes[d] == ' ' ? length : length * 10 + bytes[d] - '0';
            }
            return length;
          }
        }
      }
      return 0;
    }
  }

  private Load() {}

  /// @param url where to, and `key` with what: in both `###` stands for one of a hundred doors
  /// @param rate leads a second, begun on time whatever the answers do, as long as a connection is
  ///   free; the times count from when each should have begun, so one that had to wait for a
  ///   connection has waited. 0 for the next one as soon as the one before is answered
  /// @param answered is told the number of each lead that got its 200
  static Result run(
      String url, String key, int connections, double rate, long millis, LongConsumer answered)
      throws IOException {
    var heads =
        (url.contains(Doors.MARK) ? Doors.all() : List.of(""))
            .stream()
                .map(door -> head(url, key).replace(Doors.MARK, door))
                .map(Load::bytes)
                .toList();
    var target = URI.create(url.replace(Doors.MARK, "000"));
    var address = new InetSocketAddress(InetAddress.ofLiteral(target.getHost()), target.getPort());
    var lines = new ArrayList<Line>();
    try (var selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        var line = new Line(address, heads);
        lines.add(line);
        line.channel.register(selector, SelectionKey.OP_READ, line);
      }
      return run(selector, lines, rate, millis * 1_000_000, answered);
    } finally {
      for (var line : lines) {
        line.channel.close();
      }
    }
  }

  private static String head(String url, String key) {
    return "POST "
        + url.substring(url.indexOf('/', "http://".length()))
        + " HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nX-API-Key: "
        + key
        + "\r\nContent-Length: "
        + Sample.size()
        + "\r\n\r\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Result run(
      Selector selector, List<Line> lines, double rate, long nanos, LongConsumer answered)
      throws IOException {
    var times = new Times();
    var late = new Times();
    long[] counts = new long[3];
    long start = System.nanoTime();
    long end = start + nanos;
    var idle = new ArrayDeque<>(lines);
    long begun = 0;
    int under = 0;
    while (true) {
      long now = System.nanoTime();
      boolean over = now >= end;
      while (!over && !idle.isEmpty()) {
        long due = rate > 0 ? start + (long) (begun * 1e9 / rate) : now;
        if (due > now) {
          break;
        }
        idle.poll().send(due);
        if (rate > 0) {
          late.add(System.nanoTime() - due);
        }
        begun++;
        under++;
      }
      if (over && under == 0) {
        break;
      }
      if (now > end + 30_000_000_000L) {
        throw new IOException(under + " leads were not answered within 30 s");
      }
      await(selector, rate > 0 && !over ? start + (long) (begun * 1e9 / rate) - now : NO_HURRY);
      for (var key : selector.selectedKeys()) {
        var line = (Line) key.attachment();
        int status = line.receive();
        if (status != 0) {
          long at = System.nanoTime();
          if (status == 200) {
            answered.accept(line.number);
            counts[2]++;
            if (at <= end) {
              times.add(at - line.began);
              counts[0]++;
            }
          } else {
            counts[1]++;
          }
          under--;
          idle.add(line);
        }
      }
      selector.selectedKeys().clear();
    }
    return new Result(counts[0], counts[2], counts[1], nanos / 1e9, times, late);
  }

  /// Waits for answers, and no longer than until the next lead is due. Spinning would be more
  /// punctual, and take from the hub what it needs.
  private static void await(Selector selector, long nanos) throws IOException {
    if (nanos > 1_500_000) {
      selector.select(Math.min(1000, nanos / 1_000_000));
    } else {
      if (selector.selectNow() == 0 && nanos > 0) {
        LockSupport.parkNanos(Math.min(nanos, PAUSE));
        selector.selectNow();
      }
    }
  }
}
