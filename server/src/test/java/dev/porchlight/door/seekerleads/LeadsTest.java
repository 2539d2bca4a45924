package dev.porchlight.door.seekerleads;

import static dev.porchlight.door.seekerleads.SeekerHub.LISTING;
import static dev.porchlight.door.seekerleads.SeekerHub.id;
import static dev.porchlight.door.seekerleads.SeekerHub.lead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.Batch;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Answer;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Leads put in and fetched; which are there, for whom, and where they land.
@OnEveryDatabase
class LeadsTest {
  @Parameter Database database;
  @TempDir Path folder;
  private SeekerHub seeker;

  @BeforeEach
  void start() {
    seeker = new SeekerHub(database.start(folder));
  }

  @AfterEach
  void stop() {
    seeker.close();
  }

  @Test
  void a_lead_that_was_put_in_is_read_back_by_its_window_and_by_its_id() {
    var caller = seeker.caller();
    var taken = caller.post("/leads", lead(1).put("gender", "FEMALE").put("language", "EN"));
    assertThat(taken.status()).isEqualTo(200);
    assertThat(taken.json().propertyNames()).containsExactlyInAnyOrder("title", "requestId");

    var page = caller.window(seeker.now(), seeker.now(), "").json();
    assertThat(page.at("/metadata/count").asInt()).isEqualTo(1);
    assertThat(page.at("/links/next").isNull()).isTrue();
    var lead = page.at("/items/0");
    assertThat(lead.at("/metadata/category").asString()).isEqualTo("CLASSIFIED");
    assertThat(lead.at("/metadata/processedDate").asLong()).isEqualTo(seeker.now());
    assertThat(lead.at("/metadata/portal").isMissingNode()).isTrue();
    assertThat(lead.at("/metadata/ttl").isMissingNode()).isTrue();
    assertThat(lead.at("/contactRequest/firstName").asString()).isEqualTo("Camille");
    assertThat(lead.at("/contactRequest/email").asString())
        .isEqualTo("camille.martin1@example.org");
    assertThat(lead.at("/contactRequest/gender").asString()).isEqualTo("FEMALE");
    assertThat(lead.at("/contactRequest/language").asString()).isEqualTo("EN");
    assertThat(lead.at("/contactRequest/phoneNumbers/0/number").asString())
        .isEqualTo("+33199001234");
    assertThat(lead.at("/property/classifiedId").asString()).isEqualTo(LISTING);
    assertThat(id(lead)).isNotEqualTo(taken.json().path("requestId").asString());

    var one = caller.get("/leads/" + id(lead));
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.json()).isEqualTo(lead);
    // The window's ends both count, and nothing beside it.
    assertThat(caller.window(seeker.now() - 5, seeker.now() - 1, "").json().path("items"))
        .isEmpty();
    assertThat(caller.window(seeker.now() + 1, seeker.now() + 5, "").json().path("items"))
        .isEmpty();
  }

  @Test
  void every_lead_is_there_whichever_door_it_came_through() {
    var caller = seeker.caller();
    var portal = seeker.hub.addSource("portal", "connections-plus");
    var other = seeker.hub.addSource("other", "lead-delivery");
    assertThat(portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1))).status()).isEqualTo(200);
    assertThat(portal.post(LeadBodies.seller("S-1", InventedPerson.of(2))).status()).isEqualTo(200);
    assertThat(other.post(LeadBodies.standard("D-1", InventedPerson.of(3))).status())
        .isEqualTo(200);
    var bare = Json.object().put("lead_id", "D-2").put("timestamp", "2026-03-14T09:26:53Z");
    bare.putObject("contact").put("email", "bare@example.org");
    assertThat(other.post(bare).status()).isEqualTo(200);
    caller.post("/leads", lead(1));

    var leads = caller.leads();
    assertThat(leads)
        .extracting(l -> l.at("/metadata/category").asString())
        .containsExactly("CLASSIFIED", "AGENCY", "CLASSIFIED", "AGENCY", "CLASSIFIED");
    assertThat(leads.get(1).at("/metadata/leadType").asString()).isEqualTo("SELL");
    assertThat(leads.get(0).at("/contactRequest/message").asString())
        .isEqualTo("Is the garden shared?");
    // Where nothing was sent the message is empty; null would mean erased.
    assertThat(leads.get(3).at("/contactRequest/message").asString("null")).isEmpty();
    assertThat(leads).extracting(l -> l.at("/metadata/portal").isMissingNode()).containsOnly(true);
    for (var lead : leads) {
      assertThat(caller.get("/leads/" + id(lead)).json()).isEqualTo(lead);
    }
  }

  @Test
  void a_lead_names_the_portal_of_its_source_unless_it_names_one_itself() {
    var caller = seeker.caller();
    var portal =
        seeker.hub.addSource("portal", "connections-plus", b -> b.put("portal", "SLG-FRA"));
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
    var partner = seeker.hub.addSource("partner", "seeker-leads", b -> b.put("portal", "LUX-FRA"));
    var named = Json.object();
    named
        .putObject("metadata")
        .put("leadId", "P-1")
        .put("category", "AGENCY")
        .put("portal", "IWT-AUT");
    named.putObject("contactRequest").put("email", "p1@example.org");
    partner.post(named);
    named.set("metadata", Json.object().put("leadId", "P-2").put("category", "AGENCY"));
    partner.post(named);
    assertThat(portals(caller)).containsExactly("SLG-FRA", "IWT-AUT", "LUX-FRA");

    var api = seeker.hub.api();
    var changed = api.patch("/sources/portal", Json.object().put("portal", "MAG-FRA"));
    assertThat(changed.json().path("portal").asString()).isEqualTo("MAG-FRA");
    assertThat(portals(caller)).containsExactly("MAG-FRA", "IWT-AUT", "LUX-FRA");
    for (var wrong : List.of("slg-fra", "SLG", "XXX-FRA")) {
      var refused = api.patch("/sources/portal", Json.object().put("portal", wrong));
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(refused.text()).contains("SLG-FRA");
    }
    api.patch("/sources/portal", Json.object().put("region", "FR"));
    assertThat(portals(caller)).startsWith("MAG-FRA");
    api.patch("/sources/portal", Json.object().putNull("portal"));
    assertThat(portals(caller)).containsExactly("", "IWT-AUT", "LUX-FRA");
  }

  private static List<String> portals(SeekerHub.Caller caller) {
    return caller.leads().stream().map(l -> l.at("/metadata/portal").asString("")).toList();
  }

  @Test
  void each_portal_of_the_contract_can_be_a_sources() {
    var codes = Contract.load().words("portal");
    assertThat(codes).hasSize(18);
    var portal = seeker.hub.addSource("portal", "connections-plus");
    for (var code : codes) {
      var changed =
          seeker.hub.api().patch("/sources/" + portal.id(), Json.object().put("portal", code));
      assertThat(changed.json().path("portal").asString()).isEqualTo(code);
    }
  }

  @Test
  void a_lead_that_was_updated_shows_its_newest_version_at_its_old_place() {
    var caller = seeker.caller();
    var portal = seeker.hub.addSource("portal", "connections-plus");
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
    portal.post(LeadBodies.buyer("B-2", InventedPerson.of(2)));
    var before = caller.leads();
    seeker.hub.clock().advance(Duration.ofHours(2));
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)).put("message", "Only by mail."));

    var after = caller.leads();
    assertThat(after)
        .extracting(SeekerHub::id)
        .isEqualTo(before.stream().map(SeekerHub::id).toList());
    assertThat(after.getFirst().at("/contactRequest/message").asString())
        .isEqualTo("Only by mail.");
    assertThat(after.getFirst().at("/metadata/processedDate"))
        .isEqualTo(before.getFirst().at("/metadata/processedDate"));
    assertThat(caller.get("/leads/" + id(after.getFirst())).json()).isEqualTo(after.getFirst());
  }

  @Test
  void a_client_sees_the_offices_it_is_granted_and_all_else_is_not_there() {
    var here = seeker.node("office");
    var there = seeker.office("There");
    var first = seeker.callerOf(here);
    var second = seeker.callerOf(there);
    var both = seeker.callerOf(there, here);
    var company = seeker.callerOf(seeker.node("company"));
    first.post("/leads", lead(1));
    second.post("/leads", lead(2));
    first.post("/leads", lead(3));
    assertThat(first.ids()).hasSize(2);
    assertThat(second.ids()).hasSize(1);
    assertThat(both.ids()).hasSize(3).isEqualTo(company.ids());
    var foreign = second.ids().getFirst();
    assertThat(first.get("/leads/" + foreign).status()).isEqualTo(404);
    assertThat(first.get("/leads/no-such-lead").status()).isEqualTo(404);
    assertThat(both.get("/leads/" + foreign).status()).isEqualTo(200);
    var start = first.window(seeker.now(), seeker.now(), "&start=" + foreign);
    assertThat(start.status()).isEqualTo(400);
    var unknown = first.window(seeker.now(), seeker.now(), "&start=no-such-lead");
    assertThat(start.json().path("detail")).isEqualTo(unknown.json().path("detail"));
    // An office that is made later lies below the company as well.
    var later = seeker.callerOf(seeker.office("Later"));
    later.post("/leads", lead(4));
    assertThat(company.ids()).hasSize(4).containsAll(later.ids());
  }

  @Test
  void a_lead_lands_at_its_listings_office_if_the_client_is_granted_that() {
    var here = seeker.node("office");
    var there = seeker.office("There");
    seeker
        .hub
        .api()
        .make("/listings", Json.object().put("classified_id", LISTING).put("node", there));
    var both = seeker.callerOf(here, there);
    var one = seeker.callerOf(here);
    both.post("/leads", lead(1));
    both.post("/leads", lead(2).put("classifiedId", "24Z1B2C3D4E5"));
    one.post("/leads", lead(3));
    assertThat(
            seeker.hub.leads().stream().map(l -> l.path("office").asString()).toList().reversed())
        .containsExactly(there, here, here);
    assertThat(seeker.callerOf(there).ids()).hasSize(1);
    // The receipt is seen where the lead is.
    var token =
        seeker
            .hub
            .api()
            .make("/tokens", Json.object().put("name", "there").put("node", there))
            .path("token")
            .asString();
    assertThat(seeker.hub.api().withToken(token).read("/receipts").path("items")).hasSize(1);
    // What was decided stays when the listing moves: the check on closing decides again.
    var listing = seeker.hub.items("/listings").getFirst().path("id").asString();
    assertThat(seeker.hub.api().delete("/listings/" + listing).status()).isEqualTo(200);
  }

  @Test
  void the_same_person_listing_and_date_is_the_same_lead() {
    var caller = seeker.caller();
    var first = caller.post("/leads", lead(1));
    var again = caller.post("/leads", lead(1));
    assertThat(again.json()).isEqualTo(first.json());
    caller.post("/leads", lead(1).put("message", "Et le jardin ?"));
    assertThat(caller.leads())
        .singleElement()
        .extracting(l -> l.at("/contactRequest/message").asString())
        .isEqualTo("Et le jardin ?");
    caller.post("/leads", lead(1).put("submittedDate", "2026-03-14T09:26:54Z"));
    caller.post("/leads", lead(1).put("classifiedId", "24Z1B2C3D4E5"));
    caller.post("/leads", lead(2));
    assertThat(caller.ids()).hasSize(4);
  }

  @Test
  void an_idempotency_key_names_the_request() throws Exception {
    var caller = seeker.caller();
    var answers = new ArrayList<Answer>();
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var start = new CountDownLatch(1);
      Callable<Answer> post =
          () -> {
            start.await();
            return caller.post("/leads", lead(1), "Idempotency-Key", "k-1");
          };
      var all = new ArrayList<Future<Answer>>();
      for (int i = 0; i < 6; i++) {
        all.add(pool.submit(post));
      }
      start.countDown();
      for (var one : all) {
        answers.add(one.get());
      }
    }
    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(answers).extracting(Answer::json).containsOnly(answers.getFirst().json());
    assertThat(caller.ids()).hasSize(1);
    // Another key is another request, though it says the same.
    caller.post("/leads", lead(1), "Idempotency-Key", "k-2");
    assertThat(caller.ids()).hasSize(2);
    // The same key for something else is a mistake.
    var reused = caller.post("/leads", lead(2), "Idempotency-Key", "k-1");
    assertThat(reused.status()).isEqualTo(400);
    assertThat(reused.json().path("detail").asString()).contains("Idempotency-Key");
    assertThat(seeker.hub.items("/receipts?state=quarantined")).hasSize(1);
    // Another client's keys are its own; a day later a key is forgotten.
    var other = seeker.caller();
    other.post("/leads", lead(2), "Idempotency-Key", "k-1");
    seeker.hub.clock().advance(Duration.ofHours(25));
    assertThat(caller.post("/leads", lead(2), "Idempotency-Key", "k-1").status()).isEqualTo(200);
    assertThat(seeker.hub.leads()).hasSize(4);
    assertThat(caller.post("/leads", lead(3), "Idempotency-Key", "x".repeat(256)).status())
        .isEqualTo(400);
  }

  @Test
  void a_refused_body_is_kept_in_quarantine_and_can_be_mended() {
    var there = seeker.office("There");
    seeker
        .hub
        .api()
        .make("/listings", Json.object().put("classified_id", LISTING).put("node", there));
    var caller = seeker.callerOf(seeker.node("office"), there);
    var broken = lead(1).put("email", "nowhere");
    var refused = caller.post("/leads", broken);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().path("detail").asString()).contains("email");
    assertThat(refused.json().at("/errors/0/name").asString()).isEqualTo("/email");
    var receipt = seeker.hub.items("/receipts?state=quarantined").getFirst().path("id").asString();
    assertThat(seeker.hub.api().get("/receipts/" + receipt + "/raw").text())
        .isEqualTo(broken.toString());
    assertThat(caller.ids()).isEmpty();
    var mended = seeker.hub.api().post("/receipts/" + receipt + "/resubmit", lead(1).toString());
    assertThat(mended.status()).isEqualTo(200);
    assertThat(caller.ids()).hasSize(1);
    assertThat(seeker.hub.leads().getFirst().path("office").asString()).isEqualTo(there);
  }

  @Test
  void pages_follow_the_log_and_begin_after_the_lead_they_are_told() {
    var caller = seeker.caller();
    for (int n = 0; n < 7; n++) {
      caller.post("/leads", lead(n));
      seeker.hub.clock().advance(Duration.ofSeconds(1));
    }
    var all = caller.ids();
    long min = seeker.now() - 7;
    var walked = new ArrayList<String>();
    var link = "/leads?minDate=" + min + "&maxDate=" + seeker.now() + "&limit=3";
    while (link != null) {
      var page = caller.get(link).json();
      page.path("items").forEach(l -> walked.add(id(l)));
      assertThat(page.at("/metadata/limit").asInt()).isEqualTo(3);
      link = page.at("/links/next").asStringOpt().orElse(null);
    }
    assertThat(walked).isEqualTo(all).hasSize(7);
    // The window holds, whatever the start.
    assertThat(items(caller.window(min + 2, min + 3, "&start=" + all.getFirst())))
        .isEqualTo(all.subList(2, 4));
    assertThat(items(caller.window(min + 2, min + 3, "&start=" + all.get(2))))
        .isEqualTo(all.subList(3, 4));
    assertThat(items(caller.window(min, min + 6, "&start=" + all.getLast()))).isEmpty();
    assertThat(items(caller.window(min, min + 6, "&limit=1"))).hasSize(1);
    assertThat(items(caller.window(min, min + 7 * 86_400, "&limit=100"))).hasSize(7);
  }

  private static List<String> items(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.json().path("items").valueStream().map(SeekerHub::id).toList();
  }

  @Test
  void the_sandbox_shares_nothing_with_production() {
    var production = seeker.caller();
    var made = seeker.make(body -> body.put("sandbox", true));
    var sandbox = seeker.sandbox(made.token());
    assertThat(made.json().path("nodes")).hasSize(1);
    assertThat(sandbox.post("/leads", lead(1)).status()).isEqualTo(200);
    assertThat(production.post("/leads", lead(1)).status()).isEqualTo(200);
    assertThat(sandbox.ids()).hasSize(1).doesNotContainAnyElementsOf(production.ids());
    assertThat(production.get("/leads/" + sandbox.ids().getFirst()).status()).isEqualTo(404);
    assertThat(seeker.hub.leads()).extracting(l -> l.path("person_id")).doesNotHaveDuplicates();
    // A token is one of its own side.
    assertThat(seeker.caller(made.token()).get("/leads/x").status()).isEqualTo(401);
    // The second client of the sandbox gets the same sandbox; others can't be granted it.
    var office = made.json().at("/nodes/0").asString();
    assertThat(seeker.make(b -> b.put("sandbox", true)).json().at("/nodes/0").asString())
        .isEqualTo(office);
    var mixed = Json.object().put("name", "x").put("contract", "seeker-leads");
    mixed.putArray("nodes").add(office);
    assertThat(seeker.hub.api().post("/clients", mixed).status()).isEqualTo(400);
    mixed.put("sandbox", true).putArray("nodes").add(seeker.node("office"));
    assertThat(seeker.hub.api().post("/clients", mixed).status()).isEqualTo(400);
  }

  @Test
  void the_end_of_a_window_waits_for_what_was_on_its_way() throws Exception {
    var caller = seeker.caller();
    caller.post("/leads", lead(1));
    var known = seeker.hub.leads().getFirst().path("id").asString();
    long second = seeker.now();
    var written = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      // A lead whose batch was opened within the window and is still open when that is over.
      var late =
          pool.submit(() ->
              seeker
                  .hub
                  .hub()
                  .store()
                  .write(
                      WorkQueue.LEADS,
                      batch -> {
                        copy(batch, known);
                        written.countDown();
                        try {
                          release.await();
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                        return true;
                      }));
      written.await();
      seeker.hub.clock().advance(Duration.ofSeconds(1));
      var walk = pool.submit(() -> items(caller.window(second, second, "")));
      // Either it waits behind the open batch, or it has answered too early.
      while (!walk.isDone() && seeker.hub.hub().store().waiting() == 0) {
        Thread.onSpinWait();
      }
      release.countDown();
      assertThat(late.get()).isTrue();
      assertThat(walk.get()).hasSize(2);
    }
    // Made by hand, so no decision gives it again.
    seeker.hub.hub().store().write(WorkQueue.LEADS, LeadsTest::remove);
  }

  private static final String COPY = "00000000-0000-7000-8000-000000000000";

  private static void copy(Batch batch, String lead) {
    long seq = batch.append("lead.created", COPY, "");
    batch
        .sql()
        .execute(
            "INSERT INTO lead (id, source_id, external_id, derived, guid, office_id, person_id,"
                + " contact_id, test, version, evidence, answers, created_at, updated_at, seq,"
                + " key_value) SELECT ?, source_id, external_id, derived, guid, office_id,"
                + " person_id, contact_id, test, version, evidence, answers, created_at,"
                + " updated_at, ?, key_value"
                + " FROM lead WHERE id = ?",
            COPY,
            seq,
            lead);
    batch
        .sql()
        .execute(
            "INSERT INTO lead_version (lead_id, version, receipt_id, at, fingerprint, fact,"
                + " as_of, emptied)"
                + " SELECT ?, version, receipt_id, at, fingerprint, fact, as_of, emptied"
                + " FROM lead_version"
                + " WHERE lead_id = ?",
            COPY,
            lead);
  }

  private static boolean remove(Batch batch) {
    batch.sql().execute("DELETE FROM lead WHERE id = ?", COPY);
    batch.sql().execute("DELETE FROM lead_version WHERE lead_id = ?", COPY);
    return true;
  }

  @Test
  void refusals_have_a_trace_that_goes_on_from_the_callers() {
    var caller = seeker.caller();
    var trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    JsonNode refused =
        caller
            .send("GET", "/leads/none", "", "traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
            .json();
    assertThat(refused.path("instance").asString()).matches("00-" + trace + "-[0-9a-f]{16}-01");
    assertThat(caller.get("/leads/none").json().path("instance").asString())
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
        .doesNotContain(trace);
    assertThat(caller.send("PATCH", "/leads", "{}").status()).isEqualTo(405);
  }
}
