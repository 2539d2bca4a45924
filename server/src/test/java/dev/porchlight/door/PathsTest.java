package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Which address takes what.
@OnEveryDatabase
class PathsTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void the_sources_contract_decides_on_every_path_and_the_other_contracts_path_is_a_violation() {
    try (var hub = database.start(folder)) {
      var plus = hub.addSource("plus", "connections-plus");
      var delivery = hub.addSource("delivery", "lead-delivery");
      var ana = InventedPerson.of(1);

      var p = plus.sender();
      assertThat(p.post(LeadBodies.buyer("P-1", ana)).status()).isEqualTo(200);
      assertThat(p.withPath("/in/plus/lead").post(LeadBodies.seller("P-2", ana)).status())
          .isEqualTo(200);
      assertThat(p.withPath("/lead").post(LeadBodies.buyer("P-3", ana)).status()).isEqualTo(200);
      assertThat(p.withPath("/in/plus/lead-delivery").post(LeadBodies.buyer("P-4", ana)).status())
          .isEqualTo(200);
      assertThat(p.withPath("/lead-delivery").post(LeadBodies.buyer("P-5", ana)).status())
          .isEqualTo(200);
      assertThat(p.post(LeadBodies.nativeEnvelope("P-6", ana)).status()).isEqualTo(200);
      var d = delivery.sender();
      assertThat(d.post(LeadBodies.standard("D-1", ana)).status()).isEqualTo(200);
      assertThat(d.withPath("/lead-delivery").post(LeadBodies.enhanced("D-2", ana)).status())
          .isEqualTo(200);
      assertThat(d.withPath("/lead").post(LeadBodies.standard("D-3", ana)).status()).isEqualTo(200);

      assertThat(message(hub, "P-1")).isEqualTo("BuyerLead");
      assertThat(message(hub, "P-2")).isEqualTo("SellerLead");
      assertThat(message(hub, "P-5")).isEqualTo("BuyerLead");
      assertThat(message(hub, "P-6")).isEqualTo("Native");
      assertThat(message(hub, "D-1")).isEqualTo("StandardLead");
      assertThat(message(hub, "D-2")).isEqualTo("EnhancedLead");
      assertThat(message(hub, "D-3")).isEqualTo("StandardLead");
      for (var clean : new String[] {"P-1", "P-2", "P-3", "P-6", "D-1", "D-2"}) {
        assertThat(hub.story(clean).path("violations")).as(clean).isEmpty();
      }
      for (var astray : new String[] {"P-4", "P-5", "D-3"}) {
        assertThat(hub.story(astray).path("violations")).as(astray).hasSize(1);
        assertThat(hub.story(astray).path("violations").get(0).path("rule").stringValue())
            .contains("channel");
      }
    }
  }

  private static String message(TestHub hub, String lead) {
    JsonNode receipt = hub.story(lead).path("receipts").get(0);
    return receipt.path("message").stringValue();
  }

  @Test
  void other_methods_and_addresses_are_refused_in_the_doors_form() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var got = hub.api().get("//in/portal");
      assertThat(got.status()).isEqualTo(405);
      assertThat(got.header("Allow")).contains("POST");
      assertThat(got.json().propertyNames())
          .containsExactlyInAnyOrder(
              "communications_guid", "status_code", "message", "description");
      assertThat(portal.sender().withPath("/in/portal/nothing").post("{}").status()).isEqualTo(404);
    }
  }
}
