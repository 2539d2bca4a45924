package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.events.NumberedListings;
import dev.porchlight.listing.Listings;
import dev.porchlight.store.Picked;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What events say of people, over the wire: leads, what becomes of them, contacts, what visitors
/// keep, consents, service areas. That a rebuild comes to the same is checked as each hub closes.
@OnEveryDatabase
class FamilyTest {
  @Parameter Database database;
  @TempDir Path folder;
  private Pods pods;
  private Pods.Pod office;
  private Pods.Pod portal;

  @BeforeEach
  void start() {
    pods = new Pods(folder, database);
    // An event is drawn before its unit runs: a second look at the clock must not be taken for it.
    pods.hub.clock().stepBy(Duration.ofNanos(137_000));
    office = pods.party("Harbor Realty", "office");
    portal = pods.party("Harbor portal", "app", b -> b.put("default_recipient", office.id));
    pods.hub
        .api()
        .make(
            "/grants",
            grant(
                "realestate/lead",
                "realestate/listing",
                "realestate/contact",
                "realestate/website",
                "realestate/marketingpreferences",
                "realestate/servicearea"));
  }

  private ObjectNode grant(String... groups) {
    var body = Json.object().put("owner", office.id).put("party", portal.id);
    var list = body.putArray("publishes");
    List.of(groups).forEach(list::add);
    return body;
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private static ObjectNode event(String topic, Consumer<ObjectNode> data) {
    var event = Json.object().put("topic", "realestate/" + topic);
    data.accept(event.putObject("data"));
    return event;
  }

  private static ObjectNode lead(String topic, String number, Consumer<ObjectNode> more) {
    return event(
        topic,
        data -> {
          var lead = data.putObject("object").put("type", "Lead");
          lead.putObject("identifier").put("harborcrm", number);
          more.accept(data);
        });
  }

  private static void person(ObjectNode data, String name) {
    ((ObjectNode) data.path("object"))
        .putObject("object")
        .put("type", "Contact")
        .put("givenName", name)
        .put("familyName", "Almeida")
        .put("email", name.toLowerCase(java.util.Locale.ROOT) + ".almeida@example.org");
  }

  private Pods.Answer published(ObjectNode event) {
    var answer = portal.publish(event);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer;
  }

  private JsonNode story(String id) {
    return pods.hub.api().read("/leads/" + id);
  }

  private List<String> kinds(JsonNode story) {
    return story.path("history").valueStream().map(l -> l.path("kind").asString()).toList();
  }

  private String only(String path) {
    var items = pods.hub.items(path);
    assertThat(items).hasSize(1);
    return items.getFirst().path("id").asString();
  }

  @Test
  void a_lead_of_an_event_is_a_lead_like_any_other_and_its_steps_are_told() throws Exception {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      pods.hub.addEndpoint(crm.url("/hook"), "porchlight");
      var desk = pods.hub.api().make("/nodes", member("Ruth Okafor"));
      var ruth =
          pods.party("Ruth Okafor", "person", b -> b.put("node", desk.path("id").asString()));

      var add =
          lead(
              "lead#add",
              "L-1",
              data -> {
                person(data, "Ines");
                ((ObjectNode) data.path("object"))
                    .put("dateSent", "2026-03-14T09:00:00")
                    .putArray("leadSource")
                    .addObject()
                    .put("type", "AskAction")
                    .putObject("object")
                    .put("text", "Still available?");
              });
      published(add);
      var id = only("/leads");
      var story = story(id);
      assertThat(story.at("/content/message").asString()).isEqualTo("Still available?");
      assertThat(story.at("/contact/emails/0").asString()).isEqualTo("ines.almeida@example.org");
      assertThat(story.path("lead_id").asString()).isEqualTo("harborcrm:L-1");
      assertThat(story.path("contract").asString()).isEqualTo("realestate-events");
      assertThat(story.at("/answers/member").asString()).isNotEqualTo(desk.path("id").asString());
      // What breaks the contract is told beside the receipt.
      assertThat(story.path("violations").valueStream().map(v -> v.path("pointer").asString()))
          .containsExactly("/data/object/dateSent");
      assertThat(crm.await(1).getFirst().json().at("/data/enquirer/first_name").asString())
          .isEqualTo("Ines");

      // The same once more, as another event: a repeat, which is not delivered again.
      published(add);
      assertThat(pods.hub.items("/receipts?state=repeat")).hasSize(1);
      assertThat(kinds(story(id))).containsOnlyOnce("lead.created").doesNotContain("lead.updated");

      published(
          lead(
              "lead#assign",
              "L-1",
              d -> d.put("recipient", ruth.profile).put("agent", office.profile)));
      story = story(id);
      assertThat(story.at("/answers/member").asString()).isEqualTo(desk.path("id").asString());
      assertThat(story.at("/answers/reason").asString())
          .isEqualTo("The lead was assigned to them by an event.");
      assertThat(story.at("/contact/owner").asString()).isEqualTo(desk.path("id").asString());
      published(lead("lead#accept", "L-1", d -> d.put("agent", ruth.profile)));
      published(
          lead(
              "lead#reject",
              "L-1",
              d -> d.put("agent", ruth.profile).put("reason", "Too far").put("comment", "Sorry")));
      story = story(id);
      assertThat(story.at("/answers/member").asString()).isNotEqualTo(desk.path("id").asString());
      published(lead("lead#assign", "L-1", d -> d.put("recipient", ruth.profile)));
      published(
          lead(
              "lead#retract",
              "L-1",
              d -> {
                d.putObject("participant").put("id", ruth.profile);
                d.putObject("recipient").put("id", office.profile);
              }));
      story = story(id);
      assertThat(story.at("/contact/owner")).isEqualTo(story.at("/answers/member"));
      assertThat(story.at("/contact/owner").asString()).isNotEqualTo(desk.path("id").asString());
      assertThat(kinds(story))
          .containsSubsequence(
              "lead.created",
              "step.assigned",
              "step.accepted",
              "step.rejected",
              "step.assigned",
              "step.retracted");
      assertThat(story.path("steps")).hasSize(5);
      assertThat(story.at("/steps/2/reason").asString()).isEqualTo("Too far");
      assertThat(story.at("/steps/2/comment").asString()).isEqualTo("Sorry");

      // What others say of its person is no version of the lead: the contact learns it, as of a
      // lead, and what a member typed stays.
      var software =
          pods.party("Harbor software", "app", b -> b.put("default_recipient", office.id));
      pods.grant(office, software, "realestate/lead", null);
      var contact = "/contacts/" + story.at("/contact/id").asString();
      var typed = Json.object();
      typed.putArray("phones").add("+1 804 555 0111");
      pods.hub.api().patch(contact, typed);
      var update =
          lead(
              "lead#update",
              "L-1",
              d -> {
                person(d, "Ina");
                ((ObjectNode) d.path("object").path("object")).put("telephone", "+1 804 555 0199");
              });
      for (int n = 0; n < 2; n++) {
        assertThat(software.publish(update).status()).isEqualTo(201);
      }
      story = story(id);
      assertThat(story.path("versions")).hasSize(1);
      assertThat(story.at("/steps/5/step").asString()).isEqualTo("updated");
      var learnt = pods.hub.api().read(contact);
      assertThat(learnt.path("emails").valueStream().map(JsonNode::asString))
          .containsExactly("ines.almeida@example.org", "ina.almeida@example.org");
      assertThat(learnt.path("phones").valueStream().map(JsonNode::asString))
          .containsExactly("+1 804 555 0111");
      assertThat(learnt.path("given_name").asString()).isEqualTo("Ines");
      assertThat(
              held(
                  learnt.path("id").asString(),
                  "SELECT principal FROM contact_edit WHERE contact_id = :h AND principal ="
                      + " 'party "
                      + software.id
                      + "'"))
          .hasSize(1);

      // An update with the person in it is the lead's next version.
      published(lead("lead#update", "L-1", d -> person(d, "Inês")));
      assertThat(story(id).path("versions")).hasSize(2);
      // What nobody typed is still open to what leads say.
      published(lead("lead#update", "L-1", d -> person(d, "Nina")));
      assertThat(pods.hub.api().read(contact).path("emails").toString())
          .contains("nina.almeida@example.org");
      assertThat(crm.await(2).get(1).json().path("type").asString()).isEqualTo("lead.updated");

      // An erasure takes what others wrote about it, and every event that names the person.
      pods.hub
          .api()
          .make("/persons/" + story.path("person_id").asString() + "/erase", Json.object());
      assertThat(story(id).path("steps").toString()).doesNotContain("Too far", "Sorry");
      assertThat(office.inbox().toString()).doesNotContain("almeida");
    }
  }

