package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ScreenshotAnimations;
import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Takes the pictures of the console that README shows, of an hour at an office that nobody works
/// at. They go to `target/pictures`; with `-Dporchlight.pictures=true`, to `docs/images`.
@Timeout(120)
class PictureTest {
  private static final int HIGH = 1160;

  @TempDir Path folder;

  @Test
  void the_console_on_a_busy_morning() throws IOException {
    try (var hub = TestHub.in(folder).withoutRebuildCheck().start();
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var portal = hub.addSource("harbor-homes", "connections-plus");
      var second = hub.addSource("lantern-listings", "lead-delivery");
      var third = hub.addSource("open-house-desk", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/in"), "porchlight", b -> b.put("name", "Office CRM"));
      for (int n = 0; n < 42; n++) {
        hub.clock().advance(Duration.ofSeconds(40 + n * 37 % 60));
        var person = InventedPerson.of(n + 11 * (n % 7));
        var last = "L-" + n;
        var arose = hub.clock().instant().minusMillis(400 + n * 173 % 1900).toString();
        switch (n % 5) {
          case 0, 2, 3 -> portal.post(LeadBodies.buyer(last, person).put("timestamp", arose));
          case 1 -> second.post(LeadBodies.standard(last, person).put("timestamp", arose));
          default ->
              third.post(
                  LeadBodies.seller(last, person).put("role", "vendor").put("timestamp", arose));
        }
        hub.awaitDelivery(last, endpoint, "delivered");
        if (n == 38) {
          answer(hub, ada, "L-36");
        }
      }
      portal.sender().post("[\"not a lead\"]");
      answer(hub, ada, "L-40");
      hub.clock().advance(Duration.ofSeconds(2));

      var page = browser.page();
      browser.go("/console/now");
      page.getByText("Live", new Page.GetByTextOptions().setExact(true)).waitFor();
      page.evaluate("new Promise(r => setTimeout(() => requestAnimationFrame(r), 400))");
      browser.checkTroubles();
      take(browser, "console");
      browser.go("/console/leads/" + hub.story("L-40").path("id").asString());
      page.getByText("Live", new Page.GetByTextOptions().setExact(true)).waitFor();
      take(browser, "lead-page");
    }
  }

  private static void answer(TestHub hub, ConsoleGuest guest, String leadId) {
    guest.submit(
        "/console/me",
        "/console/leads/" + hub.story(leadId).path("id").asString() + "/answered",
        Map.of());
  }

  private static void take(ConsoleBrowser browser, String name) throws IOException {
    var wanted = Boolean.getBoolean("porchlight.pictures");
    var folder = wanted ? Path.of("../docs/images") : Path.of("target/pictures");
    Files.createDirectories(folder);
    var file = folder.resolve(name + ".png");
    browser.page().setViewportSize(1280, HIGH);
    browser
        .page()
        .screenshot(
            new Page.ScreenshotOptions()
                .setPath(file)
                .setAnimations(ScreenshotAnimations.DISABLED));
    assertThat(file).isNotEmptyFile();
  }
}
