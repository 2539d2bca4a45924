package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What members type into contacts stays, over the wire and through a rebuild.
@OnEveryDatabase
final class ContactEditTest {
  @Parameter Database database;

  private static String contactOf(World world, String lead) {
    return world.admin().get("/api/v1/leads/" + lead).json().path("contact_id").asString();
  }

  private static void rebuildIsEqual(World world) {
    assertThat(world.hub.checkRebuild().differences()).isEmpty();
  }

  @Test
  void whatWasTypedSurvivesLaterLeads(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      var other = world.source("second", "connections-plus", null);
      var contact = contactOf(world, world.lead(source, "L-1", "Sam", "Doe", "sam@example.com"));
      var worker = world.as(world.token("work", null));
      var edited =
          worker
              .patch(
                  "/api/v1/contacts/" + contact,
                  """
                  {"given_name": "Samantha", "family_name": null, "phones": [], "tags": ["vip"]}
                  """)
              .expect(200)
              .json();
      assertThat(edited.path("display_name").asString()).isEqualTo("Samantha");
      assertThat(edited.has("family_name")).isFalse();
      assertThat(edited.path("typed").toString())
          .isEqualTo("[\"family_name\",\"given_name\",\"phones\",\"tags\"]");

      world.lead(other, "L-2", "Sam", "Doe", "SAM@example.com");
      world.lead(source, "L-1", "Sammy", "Doe-Poe", "sam.two@example.com");
      var now = worker.get("/api/v1/contacts/" + contact).expect(200).json();
      assertThat(now.path("display_name").asString()).isEqualTo("Samantha");
      assertThat(now.path("given_name").asString()).isEqualTo("Samantha");
      assertThat(now.has("family_name")).isFalse();
      assertThat(now.path("phones")).isEmpty();
      assertThat(now.path("tags").toString()).isEqualTo("[\"vip\"]");
      // What nobody typed goes on growing.
      assertThat(now.path("emails").toString())
          .isEqualTo("[\"sam@example.com\",\"sam.two@example.com\"]");
      assertThat(now.path("leads")).hasSize(2);
      rebuildIsEqual(world);
    }
  }

  @Test
  void anAddressThatWasTypedFindsThePersonAgain(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      var contact = contactOf(world, world.lead(source, "L-1", "Sam", "Doe", "sam@example.com"));
      world
          .admin()
          .patch(
              "/api/v1/contacts/" + contact,
              "{\"emails\": [\"sam@example.com\", \"Sam.New@example.org\"]}")
          .expect(200);
      var later =
          """
          {"lead_id": "L-2", "role": "buyer", "contact": {"email": "sam.new@EXAMPLE.org"},
           "timestamp": "2026-01-03T03:04:05Z"}
          """;
      world.door("/lead", source.key(), later).expect(200);
      assertThat(contactOf(world, world.leadOf(source, "L-2"))).isEqualTo(contact);
      rebuildIsEqual(world);
    }
  }

  @Test
  void anAddressOfSomebodyElseIsNotedAndMergesNobody(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      var sam = contactOf(world, world.lead(source, "L-1", "Sam", "Doe", "sam@example.com"));
      var pat = contactOf(world, world.lead(source, "L-2", "Pat", "Poe", "pat@example.com"));
      assertThat(sam).isNotEqualTo(pat);
      world
          .admin()
          .patch("/api/v1/contacts/" + sam, "{\"emails\": [\"pat@example.com\"]}")
          .expect(200);
      var shown = world.admin().get("/api/v1/contacts/" + sam).json();
      assertThat(shown.path("possible_duplicates")).hasSize(1);
      assertThat(shown.at("/possible_duplicates/0").has("receipt")).isFalse();
      world.lead(source, "L-3", "Pat", "Poe", "pat@example.com");
      assertThat(contactOf(world, world.leadOf(source, "L-3"))).isEqualTo(pat);
      rebuildIsEqual(world);
    }
  }

  @Test
  void anOwnerIsAMemberOfTheOffice(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var office = world.node("office");
      var source = world.source("portal", "connections-plus", null);
      var lead = world.lead(source, "L-1", "Sam", "Doe", "sam@example.com");
      var contact = contactOf(world, lead);
      var member =
          world
              .admin()
              .post(
                  "/api/v1/nodes",
                  "{\"kind\": \"member\", \"name\": \"Robin Okafor\", \"parent\": \"%s\"}"
                      .formatted(office))
              .expect(201)
              .id();
      var path = "/api/v1/contacts/" + contact;
      for (var wrong : List.of(office, world.node("company"), "nobody")) {
        world.admin().patch(path, "{\"owner\": \"" + wrong + "\"}").expect(400);
      }
      var before = world.admin().get(path).text();
      world.admin().patch(path, "{}").expect(200);
      assertThat(world.admin().get(path).text()).isEqualTo(before);
      world.admin().patch(path, "{\"owner\": \"" + member + "\"}").expect(200);
      var later = world.lead(source, "L-2", "Sam", "Doe", "sam@example.com");
      var answers = world.admin().get("/api/v1/leads/" + later).json().path("answers");
      assertThat(answers.path("member").asString()).isEqualTo(member);
      assertThat(answers.path("reason").asString()).contains("Robin Okafor");
      rebuildIsEqual(world);
    }
  }

  @Test
  void whatCannotBeIsRefused(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      var path =
          "/api/v1/contacts/"
              + contactOf(world, world.lead(source, "L-1", "Sam", "Doe", "sam@example.com"));
      var before = world.admin().get(path).text();
      for (var wrong :
          List.of(
              "{\"display_name\": null}",
              "{\"display_name\": \" \"}",
              "{\"display_name\": 7}",
              "{\"display_name\": \"" + "x".repeat(301) + "\"}",
              "{\"given_name\": \"a\\u0000b\"}",
              "{\"emails\": null}",
              "{\"emails\": \"sam@example.com\"}",
              "{\"emails\": [\"sam\"]}",
              "{\"emails\": [\"sam@example.com\", \"SAM@example.com\"]}",
              "{\"emails\": [7]}",
              "{\"phones\": [\"" + "1".repeat(51) + "\"]}",
              "{\"tags\": [\"\"]}",
              "{\"owner\": null}",
              "{\"typed\": []}",
              "{\"taken_back\": [\"owner\"]}",
              "{\"taken_back\": [\"emails\"], \"emails\": []}",
              "{\"expected\": {\"leads\": []}}",
              "{\"expected\": {\"details\": null}}",
              "{\"expected\": []}",
              "{\"details\": {\"shoe_size\": \"9\"}}",
              "{\"details\": {\"home_locality\": \"a\\nb\"}}",
              "{\"details\": \"Harbor\"}",
              "{\"person_id\": \"x\"}")) {
        assertThat(world.admin().patch(path, wrong).status()).as(wrong).isEqualTo(400);
      }
      for (var other :
          List.of(
              "\"emails\": [], \"given_name\": \"Sam\"",
              "\"family_name\": null",
              "\"details\": {\"home_locality\": \"Harbor\"}")) {
        var body = "{\"tags\": [], \"expected\": {" + other + "}}";
        assertThat(world.admin().patch(path, body).expect(409).problem())
            .isEqualTo("state-conflict");
      }
      assertThat(world.admin().get(path).text()).isEqualTo(before);
      world
          .admin()
          .patch(
              path,
              """
              {"tags": [], "expected": {"given_name": "Sam", "emails": ["sam@example.com"],
               "details": {"home_locality": null}}}
              """)
          .expect(200);
    }
  }
}
