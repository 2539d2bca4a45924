package dev.porchlight.console.leads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.desk.LastHour;
import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NowTest {
  @TempDir Path folder;

  @Test
  void a_lead_appears_as_it_arrives_with_what_became_of_it() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      browser.visit("/console/now");
      assertThat(
              page.getByText("Every body met").isVisible() || page.getByText("Nobody").isVisible())
          .isTrue();
      page.getByText("Live", exactly()).waitFor();

      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/in"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1).withName("Mia", "Example")));
      page.getByText("Mia Example").waitFor();
      hub.awaitDelivery("L-1", endpoint, "delivered");
      page.getByText("1 delivered").first().waitFor();
      var store = hub.hub().store();
      try (var hour = new LastHour(store)) {
        var counted = hour.list(Scope.EVERYTHING, store.now());
        assertThat(counted.stream().mapToInt(LastHour.Minute::accepted).sum()).isEqualTo(1);
        assertThat(counted.stream().mapToInt(LastHour.Minute::delivered).sum()).isEqualTo(1);
      }
      var story = hub.story("L-1");
      hub.api()
          .patch(
              "/contacts/" + story.path("contact_id").asString(),
              Json.object().put("display_name", "Mia E."));
      page.locator("table.list td.number:nth-child(7):not(:text-is('–'))").first().waitFor();

      // What needs a hand comes by itself, too.
      portal.sender().post("[]");
      portal.sender().post("");
      page.getByText("not readable").waitFor();
      var disabled = Json.object().put("disabled", true);
      hub.api().patch("/endpoints/" + endpoint.id(), disabled);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)).put("role", "landlord"));
      page.getByText("disabled", exactly()).waitFor();
      page.locator("section[aria-labelledby=breaches]:has-text('connections-plus')").waitFor();
      page.getByText("As a table").click();
      for (var head : new String[] {"portal: accepted", "portal: delivered"}) {
        page.locator("#chart-data thead:has-text('" + head + "')").waitFor();
      }
      // What came and what needs a hand are seen first, and every place of the console.
      for (int width : new int[] {360, 1280}) {
        page.setViewportSize(width, 900);
        assertThat(
                page.evaluate(
                    "(() => { const top = (s) => document.querySelector(s).getBoundingClientRect();"
                        + " return top('#hands').bottom < top('#arrivals').top"
                        + " && top('#arrivals').bottom < 900"
                        + " && top('#arrivals').bottom < top('#hour').top"
                        + " && [...document.querySelectorAll('.places a')].every((a) =>"
                        + " a.getBoundingClientRect().right <= innerWidth); })()"))
            .as("at %d pixels", width)
            .isEqualTo(true);
      }
      // A name without end leaves the table as wide as the window, a clock ahead is no 0 ms.
      portal.post(
          LeadBodies.buyer("L-3", InventedPerson.of(3).withName("x".repeat(5000), "y"))
              .put("timestamp", "2999-01-01T00:00:00Z"));
      browser.visit("/console/now");
      page.getByText("clock is ahead").first().waitFor();
      assertThat(
              page.evaluate(
                  "(e => e.scrollWidth - e.clientWidth)"
                      + "(document.querySelector('[data-key=arrivals]'))"))
          .isEqualTo(0);
      var empty =
          hub.items("/receipts?state=quarantined").stream()
              .filter(r -> r.path("size").asInt() == 0)
              .findFirst()
              .orElseThrow();
      assertThat(ada.get("/console/receipts/" + empty.path("id").asString()).body())
          .contains("The body is empty.", "The body came empty.")
          .doesNotContain("no longer kept", "too long");
      // What is said of a body of which nothing was taken names no remedy that took place.
      portal.sender().post("{\"role\": \"buyer\", \"contact\": {}}");
      var nobody =
          hub.items("/receipts?state=quarantined").stream()
              .filter(r -> r.path("size").asInt() > 10)
              .findFirst()
              .orElseThrow();
      assertThat(ada.get("/console/receipts/" + nobody.path("id").asString()).body())
          .contains("nothing names the person", "Nothing was taken of it")
          .doesNotContain("by its name");
      browser.check();
    }
  }

  private static com.microsoft.playwright.Page.GetByTextOptions exactly() {
    return new com.microsoft.playwright.Page.GetByTextOptions().setExact(true);
  }
}
