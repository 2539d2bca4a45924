package dev.porchlight.connector;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A schema of one of the contracts that we ship, its references resolved, formats asserted.
public final class PublicJsonSchema {
  public static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final JsonNode tree;
  private final Schema schema;

  private PublicJsonSchema(JsonNode tree, Dialect dialect) {
    this.tree = tree;
    this.schema =
        SchemaRegistry.withDialect(
                dialect,
                b ->
                    b.schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()))
            .getSchema(tree);
  }

  /// A schema of an OpenAPI document, for example `seeker-leads` and `lead`; closed: a member that
  /// it does not name is a fault.
  public static PublicJsonSchema component(String contract, String name) {
    var document = document(contract + ".openapi.yaml");
    return new PublicJsonSchema(
        closed(resolved(document.at("/components/schemas/" + name), document), false),
        Dialects.getDraft202012());
  }

  /// The payload of an event of ours, for example `LeadCreated`.
  public static PublicJsonSchema ownEvent(String message) {
    var document = document("asyncapi.yaml");
    return new PublicJsonSchema(
        resolved(document.at("/components/messages/" + message + "/payload"), document),
        Dialects.getDraft7());
  }

  private static JsonNode closed(JsonNode node, boolean part) {
    if (node instanceof ObjectNode object) {
      var out = JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(e -> out.set(e.getKey(), closed(e.getValue(), e.getKey().equals("allOf"))));
      boolean describes = object.has("properties") || object.has("allOf");
      if (describes && !part && !object.has("additionalProperties") && !object.has("oneOf")) {
        out.put("unevaluatedProperties", false);
      }
      return out;
    }
    if (node instanceof ArrayNode array) {
      var out = JsonNodeFactory.instance.arrayNode();
      array.forEach(item -> out.add(closed(item, part)));
      return out;
    }
    return node;
  }

  /// The payload of a message, for example `connections-plus` and `BuyerLead`.
  public static PublicJsonSchema payload(String contract, String message) {
    var document = document(contract + ".asyncapi.yaml");
    return new PublicJsonSchema(
        resolved(document.at("/components/messages/" + message + "/payload"), document),
        Dialects.getDraft7());
  }

  private static JsonNode document(String name) {
    try (var in =
        Objects.requireNonNull(PublicJsonSchema.class.getResourceAsStream("/contracts/" + name))) {
      return new YAMLMapper().readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonNode tree() {
    return tree;
  }

  /// What is wrong with a body; empty when it is valid.
  public List<String> faults(byte[] body) {
    return schema.validate(JSON.readTree(body)).stream().map(Object::toString).toList();
  }

  private static JsonNode resolved(JsonNode node, JsonNode document) {
    if (node instanceof ObjectNode object) {
      var ref = object.get("$ref");
      if (ref != null) {
        return resolved(document.at(ref.stringValue().substring(1)), document);
      }
      var out = JsonNodeFactory.instance.objectNode();
      object.properties().forEach(e -> out.set(e.getKey(), resolved(e.getValue(), document)));
      return out;
    }
    if (node instanceof ArrayNode array) {
      var out = JsonNodeFactory.instance.arrayNode();
      array.forEach(item -> out.add(resolved(item, document)));
      return out;
    }
    return node;
  }
}
