package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Consumers and the agents they are linked to.
@OnEveryDatabase
class ConsumersTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void a_link_to_the_mls_gives_an_unconnected_contact_until_a_transfer_connects_it() {
    try (var world = new SparkWorld(database.start(folder))) {
      var mls = ContactsTest.idOf(world.hub.items("/nodes?limit=200"), "mls");
      var ruth = world.member("Ruth Okafor");
      var agent = world.key("private");
      var staff = world.key("private", b -> b.put("member", mls));
      var ruths = world.key("private", b -> b.put("member", ruth));
      var id = ContactsTest.make(world, agent, "Ana Lopez", "ana@example.org");
      world.as(agent, "PUT", "/v1/contacts/" + id, "{\"D\":{\"Note\":\"mine\"}}").succeeded(200);
      var consumer = world.key("vow", b -> b.put("contact", id));
      var me = world.get(consumer, "/v1/consumers/me").result();
      assertThat(me.path("Name").asString()).isEqualTo("Ana Lopez");
      var path = me.path("ResourceUri").asString() + "/agents/" + mls;

      world.as(consumer, "PUT", path, "").succeeded(200);
      world.as(consumer, "PUT", path, "").succeeded(200);
      assertThat(world.get(staff, "/v1/contacts").d().path("Results")).isEmpty();
      var unconnected = world.get(staff, "/v1/contacts/unconnected").result();
      assertThat(unconnected.path("RecordStatus").asString()).isEqualTo("Unconnected");
      assertThat(unconnected.path("PrimaryEmail").asString()).isEqualTo("ana@example.org");
      // What the first agent wrote is the first agent's.
      assertThat(unconnected.has("Note")).isFalse();
      assertThat(
              world
                  .get(
                      staff,
                      "/v1/contacts/unconnected?_filter="
                          + SparkWorld.encode("PrimaryEmail Eq 'nobody@example.org'"))
                  .d()
                  .path("Results"))
          .isEmpty();
      assertThat(world.get(consumer, "/v1/consumers/me/agents").d().path("Results")).hasSize(2);
      assertThat(world.get(consumer, path + "/contacts").result().path("Id"))
          .isEqualTo(unconnected.path("Id"));

      var theirs = "/v1/contacts/" + unconnected.path("Id").asString();
      world.as(staff, "PUT", theirs, ContactsTest.owner(ruth)).succeeded(200);
      assertThat(world.get(staff, "/v1/contacts/unconnected").d().path("Results")).isEmpty();
      var connected = world.get(ruths, "/v1/contacts").result();
      assertThat(connected.path("RecordStatus").asString()).isEqualTo("Connected");
      world
          .as(ruths, "PUT", theirs, "{\"D\":{\"RecordStatus\":\"Unconnected\"}}")
          .failed(400, 1053);
    }
  }

  @Test
  void whoever_takes_an_unconnected_contact_on_connects_it() {
    try (var world = new SparkWorld(database.start(folder))) {
      var mls = ContactsTest.idOf(world.hub.items("/nodes?limit=200"), "mls");
      var agent = world.key("private");
      var staff = world.key("private", b -> b.put("member", mls));
      var id = ContactsTest.make(world, agent, "Ana Lopez", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", id));
      var path = "/v1/consumers/" + id + "/agents/" + mls;
      world.as(consumer, "PUT", path, "").succeeded(200);
      var uri = world.get(staff, "/v1/contacts/unconnected").result().path("ResourceUri");
      world
          .as(staff, "PUT", uri.asString(), "{\"D\":{\"RecordStatus\":\"Unconnected\"}}")
          .succeeded(200);
      world
          .as(staff, "PUT", uri.asString(), "{\"D\":{\"RecordStatus\":\"Connected\"}}")
          .succeeded(200);
      assertThat(world.get(staff, "/v1/contacts").d().path("Results")).hasSize(1);
      assertThat(world.get(staff, "/v1/contacts/unconnected").d().path("Results")).isEmpty();
    }
  }

  @Test
  void an_agent_who_knows_the_very_person_gets_no_second_contact_of_them() {
    try (var world = new SparkWorld(database.start(folder))) {
      var ruth = world.member("Ruth Okafor");
      var agent = world.key("private");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var ana = ContactsTest.make(world, agent, "Ana Lopez", "ana@example.org");
      var same = ContactsTest.make(world, ruths, "Ana", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", ana));
      var link = "/v1/consumers/" + ana + "/agents/" + ruth;
      world.as(consumer, "PUT", link, "").succeeded(200);
      assertThat(world.get(consumer, link + "/contacts").result().path("Id").asString())
          .isEqualTo(same);
      assertThat(world.get(ruths, "/v1/contacts").d().path("Results")).hasSize(1);
    }
  }

  @Test
  void a_consumer_sees_only_themselves_and_agents_only_their_own() {
    try (var world = new SparkWorld(database.start(folder))) {
      var ruth = world.member("Ruth Okafor");
      var agent = world.key("private");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var bo = ContactsTest.make(world, agent, "Bo", "bo@example.org");
      var consumer = world.key("portal", b -> b.put("contact", ana));
      world.get(consumer, "/v1/consumers/" + bo).failed(404, 404);
      world.as(consumer, "PUT", "/v1/consumers/" + bo + "/agents/" + ruth, "").failed(404, 404);
      world.as(consumer, "PUT", "/v1/consumers/" + ana + "/agents/nobody", "").failed(404, 404);
      world.get(ruths, "/v1/consumers/" + ana).failed(404, 404);
      world.get(agent, "/v1/consumers/" + ana).succeeded(200);
      world.as(agent, "PUT", "/v1/consumers/" + ana + "/agents/" + ruth, "").failed(405, 1017);
      world.get(world.key("idx"), "/v1/consumers/" + ana).failed(403, 1500);
      world.as(consumer, "POST", "/v1/consumers/me/agents", "").failed(405, 405);

      world.as(consumer, "PUT", "/v1/consumers/" + ana + "/agents/" + ruth, "").succeeded(200);
      assertThat(world.get(ruths, "/v1/contacts").result().path("RecordStatus").asString())
          .isEqualTo("Connected");
      world.get(ruths, "/v1/consumers/" + ana).succeeded(200);
      assertThat(world.get(consumer, "/v1/consumers/me/agents/current").result().path("Name"))
          .isEqualTo(world.get(agent, "/v1/my/account").result().path("Name"));
      world.as(consumer, "DELETE", "/v1/consumers/" + ana + "/agents/" + ruth, "").succeeded(200);
      world.as(consumer, "DELETE", "/v1/consumers/" + ana + "/agents/" + ruth, "").failed(404, 404);
      assertThat(world.get(ruths, "/v1/contacts").d().path("Results")).hasSize(1);
    }
  }
}
