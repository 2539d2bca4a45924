package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RolesTest {
  @TempDir Path folder;

  private static String node(TestHub hub, String kind) {
    return hub.items("/nodes").stream()
        .filter(n -> n.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  /// Makes a member with a password, and a role where one is named.
  private static String member(TestHub hub, String office, String name) {
    var body = Json.object().put("kind", "member").put("name", name).put("parent", office);
    body.put("email", name + "@example.org");
    var id = hub.api().make("/nodes", body).path("id").asString();
    hub.api()
        .make("/nodes/" + id + "/password", Json.object().put("password", ConsoleGuest.PASSWORD));
    return id;
  }

  private static int role(TestHub hub, String member, String role, String... at) {
    var body = Json.object().put("role", role);
    for (var node : at) {
      body.put("node", node);
    }
    return hub.api().put("/nodes/" + member + "/role", body).status();
  }

  @Test
  void an_agent_sees_what_is_their_own_and_a_manager_the_subtree() {
    try (var hub = TestHub.start(folder);
        var agent = ConsoleGuest.at(hub);
        var manager = ConsoleGuest.at(hub)) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("MINE", InventedPerson.of(1).withName("Mia", "Mine")));
      portal.post(LeadBodies.buyer("OTHERS", InventedPerson.of(2).withName("Otto", "Other")));
      var mine = hub.story("MINE");
      var others = hub.story("OTHERS");
      var office = node(hub, "office");
      var ana = member(hub, office, "ana");
      assertThat(agent.signIn("ana@example.org", ConsoleGuest.PASSWORD).statusCode())
          .as("a member without a role")
          .isEqualTo(401);

      assertThat(role(hub, ana, "agent")).isEqualTo(200);
      assertThat(agent.signIn("ana@example.org", ConsoleGuest.PASSWORD).statusCode())
          .isEqualTo(303);
      // What is empty says what fills it, to whoever may do that.
      for (var page : new String[] {"leads", "now", "contacts", "receipts", "deliveries"}) {
        assertThat(agent.get("/console/" + page).body())
            .as(page)
            .contains("Agent", "is passed on to you")
            .doesNotContain("Add a source", "Add an endpoint");
      }
      for (var page : new String[] {"replays", "events/parties"}) {
        assertThat(agent.get("/console/" + page).body())
            .as(page)
            .contains("Nothing you may see")
            .doesNotContain("Start a replay</a>", "Add one");
      }
      assertThat(agent.get("/console/replays/new").statusCode()).isEqualTo(403);
      hub.api()
          .patch(
              "/contacts/" + mine.path("contact_id").asString(), Json.object().put("owner", ana));
      deliveriesOfTheirOwn(hub, portal, agent, office, ana);
      for (var page : new String[] {"/console/leads", "/console/now"}) {
        assertThat(agent.get(page).body()).contains("Mia Mine").doesNotContain("Otto");
      }
      assertThat(agent.get("/console/leads/" + mine.path("id").asString()).body())
          .contains("Mia Mine");
      for (var path : new String[] {"", "/events"}) {
        var foreign = agent.get("/console/leads/" + others.path("id").asString() + path);
        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(foreign.body()).doesNotContain("Otto");
      }

      var second =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "office")
                      .put("name", "Second")
                      .put("parent", node(hub, "company")))
              .path("id")
              .asString();
      var bo = member(hub, second, "bo");
      assertThat(role(hub, bo, "manager", second)).isEqualTo(200);
      manager.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      assertThat(manager.get("/console/leads").body())
          .contains("Manager", "No leads yet")
          .doesNotContain("Mia", "Otto");
      assertThat(manager.get("/console/leads/" + mine.path("id").asString()).statusCode())
          .isEqualTo(404);

      // Another role ends what they were signed in with, and none lets nobody in.
      assertThat(role(hub, bo, "manager", office)).isEqualTo(200);
      assertThat(manager.get("/console/leads").statusCode()).isEqualTo(303);
      manager.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      assertThat(manager.get("/console/leads").body()).contains("Mia Mine", "Otto Other");
      hub.api().delete("/nodes/" + bo + "/role");
      assertThat(manager.get("/console/leads").statusCode()).isEqualTo(303);
      assertThat(manager.signIn("bo@example.org", ConsoleGuest.PASSWORD).statusCode())
          .isEqualTo(401);
    }
  }

  /// What an agent does with what is owed of their own leads, and what not.
  private static void deliveriesOfTheirOwn(
      TestHub hub, TestHub.SourceAtHub portal, ConsoleGuest agent, String office, String ana) {
    try (var crm = FakeCrm.open()) {
      crm.alwaysAnswers(503);
      var own = hub.addEndpoint(crm.url("/own"), "porchlight", b -> b.put("node", office));
      var wide =
          hub.addEndpoint(crm.url("/wide"), "porchlight", b -> b.put("node", node(hub, "company")));
      portal.post(LeadBodies.buyer("OWED", InventedPerson.of(1).withName("Mia", "Mine")));
      portal.post(LeadBodies.buyer("FOREIGN", InventedPerson.of(2)));
      hub.awaitAttempts("OWED", own, 1);
      hub.awaitAttempts("FOREIGN", own, 1);
      assertThat(hub.story("OWED").path("owner").path("member").asString()).isEqualTo(ana);
      assertThat(agent.get("/console/now").body())
          .contains("href=\"/console/deliveries?state=pending\"", "2</span> deliveries that wait")
          .doesNotContain("everything owed is on its way");

      var page = "/console/leads/" + hub.story("OWED").path("id").asString();
      var delivery = hub.deliveries("OWED", own).getFirst().path("id").asString();
      assertThat(agent.get(page).body())
          .contains(
              "/console/deliveries/" + delivery + "/retry",
              "<option value=\"" + own.id() + "\"",
              page + "/send")
          .doesNotContain("<option value=\"" + wide.id() + "\"");
      crm.alwaysAnswers(200);
      agent.submit(page, "/console/deliveries/" + delivery + "/retry", Map.of("back", "lead"));
      hub.awaitDelivery("OWED", own, "delivered");
      assertThat(agent.submit(page, page + "/send", Map.of("endpoint", own.id())).statusCode())
          .isEqualTo(303);
      hub.awaitAttempts("OWED", own, 3);
      assertThat(agent.submit(page, page + "/send", Map.of("endpoint", wide.id())).statusCode())
          .as("an endpoint that is not their office's, and that they see on the page")
          .isEqualTo(403);
      assertThat(agent.submit(page, page + "/send", Map.of("endpoint", "1")).statusCode())
          .isEqualTo(404);
      var foreign = hub.deliveries("FOREIGN", own).getFirst().path("id").asString();
      assertThat(
              agent
                  .submit(page, "/console/deliveries/" + foreign + "/retry", Map.of())
                  .statusCode())
          .isEqualTo(404);
      for (var endpoint : List.of(own, wide)) {
        hub.api().delete("/endpoints/" + endpoint.id());
      }
    }
  }

  @Test
  void whoever_sees_an_office_makes_nobody_who_sees_more() {
    try (var hub = TestHub.start(folder)) {
      var office = node(hub, "office");
      var company = node(hub, "company");
      var chief = member(hub, office, "chief");
      assertThat(role(hub, chief, "administrator")).isEqualTo(200);
      var token =
          hub.api()
              .make(
                  "/tokens",
                  Json.object()
                      .put("name", "office")
                      .put("node", office)
                      .set("scopes", Json.object().putArray("scopes").add("admin")))
              .path("token")
              .asString();
      var narrow = hub.api().withToken(token);
      var helper = member(hub, office, "helper");
      var path = "/nodes/" + helper + "/role";
      assertThat(narrow.put(path, Json.object().put("role", "administrator")).status())
          .isEqualTo(400);
      assertThat(
              narrow.put(path, Json.object().put("role", "manager").put("node", company)).status())
          .isEqualTo(400);
      assertThat(
              narrow.put(path, Json.object().put("role", "manager").put("node", office)).status())
          .isEqualTo(200);
      // Not by the way of somebody who sees more already.
      assertThat(narrow.post("/nodes/" + chief + "/password", Json.object()).status())
          .isEqualTo(403);
      assertThat(
              narrow.put("/nodes/" + chief + "/role", Json.object().put("role", "agent")).status())
          .isEqualTo(403);
      assertThat(narrow.delete("/nodes/" + chief + "/role").status()).isEqualTo(403);
      assertThat(hub.api().read("/nodes/" + chief + "/role").path("role").asString())
          .isEqualTo("administrator");
    }
  }
}
