package dev.porchlight.console.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The search over everything.
@Timeout(120)
class SearchPageTest {
  @TempDir Path folder;

  private static String search(ConsoleGuest guest, String query) {
    var answer = guest.get("/console/search?q=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(query).isEqualTo(200);
    return answer.body();
  }

  @Test
  void everything_is_found_by_name_address_number_and_id_by_whoever_may_see_it() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var agent = ConsoleGuest.at(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var portal = hub.addSource("portal", "connections-plus");
      var mia = InventedPerson.of(1).withName("Mia", "O'Mine<b>");
      var otto = InventedPerson.of(2).withName("Otto", "Other");
      portal.post(LeadBodies.buyer("MINE", mia));
      portal.post(LeadBodies.buyer("OTHERS", otto));
      var mine = hub.story("MINE");
      var others = hub.story("OTHERS");

      for (var query :
          new String[] {
            "mia o'm",
            "O'Mine<b",
            Objects.requireNonNull(mia.email()).toUpperCase(Locale.ROOT),
            mia.phone(),
            mine.path("contact_id").asString()
          }) {
        assertThat(search(ada, query))
            .as(query)
            .contains(
                "Mia O'Mine&lt;b&gt;",
                "/console/contacts/" + mine.path("contact_id").asString(),
                "/console/leads/" + mine.path("id").asString())
            .doesNotContain("Otto", "<b>");
      }
      for (var query : new String[] {"OTHERS", others.path("id").asString()}) {
        assertThat(search(ada, query))
            .as(query)
            .contains("/console/leads/" + others.path("id").asString())
            .doesNotContain("Mia");
      }
      var receipt = hub.items("/receipts").getFirst().path("id").asString();
      assertThat(search(ada, receipt)).contains("/console/receipts/" + receipt);
      assertThat(search(ada, "PORT")).contains("/console/sources/");
      ids(hub, ada, mine);
      assertThat(api(hub, "mia%20o'm"))
          .contains("\"contact\"", mine.path("contact_id").asString(), "Mia O'Mine<b>")
          .contains("\"lead\"", mine.path("id").asString(), "MINE")
          .doesNotContain("Otto");
      // Whom it shows was looked at, which the audit has a moment later.
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() ->
              assertThat(hub.items("/audit?subject=" + mine.path("contact_id").asString()))
                  .extracting(e -> e.path("act").asString())
                  .contains("GET /console/contacts/{id}", "GET /api/v1/contacts/{id}"));
      assertThat(api(hub, receipt)).contains("\"receipt\"", "done");
      assertThat(api(hub, "PORT")).contains("\"source\"", "connections-plus");
      assertThat(api(hub, "ada%20ex")).contains("\"node\"", "member");
      assertThat(api(hub, "nobody")).isEqualTo("{\"items\":[],\"complete\":true}");
      for (var wrong : new String[] {"", "?q=", "?q=" + "x".repeat(201), "?q=a&limit=3"}) {
        assertThat(hub.api().get("/search" + wrong).status()).as(wrong).isEqualTo(400);
      }
      for (var query : new String[] {"%", "'", "\\", "*", "Eq ' Or", "\u202E", "x".repeat(5000)}) {
        assertThat(search(ada, query)).as(query).contains("Nothing found").doesNotContain("Mia");
      }

      assertThat(search(ada, "mi\0a")).contains("Mia O'Mine");

      // An agent finds what is their own.
      var office =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("office"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var ana =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "ana")
                      .put("parent", office)
                      .put("email", "ana@example.org"))
              .path("id")
              .asString();
      hub.api()
          .make(
              "/nodes/" + ana + "/password", Json.object().put("password", ConsoleGuest.PASSWORD));
      hub.api().put("/nodes/" + ana + "/role", Json.object().put("role", "agent"));
      hub.api()
          .patch(
              "/contacts/" + mine.path("contact_id").asString(), Json.object().put("owner", ana));
      agent.signIn("ana@example.org", ConsoleGuest.PASSWORD);
      assertThat(search(agent, "Mia")).contains("Mia O'Mine");
      for (var query :
          new String[] {
            "Otto",
            otto.email(),
            otto.phone(),
            "OTHERS",
            others.path("id").asString(),
            others.path("contact_id").asString(),
            "portal"
          }) {
        assertThat(search(agent, query)).as(query).contains("Nothing found");
      }

      var page = browser.page();
      browser.visit("/console/now");
      page.keyboard().press("/");
      page.keyboard().type("mia");
      page.keyboard().press("Enter");
      page.locator("#found-contacts").waitFor();
      browser.check();
      page.locator("#q").fill("nobody at all");
      page.getByText("Nothing found").waitFor();
      browser.check();
      browser.visit("/console/search");
    }
  }

  private static String api(TestHub hub, String words) {
    return hub.api().read("/search?q=" + words).toString();
  }

  /// By what a sender or a receiver calls it.
  private static void ids(TestHub hub, ConsoleGuest ada, JsonNode mine) {
    var lead = "/console/leads/" + mine.path("id").asString();
    assertThat(search(ada, mine.path("communications_guid").asString())).contains(lead);
    var endpoint = hub.addEndpoint("http://127.0.0.1:9/in", "porchlight");
    var replay =
        hub.api()
            .make(
                "/replays",
                Json.object()
                    .put("endpoint", endpoint.id())
                    .put("from", "2020-01-01T00:00:00Z")
                    .set("states", Json.tree("[\"never\"]")))
            .path("id")
            .asString();
    assertThat(search(ada, replay)).contains("/console/replays/" + replay);
    var delivery = hub.await("a delivery", () -> hub.items("/deliveries").stream().findFirst());
    var page = "/console/deliveries/" + delivery.path("id").asString();
    for (var called :
        new String[] {
          delivery.path("id").asString(),
          delivery.path("event_id").asString(),
          "<" + delivery.path("id").asString() + "@hub.example.org>",
          delivery.path("id").asString() + "@hub.example.org",
          "Message-ID: <" + delivery.path("id").asString() + "@hub.example.org>"
        }) {
      assertThat(search(ada, called)).as(called).contains(page);
    }
    assertThat(search(ada, endpoint.id())).contains("/console/endpoints/" + endpoint.id());
    for (var called : new String[] {"ada ex", ConsoleGuest.EMAIL.toUpperCase(Locale.ROOT)}) {
      assertThat(search(ada, called)).as(called).contains("/console/settings/nodes/");
    }
    for (var sql :
        new String[] {
          "SELECT id FROM lead WHERE guid = 'x' LIMIT 10",
          "SELECT id FROM receipt WHERE guid = 'x' AND state = 'owed' LIMIT 1",
          "SELECT d.id FROM delivery d WHERE d.event_id = 'x' LIMIT 10",
          "SELECT lead_id FROM lead_key WHERE source_id IN ('a', 'b') AND value IN ('c', 'd')"
        }) {
      var plan =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery("EXPLAIN QUERY PLAN " + sql)
                      .map((r, _) -> r.getString("detail"))
                      .list());
      assertThat(plan).as(sql).allMatch(step -> step.startsWith("SEARCH"));
    }
  }
}
