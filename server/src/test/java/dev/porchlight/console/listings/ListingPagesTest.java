package dev.porchlight.console.listings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeSender;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Listings at the console, and the events that make them.
@Timeout(120)
class ListingPagesTest {
  @TempDir Path folder;

  private static ObjectNode update(String recipient, String city, int price) {
    var event = Json.object();
    event.put("topic", "realestate/listing#update");
    event.put("recipient", recipient);
    var object = event.putObject("data").put("type", "UpdateAction").putObject("object");
    object.put("type", "PropertyListing");
    object.put("originatingSystemName", "HARBOR-MLS");
    object.put("originatingSystemKey", "H-77");
    object.put(
        "modificationTimestamp", price > 280_000 ? "2026-01-01T10:00:00Z" : "2026-01-02T10:00:00Z");
    object.put("addressLocality", city);
    object.putObject("listingPrice").put("price", price).put("priceCurrency", "USD");
    return event;
  }

  private static void publish(TestHub hub, JsonNode pod, JsonNode event) {
    var answer =
        FakeSender.to(hub.address(), "pod", null)
            .withPath(URI.create(pod.path("pod").asString()).getPath() + "publish/")
            .withHeader("x-api-key", pod.path("api_key").asString())
            .post(event);
    assertThat(answer.status()).as(answer.text()).isBetween(200, 202);
  }

