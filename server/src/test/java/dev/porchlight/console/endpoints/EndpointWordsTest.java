package dev.porchlight.console.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the console says of an endpoint that takes nothing.
@Timeout(60)
class EndpointWordsTest {
  @TempDir Path folder;

  @Test
  void an_endpoint_that_answers_400_is_failing_everywhere_and_has_taken_nothing() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub)) {
      crm.alwaysAnswers(400);
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/in"), "porchlight", b -> b.put("name", "Deaf"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1).withName("Mia", "Example")));
      hub.awaitAttempts("L-1", endpoint, 1);
      var page = "/console/endpoints/" + endpoint.id();

      assertThat(ada.get("/console/endpoints").body())
          .contains("failing")
          .doesNotContain("in a row");
      assertThat(ada.get(page).body())
          .contains("It has not taken what it was sent since", "0 taken, 1 waiting, 0 failed")
          .doesNotContain("in a row");
      assertThat(ada.get("/console/now").body())
          .contains("failing since")
          .doesNotContain("in a row");

      var contact = "/console/contacts/" + hub.story("L-1").path("contact_id").asString();
      var erase = contact + "/erase";
      ada.submit(erase, erase, Map.of("confirmed", "erase"));
      hub.awaitDelivery("L-1", endpoint, "dropped");
      assertThat(ada.get(page).body()).contains("0 taken, 0 waiting, 0 failed, 1 dropped");
    }
  }
}
