package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// The accounts with which contacts sign in.
@OnEveryDatabase
class PortalAccountsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  static String d(String content) {
    return "{\"D\":" + content + "}";
  }

  /// The grant's answer to a name and a password.
  static SparkWorld.Reply grant(SparkWorld world, SparkWorld.Key key, String name, String word) {
    var body =
        Json.object()
            .put("client_id", key.apiKey())
            .put("client_secret", key.secret())
            .put("grant_type", "password")
            .put("username", name)
            .put("password", word);
    return world.send(
        "POST",
        "/v1/oauth2/grant",
        body.toString().getBytes(UTF_8),
        Map.of("Content-Type", "application/json"));
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
  void a_contact_that_is_made_has_an_account_and_signs_in_with_what_its_agent_wrote() {
    try (var world = world()) {
      var agent = world.key("private");
      var id = ContactsTest.make(world, agent, "Ana Lopez", "Ana@example.org");
      var path = "/v1/contacts/" + id + "/portal";
      var fresh = world.get(agent, path).result();
      assertThat(fresh.path("ResourceUri").asString()).isEqualTo(path);
      assertThat(fresh.path("Id").asString()).matches("[0-9]{26}");
      assertThat(fresh.path("OwnerId"))
          .isEqualTo(world.get(agent, "/v1/my/account").result().path("Id"));
      assertThat(fresh.path("LoginName").asString()).isEqualTo("Ana@example.org");
      assertThat(fresh.path("Enabled").isBoolean()).isTrue();
      assertThat(fresh.path("Settings").path("Enabled").asString()).isEqualTo("true");
      assertThat(fresh.path("Locale").path("Language").asString()).isEqualTo("en");
      assertThat(fresh.path("Identity").toString())
          .isEqualTo("{\"Connected\":false,\"Email\":\"Ana@example.org\"}");
      assertThat(fresh.has("Password") || fresh.has("LastLogin")).isFalse();
      assertThat(world.get(agent, "/v1/consumers/" + id).result().has("LastLoginTimestamp"))
          .isFalse();
      assertThat(world.as(agent, "POST", path, "").failed(409, 1110).d().path("Code").intValue())
          .isEqualTo(1110);

      // Without a password nobody signs in; with the right one the contact does.
      var vow = world.key("vow");
      assertThat(grant(world, vow, "ana@example.org", "").status()).isEqualTo(400);
      var put =
          world.as(
              agent,
              "PUT",
              path,
              d(
                  "{\"LoginName\":\"ana.l\",\"Password\":\"my pass"
                      + " 1\",\"Locale\":{\"Language\":\"es\"}}"));
      put.succeeded(200);
      assertThat(put.result().path("ResourceUri").asString()).isEqualTo(path);
      assertThat(grant(world, vow, "ana.l", "my pass 2").status()).isEqualTo(400);
      assertThat(grant(world, vow, "ana@example.org", "my pass 1").status()).isEqualTo(400);
      world.hub.clock().advance(Duration.ofMinutes(90));
      var token = grant(world, vow, "ANA.L", "my pass 1").json().path("access_token").asString();
      assertThat(world.as(token, "GET", "/v1/my/contact", "").succeeded(200).result().path("Id"))
          .isEqualTo(Json.tree("\"" + id + "\""));
      assertThat(world.as(token, "GET", path, "").result().path("LoginName").asString())
          .isEqualTo("ana.l");
      var seen = world.get(agent, path).result();
      assertThat(seen.path("Identity").path("Connected").booleanValue()).isTrue();
      assertThat(seen.path("LastActive").asString()).endsWith(":00:00Z");
      assertThat(seen.path("LastLogin").asString()).isNotEmpty();
      for (var me :
          List.of(
              world.as(token, "GET", "/v1/consumers/me", ""),
              world.get(agent, "/v1/consumers/" + id))) {
        assertThat(me.result().path("LastLoginTimestamp")).isEqualTo(seen.path("LastLogin"));
      }
      assertThat(seen.path("Locale").path("Language").asString()).isEqualTo("es");

      // The expansions say it, to whoever may see it.
      var all = "?_expand=Portal,VowActive,VowEnabled";
      var contact = world.get(agent, "/v1/contacts/" + id + all).result();
      assertThat(contact.path("Portal")).isEqualTo(seen);
      assertThat(contact.path("VowActive").booleanValue()).isTrue();
      assertThat(contact.path("VowEnabled").booleanValue()).isTrue();
      assertThat(contact.path("VowExists").booleanValue()).isTrue();
      assertThat(contact.has("PortalLoginName")).isFalse();
      var mine = world.as(token, "GET", "/v1/my/contact" + all, "").result();
      assertThat(mine.path("Portal").path("LoginName").asString()).isEqualTo("ana.l");
      var site = world.get(world.key("idx"), "/v1/contacts" + all).result();
      assertThat(site.has("Portal")).isFalse();
      assertThat(site.path("VowActive").booleanValue()).isTrue();

      // Switched off, no token opens anything.
      world.as(agent, "PUT", path, d("{\"Settings\":{\"Enabled\":\"false\"}}")).succeeded(200);
      world.as(token, "GET", "/v1/my/contact", "").failed(403, 1015);
      assertThat(grant(world, vow, "ana.l", "my pass 1").status()).isEqualTo(400);
      var off = world.get(agent, "/v1/contacts/" + id + all).result();
      assertThat(off.path("VowEnabled").booleanValue()).isFalse();
      assertThat(off.path("VowExists").booleanValue()).isTrue();
      world.as(agent, "PUT", path, d("{\"Enabled\":true}")).succeeded(200);
      world.as(token, "GET", "/v1/my/contact", "").succeeded(200);

      // And with the contact the account goes.
      world.as(agent, "DELETE", "/v1/contacts/" + id, "").succeeded(200);
      world.as(token, "GET", "/v1/my/contact", "").failed(403, 1015);
      world.get(agent, path).failed(404, 404);
      assertThat(rows(world)).isEmpty();
    }
  }

  private static String rows(SparkWorld world) {
    var text = new StringBuilder();
    world
        .hub
        .hub()
        .store()
        .read(h -> {
          h.createQuery("SELECT * FROM portal_account").mapToMap().forEach(text::append);
          return true;
        });
    return text.toString();
  }

  @Test
  void a_contact_of_a_lead_has_none_until_somebody_makes_it() {
    try (var world = world()) {
      var agent = world.key("private");
      var lead = new InventedPerson("Robin", "Okafor", "robin@example.org", null);
      world.hub.addSource("portal", "connections-plus").post(LeadBodies.buyer("L-1", lead));
      var id = world.get(agent, "/v1/contacts").result().path("Id").asString();
      var path = "/v1/contacts/" + id + "/portal";
      world.get(agent, path).failed(404, 1100);
      world.as(agent, "PUT", path, d("{\"LoginName\":\"r\"}")).failed(404, 1100);
      assertThat(find(world, agent, "PortalLoginName Eq NULL And VowActive Eq false")).isEqualTo(1);
      var site = world.key("idx");
      var made = world.as(site, "POST", path, "").succeeded(201).result();
      assertThat(made.path("ResourceUri").asString()).isEqualTo(path);
      assertThat(world.get(site, path).result().path("LoginName").asString())
          .isEqualTo("robin@example.org");
      world.as(site, "POST", path, "").failed(409, 1110);
    }
  }

  @Test
  void names_are_found_by_filters_as_they_stand_and_activity_ends_after_thirty_days() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      ContactsTest.make(world, agent, "Bo", "bo@example.org");
      var path = "/v1/contacts/" + ana + "/portal";
      world
          .as(agent, "PUT", path, d("{\"LoginName\":\"Ana*?\",\"Password\":\"my pass 1\"}"))
          .succeeded(200);
      assertThat(find(world, agent, "PortalLoginName Eq 'ANA*?'")).isEqualTo(1);
      assertThat(find(world, agent, "PortalLoginName Eq 'an*'")).isZero();
      assertThat(find(world, agent, "PortalLoginName Eq 'bo@example.org','ana*?'")).isEqualTo(2);
      assertThat(find(world, agent, "PortalLoginName Eq startswith('An')")).isEqualTo(1);
      assertThat(find(world, agent, "length(PortalLoginName) Eq 5")).isEqualTo(1);
      assertThat(find(world, agent, "VowActive Eq true")).isZero();
      grant(world, world.key("portal"), "ana*?", "my pass 1");
      assertThat(find(world, agent, "VowActive Eq true")).isEqualTo(1);
      // What SQL can't say is decided row by row, and the same.
      assertThat(find(world, agent, "VowActive Eq true And length(PortalLoginName) Eq 5"))
          .isEqualTo(1);
      var byActivity = world.get(agent, "/v1/contacts?_orderby=-VowActive,DisplayName");
      assertThat(byActivity.d().path("Results").get(0).path("Id").asString()).isEqualTo(ana);
      world.get(agent, "/v1/contacts?_orderby=-PortalLoginName").succeeded(200);
      world.hub.clock().advance(Duration.ofDays(30).plusSeconds(1));
      assertThat(find(world, agent, "VowActive Eq true")).isZero();
      assertThat(find(world, agent, "VowActive Eq false And length(PortalLoginName) Eq 5"))
          .isEqualTo(1);
    }
  }

  @Test
  void a_name_is_one_contacts_at_a_portal_also_when_contacts_change_hands() {
    try (var world = world()) {
      var agent = world.key("private");
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var bo = ContactsTest.make(world, agent, "Bo", "bo@example.org");
      var other = ContactsTest.make(world, ruths, "Cy", "cy@example.org");
      var name = d("{\"LoginName\":\"Same\",\"Password\":\"my pass 1\"}");
      world.as(agent, "PUT", "/v1/contacts/" + ana + "/portal", name).succeeded(200);
      world.as(agent, "PUT", "/v1/contacts/" + ana + "/portal", name).succeeded(200);
      var refused =
          world.as(agent, "PUT", "/v1/contacts/" + bo + "/portal", d("{\"LoginName\":\"sAME\"}"));
      refused.failed(409, 1055);
      assertThat(refused.d().path("Errors").get(0).path("Attribute").asString())
          .isEqualTo("LoginName");
      // At another portal it is free, until both would be at one.
      world.as(ruths, "PUT", "/v1/contacts/" + other + "/portal", name).succeeded(200);
      var transfer = ContactsTest.owner(ruth);
      world.as(agent, "PUT", "/v1/contacts/" + ana, transfer).failed(409, 1055);
      world
          .as(ruths, "PUT", "/v1/contacts/" + other + "/portal", d("{\"LoginName\":null}"))
          .succeeded(200);
      assertThat(world.get(ruths, "/v1/contacts/" + other + "/portal").result().has("LoginName"))
          .isFalse();
      world.as(agent, "PUT", "/v1/contacts/" + ana, transfer).succeeded(200);
      // The account is at the new owner's portal now.
      var vow = world.key("vow", b -> b.put("member", ruth));
      assertThat(grant(world, vow, "same", "my pass 1").status()).isEqualTo(200);
      assertThat(grant(world, world.key("vow"), "same", "my pass 1").status()).isEqualTo(400);
      world.get(agent, "/v1/contacts/" + ana + "/portal").failed(404, 404);
      assertThat(
              world
                  .get(ruths, "/v1/contacts/" + ana + "/portal")
                  .result()
                  .path("OwnerId")
                  .asString())
          .isEqualTo(ruth);
    }
  }

  @Test
  void wrong_bodies_are_refused_and_nothing_is_written() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + ana + "/portal";
      var before = rows(world);
      for (var wrong :
          List.of(
              "{\"LoginName\":7}",
              "{\"LoginName\":\"" + "x".repeat(76) + "\"}",
              "{\"LoginName\":\"a\\u0000b\"}",
              "{\"Password\":\"seven c\"}",
              "{\"Password\":\"" + "x".repeat(257) + "\"}",
              "{\"Password\":[\"my pass 1\"]}",
              "{\"Settings\":\"on\"}",
              "{\"Settings\":{\"Enabled\":\"yes\"}}",
              "{\"Enabled\":1}",
              "{\"Locale\":\"en\"}",
              "{\"Locale\":{\"Language\":\"<b>\"}}")) {
        world.as(agent, "PUT", path, d(wrong)).failed(400, 1053);
      }
      world.as(agent, "PUT", path, "[]").failed(400, 1035);
      world.as(agent, "PUT", path, "{\"D\":\"x\"}").failed(400, 1053);
      world.as(agent, "PUT", path, "{\"D\":").failed(400, 1035);
      // What can only be read is left aside, as clients send back what they were shown.
      world
          .as(
              agent,
              "PUT",
              path,
              d("{\"Id\":\"1\",\"OwnerId\":\"x\",\"LastLogin\":\"x\",\"Unknown\":{}}"))
          .succeeded(200);
      assertThat(rows(world)).isEqualTo(before);
      world.get(agent, "/v1/contacts/none/portal").failed(404, 404);
      world.as(agent, "POST", "/v1/contacts/none/portal", "").failed(404, 404);
      world.as(agent, "PUT", path, d("{\"Password\":\"correct horse\"}")).succeeded(200);
      assertThat(rows(world))
          .contains("$argon2id$v=19$m=19456,t=2,p=1$")
          .doesNotContain("correct horse");
    }
  }

  @Test
  void an_agent_has_one_portal_and_its_name_is_its_own() {
    try (var world = world()) {
      var agent = world.key("private");
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      assertThat(world.get(agent, "/v1/portal").succeeded(200).d().path("Results")).isEmpty();
      var body = d("{\"DisplayName\":\"Homes & Co\",\"RequiredFields\":[\"FamilyName\"]}");
      var made = world.as(agent, "POST", "/v1/portal", body).succeeded(201).result();
      world.as(agent, "POST", "/v1/portal", body).failed(409, 1055);
      var portal = world.get(agent, "/v1/portal").result();
      assertThat(portal.path("Id")).isEqualTo(made.path("Id"));
      assertThat(portal.path("Name").asString()).isEqualTo("homes-co");
      assertThat(portal.path("DisplayName").asString()).isEqualTo("Homes & Co");
      assertThat(portal.path("Enabled").booleanValue()).isTrue();
      assertThat(portal.path("RequiredFields").toString()).isEqualTo("[\"FamilyName\"]");
      world.as(ruths, "POST", "/v1/portal", d("{\"DisplayName\":\"homes CO\"}")).failed(409, 1055);
      world.as(ruths, "POST", "/v1/portal", "").succeeded(201);
      assertThat(world.get(ruths, "/v1/portal").result().path("Name").asString())
          .isEqualTo("ruth-okafor");
      for (var wrong :
          List.of(
              "{\"DisplayName\":\"!!\"}",
              "{\"DisplayName\":7}",
              "{\"RequiredFields\":\"FamilyName\"}",
              "{\"RequiredFields\":[\"Pets\"]}",
              "{\"Enabled\":\"maybe\"}")) {
        world.as(agent, "PUT", "/v1/portal", d(wrong)).failed(400, 1053);
      }
      // By its id too, as one client does.
      var byId = "/v1/portal/" + portal.path("Id").asString();
      world.as(agent, "PUT", byId, d("{\"Enabled\":false}")).succeeded(200);
      assertThat(world.get(agent, byId).result().path("Enabled").booleanValue()).isFalse();
      world.as(ruths, "PUT", byId, d("{\"Enabled\":true}")).failed(404, 404);
      world.get(ruths, byId).failed(404, 404);
      // A portal that is off lets nobody in.
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      world
          .as(agent, "PUT", "/v1/contacts/" + ana + "/portal", d("{\"Password\":\"my pass 1\"}"))
          .succeeded(200);
      var vow = world.key("vow");
      assertThat(grant(world, vow, "ana@example.org", "my pass 1").status()).isEqualTo(400);
      world.as(agent, "PUT", "/v1/portal", d("{\"Enabled\":true}")).succeeded(200);
      var token =
          grant(world, vow, "ana@example.org", "my pass 1").json().path("access_token").asString();
      assertThat(world.as(token, "GET", "/v1/portal", "").result().path("Name").asString())
          .isEqualTo("homes-co");
      assertThat(
              world
                  .as(token, "GET", "/v1/consumers/me/agents", "")
                  .result()
                  .path("PortalEnabled")
                  .booleanValue())
          .isTrue();
    }
  }
}
