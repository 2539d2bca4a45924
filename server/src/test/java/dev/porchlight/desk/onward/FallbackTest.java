package dev.porchlight.desk.onward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The mails that follow from a node's settings: copies, and what is stuck.
class FallbackTest {
  @TempDir Path folder;

  private static void mails(TestHub hub, FakeMailServer post, ObjectNode node) {
    var server = Json.object().put("host", "127.0.0.1").put("port", post.port());
    server.put("security", "none").put("from", "hub@porch.example.org");
    assertThat(hub.api().patch("/mail-server", server).status()).isEqualTo(200);
    set(hub, node);
  }

  private static void set(TestHub hub, ObjectNode node) {
    var office =
        hub.items("/nodes").stream()
            .filter(n -> n.path("kind").asString().equals("office"))
            .findFirst()
            .orElseThrow();
    var answer = hub.api().patch("/nodes/" + office.path("id").asString() + "/mail", node);
    assertThat(answer.status()).isEqualTo(200);
  }

  private static List<JsonNode> sent(TestHub hub, String kind) {
    return hub.items("/deliveries?limit=200").stream()
        .filter(d -> d.path("kind").asString().equals(kind))
        .toList();
  }

  private static JsonNode awaitSent(TestHub hub, String kind) {
    return hub.await(
        kind + " to be delivered",
        () ->
            sent(hub, kind).stream()
                .filter(d -> d.path("state").asString().equals("delivered"))
                .findFirst());
  }

