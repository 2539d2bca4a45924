package dev.porchlight.console.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.SelectOption;
import dev.porchlight.access.ConsoleRole;
import dev.porchlight.sign.XSignature;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sources at the console: made, tested, rotated, and why a signature does not hold.
@Timeout(180)
class SourcePagesTest {
  private static final String KEY = "a key to sign with";

  @TempDir Path folder;

  @Test
  void a_source_is_added_in_a_minute_tested_and_given_another_key() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      browser.visit("/console/sources");
      assertThat(page.getByText("No sources yet").isVisible()).isTrue();
      page.getByText("Add a source").first().click();
      browser.check();
      page.locator("#name").fill("Realtor com");
      page.keyboard().press("Enter");
      page.getByText("A source's name is 1 to 64").waitFor();
      browser.forgive();
      page.locator("#name").fill("realtor-com");
      page.locator("#contract").selectOption(new SelectOption().setValue("lead-delivery"));
      page.getByText("Add it").click();
      page.getByText("This key is shown only now. Copy it.").waitFor();
      browser.check();
      var pasted = page.locator(".copy code").allInnerTexts();
      assertThat(pasted)
          .hasSize(3)
          .contains(hub.address() + "/in/realtor-com/lead-delivery", "X-API-Key");
      var key = pasted.getLast();

      // What the page says to paste is what works.
      var lead = LeadBodies.standard("L-1", InventedPerson.of(1));
      var sender = hub.sender("realtor-com", key).withPath("/in/realtor-com/lead-delivery");
      assertThat(sender.post(lead).status()).isEqualTo(200);

      page.navigate(hub.address() + "/console/sources");
      // The name of a contract is not broken in two.
      assertThat(page.locator("td.nowrap").first().innerText()).isEqualTo("lead-delivery");
      page.getByText("realtor-com").click();
      browser.sees("Send a test lead");
      assertThat(page.locator("main").innerText())
          .contains("1 done", "1 taken, 0 waiting, 0 failed")
          .doesNotContain(key);
      page.getByText("Send a test lead").click();
      page.getByText("The test lead was taken.").waitFor();
      browser.check();
      assertThat(hub.items("/leads?test=true")).hasSize(1);

      page.locator("#overlap").selectOption("0");
      page.getByText("Make a new key").click();
      browser.sees("This key is shown only now. Copy it.");
      var other = page.locator(".copy code").allInnerTexts().getLast();
      assertThat(other).isNotEqualTo(key);
      assertThat(sender.post(lead).status()).isEqualTo(401);
      assertThat(sender.withKey(other).post(lead).status()).isEqualTo(200);

