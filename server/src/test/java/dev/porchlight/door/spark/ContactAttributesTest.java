package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract's table of attributes, each row over the wire.
class ContactAttributesTest {
  @TempDir Path folder;

  /// Names, then: W writable, R required, S searchable; then the longest text or the type.
  private static final String TABLE =
      """
      ResourceUri | | text
      Id | S | text
      DisplayName | WRS | 75
      PrimaryEmail | WRS | email
      RecordStatus | W | status
      SecondaryEmails AdditionalNotificationEmails | W | list
      InvalidEmails | S | list
      GivenName MiddleName FamilyName SpouseGivenName SpouseMiddleName SpouseFamilyName | WS | 300
      PrimaryPhoneNumber HomePhoneNumber WorkPhoneNumber FaxPhoneNumber | WS | 300
      MobilePhoneNumber PagerPhoneNumber OtherPhoneNumber | WS | 300
      MobilePhoneCountryCode | WS | 2
      HomeStreetAddress HomeLocality HomeRegion HomePostalCode | WS | 300
      WorkStreetAddress WorkLocality WorkRegion WorkPostalCode | WS | 300
      Organization Position Birthday Anniversary Assistant Children Status Other | WS | 300
      Pets ReferredBy Salutation | WS | 300
      ModificationTimestamp CreatedTimestamp | S | time
      Tags | WS | tags
      NewsFeedNotificationUI PortalInvitationTimestamp | | text
      Settings | W | settings
      Note | W | 10000
      PortalLoginName | S | text
      VowActive | S | flag
      VowExists VowEnabled UniquePrimaryEmail | | flag
      """;

  private record Row(String name, String marks, String kind) {}

  private static List<Row> rows() {
    var rows = new ArrayList<Row>();
    for (var line : TABLE.lines().toList()) {
      var cells = line.split("\\|");
      for (var name : cells[0].strip().split(" ")) {
        rows.add(new Row(name, cells[1].strip(), cells[2].strip()));
      }
    }
    return rows;
  }

  private static String body(String name, String json) {
    return "{\"D\":{\"" + name + "\":" + json + "}}";
  }

