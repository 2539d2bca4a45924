package dev.porchlight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.cli.CommandLineProgram;
import dev.porchlight.cli.Terminal;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The command line against a hub that runs.
class CommandLineTest {
  private static final String KEY = "the-key-of-the-portal";

  @TempDir Path folder;
  private Hub hub;
  private final Map<String, String> environment = new HashMap<>();

  private record Ran(int code, String out, String err) {
    JsonNode json() {
      return Json.tree(out);
    }
  }

  @BeforeEach
  void start() throws Exception {
    hub = Hub.start(HubConfig.local(folder.resolve("data"), "admin-token"));
    environment.put("PORCHLIGHT_URL", hub.address().toString());
    environment.put("PORCHLIGHT_ADMIN_TOKEN", "admin-token");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Ran run(String... args) {
    return typing("", args);
  }

  private Ran typing(String stdin, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        CommandLineProgram.run(
            args,
            new ThisProcess(),
            new Terminal(
                new ByteArrayInputStream(stdin.getBytes(UTF_8)),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                false,
                environment::get));
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private Ran ok(String... args) {
    var ran = run(args);
    assertThat(ran.code()).as("%s: %s%s", List.of(args), ran.out(), ran.err()).isZero();
    return ran;
  }

  private int post(String body) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(hub.address() + "/in/portal"))
                  .header("X-API-Key", KEY)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private void addSource() {
    ok("source", "add", "portal", "--contract", "connections-plus", "--api-key", KEY);
  }

  @Test
  void a_source_is_added_listed_and_gets_another_key() {
    addSource();
    assertThat(ok("source", "list").out()).contains("NAME", "portal", "connections-plus");
    ok("source", "add", "seloger", "--contract", "connections-plus", "--portal", "SLG-FRA");
    assertThat(ok("source", "show", "seloger").out()).containsPattern("portal +SLG-FRA");
    var refused = run("source", "add", "other", "--contract", "lead-delivery", "--portal", "SLG");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("one of the codes of Seeker Leads");
    var rotated = ok("source", "rotate-key", "portal", "--overlap-hours", "0", "--json").json();
    assertThat(rotated.path("api_key").asString()).startsWith("plk_").isNotEqualTo(KEY);
  }

  @Test
  void a_sources_portal_is_asked_shown_and_left_alone() {
    ok("source", "add", "seeker", "--contract", "seeker-leads");
    var asked =
        ok(
                "source",
                "poll",
                "seeker",
                "--url-of-portal",
                "http://127.0.0.1:9/seeker-leads/v1",
                "--token-url",
                "http://127.0.0.1:9/oauth/token",
                "--client-id",
                "us",
                "--client-secret",
                "the-secret",
                "--interval",
                "60",
                "--since",
                java.time.Instant.now().minusSeconds(7200).toString())
            .out();
    assertThat(asked)
        .contains("http://127.0.0.1:9/seeker-leads/v1, every 60 s", "state", "read up to", "lag")
        .doesNotContain("the-secret");
    org.awaitility.Awaitility.await()
        .untilAsserted(() ->
            assertThat(ok("source", "show", "seeker").out())
                .contains("trouble", "in a row: It broke while connecting"));
    assertThat(
            ok("source", "show", "seeker", "--json").json().path("poll").path("late").asBoolean())
        .isTrue();
    assertThat(ok("source", "poll", "seeker", "--off").out()).doesNotContain("every");
    assertThat(run("source", "poll", "seeker").err()).contains("`url` is needed");
  }

  @Test
  void a_person_is_found_by_address_shown_and_erased_only_with_yes() throws Exception {
    ok(
        "source",
        "add",
        "portal",
        "--contract",
        "connections-plus",
        "--api-key",
        KEY,
        "--retention",
        "P3Y");
    assertThat(post(LeadBodies.buyer("a1", InventedPerson.of(0)).toString())).isEqualTo(200);
    var email = "ana.lopez.0@example.org";
    assertThat(ok("person", "find", "--email", email).out()).contains("Ana Lopez");
    assertThat(ok("find", "ana", "lopez").out())
        .contains("contact", "lead", "Ana Lopez", email, "a1, buyer, portal");
    assertThat(ok("find", "nobody").out()).contains("Nothing found.");
    assertThat(ok("person", "find", "--email", "x@example.org").out()).contains("Nobody");
    var id =
        ok("person", "find", "--email", email, "--json")
            .json()
            .path("items")
            .path(0)
            .path("id")
            .asString();
    assertThat(ok("person", "erase", id).out()).contains("Nothing has been erased", "--yes");
    var contact =
        ok("contact", "list", "--json").json().path("items").path(0).path("id").asString();
    var changed =
        ok(
                "contact",
                "change",
                contact,
                "--first-name",
                "Anna",
                "--detail",
                "home_locality=Harbor",
                "--email",
                email,
                "--email",
                "anna@example.org")
            .out();
    assertThat(changed).contains("Anna Lopez, contact", "anna@example.org", "Harbor", "given_name");
    ok("contact", "change", contact, "--take-back", "given_name", "--take-back", "emails");
    assertThat(ok("contact", "show", contact).out())
        .contains("Ana Lopez", "typed by members: home_locality")
        .doesNotContain("anna@");
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .untilAsserted(() ->
            assertThat(
                    ok("audit", "list", "--who", "administrator", "--act", "contacts.change").out())
                .contains("details, emails, given_name", "taken_back", contact));
    assertThat(ok("lead", "show", "a1").out()).contains("Ana Lopez");
    assertThat(ok("person", "erase", id, "--yes").out()).contains("1 lead", "by administrator");
    assertThat(ok("lead", "show", "a1").out()).contains("Erased").doesNotContain("Lopez");
    assertThat(ok("person", "find", "--email", email).out()).contains("Nobody");
    assertThat(ok("person", "find", "--erased", "true").out()).contains(id);
    assertThat(ok("person", "show", id).out()).contains("Record ");
    assertThat(run("person", "erase", "0197b1c2-0000-7000-8000-000000000000", "--yes").code())
        .isEqualTo(1);
  }

  @Test
  void what_the_api_refuses_is_one_sentence_and_ends_with_1() {
    addSource();
    var again = run("source", "add", "portal", "--contract", "connections-plus");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.out()).isEmpty();
    assertThat(again.err())
        .isEqualToIgnoringNewLines("porchlight: There is a source named `portal` already.");
  }

