package dev.porchlight.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A real browser with a fresh profile, for pages of a hub: one Chromium a JVM, one context a test.
/// It is the machine's own, found at the usual places or where `PORCHLIGHT_CHROMIUM` says. Where
/// there is none, it is installed when `PORCHLIGHT_INSTALL_CHROMIUM=true` allows that, and else the
/// test is skipped with a line that says what to install.
///
/// [#visit] and [#check] hold each page to what all pages promise: no violation that axe knows, in
/// light and dark and at 360 pixels, nothing wider than the window, no error on the browser's
/// console, no request to another host.
public final class ConsoleBrowser implements AutoCloseable {
  /// What breaks those rules, or any where none is named: the rule and up to three places.
  private static final String AXE =
      """
      async (rules) => {
        const found = await axe.run(document, {
          resultTypes: ["violations"],
          ...(rules.length === 0 ? {} : {runOnly: {type: "rule", values: rules}}),
        });
        return found.violations.map((v) =>
            v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html).join(", "));
      }\
      """;

  private static final int LAUNCH_MILLIS = 120_000;
  private static final int WIDE = 1280;
  private static final int NARROW = 360;
  private static final int HIGH = 900;
  private static @Nullable Browser browser;
  private static @Nullable String missing;

  private final URI hub;
  private final BrowserContext context;
  private final Page page;
  private final List<String> troubles = new ArrayList<>();

  private ConsoleBrowser(URI hub) {
    this.hub = hub;
    context =
        browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(WIDE, HIGH)
                    .setLocale("en-US")
                    .setTimezoneId("UTC"));
    context.setDefaultTimeout(TestHub.PATIENCE.toMillis());
    page = context.newPage();
    page.onConsoleMessage(m -> {
      if (m.type().equals("error") || m.type().equals("warning")) {
        troubles.add("console: " + m.text());
      }
    });
    page.onPageError(e -> troubles.add("script: " + e));
    page.onRequest(r -> {
      if (!r.url().startsWith(hub.toString()) && !r.url().startsWith("data:")) {
        troubles.add("request to another host: " + r.url());
      }
    });
  }

  /// A browser in which nobody is signed in.
  public static ConsoleBrowser open(TestHub hub) {
    return new ConsoleBrowser(hub.address());
  }

  /// A browser in which a guest is signed in already.
  public static ConsoleBrowser open(TestHub hub, ConsoleGuest guest) {
    var opened = open(hub);
    guest
        .cookies()
        .forEach((name, value) ->
            opened.context.addCookies(
                List.of(new Cookie(name, value).setUrl(hub.address().toString()))));
    return opened;
  }

  private static synchronized Browser browser() {
    if (browser == null && missing == null) {
      var program = program();
      if (program.isEmpty()) {
        missing =
            "skipped: install chromium (Debian: apt-get install chromium), or name one in"
                + " PORCHLIGHT_CHROMIUM";
        System.err.println("Tests of the console in a browser are " + missing);
      } else {
        launch(program.get());
      }
    }
    Assumptions.assumeTrue(browser != null, missing);
    return java.util.Objects.requireNonNull(browser);
  }

  private static void launch(Path program) {
    var playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setTimeout(LAUNCH_MILLIS)
                    .setExecutablePath(program)
                    .setArgs(
                        List.of(
                            // Root has no sandbox.
                            "--no-sandbox",
                            "--disable-dev-shm-usage",
                            "--disable-gpu",
                            "--disable-component-update")));
    Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
  }

  private static Optional<Path> program() {
    var named = System.getenv("PORCHLIGHT_CHROMIUM");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    var found = installed();
    if (found.isEmpty() && "true".equals(System.getenv("PORCHLIGHT_INSTALL_CHROMIUM"))) {
      install();
      found = installed();
    }
    return found;
  }

  private static Optional<Path> installed() {
    return Stream.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void install() {
    try {
      var installing =
          new ProcessBuilder("apt-get", "install", "-y", "--no-install-recommends", "chromium")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!installing.waitFor(5, TimeUnit.MINUTES)) {
        installing.destroy();
      }
    } catch (IOException e) {
      System.err.println("Chromium can't be installed: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The page as Playwright has it.
  public Page page() {
    return page;
  }

  /// Goes to a path of the hub and holds the page to what all pages promise.
  public ConsoleBrowser visit(String path) {
    go(path);
    check();
    return this;
  }

  /// Goes to a path of the hub.
  public ConsoleBrowser go(String path) {
    page.navigate(hub + path);
    return this;
  }

  /// Presses the button of that very name.
  public ConsoleBrowser press(String name) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
        .click();
    return this;
  }

  /// Follows the link of that very name.
  public ConsoleBrowser follow(String name) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true))
        .first()
        .click();
    return this;
  }

  /// Waits until the page shows that text somewhere, and all of it is there: a look at what comes
  /// further below may follow at once.
  public ConsoleBrowser sees(String text) {
    page.getByText(text).first().waitFor();
    page.waitForLoadState(LoadState.DOMCONTENTLOADED);
    return this;
  }

  /// Holds the page that is shown to what all pages promise.
  public void check() {
    var where = page.url().substring(hub.toString().length());
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    axe(where + " in light", List.of());
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    axe(where + " in dark", List.of("color-contrast"));
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    page.setViewportSize(NARROW, HIGH);
    axe(where + " at 360 pixels", List.of("color-contrast", "scrollable-region-focusable"));
    assertThat(page.evaluate("document.documentElement.scrollWidth"))
        .as("the width of " + where + " at 360 pixels")
        .isEqualTo(NARROW);
    page.setViewportSize(WIDE, HIGH);
    checkTroubles();
  }

  /// Holds the page to what a browser notes while it shows it.
  public void checkTroubles() {
    assertThat(troubles).as("what the browser noted at " + page.url()).isEmpty();
  }

  /// Forgets what was noted, for a page that is meant to be refused.
  public void forgive() {
    troubles.clear();
  }

  private void axe(String where, List<String> rules) {
    // What AxeBuilder does for pages with frames of strangers, a window of its own for each look
    // and
    // the script anew, costs three times as much.
    if (Boolean.FALSE.equals(page.evaluate("'axe' in window"))) {
      page.evaluate(AxeBuilder.getAxeScript());
    }
    assertThat((List<?>) page.evaluate(AXE, rules)).as(where).isEmpty();
  }

  @Override
  public void close() {
    context.close();
  }
}
