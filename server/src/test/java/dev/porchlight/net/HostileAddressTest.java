package dev.porchlight.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever users name: nothing that leads inside opens a socket.
final class HostileAddressTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final AtomicInteger opened = new AtomicInteger();
  private final SocketOpener recording =
      () -> {
        opened.incrementAndGet();
        throw new IOException("a socket was asked for");
      };

  static List<String> urls() throws IOException {
    List<String> lines;
    try (var in = HostileAddressTest.class.getResourceAsStream("hostile-hosts.txt")) {
      lines =
          new String(in.readAllBytes(), UTF_8).lines().filter(l -> !l.startsWith("# ")).toList();
    }
    var urls = new LinkedHashSet<String>();
    for (var line : lines) {
      if (line.contains(":/") || line.startsWith("/") || line.matches("[a-z]+:[^0-9].*")) {
        urls.add(line);
      } else {
        urls.add("https://" + line + "/hook");
        urls.add("http://" + line + ":8080/hook?a=b");
        urls.add("HTTPS://" + line.toUpperCase(Locale.ROOT) + "/");
      }
    }
    return new ArrayList<>(urls);
  }

  @Test
  void there_are_at_least_two_hundred_of_them() throws IOException {
    assertThat(urls()).hasSizeGreaterThan(600);
  }

  /// Every name resolves to something good first and something forbidden after it.
  @ParameterizedTest
  @MethodSource("urls")
  void no_hostile_url_opens_a_socket(String url) throws Exception {
    HostResolver hostile =
        _ -> List.of(InetAddress.ofLiteral("93.184.215.14"), InetAddress.ofLiteral("127.0.0.1"));
    try (var client = new OutgoingClient(new AddressGuard(List.of()), null, hostile, recording)) {
      var exchange = client.send(OutgoingRequest.post(url, List.of(), new byte[] {1}), LONG);
      assertThat(exchange).isInstanceOf(Exchange.Refused.class);
    }
    assertThat(opened).hasValue(0);
  }

  static Stream<String> forbidden() {
    return Stream.of(
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "203.0.113.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "fec0::1",
        "2a00::5efe:7f00:1");
  }

  @ParameterizedTest
  @MethodSource("forbidden")
  void a_name_with_one_forbidden_address_is_refused_wherever_it_stands(String bad)
      throws Exception {
    var good = InetAddress.ofLiteral("93.184.215.14");
    var evil = InetAddress.ofLiteral(bad);
    for (var answer : List.of(List.of(evil), List.of(good, evil), List.of(evil, good))) {
      try (var client =
          new OutgoingClient(new AddressGuard(List.of()), null, _ -> answer, recording)) {
        assertThat(client.send(OutgoingRequest.get("https://crm.example.org/", List.of()), LONG))
            .isInstanceOf(Exchange.Refused.class);
      }
    }
    assertThat(opened).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("good")
  void a_public_address_does_open_one(String url) throws Exception {
    try (var client =
        new OutgoingClient(
            new AddressGuard(List.of()),
            null,
            _ -> List.of(InetAddress.ofLiteral("93.184.215.14")),
            recording)) {
      assertThat(client.objection(url)).isEmpty();
      assertThat(client.send(OutgoingRequest.get(url, List.of()), LONG))
          .isInstanceOf(Exchange.Failed.class);
    }
    assertThat(opened).hasValue(1);
  }

  static Stream<String> good() {
    return Stream.of(
        "https://crm.example.org/",
        "https://crm.example.org./lead?x=%20",
        "HTTPS://CRM.Example.ORG:8443/a%2Fb",
        "https://93.184.215.14/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443/",
        "https://[64:ff9b::93.184.215.14]/",
        "https://xn--e1afmkfd.example/",
        "https://127.0.0.1.example.org/");
  }

  @Test
  void a_second_answer_that_went_bad_is_refused_at_the_next_connect() throws Exception {
    var answers = new AtomicInteger();
    HostResolver rebinding =
        _ ->
            List.of(
                InetAddress.ofLiteral(
                    answers.incrementAndGet() == 1 ? "93.184.215.14" : "169.254.169.254"));
    var dialled = new ArrayList<String>();
    SocketOpener opener =
        () ->
            new Socket() {
              @Override
              public void connect(java.net.SocketAddress to, int timeout) throws IOException {
                dialled.add(((java.net.InetSocketAddress) to).getAddress().getHostAddress());
                throw new java.net.ConnectException("nobody there");
              }
            };
    try (var client = new OutgoingClient(new AddressGuard(List.of()), null, rebinding, opener)) {
      var request = OutgoingRequest.get("https://rebind.example.org/", List.of());
      var first = client.send(request, LONG);
      assertThat(first)
          .isInstanceOfSatisfying(
              Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.CONNECT));
      assertThat(answers).as("one look-up a connect").hasValue(1);
      assertThat(dialled).containsExactly("93.184.215.14");
      assertThat(client.send(request, LONG)).isInstanceOf(Exchange.Refused.class);
      assertThat(dialled).hasSize(1);
    }
  }
}
