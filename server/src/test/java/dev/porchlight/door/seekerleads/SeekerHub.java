package dev.porchlight.door.seekerleads;

import dev.porchlight.testing.Answer;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub and clients of its Seeker Leads API, whose every exchange is held against the contract.
final class SeekerHub implements AutoCloseable {
  static final String LISTING = "24A1B2C3D4E5";
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  final TestHub hub;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Contract contract = Contract.load();

  SeekerHub(TestHub hub) {
    this.hub = hub;
  }

  @Override
  public void close() {
    http.close();
    hub.close();
  }

  /// A client as it was made.
  record Made(String id, String secret, String token, JsonNode json) {}

  Made make(Consumer<ObjectNode> more) {
    var body = Json.object().put("name", "Harbor CRM").put("contract", "seeker-leads");
    more.accept(body);
    var made = hub.api().make("/clients", body);
    return new Made(
        made.path("client_id").asString(),
        made.path("client_secret").asString(),
        made.path("token").asString(),
        made);
  }

  /// A caller for a client of the default office.
  Caller caller() {
    return caller(make(_ -> {}).token());
  }

  Caller callerOf(String... offices) {
    return caller(
        make(
                body -> {
                  var nodes = body.putArray("nodes");
                  List.of(offices).forEach(nodes::add);
                })
            .token());
  }

  Caller caller(String token) {
    return new Caller("/seeker-leads/v1", token);
  }

  Caller sandbox(String token) {
    return new Caller("/sandbox/seeker-leads/v1", token);
  }

  String node(String kind) {
    return hub.items("/nodes?limit=200").stream()
        .filter(n -> n.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  String office(String name) {
    return hub.api()
        .make(
            "/nodes",
            Json.object().put("kind", "office").put("name", name).put("parent", node("company")))
        .path("id")
        .asString();
  }

  /// The second that the hub's clock shows.
  long now() {
    return hub.clock().instant().getEpochSecond();
  }

  /// A body of `POST /leads`.
  static ObjectNode lead(int n) {
    var body =
        Json.object()
            .put("firstName", "Camille")
            .put("lastName", "Martin-" + n)
            .put("email", "camille.martin" + n + "@example.org")
            .put("message", "Ce bien est-il toujours disponible ?")
            .put("classifiedId", LISTING)
            .put("submittedDate", "2026-03-14T09:26:53Z");
    body.putArray("phoneNumbers").addObject().put("number", "+33199001234").put("type", "MOBILE");
    return body;
  }

  /// A token request with a JSON body.
  Answer token(ObjectNode body) {
    return plain("POST", "/oauth/token", body.toString(), "Content-Type", "application/json");
  }

  String jwt(Made made) {
    var answer =
        token(
            Json.object()
                .put("grant_type", "client_credentials")
                .put("client_id", made.id())
                .put("client_secret", made.secret()));
    if (answer.status() != 200) {
      throw new AssertionError("no token: " + answer);
    }
    return answer.json().path("access_token").asString();
  }

  /// One exchange, held against nothing.
  Answer plain(String method, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(hub.address() + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      var response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// A program that calls with a token.
  final class Caller {
    private final String base;
    private final String token;

    private Caller(String base, String token) {
      this.base = base;
      this.token = token;
    }

    /// One request, begun anew while the rate is passed.
    Answer send(String method, String path, String body, String... headers) {
      while (true) {
        var answer = once(method, path, body, headers);
        if (answer.status() != 429) {
          return answer;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    Answer once(String method, String path, String body, String... headers) {
      var all = new ArrayList<>(List.of(headers));
      if (!token.isEmpty()) {
        all.addAll(List.of("Authorization", "Bearer " + token));
      }
      if (!body.isEmpty()) {
        all.addAll(List.of("Content-Type", "application/json"));
      }
      var answer = plain(method, base + path, body, all.toArray(String[]::new));
      contract.check(
          method,
          path.replaceAll("\\?.*", ""),
          answer.status(),
          answer.header("Content-Type").orElse(""),
          answer.body());
      return answer;
    }

    Answer get(String path) {
      return send("GET", path, "");
    }

    Answer post(String path, JsonNode body, String... headers) {
      return send("POST", path, body.toString(), headers);
    }

    Answer window(long min, long max, String more) {
      return get("/leads?minDate=" + min + "&maxDate=" + max + more);
    }

    /// All leads of the day so far.
    List<JsonNode> leads() {
      var answer = window(now() - 86_400, now(), "");
      if (answer.status() != 200) {
        throw new AssertionError(answer.toString());
      }
      return answer.json().path("items").valueStream().toList();
    }

    List<String> ids() {
      return leads().stream().map(SeekerHub::id).toList();
    }
  }

  static String id(JsonNode lead) {
    return lead.at("/metadata/leadId").asString();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static Instant time(JsonNode text) {
    return Instant.parse(text.asString());
  }
}
