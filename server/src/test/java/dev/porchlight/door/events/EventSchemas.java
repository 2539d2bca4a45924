package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The schemas of the contract as the hub serves it.
final class EventSchemas {
  private static final String ID = "https://porchlight.test/realestate-events";
  private static final SchemaRegistry REGISTRY = registry();

  private EventSchemas() {}

  private static SchemaRegistry registry() {
    try {
      var file = Files.readAllBytes(Path.of("../contracts/realestate-events.asyncapi.yaml"));
      // The document's own id is no schema's.
      var document = ((ObjectNode) new YAMLMapper().readTree(file)).without("id").toString();
      return SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_7,
          b ->
              b.schemas(Map.of(ID, document))
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Fails where something does not meet the schema of that name.
  static void check(String name, JsonNode value) {
    var schema = REGISTRY.getSchema(SchemaLocation.of(ID + "#/components/schemas/" + name));
    assertThat(schema.validate(value).stream().map(Object::toString))
        .as(value.toString())
        .isEmpty();
  }
}
