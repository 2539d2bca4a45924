package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Consumers who sign in and sign up at a portal, as a browser and a web site's server do it.
@OnEveryDatabase
class PortalPageTest {
  private static final String BACK = "https://vow.example.org/back";

  @Parameter Database database;
  @TempDir Path folder;

  /// An agent with a portal, and a web site that serves it.
  private static final class Site implements AutoCloseable {
    final SparkWorld world;
    final SparkWorld.Key agent;
    final SparkWorld.Key vow;

    Site(SparkWorld world) {
      this.world = world;
      agent = world.key("private");
      vow = world.key("vow", b -> b.putArray("redirect_uris").add(BACK));
      world
          .as(agent, "POST", "/v1/portal", "{\"D\":{\"DisplayName\":\"Homes & Co\"}}")
          .succeeded(201);
    }

    @Override
    public void close() {
      world.close();
    }

    String question(String more) {
      return "/auth/vow/homes-co?response_type=code&state=s%26t&client_id="
          + vow.apiKey()
          + "&redirect_uri="
          + SparkWorld.encode(BACK)
          + more;
    }

    /// Shows the page and sends one of its two forms, filled in.
    SparkWorld.Reply fill(String question, Map<String, String> filled) {
      var page = world.send("GET", question, new byte[0], Map.of());
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      var text = new String(page.body(), UTF_8);
      boolean signUp = filled.getOrDefault("answer", "").equals("sign-up");
      var half = text.indexOf("<form", text.indexOf("<form") + 1);
      var form = new ArrayList<String>();
      var hidden =
          Pattern.compile("<input type=\"hidden\" name=\"([a-z_]+)\" value=\"([^\"]*)\">")
              .matcher(signUp ? text.substring(half) : text.substring(0, half));
      while (hidden.find()) {
        form.add(hidden.group(1) + "=" + SparkWorld.encode(hidden.group(2).replace("&amp;", "&")));
      }
      filled.forEach((n, v) -> form.add(n + "=" + SparkWorld.encode(v)));
      var headers = new TreeMap<String, String>();
      headers.put("Cookie", page.header("Set-Cookie").split(";")[0]);
      headers.put("Content-Type", "application/x-www-form-urlencoded");
      return world.send(
          "POST", "/auth/vow/homes-co", String.join("&", form).getBytes(UTF_8), headers);
    }

    SparkWorld.Reply signUp(String more, String name, String email, String... others) {
      var filled = new TreeMap<>(Map.of("answer", "sign-up", "password", "my pass 1"));
      filled.put("DisplayName", name);
      filled.put("PrimaryEmail", email);
      for (int i = 0; i < others.length; i += 2) {
        filled.put(others[i], others[i + 1]);
      }
      return fill(question(more), filled);
    }

    /// The access token for the code that a reply leads back with.
    String token(SparkWorld.Reply reply) {
      var granted = exchange(reply, "");
      assertThat(granted.status()).as(granted.toString()).isEqualTo(200);
      return granted.json().path("access_token").asString();
    }

    /// @param proof empty for none
    SparkWorld.Reply exchange(SparkWorld.Reply reply, String proof) {
      assertThat(reply.status()).as(reply.toString()).isEqualTo(303);
      assertThat(reply.header("Location")).startsWith(BACK + "?code=").endsWith("&state=s%26t");
      var body =
          Json.object()
              .put("client_id", vow.apiKey())
              .put("client_secret", vow.secret())
              .put("grant_type", "authorization_code")
              .put("code", GrantTest.Agents.value(reply, "code"))
              .put("redirect_uri", BACK);
      if (!proof.isEmpty()) {
        body.put("code_verifier", proof);
      }
      return world.send(
          "POST",
          "/v1/oauth2/grant",
          body.toString().getBytes(UTF_8),
          Map.of("Content-Type", "application/json"));
    }
  }

  private Site site() {
    return new Site(new SparkWorld(database.start(folder)));
  }