      var taken =
          ada.submit(
              "/console/sources/new",
              "/console/sources/new",
              Map.of("name", "realtor-com", "contract", "lead-delivery", "region", "US"));
      assertThat(taken.statusCode()).isEqualTo(422);
      assertThat(taken.body()).contains("There is a source named `realtor-com` already.");
      var region =
          ada.submit(
              "/console/sources/new",
              "/console/sources/new",
              Map.of("name", "other", "contract", "lead-delivery", "region", "us"));
      assertThat(region.body()).contains("id=\"region-error\"");
      assertThat(ada.get("/console/sources/01890000-0000-7000-8000-000000000000").statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void the_first_byte_that_differs_is_shown_of_a_signature_that_does_not_hold() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      var source =
          hub.addSource(
              "signed",
              "connections-plus",
              b -> {
                var signature = b.putObject("signature");
                signature.put("header", "X-Signature").put("algorithm", "hmac-sha256");
                signature.put("policy", "require").putArray("keys").add(KEY);
              });
      var path = "/console/sources/" + source.id() + "/signature";
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();
      var signed = body + "\n";
      var answer =
          source
              .sender()
              .withHeader("X-Signature", XSignature.of(KEY, signed.getBytes(UTF_8)))
              .post(body);
      assertThat(answer.status()).isEqualTo(401);

      browser.visit("/console/sources/" + source.id() + "/change");
      browser.visit(path);
      page.locator("section[aria-labelledby=refused] a").first().click();
      browser.check();
      assertThat(page.locator("section[aria-labelledby=found]").innerText())
          .contains("does not hold", "No key gives this signature.")
          .contains("It was signed with a line feed behind the body, and sent without.")
          .contains("At byte " + java.text.NumberFormat.getInstance().format(body.length()))
          .contains("0x0a")
          .doesNotContain(KEY)
          // No oracle: nobody can sign with what is shown.
          .doesNotContain(XSignature.of(KEY, body.getBytes(UTF_8)));

      page.getByLabel("What the sender says").fill(body.replace("L-1", "L-2"));
      page.getByText("Look", new com.microsoft.playwright.Page.GetByTextOptions().setExact(true))
          .click();
      page.getByText("It is not what came:").waitFor();
      assertThat(page.locator("section[aria-labelledby=found]").innerText())
          .contains("At byte " + (body.indexOf("L-1") + 2), "0x32", "0x31");

      // Pasted, and it holds.
      var good =
          ada.submit(
              path,
              path,
              Map.of(
                  "headers",
                  "Host: example.org\r\nx-signature: " + XSignature.of(KEY, signed.getBytes(UTF_8)),
                  "body",
                  signed.replace("\n", "\r\n")));
      assertThat(good.body()).contains("It is verified with key 1.");
      var stranger = hub.addSource("other", "connections-plus");
      assertThat(
              ada.get(
                      "/console/sources/"
                          + stranger.id()
                          + "/signature?receipt="
                          + answer.json().path("communications_guid").asString("x"))
                  .statusCode())
          .isEqualTo(404);
      var fitting =
          ada.submit(
              "/console/sources/" + stranger.id() + "/signature",
              "/console/sources/" + stranger.id() + "/signature",
              Map.of(
                  "key",
                  KEY,
                  "headers",
                  "X-Signature: " + XSignature.of(KEY, body.getBytes(UTF_8)),
                  "body",
                  body));
      assertThat(fitting.body()).contains("With this key it fits: realtor-x-signature");
      assertThat(Json.write(hub.api().read("/sources/" + source.id()))).doesNotContain(KEY);
    }
  }

  /// Whoever sees another office finds nothing of ours, changes nothing, and puts nothing there.
  @Test
  void sources_and_endpoints_of_others_are_not_there() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var mia = ConsoleGuest.at(hub);
        var bo = ConsoleGuest.at(hub)) {
      var source = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint("http://127.0.0.1:9/", "porchlight");
      var landing = hub.api().read("/sources/" + source.id()).path("node").asString();
      var company = make(hub, "company", "Elsewhere", make(hub, "mls", "Another MLS", null));
      var office = make(hub, "office", "Elsewhere office", company);
      role(hub, office, "mia@example.org", ConsoleRole.Kind.ADMINISTRATOR, office);
      role(hub, landing, "bo@example.org", ConsoleRole.Kind.MANAGER, landing);
      mia.signIn("mia@example.org", "a long password");
      bo.signIn("bo@example.org", "a long password");

      assertThat(mia.get("/console/sources").body()).contains("No sources yet");
      assertThat(mia.get("/console/endpoints").body()).contains("No endpoints yet");
      var csrf = mia.csrf("/console/me");
      var ours = List.of("/console/sources/" + source.id(), "/console/endpoints/" + endpoint.id());
      for (var path : ours) {
        assertThat(mia.get(path).statusCode()).as(path).isEqualTo(404);
        assertThat(bo.get(path).statusCode()).as(path).isEqualTo(200);
        assertThat(bo.get(path).body()).as(path).doesNotContain("Make a new");
      }
      var acts =
          List.of(
              ours.getFirst() + "/key",
              ours.getFirst() + "/test",
              ours.getFirst() + "/signature",
              ours.getLast() + "/test",
              ours.getLast() + "/secret",
              ours.getLast() + "/pause",
              ours.getLast() + "/enable",
              ours.getLast() + "/replay");
      var token = bo.csrf("/console/me");
      for (var act : acts) {
        assertThat(post(hub, mia, act, csrf, Map.of())).as(act).isEqualTo(404);
        // As by the API, whoever works may test and replay.
        boolean works = act.equals(ours.getLast() + "/test") || act.endsWith("/replay");
        assertThat(post(hub, bo, act, token, Map.of("do", "count")))
            .as(act)
            .isEqualTo(works ? 200 : 403);
      }
      var there =
          Map.of(
              "name", "sneaked-in",
              "contract", "porchlight",
              "region", "US",
              "url", "http://127.0.0.1:9/",
              "node", landing);
      assertThat(post(hub, mia, "/console/sources/new", csrf, there)).isEqualTo(422);
      assertThat(post(hub, mia, "/console/endpoints/new", csrf, there)).isEqualTo(422);
      assertThat(hub.items("/sources")).hasSize(1);
      assertThat(hub.items("/endpoints")).hasSize(1);
      assertThat(ada.get("/console/sources").body()).contains("portal");

      // Of more than fit on a page there is a next one, of sources as of what came from one.
      for (int i = 0; i < 50; i++) {
        hub.addSource("more-" + i, "connections-plus");
      }
      var first = ada.get("/console/sources").body();
      assertThat(first).contains("/console/sources?skip=50", ">portal<").doesNotContain("more-49<");
      assertThat(ada.get("/console/sources?skip=50").body())
          .contains("more-49<")
          .doesNotContain("more-48<", ">portal<");
      for (int i = 0; i < 21; i++) {
        source.post(LeadBodies.buyer("L-" + i, InventedPerson.of(i + 1)));
      }
      var page = "/console/sources/" + source.id();
      var newest = ada.get(page).body();
      assertThat(newest).contains("21 taken");
      var next = Pattern.compile(Pattern.quote(page) + "[?]before=[0-9a-f-]{36}").matcher(newest);
      assertThat(next.find()).isTrue();
      var lead = Pattern.compile("/console/leads/[0-9a-f-]{36}");
      assertThat(lead.matcher(newest).results()).hasSize(20);
      assertThat(
              Stream.of(newest, ada.get(next.group()).body())
                  .flatMap(body -> lead.matcher(body).results().map(MatchResult::group))
                  .distinct())
          .hasSize(21);
    }
  }

  private static int post(
      TestHub hub, ConsoleGuest guest, String path, String csrf, Map<String, String> fields) {
    var all = new HashMap<>(fields);
    all.put("csrf", csrf);
    return guest.post(path, all, "Origin", hub.address().toString()).statusCode();
  }

  private static String make(TestHub hub, String kind, String name, @Nullable String parent) {
    return hub.api()
        .make("/nodes", Json.object().put("kind", kind).put("name", name).put("parent", parent))
        .path("id")
        .asString();
  }

  private static void role(
      TestHub hub, String office, String email, ConsoleRole.Kind kind, String node) {
    var member =
        hub.api()
            .make(
                "/nodes",
                Json.object()
                    .put("kind", "member")
                    .put("name", "Somebody")
                    .put("email", email)
                    .put("parent", office))
            .path("id")
            .asString();
    hub.api()
        .make("/nodes/" + member + "/password", Json.object().put("password", "a long password"));
    hub.hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              new ConsoleRole(member, kind, node).put(batch);
              return true;
            });
  }
}
