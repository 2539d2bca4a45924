package dev.porchlight.console.replays;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Replays at the console.
@Timeout(120)
class ReplayPagesTest {
  @TempDir Path folder;

  @Test
  void a_replay_is_counted_begun_paused_resumed_watched_and_stopped() throws Exception {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      browser.visit("/console/replays");
      browser.sees("No replays yet");
      browser.go("/console/replays/new").sees("No endpoints yet");
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("A-1", InventedPerson.of(1)));
      portal.post(LeadBodies.buyer("A-2", InventedPerson.of(2)));
      var endpoint = hub.addEndpoint(crm.url("/hook"), "porchlight");
      var path = "/endpoints/" + endpoint.id();
      hub.api().patch(path, Json.object().put("disabled", true));

      browser.visit("/console/replays/new");
      page.locator("#filter").fill("City Eq 'Reno' And Nothing Eq 1");
      page.locator("#per_second").fill("5");
      browser.press("Count what it would deliver");
      assertThat(page.locator(".wrong mark").innerText()).isEqualTo("Nothing");
      assertThat(page.locator("#filter").getAttribute("aria-invalid")).isEqualTo("true");
      browser.forgive();
      browser.check();
      page.locator("#filter").fill("Received Gt days(-7)");
      browser.press("Count what it would deliver").sees("It must say the same at any time");
      browser.forgive();
      assertThat(page.locator("button[value=begin]").count()).isZero();
      page.locator("#filter").fill("");
      browser.press("Count what it would deliver").sees("It would deliver 2 events.");
      browser.check();
      assertThat(hub.items("/replays")).isEmpty();
      browser.press("Deliver these").sees("The replay has begun.");
      browser.check();

      // While its endpoint is disabled it waits.
      browser.press("Pause").sees("It is done.");
      assertThat(hub.items("/replays").getFirst().path("state").asString()).isEqualTo("paused");
      page.locator("#per_second").fill("7");
      browser.press("Set the pace").sees("Events a second");
      assertThat(hub.items("/replays").getFirst().path("per_second").asInt()).isEqualTo(7);
      browser.press("Go on").sees("It is done.");
      page.locator("#live-part .badge:text-is('running')").waitFor();
      hub.api().patch(path, Json.object().put("disabled", false));
      crm.await(2);
      // The page follows by itself.
      page.locator("#live-part .badge.good").waitFor();
      assertThat(page.locator("#live-part").innerText())
          .contains("finished", "100 %")
          .doesNotContain("Pause");

      hub.api().patch(path, Json.object().put("disabled", true));
      var other = Map.of("endpoint", endpoint.id(), "per_second", "1", "states", "delivered");
      var begun = new HashMap<>(other);
      begun.put("do", "begin");
      var made = ada.submit("/console/replays/new", "/console/replays/new", begun);
      assertThat(made.statusCode()).isEqualTo(303);
      var one = made.headers().firstValue("Location").orElseThrow().replaceFirst("\\?.*", "");
      page.onDialog(d -> d.accept());
      browser.go(one).press("Stop").sees("stopped");
      assertThat(
              ada.submit(one.replaceFirst("/[^/]*$", "/new"), one + "/pause", Map.of())
                  .headers()
                  .firstValue("Location"))
          .hasValueSatisfying(l -> assertThat(l).endsWith("replay.not"));
      browser.visit("/console/replays");
      assertThat(page.locator("tbody tr").count()).isEqualTo(2);

      for (var wrong :
          Map.of(
                  "from", "yesterday",
                  "per_second", "0",
                  "endpoint", "nothing",
                  "source", "nothing")
              .entrySet()) {
        var fields = new HashMap<>(begun);
        fields.put(wrong.getKey(), wrong.getValue());
        assertThat(ada.submit("/console/replays/new", "/console/replays/new", fields).statusCode())
            .as(wrong.getKey())
            .isEqualTo(422);
      }
      assertThat(ada.get("/console/replays/01890000-0000-7000-8000-000000000000").statusCode())
          .isEqualTo(404);
      assertThat(hub.items("/replays")).hasSize(2);
    }
  }
}