  @Test
  void contacts_what_visitors_keep_and_what_they_allow_are_taken_in() throws Exception {
    var ruth = pods.hub.api().make("/nodes", member("Ruth Okafor")).path("id").asString();
    var owner = pods.party("Ruth Okafor", "person", b -> b.put("node", ruth));
    published(
        event(
            "contact#add",
            data -> {
              var contact = data.putObject("object").put("type", "Contact");
              contact.putObject("identifier").put("harborcrm", 88);
              contact.put("givenName", "Ines").put("familyName", "Almeida");
              contact.putArray("contactPoint").addObject().put("email", "ines@example.org");
              contact.putArray("keywords").add("Past clients");
              contact.putArray("address").addObject().put("addressLocality", "Harbor");
              contact.putObject("leadOwner").put("id", owner.profile);
            }));
    var id = only("/contacts");
    var contact = pods.hub.api().read("/contacts/" + id);
    assertThat(contact.path("display_name").asString()).isEqualTo("Ines Almeida");
    assertThat(contact.path("owner").asString()).isEqualTo(ruth);
    assertThat(contact.at("/tags/0").asString()).isEqualTo("Past clients");
    assertThat(contact.at("/details/home_locality").asString()).isEqualTo("Harbor");

    // What an update does not say stays, and what it says holds, whoever typed what was there; the
    // contact is told by its name at the other system.
    pods.hub.api().patch("/contacts/" + id, Json.object().put("family_name", "Almeyda"));
    published(
        event(
            "contact#update",
            data -> {
              var changed = data.putObject("object").put("telephone", "+1 804 555 0142");
              changed.put("email", "no address").put("familyName", "Almeida");
              changed.putObject("sameAs").put("harborcrm", "88");
            }));
    contact = pods.hub.api().read("/contacts/" + id);
    assertThat(contact.at("/emails/0").asString()).isEqualTo("ines@example.org");
    assertThat(contact.at("/phones/0").asString()).isEqualTo("+1 804 555 0142");
    assertThat(contact.path("family_name").asString()).isEqualTo("Almeida");
    assertThat(contact.path("given_name").asString()).isEqualTo("Ines");
    assertThat(violations("realestate/contact#update")).containsExactly("/data/object/email");
    assertThat(followed("realestate/contact#update")).containsExactly("contact.edited");

    // A visitor with that address is that contact.
    published(
        event(
            "website#saveproperty",
            data -> {
              data.putObject("agent").put("email", "INES@example.org").putNull("name");
              data.putObject("object")
                  .put("originatingSystemName", "HARBOR-MLS")
                  .put("originatingSystemKey", 4711);
            }));
    published(
        event(
            "website#propertysearchsave",
            data -> {
              data.putObject("agent").put("email", "ines@example.org");
              var search = data.putObject("object").put("name", "By the water");
              search.putObject("price").put("minValue", 300_000).put("maxValue", 500_000);
              search.putObject("bedrooms").put("minValue", 2);
              search.put("listingStatus", "ActiveListingStatus,PendingListingStatus");
              search.put("propertyType", "RESI");
              search.putObject("location").put("addressLocality", "O'Fallon");
            }));
    only("/contacts");
    assertThat(held(id, "SELECT filter FROM saved_search WHERE holder_id = :h"))
        .containsExactly(
            "ListPrice Ge 300000 And ListPrice Le 500000 And BedsTotal Ge 2"
                + " And PropertyType Eq 'Residential' And StandardStatus Eq 'Active','Pending'"
                + " And City Eq 'O\\'Fallon'");
    var listing = only("/listings");
    assertThat(held(id, FAVORITES)).containsExactly(listing);
    assertThat(followed("realestate/website#saveproperty"))
        .containsExactly("listing.set", "cart.created", "cart.changed");
    // As the contract's listings are called, it is the same one.
    saves("ines@example.org", "HARBOR-MLS+4711");
    assertThat(held(id, FAVORITES)).containsExactly(listing);
    // By its number with the publisher alone: kept until somebody speaks of it.
    saves("ines@example.org", "H-77");
    assertThat(violations("realestate/website#saveproperty"))
        .containsExactly("/data/object/originatingSystemKey");
    assertThat(followed("realestate/website#saveproperty")).containsExactly("cart.awaits");
    assertThat(held(id, FAVORITES)).containsExactly(listing);
    published(
        Pods.listing(
            office.profile, "4712", o -> o.put("listingId", "H-77").put("city", "Harbor")));
    assertThat(held(id, FAVORITES)).hasSize(2).startsWith(listing);
    // Once it is known, at once; and only once.
    saves("ines@example.org", "H-77");
    assertThat(held(id, FAVORITES)).hasSize(2);
    // A listing that people make comes to those who kept its number too.
    saves("ines@example.org", "H-88");
    assertThat(held(id, FAVORITES)).hasSize(2);
    var byHand =
        pods.hub
            .api()
            .make("/listings", Json.object().put("mls_name", "HARBOR-MLS").put("mls_id", "H-88"));
    assertThat(held(id, FAVORITES)).hasSize(3).endsWith(byHand.path("id").asString());
    // Nothing that names it, and nobody whose it would be.
    saves("ines@example.org", null);
    assertThat(violations("realestate/website#saveproperty")).containsExactly("/data/object");
    saves(null, "H-77");
    assertThat(violations("realestate/website#saveproperty")).contains("/data/agent");
    only("/contacts");
    assertThat(followed("realestate/website#propertysearchsave")).containsExactly("search.created");

    // Consent: of each channel the last word holds, whenever it comes.
    consents("unsubscribe", "2026-03-14T09:10:00Z", "ines@example.org", null);
    consents("subscribe", "2026-03-14T09:05:00Z", "ines@example.org", "+1 804 555 0142");
    var said = pods.hub.api().read("/contacts/" + id).path("consents");
    assertThat(said).hasSize(3);
    var held =
        said.valueStream()
            .filter(c -> c.path("holds").asBoolean())
            .map(c -> c.path("channel").asString() + " " + c.path("given").asBoolean());
    assertThat(held).containsExactlyInAnyOrder("email false", "phone true");
    assertThat(said.at("/0/at").asString()).isEqualTo("2026-03-14T09:10:00Z");
    assertThat(said.at("/0/publisher").asString()).isEqualTo(portal.id);
    assertThat(said.at("/0/providers/0").asString()).isEqualTo(office.profile);
    var person = pods.hub.api().read("/persons/" + contact.path("person_id").asString());
    assertThat(person.path("consents")).isEqualTo(said);
    try (var ada = ConsoleGuest.administrator(pods.hub)) {
      assertThat(ada.get("/console/contacts/" + id).body())
          .contains("Wants no e-mail", "Allows calls");
    }
    // Somebody whom nobody knows can forbid it too.
    consents("unsubscribe", "2026-03-14T09:10:00Z", "noe@example.org", null);
    assertThat(pods.hub.items("/contacts")).hasSize(2);

    published(event("contact#delete", d -> d.putObject("object").put("sameAs", "harborcrm:88")));
    assertThat(only("/contacts")).isNotEqualTo(id);
    assertThat(followed("realestate/contact#delete"))
        .contains("contact.deleted", "search.deleted", "cart.deleted");
    published(event("contact#delete", d -> d.putObject("object").put("sameAs", "harborcrm:99")));
    // Without a name nobody is deleted, whatever address is given.
    published(event("contact#delete", d -> d.putObject("object").put("email", "noe@example.org")));
    assertThat(latest("realestate/contact#delete").at("/violations/0/action").asString())
        .isEqualTo("nobody is deleted");
    only("/contacts");

    // A person's erasure takes what they said with it.
    var noe = pods.hub.items("/contacts").getFirst().path("person_id").asString();
    pods.hub.api().make("/persons/" + noe + "/erase", Json.object());
    assertThat(held(noe, "SELECT channel FROM consent WHERE person_id = :h")).isEmpty();
    assertThat(held(contact.path("person_id").asString(), CONSENTS)).hasSize(3);

    published(
        event(
            "servicearea#create",
            data -> {
              var area = data.putObject("object").put("kind", "City");
              area.putObject("identifier").put("harborcrm", "area-1");
            }));
    assertThat(followed("realestate/servicearea#create")).containsExactly("area.changed");

    // Who serves the place of the home answers, until they serve it no more.
    serves("create", "area-2", owner.profile, true);
    serves("create", "area-3", office.profile, false);
    published(asks("L-40", "04101-1234"));
    var served = story(pods.hub.items("/leads").getFirst().path("id").asString());
    assertThat(served.at("/answers/member").asString()).isEqualTo(ruth);
    assertThat(served.at("/answers/reason").asString())
        .isEqualTo("Ruth Okafor serves the postal code 04101 (service area harborcrm:area-2).");
    assertThat(served.at("/contact/owner").asString()).isEqualTo(ruth);
    // Where the lead names a listing that is known, and not where that lies, by the listing; and
    // it stays so when the listing is elsewhere later.
    published(
        Pods.listing(office.profile, "4740", o -> o.put("postalCode", "04101").put("url", HOME)));
    published(about("L-42", o -> o.put("url", HOME)));
    assertThat(served("L-42")).startsWith("Ruth Okafor serves the postal code 04101");
    published(about("L-43", o -> o.put("url", HOME).put("addressLocality", "Elsewhere")));
    assertThat(served("L-43")).contains("no routing rule");
    published(Pods.listing(office.profile, "4740", o -> o.put("postalCode", "99999")));
    published(
        about(
            "L-44",
            o -> o.put("originatingSystemName", "HARBOR-MLS").put("originatingSystemKey", "4740")));
    assertThat(served("L-44")).contains("no routing rule");
    serves("delete", "area-2", owner.profile, true);
    published(asks("L-41", "04101"));
    var unserved = story(pods.hub.items("/leads").getFirst().path("id").asString());
    assertThat(unserved.at("/answers/reason").asString()).contains("no routing rule");
    assertThat(pods.hub.items("/service-areas"))
        .extracting(a -> a.path("name").asString())
        .containsExactly("harborcrm:area-3", "harborcrm:area-1");
    pods.hub
        .api()
        .make("/persons/" + unserved.path("person_id").asString() + "/erase", Json.object());

    // A lead's contact goes with it, at the time that the log has.
    published(lead("lead#add", "L-30", d -> person(d, "Lia")));
    published(lead("lead#assign", "L-30", d -> d.put("recipient", owner.profile)));
    assertThat(
            story(pods.hub.items("/leads").getFirst().path("id").asString())
                .at("/contact/owner")
                .asString())
        .isEqualTo(ruth);

    // Into another office it goes as a transfer, at that time too.
    var home = pods.hub.api().read("/parties/" + office.id).path("node").asString();
    var far =
        pods.hub
            .api()
            .make(
                "/nodes",
                Json.object()
                    .put("kind", "office")
                    .put("name", "Far office")
                    .put("parent", pods.hub.api().read("/nodes/" + home).path("parent").asString()))
            .path("id")
            .asString();
    var there = pods.party("Far office", "office", b -> b.put("node", far));
    published(lead("lead#add", "L-31", d -> person(d, "Zoe")));
    var moving = pods.hub.items("/leads").getFirst().path("contact_id").asString();
    published(lead("lead#assign", "L-31", d -> d.put("recipient", there.profile)));
    assertThat(held(moving, "SELECT kind FROM log WHERE subject = :h ORDER BY seq"))
        .containsExactly("contact.created", "contact.transferred");
    assertThat(held(moving, "SELECT office_id FROM contact WHERE id = :h")).containsExactly(far);

    // Of several who serve a place nothing goes to who has no weight.
    weighs("area-6", there.profile, 1);
    weighs("area-5", owner.profile, 0);
    published(asks("L-50", "04102"));
    assertThat(served("L-50")).startsWith("Far office serves the postal code 04102");

    // Who was routed stays routed when the lead is over and its contact is not.
    assertThat(
            pods.hub
                .api()
                .patch(
                    "/contacts/" + served.at("/contact/id").asString(),
                    (ObjectNode) Json.tree("{\"tags\": [\"Keep\"]}"))
                .status())
        .isEqualTo(200);
    published(lead("lead#assign", "L-40", d -> d.put("recipient", office.profile)));
    pods.hub
        .api()
        .patch(
            "/sources/" + served.path("source").asString(), Json.object().put("retention", "PT1H"));
    pods.hub.clock().advance(Duration.ofHours(2));
    pods.hub.await(
        "the lead to be over",
        () -> Optional.of(story(served.path("id").asString())).filter(l -> l.has("erased_at")));
    assertThat(pods.hub.api().get("/contacts/" + served.at("/contact/id").asString()).status())
        .isEqualTo(200);
  }

