package dev.porchlight.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A portal that posts leads to a hub's door ([LeadBodies] makes bodies). Immutable: the `with`
/// methods give another sender. Safe for use by many threads.
public final class FakeSender {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client;
  private final URI hub;
  private final String path;
  private final @Nullable String key;
  private final String contentType;
  private final List<Map.Entry<String, String>> headers;

  private FakeSender(
      HttpClient client,
      URI hub,
      String path,
      @Nullable String key,
      String contentType,
      List<Map.Entry<String, String>> headers) {
    this.client = client;
    this.hub = hub;
    this.path = path;
    this.key = key;
    this.contentType = contentType;
    this.headers = List.copyOf(headers);
  }

  /// A sender of a source that posts to `/in/{source}`.
  ///
  /// @param hub where the hub is reached
  /// @param key the source's API key; null to send none
  public static FakeSender to(URI hub, String source, @Nullable String key) {
    return to(client(), hub, source, key);
  }

  static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  static FakeSender to(HttpClient client, URI hub, String source, @Nullable String key) {
    return new FakeSender(client, hub, "/in/" + source, key, "application/json", List.of());
  }

  /// One that posts to another path, for example `/in/portal/lead` or `/lead`.
  public FakeSender withPath(String other) {
    return new FakeSender(client, hub, other, key, contentType, headers);
  }

  /// One that sends another key, or none.
  public FakeSender withKey(@Nullable String other) {
    return new FakeSender(client, hub, path, other, contentType, headers);
  }

  /// One that names another content type.
  public FakeSender withContentType(String other) {
    return new FakeSender(client, hub, path, key, other, headers);
  }

  /// One that sends one more header.
  public FakeSender withHeader(String name, String value) {
    var more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new FakeSender(client, hub, path, key, contentType, more);
  }

  /// Posts a body and waits for the answer.
  ///
  /// @throws UncheckedIOException when none comes within a minute
  public Answer post(JsonNode body) {
    return post(body.toString());
  }

  /// Posts a text as UTF-8.
  public Answer post(String body) {
    return post(body.getBytes(StandardCharsets.UTF_8));
  }

  /// Posts bytes.
  public Answer post(byte[] body) {
    var request =
        HttpRequest.newBuilder(hub.resolve(path))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    if (key != null) {
      request.header("X-API-Key", key);
    }
    headers.forEach(h -> request.header(h.getKey(), h.getValue()));
    return send(client, request.build());
  }

  static Answer send(HttpClient client, HttpRequest request) {
    try {
      return Answer.of(client.send(request, HttpResponse.BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("no answer to " + request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }
}
