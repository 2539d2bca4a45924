package dev.porchlight.testing;

import dev.porchlight.value.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a hub answered.
///
/// @param body may be empty
public record Answer(int status, java.net.http.HttpHeaders headers, byte[] body) {
  static Answer of(HttpResponse<byte[]> response) {
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  /// The first value of a header.
  public Optional<String> header(String name) {
    return headers.firstValue(name);
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

  @Override
  public String toString() {
    return status + " " + text();
  }
}
