package dev.porchlight.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client against sockets that behave well and badly; requests and answers as they are on the
/// wire.
@Timeout(60)
final class OutgoingClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final AddressGuard local = new AddressGuard(Cidr.parseList("127.0.0.0/8"));
  private final AtomicInteger lookups = new AtomicInteger();
  private final OutgoingClient client =
      new OutgoingClient(
          local,
          null,
          _ -> {
            lookups.incrementAndGet();
            return List.of(InetAddress.ofLiteral("127.0.0.1"));
          },
          SocketOpener.direct());

  @AfterEach
  void close() {
    client.close();
  }

  /// What a peer does with one connection.
  interface Script {
    void play(Socket socket) throws Exception;
  }

  /// A peer that plays its script on each connection and says when one has ended.
  private static final class Peer implements AutoCloseable {
    final ServerSocket server;
    final AtomicInteger connections = new AtomicInteger();
    final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    Peer(ServerSocket server, Script script) {
      this.server = server;
      Thread.ofVirtual()
          .start(() -> {
            while (!server.isClosed()) {
              try {
                var socket = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, script));
              } catch (IOException e) {
                return;
              }
            }
          });
    }

    private void serve(Socket socket, Script script) {
      try (socket) {
        script.play(socket);
        ends.add("done");
      } catch (Exception e) {
        ends.add("broken: " + e);
      }
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort() + "/lead";
    }

    /// Reads one request: its head, and as much body as it announces.
    String take(Socket socket) throws IOException {
      var in = socket.getInputStream();
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int c = in.read();
        if (c < 0) {
          return "";
        }
        head.append((char) c);
      }
      var length =
          head.toString()
              .lines()
              .filter(l -> l.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
              .mapToInt(l -> Integer.parseInt(l.substring(15).strip()))
              .findFirst()
              .orElse(0);
      var request = head + new String(in.readNBytes(length), ISO_8859_1);
      requests.add(request);
      return request;
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static Peer peer(java.util.function.BiConsumer<Peer, Socket> play) throws IOException {
    var self = new java.util.concurrent.CompletableFuture<Peer>();
    var peer =
        new Peer(
            new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")),
            socket -> play.accept(self.get(), socket));
    self.complete(peer);
    return peer;
  }

  private static void write(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String take(Peer peer, Socket socket) {
    try {
      return peer.take(socket);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void untilGone(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {}
    } catch (IOException e) {
      return;
    }
  }

  private static OutgoingRequest post(String url) {
    return OutgoingRequest.post(
        url,
        List.of(Map.entry("Content-Type", "application/json"), Map.entry("webhook-id", "msg_1")),
        "{\"a\":1}".getBytes(US_ASCII));
  }

  @Test
  void a_request_as_it_is_on_the_wire_and_its_answer() throws Exception {
    try (var peer =
        peer((self, socket) -> {
          while (!take(self, socket).isEmpty()) {
            write(
                socket,
                "HTTP/1.1 202 Accepted\r\n"
                    + "Content-Length: 2\r\n"
                    + "Retry-After: 7\r\n"
                    + "Set-Cookie: a=b\r\n\r\n"
                    + "ok");
          }
        })) {
      for (int i = 0; i < 2; i++) {
        var answer = client.send(post(peer.url()), LONG);
        assertThat(answer)
            .isInstanceOfSatisfying(
                Exchange.Answered.class,
                a -> {
                  assertThat(a.status()).isEqualTo(202);
                  assertThat(a.head()).asString().isEqualTo("ok");
                  assertThat(a.cut()).isFalse();
                  assertThat(a.header("retry-after")).contains("7");
                });
        assertThat(peer.requests.take())
            .startsWith("POST /lead HTTP/1.1\r\n")
            .contains("Content-Type: application/json\r\n", "webhook-id: msg_1\r\n")
            .contains("Host: 127.0.0.1:" + peer.server.getLocalPort() + "\r\n")
            .contains("User-Agent: Porchlight\r\n")
            .doesNotContainIgnoringCase("cookie")
            .doesNotContainIgnoringCase("accept-encoding")
            .doesNotContainIgnoringCase("upgrade")
            .endsWith("\r\n\r\n{\"a\":1}");
      }
      assertThat(peer.connections).as("the connection is kept").hasValue(1);
    }
  }

  @Test
  void a_byte_a_while_does_not_hold_the_caller_and_the_socket_is_closed() throws Exception {
    for (var start :
        List.of(
            "", "HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")) {
      try (var peer =
          peer((self, socket) -> {
            take(self, socket);
            write(socket, start);
            try {
              while (socket.isConnected()) {
                write(socket, "x");
                // A pace, not a wait for anything.
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
              }
            } catch (java.io.UncheckedIOException e) {
              // the client has gone
            }
          })) {
        var outcome = client.send(post(peer.url()), SHORT);
        if (start.isEmpty()) {
          assertThat(outcome).isInstanceOf(Exchange.Failed.class);
        } else {
          assertThat(outcome)
              .isInstanceOfSatisfying(
                  Exchange.Failed.class,
                  f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.TIMEOUT));
        }
        assertThat(outcome.duration()).isLessThan(Duration.ofSeconds(10));
        assertThat(peer.ends.poll(20, TimeUnit.SECONDS)).as("the socket ended").isNotNull();
      }
    }
  }

  @Test
  void a_peer_that_says_nothing_meets_the_deadline() throws Exception {
    try (var peer = peer((_, socket) -> untilGone(socket))) {
      assertThat(client.send(post(peer.url()), SHORT))
          .isInstanceOfSatisfying(
              Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.TIMEOUT));
      assertThat(peer.ends.poll(20, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void a_look_up_that_hangs_meets_the_deadline_and_opens_nothing_later() throws Exception {
    var release = new CountDownLatch(1);
    var returned = new CountDownLatch(1);
    var opened = new AtomicInteger();
    try (var hanging =
        new OutgoingClient(
            local,
            null,
            _ -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              returned.countDown();
              return List.of(InetAddress.ofLiteral("127.0.0.1"));
            },
            () -> {
              opened.incrementAndGet();
              throw new IOException("opened");
            })) {
      var outcome = hanging.send(post("https://slow.example.org/"), SHORT);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Exchange.Failed.class,
              f -> {
                assertThat(f.kind()).isEqualTo(Exchange.Kind.TIMEOUT);
                assertThat(f.reason()).contains("looking up");
              });
      release.countDown();
      returned.await();
    }
    assertThat(opened).hasValue(0);
  }

  @Test
  void of_a_gigabyte_64_KiB_are_read() throws Exception {
    try (var peer =
        peer((self, socket) -> {
          take(self, socket);
          write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
          var block = "x".repeat(65536);
          for (int i = 0; i < 16384; i++) {
            write(socket, block);
          }
        })) {
      var outcome = client.send(post(peer.url()), LONG);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Exchange.Answered.class,
              a -> {
                assertThat(a.status()).isEqualTo(200);
                assertThat(a.head()).hasSize(65536);
                assertThat(a.cut()).isTrue();
              });
      assertThat(peer.ends.poll(20, TimeUnit.SECONDS)).startsWith("broken");
    }
  }

  @Test
  void a_redirect_is_an_answer_and_is_not_followed() throws Exception {
    try (var peer =
        peer((self, socket) -> {
          take(self, socket);
          write(
              socket,
              "HTTP/1.1 307 Temporary Redirect\r\n"
                  + "Location: /elsewhere\r\n"
                  + "Content-Length: 0\r\n\r\n");
          untilGone(socket);
        })) {
      assertThat(client.send(post(peer.url()), LONG))
          .isInstanceOfSatisfying(
              Exchange.Answered.class, a -> assertThat(a.status()).isEqualTo(307));
      assertThat(peer.requests).hasSize(1);
    }
  }

  @Test
  void a_connection_that_breaks_after_the_request_is_not_tried_again() throws Exception {
    try (var peer = peer(OutgoingClientTest::take)) {
      assertThat(client.send(post(peer.url()), LONG))
          .isInstanceOfSatisfying(
              Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.BROKEN));
      assertThat(peer.connections).hasValue(1);
    }
  }

  @Test
  void an_internationalised_host_is_sent_as_it_was_written() throws Exception {
    try (var peer =
        peer((self, socket) -> {
          take(self, socket);
          write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
          untilGone(socket);
        })) {
      int port = peer.server.getLocalPort();
      assertThat(client.send(post("http://xn--e1afmkfd.example:" + port + "/"), LONG))
          .isInstanceOf(Exchange.Answered.class);
      assertThat(peer.requests.take()).contains("Host: xn--e1afmkfd.example:" + port + "\r\n");
    }
  }

  @Test
  void compressed_answers_stay_compressed() throws Exception {
    try (var peer =
        peer((self, socket) -> {
          take(self, socket);
          write(
              socket, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc");
          untilGone(socket);
        })) {
      assertThat(client.send(post(peer.url()), LONG))
          .isInstanceOfSatisfying(
              Exchange.Answered.class, a -> assertThat(a.head()).asString().isEqualTo("abc"));
    }
  }

  @Test
  void nobody_listening_is_a_failed_connect() throws Exception {
    int port;
    try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = server.getLocalPort();
    }
    assertThat(client.send(post("http://127.0.0.1:" + port + "/"), LONG))
        .isInstanceOfSatisfying(
            Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.CONNECT));
  }

  @Test
  void a_name_without_an_address_is_a_failed_look_up() throws Exception {
    try (var nowhere =
        new OutgoingClient(
            local,
            null,
            host -> {
              throw new java.net.UnknownHostException(host);
            },
            SocketOpener.direct())) {
      assertThat(nowhere.send(post("https://nowhere.example.org/"), LONG))
          .isInstanceOfSatisfying(
              Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.DNS));
    }
  }

  @Test
  void plain_http_goes_to_a_name_only_when_all_its_addresses_are_allowed() throws Exception {
    try (var peer =
        peer((self, socket) -> {
          take(self, socket);
          write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
          untilGone(socket);
        })) {
      var url = "http://crm.example.org:" + peer.server.getLocalPort() + "/";
      assertThat(client.send(post(url), LONG)).isInstanceOf(Exchange.Answered.class);
      assertThat(lookups).hasValue(1);
      try (var mixed =
          new OutgoingClient(
              local,
              null,
              _ ->
                  List.of(
                      InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("93.184.215.14")),
              SocketOpener.direct())) {
        assertThat(mixed.send(post(url), LONG)).isInstanceOf(Exchange.Refused.class);
      }
    }
  }

  @Test
  void an_unknown_certificate_is_refused_and_an_extra_one_is_believed(@TempDir Path folder)
      throws Exception {
    var store = folder.resolve("peer.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    var made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "peer",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-dname",
                "CN=crm.example.org",
                "-ext",
                "san=dns:crm.example.org")
            .redirectErrorStream(true)
            .start();
    made.getInputStream().readAllBytes();
    assertThat(made.waitFor()).isZero();
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    var server =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    var self = new java.util.concurrent.CompletableFuture<Peer>();
    try (var peer =
            new Peer(
                (ServerSocket) server,
                socket -> {
                  self.get().take(socket);
                  write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
                  untilGone(socket);
                });
        var believing =
            new OutgoingClient(
                local,
                ("-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                            .encodeToString(keys.getCertificate("peer").getEncoded())
                        + "\n-----END CERTIFICATE-----\n")
                    .getBytes(US_ASCII),
                _ -> List.of(InetAddress.ofLiteral("127.0.0.1")),
                SocketOpener.direct())) {
      self.complete(peer);
      int port = server.getLocalPort();
      assertThat(client.send(post("https://crm.example.org:" + port + "/"), LONG))
          .isInstanceOfSatisfying(
              Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.TLS));
      assertThat(peer.requests).isEmpty();
      assertThat(believing.send(post("https://crm.example.org:" + port + "/"), LONG))
          .isInstanceOf(Exchange.Answered.class);
      assertThat(believing.send(post("https://other.example.org:" + port + "/"), LONG))
          .as("the certificate is for another name")
          .isInstanceOfSatisfying(
              Exchange.Failed.class, f -> assertThat(f.kind()).isEqualTo(Exchange.Kind.TLS));
    }
  }
}
