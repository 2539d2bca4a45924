package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.watch.FeedBlock;
import dev.porchlight.watch.FeedNotice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is forgotten of events: persons who were erased, and what was kept for long enough. Closing
/// a hub checks that a rebuild comes out equal.
@OnEveryDatabase
class EventsForgottenTest {
  private static final String EMAIL = "ana.quill@example.org";
  private static final InventedPerson ANA =
      new InventedPerson("Ana", "Quillfeather", EMAIL, "+13125550147");

  @Parameter Database database;
  @TempDir Path folder;

  private static ObjectNode contact(Pods.Pod owner, String name, String member, String value) {
    var event = Json.object().put("topic", "realestate/contact#add");
    event.put("recipient", owner.profile);
    var object = event.putObject("data").put("type", "AddAction").putObject("object");
    object.put("type", "Contact").put("name", name).put(member, value);
    return event;
  }

  private static ObjectNode lead(
      Pods.Pod owner, String topic, Consumer<ObjectNode> person, String comment) {
    var event = Json.object().put("topic", "realestate/" + topic);
    event.put("recipient", owner.profile);
    var data = event.putObject("data").put("comment", comment);
    var lead = data.putObject("object").put("type", "Lead");
    lead.putObject("identifier").put("harborcrm", "L-7");
    person.accept(lead.putObject("object").put("type", "Contact"));
    return event;
  }

  private static long rows(TestHub hub, String table, String where) {
    return hub.hub()
        .store()
        .read(h ->
            h.createQuery("SELECT COUNT(*) FROM " + table + " WHERE " + where)
                .mapTo(Long.class)
                .one());
  }

  private static void taken(Pods.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
  }

  private static List<String> names(Pods.Pod pod) {
    return pod.inbox().stream().map(i -> i.at("/data/object/name").asString("-")).toList();
  }