  @Test
  void each_attribute_is_written_and_searched_as_the_table_says() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var path = "/v1/contacts/" + ContactsTest.make(world, key, "Ana Lopez", "ana@example.org");
      for (var row : rows()) {
        var name = row.name();
        if (!row.marks().contains("W")) {
          world.as(key, "PUT", path, body(name, "\"x\"")).failed(400, 1053);
        } else if (row.kind().matches("[0-9]+")) {
          int max = Integer.parseInt(row.kind());
          var longest = "ß".repeat(max);
          world.as(key, "PUT", path, body(name, "\"" + longest + "\"")).succeeded(200);
          assertThat(world.get(key, path).result().path(name).asString())
              .as(name)
              .isEqualTo(longest);
          var refused = world.as(key, "PUT", path, body(name, "\"" + longest + "x\""));
          refused.failed(400, 1053);
          assertThat(refused.d().path("Errors").get(0).path("Attribute").asString())
              .isEqualTo(name);
          for (var wrong : new String[] {"7", "true", "[]", "{}"}) {
            world.as(key, "PUT", path, body(name, wrong)).failed(400, 1053);
          }
          if (row.marks().contains("S")) {
            assertThat(find(world, key, name + " Eq '" + longest + "'")).as(name).isEqualTo(1);
            assertThat(find(world, key, name + " Ne NULL")).as(name).isEqualTo(1);
          }
          if (row.marks().contains("R")) {
            world.as(key, "PUT", path, body(name, "null")).failed(400, 1050);
          } else {
            world.as(key, "PUT", path, body(name, "null")).succeeded(200);
            assertThat(world.get(key, path).result().has(name)).as(name).isFalse();
            if (row.marks().contains("S")) {
              assertThat(find(world, key, name + " Eq NULL")).as(name).isEqualTo(1);
            }
          }
        }
        var filter =
            switch (row.kind()) {
              case "time" -> name + " Gt 2000-01-01";
              case "flag" -> name + " Eq false";
              default -> name + " Ne 'x'";
            };
        var reply = world.get(key, "/v1/contacts?_filter=" + SparkWorld.encode(filter));
        if (row.marks().contains("S")) {
          reply.succeeded(200);
        } else {
          reply.failed(400, 1040);
        }
      }
    }
  }

  private static int find(SparkWorld world, SparkWorld.Key key, String filter) {
    return world
        .get(key, "/v1/contacts?_select=Id&_filter=" + SparkWorld.encode(filter))
        .succeeded(200)
        .d()
        .path("Results")
        .size();
  }

  @Test
  void addresses_lists_tags_and_settings_have_their_own_rules() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var path = "/v1/contacts/" + ContactsTest.make(world, key, "Ana", "ana@example.org");
      var longest = "a".repeat(63) + "@example.org";
      assertThat(longest).hasSize(75);
      Map<String, String> fine = new TreeMap<>();
      fine.put("PrimaryEmail", "\"" + longest + "\"");
      fine.put("SecondaryEmails", "[\"b@example.org\"]");
      fine.put("AdditionalNotificationEmails", "[\"b@example.org\"]");
      fine.put("Tags", "[\"" + "ä".repeat(75) + "\"]");
      fine.put("Settings", "{\"ReverseProspecting\":true}");
      fine.put("RecordStatus", "\"Connected\"");
      for (var name :
          List.of(
              "PrimaryEmail",
              "SecondaryEmails",
              "AdditionalNotificationEmails",
              "Tags",
              "Settings",
              "RecordStatus")) {
        world.as(key, "PUT", path, body(name, fine.getOrDefault(name, ""))).succeeded(200);
        assertThat(world.get(key, path).result().path(name).toString()).isEqualTo(fine.get(name));
        world.as(key, "PUT", path, body(name, "7")).failed(400, 1053);
      }
      world.as(key, "PUT", path, body("Settings", "null")).succeeded(200);
      assertThat(world.get(key, path).result().path("Settings").toString())
          .isEqualTo("{\"ReverseProspecting\":false}");
      world.as(key, "PUT", path, body("PrimaryEmail", "\"a" + longest + "\"")).failed(400, 1053);
      world
          .as(key, "PUT", path, body("SecondaryEmails", "[\"a" + longest + "\"]"))
          .failed(400, 1053);
      // A line break is text in an address, and nowhere else.
      world.as(key, "PUT", path, body("HomeStreetAddress", "\"a\\nb\"")).succeeded(200);
      world.as(key, "PUT", path, body("WorkStreetAddress", "\"a\\r\\nb\"")).succeeded(200);
      world.as(key, "PUT", path, body("Salutation", "\"a\\nb\"")).failed(400, 1053);
    }
  }

  @Test
  void a_pattern_without_a_blank_is_tried_on_each_word_of_the_name_and_one_with_a_blank_on_all() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      ContactsTest.make(world, key, "Neddy Nederlander", "ned@example.org");
      for (var found :
          List.of(
              "'Neddy*'",
              "'Neder*'",
              "'neDER*'",
              "'*lander'",
              "'Nedd?'",
              "'Neddy?'",
              "'Neddy N*'",
              "'neddy nederlander'",
              "'* Neder*'")) {
        assertThat(find(world, key, "DisplayName Eq " + found)).as(found).isEqualTo(1);
        assertThat(find(world, key, "DisplayName Ne " + found)).as(found).isZero();
      }
      for (var missed : List.of("'Ned'", "'Neddy'", "'eder*'", "'Neder* '", "'Nederlander N*'")) {
        assertThat(find(world, key, "DisplayName Eq " + missed)).as(missed).isZero();
      }
    }
  }

  @Test
  void a_lead_is_named_by_what_it_has() {
    try (var world = new SparkWorld(folder)) {
      var key = world.key("private");
      var portal = world.hub.addSource("portal", "connections-plus");
      var leads =
          Map.of(
              "Ana Lopez", new InventedPerson("Ana", "Lopez", "ana@example.org", "+12025550143"),
              "Bo", new InventedPerson("Bo", null, null, "+12025550144"),
              "Quist", new InventedPerson(null, "Quist", "q@example.org", null),
              "c@example.org", new InventedPerson(null, null, "c@example.org", "+12025550145"),
              "+12025550146", new InventedPerson(null, null, null, "+12025550146"));
      leads.forEach((name, person) ->
          assertThat(portal.post(LeadBodies.buyer("L " + name, person)).status()).isEqualTo(200));
      assertThat(
              world
                  .get(key, "/v1/contacts?_select=DisplayName")
                  .d()
                  .path("Results")
                  .valueStream()
                  .map(c -> c.path("DisplayName").asString()))
          .containsExactlyInAnyOrderElementsOf(leads.keySet());
    }
  }
}
