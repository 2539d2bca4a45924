package dev.porchlight.api;

import dev.porchlight.web.BodyException;
import dev.porchlight.web.Request;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A request that one of our own pages makes while it answers another.
///
/// @param from that other one
/// @param path as it is documented
record InsideRequest(Request from, String method, String path, String variable, ObjectNode content)
    implements Request {
  @Override
  public String pathVariable(String name) {
    return variable;
  }

  @Override
  public String rawQuery() {
    return "";
  }

  @Override
  public Map<String, List<String>> query() {
    return Map.of();
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.empty();
  }

  @Override
  public List<Map.Entry<String, String>> headers() {
    return List.of();
  }

  @Override
  public byte[] body(int limit, Duration patience) throws BodyException {
    return content.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public InetAddress peer() {
    return from.peer();
  }

  @Override
  public boolean isConfidential() {
    return from.isConfidential();
  }

  @Override
  public boolean isEncrypted() {
    return from.isEncrypted();
  }

  @Override
  public String baseUrl() {
    return from.baseUrl();
  }

  @Override
  public String id() {
    return from.id();
  }
}
