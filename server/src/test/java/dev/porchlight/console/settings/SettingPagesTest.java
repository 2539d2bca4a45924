package dev.porchlight.console.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Nodes, roles and tokens at the console.
@Timeout(120)
class SettingPagesTest {
  private static final String SETTINGS = "/console/settings";

  @TempDir Path folder;

  private static String node(TestHub hub, String name) {
    return hub.items("/nodes").stream()
        .filter(n -> n.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  @Test
  void members_are_added_given_roles_and_let_in_and_tokens_made_and_ended() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var ana = ConsoleGuest.at(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      page.onDialog(d -> d.accept());
      browser.visit(SETTINGS);
      assertThat(page.locator("tbody").innerText())
          .contains("Default MLS", "Front desk", "Ada Example", "Administrator");
      page.locator("#name").fill("Ana <b>Lopez");
      page.locator("#email").fill("ana@example.org");
      browser.press("Add").sees("It is added.");
      browser.check();
      var member = node(hub, "Ana <b>Lopez");
      page.locator("#role").selectOption("manager");
      page.locator("#at").selectOption(node(hub, "Default office"));
      browser.press("Set the role").sees("The role is set.");
      page.locator("#password").fill(ConsoleGuest.PASSWORD);
      browser.press("Set the password").sees("The password is set.");
      browser.press("Make a link").sees("This link is shown only now.");
      browser.check();
      var link = page.locator(".copy code").innerText();
      assertThat(ana.get(link.substring(link.indexOf("/console"))).body()).contains("You are Ana");
      assertThat(ana.signIn("ana@example.org", ConsoleGuest.PASSWORD).statusCode()).isEqualTo(303);
      assertThat(ana.get("/console/leads").body()).contains("Manager");
      assertThat(ana.get(SETTINGS).statusCode()).isEqualTo(403);

      for (var form : new String[] {"/hub", "/mail", "/keys"}) {
        browser.visit(SETTINGS + form);
      }
      browser.visit(SETTINGS + "/nodes/" + node(hub, "Default office"));
      browser.visit(SETTINGS + "/tokens");
      page.locator("#name").fill("export");
      browser.press("Make a token").sees("This token is shown only now.");
      browser.check();
      var token = page.locator(".copy code").innerText();
      assertThat(hub.api().withToken(token).get("/leads").status()).isEqualTo(200);
      assertThat(hub.api().withToken(token).get("/tokens").status()).isEqualTo(403);
      page.locator("tr", new Page.LocatorOptions().setHasText("export"))
          .getByText("End it")
          .click();
      browser.sees("The token is ended.");
      assertThat(hub.api().withToken(token).get("/leads").status()).isEqualTo(401);

      // An administrator of an office makes nobody who sees more, and sees nothing else.
      var office = node(hub, "Default office");
      hub.api()
          .put(
              "/nodes/" + member + "/role",
              Json.object().put("role", "administrator").put("node", office));
      ana.signIn("ana@example.org", ConsoleGuest.PASSWORD);
      var chief = SETTINGS + "/nodes/" + node(hub, "Ada Example");
      assertThat(ana.get(chief).body()).contains("sees more than you do");
      var own = SETTINGS + "/nodes/" + member;
      for (var act :
          Map.of(
                  chief + "/password", Map.of("password", "another long one"),
                  chief + "/role", Map.of("role", "agent"),
                  chief + "/link", Map.<String, String>of(),
                  own + "/role", Map.of("role", "administrator"))
              .entrySet()) {
        assertThat(ana.submit(SETTINGS, act.getKey(), act.getValue()).statusCode())
            .as(act.getKey())
            .isEqualTo(403);
      }
      assertThat(ana.get(SETTINGS + "/nodes/" + node(hub, "Default company")).statusCode())
          .isEqualTo(404);
      for (var wrong :
          Map.of(
                  SETTINGS + "/nodes",
                  Map.of("kind", "office", "name", "X", "parent", node(hub, "Default company")),
                  SETTINGS + "/tokens",
                  Map.of("name", "wide", "scope", "admin", "node", ""))
              .entrySet()) {
        assertThat(ana.submit(SETTINGS, wrong.getKey(), wrong.getValue()).statusCode())
            .as(wrong.getKey())
            .isEqualTo(422);
      }
      browser.go(own).press("Take the role away").sees("The role is taken away.");
      assertThat(ana.get("/console/leads").statusCode()).isEqualTo(303);
    }
  }
}