  @Test
  void a_listing_shows_what_changed_by_which_event_and_the_event_who_got_it() throws Exception {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var bo = ConsoleGuest.at(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      browser.visit("/console/listings").sees("No listings yet");
      browser.visit("/console/events").sees("No events yet");
      browser.go("/console/events/parties").sees("No parties yet");

      var owner =
          hub.api().make("/parties", Json.object().put("name", "Harbor").put("kind", "company"));
      var other =
          hub.api().make("/parties", Json.object().put("name", "Feed app").put("kind", "app"));
      var grant =
          Json.object()
              .put("owner", owner.path("id").asString())
              .put("party", other.path("id").asString());
      grant.putArray("subscribes").add("realestate/listing");
      grant.putArray("redaction").add("/object/listingPrice");
      hub.api().make("/grants", grant);
      var profile = owner.path("profile").asString();
      publish(hub, owner, update(profile, "Galveston<script>alert(1)</script>", 300_000));
      publish(hub, owner, update(profile, "Austin", 275_000));
      var listing = hub.items("/listings").getFirst().path("id").asString();

      browser.visit("/console/listings");
      assertThat(page.locator("tbody").innerText())
          .contains("HARBOR-MLS H-77", "Austin", "275,000");
      browser.follow("HARBOR-MLS H-77").sees("What changed, by which event");
      browser.check();
      assertThat(page.locator("section[aria-labelledby=versions]").innerText())
          .contains("Version 2", "Galveston<script>", "Austin");
      page.locator("section[aria-labelledby=versions] h3 a").first().click();
      browser.sees("Who got a copy");
      browser.check();
      assertThat(page.locator("section[aria-labelledby=copies]").innerText())
          .contains("Harbor", "Feed app", "a grant of Harbor");
      browser.visit("/console/events/parties/new");
      browser.visit("/console/events/parties/" + owner.path("id").asString());
      browser.visit("/console/events/grants/new");
      browser.visit("/console/events/parties");
      assertThat(page.locator("main").innerText())
          .contains("Feed app", "realestate/listing", "without /object/listingPrice", "in force");
      browser.visit("/console/events?topic=realestate/listing");
      assertThat(page.locator("tbody tr").count()).isEqualTo(2);

      for (var name : new String[] {"H-77", listing}) {
        assertThat(ada.get("/console/listings?q=" + name).body()).contains("HARBOR-MLS H-77");
        assertThat(ada.get("/console/search?q=" + name).body())
            .contains("/console/listings/" + listing);
      }
      assertThat(ada.get("/console/listings?q=H-7").body()).contains("Nothing fits");
      assertThat(ada.get("/console/events?topic=realestate/other").body()).contains("Nothing fits");

      // Whoever sees another office sees none of it.
      var event = hub.items("/events").getFirst().path("id").asString();
      var company =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("company"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var office =
          hub.api()
              .make(
                  "/nodes",
                  Json.object().put("kind", "office").put("name", "Else").put("parent", company))
              .path("id")
              .asString();
      var member =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "bo")
                      .put("parent", office)
                      .put("email", "bo@example.org"))
              .path("id")
              .asString();
      hub.api()
          .make(
              "/nodes/" + member + "/password",
              Json.object().put("password", ConsoleGuest.PASSWORD));
      hub.api()
          .put(
              "/nodes/" + member + "/role",
              Json.object().put("role", "manager").put("node", office));
      bo.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      for (var path : new String[] {"listings/" + listing, "events/" + event}) {
        assertThat(ada.get("/console/" + path).statusCode()).isEqualTo(200);
        assertThat(bo.get("/console/" + path).statusCode()).as(path).isEqualTo(404);
      }
      assertThat(bo.get("/console/listings").body()).contains("No listings yet");
      assertThat(bo.get("/console/events").body()).contains("No events yet");
      assertThat(bo.get("/console/search?q=H-77").body()).contains("Nothing found");
    }
  }

  /// Whichever came first, and however many other leads came since.
  @Test
  void a_listing_finds_the_leads_that_name_it_page_by_page() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("FIRST", InventedPerson.of(0).withName("Mia", "First")));
      for (int i = 1; i <= 20; i++) {
        portal.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i).withName("Later", "L" + i)));
      }
      var other = LeadBodies.buyer("OTHER", InventedPerson.of(30).withName("Otto", "Other"));
      ((ObjectNode) other.path("property"))
          .put("mls_id", "1")
          .put("listing_url", "https://www.example.com/" + "o".repeat(5000));
      assertThat(portal.post(other).status()).isEqualTo(200);
      var listing =
          Json.object().put("mls_name", "Central Virginia Example MLS").put("mls_id", "2604711");
      var path = "/console/listings/" + hub.api().make("/listings", listing).path("id").asString();

      var page = ada.get(path).body();
      assertThat(page).contains("Later L1<", "Later L20<").doesNotContain("Mia First", "Otto");
      var next = Pattern.compile("href=\"([^\"]*\\?before=[0-9]+)\"").matcher(page);
      assertThat(next.find()).isTrue();
      assertThat(next.group(1)).startsWith(path);
      assertThat(ada.get(next.group(1)).body())
          .contains("Mia First", "href=\"" + path + "\"")
          .doesNotContain("Later L1<", "rel=\"next\"");

      // By another name, and no longer once it is erased.
      var url = Json.object().put("url", "https://www.example.com/homes/12-elm-st");
      var same = "/console/listings/" + hub.api().make("/listings", url).path("id").asString();
      assertThat(ada.get(same).body()).contains("Later L20<").doesNotContain("Otto");
      // By hand as by the API: another's name is refused, the own ones are put, a removed one ends.
      assertThat(ada.get(same).body()).contains(same + "/names");
      var fields = new HashMap<>(Map.of("mls_name", "Central Virginia Example MLS"));
      fields.put("mls_id", "2604711");
      var taken = ada.submit(same + "/names", same + "/names", fields);
      assertThat(taken.statusCode()).isEqualTo(422);
      assertThat(taken.body()).contains("id=\"mls_id-error\"", "value=\"2604711\"");
      fields.put("mls_id", "1");
      assertThat(ada.submit(same + "/names", same + "/names", fields).statusCode()).isEqualTo(303);
      assertThat(ada.get(same).body()).contains("Otto Other").doesNotContain("Later L20<");
      assertThat(ada.submit(same + "/names", same + "/names", Map.of()).statusCode())
          .isEqualTo(422);
      var person = hub.story("L-20").path("person_id").asString();
      hub.api().make("/persons/" + person + "/erase", Json.object());
      assertThat(ada.get(path).body())
          .contains("Mia First", "Later L1<")
          .doesNotContain("Later L20<", "rel=\"next\"");
    }
  }
}
