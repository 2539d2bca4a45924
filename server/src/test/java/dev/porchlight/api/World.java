package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.porchlight.Hub;
import dev.porchlight.HubConfig;
import dev.porchlight.testing.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A hub, clients of its API whose every exchange is held against the document that the hub serves,
/// and a receiver of deliveries.
final class World implements AutoCloseable {
  static final String ADMIN = "an-administrators-token";
  private static final JsonMapper JSON = new JsonMapper();

  final Hub hub;
  final Documents documents;
  final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final HttpServer crm;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// What the receiver got.
  record Received(Map<String, List<String>> headers, byte[] body) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(h -> h.getKey().equalsIgnoreCase(name))
          .map(h -> h.getValue().getFirst())
          .findFirst()
          .orElse("");
    }

    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  World(Path folder) throws IOException, InterruptedException {
    this(folder, Clock.systemUTC(), UnaryOperator.identity());
  }

  World(Path folder, Database database) throws IOException, InterruptedException {
    this(folder, Clock.systemUTC(), database.config());
  }

  World(Path folder, Clock clock, UnaryOperator<HubConfig> config)
      throws IOException, InterruptedException {
    hub =
        Hub.start(
            config.apply(HubConfig.local(folder.resolve("data"), ADMIN)),
            clock,
            UnaryOperator.identity());
    crm = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    crm.createContext(
        "/",
        exchange -> {
          received.add(
              new Received(
                  Map.copyOf(exchange.getRequestHeaders()),
                  exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    crm.start();
    var response =
        http.send(
            HttpRequest.newBuilder(hub.address().resolve("/openapi.yaml")).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    documents = new Documents(response.body());
  }

  String crmUrl() {
    return "http://127.0.0.1:" + crm.getAddress().getPort() + "/hook";
  }

  Received nextReceived() throws InterruptedException {
    var next = received.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("a delivery").isNotNull();
    return next;
  }

  @Override
  public void close() {
    http.shutdown();
    hub.close();
    crm.stop(0);
    http.close();
  }

  /// A reply.
  record Reply(int status, Map<String, List<String>> headers, byte[] body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
      return headers.entrySet().stream()
          .filter(h -> h.getKey().equalsIgnoreCase(name))
          .map(h -> h.getValue().getFirst())
          .findFirst()
          .orElse("");
    }

    /// The last word of a problem's type.
    String problem() {
      return json().path("type").asString("").replace("urn:porchlight:problem:", "");
    }

    Reply expect(int wanted) {
      assertThat(status).as(text()).isEqualTo(wanted);
      return this;
    }

    String id() {
      return json().path("id").asString();
    }
  }

  /// A client with a token; empty for none.
  final class Client {
    private final String token;

    Client(String token) {
      this.token = token;
    }

    Reply get(String path) {
      return send("GET", path, new byte[0], Map.of());
    }

    Reply post(String path, String body) {
      return send("POST", path, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    Reply patch(String path, String body) {
      return send("PATCH", path, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    Reply put(String path, String body) {
      return send("PUT", path, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    Reply delete(String path) {
      return send("DELETE", path, new byte[0], Map.of());
    }

    Reply keyed(String method, String path, String body, String key) {
      return send(
          method, path, body.getBytes(StandardCharsets.UTF_8), Map.of("Idempotency-Key", key));
    }

    Reply send(String method, String path, byte[] body, Map<String, String> headers) {
      var all = new LinkedHashMap<>(headers);
      if (!token.isEmpty()) {
        all.put("Authorization", "Bearer " + token);
      }
      all.putIfAbsent("Content-Type", "application/json");
      return World.this.send(method, path, body, all);
    }
  }

  Client admin() {
    return new Client(ADMIN);
  }

  Client as(String token) {
    return new Client(token);
  }

  /// Posts to a door.
  Reply door(String path, @Nullable String key, String body) {
    return send(
        "POST",
        path,
        body.getBytes(StandardCharsets.UTF_8),
        key == null ? Map.of() : Map.of("X-API-Key", key));
  }

  /// Publishes an event from a party's pod, which the document says nothing of.
  void publish(String pod, String key, String event) {
    var request =
        HttpRequest.newBuilder(URI.create(hub.address() + "/pods/" + pod + "/publish/"))
            .header("x-api-key", key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(event))
            .build();
    try {
      assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(201);
    } catch (IOException e) {
      throw new AssertionError(event, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  Reply send(String method, String path, byte[] body, Map<String, String> headers) {
    var request =
        HttpRequest.newBuilder(URI.create(hub.address() + path))
            .timeout(Duration.ofSeconds(60))
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      var response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      documents.check(
          new Documents.Exchange(
              method,
              path.replaceAll("\\?.*", ""),
              body,
              response.statusCode(),
              response.headers().map(),
              response.body()));
      return new Reply(response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Sends header values as they are, which Java's client would not, and reads until the end.
  Reply raw(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    head.append("Connection: close\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    try (var socket = new Socket(hub.address().getHost(), hub.address().getPort())) {
      var out = socket.getOutputStream();
      out.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      var all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      int end = all.indexOf("\r\n\r\n");
      var lines = all.substring(0, end).split("\r\n");
      var got = new LinkedHashMap<String, List<String>>();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        got.put(lines[i].substring(0, colon), List.of(lines[i].substring(colon + 1).strip()));
      }
      var reply =
          new Reply(
              Integer.parseInt(lines[0].split(" ")[1]),
              got,
              all.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1));
      documents.check(
          new Documents.Exchange(method, path, body, reply.status(), got, reply.body()));
      return reply;
    }
  }

  /// A source with its key.
  record Source(String id, String name, String key) {}

  Source source(String name, String contract, @Nullable String node) {
    var made =
        admin()
            .post(
                "/api/v1/sources",
                "{\"name\": \"%s\", \"contract\": \"%s\"%s}"
                    .formatted(name, contract, node == null ? "" : ", \"node\": \"" + node + "\""))
            .expect(201)
            .json();
    return new Source(made.path("id").asString(), name, made.path("api_key").asString());
  }

  /// A buyer's lead, all of whose texts are ASCII.
  static String buyer(String leadId, String first, String last, String email) {
    return """
    {"lead_id": "%s", "role": "buyer",
     "contact": {"first_name": "%s", "last_name": "%s", "email": "%s", "phone": "+1 804 555 0142"},
     "property": {"address": "12 Example Lane", "city": "Richmond", "state": "VA",
       "list_price": 450000, "beds": 3, "baths": 2, "latitude": 37.5, "longitude": -77.4,
       "listing_agent": {"name": "Robin Okafor", "email": "robin@example.com"}},
     "finance_info": {"pre_approved": true, "budget_max": 500000.50},
     "message": "Is it still there?", "source": "listing page",
     "is_likely_to_transact": true, "probability_to_transact": 0.7,
     "timestamp": "2026-01-02T03:04:05Z"}
    """
        .formatted(leadId, first, last, email);
  }

  /// Posts a lead and gives our id of it.
  String lead(Source source, String leadId, String first, String last, String email) {
    door("/in/" + source.name(), source.key(), buyer(leadId, first, last, email)).expect(200);
    return leadOf(source, leadId);
  }

  /// On a machine that is busy it may be owed for a moment.
  String leadOf(Source source, String leadId) {
    var path = "/api/v1/leads?lead_id=" + leadId + "&source=" + source.id();
    var items =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> admin().get(path).expect(200).json().path("items"), i -> !i.isEmpty());
    assertThat(items).hasSize(1);
    return items.get(0).path("id").asString();
  }

  String token(String scope, @Nullable String node) {
    return admin()
        .post(
            "/api/v1/tokens",
            "{\"name\": \"a token\", \"scopes\": [\"%s\"]%s}"
                .formatted(scope, node == null ? "" : ", \"node\": \"" + node + "\""))
        .expect(201)
        .json()
        .path("token")
        .asString();
  }

  /// The only node of a kind that was there from the start.
  String node(String kind) {
    for (var node : admin().get("/api/v1/nodes?limit=200").expect(200).json().path("items")) {
      if (node.path("kind").asString().equals(kind)) {
        return node.path("id").asString();
      }
    }
    throw new AssertionError("no " + kind);
  }

  /// A new office beside the first.
  String office(String name) {
    return admin()
        .post(
            "/api/v1/nodes",
            "{\"kind\": \"office\", \"name\": \"%s\", \"parent\": \"%s\"}"
                .formatted(name, node("company")))
        .expect(201)
        .id();
  }

  String endpoint(String name, String contract, @Nullable String node) {
    return admin()
        .post(
            "/api/v1/endpoints",
            "{\"name\": \"%s\", \"url\": \"%s\", \"contract\": \"%s\"%s}"
                .formatted(
                    name, crmUrl(), contract, node == null ? "" : ", \"node\": \"" + node + "\""))
        .expect(201)
        .id();
  }

  String first(String list) {
    var items = admin().get(list).expect(200).json().path("items");
    assertThat(items.size()).as(list).isPositive();
    return items.get(0).path("id").asString();
  }
}
