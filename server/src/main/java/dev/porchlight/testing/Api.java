package dev.porchlight.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A small client of a hub's own API. Paths are those under `/api/v1`; one that starts with `//` is
/// taken as it is, without its first slash (`//health`). Safe for use by many threads.
public final class Api {
  private final HttpClient client;
  private final URI hub;
  private final Optional<String> token;

  Api(HttpClient client, URI hub, @Nullable String token) {
    this.client = client;
    this.hub = hub;
    this.token = Optional.ofNullable(token);
  }

  /// The same client with another token, or none.
  public Api withToken(@Nullable String other) {
    return new Api(client, hub, other);
  }

  public Answer get(String path) {
    return FakeSender.send(client, request(path).GET().build());
  }

  /// Gets what must be there.
  ///
  /// @throws AssertionError when the answer is not 200
  public JsonNode read(String path) {
    return need(get(path), 200, path).json();
  }

  public Answer post(String path, String body) {
    return FakeSender.send(
        client, request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  public Answer post(String path, JsonNode body) {
    return post(path, body.toString());
  }

  /// Posts what must be taken.
  ///
  /// @throws AssertionError when the answer is not 2xx
  public JsonNode make(String path, JsonNode body) {
    var answer = post(path, body);
    return need(answer, answer.status() / 100 == 2 ? answer.status() : 201, path).json();
  }

  public Answer patch(String path, JsonNode body) {
    return FakeSender.send(
        client,
        request(path)
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  public Answer put(String path, JsonNode body) {
    return FakeSender.send(
        client, request(path).PUT(HttpRequest.BodyPublishers.ofString(body.toString())).build());
  }

  public Answer delete(String path) {
    return FakeSender.send(client, request(path).DELETE().build());
  }

  private HttpRequest.Builder request(String path) {
    var request =
        HttpRequest.newBuilder(
            hub.resolve(path.startsWith("//") ? path.substring(1) : "/api/v1" + path));
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
    return request;
  }

  private static Answer need(Answer answer, int status, String path) {
    if (answer.status() != status) {
      throw new AssertionError(path + " was answered " + answer);
    }
    return answer;
  }
}
