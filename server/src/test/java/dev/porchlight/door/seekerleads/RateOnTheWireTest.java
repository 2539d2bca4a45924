package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ten requests of a client begin within 200 ms, and the eleventh is told to come again: requests
/// that are sent in one piece over one connection, so that they follow one another at once.
class RateOnTheWireTest {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final int TRIES = 50;

  @TempDir Path folder;
  private SeekerHub seeker;

  @BeforeEach
  void start() {
    seeker = new SeekerHub(TestHub.start(folder));
  }

  @AfterEach
  void stop() {
    seeker.close();
  }

  private record Burst(String text, Duration took) {
    List<Integer> statuses() {
      return STATUS.matcher(text).results().map(r -> group(r)).toList();
    }

    private static Integer group(MatchResult result) {
      return Integer.valueOf(result.group(1));
    }
  }

  /// All requests, one for each token, in one write.
  private Burst burst(String base, List<String> tokens) throws IOException {
    var requests = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      requests
          .append("GET ")
          .append(base)
          .append("/leads/none HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ")
          .append(tokens.get(i))
          .append(i == tokens.size() - 1 ? "\r\nConnection: close" : "")
          .append("\r\n\r\n");
    }
    try (var socket =
        new Socket(InetAddress.getLoopbackAddress(), seeker.hub.address().getPort())) {
      socket.setSoTimeout(30_000);
      long began = System.nanoTime();
      socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
      var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Burst(text, Duration.ofNanos(System.nanoTime() - began));
    }
  }

  /// A burst that was over within 200 ms; on a machine that is busy not each one is.
  private Burst quickBurst(String base, List<String> tokens) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      var burst = burst(base, tokens);
      if (burst.took().compareTo(Duration.ofMillis(200)) < 0) {
        return burst;
      }
      Thread.sleep(Duration.ofMillis(200));
    }
    throw new AssertionError("no burst within 200 ms");
  }

  @Test
  void the_eleventh_within_200_ms_is_429_for_each_client_alone() throws Exception {
    for (boolean sandbox : new boolean[] {false, true}) {
      var base = (sandbox ? "/sandbox" : "") + "/seeker-leads/v1";
      var first = seeker.make(b -> b.put("sandbox", sandbox));
      var second = seeker.make(b -> b.put("sandbox", sandbox));
      var tokens = new ArrayList<String>();
      var expected = new ArrayList<Integer>();
      for (var token : List.of(first.token(), second.token())) {
        for (int i = 0; i < 10; i++) {
          tokens.add(token);
          expected.add(404);
        }
      }
      // Whichever token of a client it is.
      tokens.addAll(List.of(first.token(), seeker.jwt(second)));
      expected.addAll(List.of(429, 429));
      var burst = quickBurst(base, tokens);
      assertThat(burst.statuses()).isEqualTo(expected);
      assertThat(burst.text().split("Retry-After: 1\r\n", -1)).hasSize(3);
    }
  }
}
