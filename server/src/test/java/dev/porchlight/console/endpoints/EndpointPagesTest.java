package dev.porchlight.console.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints at the console: made, tested, paused, replayed, and a lead in every contract.
@Timeout(180)
class EndpointPagesTest {
  @TempDir Path folder;

  @Test
  void an_endpoint_is_added_tested_paused_enabled_and_gets_what_it_missed() throws Exception {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      browser.visit("/console/endpoints/preview");
      assertThat(page.getByText("No leads yet").isVisible()).isTrue();
      browser.visit("/console/endpoints");
      assertThat(page.getByText("No endpoints yet").isVisible()).isTrue();
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(
          LeadBodies.buyer("A-1", InventedPerson.of(1).withName("<script>alert(1)</script>", "X")));

      page.getByText("Add an endpoint").click();
      browser.check();
      page.locator("#name").fill("Sales CRM");
      page.locator("#url").fill("ftp://crm.example.org/");
      page.locator("#auth").selectOption("api-key");
      page.getByText("Add it").click();
      page.getByText("This way needs its secret.").waitFor();
      browser.forgive();
      page.locator("#api_key").fill("crm key 1");
      page.getByText("Add it").click();
      page.getByText("The URL can't be used").waitFor();
      browser.forgive();
      assertThat(page.locator("#api_key").inputValue()).isEmpty();
      page.locator("#url").fill(crm.url("/hook"));
      page.locator("#api_key").fill("crm key 1");
      page.getByText("Add it").click();
      page.getByText("This secret is shown only now. Copy it.").waitFor();
      browser.check();
      var secret = page.locator(".copy code").innerText();
      assertThat(secret).startsWith("whsec_");
      var endpoint = hub.items("/endpoints").getFirst().path("id").asString();
      var path = "/console/endpoints/" + endpoint;

      browser.visit(path + "/change");
      browser.go(path);
      page.getByText("Send a test", new Page.GetByTextOptions().setExact(true)).click();
      page.getByText("It answered 200.").waitFor();
      browser.check();
      assertThat(page.locator("main").innerText())
          .contains("webhook-signature", "sam.sample@example.com")
          .doesNotContain("crm key 1")
          .doesNotContain(secret);
      assertThat(crm.requests()).hasSize(1);
      assertThat(crm.requests().getFirst().header("x-api-key")).isEqualTo("crm key 1");

      // Before it was there: only a replay brings that.
      browser.go(path);
      page.getByText("Count first").click();
      page.getByText("A replay would deliver one event.").waitFor();
      page.getByText("Replay", new Page.GetByTextOptions().setExact(true)).click();
      page.getByText("The replay has begun.").waitFor();
      crm.await(2);

      page.onDialog(d -> d.accept());
      page.getByText("Pause it", new Page.GetByTextOptions().setExact(true)).click();
      page.getByText("The endpoint is paused.").waitFor();
      portal.post(LeadBodies.buyer("A-2", InventedPerson.of(2)));
      browser.visit("/console/endpoints");
      assertThat(page.locator("tbody").innerText()).contains("paused", "1 pending", "1 delivered");
      page.getByText("Sales CRM").click();
      browser.sees("Enable it");
      assertThat(page.locator("main").innerText())
          .contains("one delivery waits and goes out when it is enabled; none was given up.");
      page.getByText("Enable it").click();
      page.getByText("The endpoint is enabled").waitFor();
      crm.await(3);

      page.getByText("Make a new secret").click();
      browser.sees("This secret is shown only now. Copy it.");
      assertThat(page.locator(".copy code").innerText()).isNotEqualTo(secret);
      assertThat(page.locator("section[aria-labelledby=secrets] li").count()).isEqualTo(2);

      preview(hub, browser, ada);
      assertThat(ada.get("/console/endpoints/01890000-0000-7000-8000-000000000000").statusCode())
          .isEqualTo(404);
      var mail =
          ada.submit(
              "/console/endpoints/new",
              "/console/endpoints/new",
              Map.of("name", "Mail", "contract", "mail", "url", crm.url("/hook")));
      assertThat(mail.statusCode()).isEqualTo(422);
      assertThat(mail.body()).contains("goes with a URL of `mailto:`");
    }
  }

  /// What each contract makes of the first lead.
  private static void preview(TestHub hub, ConsoleBrowser browser, ConsoleGuest ada) {
    var page = browser.page();
    var lead =
        hub.items("/leads").stream()
            .filter(l -> l.path("lead_id").asString().equals("A-1"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString();
    browser.go("/console/leads/" + lead);
    page.getByText("In every contract").click();
    page.waitForURL("**/console/endpoints/preview?lead=" + lead);
    browser.check();
    assertThat(page.locator("#in-connections-plus").innerText()).contains("nothing lost");
    assertThat(page.locator("section[aria-labelledby=in-seeker-leads] .breaches li").count())
        .isPositive();
    page.locator("section[aria-labelledby=in-porchlight] summary").click();
    assertThat(page.locator("section[aria-labelledby=in-porchlight] pre").innerText())
        .contains("lead.created", "<script>alert(1)");
    var missing = ada.get("/console/endpoints/preview?lead=nothing");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).contains("There is no such lead.");
    var whole = "/console/endpoints/preview/whole?lead=" + lead + "&contract=porchlight";
    assertThat(page.locator("a[href='" + whole + "']").count()).isEqualTo(1);
    assertThat(ada.get(whole).body()).contains("lead.created").startsWith("{");
  }

  @Test
  void long_lists_go_on_and_whoever_works_may_test_and_replay() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var bo = ConsoleGuest.at(hub)) {
      addManager(hub);
      bo.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/hook"), "porchlight");
      var path = "/console/endpoints/" + endpoint.id();
      portal.post(LeadBodies.buyer("A-1", InventedPerson.of(1)));
      hub.awaitDelivery("A-1", endpoint, "delivered");
      hub.clock().advance(Duration.ofHours(20));
      portal.post(LeadBodies.buyer("A-2", InventedPerson.of(2)));
      hub.awaitDelivery("A-2", endpoint, "delivered");
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", true));
      portal.post(LeadBodies.buyer("A-3", InventedPerson.of(3)));
      // Nobody stays signed in for so long.
      bo.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      var shown = bo.get(path).body();
      assertThat(shown)
          .contains("2 taken, 1 waiting, 0 failed", path + "/test", path + "/replay")
          .doesNotContain(path + "/pause", path + "/enable", path + "/secret");
      assertThat(shown.split("<rect ", -1)).as("bars").hasSize(1 + 3);
      hub.clock().advance(Duration.ofHours(5));
      assertThat(bo.get(path).body()).contains("1 taken, 1 waiting, 0 failed");

      // The same as on the page of replays, and as by the API.
      assertThat(bo.submit(path, path + "/replay", Map.of("do", "replay")).statusCode())
          .isEqualTo(303);
      assertThat(bo.submit(path, path + "/enable", Map.of()).statusCode()).isEqualTo(403);
      assertThat(hub.items("/replays")).hasSize(1);

      var wanted = Json.object().put("endpoint", endpoint.id());
      for (int i = 0; i < 51; i++) {
        hub.addEndpoint("http://127.0.0.1:9/" + i, "porchlight", b -> b.put("disabled", true));
        hub.api().make("/replays", wanted);
      }
      for (var list : List.of("endpoints", "replays")) {
        var page = bo.get("/console/" + list).body();
        var href = Pattern.compile("href=\"(/console/" + list + "\\?[^\"]*)\"").matcher(page);
        assertThat(page.split("<th scope=\"row\"", -1)).as(list).hasSize(1 + 50);
        assertThat(href.find()).as(list).isTrue();
        var rest = bo.get(href.group(1)).body();
        assertThat(rest.split("<th scope=\"row\"", -1)).as(list).hasSize(1 + 2);
        assertThat(rest).contains("href=\"/console/" + list + "\"").doesNotContain("rel=\"next\"");
      }
    }
  }

  private static void addManager(TestHub hub) {
    var office =
        hub.items("/nodes").stream()
            .filter(n -> n.path("kind").asString().equals("office"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString();
    var body = Json.object().put("kind", "member").put("name", "bo").put("parent", office);
    var id = hub.api().make("/nodes", body.put("email", "bo@example.org")).path("id").asString();
    hub.api()
        .make("/nodes/" + id + "/password", Json.object().put("password", ConsoleGuest.PASSWORD));
    hub.api()
        .put("/nodes/" + id + "/role", Json.object().put("role", "manager").put("node", office));
  }
}