  @Test
  void who_signs_up_unconnected_is_an_unconnected_contact_until_a_transfer_connects_it() {
    try (var site = site()) {
      var world = site.world;
      var token = site.token(site.signUp("&unconnected=true", "Ana <Lopez>", "ana@example.org"));
      var mine = world.as(token, "GET", "/v1/my/contact?_expand=Portal", "").result();
      assertThat(mine.path("DisplayName").asString()).isEqualTo("Ana <Lopez>");
      assertThat(mine.path("RecordStatus").asString()).isEqualTo("Unconnected");
      assertThat(mine.path("Portal").path("LoginName").asString()).isEqualTo("ana@example.org");
      assertThat(world.get(site.agent, "/v1/contacts").d().path("Results")).isEmpty();
      var unconnected = world.get(site.agent, "/v1/contacts/unconnected").result();
      assertThat(unconnected.path("Id")).isEqualTo(mine.path("Id"));

      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var uri = unconnected.path("ResourceUri").asString();
      world.as(site.agent, "PUT", uri, ContactsTest.owner(ruth)).succeeded(200);
      assertThat(world.get(site.agent, "/v1/contacts/unconnected").d().path("Results")).isEmpty();
      var connected = world.get(ruths, "/v1/contacts").result();
      assertThat(connected.path("Id")).isEqualTo(mine.path("Id"));
      assertThat(connected.path("RecordStatus").asString()).isEqualTo("Connected");
      world.as(ruths, "PUT", uri, "{\"D\":{\"RecordStatus\":\"Unconnected\"}}").failed(400, 1053);
      // The consumer is still themselves.
      assertThat(world.as(token, "GET", "/v1/my/contact", "").result().path("Id"))
          .isEqualTo(mine.path("Id"));
    }
  }

  @Test
  void who_signs_up_otherwise_is_a_connected_contact_and_can_sign_in_again() {
    try (var site = site()) {
      var world = site.world;
      site.token(site.signUp("", "Ana", "ana@example.org"));
      var contact = world.get(site.agent, "/v1/contacts").result();
      assertThat(contact.path("RecordStatus").asString()).isEqualTo("Connected");
      // In the question, `unconnected` without a value is meant; `false` is not.
      site.token(site.signUp("&unconnected", "Bo", "bo@example.org"));
      site.token(site.signUp("&unconnected=false", "Cy", "cy@example.org"));
      assertThat(
              SparkWorld.words(
                  Json.tree(
                      world
                          .get(site.agent, "/v1/contacts/unconnected")
                          .d()
                          .path("Results")
                          .findValuesAsString("DisplayName")
                          .stream()
                          .collect(java.util.stream.Collectors.joining("\",\"", "[\"", "\"]")))))
          .containsExactly("Bo");
      var again =
          site.fill(
              site.question(""),
              Map.of("answer", "sign-in", "username", "ANA@example.org", "password", "my pass 1"));
      assertThat(world.as(site.token(again), "GET", "/v1/my/contact", "").result().path("Id"))
          .isEqualTo(contact.path("Id"));
      var wrong =
          site.fill(
              site.question(""),
              Map.of("answer", "sign-in", "username", "ana@example.org", "password", "my pass 2"));
      assertThat(wrong.status()).isEqualTo(403);
      assertThat(new String(wrong.body(), UTF_8)).contains("The name or the password is wrong.");
      var denied = site.fill(site.question(""), Map.of("answer", "deny"));
      assertThat(denied.header("Location")).isEqualTo(BACK + "?error=access_denied&state=s%26t");
    }
  }

