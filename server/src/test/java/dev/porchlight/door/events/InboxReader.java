package dev.porchlight.door.events;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A reader of a live inbox, by a socket of its own: it reads only when it is told to.
final class InboxReader implements AutoCloseable {
  /// An event of the stream; without data it tells the place alone.
  record Item(String id, @Nullable String data) {
    JsonNode json() {
      return Json.tree(String.valueOf(data));
    }
  }

  private final Socket socket = new Socket();
  private final List<String> head = new ArrayList<>();
  private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private final InputStream in;
  private @Nullable Thread thread;
  private volatile boolean ended;

  InboxReader(URI hub, String path, String key, String... headers) {
    try {
      socket.setReceiveBufferSize(4096);
      socket.connect(new java.net.InetSocketAddress(hub.getHost(), hub.getPort()));
      socket.setSoTimeout((int) TestHub.PATIENCE.toMillis());
      var text =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + hub.getAuthority()
              + "\r\nConnection: close\r\nAccept: text/event-stream\r\nx-api-key: "
              + key
              + "\r\n"
              + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
              + "\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      in = new java.io.BufferedInputStream(socket.getInputStream(), 1024);
      for (var line = line(); line != null && !line.isEmpty(); line = line()) {
        head.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int status() {
    return Integer.parseInt(head.getFirst().split(" ")[1]);
  }

  /// Begins to read.
  InboxReader reading() {
    thread = Thread.startVirtualThread(this::read);
    return this;
  }

  private void read() {
    try {
      var id = "";
      String data = null;
      for (var line = line(); line != null; line = line()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && !id.isEmpty()) {
          items.add(new Item(id, data));
          id = "";
          data = null;
        }
      }
    } catch (IOException e) {
      // Closed by the test.
    } finally {
      ended = true;
      items.add(new Item("end", null));
    }
  }

  /// A line; the marks of chunks are lines that none of ours look like.
  private @Nullable String line() throws IOException {
    var line = new java.io.ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /// The next one.
  Item next() throws InterruptedException {
    var item = items.poll(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (item == null) {
      throw new AssertionError("waited in vain for an item");
    }
    return item;
  }

  /// Whether the hub has ended it, once all was read.
  boolean ends() throws InterruptedException {
    while (!ended) {
      next();
    }
    return true;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
