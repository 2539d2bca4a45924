package dev.porchlight.console.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import dev.porchlight.web.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The audit has each change and each look at a person, and says it in words.
@Timeout(60)
class ActTest {
  /// What has an id in the API and is nobody's data.
  private static final Set<String> IMPERSONAL =
      Set.of(
          "clients",
          "endpoints",
          "grants",
          "listings",
          "nodes",
          "parties",
          "replays",
          "sources",
          "spark-keys");

  @TempDir Path folder;

  @Test
  void whatever_changes_something_or_shows_a_person_is_in_the_audit_in_words() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var ours =
          hub.hub().routes().stream()
              .filter(
                  r -> r.template().startsWith("/console") || r.template().startsWith("/api/v1/"))
              .toList();
      var acts = new ArrayList<String>();
      for (var route : ours) {
        boolean read = route.method().equals("GET");
        if (!read || noted(route)) {
          acts.add(route.method() + " " + route.template());
        }
      }
      assertThat(acts).hasSizeGreaterThan(120);
      for (var language : List.of("en", "de", "fr")) {
        var words =
            ResourceBundle.getBundle(
                "dev.porchlight.console.audit.messages",
                Locale.forLanguageTag(language),
                ResourceBundle.Control.getNoFallbackControl(
                    ResourceBundle.Control.FORMAT_PROPERTIES));
        assertThat(acts)
            .allSatisfy(act -> {
              var said = Act.of(act);
              assertThat(words.keySet())
                  .as(language + ": " + act)
                  .contains("act.thing." + said.thing(), "act.deed." + said.deed());
            });
      }
      // Nothing else of the console names a thing in its address.
      assertThat(ours)
          .filteredOn(r -> r.method().equals("GET") && r.template().startsWith("/console"))
          .filteredOn(r -> r.template().contains("{") && !r.template().contains("{id}"))
          .extracting(Route::template)
          .containsExactly("/console/contacts/erased/{person}");

      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1).withName("Mia", "Example")));
      var story = hub.story("L-1");
      var office =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("office"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var member =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "Ana Lopez")
                      .put("parent", office))
              .path("id")
              .asString();
      var password = Json.object().put("password", ConsoleGuest.PASSWORD);
      hub.api().make("/nodes/" + member + "/password", password);
      hub.api()
          .put(
              "/nodes/" + member + "/role",
              Json.object().put("role", "manager").put("node", office));
      var owner = Json.object().put("owner", member).put("family_name", "Secret-Name");
      hub.api().patch("/contacts/" + story.path("contact_id").asString(), owner);
      hub.api().patch("/sources/" + portal.id(), Json.object().put("region", "CA"));
      var endpoint =
          hub.addEndpoint("http://127.0.0.1:9/x", "porchlight", b -> b.put("disabled", true));
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("name", "N".repeat(70)));
      hub.api()
          .make(
              "/nodes",
              Json.object().put("kind", "team").put("name", "North").put("parent", office));
      hub.api().patch("/nodes/" + member, Json.object().put("name", "Ana Lopez-Diaz"));
      ada.get("/console/endpoints/preview?lead=" + story.path("id").asString());
      ada.get("/console/now");
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() ->
              assertThat(ada.get("/console/audit").body())
                  .contains(
                      "Account tree: added → kind: member, name<",
                      "Account tree: added → kind: team, name: North",
                      "Account tree: changed → name<",
                      "Endpoint: changed → name<",
                      "Account tree: role set → role: Manager, at: Default office",
                      "Contact: changed → owner: Ana Lopez-Diaz, family_name",
                      "Source: changed → region",
                      "Account tree: password set<",
                      "Lead: looked at",
                      "<a href=\"/console/settings/nodes/" + member + "\">"));
      assertThat(ada.get("/console/audit", "Accept-Language", "de").body())
          .contains("Rolle: ", "zuständig: Ana Lopez-Diaz");
      assertThat(hub.api().read("/audit").toString())
          .contains("PUT /api/v1/nodes/{id}/role → role: manager, node: " + office)
          .doesNotContain("Secret-Name", "Lopez", ConsoleGuest.PASSWORD);
    }
  }

  private static boolean noted(Route route) {
    var template = route.template();
    if (!template.contains("{id}") || template.endsWith("/events")) {
      return template.equals("/console/events/{id}");
    }
    return template.startsWith("/console/") || !IMPERSONAL.contains(template.split("/", -1)[3]);
  }
}
