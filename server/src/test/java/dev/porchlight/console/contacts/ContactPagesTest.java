package dev.porchlight.console.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.porchlight.access.ConsoleRole;
import dev.porchlight.person.Comment;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.ConsoleBrowser;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.NewsFeed;
import dev.porchlight.watch.SavedSearch;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The contacts at the console, as those see them who may see all, and those who may not.
@Timeout(180)
class ContactPagesTest {
  private static final String HOSTILE = "<script>alert(1)</script>\u202Egro.elpmaxe";

  @TempDir Path folder;

  private static InventedPerson ana() {
    return InventedPerson.of(1).withName("Ana", "Lopez").withEmail("ana@example.org");
  }

  private static JsonNode contact(TestHub hub, String name) {
    return hub.items("/contacts").stream()
        .filter(c -> c.path("display_name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void contacts_are_found_told_of_changed_and_erased() throws Exception {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var browser = ConsoleBrowser.open(hub, ada)) {
      var page = browser.page();
      browser.visit("/console/contacts");
      assertThat(page.getByText("No contacts yet").isVisible()).isTrue();

      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("A-1", ana().withPhone("+1 312-555-0100")));
      portal.post(LeadBodies.buyer("A-2", ana().withName("Anne", "Lopez")));
      var anna =
          InventedPerson.of(2)
              .withName("Anna", "Lopez")
              .withEmail("other@example.org")
              .withPhone(null);
      portal.post(LeadBodies.buyer("B-1", anna));
      // By the address they are somebody else, by name and number not.
      portal.post(LeadBodies.buyer("B-2", anna.withPhone("+1 312-555-0100")));
      portal.post(
          LeadBodies.buyer(
              "H-1",
              InventedPerson.of(3)
                  .withName(HOSTILE, "x".repeat(290))
                  .withEmail("h@example.org")
                  .withPhone(null)));
      var ana = contact(hub, "Ana Lopez");
      var path = "/console/contacts/" + ana.path("id").asString();

      find(browser);
      member(browser, hub, path);
      typed(browser, hub, ada, portal, path, ana.path("id").asString());
      feed(browser, hub, ada, path, ana.path("id").asString());
      parts(browser, hub, ada, path, ana);
      scopes(hub, ada, ana);

      browser.visit(path + "/erase");
      page.getByText("Erase for good").click();
      // Too early: the word is required.
      assertThat(page.url()).endsWith("/erase");
      page.getByLabel("Type erase").fill("no");
      page.getByText("Erase for good").click();
      page.getByText("Type erase, or go back.").waitFor();
      browser.forgive();
      page.getByLabel("Type erase").fill("erase");
      page.getByText("Erase for good").click();
      page.waitForURL("**/contacts/erased/**");
      browser.check();
      assertThat(page.locator("main").innerText())
          .contains("Proof of erasure", "Ada Example (member ", "done")
          .doesNotContain("Lopez");
      assertThat(ada.get(path).statusCode()).isEqualTo(404);
      assertThat(hub.items("/contacts"))
          .noneMatch(c -> c.path("display_name").asString().equals("Ana Lopez"));
    }
  }

  /// The list with its filter, by keyboard too.
  private static void find(ConsoleBrowser browser) {
    var page = browser.page();
    browser.visit("/console/contacts");
    assertThat(names(page)).hasSize(3).anyMatch(n -> n.contains("<script>")).contains("Ana Lopez");
    page.locator("#filter").fill("ana");
    page.waitForCondition(() -> names(page).size() == 1);
    assertThat(page.locator("#list").innerText())
        .contains("Read as DisplayName Eq 'ana*'")
        .contains("Ana Lopez");

    page.locator("#filter").fill("");
    page.locator("#filter").pressSequentially("Fam");
    page.keyboard().press("ArrowDown");
    page.keyboard().press("Enter");
    page.waitForCondition(() -> page.locator("#filter").inputValue().equals("FamilyName "));
    page.locator("#filter").pressSequentially("Eq 'Lopez'");
    page.waitForCondition(() -> names(page).size() == 2 && page.url().contains("FamilyName"));
    browser.check();

    var wrong = "PrimaryEmail Eq 'ana@example.org' And Famly Eq 'x'";
    browser.visit("/console/contacts?filter=" + URLEncoder.encode(wrong, StandardCharsets.UTF_8));
    assertThat(page.locator("mark").innerText()).isEqualTo("Famly");
    assertThat(page.locator(".wrong pre").innerText()).isEqualTo(wrong);
    browser.go("/console/contacts?filter=FamilyName+Eq+%27none%27");
    assertThat(page.getByText("Nothing fits").isVisible()).isTrue();
  }

