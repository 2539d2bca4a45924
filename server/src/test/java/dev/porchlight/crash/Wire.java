package dev.porchlight.crash;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One connection to a hub. It never sends anything twice by itself, as HTTP libraries may.
final class Wire implements AutoCloseable {
  /// What came back.
  record Answer(int status, String body) {}

  private final Socket socket;
  private final InputStream in;

  Wire(URI address) throws IOException {
    socket = new Socket(InetAddress.ofLiteral(address.getHost()), address.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  Answer post(String path, String header, byte[] body) throws IOException {
    var head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
            + header
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    var all = new ByteArrayOutputStream(head.length() + body.length);
    all.write(head.getBytes(StandardCharsets.US_ASCII));
    all.write(body);
    socket.getOutputStream().write(all.toByteArray());
    var status = Integer.parseInt(line().split(" ", 3)[1]);
    int length = -1;
    for (var line = line(); !line.isEmpty(); line = line()) {
      var lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).strip());
      }
    }
    if (length < 0) {
      throw new IOException("an answer without a length");
    }
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the answer broke off");
    }
    return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("no answer");
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
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
