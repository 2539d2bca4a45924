package dev.porchlight.console.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Route;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
      fields(hub, ada, endpoint.id());
      filters(hub, ada, story.path("id").asString());
    }
  }

  /// Of a form, which sends all that it has, the audit has what is another than before.
  private static void fields(TestHub hub, ConsoleGuest ada, String endpoint) {
    var page = "/console/endpoints/" + endpoint + "/change";
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", "Sales CRM");
    fields.put("node", hub.api().read("/endpoints/" + endpoint).path("node").asString());
    fields.put("api_key_header", "X-API-Key");
    fields.put("url", "http://127.0.0.1:9/x");
    fields.put("contract", "porchlight");
    fields.put("node", hub.api().read("/endpoints/" + endpoint).path("node").asString());
    fields.put("order", "usual");
    fields.put("received_bytes", "yes");
    fields.put("max_per_second", "5");
    fields.put("auth", "bearer");
    fields.put("auth_secret", "hush hush");
    for (var change : List.of("5", "7")) {
      fields.put("max_per_second", change);
      var saved = ada.submit(page, page, fields);
      assertThat(saved.statusCode()).as(saved.body()).isEqualTo(303);
      fields.remove("auth_secret");
    }
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .untilAsserted(() ->
            assertThat(ada.get("/console/audit").body())
                .contains(
                    "Endpoint: changed → name: Sales CRM, authorization, max_per_second<",
                    "Endpoint: changed → max_per_second<"));
    assertThat(hub.api().read("/audit").toString()).doesNotContain("hush");
  }

  /// By whom, what, to what and when, alone and together.
  private static void filters(TestHub hub, ConsoleGuest ada, String lead) {
    assertThat(deeds(hub, "?act=leads.get")).containsOnly("leads.get");
    assertThat(deeds(hub, "?act=nodes"))
        .contains("nodes.new", "nodes.role", "nodes.password")
        .allMatch(d -> d.startsWith("nodes."));
    assertThat(deeds(hub, "?principal=ADA@example.org&act=endpoints"))
        .containsOnly("endpoints.change", "endpoints.get");
    assertThat(deeds(hub, "?principal=administrator&act=endpoints.change"))
        .containsExactly("endpoints.change");
    assertThat(deeds(hub, "?principal=administrator&act=leads.get&subject=x")).isEmpty();
    assertThat(deeds(hub, "?principal=nobody-of-that-name")).isEmpty();
    assertThat(deeds(hub, "?subject=" + lead + "&principal=Ada%20Example"))
        .containsExactly("leads.get");
    assertThat(deeds(hub, "?to=2001-01-01T00:00:00Z")).isEmpty();
    assertThat(deeds(hub, "?act=leads.get&from=2001-01-01T00:00:00%2B01:00")).isNotEmpty();
    assertThat(deeds(hub, "?to=9999-12-31T00:00:00Z&from=0000-01-01T00:00:00Z")).isNotEmpty();
    for (var no : List.of("yesterday", "%2B999999999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z")) {
      assertThat(hub.api().get("/audit?from=" + no).status()).as(no).isEqualTo(400);
    }
    // Ids order as their times do, as far as there is room in them.
    assertThat(Draw.leastUuid(Instant.MIN)).isEqualTo(Draw.leastUuid(Instant.EPOCH));
    assertThat(Draw.leastUuid(Instant.MAX))
        .isGreaterThan(Draw.leastUuid(Instant.parse("9999-12-31T00:00:00Z")))
        .hasSize(36);

    var found = ada.get("/console/audit?who=Ada+Example&act=endpoints.change").body();
    assertThat(found)
        .contains("Endpoint: changed → max_per_second<")
        .contains("<option value=\"endpoints.change\" selected>Endpoint: changed</option>")
        .contains("<option value=\"leads\">Lead: anything</option>")
        .doesNotContain("Source: changed →");
    // At midnight in the reader's zone, and not in Greenwich.
    var day = hub.clock().instant().atZone(ZoneId.of("Pacific/Kiritimati"));
    var there = day.toLocalDateTime().minusMinutes(30).withNano(0);
    var since = "/console/audit?act=leads.get&from=" + there;
    assertThat(ada.get(since).body()).contains("Nothing here", "UTC");
    assertThat(ada.get(since + "&zone=Pacific/Kiritimati").body())
        .contains("Lead: looked at", "Pacific/Kiritimati");
    for (var no : List.of("soon", "%2B999999999-01-01T00:00")) {
      assertThat(ada.get("/console/audit?from=" + no).body()).contains("One of the times");
    }
    assertThat(ada.get("/console/audit?who=" + "%3Cscript%3E").body()).doesNotContain("<script>");
  }

  private static List<String> deeds(TestHub hub, String query) {
    return hub.api()
        .read("/audit" + query)
        .path("items")
        .valueStream()
        .map(e -> e.path("deed").asString())
        .toList();
  }

  private static boolean noted(Route route) {
    var template = route.template();
    if (!template.contains("{id}") || template.endsWith("/events")) {
      return template.equals("/console/events/{id}");
    }
    return template.startsWith("/console/") || !IMPERSONAL.contains(template.split("/", -1)[3]);
  }
}