  private static List<String> names(Page page) {
    return page.locator("#list tbody th").allInnerTexts();
  }

  /// What a member does on the page.
  private static void member(ConsoleBrowser browser, TestHub hub, String path) {
    var page = browser.page();
    browser.visit(path);
    var text = page.locator("main").innerText();
    assertThat(text)
        .contains("Perhaps the same person", "Anna Lopez", "both have the phone number")
        .contains("No notes.", "No saved searches.");
    assertThat(page.locator("#told ~ .scroll del").allInnerTexts()).contains("Anne Lopez", "Anne");

    page.getByLabel("New tag").fill("buyer");
    page.keyboard().press("Enter");
    page.getByText("The tag is added.").waitFor();
    page.getByLabel("New tag").fill("BUYER");
    page.keyboard().press("Enter");
    page.getByText("They have this tag.").waitFor();
    browser.forgive();
    page.getByLabel("Take off the tag portal").click();
    page.getByText("The tag is taken off.").waitFor();
    page.getByLabel("New note").fill(HOSTILE);
    page.getByText("Add the note").click();
    page.getByText("The note is added.").waitFor();
    browser.check();
    assertThat(page.locator(".noted").innerText()).contains("<script>").contains("Ada Example");
    var id = path.substring(path.lastIndexOf('/') + 1);
    assertThat(Json.write(hub.api().read("/contacts/" + id).path("tags"))).isEqualTo("[\"buyer\"]");
    page.onDialog(d -> d.accept());
    page.getByText("Delete", new Page.GetByTextOptions().setExact(true)).click();
    page.getByText("The note is deleted.").waitFor();
  }

  /// What is typed stays until it is taken back; what is left as it was does not count as typed.
  private static void typed(
      ConsoleBrowser browser,
      TestHub hub,
      ConsoleGuest ada,
      TestHub.SourceAtHub portal,
      String path,
      String id) {
    var page = browser.page();
    browser.visit(path);
    page.getByText("Change name and address").click();
    page.waitForURL("**/change");
    browser.check();
    page.getByLabel("First name").fill("Ana María");
    page.getByLabel("E-mail addresses").fill("ana@example.org\nana at home");
    page.getByLabel("Town").fill("Harbor");
    page.getByText("Save", new Page.GetByTextOptions().setExact(true)).click();
    page.locator("#emails-error").waitFor();
    assertThat(page.locator("#emails-error").innerText()).contains("ana at home", "no e-mail");
    browser.forgive();
    page.getByLabel("E-mail addresses").fill("home@example.org\nana@example.org");
    // A lead comes meanwhile, with another number.
    portal.post(LeadBodies.buyer("A-3", ana().withPhone("+1 312-555-0177")));
    page.getByText("Save", new Page.GetByTextOptions().setExact(true)).click();
    page.getByText("has changed this contact meanwhile").waitFor();
    assertThat(page.locator("main").innerText()).contains("312-555-0177");
    browser.forgive();
    var phones = hub.api().read("/contacts/" + id).path("phones").valueStream();
    page.getByLabel("Phone numbers")
        .fill(phones.map(JsonNode::asString).collect(Collectors.joining("\n")));
    page.getByText("Save", new Page.GetByTextOptions().setExact(true)).click();
    page.getByText("What you typed stands.").waitFor();
    var now = hub.api().read("/contacts/" + id);
    assertThat(now.path("display_name").asString()).isEqualTo("Ana María Lopez");
    assertThat(now.path("details").path("home_locality").asString()).isEqualTo("Harbor");
    assertThat(now.path("emails").toString())
        .isEqualTo("[\"home@example.org\",\"ana@example.org\"]");
    assertThat(now.path("typed").toString())
        .isEqualTo("[\"emails\",\"given_name\",\"home_locality\",\"tags\"]");

    var form = path + "/change";
    assertThat(ada.submit(form, form, Map.of("given_name", "Ana María")).headers().map().toString())
        .contains("contact.same");
    var wrong = ada.submit(form, form, Map.of("given_name", "x".repeat(301), "emails", "a@b.c"));
    assertThat(wrong.body()).contains("id=\"given_name-error\"");
    var back = "csrf=" + ada.csrf(form) + "&taken_back=given_name&taken_back=emails";
    var taken =
        ada.postRaw(
            form,
            back + "&taken_back=home_locality&given_name=No",
            "Origin",
            hub.address().toString());
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(303);
    now = hub.api().read("/contacts/" + id);
    assertThat(now.path("display_name").asString()).isEqualTo("Ana Lopez");
    assertThat(now.path("emails").toString()).isEqualTo("[\"ana@example.org\"]");
    assertThat(now.path("details").has("home_locality")).isFalse();
    assertThat(now.path("typed").toString()).isEqualTo("[\"tags\"]");
    // What later leads say counts again.
    portal.post(LeadBodies.buyer("A-3", ana().withEmail("third@example.org")));
    hub.await(
        "the new address",
        () ->
            Optional.of(hub.api().read("/contacts/" + id).path("emails"))
                .filter(e -> e.toString().contains("third@example.org")));
    assertThat(ada.get("/console/contacts/" + "9".repeat(26) + "/change").statusCode())
        .isEqualTo(404);
  }

