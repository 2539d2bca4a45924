package dev.porchlight.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import tools.jackson.databind.JsonNode;

/// A CRM that listens on loopback, writes down each request before it answers it, and answers as it
/// is told, else with 200. Safe for use by many threads.
public final class FakeCrm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration DRIP = Duration.ofMillis(50);
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS_OF_A_GIGABYTE = 16 * 1024;

  /// One request.
  ///
  /// @param n from 1, in the order of arrival
  /// @param at when it was here whole, by the CRM's clock
  /// @param headers by name in any case; values of one name joined by `, `
  /// @param peer whom the certificate names that came with the connection; empty for none
  public record Received(
      int n,
      Instant at,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      String peer) {
    /// The value of a header; empty when it did not come.
    public String header(String name) {
      return Optional.ofNullable(headers.get(name)).orElse("");
    }

    /// The body as text, read as UTF-8.
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /// The body as JSON.
    ///
    /// @throws IllegalArgumentException when it is none
    public JsonNode json() {
      return Json.tree(text());
    }

    /// Whether the Standard Webhooks headers fit the body, the secret, and the time of arrival.
    ///
    /// @param secret as the hub showed it, `whsec_…`
    public boolean isSignedWith(String secret) {
      var verdict =
          StandardWebhooks.verify(
              name -> header(name).isEmpty() ? List.of() : List.of(header(name)),
              body,
              List.of(StandardWebhooks.parseKey(secret).key()),
              at);
      return verdict instanceof StandardWebhooks.Verification.Accepted;
    }
  }

  /// How to answer one request.
  public sealed interface Reaction {
    /// With a status, headers and a body.
    record Status(int status, Map<String, String> headers, String body) implements Reaction {
      public Status {
        headers = Map.copyOf(headers);
      }
    }

    /// With another reaction, but not before the latch is open.
    record Held(CountDownLatch latch, Reaction then) implements Reaction {}

    /// Not at all, until the CRM closes.
    record Hanging() implements Reaction {}

    /// With 200 and a body that comes a byte at a time and never ends.
    record Trickling() implements Reaction {}

    /// With 200 and a body of a gigabyte.
    record Gigabyte() implements Reaction {}

    /// With a connection that is cut.
    record CutOff() implements Reaction {}
  }

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Clock clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Received> received = new ArrayList<>();
  private final Deque<Reaction> script = new ArrayDeque<>();
  private Reaction otherwise = new Reaction.Status(200, Map.of(), "");

  private FakeCrm(HttpServer server, String scheme, Clock clock) {
    this.server = server;
    this.scheme = scheme;
    this.clock = clock;
  }

  /// Opens one by the system's clock.
  ///
  /// @throws UncheckedIOException when no port can be had
  public static FakeCrm open() {
    return open(Clock.systemUTC());
  }

  /// Opens one.
  ///
  /// @param clock for the times of arrival, against which signatures are checked
  public static FakeCrm open(Clock clock) {
    return open(clock, 0);
  }

  /// Opens one that speaks TLS and demands a certificate of whoever comes.
  ///
  /// @param context what it shows, and whose certificates it takes
  public static FakeCrm openDemanding(Clock clock, SSLContext context) {
    try {
      var server = HttpsServer.create(loopback(), 0);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              var wanted = context.getDefaultSSLParameters();
              wanted.setNeedClientAuth(true);
              parameters.setSSLParameters(wanted);
            }
          });
      return start(server, "https", clock);
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a CRM", e);
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static FakeCrm start(HttpServer server, String scheme, Clock clock) {
    var crm = new FakeCrm(server, scheme, clock);
    server.createContext("/", crm::answer);
    server.setExecutor(crm.workers);
    server.start();
    return crm;
  }

  private static FakeCrm open(Clock clock, int port) {
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      return start(server, "http", clock);
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a CRM", e);
    }
  }

  /// Where it listens, without a path, for example `http://127.0.0.1:PORT`.
  public URI address() {
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  /// An URL at it.
  ///
  /// @param path with its first slash
  public String url(String path) {
    return address() + path;
  }

  /// Answers the next requests with these statuses, one each; then as before.
  public FakeCrm answers(int... statuses) {
    Arrays.stream(statuses).forEach(s -> answers(new Reaction.Status(s, Map.of(), "")));
    return this;
  }

  /// Answers the next requests like that, one each; then as before.
  public synchronized FakeCrm answers(Reaction... reactions) {
    script.addAll(Arrays.asList(reactions));
    return this;
  }

  /// Answers with that status whenever the script is used up.
  public FakeCrm alwaysAnswers(int status) {
    return alwaysAnswers(new Reaction.Status(status, Map.of(), ""));
  }

  /// Answers like that whenever the script is used up.
  public synchronized FakeCrm alwaysAnswers(Reaction reaction) {
    otherwise = reaction;
    return this;
  }

  /// What came so far, in order of arrival.
  public synchronized List<Received> requests() {
    return List.copyOf(received);
  }

  /// Waits until at least that many requests have come, and gives all that have.
  ///
  /// @throws AssertionError when they have not within half a minute
  public List<Received> await(int count) {
    return awaitUntil("at least " + count + " requests", all -> all.size() >= count);
  }

  /// Waits until what came fits, and gives it.
  ///
  /// @param what to say when it does not within half a minute
  /// @throws AssertionError then
  public synchronized List<Received> awaitUntil(String what, Predicate<List<Received>> fits) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!fits.test(received)) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(
            "waited for "
                + what
                + "; there came "
                + received.stream().map(r -> r.method() + " " + r.path()).toList());
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, e);
      }
    }
    return List.copyOf(received);
  }

  private synchronized Reaction note(HttpExchange exchange, byte[] body) {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name, String.join(", ", values)));
    received.add(
        new Received(
            received.size() + 1,
            clock.instant(),
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            headers,
            body,
            peer(exchange)));
    notifyAll();
    return Optional.ofNullable(script.poll()).orElse(otherwise);
  }

  private static String peer(HttpExchange exchange) {
    try {
      return exchange instanceof HttpsExchange tls
          ? tls.getSSLSession().getPeerPrincipal().getName()
          : "";
    } catch (SSLPeerUnverifiedException e) {
      return "";
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      react(exchange, note(exchange, exchange.getRequestBody().readAllBytes()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void react(HttpExchange exchange, Reaction reaction)
      throws IOException, InterruptedException {
    switch (reaction) {
      case Reaction.Status(int status, var headers, var body) -> {
        headers.forEach(exchange.getResponseHeaders()::set);
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
          exchange.getResponseBody().write(bytes);
        }
      }
      case Reaction.Held(var latch, var then) -> {
        while (closed.getCount() > 0 && !latch.await(DRIP.toMillis(), TimeUnit.MILLISECONDS)) {
          // until either is open
        }
        react(exchange, then);
      }
      case Reaction.Hanging() -> closed.await();
      case Reaction.Trickling() -> {
        exchange.sendResponseHeaders(200, 0);
        do {
          exchange.getResponseBody().write('.');
          exchange.getResponseBody().flush();
        } while (!closed.await(DRIP.toMillis(), TimeUnit.MILLISECONDS));
      }
      case Reaction.Gigabyte() -> {
        exchange.sendResponseHeaders(200, 0);
        var chunk = new byte[CHUNK];
        for (int i = 0; i < CHUNKS_OF_A_GIGABYTE && closed.getCount() > 0; i++) {
          exchange.getResponseBody().write(chunk);
        }
      }
      case Reaction.CutOff() -> throw new IOException("cut off, as told");
    }
  }

  /// Stops listening, cuts what is open and lets go of what hangs.
  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    workers.shutdownNow();
  }
}