  @Test
  void who_signs_up_with_anothers_address_learns_nothing_of_them() {
    try (var site = site()) {
      var world = site.world;
      var portal = world.hub.addSource("portal", "connections-plus");
      portal.post(
          LeadBodies.buyer("L-1", new InventedPerson("Ana", "Lopez", "ana@example.org", null)));
      // The agent knows the address: no second contact, and not a word of the first.
      var refused = site.signUp("", "Somebody", "ANA@example.org");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(new String(refused.body(), UTF_8))
          .contains("With this e-mail address one can't sign up here.")
          .doesNotContain("Lopez");
      assertThat(world.get(site.agent, "/v1/contacts").d().path("Results")).hasSize(1);

      // Nobody knows this one yet: what its owner sends later is not the impostor's.
      var token = site.token(site.signUp("", "Impostor", "bo@example.org"));
      world
          .as(token, "PUT", "/v1/my/contact", "{\"D\":{\"PrimaryEmail\":\"cy@example.org\"}}")
          .succeeded(200);
      portal.post(
          LeadBodies.buyer(
              "L-2", new InventedPerson("Bo", "Quist", "bo@example.org", "+12025550143")));
      portal.post(
          LeadBodies.buyer(
              "L-3", new InventedPerson("Cy", "Quist", "cy@example.org", "+12025550144")));
      var mine = world.as(token, "GET", "/v1/my/contact", "").result();
      assertThat(mine.path("DisplayName").asString()).isEqualTo("Impostor");
      assertThat(mine.has("PrimaryPhoneNumber") || mine.has("FamilyName")).isFalse();
      assertThat(world.get(site.agent, "/v1/contacts").d().path("Results")).hasSize(4);
    }
  }

  @Test
  void who_signs_up_with_anothers_address_gets_at_nothing_by_a_link_either() {
    try (var site = site()) {
      var world = site.world;
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var bo = ContactsTest.make(world, ruths, "Bo Quist", "bo@example.org");
      world
          .as(ruths, "PUT", "/v1/contacts/" + bo, "{\"D\":{\"Note\":\"keeps herons\"}}")
          .succeeded(200);

      // The one who has the portal does not know the address, another agent does.
      var token = site.token(site.signUp("", "Impostor", "BO@example.org"));
      var me = world.as(token, "GET", "/v1/consumers/me", "").result();
      var link = me.path("ResourceUri").asString() + "/agents/" + ruth;
      world.as(token, "PUT", link, "").failed(409, 1055);
      assertThat(world.as(token, "GET", link + "/contacts", "").d().path("Results")).isEmpty();
      assertThat(world.get(ruths, "/v1/contacts").d().path("Results")).hasSize(1);

      // Nobody knows this one yet: what its owner sends later is not the impostor's.
      world
          .as(token, "PUT", "/v1/my/contact", "{\"D\":{\"PrimaryEmail\":\"cy@example.org\"}}")
          .succeeded(200);
      world.as(token, "PUT", link, "").succeeded(200);
      world
          .hub
          .addSource("portal", "connections-plus")
          .post(
              LeadBodies.buyer(
                  "L-1", new InventedPerson("Cy", "Quist", "cy@example.org", "+12025550144")));
      var linked = world.as(token, "GET", link + "/contacts", "").result();
      assertThat(linked.path("DisplayName").asString()).isEqualTo("Impostor");
      assertThat(linked.has("PrimaryPhoneNumber") || linked.has("FamilyName"))
          .as(linked.toString())
          .isFalse();
    }
  }