  private void serves(String action, String name, String provider, boolean consumers) {
    published(
        event(
            "servicearea#" + action,
            data -> {
              var area = data.putObject("object").put("kind", "PostalCode");
              area.put("postalCode", "04101").putObject("identifier").put("harborcrm", name);
              area.putObject("provider").put("id", provider);
              area.putObject("additionalProperty").put("sentToConsumerSite", consumers);
            }));
  }

  private void weighs(String name, String provider, int weight) {
    published(
        event(
            "servicearea#update",
            data -> {
              var area = data.putObject("object").put("kind", "PostalCode");
              area.put("postalCode", "04102").putObject("identifier").put("harborcrm", name);
              area.putObject("provider").put("id", provider);
              area.putObject("additionalProperty").put("weight", weight);
            }));
  }

  private static final String HOME = "https://homes.example.org/4740";

  private String served(String number) {
    var id = only("/leads?lead_id=harborcrm:" + number);
    return story(id).at("/answers/reason").asString();
  }

  private static ObjectNode asks(String number, String postalCode) {
    return about(number, o -> o.put("postalCode", postalCode));
  }

  private static ObjectNode about(String number, Consumer<ObjectNode> listing) {
    return lead(
        "lead#add",
        number,
        data -> {
          person(data, "Asker" + number.replace("-", ""));
          listing.accept(
              ((ObjectNode) data.path("object"))
                  .putArray("leadSource")
                  .addObject()
                  .putObject("about"));
        });
  }

