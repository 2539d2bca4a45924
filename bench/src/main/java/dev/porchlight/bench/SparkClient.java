package dev.porchlight.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A client of the Spark door on one kept connection, as thin as can be. Not for several threads.
final class SparkClient implements AutoCloseable {
  /// @param nanos from the first byte sent to the last byte read
  record Answer(int status, byte[] body, long nanos) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private static final long IDLE = 10_000_000_000L;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final String headers;
  private long used = System.nanoTime();

  SparkClient(URI hub, String token) throws IOException {
    socket = new Socket(InetAddress.getByName(hub.getHost()), hub.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    in = new BufferedInputStream(socket.getInputStream(), 65_536);
    out = socket.getOutputStream();
    headers =
        " HTTP/1.1\r\nHost: "
            + hub.getAuthority()
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nX-SparkApi-User-Agent: bench\r\n";
  }

  Answer get(String path) throws IOException {
    return send("GET", path, new byte[0]);
  }

  Answer send(String method, String path, byte[] body) throws IOException {
    var head =
        method
            + " "
            + path
            + headers
            + (body.length == 0
                ? "\r\n"
                : "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n");
    var begin = head.getBytes(StandardCharsets.US_ASCII);
    var whole = new byte[begin.length + body.length];
    System.arraycopy(begin, 0, whole, 0, begin.length);
    System.arraycopy(body, 0, whole, begin.length, body.length);
    long began = System.nanoTime();
    out.write(whole);
    out.flush();
    int status = Integer.parseInt(line().split(" ", -1)[1]);
    long length = -1;
    for (var line = line(); !line.isEmpty(); line = line()) {
      var lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      }
    }
    var answered = length >= 0 ? exactly((int) length) : chunks();
    used = System.nanoTime();
    return new Answer(status, answered, used - began);
  }

  /// Whether it has been idle for so long that the hub may have hung up.
  boolean isStale() {
    return System.nanoTime() - used > IDLE;
  }

  private byte[] chunks() throws IOException {
    var all = new java.io.ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line().strip(), 16);
      all.write(exactly(size));
      line();
      if (size == 0) {
        return all.toByteArray();
      }
    }
  }

  private byte[] exactly(int length) throws IOException {
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the hub closed a connection");
    }
    return bytes;
  }

  private String line() throws IOException {
    var line = new StringBuilder(64);
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the hub closed a connection");
      }
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
