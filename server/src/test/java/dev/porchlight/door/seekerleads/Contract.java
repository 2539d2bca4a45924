package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The contract's OpenAPI document, against which a proxy would hold every exchange.
final class Contract {
  private static final JsonMapper JSON = new JsonMapper();

  private final JsonNode document;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private Contract(JsonNode document) {
    this.document = document;
  }

  /// As it lies among the project's contracts.
  static Contract load() {
    try {
      return new Contract(
          plain(
              new YAMLMapper()
                  .readTree(Files.readString(Path.of("../contracts/seeker-leads.openapi.yaml")))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `nullable`, as older OpenAPI has it, in the words of JSON Schema.
  private static JsonNode plain(JsonNode node) {
    if (node instanceof ObjectNode object) {
      var copy = JSON.createObjectNode();
      object.properties().forEach(e -> copy.set(e.getKey(), plain(e.getValue())));
      if (object.path("nullable").asBoolean(false) && object.path("type").isString()) {
        copy.putArray("type").add(object.path("type").stringValue()).add("null");
      }
      return copy;
    }
    if (node.isArray()) {
      var copy = JSON.createArrayNode();
      node.forEach(n -> copy.add(plain(n)));
      return copy;
    }
    return node;
  }

  /// The words that a schema of the contract enumerates.
  List<String> words(String schema) {
    return document
        .at("/components/schemas/" + schema + "/enum")
        .valueStream()
        .map(JsonNode::stringValue)
        .toList();
  }

  /// Fails unless the contract allows for that reply.
  ///
  /// @param path below the base URL, without the query
  void check(String method, String path, int status, String contentType, byte[] reply) {
    var what =
        method + " " + path + " -> " + status + " " + new String(reply, StandardCharsets.UTF_8);
    var item = item(path);
    if (item == null || !item.has(method.toLowerCase(Locale.ROOT))) {
      // What the contract does not know it can't allow; the refusal still has its form.
      assertThat(status).as(what).isIn(404, 405);
      validate("errorResponse", reply, what);
      return;
    }
    var operation = item.path(method.toLowerCase(Locale.ROOT));
    var response = operation.path("responses").path(Integer.toString(status));
    if (response.has("$ref")) {
      response = document.at(response.path("$ref").stringValue().substring(1));
    }
    assertThat(response.isMissingNode()).as("an undocumented status: " + what).isFalse();
    assertThat(contentType).as(what).isEqualTo("application/json");
    var schema = response.path("content").path("application/json").path("schema");
    assertThat(schema.has("$ref")).as(what).isTrue();
    var name = schema.path("$ref").stringValue();
    validate(name.substring(name.lastIndexOf('/') + 1), reply, what);
    if (status >= 400) {
      assertThat(JSON.readTree(reply).path("status").asInt()).as(what).isEqualTo(status);
    }
  }

  private @Nullable JsonNode item(String path) {
    var segments = path.split("/", -1);
    for (var template : document.path("paths").properties()) {
      var parts = template.getKey().split("/", -1);
      boolean fits = parts.length == segments.length;
      for (int i = 0; fits && i < parts.length; i++) {
        fits = parts[i].startsWith("{") || parts[i].equals(segments[i]);
      }
      if (fits) {
        return template.getValue();
      }
    }
    return null;
  }

  /// Fails unless that JSON is what the schema of that name allows.
  void validate(String schema, byte[] json, String what) {
    assertThat(
            schemas.computeIfAbsent(schema, this::compile).validate(JSON.readTree(json)).stream()
                .map(Object::toString)
                .toList())
        .as(what)
        .isEmpty();
  }

  private Schema compile(String name) {
    var whole = JSON.createObjectNode();
    whole.set("components", document.path("components"));
    var id = "https://porchlight.test/seeker-leads";
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            b ->
                b.schemas(Map.of(id, whole.toString()))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()))
        .getSchema(SchemaLocation.of(id + "#/components/schemas/" + name));
  }
}