  private static final String FAVORITES =
      "SELECT i.listing_id FROM listing_cart c JOIN listing_cart_item i ON i.cart_id = c.id"
          + " WHERE c.holder_id = :h AND c.type = 'Favorites' ORDER BY i.n";

  private void saves(@Nullable String email, @Nullable String number) {
    published(
        event(
            "website#saveproperty",
            data -> {
              data.putObject("agent").put("name", "Ines Almeida").put("email", email);
              var listing = data.putObject("object");
              if (number != null) {
                listing.put("listingId", number);
              }
            }));
  }

  private static final String CONSENTS = "SELECT channel FROM consent WHERE person_id = :h";

  private List<String> held(String id, String sql) {
    return pods.hub
        .hub()
        .store()
        .read(h -> h.createQuery(sql).bind("h", id).mapTo(String.class).list());
  }

  private JsonNode latest(String topic) {
    return pods.hub.items("/events?topic=" + topic.replace("#", "%23")).getFirst();
  }

  /// The kinds of the lines that the latest event of that topic brought about.
  private List<String> followed(String topic) {
    return pods.hub
        .api()
        .read("/events/" + latest(topic).path("id").asString())
        .path("consequences")
        .valueStream()
        .map(l -> l.path("kind").asString())
        .toList();
  }

