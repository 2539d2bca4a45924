package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The AsyncAPI document, the contracts that it is made of, and what goes out.
final class AsyncApiTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void hasTheChannelsAsTheContractsHaveThem() throws Exception {
    var served = contract("asyncapi.yaml");
    for (var name : new String[] {"connections-plus", "lead-delivery"}) {
      var contract = contract(name + ".asyncapi.yaml");
      for (var channel : contract.path("channels").properties()) {
        assertThat(served.path("channels").get(channel.getKey())).isEqualTo(channel.getValue());
      }
      for (var kind : contract.path("components").properties()) {
        for (var entry : kind.getValue().properties()) {
          assertThat(served.path("components").path(kind.getKey()).get(entry.getKey()))
              .as(kind.getKey() + " " + entry.getKey())
              .isEqualTo(entry.getValue());
        }
      }
    }
  }

  @Test
  void whatAnEndpointOfOursGetsIsAsDocumented(@TempDir Path folder) throws Exception {
    try (var world = new World(folder)) {
      var document = new YAMLMapper().readTree(world.as("").get("/asyncapi.yaml").body());
      var endpoint = world.endpoint("ours", "porchlight", null);
      var source = world.source("portal", "connections-plus", null);
      var lead = world.lead(source, "L-1", "Sam", "Doe", "sam@example.com");
      var created = world.nextReceived();
      world.lead(source, "L-1", "Sam", "Doe", "sam.doe@example.com");
      var updated = world.nextReceived();

      validate(document, "LeadCreatedPayload", created.json());
      validate(document, "LeadUpdatedPayload", updated.json());
      assertThat(created.json().at("/data/id").asString()).isEqualTo(lead);
      for (var event : new World.Received[] {created, updated}) {
        var headers = JSON.createObjectNode();
        for (var name :
            document.at("/components/schemas/EventHeaders/properties").propertyNames()) {
          headers.put(name, event.header(name));
        }
        validate(document, "EventHeaders", headers);
      }

      // What is told beyond leads.
      world
          .admin()
          .patch(
              "/api/v1/endpoints/" + endpoint,
              "{\"kinds\": [\"contact.*\", \"listing.*\", \"lead.assigned\"]}")
          .expect(200);
      var contact = created.json().at("/data/contact_id").asString();
      var owner =
          world
              .admin()
              .post(
                  "/api/v1/nodes",
                  "{\"kind\": \"member\", \"name\": \"Bea\", \"parent\": \""
                      + world.node("office")
                      + "\"}")
              .expect(201)
              .id();
      world
          .admin()
          .patch("/api/v1/contacts/" + contact, "{\"owner\": \"" + owner + "\"}")
          .expect(200);
      validate(document, "ContactChangedPayload", world.nextReceived().json());
      validate(document, "LeadAssignedPayload", world.nextReceived().json());
      world
          .admin()
          .post("/api/v1/listings", "{\"mls_name\": \"HARBOR\", \"mls_id\": \"1\"}")
          .expect(201);
      validate(document, "ListingChangedPayload", world.nextReceived().json());

      var broken = (ObjectNode) created.json();
      ((ObjectNode) broken.get("data")).put("unheard_of", 1);
      assertThat(new MessageSchemas(document).problems("LeadCreatedPayload", broken)).isNotEmpty();
    }
  }

  private static JsonNode contract(String name) throws Exception {
    return new YAMLMapper().readTree(Files.readAllBytes(Path.of("../contracts", name)));
  }

  private static void validate(JsonNode document, String name, JsonNode value) {
    assertThat(new MessageSchemas(document).problems(name, value)).as(value.toString()).isEmpty();
  }
}
