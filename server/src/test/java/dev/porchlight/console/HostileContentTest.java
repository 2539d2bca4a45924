package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever strangers and colleagues write, each page shows it as text, and stays as wide as it is.
@Timeout(120)
class HostileContentTest {
  /// Script, markup, a direction that is never turned back, and no place to break the line.
  private static final String EVIL =
      "<script>window.hacked=1</script><img src=x onerror=\"window.hacked=2\">\"'>{{7*7}}${7*7}"
          + "\u202Egnol-"
          + "x".repeat(60);

  @TempDir Path folder;

  @Test
  void it_is_shown_as_text_on_every_page() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var name = EVIL.substring(0, 120);
      var portal = hub.addSource("portal", "connections-plus");
      crm.alwaysAnswers(new FakeCrm.Reaction.Status(503, Map.of(), EVIL));
      var endpoint = hub.addEndpoint(crm.url("/in"), "porchlight", b -> b.put("name", name));
      var office =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("office"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      hub.api()
          .make(
              "/nodes",
              Json.object().put("kind", "member").put("name", name).put("parent", office));
      var body = Json.object();
      body.put("lead_id", "L-1");
      body.put("role", "buyer");
      body.put("timestamp", "2026-03-14T09:26:53Z");
      body.put("message", EVIL + "\u202E\u0000long ".repeat(20_000));
      body.put("source", EVIL);
      body.put(EVIL, EVIL);
      var contact = body.putObject("contact");
      contact.put("first_name", EVIL);
      contact.put("last_name", EVIL);
      contact.put("email", "a@example.org\"><script>window.hacked=3</script>");
      contact.put("phone", "javascript:window.hacked=4");
      var property = body.putObject("property");
      property.put("listing_url", "javascript:window.hacked=5");
      property.put("address", EVIL);
      property.put("list_price", EVIL);
      portal.post(body);
      hub.awaitAttempts("L-1", endpoint, 1);
      portal.sender().post("[" + Json.write(EVIL) + "]");
      portal.sender().post("\u0000<b>" + EVIL);

      var pages = new ArrayList<String>();
      pages.add("/console/now");
      pages.add("/console/leads?lead_id=" + "%22%3E%3Cscript%3Ewindow.hacked%3D6%3C%2Fscript%3E");
      var story = hub.story("L-1");
      pages.add("/console/leads/" + story.path("id").asString());
      pages.add("/console/receipts");
      hub.items("/receipts")
          .forEach(r -> pages.add("/console/receipts/" + r.path("id").asString()));
      pages.add("/console/deliveries");
      pages.add(
          "/console/deliveries/"
              + hub.deliveries("L-1", endpoint).getFirst().path("id").asString());
      pages.add("/console/contacts");
      pages.add("/console/contacts/" + story.path("contact_id").asString());
      pages.add("/console/audit?subject=%3Cimg%20src%3Dx%20onerror%3Dwindow.hacked%3D7%3E");
      pages.add("/console/sign-in?next=%22%3E%3Cscript%3E");
      browser
          .page()
          .onDialog(d -> {
            throw new AssertionError("a dialog: " + d.message());
          });
      for (var path : pages) {
        browser.visit(path);
        assertThat(browser.page().evaluate("window.hacked === undefined")).as(path).isEqualTo(true);
        // What is to be mended stands in its field as it came.
        assertThat(
                browser
                    .page()
                    .evaluate(
                        "(() => { const b = document.body.cloneNode(true);"
                            + " b.querySelectorAll('textarea').forEach((t) => t.remove());"
                            + " return b.innerHTML.includes('\u202E'); })()"))
            .as(path)
            .isEqualTo(false);
      }
    }
  }
}
