package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// In which language one reads the console, and that all of it is in that one.
@Timeout(120)
class LanguagesTest {
  private static final String SIGN_IN = "/console/sign-in";
  private static final Pattern LANGUAGE = Pattern.compile("<html lang=\"([^\"]*)\"");

  /// Attributes that are read out or shown.
  private static final Pattern SPOKEN =
      Pattern.compile(
          "\\s(?:aria-label|title|placeholder|alt|data-(?:confirm|on|off|copied))=\"([^\"]*)\"");

  private static final Pattern MARKED = Pattern.compile("⟦[^⟦⟧]*⟧");
  private static final Pattern WORD = Pattern.compile("\\p{L}{2,}");

  /// What is no word of a language: what the people, nodes and programs of the test are called,
  /// ids, kinds of events, types of media, addresses, names of contracts and of their messages.
  private static final Pattern DATA =
      Pattern.compile(
          "Ada Example|Ana Lopez|\\b(?:Ana|Lopez|US)\\b|Default (?:MLS|company|office)|Front"
              + " desk|\\bcrm\\b|\\bportal\\b"
              + "|https?://\\S+|[a-z]+@example\\.org|connections-plus|porchlight|BuyerLead"
              + "|PORCHLIGHT_[A-Z_]+|\\bsmtp_port\\b|/\\S*junit\\S*|\\b(?:true|false)\\b"
              + "|Java-http-client/\\S+|application/json|\\badministrator\\b|evt_[0-9a-f-]+"
              + "|\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b"
              + "|\\b(?:lead|contact|person|listing)\\.[a-z_]+\\b");

  @TempDir Path folder;