  private List<String> violations(String topic) {
    return latest(topic)
        .path("violations")
        .valueStream()
        .map(v -> v.path("pointer").asString())
        .toList();
  }

  private void consents(String action, String at, String email, @Nullable String phone) {
    published(
        event(
            "marketingpreferences#" + action,
            data -> {
              var consumer = data.putObject("agent").put("email", email);
              consumer.put("subscriptionChangeDateTime", at);
              if (phone != null) {
                consumer.put("telephone", phone);
              }
              data.putArray("participant")
                  .addObject()
                  .put("roleName", "SubscriptionProvider")
                  .put("id", office.profile);
            }));
  }

  @Test
  void leads_that_nobody_knows_or_that_are_half_said_are_kept() {
    // Heard of first as it changes hands: a lead all the same.
    published(
        lead(
            "lead#assign",
            "L-7",
            d -> {
              person(d, "Omar");
              d.put("recipient", "{lead-owner}");
            }));
    var story = story(only("/leads"));
    assertThat(kinds(story)).contains("lead.created", "step.assigned");
    assertThat(story.at("/steps/0/recipient").asString()).isEqualTo("{lead-owner}");
    // Nobody in it, and nobody knows it: kept for somebody to look at.
    published(lead("lead#accept", "L-9", d -> d.put("agent", office.profile)));
    var kept = pods.hub.items("/receipts?state=quarantined");
    assertThat(kept).hasSize(1);
    assertThat(kept.getFirst().path("reason").asString()).contains("no lead of that name");
    // Our own lead that comes back is no other lead.
    published(
        event(
            "lead#add",
            d -> {
              d.putObject("object")
                  .putObject("identifier")
                  .put("porchlight", story.path("id").asString());
              person(d, "Omar");
            }));
    assertThat(pods.hub.items("/leads")).hasSize(1);

    // What a visitor does is a lead, once per act; the rest of what they do is carried unread.
    var ask =
        event(
            "website#requestshowing",
            d -> {
              d.put("identifier", "act-1");
              d.putObject("agent").put("name", "Noe Roussel").put("email", "noe@example.org");
              d.putObject("object").put("text", "Saturday?");
              d.putObject("about").put("listingId", 12);
            });
    published(ask);
    published(ask.put("identifier", "outer"));
    published(event("website#viewproperty", d -> d.putObject("agent").put("name", "Noe")));
    var leads = pods.hub.items("/leads");
    assertThat(leads).hasSize(2);
    var showing = story(leads.getFirst().path("id").asString());
    assertThat(showing.at("/content/origin/kind").asString()).isEqualTo("RequestShowingAction");
    assertThat(showing.at("/content/interest/property/mls_id").asString()).isEqualTo("12");
    assertThat(showing.has("listing")).isFalse();
    var events = pods.hub.items("/events?publisher=harbor-portal");
    var full = pods.hub.api().read("/events/" + events.get(2).path("id").asString());
    assertThat(full.path("consequences").valueStream().map(l -> l.path("kind").asString()))
        .contains("receipt.done");

    // By its number with the publisher alone the lead is tied to that publisher's listing, once it
    // comes, whoever else has one of that number.
    published(Pods.listing(office.profile, "9012", o -> o.put("listingId", "12")));
    var elsewhere = pods.party("Other feed", "app");
    pods.grant(office, elsewhere, "realestate/listing", null);
    var theirs = Pods.listing(office.profile, "9013", o -> o.put("listingId", "12"));
    assertThat(elsewhere.publish(theirs).status()).isEqualTo(201);
    var tied = story(showing.path("id").asString()).path("listing").asString();
    assertThat(
            pods.hub.api().read("/listings/" + tied).at("/standard_fields/ListingKey").asString())
        .isEqualTo("9012");
    // And that listing's page has the lead, the other's has not.
    try (var ada = ConsoleGuest.administrator(pods.hub)) {
      for (var listing : pods.hub.items("/listings")) {
        var id = listing.path("id").asString();
        assertThat(
                ada.get("/console/listings/" + id)
                    .body()
                    .contains("/console/leads/" + showing.path("id").asString()))
            .as(id)
            .isEqualTo(id.equals(tied));
        // Where the look ends early, it goes on, found or not.
        var store = pods.hub.hub().store();
        var page =
            NumberedListings.leads(
                new Picked.Look(1, Duration.ZERO),
                store,
                new Leads(store),
                Scope.EVERYTHING,
                new Listings(store).find(Scope.EVERYTHING, id).orElseThrow(),
                Long.MAX_VALUE,
                5);
        assertThat(page.rows()).as(id).hasSize(id.equals(tied) ? 1 : 0);
        assertThat(page.next()).isPresent();
      }
    }
    // A name may be as long as a contact can hold.
    var name = "Ada " + "de la ".repeat(12) + "Cruz";
    published(
        event(
            "website#saveproperty",
            d -> {
              d.putObject("agent").put("name", name).put("email", "ada@example.org");
              d.putObject("object").put("listingId", 12);
            }));
    assertThat(pods.hub.items("/contacts"))
        .extracting(c -> c.path("display_name").asString())
        .contains(name);
    // What a lead brought as an address, and is none, hinders no later change.
    published(
        lead(
            "lead#add",
            "L-12",
            d -> {
              person(d, "Ola");
              ((ObjectNode) d.path("object").path("object"))
                  .put("email", "none at all")
                  .put("telephone", "+1 804 555 0177");
            }));
    published(
        event(
            "contact#update",
            d ->
                d.putObject("object")
                    .put("familyName", "Almeida")
                    .put("telephone", "+1 804 555 0177")
                    .put("email", "ola@example.org")));
    assertThat(pods.hub.items("/contacts").toString()).contains("ola@example.org");

    // Somebody asked, though nobody can answer; and somebody of whom nothing is said at all waits
    // for help.
    published(
        event(
            "website#listinginquiry",
            d -> {
              d.putObject("agent").put("name", "Mia Sol");
              d.putObject("object").put("text", "How much?");
            }));
    assertThat(violations("realestate/website#listinginquiry")).containsExactly("/data/agent");
    var unanswerable = story(pods.hub.items("/leads").getFirst().path("id").asString());
    assertThat(unanswerable.at("/content/message").asString()).isEqualTo("How much?");
    assertThat(unanswerable.at("/contact/display_name").asString()).isEqualTo("Mia Sol");
    published(event("website#register", d -> d.putObject("agent")));
    assertThat(pods.hub.items("/receipts?state=quarantined")).hasSize(2);

    // Another company's recipient of the same event has a lead of its own.
    var company =
        pods.hub
            .api()
            .make(
                "/nodes",
                Json.object().put("kind", "company").put("name", "Far").put("parent", mls()));
    var far =
        pods.hub
            .api()
            .make(
                "/nodes",
                Json.object()
                    .put("kind", "office")
                    .put("name", "Far office")
                    .put("parent", company.path("id").asString()));
    var other = pods.party("Far office", "office", b -> b.put("node", far.path("id").asString()));
    pods.grant(other, portal, "realestate/lead", null);
    var both = lead("lead#add", "L-20", d -> person(d, "Lia"));
    both.putArray("recipient").add(office.profile).add(other.profile);
    published(both);
    var two = pods.hub.items("/leads").subList(0, 2);
    assertThat(two).extracting(l -> l.path("office").asString()).doesNotHaveDuplicates();
    assertThat(two).extracting(l -> l.path("person_id").asString()).doesNotHaveDuplicates();
    assertThat(two).extracting(l -> l.path("lead_id").asString()).containsOnly("harborcrm:L-20");
  }