  /// What happened to listings: approved, then read.
  private static void feed(
      ConsoleBrowser browser, TestHub hub, ConsoleGuest ada, String path, String contact)
      throws Exception {
    var store = hub.hub().store();
    var desk = hub.api().read("/contacts/" + contact).path("owner").asString();
    var draw = Draw.fresh(store.now(), 1);
    var search = draw.digits();
    store.write(
        WorkQueue.EDITS,
        batch -> {
          new SavedSearch(
                  search,
                  contact,
                  desk,
                  "Harbor homes",
                  null,
                  "City Eq 'Harbor'",
                  null,
                  List.of(),
                  null,
                  0,
                  draw.at(),
                  draw.at())
              .put(batch, true);
          new NewsFeed(
                  draw.digits(),
                  contact,
                  search,
                  "Harbor homes",
                  true,
                  false,
                  true,
                  NewsFeed.EVENTS,
                  null,
                  0,
                  draw.at(),
                  draw.at())
              .put(batch, true);
          return true;
        });
    publish(hub);
    var id =
        hub.await(
            "the event on the page",
            () ->
                Optional.of(ada.get(path).body())
                    .filter(b -> b.contains("waits for approval"))
                    .map(b -> b.replaceAll("(?s).*name=\"event\" value=\"([0-9-]+)\".*", "$1")));
    browser.visit(path);
    var page = browser.page();
    assertThat(page.locator("main").innerText()).contains("Harbor homes", "City Eq 'Harbor'");
    page.getByText("Approve", new Page.GetByTextOptions().setExact(true)).click();
    page.getByText("The event is approved.").waitFor();
    page.getByText("Mark as read").click();
    page.getByText("The event is marked as read.").waitFor();
    page.getByText("Mark as unread").waitFor();
    assertThat(ada.submit(path, path + "/feed", Map.of("event", id, "mark", "burn")).statusCode())
        .isEqualTo(404);
  }

  /// What there is more of than a page has.
  private static void parts(
      ConsoleBrowser browser, TestHub hub, ConsoleGuest ada, String path, JsonNode ana) {
    var store = hub.hub().store();
    var contact = ana.path("id").asString();
    var owner = ana.path("owner").asString();
    store.write(
        WorkQueue.EDITS,
        batch -> {
          for (int i = 0; i < 120; i++) {
            var draw = Draw.fresh(store.now(), 1);
            Comment.of(draw, contact, owner, "note %03d".formatted(i)).put(batch);
            new SavedSearch(
                    draw.digits(),
                    contact,
                    owner,
                    "search %03d".formatted(i),
                    null,
                    "City Eq 'Nowhere'",
                    null,
                    List.of(),
                    null,
                    0,
                    draw.at(),
                    draw.at())
                .put(batch, true);
          }
          return true;
        });
    for (var list : List.of("notes", "searches")) {
      var found = new ArrayList<String>();
      var next = path;
      for (int part = 0; part < 3; part++) {
        var body = ada.get(next).body();
        PART.matcher(body).results().map(MatchResult::group).forEach(found::add);
        var link = Pattern.compile("href=\"([^\"]*[?]" + list + "=[^\"#]*)#" + list).matcher(body);
        assertThat(link.find()).as(list + " " + part).isEqualTo(part < 2);
        next = part < 2 ? link.group(1) : next;
      }
      var word = list.equals("notes") ? "note " : "search ";
      assertThat(found.stream().filter(f -> f.startsWith(word)).distinct()).hasSize(120);
    }
    browser.visit(path + "?notes=" + "9".repeat(26));
    // The same by the API, in the name of those who wrote them.
    var first = hub.api().read("/contacts/" + contact + "/notes?limit=100");
    var rest =
        hub.api()
            .read("/contacts/" + contact + "/notes?cursor=" + first.path("next_cursor").asString());
    assertThat(first.path("items").size() + rest.path("items").size()).isEqualTo(120);
    assertThat(rest.path("items").path(0).path("by").asString()).isEqualTo(owner);
  }