  @Test
  void what_is_not_understood_ends_with_2() {
    assertThat(run("frobnicate").code()).isEqualTo(2);
    assertThat(run("lead").code()).isEqualTo(2);
    assertThat(run("source", "add", "x").code()).isEqualTo(2);
    assertThat(run("rebuild").code()).isEqualTo(2);
    assertThat(run("lead", "show").err()).contains("porchlight lead show --help");
  }

  @Test
  void the_lead_tells_its_story_in_words_and_in_json() throws Exception {
    addSource();
    ok("endpoint", "add", "crm", "--to", "http://127.0.0.1:9/", "--contract", "porchlight");
    assertThat(
            post(
                """
                {"lead_id":"a1","role":"Buyer","contact":{"first_name":"Ana","last_name":"Lopez",
                 "email":"ana@example.com"},"property":{"list_price":300000}}\
                """))
        .isEqualTo(200);
    assertThat(ok("lead", "list").out()).contains("Ana Lopez", "buyer", "Front desk", "a1");
    var story = ok("lead", "show", "a1").out();
    assertThat(story)
        .contains(
            "Ana Lopez wants to buy",
            "from portal as BuyerLead",
            "300,000 USD",
            "/role",
            "Nobody known has this e-mail address",
            "Front desk",
            "lead.created to crm (porchlight)");
    var json = ok("--json", "lead", "show", "a1").json();
    assertThat(ok("lead", "show", json.path("id").asString()).out()).contains("Ana Lopez");
    var delivery = ok("delivery", "list", "--endpoint", "crm", "--json").json();
    var id = delivery.path("items").path(0).path("id").asString();
    assertThat(ok("delivery", "show", id).out()).contains("crm", "lead.created");
    assertThat(ok("delivery", "retry", id).out()).contains("attempted again");
  }