  private String mls() {
    return pods.hub.items("/nodes").stream()
        .filter(n -> n.path("kind").asString().equals("mls"))
        .map(n -> n.path("id").asString())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void our_leads_go_into_pods_and_to_endpoints_and_never_back() throws Exception {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      var direct =
          pods.hub.addEndpoint(
              crm.url("/events"),
              "realestate-events",
              b -> b.putArray("kinds").add("lead.created").add("lead.updated"));
      var company = pods.party("Harbor group", "company", b -> b.put("node", mls()));
      var follower = pods.party("Harbor CRM", "app");
      pods.grant(office, follower, null, "realestate/lead");
      pods.grant(company, follower, null, "realestate/lead");
      pods.grant(office, portal, null, "realestate/lead");
      var source = pods.hub.addSource("realtor", "connections-plus");
      source.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
      var inbox = arrived(follower, 1);
      var event = inbox.getFirst();
      var id = only("/leads");
      assertThat(event.path("topic").asString()).isEqualTo("realestate/lead#add");
      assertThat(event.at("/data/object/identifier/porchlight").asString()).isEqualTo(id);
      assertThat(event.path("agent").asString()).isEqualTo(office.profile);
      assertThat(event.path("instrument").asString()).isEqualTo(office.profile);
      assertThat(event.at("/source/0").asString()).isEqualTo(company.profile);
      assertThat(arrived(company, 1)).hasSize(1);
      arrived(portal, 1);
      var pushed = crm.await(1).getFirst();
      assertThat(pushed.json().path("data")).isEqualTo(event.path("data"));
      assertThat(pushed.header("Porchlight-Path")).contains(id);
      assertThat(pushed.isSignedWith(direct.secret())).isTrue();

      // The follower takes it, by the identifier that it was given.
      published(
          event(
              "lead#accept",
              d ->
                  d.putObject("object")
                      .putObject("identifier")
                      .set("porchlight", event.at("/data/object/identifier/porchlight"))));
      assertThat(story(id).at("/steps/0/step").asString()).isEqualTo("accepted");
      // Sent back as a lead it is ours, and goes nowhere again.
      var back = Json.object().put("topic", "realestate/lead#add");
      back.set("data", event.path("data"));
      published(back);
      assertThat(pods.hub.items("/leads")).hasSize(1);

      // A lead that came as an event of the group is not told of again; its followers have it.
      published(lead("lead#add", "L-1", d -> person(d, "Ines")));
      // What a website's event brought does not go back to whoever published it.
      published(
          event(
              "website#askquestion",
              d -> {
                d.putObject("agent").put("email", "noe@example.org");
                d.putObject("object").put("text", "Is it quiet?");
              }));
      inbox = arrived(follower, 5);
      assertThat(inbox)
          .extracting(e -> e.path("topic").asString())
          .containsExactly(
              "realestate/lead#add",
              "realestate/lead#accept",
              "realestate/lead#add",
              "realestate/lead#add",
              "realestate/lead#add");
      assertThat(inbox.get(4).at("/data/object/leadSource/0/object/text").asString())
          .isEqualTo("Is it quiet?");
      assertThat(portal.inbox()).hasSize(4);

      // A second version goes out as an update, and a new member who answers as that.
      source.post(LeadBodies.buyer("B-1", InventedPerson.of(2)));
      assertThat(arrived(follower, 6).getLast().path("topic").asString())
          .isEqualTo("realestate/lead#update");
      var desk = pods.hub.api().make("/nodes", member("Ruth Okafor")).path("id").asString();
      pods.hub
          .api()
          .patch(
              "/contacts/" + story(id).path("contact_id").asString(),
              Json.object().put("owner", desk));
      assertThat(arrived(follower, 7).getLast().path("topic").asString())
          .isEqualTo("realestate/lead#assign");
      assertThat(follower.inbox().toString()).contains("noe@example.org");
      var noe = pods.hub.items("/persons?email=noe@example.org").getFirst().path("id").asString();
      pods.hub.api().make("/persons/" + noe + "/erase", Json.object());
      assertThat(follower.inbox().toString()).doesNotContain("noe@example.org");
    }
  }

  private List<JsonNode> arrived(Pods.Pod pod, int items) {
    return pods.hub.await(
        items + " items", () -> Optional.of(pod.inbox()).filter(i -> i.size() >= items));
  }

  private ObjectNode member(String name) {
    return Json.object()
        .put("kind", "member")
        .put("name", name)
        .put("parent", pods.hub.api().read("/parties/" + office.id).path("node").asString());
  }
}
