package dev.porchlight.http;

import dev.porchlight.web.BodyException;
import dev.porchlight.web.Forms;
import dev.porchlight.web.RepeatedHeaderException;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request of the server library in our words. What is costly is worked out when asked for.
final class ServedRequest implements Request {
  private final org.eclipse.jetty.server.Request request;
  private final String id;
  private final Map<String, String> variables;
  private final Supplier<Origin> origins;
  private final BodyReader bodyReader;
  private @Nullable Origin origin;
  private @Nullable Map<String, List<String>> query;
  private byte @Nullable [] body;
  private boolean bodyRefused;

  ServedRequest(
      org.eclipse.jetty.server.Request request,
      String id,
      Map<String, String> variables,
      Supplier<Origin> origins,
      BodyReader bodyReader) {
    this.request = request;
    this.id = id;
    this.variables = variables;
    this.origins = origins;
    this.bodyReader = bodyReader;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return pathOf(request);
  }

  static String pathOf(org.eclipse.jetty.server.Request request) {
    var path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  @Override
  public String pathVariable(String name) {
    var value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The template has no variable " + name);
    }
    return value;
  }

  @Override
  public String rawQuery() {
    var raw = request.getHttpURI().getQuery();
    return raw == null ? "" : raw;
  }

  @Override
  public Map<String, List<String>> query() {
    if (query == null) {
      query = Forms.decoded(Forms.pairs(rawQuery()));
    }
    return query;
  }

  @Override
  public Optional<String> header(String name) {
    var headers = request.getHeaders();
    if (DECIDING.contains(name.toLowerCase(Locale.ROOT))
        && headers.getValuesList(name).size() > 1) {
      throw new RepeatedHeaderException(name);
    }
    return Optional.ofNullable(headers.get(name));
  }

  @Override
  public List<Map.Entry<String, String>> headers() {
    var all = new ArrayList<Map.Entry<String, String>>(request.getHeaders().size());
    for (var field : request.getHeaders()) {
      var value = field.getValue();
      all.add(Map.entry(field.getName(), value == null ? "" : value));
    }
    return all;
  }

  @Override
  public byte[] body(int limit, Duration patience) throws BodyException, IOException {
    if (body == null) {
      if (bodyRefused) {
        throw new IllegalStateException("The body was refused already");
      }
      bodyRefused = true;
      body = bodyReader.read(limit, patience);
      bodyRefused = false;
    }
    return body;
  }

  /// Whether reading the body was tried and failed: the connection cannot go on then.
  boolean isBodyRefused() {
    return bodyRefused;
  }

  /// Whether some of the body is still to come, or was refused: then this is the connection's last
  /// request, and whoever sent it must be told.
  boolean isBodyLeft() {
    return bodyRefused || !request.consumeAvailable();
  }

  @Override
  public InetAddress peer() {
    return origin().peer();
  }

  @Override
  public boolean isConfidential() {
    return origin().confidential();
  }

  @Override
  public boolean isEncrypted() {
    return origin().encrypted();
  }

  @Override
  public String baseUrl() {
    return origin().baseUrl();
  }

  private Origin origin() {
    if (origin == null) {
      origin = origins.get();
    }
    return origin;
  }

  @Override
  public String id() {
    return id;
  }
}
