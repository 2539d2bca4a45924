package dev.porchlight.console.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
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

  @Test
  void a_form_that_is_sent_twice_makes_one_endpoint_and_shows_its_secret_again() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub)) {
      var path = "/console/endpoints/new";
      var once = ONCE.matcher(ada.get(path).body());
      assertThat(once.find()).isTrue();
      Map<String, String> form =
          Map.of(
              "name",
              "CRM",
              "contract",
              "porchlight",
              "url",
              crm.url("/in"),
              "once",
              once.group(1));
      // Refused first, and taken all the same once it is mended.
      var wrong = new HashMap<>(form);
      wrong.put("url", "ftp://nowhere");
      assertThat(ada.submit(path, path, wrong).statusCode()).isEqualTo(422);
      var first = ada.submit(path, path, form);
      var again = ada.submit(path, path, form);
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(again.body()).isEqualTo(first.body()).contains("whsec_");
      assertThat(hub.items("/endpoints")).hasSize(1);
      // What was taken is known across a start of the hub.
      hub.restart();
      try (var back = ConsoleGuest.at(hub)) {
        back.cookies().putAll(ada.cookies());
        assertThat(back.submit(path, path, form).body()).isEqualTo(first.body());
        assertThat(hub.items("/endpoints")).hasSize(1);
        // Another visit to the form is another form.
        var other = new HashMap<>(form);
        other.put("once", "x" + once.group(1));
        back.submit(path, path, other);
        assertThat(hub.items("/endpoints")).hasSize(2);
      }
    }
  }

  private static final Pattern ONCE = Pattern.compile("name=\"once\" value=\"([^\"]+)\"");
}
