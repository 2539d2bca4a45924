package dev.porchlight.receiver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A receiver on loopback that tells what arrives.
public final class Listening implements AutoCloseable {
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final int SHOWN = 20_000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final @Nullable String secret;
  private final int status;
  private final Consumer<List<String>> told;

  private Listening(
      HttpServer server, @Nullable String secret, int status, Consumer<List<String>> told) {
    this.server = server;
    this.secret = secret;
    this.status = status;
    this.told = told;
  }

  /// Listens.
  ///
  /// @param port 0 picks one
  /// @param secret `whsec_…`, to say of each request whether it fits; null to say nothing
  /// @param status what to answer; where a secret is given and does not fit, 401
  /// @param told gets the lines about one request after the other
  /// @throws IOException when the port can't be had
  public static Listening start(
      int port, @Nullable String secret, int status, Consumer<List<String>> told)
      throws IOException {
    if (secret != null) {
      StandardWebhooks.parseKey(secret);
    }
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    var listening = new Listening(server, secret, status, told);
    server.createContext("/", listening::answer);
    server.setExecutor(listening.threads);
    server.start();
    return listening;
  }

  /// Where it is reached.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
      var refusal =
          body.length > MOST_BYTES ? "its body is longer than 4 MiB" : objection(exchange, body);
      int answered = body.length > MOST_BYTES ? 413 : refusal == null ? status : 401;
      var lines = new ArrayList<String>();
      lines.add(
          Instant.now().truncatedTo(ChronoUnit.MILLIS)
              + " "
              + exchange.getRequestMethod()
              + " "
              + clean(exchange.getRequestURI().toString())
              + ", answered with "
              + answered);
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> lines.add("  " + clean(name + ": " + String.join(", ", values))));
      if (secret != null) {
        lines.add(refusal == null ? "  The signature fits." : "  Refused: " + refusal + ".");
      }
      text(body).lines().forEach(line -> lines.add("    " + clean(line)));
      synchronized (this) {
        told.accept(lines);
      }
      exchange.sendResponseHeaders(answered, -1);
    }
  }

  /// Why the signature does not fit; null when it does, or is not asked for.
  private @Nullable String objection(HttpExchange exchange, byte[] body) {
    if (secret == null) {
      return null;
    }
    var verdict =
        StandardWebhooks.verify(
            name -> {
              var values = exchange.getRequestHeaders().get(name);
              return values == null ? List.of() : values;
            },
            body,
            List.of(StandardWebhooks.parseKey(secret).key()),
            Instant.now());
    return switch (verdict) {
      case StandardWebhooks.Verification.Accepted _ -> null;
      case StandardWebhooks.Verification.Refused(var reason) -> reason.sentence();
    };
  }

  private static String text(byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8);
    try {
      text = Json.tree(text).toPrettyString();
    } catch (RuntimeException e) {
      // Then as it came.
    }
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }

  /// Nothing that a terminal would obey.
  private static String clean(String line) {
    return line.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