  @Test
  void strangers_text_does_not_reach_the_terminal_as_control_characters() throws Exception {
    addSource();
    post(
        "{\"lead_id\":\"a2\",\"role\":\"buyer\",\"contact\":{\"first_name\":\"\\u001b[31mRed\","
            + "\"email\":\"red@example.com\"},\"message\":\"line\\u001b]0;title\\u0007\"}");
    assertThat(ok("lead", "list").out()).contains("Red").doesNotContain("\u001b");
    assertThat(ok("lead", "show", "a2").out()).doesNotContain("\u001b").doesNotContain("\u0007");
  }

  @Test
  void a_quarantined_receipt_is_mended_from_stdin_and_from_a_file() throws Exception {
    addSource();
    var mended =
        """
        {"lead_id":"m%d","role":"seller","contact":{"email":"bo@example.com"},
         "timestamp":"2026-11-20T10:00:00Z"}\
        """;
    for (int i = 0; i < 2; i++) {
      assertThat(post("{\"lead_id\":")).isEqualTo(400);
      var list = ok("receipt", "list", "--state", "quarantined", "--json").json();
      var id = list.path("items").path(0).path("id").asString();
      assertThat(ok("receipt", "show", id).out()).contains("quarantine", "{\"lead_id\":");
      assertThat(ok("receipt", "show", id, "--raw").out()).isEqualTo("{\"lead_id\":");
      var file = Files.writeString(folder.resolve("a mended body.json"), mended.formatted(i));
      var ran =
          i == 0
              ? typing(mended.formatted(i), "receipt", "resubmit", id, "--file", "-")
              : run("receipt", "resubmit", id, "--file", file.toString());
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out()).contains("SellerLead", "in the place of receipt " + id);
    }
    var leads = ok("lead", "list", "--json").json().path("items");
    assertThat(leads).hasSize(2);
    var lead = leads.get(0).path("id").asString();
    assertThat(ok("lead", "pin", lead).out()).contains("Pinned");
    assertThat(ok("lead", "show", lead).out()).contains("no retention drops it");
    assertThat(ok("lead", "unpin", lead).out()).contains("No longer pinned");
    assertThat(ok("lead", "show", lead).out()).doesNotContain("no retention drops it");
    assertThat(run("receipt", "pin", "none").code()).isNotZero();
    assertThat(run("delivery", "pin", "none").code()).isNotZero();

