package dev.porchlight.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.HubConfig;
import dev.porchlight.person.Comment;
import dev.porchlight.person.MemberMessage;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Answer;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.ListingCart;
import dev.porchlight.watch.SavedSearch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an erasure promises, on each database. Closing the hub checks that a rebuild still comes
/// out equal.
abstract class ErasureContract {
  static final String EMAIL = "Zephyrine.Quill@example.org";
  static final InventedPerson ZEPHYRINE =
      new InventedPerson("Zéphyrine", "Quillfeather-Öz", EMAIL, "+13125550147");
  static final String SECOND_EMAIL = "zq-at-home@example.net";
  static final String TYPED_NAME = "Zézé Quillfeather";
  static final String TYPED_PHONE = "+13125550198";
  static final String MESSAGE = "I keep nine peacocks 🦚, call before noon";
  static final String OLD_MESSAGE = "Does the garden have a pond for herons?";
  static final List<String> VALUES =
      List.of(
          "Zéphyrine",
          "Quillfeather-Öz",
          "quillfeather oz",
          "zephyrine.quill@example.org",
          "3125550147",
          SECOND_EMAIL,
          TYPED_NAME,
          "3125550198",
          "nine peacocks",
          "pond for herons",
          "12 Peacock Lane",
          "feeds them at six",
          "Peacock-Keeper",
          "herons' owner",
          "sell the aviary");

  @TempDir Path folder;

  /// The database to use.
  abstract HubConfig on(HubConfig config);

  TestHub open() {
    return TestHub.in(folder).config(this::on).start();
  }

  static String person(TestHub hub, String email) {
    var found = hub.items("/persons?email=" + email.replace("@", "%40"));
    assertThat(found).as(email).hasSize(1);
    return found.getFirst().path("id").asString();
  }

