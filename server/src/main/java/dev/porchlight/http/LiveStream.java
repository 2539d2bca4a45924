package dev.porchlight.http;

import dev.porchlight.web.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;

/// One stream of server-sent events. Each event goes out at once. A reader that takes nothing fails
/// a write after the idle time-out; one that is gone fails one of the next writes. Ending a stream
/// interrupts its thread between two events, so that none goes out in part.
final class LiveStream implements Reply.Sink {
  private static final long WRITE_PATIENCE_MILLIS = 1_000;

  private final Response response;
  private final EndPoint endPoint;
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock listening = new ReentrantLock();
  private final ByteBuffer heard = BufferUtil.allocate(64);
  private final Thread thread = Thread.currentThread();
  private volatile boolean open = true;
  private boolean running = true;

  LiveStream(Response response) {
    this.response = response;
    endPoint = response.getRequest().getConnectionMetaData().getConnection().getEndPoint();
  }

  /// Sends the status line and the headers.
  void begin() throws IOException {
    write("");
  }

  @Override
  public void send(String event, String data) throws IOException {
    send("", event, data);
  }

  @Override
  public void send(String id, String event, String data) throws IOException {
    var text = new StringBuilder(event.length() + data.length() + 48);
    if (!id.isEmpty()) {
      text.append("id: ").append(id.replaceAll("[\\r\\n\\x00]", " ")).append('\n');
    }
    if (!event.isEmpty()) {
      text.append("event: ").append(event.replaceAll("[\\r\\n\\x00]", " ")).append('\n');
    }
    for (var line : data.split("\\r\\n|\\r|\\n", -1)) {
      text.append("data: ").append(line).append('\n');
    }
    write(text.append('\n').toString());
  }

  @Override
  public void place(String id) throws IOException {
    write("id: " + id.replaceAll("[\\r\\n\\x00]", " ") + "\n\n");
  }

  @Override
  public void ping() throws IOException {
    write(":\n\n");
  }

  /// Looks whether the reader has closed its side: otherwise that would be noticed only when one of
  /// the next writes fails.
  @Override
  public boolean isOpen() {
    if (open && listening.tryLock()) {
      try {
        BufferUtil.clear(heard);
        // A reader that speaks while it listens has another request, which can't be answered here.
        if (endPoint.fill(heard) != 0) {
          open = false;
        }
      } catch (IOException e) {
        open = false;
      } finally {
        listening.unlock();
      }
    }
    return open;
  }

  private void write(String text) throws IOException {
    writing.lock();
    try {
      if (!open) {
        throw new IOException("The stream has ended");
      }
      Content.Sink.write(response, false, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      open = false;
      throw e;
    } finally {
      writing.unlock();
    }
  }

  /// Ends the stream from outside: its thread is woken, wherever it waits.
  void end() {
    open = false;
    var calm = false;
    try {
      calm = writing.tryLock(WRITE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    try {
      synchronized (this) {
        if (running) {
          thread.interrupt();
        }
      }
    } finally {
      if (calm) {
        writing.unlock();
      }
    }
  }

  /// The stream's own thread is done with it and will not be interrupted from here on.
  synchronized void left() {
    open = false;
    running = false;
    var _ = Thread.interrupted();
  }
}