    // An endpoint that comes late gets what it missed, and a bar says how far that is.
    ok("endpoint", "add", "late", "--to", "http://127.0.0.1:9/", "--contract", "porchlight");
    var replayed = ok("replay", "start", "late", "--wait").out().lines().toList();
    assertThat(replayed.getFirst()).matches("\\[#*\\.*\\] +[0-9]+ % .*");
    assertThat(replayed.getLast()).matches("\\[#+\\] 100 %  finished: 2 planned, 0 retried, .*");
  }

  @Test
  void an_endpoint_that_does_not_answer_fails_its_test() {
    ok("endpoint", "add", "crm", "--to", "http://127.0.0.1:9/", "--contract", "porchlight");
    var test = run("endpoint", "test", "crm");
    assertThat(test.code()).isEqualTo(1);
    assertThat(test.out()).contains("POST http://127.0.0.1:9/", "webhook-id", "It was not taken");
    var rotated = ok("endpoint", "rotate-secret", "crm", "--json").json();
    assertThat(rotated.path("secret").asString()).startsWith("whsec_");
  }

  @Test
  void an_endpoint_with_a_handshake_gets_nothing_until_a_sample_is_taken() {
    try (var crm = FakeCrm.open().answers(401)) {
      var url = crm.url("/crm");
      var added =
          run("endpoint", "add", "crm", "--to", url, "--contract", "porchlight", "--handshake");
      assertThat(added.code()).isEqualTo(1);
      assertThat(added.out())
          .contains("POST " + url, "the answer was 401", "stays disabled", "secret  whsec_");
      assertThat(ok("endpoint", "list").out()).contains("disabled");
      var again = run("endpoint", "test", "crm", "--enable");
      assertThat(again.code()).isZero();
      assertThat(again.out()).contains("It was taken: the answer was 200");
      assertThat(ok("endpoint", "list").out()).doesNotContain("disabled");
      assertThat(crm.requests()).hasSize(2);

      var second =
          ok(
                  "endpoint",
                  "add",
                  "second",
                  "--to",
                  url,
                  "--contract",
                  "porchlight",
                  "--handshake",
                  "--filter",
                  "Intent Eq 'seller'",
                  "--order",
                  "block",
                  "--json")
              .json();
      assertThat(second.path("disabled").booleanValue()).isFalse();
      assertThat(second.path("handshake").path("status").intValue()).isEqualTo(200);
      ok("endpoint", "set", "second", "--max-per-second", "5", "--disabled");
      var shown = ok("endpoint", "list", "--json").json().path("items").get(1);
      assertThat(shown.path("max_per_second").intValue()).isEqualTo(5);
      assertThat(shown.path("disabled").booleanValue()).isTrue();
      assertThat(shown.path("filter").stringValue()).isEqualTo("Intent Eq 'seller'");
    }
  }

  @Test
  void spark_keys_are_added_listed_and_revoked() {
    ok("node", "add", "Robin", "--kind", "member", "--parent", "Default office");
    var made =
        ok(
                "spark-key",
                "add",
                "our site",
                "--role",
                "idx",
                "--member",
                "Robin",
                "--way",
                "session",
                "--way",
                "token",
                "--rate-limit",
                "50",
                "--redirect-uri",
                "https://site.example.org/back",
                "--address",
                "127.0.0.0/8",
                "--json")
            .json();
    assertThat(made.path("rate_limit").intValue()).isEqualTo(50);
    assertThat(made.path("ways")).hasSize(2);
    assertThat(made.path("api_secret").asString()).isNotEmpty();
    assertThat(ok("spark-key", "list").out())
        .contains("our site", "idx", made.path("api_key").asString())
        .doesNotContain(made.path("api_secret").asString(), made.path("token").asString());
    assertThat(ok("spark-key", "add", "other").out())
        .contains("ApiKey (client_id):", "Personal access token:");
    assertThat(run("spark-key", "add", "x", "--role", "king").code()).isEqualTo(1);
    assertThat(ok("spark-key", "revoke", "our site").out()).contains("is void");
    assertThat(ok("node", "password", "Robin").out()).contains("Password: ");
  }

  @Test
  void nodes_and_tokens_are_added_and_a_token_revoked() {
    var company =
        ok("node", "list", "--json")
            .json()
            .path("items")
            .valueStream()
            .filter(n -> n.path("kind").asString().equals("company"))
            .findFirst()
            .orElseThrow();
    ok("node", "add", "Alder", "--kind", "office", "--parent", company.path("name").asString());
    ok("node", "add", "Dana", "--kind", "member", "--parent", "Alder");
    assertThat(ok("node", "list").out()).contains("Alder", "Dana");
    var made = ok("token", "add", "reader", "--json").json();
    environment.put("PORCHLIGHT_TOKEN", made.path("token").asString());
    assertThat(run("token", "add", "other").code()).isEqualTo(1);
    assertThat(ok("lead", "list").out()).contains("no such leads");
    environment.remove("PORCHLIGHT_TOKEN");
    ok("token", "revoke", made.path("id").asString());
    assertThat(run("--token", made.path("token").asString(), "lead", "list").code()).isEqualTo(1);
  }

  @Test
  void parties_and_grants() throws Exception {
    assertThat(ok("party", "list").out()).contains("There are no parties yet");
    assertThat(ok("grant", "list").out()).contains("There are no grants yet");
    ok("party", "add", "Harbor Realty", "--kind", "office");
    assertThat(
            ok("party", "add", "Feed", "--kind", "app", "--default-recipient", "Harbor Realty")
                .out())
        .contains("/pods/feed/", "plp_", "not shown again");
    assertThat(ok("party", "list").out()).contains("Harbor Realty", "/pods/harbor-realty/", "app");
    assertThat(ok("party", "show", "Feed").out()).contains("profile/card#me", "default_recipient");
    ok("party", "change", "Feed", "--default-recipient", "");
    assertThat(ok("party", "show", "Feed").out()).doesNotContain("default_recipient");
    assertThat(ok("party", "rotate-key", "Feed", "--overlap-hours", "0").out()).contains("plp_");
    var grant =
        ok(
                "grant",
                "add",
                "Harbor Realty",
                "Feed",
                "--publishes",
                "realestate/listing",
                "--subscribes",
                "realestate/listing",
                "--filter",
                "City Eq 'Harbor'",
                "--redact",
                "/object/buyerAgent",
                "--json")
            .json();
    assertThat(ok("grant", "list", "--owner", "harbor-realty").out())
        .contains("realestate/listing", "/pods/feed/");
    // The hub tells of grants by events.
    assertThat(ok("event", "list", "--topic", "yodata/subscription").out()).contains("yodata/");
    var told =
        ok("event", "list", "--publisher", "harbor-realty", "--json").json().at("/items/0/id");
    assertThat(ok("event", "show", told.asString()).out()).contains("publish/", "2 copies");
    assertThat(ok("event", "list", "--violations").out()).contains("no such events");
    assertThat(ok("event", "areas").out()).contains("no service areas");
    var id = grant.path("id").asString();
    assertThat(ok("grant", "show", id).out()).contains("City Eq 'Harbor'", "/object/buyerAgent");
    assertThat(ok("grant", "revoke", id).out()).contains("allows nothing");
    assertThat(ok("party", "remove", "Feed").out()).contains("removed");
  }

  @Test
  void a_client_is_added_shown_rotated_and_revoked() {
    assertThat(ok("client", "list").out()).contains("There are no clients yet");
    var made = ok("client", "add", "Harbor CRM", "--json").json();
    assertThat(made.path("client_secret").asString()).startsWith("pls_");
    assertThat(ok("client", "add", "Try-out", "--sandbox", "--contract", "seeker-leads").out())
        .contains("client_id", "pls_", "plc_", "not shown again");
    assertThat(ok("client", "list").out()).contains("Harbor CRM", "Try-out", "yes");
    assertThat(ok("client", "show", "Harbor CRM").out())
        .contains(made.path("client_id").asString(), "seeker-leads", "secret", "token")
        .doesNotContain(made.path("token").asString());
    assertThat(ok("client", "rotate-secret", "Harbor CRM", "--overlap-hours", "0").out())
        .contains("pls_", "void from now on");
    assertThat(ok("client", "revoke", made.path("id").asString()).out()).contains("void");
    assertThat(ok("client", "show", "Harbor CRM").out()).contains("revoked");
    assertThat(run("client", "rotate-secret", "Harbor CRM").code()).isEqualTo(1);
    assertThat(run("client", "add", "x", "--contract", "none").code()).isEqualTo(1);
  }

  @Test
  void rebuild_and_doctor_look_a_running_hub_over() {
    assertThat(ok("rebuild", "--check").out()).contains("The rebuild equals the store");
    assertThat(ok("rebuild", "--check", "--json").json().path("equal").asBoolean()).isTrue();
    assertThat(ok("doctor").out()).contains("The store takes work.");
  }

  @Test
  void the_doctor_reads_the_store_where_no_hub_answers_and_changes_nothing() throws Exception {
    hub.close();
    var data = folder.resolve("data");
    var before = Files.readAllBytes(data.resolve("porchlight.db"));
    var found = ok("doctor", "--data", data.toString());
    assertThat(found.out()).contains("No hub answers", "without a gap").doesNotContain("fault");
    assertThat(Files.readAllBytes(data.resolve("porchlight.db"))).isEqualTo(before);
    var nothing = run("doctor", "--data", folder.resolve("nothing").toString());
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err()).contains("There is no store in the folder");
    assertThat(run("lead", "list").err()).contains("No hub answers at");
  }

  @Test
  void serve_says_in_a_sentence_why_it_can_not() {
    var taken = run("serve", "--port", "0", "--data", folder.resolve("data").toString());
    assertThat(taken.code()).isEqualTo(1);
    assertThat(taken.err()).contains("Another hub has the data folder").doesNotContain("\tat ");
    var port =
        run(
            "serve",
            "--port",
            Integer.toString(hub.address().getPort()),
            "--data",
            folder.resolve("other").toString());
    assertThat(port.code()).isEqualTo(1);
    assertThat(port.err()).contains("can't listen at 127.0.0.1:").doesNotContain("\tat ");
    assertThat(run("serve", "--port", "many").err()).contains("port must be a number");
  }

  @Test
  void the_version_is_the_projects() throws Exception {
    assertThat(ok("version").out()).contains("Porchlight " + Hub.VERSION);
    assertThat(ok("version", "--json").json().path("version").asString()).isEqualTo(Hub.VERSION);
    var pom = Files.readString(Path.of("pom.xml"));
    assertThat(pom.substring(pom.indexOf("<parent>"), pom.indexOf("</parent>")))
        .contains("<version>" + Hub.VERSION + "</version>");
  }

  @Test
  void the_demo_shows_one_round_and_leaves_nothing_behind() throws Exception {
    var before = demoFolders();
    var demo = ok("demo", "--once").out();
    assertThat(demo)
        .contains("BuyerLead", "SellerLead", "StandardLead", "EnhancedLead")
        .contains("4 leads, 4 persons, 4 contacts, 8 of 8 deliveries")
        .containsPattern("Home search +(Ana Lopez|Grace Oduya) ")
        .contains("New in the feed at $469,000")
        .contains("PriceChange in the feed at $449,000, was $469,000")
        .doesNotContain("\u001b", "✗");
    var after = new ArrayList<>(demoFolders());
    after.removeAll(before);
    assertThat(after).isEmpty();
  }

  private static List<Path> demoFolders() throws Exception {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(f -> f.getFileName().toString().startsWith("porchlight-demo")).toList();
    }
  }

  @Test
  void a_backup_is_made_of_a_running_hub_and_restored_into_a_new_folder_only() {
    addSource();
    var made = ok("backup", "--json").json();
    assertThat(made.path("with_key").asBoolean()).isFalse();
    var from = made.path("folder").asString();
    assertThat(ok("backup", "--with-key").out()).contains("The backup is whole", "the key file");

    var into = folder.resolve("new/data");
    assertThat(ok("restore", "--from", from, "--data", into.toString()).out())
        .contains("Restored into", "put the hub's into " + folder.resolve("new/data.key"));
    assertThat(into.resolve("porchlight.db")).exists();

    var again = run("restore", "--from", from, "--data", into.toString());
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("is not empty");
  }

  @Test
  void a_name_that_several_have_is_refused_and_an_id_is_not() {
    var ids = new ArrayList<String>();
    for (int n = 0; n < 2; n++) {
      ids.add(
          ok(
                  "endpoint",
                  "add",
                  "crm",
                  "--contract",
                  "porchlight",
                  "--to",
                  "https://crm.example.org/leads",
                  "--json")
              .json()
              .path("id")
              .asString());
    }
    var ran = run("endpoint", "rotate-secret", "crm");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("Several have the name crm");
    ok("endpoint", "rotate-secret", ids.get(1));
  }
}