  @Test
  void the_portal_says_what_it_needs_and_wrong_forms_make_nobody() {
    try (var site = site()) {
      var world = site.world;
      world
          .as(
              site.agent,
              "PUT",
              "/v1/portal",
              "{\"D\":{\"RequiredFields\":[\"PrimaryPhoneNumber\",\"FamilyName\"]}}")
          .succeeded(200);
      var long76 = "x".repeat(64) + "@example.org";
      for (var wrong :
          new SparkWorld.Reply[] {
            site.signUp("", "Ana", "ana@example.org"),
            site.signUp("", "", "ana@example.org", "FamilyName", "L", "PrimaryPhoneNumber", "1"),
            site.signUp("", "Ana", "no address", "FamilyName", "L", "PrimaryPhoneNumber", "1"),
            site.signUp("", "Ana", long76, "FamilyName", "L", "PrimaryPhoneNumber", "1"),
            site.signUp(
                "", "A\u0001", "a@example.org", "FamilyName", "L", "PrimaryPhoneNumber", "1"),
            site.signUp(
                "",
                "Ana",
                "ana@example.org",
                "FamilyName",
                "L",
                "PrimaryPhoneNumber",
                "1",
                "password",
                "seven c")
          }) {
        assertThat(wrong.status()).as(wrong.toString()).isEqualTo(403);
        assertThat(new String(wrong.body(), UTF_8)).contains("role=\"alert\"");
      }
      assertThat(world.get(site.agent, "/v1/contacts").d().path("Results")).isEmpty();
      site.token(
          site.signUp(
              "",
              "Ana",
              "ana@example.org",
              "FamilyName",
              "Lopez",
              "PrimaryPhoneNumber",
              "+1 202 555 0143",
              "Note",
              "not asked"));
      var contact = world.get(site.agent, "/v1/contacts").result();
      assertThat(contact.path("FamilyName").asString()).isEqualTo("Lopez");
      assertThat(contact.path("PrimaryPhoneNumber").asString()).isEqualTo("+1 202 555 0143");
      assertThat(contact.has("Note")).isFalse();
      // Ten sign-ups from one address in five minutes.
      int status = 0;
      for (int i = 0; i < 11; i++) {
        status = site.signUp("", "N", "n" + i + "@example.org").status();
      }
      assertThat(status).isEqualTo(403);
      world.hub.clock().advance(Duration.ofMinutes(6));
    }
  }

  @Test
  void nobody_is_sent_anywhere_by_a_wrong_question() {
    try (var site = site()) {
      var world = site.world;
      var agents = world.key("private", b -> b.putArray("redirect_uris").add(BACK));
      var ruth = world.member("Ruth Okafor");
      var elsewhere =
          world.key("vow", b -> b.put("member", ruth).putArray("redirect_uris").add(BACK));
      var good = site.question("");
      for (var wrong :
          new String[] {
            good.replace("homes-co", "nobodys"),
            good.replace(site.vow.apiKey(), "unknown"),
            good.replace(site.vow.apiKey(), agents.apiKey()),
            good.replace(site.vow.apiKey(), elsewhere.apiKey()),
            good.replace(SparkWorld.encode(BACK), SparkWorld.encode(BACK + "/x")),
            good + "&state=" + "x".repeat(10)
          }) {
        var page = world.send("GET", wrong, new byte[0], Map.of());
        if (!wrong.endsWith("xxxxx")) {
          assertThat(page.status()).as(wrong).isIn(400, 404);
        }
        assertThat(page.header("Location")).isEmpty();
        assertThat(page.header("Content-Security-Policy")).contains("default-src 'none'");
      }
      // A form that is not ours signs nobody up.
      var forged =
          world.send(
              "POST",
              "/auth/vow/homes-co",
              ("answer=sign-up&DisplayName=A&PrimaryEmail=a%40example.org&password=my+pass+1&client_id="
                      + site.vow.apiKey()
                      + "&redirect_uri="
                      + SparkWorld.encode(BACK))
                  .getBytes(UTF_8),
              Map.of("Content-Type", "application/x-www-form-urlencoded"));
      assertThat(forged.status()).isEqualTo(403);
      assertThat(world.get(site.agent, "/v1/contacts").d().path("Results")).isEmpty();
      world.as(site.agent, "PUT", "/v1/portal", "{\"D\":{\"Enabled\":false}}").succeeded(200);
      assertThat(world.send("GET", good, new byte[0], Map.of()).status()).isEqualTo(404);
    }
  }

  /// Text that would be something else wherever it is not escaped: in an element, in an attribute
  /// of either quote, in a script, in a header.
  static final String HOSTILE =
      "\"'><img src=x onerror=alert(1)></title><script>alert(2)</script>&lt;b&gt; &amp;";