  @Test
  void one_reads_what_one_chose_else_what_the_browser_asks_for_else_english() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var stranger = ConsoleGuest.at(hub);
        var elsewhere = ConsoleGuest.at(hub)) {
      for (var wish :
          List.of(
              List.of("de-CH, de;q=0.9, en;q=0.5", "de", "Anmelden"),
              List.of("nl, fr-CA;q=0.8, de;q=0.7", "fr", "Se connecter"),
              List.of("de;q=0, en-GB", "en-US", "Sign in"),
              List.of("nl", "en-US", "Sign in"),
              List.of("*", "en-US", "Sign in"),
              List.of(";;q=", "en-US", "Sign in"),
              List.of("de," + "x".repeat(600), "en-US", "Sign in"))) {
        var page = stranger.get(SIGN_IN, "Accept-Language", wish.getFirst());
        assertThat(language(page)).as(wish.getFirst()).isEqualTo(wish.get(1));
        assertThat(page.headers().firstValue("Content-Language")).hasValue(wish.get(1));
        assertThat(page.headers().firstValue("Vary")).hasValue("Accept-Language, Cookie");
        assertThat(page.body()).contains("<h1>" + wish.get(2) + "</h1>");
      }
      assertThat(stranger.get("/console/nowhere", "Accept-Language", "de").body())
          .contains("Hier ist nichts");

      // Before signing in, the browser keeps the choice; a forged form changes nothing.
      stranger.post("/console/language", Map.of("language", "de"));
      assertThat(language(stranger.get(SIGN_IN))).isEqualTo("en-US");
      stranger.submit(SIGN_IN, "/console/language", Map.of("language", "tlh"));
      assertThat(language(stranger.get(SIGN_IN))).isEqualTo("en-US");
      var chosen =
          stranger.submit(
              SIGN_IN,
              "/console/language",
              Map.of("language", "de", "next", "/console/leads?source=1"));
      assertThat(chosen.headers().firstValue("Location"))
          .hasValue(SIGN_IN + "?next=%2Fconsole%2Fleads%3Fsource%3D1");
      assertThat(language(stranger.get(SIGN_IN, "Accept-Language", "fr"))).isEqualTo("de");

      // A member's choice goes with them, into another browser, and before what that one asks for.
      assertThat(ada.submit("/console/me", "/console/me/language", Map.of("language", "fr")))
          .satisfies(done ->
              assertThat(done.headers().firstValue("Location"))
                  .hasValue("/console/me?done=language"));
      elsewhere.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD);
      var there = elsewhere.get("/console/me?done=language", "Accept-Language", "de");
      assertThat(language(there)).isEqualTo("fr");
      assertThat(there.body())
          .contains("Votre compte", "<option value=\"fr\" lang=\"fr\" selected");
      ada.submit("/console/me", "/console/me/language", Map.of("language", ""));
      assertThat(language(elsewhere.get("/console/now", "Accept-Language", "de"))).isEqualTo("de");
    }
  }

  @Test
  void a_lead_is_read_in_german_and_in_french_live_too_and_what_is_english_is_marked()
      throws Exception {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = lead("L-1");
      body.putObject("property").put("list_price", 1449900.5);
      body.put("timestamp", "yesterday");
      portal.post(body);
      var path = "/console/leads/" + hub.story("L-1").path("id").asString();

      choose(ada, "de");
      var german = ada.get(path).body();
      assertThat(german)
          .contains("Möchte kaufen", "Verlauf", "1.449.900,50", "Kein Endpunkt will ihn")
          .contains("Niemand Bekanntes hat diese E-Mail-Adresse", "Der Empfang von ")
          .contains("<span lang=\"en\"><bdi>");
      assertThat(firstPart(hub, ada, path + "/events"))
          .contains("Möchte kaufen")
          .doesNotContain("Wants to buy");
      choose(ada, "fr");
      assertThat(ada.get(path).body()).contains("Souhaite acheter", "1\u202F449\u202F900,50");
      choose(ada, "en");
      assertThat(ada.get(path).body())
          .contains("Wants to buy", "The front desk of ")
          .doesNotContain("lang=\"en\"");

      try (var browser = ConsoleBrowser.open(hub, ada)) {
        choose(ada, "de");
        browser.visit(path).visit("/console/endpoints/new");
        choose(ada, "fr");
        browser.visit(path).visit("/console/me");
      }
    }
  }

  @Test
  void no_page_has_words_of_its_own() {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open();
        var ada = ConsoleGuest.administrator(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      crm.alwaysAnswers(new FakeCrm.Reaction.Status(503, Map.of(), "7"));
      var endpoint = hub.addEndpoint(crm.url("/in"), "porchlight", b -> b.put("name", "crm"));
      portal.post(lead("L-1"));
      hub.awaitAttempts("L-1", endpoint, 1);
      portal.sender().post("[7]");
      ada.cookies().put("porchlight_language", "en-XA");
      var story = hub.story("L-1");
      var pages =
          new ArrayList<>(
              List.of(
                  "/console/now",
                  "/console/leads",
                  "/console/leads?source=7",
                  "/console/leads/" + story.path("id").asString(),
                  "/console/receipts",
                  "/console/deliveries",
                  "/console/deliveries/"
                      + hub.deliveries("L-1", endpoint).getFirst().path("id").asString(),
                  "/console/contacts",
                  "/console/contacts?filter=FirstName",
                  "/console/contacts/" + story.path("contact_id").asString(),
                  "/console/contacts/" + story.path("contact_id").asString() + "/erase",
                  "/console/sources",
                  "/console/sources/new",
                  "/console/sources/" + portal.id(),
                  "/console/sources/" + portal.id() + "/signature",
                  "/console/endpoints",
                  "/console/endpoints/new",
                  "/console/endpoints/preview",
                  "/console/endpoints/" + endpoint.id(),
                  "/console/listings",
                  "/console/events",
                  "/console/events/parties",
                  "/console/replays",
                  "/console/replays/new",
                  "/console/search?q=L-1",
                  "/console/search?q=nobody",
                  "/console/settings",
                  "/console/settings/tokens",
                  "/console/settings/mail",
                  "/console/settings/hub",
                  "/console/settings/keys",
                  "/console/audit",
                  "/console/me",
                  "/console/nowhere"));
      hub.items("/receipts")
          .forEach(r -> pages.add("/console/receipts/" + r.path("id").asString()));
      hub.items("/nodes")
          .forEach(n -> pages.add("/console/settings/nodes/" + n.path("id").asString()));
      var found = new TreeMap<String, Set<String>>();
      for (var page : pages) {
        var own = own(ada.get(page).body());
        if (!own.isEmpty()) {
          found.put(page, own);
        }
      }
      assertThat(found).isEmpty();
    }
  }

  /// The words that a page shows or speaks and that are neither from a message file nor data, nor
  /// marked as being in a language of their own.
  private static Set<String> own(String html) {
    var spoken =
        SPOKEN.matcher(html).results().map(m -> m.group(1)).collect(Collectors.joining("\n"));
    var shown =
        html.replaceAll(
                "(?s)<(bdi|span|p|option)( class=\"[^\"]*\"| value=\"[^\"]*\")?"
                    + " lang=\"[a-z]+\".*?</\\1>",
                "")
            .replaceAll("(?s)<(code|pre|textarea|script)\\b.*?</\\1>", "")
            .replaceAll("<[^>]*>", "\n");
    var rest = spoken + "\n" + shown;
    for (var before = ""; !before.equals(rest); ) {
      before = rest;
      rest = MARKED.matcher(rest).replaceAll("");
    }
    return WORD.matcher(DATA.matcher(rest).replaceAll(" "))
        .results()
        .map(m -> m.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static tools.jackson.databind.node.ObjectNode lead(String id) {
    var body = Json.object();
    body.put("lead_id", id);
    body.put("role", "buyer");
    body.put("timestamp", "2026-03-14T09:26:53Z");
    body.put("message", "77");
    var contact = body.putObject("contact");
    contact.put("first_name", "Ana");
    contact.put("last_name", "Lopez");
    contact.put("email", "ana@example.org");
    return body;
  }

  private static void choose(ConsoleGuest guest, String language) {
    guest.submit("/console/me", "/console/me/language", Map.of("language", language));
  }

  private static String language(HttpResponse<String> page) {
    var found = LANGUAGE.matcher(page.body());
    assertThat(found.find()).as(page.body()).isTrue();
    return found.group(1);
  }

  /// What the live part of a page sends first.
  private static String firstPart(TestHub hub, ConsoleGuest guest, String path) throws Exception {
    var connection = (HttpURLConnection) hub.address().resolve(path).toURL().openConnection();
    connection.setRequestProperty(
        "Cookie",
        guest.cookies().entrySet().stream()
            .map(c -> c.getKey() + "=" + c.getValue())
            .collect(Collectors.joining("; ")));
    connection.setReadTimeout((int) TestHub.PATIENCE.toMillis());
    try (var lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      var part = new StringBuilder();
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && part.indexOf("data:") >= 0) {
          return part.toString();
        }
        part.append(line).append('\n');
      }
      return part.toString();
    } finally {
      connection.disconnect();
    }
  }
}