  @Test
  void an_erasure_takes_a_person_out_of_events_of_their_company() {
    try (var pods = new Pods(folder, database);
        var crm = FakeCrm.open(pods.hub.clock())) {
      var office = pods.party("Harbor Realty", "office");
      var app = pods.party("Harbor CRM", "app");
      var company = pods.hub.api().read("/nodes?limit=200").path("items");
      var above = Optional.<JsonNode>empty();
      for (var node : company) {
        above = node.path("kind").asString().equals("mls") ? Optional.of(node) : above;
      }
      var other =
          pods.hub
              .api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "company")
                      .put("name", "Elsewhere")
                      .put("parent", above.orElseThrow().path("id").asString()));
      var place =
          pods.hub
              .api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "office")
                      .put("name", "Elsewhere")
                      .put("parent", other.path("id").asString()))
              .path("id")
              .asString();
      var stranger = pods.party("Elsewhere", "office", b -> b.put("node", place));
      for (var group : List.of("realestate/contact", "realestate/listing", "realestate/lead")) {
        pods.grant(office, app, group, group);
        pods.grant(stranger, app, group, null);
      }
      var endpoint = pods.hub.addEndpoint(crm.url("/push"), "realestate-events");
      pods.hub.api().patch("/parties/" + app.id, Json.object().put("endpoint", endpoint.id()));
      crm.alwaysAnswers(503);
      var portal = pods.hub.addSource("portal", "connections-plus");
      assertThat(portal.post(LeadBodies.buyer("L-1", ANA)).status()).isEqualTo(200);
      // The hub tells of it by an event, and of one who leaves neither address nor number.
      var shy = LeadBodies.buyer("L-2", ANA);
      ((ObjectNode) shy.path("contact")).remove(List.of("email", "phone"));
      assertThat(portal.post(shy).status()).isEqualTo(200);
      pods.hub.await(
          "the leads to be told of", () -> Optional.of(1).filter(_ -> app.inbox().size() == 2));

      var own = contact(office, "By mail", "email", "ANA.QUILL@example.org");
      own.put("id", app.url + "publish/ana.quill@example.org");
      taken(app.publish(own));
      taken(app.publish(contact(office, "By phone", "telephone", "(312) 555-0147")));
      taken(app.publish(contact(office, "Ben", "email", "ben@example.org")));
      var both = contact(office, "In both", "email", EMAIL);
      both.putArray("recipient").add(office.profile).add(stranger.profile);
      taken(app.publish(both));
      taken(
          app.publish(
              Pods.listing(
                  office.profile,
                  "4711",
                  o -> {
                    o.put("name", "Listing");
                    o.putObject("listingAgent").put("email", EMAIL);
                  })));
      pods.hub.await(
          "an attempt",
          () ->
              pods.hub.items("/deliveries").stream()
                  .filter(d -> d.path("attempts_made").asInt() > 0)
                  .findFirst());
      // One in which nothing but the lead's number says whose it is.
      taken(app.publish(lead(office, "lead#add", l -> l.put("email", EMAIL), "")));
      taken(app.publish(lead(office, "lead#reject", _ -> {}, "does not like herons")));
      assertThat(office.inbox()).hasSize(9);
      var address = app.inbox().getFirst().path("@id").asString();

      // Two companies know somebody of that address; this is the one who enquired.
      var person = pods.hub.story("L-1").path("person_id").asString();
      var erased = pods.hub.api().post("/persons/" + person + "/erase", "{}");
      assertThat(erased.status()).as(erased.text()).isEqualTo(200);

      var shyOne = pods.hub.story("L-2").path("person_id").asString();
      assertThat(shyOne).isNotEqualTo(person);
      assertThat(office.inbox()).hasSize(3);
      assertThat(pods.hub.api().post("/persons/" + shyOne + "/erase", "{}").status())
          .isEqualTo(200);
      for (var pod : List.of(office, app)) {
        assertThat(names(pod)).containsExactly("Ben", "Listing");
      }
      assertThat(pods.send("GET", address, app.key, null, null).status()).isEqualTo(404);
      // Another company's is its own.
      assertThat(names(stranger)).containsExactly("In both");
      // Nothing of it is sent any more.
      var open =
          pods.hub.items("/deliveries?limit=200").stream()
              .filter(d -> d.path("state").asString().equals("pending"))
              .count();
      assertThat(open).isEqualTo(2);
      assertThat(rows(pods.hub, "event_raw", "1 = 1"))
          .isEqualTo(rows(pods.hub, "event", "uri NOT LIKE 'urn:%'"));
      assertThat(rows(pods.hub, "lead_step", "1 = 1")).isEqualTo(1);
      assertThat(rows(pods.hub, "lead_step", "comment <> '' OR uri <> ''")).isZero();
      assertThat(rows(pods.hub, "event", "uri LIKE '%ana.quill%' OR violations LIKE '%uill%'"))
          .isZero();
      // What comes after is of somebody nobody has met; the id is free again.
      taken(app.publish(own));
      assertThat(names(office)).containsExactly("Ben", "Listing", "By mail");
    }
  }

  private static ObjectNode priced(Pods.Pod office, String id, int price, String modified) {
    return Pods.listing(
        office.profile,
        id,
        o -> {
          o.putObject("listingPrice").put("price", price).put("priceCurrency", "USD");
          o.put("modificationTimestamp", modified);
        });
  }

  @Test
  void what_was_kept_for_long_enough_goes_in_the_logs_order_and_listings_stay() {
    var hub = database.in(folder).config(c -> c.withEventsKeptDays(30)).start();
    try (var pods = new Pods(hub)) {
      var office = pods.party("Harbor Realty", "office");
      taken(office.publish(priced(office, "1", 500, "2026-03-10T00:00:00Z")));
      taken(office.publish(priced(office, "1", 500, "2026-03-12T00:00:00Z")));
      // A late one, which must not win: also not in a rebuild that knows the others no more.
      taken(office.publish(priced(office, "1", 700, "2026-03-11T00:00:00Z")));
      taken(office.publish(contact(office, "Ben", "email", "ben@example.org")));
      hub.hub()
          .store()
          .write(
              WorkQueue.EDITS,
              batch -> {
                var block = FeedBlock.of(900_000, "1", "1", batch.now(), "{}", List.of());
                FeedBlock.put(batch, List.of(block), 0);
                var draw = Draw.fresh(batch.now(), 0);
                new FeedNotice(
                        draw.digits(),
                        "1",
                        batch.now(),
                        List.of(new FeedNotice.Item("1", 900_000)),
                        List.of("ana@example.org"))
                    .put(batch);
                batch
                    .sql()
                    .execute(
                        "INSERT INTO feed_mark (feed_id, seq, approved, viewed)"
                            + " VALUES ('1', 900000, 1, 1)");
                return true;
              });
      var listing = "/listings/" + hub.items("/listings").getFirst().path("id").asString();
      hub.clock().advance(Duration.ofDays(20));
      taken(office.publish(priced(office, "1", 650, "2026-03-11T12:00:00Z")));
      taken(office.publish(priced(office, "2", 300, "2026-04-01T00:00:00Z")));
      assertThat(office.inbox()).hasSize(6);
      var stood = hub.api().read(listing);
      hub.clock().advance(Duration.ofDays(15));
      hub.await(
          "the first events to go",
          () -> Optional.of(1).filter(_ -> rows(hub, "event_raw", "1 = 1") == 2));
      assertThat(office.inbox()).hasSize(2);
      assertThat(hub.api().read(listing)).isEqualTo(stood);
      hub.checkRebuild();
      // It goes on from there.
      taken(office.publish(priced(office, "1", 650, "2026-03-11T13:00:00Z")));
      taken(office.publish(priced(office, "1", 450, "2026-04-02T00:00:00Z")));
      assertThat(hub.api().read(listing).at("/standard_fields/ListPrice").decimalValue())
          .isEqualByComparingTo("450");
      hub.checkRebuild();
      hub.clock().advance(Duration.ofDays(31));
      hub.await(
          "all events to go",
          () -> Optional.of(1).filter(_ -> rows(hub, "event_raw", "1 = 1") == 0));
      assertThat(office.all()).isEmpty();
      // What goes without a line in the log is looked for again and again.
      await().atMost(TestHub.PATIENCE).until(() -> rows(hub, "feed_block", "1 = 1") == 0);
      assertThat(rows(hub, "feed_mark", "1 = 1")).isZero();
      await().atMost(TestHub.PATIENCE).until(() -> rows(hub, "feed_notice", "1 = 1") == 0);
    }
  }
}
