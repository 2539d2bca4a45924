package dev.porchlight.bench;

import dev.porchlight.value.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Five CRMs that nobody wants: one hangs, one trickles, one refuses connections, one answers a
/// gigabyte, one says that it is too much.
final class HostileReceivers implements AutoCloseable {
  private static final int GIGABYTE = 1 << 30;

  /// What one does with a connection once a request's head is read.
  private interface Manner {
    void answer(Socket socket) throws IOException, InterruptedException;
  }

  private final Map<String, ServerSocket> servers = new LinkedHashMap<>();

  HostileReceivers() throws IOException {
    open("hangs", _ -> Thread.sleep(Duration.ofMinutes(10)));
    open("trickles", HostileReceivers::trickle);
    // Its port is known, and nobody listens there.
    open("refuses", _ -> {}).close();
    open("answers a gigabyte", HostileReceivers::flood);
    open("says 429", socket -> write(socket, "HTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n"));
  }

  private ServerSocket open(String name, Manner manner) throws IOException {
    var server = new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1"));
    servers.put(name, server);
    Thread.ofPlatform().daemon().start(() -> accept(server, manner));
    return server;
  }

  private static void accept(ServerSocket server, Manner manner) {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, manner));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void serve(Socket socket, Manner manner) {
    try (socket;
        var in = new BufferedInputStream(socket.getInputStream())) {
      if (head(in)) {
        manner.answer(socket);
      }
    } catch (IOException e) {
      // The hub ended its connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean head(InputStream in) throws IOException {
    int ends = 0;
    while (ends < 4) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      ends = c == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
    }
    return true;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void trickle(Socket socket) throws IOException, InterruptedException {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int n = 0; n < 1000; n++) {
      Thread.sleep(500);
      write(socket, ".");
    }
  }

  private static void flood(Socket socket) throws IOException {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + GIGABYTE + "\r\n\r\n");
    var block = new byte[64 * 1024];
    for (int sent = 0; sent < GIGABYTE; sent += block.length) {
      socket.getOutputStream().write(block);
    }
  }

  /// Where each is, by its manner.
  ObjectNode urls() {
    var urls = Json.object();
    servers.forEach(
        (name, server) -> urls.put(name, "http://127.0.0.1:" + server.getLocalPort() + "/leads"));
    return urls;
  }

  @Override
  public void close() throws IOException {
    for (var server : servers.values()) {
      server.close();
    }
  }
}
