package dev.porchlight.door.spark;

import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Forms;
import dev.porchlight.web.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One request as the door understands it: a `POST` that stands for another method is that method,
/// and its form is among the parameters. For the one thread that answers it.
final class SparkCall {
  static final int MAX_BODY = 1024 * 1024;
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Set<String> OVERRIDES = Set.of("GET", "DELETE", "HEAD");
  private static final String OVERRIDE = "X-HTTP-Method-Override";

  /// A member named twice is a mistake that must not pass in silence.
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final Request request;
  private final String method;
  private final boolean overridden;
  private final List<Forms.Pair> query;
  private @Nullable Map<String, List<String>> parameters;
  private @Nullable Caller caller;

  SparkCall(Request request) {
    this.request = request;
    var override =
        request
            .header(OVERRIDE)
            .filter(_ -> request.method().equals("POST"))
            .map(m -> m.strip().toUpperCase(Locale.ROOT));
    overridden = override.filter(OVERRIDES::contains).isPresent();
    // Another word there is that method, and the body is its own.
    method = override.orElse(request.method());
    query = Forms.pairs(request.rawQuery());
  }

  Request request() {
    return request;
  }

  /// In capitals; what the request stands for, where it says so.
  String method() {
    return method;
  }

  /// Whether the body is a form that holds parameters of another method.
  boolean isOverridden() {
    return overridden;
  }

  /// The query as it was sent.
  List<Forms.Pair> query() {
    return query;
  }

  /// The form in the body of a request that stands for another method.
  List<Forms.Pair> form() throws BodyException, IOException {
    if (!overridden) {
      return List.of();
    }
    var bytes = bytes();
    if (bytes.length > 0 && !isContentType("application/x-www-form-urlencoded")) {
      throw new SparkException(
          SparkFault.BODY_INVALID,
          "With X-HTTP-Method-Override the body is application/x-www-form-urlencoded.");
    }
    return Forms.pairs(new String(bytes, StandardCharsets.UTF_8).strip());
  }

  /// Who asks.
  ///
  /// @throws IllegalStateException where nobody had to sign in
  Caller caller() {
    var known = caller;
    if (known == null) {
      throw new IllegalStateException("This resource is open to everybody");
    }
    return known;
  }

  void identified(Caller who) {
    caller = who;
  }

  /// The value of `{name}` in the resource's template, decoded.
  String path(String name) {
    return request.pathVariable(name);
  }

  /// All parameters by name, decoded: those of the query, then those of the form.
  Map<String, List<String>> parameters() throws BodyException, IOException {
    if (parameters == null) {
      var all = new ArrayList<>(query);
      all.addAll(form());
      parameters = Forms.decoded(all);
    }
    return parameters;
  }

  /// The first value of a parameter, as sent; may be empty.
  Optional<String> parameter(String name) throws BodyException, IOException {
    var values = parameters().get(name);
    return values == null ? Optional.empty() : Optional.of(values.getFirst());
  }

  /// The body as it came.
  byte[] bytes() throws BodyException, IOException {
    return request.body(MAX_BODY, PATIENCE);
  }

  private boolean isContentType(String wanted) {
    return request
        .header("Content-Type")
        .map(t -> t.split(";", 2)[0].strip())
        .filter(wanted::equalsIgnoreCase)
        .isPresent();
  }

  /// The content of the body's `D`; empty when there is no body.
  ///
  /// @throws SparkException 1035 when it is no JSON object sent as such, 1050 when it has no `D`,
  ///   1053 when `D` is no object
  Optional<ObjectNode> body() throws BodyException, IOException {
    var bytes = bytes();
    if (bytes.length == 0) {
      return Optional.empty();
    }
    if (!isContentType("application/json")) {
      throw new SparkException(SparkFault.BODY_INVALID, "Send the body as application/json.");
    }
    if (!(json(bytes) instanceof ObjectNode object)) {
      throw new SparkException(
          SparkFault.BODY_INVALID, "The body is not a JSON object with the member `D`.");
    }
    return switch (object.get("D")) {
      case null -> throw new SparkException(SparkFault.MISSING, "The body has no member `D`.");
      case ObjectNode d -> Optional.of(d);
      default -> throw new SparkException(SparkFault.INVALID, "`D` must be a JSON object.");
    };
  }

  /// The content of the body's `D`, which must be there and not be empty.
  ///
  /// @throws SparkException 1050 when it is not; else as [#body]
  ObjectNode needBody() throws BodyException, IOException {
    return body()
        .filter(d -> !d.isEmpty())
        .orElseThrow(() -> new SparkException(SparkFault.MISSING, "The body is missing or empty."));
  }

  /// Reads JSON strictly.
  static JsonNode json(byte[] bytes) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return STRICT.readTree(text);
    } catch (CharacterCodingException e) {
      throw new SparkException(SparkFault.BODY_INVALID, "The body is not UTF-8.");
    } catch (JacksonException e) {
      throw new SparkException(
          SparkFault.BODY_INVALID, "The body is not JSON, names a member twice, or is too deep.");
    }
  }

  /// A JSON object to build an answer from.
  static ObjectNode object() {
    return Json.object();
  }
}
