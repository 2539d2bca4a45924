package dev.porchlight.door.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimedInputTest {
  @Test
  void a_peer_that_sends_a_byte_now_and_then_has_no_more_time_than_others() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var peer = new Socket(server.getInetAddress(), server.getLocalPort());
        var socket = server.accept()) {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
      var input = new TimedInput(socket, Duration.ofMinutes(1), until);
      var sender = Thread.ofVirtual().start(() -> trickle(peer));
      assertThatThrownBy(
              () -> {
                while (input.read() >= 0) {
                  // Goes on.
                }
              })
          .isInstanceOf(SocketTimeoutException.class);
      peer.close();
      sender.join();
    }
  }

  private static void trickle(Socket peer) {
    try {
      while (true) {
        peer.getOutputStream().write('x');
        TimeUnit.MILLISECONDS.sleep(1);
      }
    } catch (IOException | InterruptedException e) {
      // The test is over.
      assertThat(e).isNotNull();
    }
  }
}