  static JsonNode erase(TestHub hub, String person) {
    var answer = hub.api().post("/persons/" + person + "/erase", "{}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  private static Answer patchKeyed(TestHub hub, String path, String body, String key) {
    return sendKeyed(hub.address(), "PATCH", path, body, key);
  }

  private static Answer sendKeyed(URI hub, String method, String path, String body, String key) {
    try (var client = HttpClient.newHttpClient()) {
      var reply =
          client.send(
              HttpRequest.newBuilder(hub.resolve("/api/v1" + path))
                  .header("Authorization", "Bearer " + TestHub.ADMIN_TOKEN)
                  .header("Content-Type", "application/json")
                  .header("Idempotency-Key", key)
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(reply.statusCode(), reply.headers(), reply.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Lets a person leave traces everywhere: several leads through two doors, updates, repeats, one
  /// without an id, one that could not be read, deliveries that went well, wait, and can't be
  /// written, answers that quote the body, what a member typed, an answer kept under a key.
  private void live(TestHub hub, FakeCrm crm, FakeCrm slow) {
    slow.alwaysAnswers(503);
    var portal = hub.addSource("portal", "connections-plus");
    var other = hub.addSource("other", "lead-delivery");
    // It sends mails too, so that its leads are remembered for those.
    hub.api().make("/sources/" + portal.id() + "/mail-address", Json.object());
    var good = hub.addEndpoint(crm.url("/good"), "porchlight");
    var waiting = hub.addEndpoint(slow.url("/slow"), "porchlight");
    hub.addEndpoint(crm.url("/picky"), "connections-plus");
    // Somebody else, whose deliveries are over before receivers begin to quote what they get.
    portal.post(LeadBodies.buyer("L-100", InventedPerson.of(42)));
    hub.awaitDelivery("L-100", good, "delivered");
    hub.awaitAttempts("L-100", waiting, 1);
    crm.alwaysAnswers(
        new FakeCrm.Reaction.Status(
            200, Map.of(), "{\"saved\": \"" + ZEPHYRINE.email() + " of 12 Peacock Lane\"}"));
    slow.alwaysAnswers(
        new FakeCrm.Reaction.Status(503, Map.of(), "no room for Zéphyrine Quillfeather-Öz"));

    portal.post(LeadBodies.buyer("L-1", ZEPHYRINE).put("message", OLD_MESSAGE));
    portal.post(LeadBodies.buyer("L-1", ZEPHYRINE).put("message", OLD_MESSAGE));
    portal.post(LeadBodies.buyer("L-1", ZEPHYRINE.withEmail(SECOND_EMAIL)).put("message", MESSAGE));
    var seller = LeadBodies.seller("L-2", ZEPHYRINE);
    seller.withObject("property").put("address", "12 Peacock Lane");
    portal.post(seller);
    var nameless = LeadBodies.buyer("x", ZEPHYRINE).put("message", MESSAGE);
    nameless.remove("lead_id");
    portal.post(nameless);
    other.post(LeadBodies.standard("L-3", ZEPHYRINE));
    assertThat(
            portal
                .sender()
                .post("{\"lead_id\": \"L-9\", \"contact\": {\"email\": \"" + ZEPHYRINE.email())
                .status())
        .isEqualTo(400);
    hub.awaitDelivery("L-1", good, "delivered");
    hub.awaitDelivery("L-3", good, "delivered");
    hub.await(
        "an attempt that failed",
        () ->
            hub.deliveries("L-1", waiting).stream()
                .filter(d -> d.path("attempts_made").asInt() > 0)
                .findFirst());
    var contact = hub.story("L-1").path("contact_id").asString();
    var typed = Json.object().put("display_name", TYPED_NAME);
    typed.putArray("phones").add(TYPED_PHONE);
    typed.putArray("tags").add("Peacock-Keeper");
    assertThat(patchKeyed(hub, "/contacts/" + contact, typed.toString(), "typed-once").status())
        .isEqualTo(200);
    var store = hub.hub().store();
    var comment =
        Comment.of(Draw.fresh(store.now(), 0), contact, "somebody", "She feeds them at six.");
    var message =
        MemberMessage.of(
            Draw.fresh(store.now(), 0),
            hub.api().read("/contacts/" + contact).path("owner").asString(),
            "General",
            "About the herons' owner",
            "Would she sell the aviary?",
            contact,
            null);
    store.write(
        WorkQueue.EDITS,
        batch -> {
          comment.put(batch);
          PortalAccount.of(Draw.fresh(store.now(), 0), contact, EMAIL).put(batch, true);
          var draw = Draw.fresh(store.now(), 0);
          var at = draw.at();
          new SavedSearch(
                  draw.digits(),
                  contact,
                  "somebody",
                  "For " + EMAIL,
                  null,
                  "City Eq 'Fargo'",
                  null,
                  List.of(EMAIL),
                  null,
                  0,
                  at,
                  at)
              .put(batch, true);
          ListingCart.of(draw, contact, "somebody", EMAIL, ListingCart.Type.CUSTOM)
              .put(batch, true);
          message.put(batch);
          return true;
        });
  }

  private static List<String> twins(TestHub hub) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT leads FROM twin").mapTo(String.class).list());
  }

  @Test
  void nothing_of_the_person_is_left_in_any_table() {
    try (var crm = FakeCrm.open();
        var slow = FakeCrm.open();
        var hub = open()) {
      live(hub, crm, slow);
      var store = hub.hub().store();
      // Each value can be found: the search is worth something.
      for (var value : VALUES) {
        assertThat(Dump.find(store, List.of(value))).as(value).isNotEmpty();
      }
      var story = hub.story("L-1");
      var person = person(hub, EMAIL);
      var contact = story.path("contact_id").asString();
      assertThat(twins(hub)).hasSizeGreaterThan(3);
      // What could not be read is pinned, with a reason that names them.
      var unread = hub.items("/receipts?state=quarantined").getFirst().path("id").asString();
      hub.api().make("/receipts/" + unread + "/pin", Json.object().put("reason", "Of " + EMAIL));

      var record = erase(hub, person);

      assertThat(Dump.find(store, VALUES)).isEmpty();
      // Nor hashes of anything, by which one who has an address could ask for it.
      var kept = hub.story("L-100").path("id").asString();
      assertThat(twins(hub)).hasSize(2).allSatisfy(t -> assertThat(t).contains(kept));
      assertThat(record.path("by").asString()).isEqualTo("administrator");
      assertThat(record.at("/counts/leads").asInt()).isEqualTo(4);
      assertThat(record.at("/counts/versions").asInt()).isEqualTo(5);
      assertThat(record.at("/counts/receipts").asInt()).isEqualTo(7);
      assertThat(record.at("/counts/deliveries_ended").asInt()).isGreaterThanOrEqualTo(4);
      assertThat(hub.api().read("/persons/" + person).path("erasures")).hasSize(1);
      // What is not personal stays.
      var after = hub.api().read("/leads/" + story.path("id").asString());
      assertThat(after.path("erased_at").asString("")).isNotEmpty();
      assertThat(after.path("content").path("enquirer")).isEmpty();
      assertThat(after.path("content").path("interest"))
          .isEqualTo(story.path("content").path("interest"));
      assertThat(after.path("receipts")).hasSize(3);
      assertThat(after.path("deliveries")).hasSameSizeAs(story.path("deliveries"));
      assertThat(after.path("created_at")).isEqualTo(story.path("created_at"));
      for (var delivery : after.path("deliveries")) {
        assertThat(delivery.path("state").asString()).isNotEqualTo("pending");
      }
      assertThat(hub.leads()).hasSize(5);
      // Others are as they were.
      assertThat(Dump.find(store, List.of(InventedPerson.of(42).email()))).isNotEmpty();
      assertThat(hub.story("L-100").path("content").path("enquirer").path("email").asString())
          .isEqualTo(InventedPerson.of(42).email());
      // The key was used, the answer is gone.
      assertThat(
              patchKeyed(hub, "/contacts/" + contact, "{\"display_name\": \"Z\"}", "typed-once")
                  .status())
          .isEqualTo(422);
      // The contact is gone; erasing again answers the same record.
      assertThat(
              hub.api()
                  .patch("/contacts/" + contact, Json.object().put("display_name", "Z"))
                  .status())
          .isEqualTo(404);
      assertThat(erase(hub, person)).isEqualTo(record);
    }
  }

  @Test
  void later_leads_are_of_a_person_nobody_has_met() {
    try (var hub = open()) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", ZEPHYRINE);
      portal.post(body);
      var before = hub.story("L-1");
      erase(hub, person(hub, EMAIL));
      // The very same body, the same id: a new lead of a new person.
      portal.post(body);
      var leads = hub.items("/leads?lead_id=L-1");
      assertThat(leads).hasSize(2);
      var fresh = leads.getFirst();
      assertThat(fresh.path("person_id")).isNotEqualTo(before.path("person_id"));
      assertThat(fresh.path("contact_id")).isNotEqualTo(before.path("contact_id"));
      assertThat(fresh.path("version").asInt()).isEqualTo(1);
      assertThat(fresh.at("/content/enquirer/email").asString()).isEqualTo(ZEPHYRINE.email());
      assertThat(leads.getLast().at("/content/enquirer")).isEmpty();
      assertThat(hub.items("/persons")).hasSize(2);
    }
  }

  @Test
  void what_a_portal_shows_of_an_erased_person_afterwards_is_a_lead_of_nobody() {
    try (var hub = open()) {
      var portal = hub.addSource("portal", "seeker-leads");
      portal.post(timed(hub, "S-1", null));
      var email = "S-1@example.org";
      var before = hub.story("S-1");
      // The portal erases first: a version that says nothing, and the person stays.
      var nameless = timed(hub, "S-1", null);
      var contact = nameless.withObject("contactRequest");
      for (var name : List.of("firstName", "lastName", "email", "message")) {
        contact.putNull(name);
      }
      portal.post(nameless);
      assertThat(hub.story("S-1").path("version").asInt()).isEqualTo(2);
      assertThat(Dump.find(hub.hub().store(), List.of(email))).isNotEmpty();
      erase(hub, person(hub, email));
      assertThat(Dump.find(hub.hub().store(), List.of(email, "A message of S-1"))).isEmpty();
      // Sent again, it is of nobody; nothing of the erased comes back, nor is it told as theirs.
      portal.post(nameless);
      var leads = hub.items("/leads?lead_id=S-1");
      assertThat(leads).hasSize(2);
      assertThat(leads.getFirst().path("person_id")).isNotEqualTo(before.path("person_id"));
      assertThat(leads.getFirst().at("/content/enquirer/email").isMissingNode()).isTrue();
      assertThat(leads.getLast().path("id")).isEqualTo(before.path("id"));
      assertThat(leads.getLast().has("erased_at")).isTrue();
    }
  }

  @Test
  void those_who_share_a_phone_or_an_address_with_the_erased_are_decided_as_before() {
    try (var hub = open()) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-1", ZEPHYRINE));
      // The same phone, another family: somebody else, whose evidence says that others have it.
      var partner = new InventedPerson("Otto", "Brandt", "otto@example.org", ZEPHYRINE.phone());
      portal.post(LeadBodies.buyer("L-2", partner));
      // A later version with the address of the first.
      portal.post(LeadBodies.buyer("L-2", partner.withEmail(ZEPHYRINE.email())));
      // A third whom phone and family take for the first, the address for the second.
      portal.post(
          LeadBodies.buyer(
              "L-3", ZEPHYRINE.withName("Zoe", "Quillfeather-Öz").withEmail(partner.email())));
      var contact = hub.story("L-2").path("contact_id").asString();
      var typed = Json.object();
      typed.putArray("emails").add("otto@example.org").add(ZEPHYRINE.email());
      hub.api().patch("/contacts/" + contact, typed);
      var evidence = hub.story("L-2").path("evidence");
      erase(hub, person(hub, EMAIL));
      assertThat(hub.story("L-2").path("evidence")).isEqualTo(evidence);
      assertThat(hub.story("L-2").path("possible_duplicates")).isEmpty();
      hub.checkRebuild();
      // The address is nobody's now; whoever comes with it is new.
      portal.post(LeadBodies.buyer("L-4", new InventedPerson("Zé", null, ZEPHYRINE.email(), null)));
      assertThat(hub.story("L-4").path("person_id"))
          .isNotEqualTo(hub.story("L-2").path("person_id"));
    }
  }

  @Test
  void an_attempt_under_way_writes_nothing_back_and_nothing_is_sent_afterwards() {
    try (var crm = FakeCrm.open();
        var hub = open()) {
      var latch = new CountDownLatch(1);
      crm.answers(
          new FakeCrm.Reaction.Held(
              latch, new FakeCrm.Reaction.Status(200, Map.of(), "thanks, " + ZEPHYRINE.email())));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", ZEPHYRINE).put("message", OLD_MESSAGE));
      crm.await(1);
      portal.post(LeadBodies.buyer("L-1", ZEPHYRINE).put("message", MESSAGE));
      erase(hub, person(hub, EMAIL));
      latch.countDown();
      // Somebody else's lead goes out after it.
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(2);
      var deliveries = hub.deliveries("L-1", endpoint);
      assertThat(deliveries).hasSize(2);
      for (var delivery : deliveries) {
        assertThat(delivery.path("state").asString()).isEqualTo("dropped");
        assertThat(delivery.path("reason").asString()).contains("erased");
      }
      // Retried by hand it can't be written.
      hub.api().post("/deliveries/" + deliveries.getFirst().path("id").asString() + "/retry", "{}");
      hub.await(
          "the retry to end",
          () ->
              hub.deliveries("L-1", endpoint).stream()
                  .filter(d -> d.path("state").asString().equals("unwritable"))
                  .findFirst());
      assertThat(crm.requests()).hasSize(2);
    }
  }

  @Test
  void two_erasures_and_leads_at_the_same_moment_are_each_before_or_after() throws Exception {
    try (var hub = open()) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-0", ZEPHYRINE));
      var person = person(hub, EMAIL);
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 1; i <= 24; i++) {
        var id = "L-" + i;
        work.add(() -> portal.post(LeadBodies.buyer(id, ZEPHYRINE)).status());
        if (i % 8 == 0) {
          work.add(() -> hub.api().post("/persons/" + person + "/erase", "{}").status());
        }
      }
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var done : pool.invokeAll(work)) {
          assertThat(done.get()).isEqualTo(200);
        }
      }
      hub.await(
          "nothing to be owed",
          () ->
              hub.items("/receipts?state=owed").isEmpty()
                  ? java.util.Optional.of(true)
                  : java.util.Optional.empty());
      var leads = hub.leads();
      assertThat(leads).hasSize(25);
      Set<String> erased =
          leads.stream()
              .filter(l -> l.has("erased_at"))
              .map(l -> l.path("person_id").asString())
              .collect(Collectors.toSet());
      Set<String> fresh =
          leads.stream()
              .filter(l -> !l.has("erased_at"))
              .map(l -> l.path("person_id").asString())
              .collect(Collectors.toSet());
      assertThat(erased).containsExactly(person);
      assertThat(fresh).hasSizeLessThanOrEqualTo(1).doesNotContain(person);
      assertThat(hub.api().read("/persons/" + person).path("erasures")).hasSize(1);
    }
  }

  @Test
  void retention_erases_lead_by_lead_and_the_person_with_the_last() {
    try (var hub = open()) {
      var brief = hub.addSource("brief", "connections-plus", b -> b.put("retention", "P30D"));
      var longer = hub.addSource("longer", "connections-plus", b -> b.put("retention", "P1Y"));
      brief.post(LeadBodies.buyer("L-1", ZEPHYRINE).put("message", OLD_MESSAGE));
      longer.post(
          LeadBodies.buyer("L-2", ZEPHYRINE.withEmail(SECOND_EMAIL)).put("message", MESSAGE));
      brief.sender().post("{\"email\": \"lost-in-quarantine@example.org\"");
      var person = hub.story("L-1").path("person_id").asString();
      assertThat(hub.story("L-2").path("person_id").asString()).isEqualTo(person);

      hub.clock().advance(Duration.ofDays(31));
      hub.await(
          "the first lead to be erased",
          () -> hub.items("/leads?lead_id=L-1").stream().filter(l -> l.has("erased_at")).findAny());
      hub.await(
          "the unreadable body to be erased",
          () -> hub.items("/receipts?state=erased").stream().findAny());
      assertThat(Dump.find(hub.hub().store(), List.of("pond for herons", "lost-in-quarantine")))
          .isEmpty();
      // The person is kept by the other lead, and known by what the first one said.
      assertThat(person(hub, EMAIL)).isEqualTo(person);
      assertThat(hub.story("L-2").has("erased_at")).isFalse();
      hub.checkRebuild();
      // What was typed and taken back keeps nobody.
      var contact = "/contacts/" + hub.story("L-2").path("contact_id").asString();
      hub.api().patch(contact, Json.object().put("given_name", "Zaza"));
      var back = Json.object();
      back.putArray("taken_back").add("given_name");
      assertThat(hub.api().patch(contact, back).status()).isEqualTo(200);

      hub.clock().advance(Duration.ofDays(335));
      hub.await(
          "the person to be erased", () -> hub.items("/persons?erased=true").stream().findAny());
      assertThat(Dump.find(hub.hub().store(), VALUES)).isEmpty();
      assertThat(hub.api().read("/persons/" + person).at("/erasures/0/by").asString())
          .isEqualTo("retention");
    }
  }

  @Test
  void one_that_can_not_be_erased_does_not_keep_the_others() {
    try (var hub = TestHub.in(folder).config(this::on).withoutRebuildCheck().start()) {
      var brief = hub.addSource("brief", "connections-plus", b -> b.put("retention", "P30D"));
      brief.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      brief.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      var portal = hub.addSource("portal", "seeker-leads");
      portal.post(timed(hub, "timed-1", 29));
      portal.post(timed(hub, "timed-2", 30));
      // As a defect of ours might leave them.
      for (var id : List.of("L-1", "timed-1")) {
        var lead = hub.items("/leads?lead_id=" + id).getFirst().path("id").asString();
        hub.hub()
            .store()
            .write(
                WorkQueue.EDITS,
                batch ->
                    batch
                        .sql()
                        .execute(
                            "UPDATE contact SET body = '{' WHERE id ="
                                + " (SELECT contact_id FROM lead WHERE id = ?)",
                            lead));
      }
      hub.clock().advance(Duration.ofDays(31));
      awaitErased(hub, "L-2");
      awaitErased(hub, "timed-2");
      int left =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery("SELECT COUNT(*) FROM lead WHERE erased_at IS NULL")
                      .mapTo(Integer.class)
                      .one());
      assertThat(left).as("else there was nothing in their way").isEqualTo(2);
    }
  }

  private static ObjectNode timed(TestHub hub, String id, @Nullable Integer days) {
    var body = Json.object();
    var metadata = body.putObject("metadata").put("leadId", id).put("category", "AGENCY");
    metadata.put("processedDate", hub.clock().instant().getEpochSecond());
    if (days != null) {
      metadata.put("ttl", hub.clock().instant().plus(Duration.ofDays(days)).getEpochSecond());
    }
    var contact = body.putObject("contactRequest");
    contact.put("firstName", ZEPHYRINE.firstName()).put("lastName", ZEPHYRINE.lastName());
    contact.put("email", id + "@example.org").put("message", "A message of " + id);
    contact.putArray("phoneNumbers");
    return body;
  }

  private static boolean isErased(TestHub hub, String id) {
    return hub.items("/leads?lead_id=" + id).getFirst().has("erased_at");
  }

  private static void awaitErased(TestHub hub, String id) {
    hub.await(
        id + " to be erased",
        () -> isErased(hub, id) ? java.util.Optional.of(true) : java.util.Optional.empty());
  }

  @Test
  void a_lead_is_erased_at_the_moment_that_its_newest_version_names() {
    try (var hub = open()) {
      var portal = hub.addSource("portal", "seeker-leads");
      portal.post(timed(hub, "soon", 30));
      portal.post(timed(hub, "later", 30));
      portal.post(timed(hub, "never", 30));
      portal.post(timed(hub, "past", -1));
      hub.clock().advance(Duration.ofDays(1));
      portal.post(timed(hub, "later", 60));
      portal.post(timed(hub, "never", null));
      hub.clock().advance(Duration.ofDays(28));
      portal.post(timed(hub, "mark", 2));
      hub.clock().advance(Duration.ofDays(3));
      // Whatever is over by then is erased in the order of its time.
      awaitErased(hub, "mark");
      assertThat(isErased(hub, "soon")).isTrue();
      assertThat(isErased(hub, "later")).isFalse();
      assertThat(Dump.find(hub.hub().store(), List.of("A message of soon"))).isEmpty();
      hub.checkRebuild();
      hub.clock().advance(Duration.ofDays(30));
      awaitErased(hub, "later");
      // A moment that was over on arrival can't be meant, and one that was taken back is none.
      assertThat(isErased(hub, "never")).isFalse();
      assertThat(isErased(hub, "past")).isFalse();
      hub.restart();
      assertThat(isErased(hub, "never")).isFalse();
    }
  }

  @Test
  void deliveries_that_were_given_up_keep_nothing_of_the_person() {
    try (var crm = FakeCrm.open();
        var hub = open()) {
      crm.alwaysAnswers(
          new FakeCrm.Reaction.Status(503, Map.of(), "no room for " + ZEPHYRINE.email()));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", ZEPHYRINE).put("message", OLD_MESSAGE));
      int attempts = 0;
      for (var delivery = hub.awaitAttempts("L-1", endpoint, 1);
          delivery.path("state").asString().equals("pending");
          delivery = hub.awaitAttempts("L-1", endpoint, ++attempts + 1)) {
        if (!delivery.has("next_attempt_at")) {
          break;
        }
        hub.clock().set(java.time.Instant.parse(delivery.path("next_attempt_at").asString()));
      }
      int made = hub.awaitDelivery("L-1", endpoint, "dead").path("attempts_made").asInt();
      assertThat(Dump.find(hub.hub().store(), List.of("no room for"))).isNotEmpty();
      erase(hub, person(hub, EMAIL));
      assertThat(Dump.find(hub.hub().store(), VALUES)).isEmpty();
      var delivery = hub.deliveries("L-1", endpoint).getFirst();
      assertThat(delivery.path("state").asString()).isEqualTo("dead");
      assertThat(delivery.path("reason").asString()).isEqualTo("Erased.");
      assertThat(delivery.path("attempts_made").asInt()).isEqualTo(made);
      hub.api().post("/deliveries/" + delivery.path("id").asString() + "/retry", "{}");
      hub.awaitDelivery("L-1", endpoint, "unwritable");
      assertThat(crm.requests()).hasSize(made);
    }
  }

  @Test
  void a_person_of_many_leads_is_erased_in_several_units() {
    try (var hub = open()) {
      var portal = hub.addSource("portal", "connections-plus");
      for (int i = 0; i < 105; i++) {
        portal.post(LeadBodies.minimal("L-" + i, "buyer", ZEPHYRINE));
      }
      var record = erase(hub, person(hub, EMAIL));
      assertThat(record.at("/counts/leads").asInt()).isEqualTo(105);
      assertThat(Dump.find(hub.hub().store(), VALUES)).isEmpty();
    }
  }
}
