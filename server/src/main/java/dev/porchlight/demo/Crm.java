package dev.porchlight.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A CRM that takes deliveries in this process. It believes only what is signed with its secret.
final class Crm implements AutoCloseable {
  private static final int MOST_BYTES = 1 << 20;
  private static final long PATIENCE_SECONDS = 10;

  private final String name;
  private final Consumer<Arrival> listener;
  private final HttpServer server;
  private final CompletableFuture<StandardWebhooks.Key> key = new CompletableFuture<>();

  /// A delivery that arrived.
  ///
  /// @param leadId the sender's
  /// @param authentic its signature fits
  /// @param nanos when, by [System#nanoTime]
  record Arrival(String crm, String leadId, boolean authentic, long nanos) {}

  Crm(String name, Consumer<Arrival> listener) throws IOException {
    this.name = name;
    this.listener = listener;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/leads", this::take);
    server.start();
  }

  String name() {
    return name;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/leads");
  }

  /// The secret as the hub showed it when the endpoint was made.
  void trust(String secret) {
    key.complete(StandardWebhooks.parseKey(secret).key());
  }

  private void take(HttpExchange exchange) throws IOException {
    long now = System.nanoTime();
    try (exchange) {
      var body = exchange.getRequestBody().readNBytes(MOST_BYTES);
      boolean authentic = isAuthentic(exchange, body);
      int status = authentic ? 200 : 401;
      var answer =
          (authentic ? "{\"taken\":true}" : "{\"taken\":false}").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
      listener.accept(new Arrival(name, leadId(body), authentic, now));
    }
  }

  private boolean isAuthentic(HttpExchange exchange, byte[] body) {
    try {
      return StandardWebhooks.verify(
              header -> exchange.getRequestHeaders().getOrDefault(header, List.of()),
              body,
              List.of(key.get(PATIENCE_SECONDS, TimeUnit.SECONDS)),
              Instant.now())
          instanceof StandardWebhooks.Verification.Accepted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  /// Both contracts carry it, at their own places.
  private static String leadId(byte[] body) {
    try {
      var found = Json.tree(new String(body, StandardCharsets.UTF_8)).findValue("lead_id");
      return found == null ? "" : found.asString("");
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
