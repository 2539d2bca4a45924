package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The frame in a browser: all pages are held to what [ConsoleBrowser] says.
@Timeout(120)
class ConsolePagesTest {
  /// What has the focus, or that nobody sees it. The button within a field for times, a stop of its
  /// own after the field's parts, has the browser's ring, of which the field's style tells nothing.
  private static final String STOP =
      """
      (() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        const button = at.type === "datetime-local" && !at.matches(":focus");
        if (button) return at.id;
        if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1) return "unseen";
        return at.closest("nav") ? "nav" : at.id || at.className || at.localName;
      })()\
      """;

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
      browser.visit("/console/audit");

      page.keyboard().press("Tab");
      assertThat(page.evaluate("document.activeElement.className")).isEqualTo("skip");
      // Each stop of the keyboard is to be seen, in the order of the page.
      var stops = new ArrayList<Object>();
      while (stops.size() < 50 && !stops.contains("scroll")) {
        page.keyboard().press("Tab");
        stops.add(page.evaluate(STOP));
      }
      assertThat(stops).doesNotContain("unseen").contains("find", "subject", "scroll");
      assertThat(stops.indexOf("find")).isLessThan(stops.indexOf("nav"));
      assertThat(stops.indexOf("nav")).isLessThan(stops.indexOf("subject"));
      assertThat(stops.indexOf("subject")).isLessThan(stops.indexOf("scroll"));
      // A table that is wider than the window is moved by the arrows.
      page.setViewportSize(360, 700);
      page.locator(".scroll").focus();
      page.keyboard().press("ArrowRight");
      // Looked for from here: what waits within the page needs `eval`, which the policy forbids.
      page.waitForCondition(() ->
          Boolean.TRUE.equals(page.evaluate("document.querySelector('.scroll').scrollLeft > 0")));
      page.setViewportSize(1280, 900);
      page.keyboard().press("/");
      assertThat(page.evaluate("document.activeElement.id")).isEqualTo("find");
      page.locator("details.menu summary").press("Enter");
      page.locator("details.menu a").focus();
      page.keyboard().press("Escape");
      assertThat(page.evaluate("document.activeElement.localName")).isEqualTo("summary");
      assertThat(page.locator("details.menu[open]").count()).isZero();
      page.getByText("Ada Example").first().click();
      page.getByText("Dark").click();
      page.locator("html[data-theme=dark]").waitFor();
      browser.visit("/console/me");
      browser.forgive();
      browser.go("/console/nothing-here");
      assertThat(page.getByText("There is nothing here").isVisible()).isTrue();
    }
  }
}
