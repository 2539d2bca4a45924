package dev.porchlight.crash;

import com.sun.net.httpserver.HttpServer;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/// A CRM that notes what it took, in the order of its answers, and now and then takes nothing.
final class RecordingCrm implements AutoCloseable {
  /// What it took.
  ///
  /// @param endpoint the path
  /// @param lead the hub's id of the lead
  record Arrival(
      String endpoint, String webhookId, long sequence, String contact, String lead, int version) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Arrival> arrivals = new ArrayList<>();
  private volatile double refusing;

  RecordingCrm() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1024);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var body = Json.mapper().readTree(exchange.getRequestBody().readAllBytes());
            if (ThreadLocalRandom.current().nextDouble() < refusing) {
              exchange.sendResponseHeaders(503, -1);
              return;
            }
            var headers = exchange.getRequestHeaders();
            var data = body.path("data");
            var arrival =
                new Arrival(
                    exchange.getRequestURI().getPath(),
                    String.valueOf(headers.getFirst("webhook-id")),
                    Long.parseLong(String.valueOf(headers.getFirst("Porchlight-Sequence"))),
                    data.path("contact_id").stringValue(),
                    data.path("id").stringValue(),
                    data.path("version").intValue());
            synchronized (arrivals) {
              arrivals.add(arrival);
            }
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
  }

  String url(String endpoint) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + endpoint;
  }

  /// Which share of the requests it answers with 503.
  void refuse(double share) {
    refusing = share;
  }

  /// All that it took so far.
  List<Arrival> arrivals() {
    synchronized (arrivals) {
      return List.copyOf(arrivals);
    }
  }

  /// Forgets what it took: for a hub on an empty folder.
  void forget() {
    synchronized (arrivals) {
      arrivals.clear();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
