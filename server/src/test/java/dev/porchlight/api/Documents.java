package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Holds exchanges against an OpenAPI document. Stricter than the document is for others: a member
/// that no schema names is an error too.
final class Documents {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete", "put");

  private final JsonNode document;
  private final ObjectNode components;
  private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();
  private final Set<String> called = new ConcurrentSkipListSet<>();

  Documents(byte[] openapi) {
    document = new YAMLMapper().readTree(openapi);
    components = JSON.createObjectNode();
    document
        .at("/components/schemas")
        .properties()
        .forEach(e -> components.set(e.getKey(), strict(e.getValue(), true)));
  }

  /// Closes every object schema that is used on its own; parts of an `allOf` stay open.
  private static JsonNode strict(JsonNode schema, boolean part) {
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    var copy = object.deepCopy();
    for (var list : List.of("allOf", "oneOf")) {
      if (object.has(list)) {
        var members = copy.putArray(list);
        object.get(list).forEach(s -> members.add(strict(s, list.equals("allOf"))));
      }
    }
    if (object.has("properties")) {
      var properties = copy.putObject("properties");
      object
          .get("properties")
          .properties()
          .forEach(e -> properties.set(e.getKey(), strict(e.getValue(), false)));
    }
    if (object.has("items")) {
      copy.set("items", strict(object.get("items"), false));
    }
    boolean closed =
        !part
            && !object.has("additionalProperties")
            && (object.has("properties") || object.has("$ref") || object.has("allOf"));
    if (closed) {
      copy.put("unevaluatedProperties", false);
    }
    return copy;
  }

  /// The names of all operations, `GET /api/v1/leads`.
  Set<String> operations() {
    var all = new TreeSet<String>();
    for (var path : document.path("paths").properties()) {
      for (var method : path.getValue().propertyNames()) {
        if (METHODS.contains(method)) {
          all.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    return all;
  }

  /// Those operations that were called and answered as documented, with any success.
  Set<String> called() {
    return called;
  }

  /// One request and its reply.
  record Exchange(
      String method,
      String path,
      byte[] body,
      int status,
      Map<String, List<String>> headers,
      byte[] reply) {
    @Override
    public String toString() {
      return method
          + " "
          + path
          + " -> "
          + status
          + " "
          + new String(reply, StandardCharsets.UTF_8).strip();
    }
  }

  /// Fails unless the document allows for it.
  void check(Exchange e) {
    var template = template(e.path());
    var type = header(e, "content-type");
    if (template == null) {
      assertThat(e.status()).as("an unknown address: " + e).isEqualTo(404);
      problem(e, type);
      return;
    }
    var path = document.path("paths").path(template);
    var method = e.method().equals("HEAD") ? "GET" : e.method();
    var operation = path.path(method.toLowerCase(Locale.ROOT));
    if (operation.isMissingNode()) {
      assertThat(e.status()).as("an undocumented method: " + e).isEqualTo(405);
      var allowed =
          Arrays.stream(header(e, "allow").split(", *"))
              .collect(Collectors.toCollection(TreeSet::new));
      var documented =
          path.propertyNames().stream()
              .filter(METHODS::contains)
              .map(m -> m.toUpperCase(Locale.ROOT))
              .collect(Collectors.toCollection(TreeSet::new));
      allowed.remove("HEAD");
      assertThat(allowed).as(e.toString()).isEqualTo(documented);
      return;
    }
    var response = resolved(operation.path("responses").path(Integer.toString(e.status())));
    assertThat(response.isMissingNode()).as("an undocumented status: " + e).isFalse();
    for (var header : response.path("headers").properties()) {
      if (header.getValue().path("required").asBoolean(false)) {
        assertThat(header(e, header.getKey())).as(header.getKey() + " of " + e).isNotEmpty();
      }
    }
    var bare = type.replaceAll(";.*", "").strip();
    var content = response.path("content").path(bare);
    assertThat(content.isMissingNode()).as("an undocumented type " + type + ": " + e).isFalse();
    if (bare.endsWith("json") && !e.method().equals("HEAD")) {
      validate(content.path("schema"), e.reply(), "the reply: " + e);
    }
    if (bare.equals("application/problem+json")) {
      problem(e, type);
    }
    if (e.status() < 300) {
      called.add(e.method() + " " + template);
      var request = resolved(operation.path("requestBody")).at("/content/application~1json/schema");
      if (e.body().length > 0
          && request.has("properties") | request.has("allOf") | request.has("$ref")) {
        validate(
            request,
            e.body(),
            "the request, which was taken: " + new String(e.body(), StandardCharsets.UTF_8));
      }
    }
  }

  private void problem(Exchange e, String type) {
    assertThat(type).as(e.toString()).isEqualTo("application/problem+json");
    if (!e.method().equals("HEAD")) {
      var problem = JSON.readTree(e.reply());
      assertThat(problem.path("status").asInt()).as(e.toString()).isEqualTo(e.status());
      validate(document.at("/components/schemas/Problem"), e.reply(), e.toString());
    }
  }

  /// Fails unless every example of the document is what its schema allows; gives their number.
  int checkExamples() {
    return checkExamples(document);
  }

  private int checkExamples(JsonNode node) {
    int count = 0;
    if (node.has("example") && node.has("schema")) {
      var example = node.get("example").toString().getBytes(StandardCharsets.UTF_8);
      // What portals send is described by the AsyncAPI document.
      if (!node.get("schema").equals(JSON.readTree("{\"type\": \"object\"}"))) {
        validate(node.get("schema"), example, "an example: " + node.get("example"));
      }
      count++;
    }
    for (var child : node) {
      count += checkExamples(child);
    }
    return count;
  }

  /// Validates JSON against a schema of the document, closed.
  void validate(JsonNode schema, byte[] json, String what) {
    var errors =
        schemas.computeIfAbsent(schema, this::compile).validate(JSON.readTree(json)).stream()
            .map(Object::toString)
            .toList();
    assertThat(errors).as(what).isEmpty();
  }

  /// A schema of the document's components.
  JsonNode schema(String name) {
    return document.at("/components/schemas/" + name);
  }

  private Schema compile(JsonNode schema) {
    var whole = JSON.createObjectNode();
    whole.putObject("components").set("schemas", components);
    whole.putObject("$defs").set("it", strict(schema, false));
    var id = "https://porchlight.test/" + schemas.size() + "-" + System.nanoTime();
    var registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            b ->
                b.schemas(Map.of(id, whole.toString()))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    return registry.getSchema(SchemaLocation.of(id + "#/$defs/it"));
  }

  private JsonNode resolved(JsonNode node) {
    var ref = node.path("$ref").asString("");
    return ref.isEmpty() ? node : document.at(ref.substring(1));
  }

  private static String header(Exchange e, String name) {
    return e.headers().entrySet().stream()
        .filter(h -> h.getKey().equalsIgnoreCase(name))
        .map(h -> h.getValue().getFirst())
        .findFirst()
        .orElse("");
  }

  private @Nullable String template(String path) {
    var segments = path.split("/", -1);
    var fitting = new ArrayList<String>();
    for (var template : document.path("paths").propertyNames()) {
      var parts = template.split("/", -1);
      boolean fits = parts.length == segments.length;
      for (int i = 0; fits && i < parts.length; i++) {
        fits = parts[i].startsWith("{") || parts[i].equals(segments[i]);
      }
      if (fits) {
        fitting.add(template);
      }
    }
    return fitting.stream()
        .min(
            java.util.Comparator.comparingLong(
                (String t) -> t.chars().filter(c -> c == '{').count()))
        .orElse(null);
  }
}