  private static final Pattern PART = Pattern.compile("(?:note|search) [0-9]{3}");

  private static void publish(TestHub hub) throws Exception {
    var office = party(hub, "Harbor Realty", "office").path("id").asString();
    var app = party(hub, "Listing feed", "app");
    var grant = Json.object().put("owner", office).put("party", app.path("id").asString());
    grant.putArray("publishes").add("realestate/listing");
    hub.api().make("/grants", grant);
    hub.clock().advance(java.time.Duration.ofSeconds(1));
    var event = Json.object().put("topic", "realestate/listing#update");
    event.put("recipient", hub.address() + "/pods/harbor-realty/profile/card#me");
    var object = event.putObject("data").put("type", "UpdateAction").putObject("object");
    object.put("originatingSystemName", "HARBOR-MLS").put("originatingSystemKey", "1");
    object.put("addressLocality", "Harbor").put("streetAddress", "1 Quay");
    object.put("listingStatus", "Active");
    try (var client = java.net.http.HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(hub.address().resolve("/pods/listing-feed/publish/"))
                  .header("x-api-key", app.path("api_key").asString())
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(event.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
  }

  private static JsonNode party(TestHub hub, String name, String kind) {
    return hub.api().make("/parties", Json.object().put("name", name).put("kind", kind));
  }

  /// An agent sees the own contacts, and no word of others.
  private static void scopes(TestHub hub, ConsoleGuest ada, JsonNode ana) {
    var path = "/console/contacts/" + ana.path("id").asString();
    var office =
        hub.items("/nodes").stream()
            .filter(n -> n.path("kind").asString().equals("office"))
            .findFirst()
            .orElseThrow();
    var member =
        hub.api()
            .make(
                "/nodes",
                Json.object()
                    .put("kind", "member")
                    .put("name", "Bo Agent")
                    .put("email", "bo@example.org")
                    .put("parent", office.path("id").asString()))
            .path("id")
            .asString();
    hub.api()
        .make("/nodes/" + member + "/password", Json.object().put("password", "a long password"));
    hub.hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> {
              new ConsoleRole(member, ConsoleRole.Kind.AGENT, null).put(batch);
              return true;
            });
    try (var bo = ConsoleGuest.at(hub)) {
      bo.signIn("bo@example.org", "a long password");
      assertThat(bo.get("/console/contacts").body()).contains("No contacts yet");
      assertThat(bo.get("/console/contacts?filter=ana%40example.org").body())
          .contains("Nothing fits");
      assertThat(bo.get(path).statusCode()).isEqualTo(404);
      var csrf = bo.csrf("/console/me");
      for (var action : List.of("/tags", "/notes", "/owner", "/feed", "/tags/remove")) {
        assertThat(
                bo.post(
                        path + action,
                        Map.of("csrf", csrf, "tag", "x", "text", "x", "owner", member),
                        "Origin",
                        hub.address().toString())
                    .statusCode())
            .as(action)
            .isEqualTo(404);
      }
      var given = ada.submit(path, path + "/owner", Map.of("owner", member));
      assertThat(given.statusCode()).as(given.body()).isEqualTo(303);
      assertThat(bo.get("/console/contacts").body()).contains("Ana Lopez").doesNotContain("Anna");
      assertThat(bo.get(path).body())
          .contains("Ana Lopez")
          .doesNotContain("Anna Lopez")
          .doesNotContain("/erase");
      assertThat(bo.get(path + "/erase").statusCode()).isEqualTo(403);
      // Given away, it is out of sight, and the way leads to the list.
      var back = bo.submit(path, path + "/owner", Map.of("owner", ana.path("owner").asString()));
      assertThat(back.headers().firstValue("Location").orElseThrow())
          .startsWith("/console/contacts?");
      assertThat(bo.get(path).statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ana|DisplayName Eq 'ana*'",
        "O'Neill|DisplayName Eq 'O\\'Neill*'",
        "ana@example.org|PrimaryEmail Eq 'ana@example.org'",
        "(312) 555-0100|PrimaryPhoneNumber Eq '*312*555*0100'",
        "0100|PrimaryPhoneNumber Eq '*0100'",
        "FamilyName Eq 'x'|FamilyName Eq 'x'",
        "FamilyName|FamilyName",
        "Famly Eq 'x'|Famly Eq 'x'",
      })
  void words_without_a_comparison_are_a_name_an_address_or_a_number(String typed, String meant) {
    assertThat(ContactList.meant(typed)).isEqualTo(meant);
  }
}
