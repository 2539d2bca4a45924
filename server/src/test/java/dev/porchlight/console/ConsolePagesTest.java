package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The frame in a browser: all pages are held to what [ConsoleBrowser] says.
@Timeout(120)
class ConsolePagesTest {
  @TempDir Path folder;

  @Test
  void one_sets_the_console_up_and_finds_the_way_by_keyboard() {
    try (var hub = TestHub.start(folder);
        var browser = ConsoleBrowser.open(hub)) {
      var page = browser.page();
      browser.visit("/console");
      page.getByText("Set the console up").click();
      page.waitForURL("**/console/first");
      browser.check();
      page.getByLabel("token").fill(TestHub.ADMIN_TOKEN);
      page.getByLabel("Your name").fill("Ada Example");
      page.getByLabel("Your e-mail address").fill(ConsoleGuest.EMAIL);
      page.getByLabel("New password").fill(ConsoleGuest.PASSWORD);
      page.keyboard().press("Enter");
      page.waitForURL("**/console/now");
      browser.check();
      assertThat(page.getByText("No leads yet").isVisible()).isTrue();
      browser.visit("/console/leads");

      page.keyboard().press("Tab");
      assertThat(page.evaluate("document.activeElement.className")).isEqualTo("skip");
      page.getByText("Ada Example").click();
      page.getByText("Dark").click();
      page.waitForLoadState();
      assertThat(page.locator("html").getAttribute("data-theme")).isEqualTo("dark");
      browser.visit("/console/me");
      browser.forgive();
      browser.go("/console/nothing-here");
      assertThat(page.getByText("There is nothing here").isVisible()).isTrue();
    }
  }
}