  private static final Set<String> OUR_ELEMENTS =
      Set.of(
          "!doctype",
          "html",
          "head",
          "meta",
          "title",
          "body",
          "main",
          "h1",
          "h2",
          "p",
          "strong",
          "form",
          "input",
          "label",
          "br",
          "button");

  private static final Set<String> OUR_ATTRIBUTES =
      Set.of(
          "lang",
          "charset",
          "name",
          "content",
          "method",
          "action",
          "type",
          "value",
          "role",
          "for",
          "id",
          "autocomplete",
          "autofocus",
          "maxlength",
          "minlength",
          "required",
          "html");

  /// That a page has no element and no attribute but those of the template, and no policy but ours.
  ///
  /// @return the page with its texts as a reader has them
  static String onlyOurs(SparkWorld.Reply reply) {
    var page = new String(reply.body(), UTF_8);
    var element = Pattern.compile("</?([^ =<>/]+)((?: +[^ =<>]+(?:=\"[^\"<]*\")?)*)>");
    for (var found : element.matcher(page).results().toList()) {
      assertThat(OUR_ELEMENTS).as(page).contains(found.group(1));
      for (var attribute : found.group(2).replaceAll("=\"[^\"]*\"", " ").strip().split(" +")) {
        assertThat(attribute.isEmpty() || OUR_ATTRIBUTES.contains(attribute))
            .as("%s in %s", attribute, page)
            .isTrue();
      }
    }
    // What is left over of those begins no other.
    assertThat(element.matcher(page).replaceAll("")).doesNotContain("<", ">");
    assertThat(reply.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(reply.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; frame-ancestors 'none'; base-uri 'none';")
        .doesNotContain("script-src", "unsafe");
    assertThat(reply.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
    return page.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  @Test
  void what_anybody_wrote_is_text_on_the_page_and_nothing_else() {
    try (var site = site()) {
      var world = site.world;
      var portal = "P " + HOSTILE.substring(0, 65);
      world
          .as(
              site.agent,
              "PUT",
              "/v1/portal",
              "{\"D\":" + Json.object().put("DisplayName", portal) + "}")
          .succeeded(200);
      var path =
          "/auth/vow/" + world.get(site.agent, "/v1/portal").result().path("Name").asString();
      assertThat(path).matches("/auth/vow/[a-z0-9-]+");
      var key = world.key("vow", b -> b.put("name", HOSTILE).putArray("redirect_uris").add(BACK));
      var state = HOSTILE + "\r\nSet-Cookie: a=b";
      var asked =
          "response_type=code&client_id="
              + key.apiKey()
              + "&redirect_uri="
              + SparkWorld.encode(BACK)
              + "&state="
              + SparkWorld.encode(state)
              + "&unconnected="
              + SparkWorld.encode(HOSTILE);
      var page = world.send("GET", path + "?" + asked, new byte[0], Map.of());
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      assertThat(onlyOurs(page))
          .contains("<h1>" + portal + "</h1>", HOSTILE + " asks who you are", "value=\"" + state);
      // In the reader's language, as the pages of refusals and of ending mails are.
      assertThat(onlyOurs(german(world, path + "?" + asked)))
          .contains("<html lang=\"de\">", HOSTILE + " fragt, wer Sie sind", "Passwort");
      assertThat(german(world, "/oauth2?client_id=none").toString())
          .contains("lang=\"de\"", "Unbekannte Anwendung");
      assertThat(german(world, "/unsubscribe/none").toString())
          .contains("lang=\"de\"", "Dieser Link geht nicht");

      // What was typed comes back, by a form that is ours and by one that is not.
      var headers = new TreeMap<String, String>();
      headers.put("Content-Type", "application/x-www-form-urlencoded");
      var token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(page.toString());
      assertThat(token.find()).isTrue();
      var typed = SparkWorld.encode(HOSTILE);
      for (var cookie : new String[] {page.header("Set-Cookie").split(";")[0], "a=b"}) {
        headers.put("Cookie", cookie);
        for (var form :
            new String[] {
              "&answer=sign-in&password=x&username=" + typed,
              "&answer=sign-up&password=x&username="
                  + typed
                  + "&DisplayName="
                  + typed
                  + "&PrimaryEmail="
                  + typed,
              "&answer=sign-up&password=eight+characters&DisplayName="
                  + typed
                  + "&PrimaryEmail="
                  + typed,
              "&answer=" + typed + "&username=" + typed
            }) {
          var sent = asked + "&token=" + token.group(1) + form;
          var again = world.send("POST", path, sent.getBytes(UTF_8), headers);
          assertThat(again.status()).as(again.toString()).isEqualTo(403);
          assertThat(onlyOurs(again)).contains("value=\"" + HOSTILE, "role=\"alert\"");
        }
      }
      assertThat(world.get(site.agent, "/v1/contacts").d().path("Results")).isEmpty();

      // Where a client is told, no text of its own becomes a header.
      var back =
          world.send(
              "GET",
              path + "?" + asked.replace("response_type=code", "response_type=" + typed),
              new byte[0],
              Map.of());
      assertThat(back.header("Location"))
          .isEqualTo(
              BACK
                  + "?error=unsupported_response_type&state="
                  + SparkWorld.encode(state).replace("+", "%20"));
      assertThat(back.header("Set-Cookie")).isEmpty();
      // And who asks for what there is not is not quoted.
      for (var wrong :
          new String[] {
            "/auth/vow/" + SparkWorld.encode("<b>nobody's<b>").replace("+", "%20") + "?" + asked,
            path + "?" + asked.replace(key.apiKey(), typed),
            path + "?" + asked.replace(SparkWorld.encode(BACK), typed)
          }) {
        var note = world.send("GET", wrong, new byte[0], Map.of());
        assertThat(note.status()).isIn(400, 404);
        assertThat(onlyOurs(note)).doesNotContain("nobody's", "alert");
      }
    }
  }

  @Test
  void a_code_needs_the_proof_that_its_client_promised() throws Exception {
    try (var site = site()) {
      var proof = "a".repeat(43);
      var challenge =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(MessageDigest.getInstance("SHA-256").digest(proof.getBytes(UTF_8)));
      var more = "&code_challenge=" + challenge + "&code_challenge_method=S256";
      var back = site.signUp(more, "Ana", "ana@example.org");
      assertThat(site.exchange(back, "b".repeat(43)).status()).isEqualTo(400);
      var again =
          site.fill(
              site.question(more),
              Map.of("answer", "sign-in", "username", "ana@example.org", "password", "my pass 1"));
      assertThat(site.exchange(again, proof).status()).isEqualTo(200);
      for (var wrong :
          new String[] {more.replace("S256", "plain"), "&code_challenge_method=S256"}) {
        var reply = site.world.send("GET", site.question(wrong), new byte[0], Map.of());
        assertThat(reply.header("Location")).startsWith(BACK + "?error=invalid_request");
      }
    }
  }

  @Test
  void of_those_who_sign_up_at_once_with_one_address_one_does() throws Exception {
    try (var site = site()) {
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < 6; i++) {
        var name = "Ana " + i;
        work.add(() -> site.signUp("", name, "ana@example.org").status());
      }
      var statuses = new ArrayList<Integer>();
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var done : pool.invokeAll(work)) {
          statuses.add(done.get());
        }
      }
      assertThat(statuses).containsOnlyOnce(303).containsOnly(303, 403);
      assertThat(site.world.get(site.agent, "/v1/contacts").d().path("Results")).hasSize(1);
    }
  }

  private static SparkWorld.Reply german(SparkWorld world, String path) {
    return world.send("GET", path, new byte[0], Map.of("Accept-Language", "de-AT, en;q=0.5"));
  }
}
