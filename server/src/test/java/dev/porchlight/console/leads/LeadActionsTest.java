package dev.porchlight.console.leads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each button of a lead's page, of a receipt's and of a delivery's, and what it brings about.
@Timeout(120)
class LeadActionsTest {
  @TempDir Path folder;

  @Test
  void a_lead_is_answered_passed_on_sent_and_its_delivery_retried() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      var portal = hub.addSource("portal", "connections-plus");
      crm.alwaysAnswers(503);
      var endpoint = hub.addEndpoint(crm.url("/in"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1).withName("Mia", "Example")));
      hub.awaitAttempts("L-1", endpoint, 1);
      var lead = hub.story("L-1").path("id").asString();

      browser.visit("/console/leads/" + lead);
      browser.press("Mark as answered");
      browser.sees("Marked as answered.");
      browser.sees("Answered, says Ada Example");
      assertThat(page.getByText("Mark as answered").count()).isZero();

      page.getByLabel("Owner of the contact").selectOption("Ada Example");
      browser.press("Pass on");
      browser.sees("The contact has another owner now.");
      var contact = hub.api().read("/contacts/" + hub.story("L-1").path("contact_id").asString());
      assertThat(contact.path("owner").asString())
          .isEqualTo(
              hub.items("/nodes").stream()
                  .filter(n -> n.path("name").asString().equals("Ada Example"))
                  .findFirst()
                  .orElseThrow()
                  .path("id")
                  .asString());

      browser.go("/console/leads/" + lead);
      page.getByLabel("Reason to keep it").fill("A complaint <b>");
      browser.press("Keep for ever");
      browser.sees("It is kept, whatever retention says.");
      browser.check();
      var delivered =
          "/console/deliveries/" + hub.deliveries("L-1", endpoint).getFirst().path("id").asString();
      pins(hub, ada, lead, delivered);

      crm.alwaysAnswers(200);
      found(ada, endpoint.id());
      browser.visit("/console/deliveries?state=pending");
      page.locator("tbody a").first().click();
      page.waitForURL("**/console/deliveries/*");
      browser.check();
      assertThat(page.locator(".raw").textContent()).contains("lead.created", "Mia");
      browser.press("Try again now");
      browser.sees("The delivery is tried again now.");
      hub.awaitDelivery("L-1", endpoint, "delivered");

      var late = hub.addEndpoint(crm.url("/late"), "porchlight", b -> b.put("name", "Late CRM"));
      browser.go("/console/leads/" + lead);
      page.getByLabel("Endpoint", exactly()).selectOption("Late CRM");
      // News arrives meanwhile, and what was chosen stays chosen.
      browser.sees("Live");
      var delivery = hub.deliveries("L-1", endpoint).getFirst().path("id").asString();
      hub.api().post("/deliveries/" + delivery + "/retry", "");
      page.getByText("Retried by hand on").nth(1).waitFor();
      browser.press("Send it there");
      browser.sees("It is on its way");
      hub.await(
          "the lead to be owed to the endpoint that came later",
          () -> hub.deliveries("L-1", late).stream().findFirst());
      browser.sees("To Late CRM");
      browser.checkTroubles();
    }
  }

  /// The pin of a lead on its page and on those of what it keeps, and pins of their own.
  private static void pins(TestHub hub, ConsoleGuest ada, String lead, String delivery) {
    var pin = hub.api().read("/leads/" + lead).path("pin");
    assertThat(pin.path("reason").asString()).isEqualTo("A complaint <b>");
    var receipt = "/console/receipts/" + hub.items("/receipts").getFirst().path("id").asString();
    for (var part : List.of(receipt, delivery)) {
      assertThat(ada.get(part).body())
          .contains("Kept with its lead by", "Ada Example", "A complaint &lt;b&gt;");
      var api = part.replace("/console", "");
      var refused = ada.submit(part, part + "/pin", Map.of("pin-reason", "x".repeat(501)));
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body())
          .contains("value=\"" + "x".repeat(501) + "\"", "id=\"pin-reason-error\"", "500");
      assertThat(hub.api().read(api).has("pin")).isFalse();
      assertThat(ada.submit(part, part + "/pin", Map.of("pin-reason", "")).statusCode())
          .isEqualTo(303);
      assertThat(hub.api().read(api).path("pin").path("pinned_by").asString())
          .startsWith("member ");
      assertThat(ada.get(part).body())
          .contains("Kept by", "Let go")
          .doesNotContain("Kept with its");
      ada.submit(part, part + "/unpin", Map.of());
      assertThat(hub.api().read(api).has("pin")).isFalse();
    }
    var page = "/console/leads/" + lead;
    assertThat(ada.submit(page, page + "/unpin", Map.of()).statusCode()).isEqualTo(303);
    assertThat(ada.get(page).body()).contains("Keep for ever").doesNotContain("A complaint");
    assertThat(ada.submit(page, "/console/leads/nothing/pin", Map.of()).statusCode())
        .isEqualTo(404);
  }

  /// Looks for the only delivery as the API can.
  private static void found(ConsoleGuest ada, String endpoint) {
    var email = InventedPerson.of(1).email();
    for (var fits :
        new String[] {
          "endpoint=" + endpoint,
          "email=" + email + "&state=pending",
          "words=503+nothing&from=2020-01-01T00:00",
          "from=2020-01-01T00:00&to=2199-01-01T00:00"
        }) {
      var body = ada.get("/console/deliveries?" + fits).body();
      if (fits.startsWith("words")) {
        assertThat(body).contains("Nothing fits");
      } else {
        assertThat(body).as(fits).contains("lead.created", "Its lead");
      }
    }
    for (var none :
        new String[] {
          "endpoint=nothing", "email=nobody@example.org", "to=2020-01-01T00:00", "state=dead"
        }) {
      assertThat(ada.get("/console/deliveries?" + none).body()).as(none).contains("Nothing fits");
    }
    assertThat(ada.get("/console/deliveries?words=x").body()).contains("a word of 3 or more");
  }

  @Test
  void what_nobody_could_read_is_shown_where_it_breaks_and_mended() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1).withName("Mia", "Example"));
      portal.sender().post("[" + body + "]");
      browser.visit("/console/receipts?state=quarantined");
      page.locator("tbody a").first().click();
      page.waitForURL("**/console/receipts/*");
      browser.check();

      page.getByLabel("Why").fill("The portal has sent it anew.");
      browser.press("Put it aside");
      browser.sees("needs no hand any more");
      browser.sees("The portal has sent it anew.");
      assertThat(ada.get("/console/now").body()).doesNotContain("/console/receipts?state=quar");
      browser.check();
      browser.press("Take it back");
      browser.sees("as it was before");
      assertThat(ada.get("/console/now").body()).contains("/console/receipts?state=quar");
      page.getByLabel("Why").fill("After all");
      browser.press("Put it aside");
      browser.sees("After all");

      page.getByLabel("Body").fill("[]");
      browser.press("Take it again");
      browser.sees("can’t be read either");
      // The browser notes each answer of 4xx.
      browser.forgive();
      body.put("role", "astronaut");
      page.getByLabel("Body").fill(body.toString());
      browser.press("Take it again");
      browser.sees("It was taken, and this");
      assertThat(page.locator(".raw .marked").first().textContent()).contains("astronaut", "→");
      browser.check();
      browser.follow("To its lead");
      browser.sees("Mia Example");
      assertThat(page.getByText("resubmitted by Ada Example").count()).isPositive();
      // Its story says that it was put aside, taken back and put aside once more.
      assertThat(page.getByText("Put aside by Ada Example").count()).isEqualTo(2);
      assertThat(page.getByText("Taken back by Ada Example").count()).isEqualTo(1);
    }
  }

  private static com.microsoft.playwright.Page.GetByLabelOptions exactly() {
    return new com.microsoft.playwright.Page.GetByLabelOptions().setExact(true);
  }
}
