package dev.porchlight.api;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The schemas of an AsyncAPI document. AsyncAPI 2.6 has the words of draft 7; objects are closed
/// here by what the document names.
public final class MessageSchemas {
  private static final String ID = "https://porchlight.test/asyncapi";

  private final JsonNode document;
  private final SchemaRegistry registry;

  public MessageSchemas(JsonNode document) {
    this.document = document;
    var closed = document.deepCopy();
    close(closed);
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7,
            b ->
                b.schemas(Map.of(ID, closed.toString()))
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  }

  /// What is wrong with a value by the schema of that name.
  public List<String> problems(String name, JsonNode value) {
    Schema schema = registry.getSchema(SchemaLocation.of(ID + "#/components/schemas/" + name));
    return schema.validate(value).stream().map(Object::toString).toList();
  }

  /// The name of the payload's schema of a message of the document.
  public String payload(JsonNode reference) {
    return document
        .at(reference.path("$ref").asString().substring(1))
        .at("/payload/$ref")
        .asString()
        .replaceFirst(".*/", "");
  }

  private static void close(JsonNode node) {
    node.forEach(MessageSchemas::close);
    if (node instanceof ObjectNode object
        && object.path("type").asString("").equals("object")
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
  }
}
