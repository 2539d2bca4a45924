package dev.porchlight.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {
  /// Holds the thread that read a malformed request, between its parsing and its giving back the
  /// buffer, until the thread that answered it either reads the same connection or has let it be.
  private static final class Held {
    final CountDownLatch otherCame = new CountDownLatch(1);
    final AtomicInteger otherRuns = new AtomicInteger();
    final AtomicInteger readsByTwo = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    final CountDownLatch readOn = new CountDownLatch(1);
    private volatile @Nullable Thread reader;
    private volatile boolean atTheEnd;

    void read() {
      if (reads.incrementAndGet() > 1) {
        readOn.countDown();
      }
      if (reader == null) {
        reader = Thread.currentThread();
      } else if (atTheEnd && Thread.currentThread() != reader) {
        readsByTwo.incrementAndGet();
        otherCame.countDown();
      }
    }

    void parsed() {
      if (Thread.currentThread() == reader && !atTheEnd) {
        atTheEnd = true;
        await(otherCame);
        atTheEnd = false;
        reader = null;
      }
    }

    Runnable watched(Runnable job) {
      return job instanceof HttpConnection
          ? () -> {
            otherRuns.incrementAndGet();
            job.run();
            otherCame.countDown();
          }
          : job;
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await(20, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class HeldEndPoint extends SocketChannelEndPoint {
    private final Held held;

    HeldEndPoint(
        SocketChannel channel,
        ManagedSelector selector,
        SelectionKey key,
        Server server,
        Held held) {
      super(channel, selector, key, server.getScheduler());
      this.held = held;
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
      held.read();
      return super.fill(buffer);
    }

    @Override
    public Connection getConnection() {
      // Jetty asks for it right after it has parsed.
      var caller =
          StackWalker.getInstance().walk(f -> f.skip(1).findFirst().orElseThrow().getMethodName());
      if (caller.equals("onFillable")) {
        held.parsed();
      }
      return super.getConnection();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT /v1/contacts/%00/portal HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
        "PUT /v1/contacts/tags/100% HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
        "PUT /v1/contacts HTTP/1.1\r\nX-A : b\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
        "{{{{{{ garbage\r\n\r\n"
      })
  void nobody_else_reads_a_connection_before_its_reader_left(String malformed) throws Exception {
    var held = new Held();
    var pool =
        new QueuedThreadPool(16, 4) {
          @Override
          public void execute(Runnable job) {
            super.execute(held.watched(job));
          }
        };
    var server = new Server(pool);
    try (var connector =
        new ServerConnector(server, 1, 1, new Connections(new HttpConfiguration())) {
          @Override
          protected SocketChannelEndPoint newEndPoint(
              SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            var endPoint = new HeldEndPoint(channel, selector, key, server, held);
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
          }
        }) {
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      server.start();
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(malformed.getBytes(ISO_8859_1));
        var answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(answer).startsWith("HTTP/1.1 400 ");
      }
      held.otherCame.await(20, TimeUnit.SECONDS);
      // Else nothing was tried.
      assertThat(held.otherRuns).hasValue(1);
      assertThat(held.readsByTwo).hasValue(0);
      // The turn that was left to the reader is taken.
      assertThat(held.readOn.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      server.stop();
    }
  }
}
