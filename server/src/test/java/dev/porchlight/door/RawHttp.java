package dev.porchlight.door;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// Bytes to a door and back, for requests that no client would send.
final class RawHttp {
  private RawHttp() {}

  /// Sends this text and gives what comes until the other side closes.
  static String exchange(URI hub, String request) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), hub.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