  @Test
  void whoever_gets_a_lead_by_lead_delivery_gets_the_copy_too_unless_switched_off() {
    try (var post = FakeMailServer.open();
        var crm = FakeCrm.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("address", "office@example.org"));
      var portal = hub.addSource("portal", "lead-delivery");
      hub.addEndpoint(crm.url("/one"), "lead-delivery");
      hub.addEndpoint(crm.url("/two"), "lead-delivery-standard");
      hub.addEndpoint(crm.url("/events"), "porchlight");
      portal.post(LeadBodies.enhanced("L-1", InventedPerson.of(1)));
      crm.await(3);
      // One person gets it once, however many endpoints there are.
      assertThat(post.await(1).getFirst().recipients()).containsExactly("office@example.org");
      assertThat(hub.story("L-1").path("deliveries")).hasSize(4);
      assertThat(hub.items("/endpoints")).hasSize(3);

      set(hub, Json.object().put("copies", false));
      portal.post(LeadBodies.enhanced("L-2", InventedPerson.of(2)));
      crm.await(6);
      assertThat(hub.story("L-2").path("deliveries")).hasSize(3);

      set(hub, Json.object().put("copies", true));
      hub.addEndpoint("mailto:OFFICE@example.org", "mail");
      portal.post(LeadBodies.enhanced("L-3", InventedPerson.of(3)));
      post.await(2);
      assertThat(hub.story("L-3").path("deliveries")).hasSize(4);
    }
  }

  @Test
  void a_copy_follows_from_settings_and_is_not_changed_itself() {
    try (var post = FakeMailServer.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("address", "office@example.org"));
      hub.addEndpoint("http://127.0.0.1:9/x", "lead-delivery");
      var portal = hub.addSource("portal", "lead-delivery");
      portal.post(LeadBodies.enhanced("L-1", InventedPerson.of(1)));
      post.await(1);
      var copy =
          sent(hub, "lead.created").stream()
              .filter(d -> d.path("contract").asString().equals("mail"))
              .findFirst()
              .orElseThrow()
              .path("endpoint")
              .asString();
      assertThat(hub.api().read("/endpoints/" + copy).path("name").asString())
          .startsWith("Mail copy of ");
      var change = Json.object().put("name", "mine");
      assertThat(hub.api().patch("/endpoints/" + copy, change).status()).isEqualTo(409);
      assertThat(hub.api().delete("/endpoints/" + copy).status()).isEqualTo(409);
      assertThat(hub.api().post("/endpoints/" + copy + "/rotate-secret", "").status())
          .isEqualTo(409);
    }
  }

  @Test
  void a_lead_that_no_crm_takes_goes_to_the_office_after_a_minute_and_once() {
    var beforeStart = new ArrayList<Runnable>();
    var setup =
        TestHub.in(folder)
            .config(config -> {
              beforeStart.forEach(Runnable::run);
              return config;
            });
    try (var post = FakeMailServer.open();
        var crm = FakeCrm.open().alwaysAnswers(503);
        var hub = setup.start()) {
      mails(hub, post, Json.object().put("fallback", "help@example.org"));
      var portal = hub.addSource("portal", "connections-plus");
      var one = hub.addEndpoint(crm.url("/one"), "porchlight");
      var two = hub.addEndpoint(crm.url("/two"), "connections-plus");
      hub.clock().advance(Duration.ofSeconds(1));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitAttempts("L-1", one, 1);
      hub.awaitAttempts("L-1", two, 1);
      hub.clock().advance(Duration.ofSeconds(59));
      hub.awaitAttempts("L-1", one, 2);
      assertThat(sent(hub, "lead.undelivered")).isEmpty();

      // Due again while the hub starts, before it listens.
      post.answers(FakeMailServer.MESSAGE, "451 4.3.0 disk full");
      hub.clock().advance(Duration.ofSeconds(1));
      hub.await(
          "an attempt at the mail",
          () ->
              sent(hub, "lead.undelivered").stream()
                  .filter(d -> d.path("attempts_made").asInt() == 1)
                  .findFirst());
      beforeStart.add(() -> hub.clock().advance(Duration.ofSeconds(20)));
      hub.restart();
      beforeStart.clear();
      var due = awaitSent(hub, "lead.undelivered").path("id").asString();
      assertThat(
              hub.api()
                  .read("/deliveries/" + due)
                  .path("attempts")
                  .valueStream()
                  .map(a -> a.path("outcome").asString()))
          .containsExactly("refused", "delivered");
      var mail = post.await(1).getFirst();
      assertThat(mail.recipients()).containsExactly("help@example.org");
      assertThat(mail.text()).contains("Subject: Lead not delivered: ").contains("L-1");

      // Neither a start nor another version sends it again.
      portal =
          new TestHub.SourceAtHub(
              portal.id(), portal.name(), portal.key(), hub.sender("portal", portal.key()));
      var changed = LeadBodies.buyer("L-1", InventedPerson.of(1)).put("message", "Anybody there?");
      portal.post(changed);
      hub.clock().advance(Duration.ofSeconds(61));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.clock().advance(Duration.ofSeconds(61));
      hub.await(
          "the second lead's mail",
          () -> Optional.of(sent(hub, "lead.undelivered")).filter(s -> s.size() >= 2));
      assertThat(sent(hub, "lead.undelivered")).hasSize(2);
    }
  }

  @Test
  void a_lead_that_arrived_and_a_test_do_not() {
    try (var post = FakeMailServer.open();
        var crm = FakeCrm.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("fallback", "help@example.org").put("language", "de"));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/one"), "porchlight", b -> b.put("tests", true));
      hub.clock().advance(Duration.ofSeconds(1));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      crm.alwaysAnswers(503);
      var test = LeadBodies.buyer("T-1", InventedPerson.of(2));
      ((ObjectNode) test.path("contact")).put("email", "lead@move.com");
      portal.post(test);
      hub.awaitAttempts("T-1", endpoint, 1);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(3)));
      hub.clock().advance(Duration.ofSeconds(61));
      awaitSent(hub, "lead.undelivered");
      assertThat(sent(hub, "lead.undelivered")).hasSize(1);
      // In the language of the office's mails; what programs read stays.
      assertThat(post.messages().getFirst().text())
          .contains("L-2", "Lead nicht zugestellt: ", "Telefon: ", "<html lang=3D\"de\">")
          .contains("Noch kein System hat diesen Lead")
          .contains("name=3D\"lead_phone\"", "name=3D\"lead_information_version\"");
    }
  }

  /// What a mail says, its lines whole.
  private static String said(FakeMailServer post, int at) {
    return post.await(at + 1).get(at).text().replace("=\r\n", "");
  }

  /// The kinds of places that are kept.
  private static List<String> kept(TestHub hub) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT kind FROM fallback_place").mapTo(String.class).list());
  }

  private static void undelivered(TestHub hub, int many) {
    hub.clock().advance(Duration.ofSeconds(61));
    hub.await(
        many + " leads to have gone to the office",
        () ->
            Optional.of(sent(hub, "lead.undelivered"))
                .filter(s ->
                    s.size() == many
                        && s.stream()
                            .allMatch(d -> d.path("state").asString().equals("delivered"))));
  }

  @Test
  void a_lead_that_others_have_goes_to_the_office_where_that_is_news_and_says_who_has_it() {
    try (var post = FakeMailServer.open();
        var crm = FakeCrm.open();
        var failing = FakeCrm.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("fallback", "help@example.org"));
      var portal = hub.addSource("portal", "connections-plus");
      var pulled =
          hub.addEndpoint(
              failing.url("/pulled"),
              "porchlight",
              b -> b.put("disabled", true).put("name", "Asked"));
      var main = hub.addEndpoint(crm.url("/main"), "porchlight", b -> b.put("name", "Main <CRM>"));
      hub.clock().advance(Duration.ofSeconds(1));
      // The one that somebody switched off is not waited for, as long as another has the lead.
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", main, "delivered");
      hub.clock().advance(Duration.ofSeconds(61));
      hub.api().patch("/endpoints/" + main.id(), Json.object().put("disabled", true));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      undelivered(hub, 1);
      assertThat(said(post, 0))
          .contains(
              "L-2", "No system has this lead yet", "Asked: is switched off", "switched off since")
          .contains("Main &lt;CRM&gt;: is switched off", "/console/deliveries/");

      // Who asks on from behind it has it.
      var puller = Json.object().put("name", "Asked").put("endpoint", pulled.id());
      puller.putArray("scopes").add("feed");
      var token = hub.api().make("/tokens", puller).path("token").asString();
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      var feed = "/endpoints/" + pulled.id() + "/feed?after=";
      var asking = hub.api().withToken(token);
      var after = asking.read(feed + "0").path("after").asLong();
      assertThat(asking.read(feed + after).path("items")).isEmpty();
      hub.clock().advance(Duration.ofSeconds(61));

      // One fails that another has: told once, and again in an hour.
      hub.api().patch("/endpoints/" + pulled.id(), Json.object().put("disabled", false));
      failing.alwaysAnswers(new FakeCrm.Reaction.Status(503, Map.of(), "down for <b>repairs</b>"));
      hub.api().patch("/endpoints/" + main.id(), Json.object().put("disabled", false));
      hub.awaitDelivery("L-2", main, "delivered");
      portal.post(LeadBodies.buyer("L-4", InventedPerson.of(4)));
      hub.awaitAttempts("L-4", pulled, 1);
      undelivered(hub, 2);
      assertThat(said(post, 1))
          .contains("L-4", "Who has this lead: Main &lt;CRM&gt;. Who has not:")
          .contains("Asked: has not taken it yet", "Last: answered with status 503")
          .contains(
              "down for &lt;b&gt;repairs", "It has not worked since", "deliveries wait for it")
          .contains(
              "More about delivery "
                  + hub.deliveries("L-4", pulled).getFirst().path("id").asString());
      portal.post(LeadBodies.buyer("L-5", InventedPerson.of(5)));
      hub.awaitDelivery("L-5", main, "delivered");
      hub.clock().advance(Duration.ofMinutes(2));
      await().atMost(TestHub.PATIENCE).until(() -> kept(hub).contains("spared " + pulled.id()));
      hub.clock().advance(Duration.ofMinutes(57));
      // That one, with no other to remind of it.
      undelivered(hub, 3);
      assertThat(said(post, 2)).contains("L-5");
      portal.post(LeadBodies.buyer("L-6", InventedPerson.of(6)));
      hub.awaitDelivery("L-6", main, "delivered");

      // Disabled by the hub, its own notice tells, and a lead in a day.
      failing.alwaysAnswers(410);
      hub.clock().advance(Duration.ofMinutes(20));
      awaitSent(hub, "endpoint.disabled");
      portal.post(LeadBodies.buyer("L-7", InventedPerson.of(7)));
      hub.awaitDelivery("L-7", main, "delivered");
      hub.clock().advance(Duration.ofHours(25));
      portal.post(LeadBodies.buyer("L-8", InventedPerson.of(8)));
      hub.awaitDelivery("L-8", main, "delivered");
      undelivered(hub, 4);
      // Of L-6, L-7 and L-8 one, whichever was looked at when the day was over.
      assertThat(said(post, 4)).contains("switched off by the hub");

      // Those that it has refused for good go each, long after their first minute.
      failing.alwaysAnswers(422);
      hub.api()
          .patch(
              "/endpoints/" + pulled.id(),
              Json.object().put("disabled", false).put("final_refusals", true));
      undelivered(hub, 6);
      assertThat(kept(hub)).contains("told " + pulled.id());
      hub.api().delete("/endpoints/" + pulled.id());
      hub.hub().wake();
      await()
          .atMost(TestHub.PATIENCE)
          .until(() -> kept(hub).stream().noneMatch(kind -> kind.contains(pulled.id())));
    }
  }

  @Test
  void what_nobody_can_read_goes_to_the_office_after_a_minute_and_once() {
    try (var post = FakeMailServer.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("fallback", "help@example.org"));
      var portal = hub.addSource("portal", "connections-plus");
      hub.clock().advance(Duration.ofSeconds(1));
      portal.post(Json.object().put("words", "nothing for anybody"));
      var aside = hub.items("/receipts").getFirst().path("id").asString();
      hub.api().make("/receipts/" + aside + "/aside", Json.object().put("reason", "A trial"));
      portal.post(Json.object().put("words", "Call me: <b>555 0100</b>"));
      hub.clock().advance(Duration.ofSeconds(61));
      awaitSent(hub, "receipt.unread");
      var text = post.await(1).getFirst().text();
      assertThat(text).contains("could not be read").contains("555 0100").contains("portal");
      assertThat(text).contains("&lt;b&gt;");
      hub.restart();
      hub.clock().advance(Duration.ofSeconds(61));
      hub.checkRebuild();
      assertThat(sent(hub, "receipt.unread")).hasSize(1);

      // What is taken back is owed to the office again, planned before or not, and once.
      hub.api().post("/receipts/" + aside + "/reopen", "{}");
      hub.hub().wake();
      hub.await(
          "the first one's mail",
          () ->
              Optional.of(sent(hub, "receipt.unread"))
                  .filter(s ->
                      s.stream().filter(d -> d.path("state").asString().equals("delivered")).count()
                          == 2));
      var full = "451 4.3.0 disk full";
      post.answers(FakeMailServer.MESSAGE, full, full, full, full);
      hub.sender("portal", portal.key()).post(Json.object().put("words", "the third"));
      var third = hub.items("/receipts").getFirst().path("id").asString();
      hub.clock().advance(Duration.ofSeconds(61));
      hub.await(
          "an attempt at the third one's mail",
          () -> Optional.of(sent(hub, "receipt.unread")).filter(s -> s.size() == 3));
      hub.api().make("/receipts/" + third + "/aside", Json.object().put("reason", "A trial"));
      hub.api().post("/receipts/" + third + "/reopen", "{}");
      hub.hub().wake();
      hub.await(
          "another mail of the third one",
          () -> Optional.of(sent(hub, "receipt.unread")).filter(s -> s.size() == 4));
    }
  }

  @Test
  void what_waited_for_a_paused_source_goes_too_once_it_turns_out_that_nobody_can_read_it() {
    try (var post = FakeMailServer.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("fallback", "help@example.org"));
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "connections-plus");
      hub.clock().advance(Duration.ofSeconds(1));
      hub.api().post("/sources/portal/pause", "");
      portal.post(Json.object().put("words", "from the paused one"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      other.post(Json.object().put("words", "from the other one"));
      hub.clock().advance(Duration.ofSeconds(61));
      awaitSent(hub, "receipt.unread");
      assertThat(post.await(1).getFirst().text()).contains("from the other one");
      assertThat(sent(hub, "receipt.unread")).hasSize(1);

      hub.api().post("/sources/portal/resume", "");
      hub.await(
          "the pause to end",
          () ->
              Optional.of(hub.api().read("/sources/portal"))
                  .filter(source -> !source.has("pause")));
      hub.clock().advance(Duration.ofSeconds(1));
      hub.hub().wake();
      assertThat(post.await(2).getLast().text()).contains("from the paused one");
      hub.await(
          "both to be sent",
          () -> Optional.of(sent(hub, "receipt.unread")).filter(s -> s.size() == 2));
    }
  }

  @Test
  void the_office_hears_once_that_an_endpoint_of_its_was_disabled_and_that_it_is_back() {
    try (var post = FakeMailServer.open();
        var crm = FakeCrm.open();
        var hub = TestHub.start(folder)) {
      mails(hub, post, Json.object().put("fallback", "help@example.org"));
      hub.clock().advance(Duration.ofSeconds(1));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(crm.url("/"), "porchlight", b -> b.put("name", "Our <CRM>")).id();
      crm.answers(410);
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var mail = post.await(1).getFirst();
      assertThat(mail.recipients()).containsExactly("help@example.org");
      assertThat(mail.text())
          .contains("was disabled", "410", "Our &lt;CRM&gt;", "--no-disabled")
          .doesNotContain("<CRM></title>");

      hub.restart();
      hub.api().patch("/endpoints/" + endpoint, Json.object().put("disabled", false));
      hub.clock().advance(Duration.ofSeconds(10));
      assertThat(post.await(2).getLast().text()).contains("works again");
      assertThat(sent(hub, "endpoint.disabled")).hasSize(1);
      assertThat(sent(hub, "endpoint.recovered")).hasSize(1);

      // Of one that is gone before the mail is, the name stays, and nothing is advised.
      var full = "451 4.3.0 disk full";
      post.answers(FakeMailServer.MESSAGE, full);
      crm.answers(410);
      hub.sender("portal", portal.key()).post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.await(
          "an attempt at the second notice",
          () ->
              sent(hub, "endpoint.disabled").stream()
                  .filter(d ->
                      d.path("state").asString().equals("pending")
                          && d.path("attempts_made").asInt() == 1)
                  .findFirst());
      hub.api().delete("/endpoints/" + endpoint);
      hub.clock().advance(Duration.ofSeconds(61));
      // Nobody took the lead that waited for it.
      awaitSent(hub, "lead.undelivered");
      said(post, 3);
      var both = List.of(said(post, 2), said(post, 3));
      assertThat(both)
          .anySatisfy(text ->
              assertThat(text)
                  .contains("Our &lt;CRM&gt; was disabled", "It was removed since")
                  .doesNotContain("--no-disabled"));
      assertThat(both)
          .anySatisfy(text ->
              assertThat(text)
                  .contains("L-2", "No system has this lead yet")
                  .contains("was removed before it took the lead"));
    }
  }
}
