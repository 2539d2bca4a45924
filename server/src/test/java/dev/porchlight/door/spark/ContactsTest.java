package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Contacts as clients of the contract meet them.
@OnEveryDatabase
class ContactsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  static String contact(String name, String email) {
    return contact(name, email, "");
  }

  static String contact(String name, String email, String more) {
    return """
    {"D":{"Contacts":[{"DisplayName":"%s","PrimaryEmail":"%s"%s}],"Notify":false}}\
    """
        .formatted(name, email, more);
  }

  static String make(SparkWorld world, SparkWorld.Key key, String name, String email) {
    return world
        .as(key, "POST", "/v1/contacts", contact(name, email))
        .succeeded(201)
        .result()
        .path("Id")
        .asString();
  }

  private static String filtered(String filter) {
    return "/v1/contacts?_filter=" + SparkWorld.encode(filter);
  }

  private static List<String> names(SparkWorld.Reply reply) {
    return reply
        .succeeded(200)
        .d()
        .path("Results")
        .valueStream()
        .map(c -> c.path("DisplayName").asString())
        .toList();
  }

  @Test
  void both_shapes_of_a_new_contact_work() {
    try (var world = world()) {
      var key = world.key("private");
      var documented =
          """
          {"D":{"DisplayName":"Zoë & Co","PrimaryEmail":"z+1@example.com","GivenName":"Zoë",
           "Tags":["IDX Lead","idx lead","VIP"],"Notify":true,"SourceURL":"https://example.org/x",
           "HomeStreetAddress":"1 Main St\\nApt 2","Settings":{"ReverseProspecting":true}}}\
          """;
      var made = world.as(key, "POST", "/v1/contacts", documented).succeeded(201).result();
      var id = made.path("Id").asString();
      assertThat(id).matches("[0-9]{26}");
      assertThat(made.path("ResourceUri").asString()).isEqualTo("/v1/contacts/" + id);
      var shown = world.get(key, "/v1/contacts/" + id).succeeded(200).result();
      assertThat(shown.path("DisplayName").asString()).isEqualTo("Zoë & Co");
      assertThat(SparkWorld.words(shown.path("Tags"))).containsExactly("IDX Lead", "VIP");
      assertThat(shown.path("RecordStatus").asString()).isEqualTo("Connected");
      assertThat(shown.path("HomeStreetAddress").asString()).isEqualTo("1 Main St\nApt 2");
      assertThat(shown.path("Settings").path("ReverseProspecting").booleanValue()).isTrue();
      assertThat(shown.path("CreatedTimestamp").asString())
          .matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
      assertThat(shown.has("Notify")).isFalse();
      assertThat(shown.has("FamilyName")).isFalse();
      assertThat(shown.has("SecondaryEmails")).isFalse();
      // Kept, though nobody described it; the own API shows it.
      assertThat(world.hub.api().read("/contacts/" + id).path("aside").path("SourceURL").asString())
          .isEqualTo("https://example.org/x");
      // The current user was told.
      var messages = world.get(key, "/v1/messages").succeeded(200).d().path("Results");
      assertThat(messages).hasSize(1);
      assertThat(messages.get(0).path("SenderId").asString()).isEqualTo(id);
      assertThat(messages.get(0).path("Subject").asString()).contains("Zoë & Co");
      var again =
          world.get(key, messages.get(0).path("ResourceUri").asString()).succeeded(200).result();
      assertThat(again.path("Id")).isEqualTo(messages.get(0).path("Id"));

      make(world, key, "By a client", "client@example.org");
      assertThat(world.get(key, "/v1/messages").d().path("Results")).hasSize(1);
      assertThat(names(world.get(key, "/v1/contacts"))).containsExactly("By a client", "Zoë & Co");
    }
  }

  @Test
  void a_lead_is_a_contact_the_moment_it_is_answered() {
    try (var world = world()) {
      var key = world.key("private");
      var portal = world.hub.addSource("realtor-com", "connections-plus");
      var ana = new InventedPerson("Ana", "López", "Ana.Lopez@example.org", "+1 804 477 7777");
      assertThat(portal.post(LeadBodies.buyer("L-1", ana)).status()).isEqualTo(200);
      var found =
          world.get(key, filtered("PrimaryEmail Eq 'ana.lopez@example.org'")).succeeded(200);
      var contact = found.result();
      assertThat(contact.path("GivenName").asString()).isEqualTo("Ana");
      assertThat(contact.path("FamilyName").asString()).isEqualTo("López");
      assertThat(contact.path("DisplayName").asString()).isEqualTo("Ana López");
      assertThat(contact.path("PrimaryEmail").asString()).isEqualTo("Ana.Lopez@example.org");
      assertThat(contact.path("PrimaryPhoneNumber").asString()).isEqualTo("+1 804 477 7777");
      assertThat(SparkWorld.words(contact.path("Tags"))).containsExactly("realtor-com");
      assertThat(names(world.get(key, filtered("Tags Eq 'Realtor-COM'"))))
          .containsExactly("Ana López");

      // What a member types stays, whatever the next lead says.
      var id = contact.path("Id").asString();
      world.hub.clock().advance(Duration.ofMinutes(1));
      world
          .as(
              key,
              "PUT",
              "/v1/contacts/" + id,
              """
              {"D":{"GivenName":"Annie","PrimaryPhoneNumber":null,"Tags":["mine"],
               "PrimaryEmail":"annie@example.org"}}\
              """)
          .succeeded(200);
      portal.post(LeadBodies.seller("L-2", ana));
      var after = world.get(key, "/v1/contacts/" + id).result();
      assertThat(after.path("GivenName").asString()).isEqualTo("Annie");
      assertThat(after.path("DisplayName").asString()).isEqualTo("Annie López");
      assertThat(after.has("PrimaryPhoneNumber")).isFalse();
      assertThat(SparkWorld.words(after.path("Tags"))).containsExactly("mine");
      assertThat(after.path("PrimaryEmail").asString()).isEqualTo("annie@example.org");
      assertThat(SparkWorld.words(after.path("SecondaryEmails")))
          .containsExactly("Ana.Lopez@example.org");
      assertThat(after.path("ModificationTimestamp").asString())
          .isGreaterThan(after.path("CreatedTimestamp").asString());
      assertThat(world.hub.story("L-2").path("contact_id").asString()).isEqualTo(id);

      // Only an address is known: that is the name.
      portal.post(
          LeadBodies.buyer("L-3", new InventedPerson(null, null, "only@example.org", null)));
      assertThat(names(world.get(key, filtered("PrimaryEmail Eq 'only@example.org'"))))
          .containsExactly("only@example.org");
    }
  }

  @Test
  void a_lead_finds_the_contact_that_somebody_made_by_hand() {
    try (var world = world()) {
      var key = world.key("idx");
      var portal = world.hub.addSource("portal", "connections-plus");
      var id = make(world, key, "Ana Lopez", "ana@example.org");
      portal.post(
          LeadBodies.buyer("L-1", new InventedPerson("Ana", "Lopez", "ANA@example.org", null)));
      assertThat(world.hub.story("L-1").path("contact_id").asString()).isEqualTo(id);
      var contact = world.get(key, "/v1/contacts/" + id).result();
      assertThat(contact.path("GivenName").asString()).isEqualTo("Ana");
      assertThat(SparkWorld.words(contact.path("Tags"))).containsExactly("portal");
      // Deleted, it does not come back: the next lead makes another.
      world.as(key, "DELETE", "/v1/contacts/" + id, "").succeeded(200);
      portal.post(
          LeadBodies.buyer("L-2", new InventedPerson("Ana", "Lopez", "ana@example.org", null)));
      assertThat(world.hub.story("L-2").path("contact_id").asString()).isNotEqualTo(id);
      world.get(key, "/v1/contacts/" + id).failed(404, 404);
      assertThat(world.hub.api().get("/contacts/" + id).status()).isEqualTo(404);
      assertThat(world.hub.items("/contacts")).hasSize(1);
    }
  }

  @Test
  void what_is_longer_than_the_contract_allows_is_kept_whole_and_shown_as_far_as_it_fits() {
    try (var world = world()) {
      var key = world.key("private");
      var portal = world.hub.addSource("portal", "connections-plus");
      var first = "Ä".repeat(50);
      var last = "😀".repeat(40);
      var email = "a".repeat(60) + "@" + "b".repeat(30) + ".example.org";
      portal.post(LeadBodies.buyer("L-1", new InventedPerson(first, last, email, null)));
      var contact = world.get(key, filtered("PrimaryEmail Eq '" + email + "'")).result();
      assertThat(contact.path("DisplayName").asString()).isEqualTo(first + " " + "😀".repeat(24));
      // Cut, an address would be another's.
      assertThat(contact.has("PrimaryEmail")).isFalse();
      var whole = world.hub.api().read("/contacts/" + contact.path("Id").asString());
      assertThat(whole.path("display_name").asString()).isEqualTo(first + " " + last);
      assertThat(whole.path("emails").get(0).asString()).isEqualTo(email);
    }
  }

  @Test
  void an_update_changes_what_is_sent_and_null_clears() {
    try (var world = world()) {
      var key = world.key("private");
      var id =
          world
              .as(
                  key,
                  "POST",
                  "/v1/contacts",
                  contact(
                      "Ana Lopez",
                      "ana@example.org",
                      """
                      ,"SecondaryEmails":["b@example.org","c@example.org"],
                       "AdditionalNotificationEmails":["B@example.org"],"Note":"first",
                       "Birthday":"in May","Settings":{"ReverseProspecting":true},"SourceURL":"x"\
                      """))
              .succeeded(201)
              .result()
              .path("Id")
              .asString();
      var path = "/v1/contacts/" + id;
      var put = world.as(key, "PUT", path, "{\"D\":{\"Birthday\":null,\"Note\":\"\"}}");
      assertThat(put.succeeded(200).d().size()).isEqualTo(1);
      var now = world.get(key, path).result();
      assertThat(now.has("Birthday")).isFalse();
      assertThat(now.has("Note")).isFalse();
      assertThat(SparkWorld.words(now.path("SecondaryEmails")))
          .containsExactly("b@example.org", "c@example.org");
      assertThat(SparkWorld.words(now.path("AdditionalNotificationEmails")))
          .containsExactly("B@example.org");
      assertThat(now.path("Settings").path("ReverseProspecting").booleanValue()).isTrue();
      // An address that is no longer a secondary one gets no notifications.
      world
          .as(key, "PUT", path, "{\"D\":{\"SecondaryEmails\":[\"c@example.org\"]}}")
          .succeeded(200);
      now = world.get(key, path + "?_select=AdditionalNotificationEmails,Tags").result();
      assertThat(now.path("AdditionalNotificationEmails").isEmpty()).isTrue();
      assertThat(now.path("AdditionalNotificationEmails").isArray()).isTrue();
      assertThat(now.path("Tags").isArray()).isTrue();
      assertThat(now.propertyNames())
          .containsExactlyInAnyOrder("ResourceUri", "Id", "AdditionalNotificationEmails", "Tags");
      world
          .as(key, "PUT", path, "{\"D\":{\"AdditionalNotificationEmails\":[\"x@example.org\"]}}")
          .failed(400, 1053);
      // The new primary address takes the old one's place.
      world
          .as(key, "PUT", path, "{\"D\":{\"PrimaryEmail\":\"c@example.org\",\"SourceURL\":null}}")
          .succeeded(200);
      now = world.get(key, path).result();
      assertThat(now.path("PrimaryEmail").asString()).isEqualTo("c@example.org");
      assertThat(now.has("SecondaryEmails")).isFalse();
      assertThat(world.hub.api().read("/contacts/" + id).path("aside").isEmpty()).isTrue();
    }
  }

  @Test
  void one_owner_has_an_address_once() {
    try (var world = world()) {
      var ruth = world.member("Ruth Okafor");
      var key = world.key("private");
      var ruths = world.key("private", b -> b.put("member", ruth));
      make(world, key, "Ana Lopez", "ana@example.org");
      var twin = world.as(key, "POST", "/v1/contacts", contact("Other", "ANA@Example.org"));
      assertThat(twin.failed(409, 1055).d().path("Errors").get(0).path("Attribute").asString())
          .isEqualTo("PrimaryEmail");
      // Another owner has contacts of their own, of the same person.
      var hers = make(world, ruths, "Ana", "ana@example.org");
      var bo = make(world, key, "Bo", "bo@example.org");
      world
          .as(key, "PUT", "/v1/contacts/" + bo, "{\"D\":{\"PrimaryEmail\":\"ana@example.org\"}}")
          .failed(409, 1055);
      world
          .as(key, "PUT", "/v1/contacts/" + bo, "{\"D\":{\"PrimaryEmail\":\"BO@example.org\"}}")
          .succeeded(200);
      var frontDesk = world.get(key, "/v1/my/account").result().path("Id").asString();
      world
          .as(ruths, "PUT", "/v1/contacts/" + hers, "{\"D\":{\"OwnerId\":\"" + frontDesk + "\"}}")
          .failed(409, 1055);
      assertThat(names(world.get(ruths, "/v1/contacts"))).containsExactly("Ana");
      var lead = new InventedPerson("Ana", null, "ana@example.org", null);
      var unique =
          world.get(ruths, "/v1/contacts/" + hers + "?_expand=UniquePrimaryEmail").result();
      assertThat(unique.path("UniquePrimaryEmail").booleanValue()).isTrue();
      // A lead goes to the contact that was there first.
      world.hub.addSource("portal", "connections-plus").post(LeadBodies.buyer("L-1", lead));
      var first = world.hub.story("L-1").path("contact");
      assertThat(first.path("owner").asString()).isEqualTo(frontDesk);
      // Once that is deleted, to the other.
      world.as(key, "DELETE", "/v1/contacts/" + first.path("id").asString(), "").succeeded(200);
      world.hub.addSource("again", "connections-plus").post(LeadBodies.buyer("L-2", lead));
      assertThat(world.hub.story("L-2").path("contact_id").asString()).isEqualTo(hers);
    }
  }

  @Test
  void a_setting_relaxes_that_to_name_and_address() {
    var setup = database.in(folder);
    try (var world =
        new SparkWorld(
            setup.config(c -> database.config().apply(c).withSparkTwinsByName()).start())) {
      var key = world.key("private");
      make(world, key, "Ana Lopez", "home@example.org");
      var other = make(world, key, "Bo Lopez", "HOME@example.org");
      world
          .as(key, "POST", "/v1/contacts", contact("ana lopez", "home@example.org"))
          .failed(409, 1055);
      world
          .as(key, "PUT", "/v1/contacts/" + other, "{\"D\":{\"DisplayName\":\"ANA LOPEZ\"}}")
          .failed(409, 1055);
      var shown = world.get(key, "/v1/contacts?_expand=UniquePrimaryEmailCheck");
      shown
          .d()
          .path("Results")
          .forEach(c -> assertThat(c.path("UniquePrimaryEmail").booleanValue()).isFalse());
    }
  }

  @Test
  void a_transfer_goes_to_colleagues_of_the_company_and_to_nobody_else() {
    try (var world = world()) {
      var nodes = world.hub.items("/nodes?limit=200");
      var company = idOf(nodes, "company");
      var mls = idOf(nodes, "mls");
      var ruth = world.member("Ruth Okafor");
      var branch = node(world, "office", "Branch", company);
      var bob = node(world, "member", "Bob Branch", branch);
      var rival = node(world, "company", "Rival", mls);
      var rivals = node(world, "office", "Rivals", rival);
      var stranger = node(world, "member", "A Stranger", rivals);
      var key = world.key("private");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var bobs = world.key("private", b -> b.put("member", bob));
      var id = make(world, key, "Ana Lopez", "ana@example.org");
      var path = "/v1/contacts/" + id;

      world.as(key, "PUT", path, owner(stranger)).failed(403, 1500);
      world.as(key, "PUT", path, owner("20200101000000000000000000")).failed(400, 1053);
      world.as(key, "PUT", path, owner("nobody")).failed(400, 1053);
      world.as(key, "PUT", path, owner(company)).failed(400, 1053);
      world.as(key, "PUT", path, owner(rivals)).failed(403, 1500);
      world.as(key, "PUT", path, "{\"D\":{\"OwnerId\":null}}").failed(400, 1053);
      world
          .as(key, "PUT", path, "{\"D\":{\"OwnerId\":\"" + ruth + "\",\"GivenName\":\"A\"}}")
          .failed(400, 1053);
      assertThat(world.get(key, path).status()).isEqualTo(200);

      world.as(key, "PUT", path, owner(ruth)).succeeded(200);
      world.get(key, path).failed(404, 404);
      world.as(key, "PUT", path, owner(ruth)).failed(404, 404);
      assertThat(names(world.get(key, "/v1/contacts"))).isEmpty();
      assertThat(names(world.get(ruths, "/v1/contacts"))).containsExactly("Ana Lopez");
      assertThat(world.get(ruths, path + "?_select=OwnerId").result().path("OwnerId").asString())
          .isEqualTo(ruth);
      // An office's contacts are those of its front desk.
      world.as(ruths, "PUT", path, owner(branch)).succeeded(200);
      var branchs = world.key("private", b -> b.put("member", branch));
      assertThat(names(world.get(branchs, "/v1/contacts"))).containsExactly("Ana Lopez");
      world.as(branchs, "PUT", path, owner(bob)).succeeded(200);
      assertThat(names(world.get(bobs, "/v1/contacts"))).containsExactly("Ana Lopez");
      // In the branch it is now the contact that leads find.
      world
          .hub
          .addSource("branch", "connections-plus", b -> b.put("node", branch))
          .post(
              LeadBodies.buyer("L-1", new InventedPerson("Ana", "Lopez", "ana@example.org", null)));
      assertThat(world.hub.story("L-1").path("contact_id").asString()).isEqualTo(id);
      // And in the office that it left there is none.
      world
          .hub
          .addSource("main", "connections-plus")
          .post(
              LeadBodies.buyer("L-2", new InventedPerson("Ana", "Lopez", "ana@example.org", null)));
      assertThat(world.hub.story("L-2").path("contact_id").asString()).isNotEqualTo(id);
    }
  }

  @Test
  void an_mls_transfers_within_itself_and_a_person_stays_within_a_company() {
    try (var world = world()) {
      var nodes = world.hub.items("/nodes?limit=200");
      var mls = idOf(nodes, "mls");
      var rival = node(world, "company", "Rival", mls);
      var rivals = node(world, "office", "Rivals", rival);
      var stranger = node(world, "member", "A Stranger", rivals);
      var staff = world.key("private", b -> b.put("member", mls));
      var theirs = world.key("private", b -> b.put("member", stranger));
      var id = make(world, staff, "Ana Lopez", "ana@example.org");
      var before = world.hub.api().read("/contacts/" + id).path("person_id").asString();
      world.as(staff, "PUT", "/v1/contacts/" + id, owner(stranger)).succeeded(200);
      assertThat(names(world.get(theirs, "/v1/contacts"))).containsExactly("Ana Lopez");
      var after = world.hub.api().read("/contacts/" + id);
      assertThat(after.path("person_id").asString()).isNotEqualTo(before);
      assertThat(after.path("office").asString()).isEqualTo(rivals);
    }
  }

  static String idOf(List<JsonNode> nodes, String kind) {
    return nodes.stream()
        .filter(n -> n.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  static String node(SparkWorld world, String kind, String name, String parent) {
    return world
        .hub
        .api()
        .make("/nodes", Json.object().put("kind", kind).put("name", name).put("parent", parent))
        .path("id")
        .asString();
  }

  static String owner(String id) {
    return "{\"D\":{\"OwnerId\":\"" + id + "\"}}";
  }

  @Test
  void of_two_transfers_at_once_one_takes_place() throws Exception {
    try (var world = world();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var key = world.key("private");
      var heirs = List.of(world.member("Ruth"), world.member("Tom"));
      for (int round = 0; round < 5; round++) {
        var path = "/v1/contacts/" + make(world, key, "Ana", "ana" + round + "@example.org");
        var tasks =
            heirs.stream()
                .<Callable<SparkWorld.Reply>>map(h -> () -> world.as(key, "PUT", path, owner(h)))
                .toList();
        var statuses = new ArrayList<Integer>();
        for (var future : threads.invokeAll(tasks)) {
          statuses.add(future.get().status());
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 404);
      }
    }
  }

  @Test
  void of_many_new_contacts_with_one_address_one_is_made() throws Exception {
    try (var world = world();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var key = world.key("private");
      var tasks = new ArrayList<Callable<SparkWorld.Reply>>();
      for (int i = 0; i < 8; i++) {
        var name = "Ana " + i;
        tasks.add(() -> world.as(key, "POST", "/v1/contacts", contact(name, "ana@example.org")));
      }
      var statuses = new ArrayList<Integer>();
      for (var future : threads.invokeAll(tasks)) {
        statuses.add(future.get().status());
      }
      assertThat(statuses).containsOnlyOnce(201).hasSize(8);
      assertThat(world.get(key, "/v1/contacts").d().path("Results")).hasSize(1);
    }
  }

  @Test
  void pages_orders_and_counts_are_the_contracts() {
    try (var world = world()) {
      var key = world.key("private");
      for (int i = 0; i < 23; i++) {
        world.hub.clock().advance(Duration.ofSeconds(1));
        world
            .as(
                key,
                "POST",
                "/v1/contacts",
                contact(
                    "Contact %02d".formatted(i),
                    "c" + i + "@example.org",
                    ",\"FamilyName\":%s"
                        .formatted(i % 3 == 0 ? "null" : "\"F" + (9 - i % 9) + "\"")))
            .succeeded(201);
      }
      var first = world.get(key, "/v1/contacts");
      assertThat(names(first)).hasSize(10).startsWith("Contact 00").endsWith("Contact 09");
      assertThat(first.d().has("Pagination")).isFalse();
      var third = world.get(key, "/v1/contacts?_page=3&_pagination=1&_limit=10");
      assertThat(names(third)).containsExactly("Contact 20", "Contact 21", "Contact 22");
      assertThat(third.d().path("Pagination").toString())
          .isEqualTo("{\"TotalRows\":23,\"PageSize\":10,\"TotalPages\":3,\"CurrentPage\":3}");
      assertThat(names(world.get(key, "/v1/contacts?_page=4"))).isEmpty();
      var skipped = world.get(key, "/v1/contacts?_skip=21&_pagination=1&_limit=25");
      assertThat(names(skipped)).containsExactly("Contact 21", "Contact 22");
      assertThat(skipped.d().path("Pagination").path("CurrentOffset").intValue()).isEqualTo(21);
      assertThat(skipped.d().path("Pagination").has("CurrentPage")).isFalse();
      var counted = world.get(key, filtered("DisplayName Eq 'Contact 1*'") + "&_pagination=count");
      assertThat(names(counted)).isEmpty();
      assertThat(counted.d().path("Pagination").path("TotalRows").intValue()).isEqualTo(10);
      assertThat(names(world.get(key, "/v1/contacts?_limit=0"))).isEmpty();
      var holding = world.get(key, "/v1/contacts?_pagination=1&_limit=5&_pagefor=" + idOf(third));
      assertThat(names(holding)).first().isEqualTo("Contact 20");
      assertThat(holding.d().path("Pagination").path("CurrentPage").intValue()).isEqualTo(5);

      assertThat(names(world.get(key, "/v1/contacts?_orderby=-DisplayName&_limit=2")))
          .containsExactly("Contact 22", "Contact 21");
      // A plus that was not escaped is a blank.
      assertThat(names(world.get(key, "/v1/contacts?_orderby=+CreatedTimestamp&_limit=1")))
          .containsExactly("Contact 00");
      assertThat(names(world.get(key, "/v1/contacts?_orderby=%2BDisplayName&_limit=1")))
          .containsExactly("Contact 00");
      assertThat(names(world.get(key, "/v1/contacts?_orderby=-Score&_limit=1")))
          .containsExactly("Contact 00");
      // What has no family name comes last; among equals the second term decides.
      var byFamily =
          names(world.get(key, "/v1/contacts?_orderby=FamilyName,-DisplayName&_limit=25"));
      assertThat(byFamily.getFirst()).isEqualTo("Contact 17");
      assertThat(byFamily.get(1)).isEqualTo("Contact 08");
      assertThat(byFamily.getLast()).isEqualTo("Contact 00");
      // The same through the override, as long queries come.
      var form = "_orderby=-DisplayName&_limit=1&_filter=" + SparkWorld.encode("Id Ne 'x'");
      var overridden =
          world.send(
              "POST",
              "/v1/contacts",
              form.getBytes(StandardCharsets.UTF_8),
              Map.of(
                  "X-HTTP-Method-Override",
                  "GET",
                  "Content-Type",
                  "application/x-www-form-urlencoded",
                  "Authorization",
                  "Bearer " + key.token()));
      assertThat(names(overridden)).containsExactly("Contact 22");
    }
  }

  private static String idOf(SparkWorld.Reply reply) {
    return reply.d().path("Results").get(0).path("Id").asString();
  }

  @Test
  void a_walk_by_token_misses_none_and_repeats_none_while_others_write() {
    try (var world = world()) {
      var key = world.key("private");
      var ids = new ArrayList<String>();
      for (int i = 0; i < 12; i++) {
        ids.add(make(world, key, "Contact " + (99 - i), "c" + i + "@example.org"));
      }
      var seen = new ArrayList<String>();
      var token = "";
      int pages = 0;
      while (true) {
        var page = world.get(key, "/v1/contacts?_limit=3&_skiptoken=" + token).succeeded(200);
        page.d().path("Results").forEach(c -> seen.add(c.path("Id").asString()));
        if (!page.d().has("SkipToken")) {
          break;
        }
        token = page.d().path("SkipToken").asString();
        // Meanwhile: one is renamed, one is deleted, one is made.
        world.as(
            key,
            "PUT",
            "/v1/contacts/" + ids.get(pages),
            "{\"D\":{\"DisplayName\":\"Renamed " + pages + "\"}}");
        if (pages == 1) {
          world.as(key, "DELETE", "/v1/contacts/" + ids.get(10), "").succeeded(200);
          world.as(key, "DELETE", "/v1/contacts/" + ids.get(0), "").succeeded(200);
        }
        if (pages < 2) {
          ids.add(make(world, key, "New " + pages, "new" + pages + "@example.org"));
        }
        pages++;
      }
      assertThat(new HashSet<>(seen)).hasSameSizeAs(seen);
      ids.remove(10);
      assertThat(seen).containsExactlyElementsOf(ids);
    }
  }

  @Test
  void every_expansion_is_honest() {
    try (var world = world()) {
      var key = world.key("private");
      var id = make(world, key, "Ana", "ana@example.org");
      var all =
          "Activity, NewsFeedSummary"
              + " ,NewsFeedNotificationSummary,Notes,Portal,VowActive,VowEnabled,"
              + "UniquePrimaryEmail,Unknown";
      var contact =
          world.get(key, "/v1/contacts/" + id + "?_expand=" + SparkWorld.encode(all)).result();
      assertThat(contact.path("Activity").path("Score").isInt()).isTrue();
      assertThat(contact.path("Activity").path("DailyActivity")).hasSize(30);
      assertThat(contact.path("NewsFeedSummary").toString())
          .isEqualTo("{\"UnapprovedListingEventCount\":0,\"UnreadListingEventCount\":0}");
      assertThat(contact.path("NewsFeedNotificationSummary").toString())
          .isEqualTo(
              "{\"UnapprovedListingNotificationEventCount\":0,"
                  + "\"UnreadListingNotificationEventCount\":0}");
      assertThat(contact.path("Notes").isArray()).isTrue();
      assertThat(contact.path("VowActive").booleanValue()).isFalse();
      assertThat(contact.path("VowEnabled").booleanValue()).isTrue();
      assertThat(contact.path("VowExists").booleanValue()).isTrue();
      assertThat(contact.path("Portal").path("LoginName").asString()).isEqualTo("ana@example.org");
      assertThat(contact.path("UniquePrimaryEmail").booleanValue()).isTrue();
      var listed = world.get(key, "/v1/contacts?_expand=Activity").result();
      assertThat(listed.path("Activity").has("DailyActivity")).isFalse();
      var plain = world.get(key, "/v1/contacts/" + id).result();
      assertThat(plain.has("VowActive") || plain.has("Activity")).isFalse();
      // Activity is for agents alone; whoever else asks gets the contact without.
      var site = world.get(world.key("idx"), "/v1/contacts?_expand=Activity,VowActive").result();
      assertThat(site.has("Activity")).isFalse();
      assertThat(site.has("VowActive")).isTrue();
    }
  }

  @Test
  void tags_are_listed_once_and_lead_to_their_contacts() {
    try (var world = world()) {
      var key = world.key("private");
      for (var tags : new String[] {"[\"IDX Lead\",\"VIP\"]", "[\"idx LEAD\"]", "[\"buyer\"]"}) {
        var n = tags.hashCode();
        world
            .as(
                key,
                "POST",
                "/v1/contacts",
                contact("C " + tags.length(), "c" + n + "@example.org", ",\"Tags\":" + tags))
            .succeeded(201);
      }
      var tags = world.get(key, "/v1/contacts/tags").succeeded(200).d().path("Results");
      assertThat(tags.valueStream().map(t -> t.path("Tag").asString()))
          .containsExactly("buyer", "IDX Lead", "VIP");
      assertThat(tags.get(1).path("ResourceUri").asString())
          .isEqualTo("/v1/contacts/tags/IDX Lead");
      assertThat(names(world.get(key, "/v1/contacts/tags/IDX%20Lead"))).hasSize(2);
      assertThat(names(world.get(key, "/v1/contacts/tags/VIP?_limit=1&_orderby=-Id"))).hasSize(1);
      assertThat(names(world.get(key, "/v1/contacts/tags/none"))).isEmpty();
      assertThat(names(world.get(key, filtered("Tags Eq 'idx lead' And Tags Eq 'VIP'"))))
          .hasSize(1);
      assertThat(names(world.get(key, filtered("Tags Ne 'idx*'")))).containsExactly("C 9");
    }
  }

  /// The addresses are not escaped, so a client may send them as they are or escape them.
  @Test
  void tags_with_slashes_and_percent_signs_are_reached_too() {
    try (var world = world()) {
      var key = world.key("private");
      var tags = List.of("Buyer/Seller", "50% off", "a?b#c", "%2F", "1/2/3/4");
      for (var tag : tags) {
        var body =
            contact("C " + tag, tag.hashCode() + "@example.org", ",\"Tags\":[\"" + tag + "\"]");
        world.as(key, "POST", "/v1/contacts", body).succeeded(201);
      }
      for (var tag : tags) {
        var escaped = SparkWorld.encode(tag).replace("+", "%20");
        assertThat(names(world.get(key, "/v1/contacts/tags/" + escaped)))
            .containsExactly("C " + tag);
        assertThat(names(world.get(key, "/v1/contacts/tags/" + escaped.replace("%2F", "/"))))
            .containsExactly("C " + tag);
      }
      world.get(key, "/v1/contacts/tags/Buyer/").succeeded(200);
      world.as(key, "DELETE", "/v1/contacts/tags/Buyer/Seller", "").failed(405, 405);
    }
  }

  @Test
  void an_export_says_from_when_the_next_one_has_to_ask() {
    try (var world = world()) {
      var key = world.key("private");
      var id = make(world, key, "Ana", "ana@example.org");
      world.hub.clock().advance(Duration.ofHours(1));
      make(world, key, "Bo", "bo@example.org");
      var export = world.get(key, "/v1/contacts/export?_limit=100");
      assertThat(names(export)).containsExactly("Ana", "Bo");
      assertThat(export.d().path("Results").get(0).path("OwnerId").asString()).isNotEmpty();
      var since = export.d().path("ExportTimestamp").asString();
      world.hub.clock().advance(Duration.ofHours(1));
      world.as(key, "PUT", "/v1/contacts/" + id, "{\"D\":{\"Pets\":\"a cat\"}}").succeeded(200);
      var next =
          world.get(
              key,
              "/v1/contacts/export?_filter="
                  + SparkWorld.encode("ModificationTimestamp Gt " + since));
      assertThat(names(next)).containsExactly("Ana");
      world.get(key, "/v1/contacts/export?_limit=101").failed(400, 1053);
    }
  }

  @Test
  void a_consumer_has_their_own_contact_and_no_other() {
    try (var world = world()) {
      var agent = world.key("private");
      var id = make(world, agent, "Ana Lopez", "ana@example.org");
      var other = make(world, agent, "Bo", "bo@example.org");
      var key = world.key("portal", b -> b.put("contact", id));
      var mine = world.get(key, "/v1/my/contact?_expand=VowActive,Activity").result();
      assertThat(mine.path("Id").asString()).isEqualTo(id);
      assertThat(mine.has("VowActive")).isTrue();
      assertThat(mine.has("Activity")).isFalse();
      // What the agent remarks on them is the agent's.
      world
          .as(
              agent,
              "PUT",
              "/v1/contacts/" + id,
              "{\"D\":{\"Note\":\"haggles\",\"Tags\":[\"slow\"]}}")
          .succeeded(200);
      assertThat(world.get(agent, "/v1/contacts/" + id).result().propertyNames())
          .contains("Note", "Tags");
      for (var path : List.of("/v1/my/contact", "/v1/my/contact?_select=Id,Note,Tags")) {
        assertThat(world.get(key, path).result().propertyNames()).doesNotContain("Note", "Tags");
      }
      world
          .as(
              key,
              "PUT",
              "/v1/my/contact",
              """
              {"D":{"PrimaryEmail":"ana.new@example.org","HomeStreetAddress":"2 Oak St"}}\
              """)
          .succeeded(200);
      var shown = world.get(agent, "/v1/contacts/" + id).result();
      assertThat(shown.path("PrimaryEmail").asString()).isEqualTo("ana.new@example.org");
      assertThat(shown.path("HomeStreetAddress").asString()).isEqualTo("2 Oak St");
      for (var forbidden :
          new String[] {
            "\"Tags\":[\"x\"]",
            "\"Note\":\"x\"",
            "\"Status\":\"x\"",
            "\"ReferredBy\":\"x\"",
            "\"RecordStatus\":\"Connected\"",
            "\"OwnerId\":\"x\"",
            "\"Settings\":{\"ReverseProspecting\":true}"
          }) {
        world.as(key, "PUT", "/v1/my/contact", "{\"D\":{" + forbidden + "}}").failed(400, 1053);
      }
      world.get(key, "/v1/contacts/" + other).failed(403, 1500);
      world.get(agent, "/v1/my/contact").failed(404, 404);
      world.as(agent, "PUT", "/v1/my/contact", "{\"D\":{\"GivenName\":\"A\"}}").failed(404, 404);
      world.get(world.key("vow"), "/v1/my/contact").failed(404, 404);
      world.as(agent, "DELETE", "/v1/contacts/" + id, "").succeeded(200);
      world.get(key, "/v1/my/contact").failed(404, 404);
    }
  }

  @Test
  void a_web_sites_lead_flow_ends_with_a_message_to_the_agent() {
    try (var world = world()) {
      var site = world.key("idx");
      var search = "/v1/contacts?_select=Id&_filter=PrimaryEmail%20Eq%20%27ana@example.org%27";
      assertThat(names(world.get(site, search))).isEmpty();
      var id = make(world, site, "Ana", "ana@example.org");
      assertThat(world.get(site, search).result().propertyNames())
          .containsExactly("ResourceUri", "Id");
      var account = world.get(site, "/v1/my/account").result();
      assertThat(account.path("UserType").asString()).isEqualTo("Member");
      assertThat(account.path("OfficeId").asString()).isEqualTo(world.office());
      var me = account.path("Id").asString();
      assertThat(world.get(site, "/v1/accounts/" + me).result()).isEqualTo(account);
      world.get(site, "/v1/accounts/20200101000000000000000000").failed(404, 404);
      var message =
          """
          {"D":{"Messages":%s{"Type":"General","Subject":"Hello","Body":"Line\\nline",
           "Recipients":["%s"],"SenderId":"%s","ListingId":"20100101000000000000000000"}%s}}\
          """;
      world.as(site, "POST", "/v1/messages", message.formatted("[", me, id, "]")).succeeded(201);
      world.as(site, "POST", "/v1/messages", message.formatted("", me, id, "")).succeeded(201);
      var agent = world.key("private");
      var inbox = world.get(agent, "/v1/messages?_pagination=1").succeeded(200);
      assertThat(inbox.d().path("Results")).hasSize(2);
      assertThat(inbox.d().path("Pagination").path("TotalRows").intValue()).isEqualTo(2);
      assertThat(inbox.d().path("Results").get(0).path("Body").asString()).isEqualTo("Line\nline");
      world.get(site, "/v1/messages").failed(405, 1018);
      for (var wrong :
          new String[] {
            message.formatted("[", "nobody", id, "]"),
            message.formatted("[", me, "nobody", "]"),
            "{\"D\":{\"Messages\":\"x\"}}",
            "{\"D\":{\"Body\":1}}"
          }) {
        world.as(site, "POST", "/v1/messages", wrong).failed(400, 1053);
      }
      world.as(site, "POST", "/v1/messages", "{\"D\":{\"Messages\":[]}}").failed(400, 1050);
      world.as(site, "POST", "/v1/messages", "{\"D\":{\"Messages\":[{}]}}").failed(400, 1050);
    }
  }
}
