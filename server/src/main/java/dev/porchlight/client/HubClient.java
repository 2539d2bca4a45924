package dev.porchlight.client;

import dev.porchlight.value.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Speaks to `/api/v1` of a hub. May be shared by threads.
public final class HubClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /// A rebuild of a large store takes its time.
  private static final Duration ANSWER = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final URI base;
  private final @Nullable String token;

  /// @param url where the hub is reached, for example `http://127.0.0.1:8080`
  /// @param token a bearer token; null sends none
  /// @throws IllegalArgumentException with a sentence, when the URL is none
  public HubClient(String url, @Nullable String token) {
    URI uri;
    try {
      uri = URI.create(url.strip().replaceAll("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("`" + url + "` is no URL.", e);
    }
    if (uri.getHost() == null
        || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
      throw new IllegalArgumentException(
          "`" + url + "` is no URL of a hub; it looks like http://127.0.0.1:8080.");
    }
    if (token != null && token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("The token has characters that no token has.");
    }
    base = uri;
    this.token = token;
  }

  /// Parameters of a query in order; those whose value is null are left out.
  public static Map<String, String> query(@Nullable String... namesAndValues) {
    var query = new LinkedHashMap<String, String>();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      var name = namesAndValues[i];
      var value = namesAndValues[i + 1];
      if (name != null && value != null) {
        query.put(name, value);
      }
    }
    return query;
  }

  /// @param path below `/api/v1`, for example `/leads`
  public JsonNode get(String path) throws HubException {
    return json(send("GET", "/api/v1" + path, null));
  }

  public JsonNode get(String path, Map<String, String> query) throws HubException {
    var text = new StringBuilder(path);
    char separator = '?';
    for (var entry : query.entrySet()) {
      text.append(separator)
          .append(entry.getKey())
          .append('=')
          .append(URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    return get(text.toString());
  }

  /// The bytes that a path answers with.
  public byte[] bytes(String path) throws HubException {
    return send("GET", "/api/v1" + path, null);
  }

  public JsonNode post(String path, JsonNode body) throws HubException {
    return post(path, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  public JsonNode post(String path, byte[] body) throws HubException {
    return json(send("POST", "/api/v1" + path, body));
  }

  public JsonNode patch(String path, JsonNode body) throws HubException {
    return json(send("PATCH", "/api/v1" + path, body.toString().getBytes(StandardCharsets.UTF_8)));
  }

  public JsonNode put(String path, JsonNode body) throws HubException {
    return json(send("PUT", "/api/v1" + path, body.toString().getBytes(StandardCharsets.UTF_8)));
  }

  public JsonNode delete(String path) throws HubException {
    return json(send("DELETE", "/api/v1" + path, null));
  }

  /// What `/health` says; needs no token.
  public JsonNode health() throws HubException {
    return json(send("GET", "/health", null));
  }

  /// An id as one segment of a path.
  public static String segment(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private byte[] send(String method, String path, byte @Nullable [] body) throws HubException {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(ANSWER)
            .header("Accept", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<byte[]> response;
    try {
      response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (HttpTimeoutException e) {
      throw new HubException(0, "The hub at " + base + " did not answer in time.");
    } catch (ConnectException e) {
      throw new HubException(
          0,
          "No hub answers at "
              + base
              + ": start one with `porchlight serve`, or name another with --url.");
    } catch (IOException e) {
      throw new HubException(
          0, "The exchange with the hub at " + base + " broke off: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HubException(0, "Interrupted.");
    }
    if (response.statusCode() >= 200 && response.statusCode() < 300) {
      return response.body();
    }
    throw new HubException(response.statusCode(), refusal(response));
  }

  private String refusal(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == 401 && token == null) {
      return "The hub wants a token: pass --token, or set PORCHLIGHT_TOKEN.";
    }
    try {
      var problem = Json.tree(new String(response.body(), StandardCharsets.UTF_8));
      // A resubmitted receipt that is still not readable is answered with its state.
      for (var member : new String[] {"detail", "reason", "title"}) {
        var text = problem.path(member).asString("");
        if (!text.isBlank()) {
          return text;
        }
      }
    } catch (IllegalArgumentException e) {
      return base + " answered " + status + ", and not as a Porchlight hub does.";
    }
    return "The hub answered " + status + ".";
  }

  private JsonNode json(byte[] body) throws HubException {
    try {
      return Json.tree(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new HubException(200, base + " does not answer as a Porchlight hub does.");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
