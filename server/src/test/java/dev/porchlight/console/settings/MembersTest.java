package dev.porchlight.console.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.access.MemberPasswords;
import dev.porchlight.sign.Passwords;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of members, at the console and by the API.
@Timeout(60)
class MembersTest {
  private static final String NODES = "/console/settings/nodes";

  @TempDir Path folder;

  private static String node(TestHub hub, String name) {
    return hub.items("/nodes").stream()
        .filter(n -> n.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  private static String add(TestHub hub, String name, String email) {
    var body = Json.object().put("kind", "member").put("name", name).put("email", email);
    return hub.api()
        .make("/nodes", body.put("parent", node(hub, "Default office")))
        .path("id")
        .asString();
  }

  @Test
  void nobody_is_let_in_by_the_address_of_somebody_who_signs_in() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var bo = ConsoleGuest.at(hub)) {
      var office = node(hub, "Default office");
      var chief = add(hub, "Bo Chen", "bo@example.org");
      var password = Json.object().put("password", ConsoleGuest.PASSWORD);
      hub.api().make("/nodes/" + chief + "/password", password);
      hub.api()
          .put(
              "/nodes/" + chief + "/role",
              Json.object().put("role", "administrator").put("node", office));
      bo.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      var added =
          bo.submit(
              "/console/settings",
              NODES,
              Map.of(
                  "kind",
                  "member",
                  "name",
                  "Shadow",
                  "parent",
                  office,
                  "email",
                  "Ada@Example.org"));
      assertThat(added.statusCode()).isEqualTo(303);
      var shadow = node(hub, "Shadow");
      var page = NODES + "/" + shadow;
      for (var act :
          Map.of("/password", Map.of("password", "mine and long"), "/role", Map.of("role", "agent"))
              .entrySet()) {
        var refused = bo.submit(page, page + act.getKey(), act.getValue());
        assertThat(refused.statusCode()).as(act.getKey()).isEqualTo(422);
        assertThat(refused.body())
            .contains(
                "signs in with this e-mail address already", act.getKey().substring(1) + "-error")
            .doesNotContain("Ada Example");
      }
      for (var refused :
          new int[] {
            hub.api().post("/nodes/" + shadow + "/password", password).status(),
            hub.api().put("/nodes/" + shadow + "/role", Json.object().put("role", "agent")).status()
          }) {
        assertThat(refused).isEqualTo(409);
      }
      try (var again = ConsoleGuest.at(hub)) {
        assertThat(again.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD).statusCode())
            .isEqualTo(303);
      }

      // With the hub's token it is the administrator who gets a new password, and no third one.
      int before = hub.items("/nodes").size();
      try (var first = ConsoleGuest.at(hub)) {
        var fields =
            Map.of(
                "token",
                TestHub.ADMIN_TOKEN,
                "name",
                "Ada Again",
                "email",
                ConsoleGuest.EMAIL,
                "new_password",
                "another long one");
        assertThat(first.submit("/console/first", "/console/first", fields).statusCode())
            .isEqualTo(303);
        assertThat(first.get("/console/me").body()).contains("Ada Example");
      }
      assertThat(hub.items("/nodes")).hasSize(before);

      // What came to be before that rule: the password tells whose it is.
      var hash = Passwords.hash("mine and long");
      hub.hub()
          .store()
          .write(
              WorkQueue.EDITS,
              batch -> {
                MemberPasswords.set(batch, shadow, hash);
                return true;
              });
      assertThat(ada.signIn(ConsoleGuest.EMAIL, "another long one").statusCode()).isEqualTo(303);
      assertThat(ada.get("/console/me").body()).contains("Ada Example");
    }
  }

  @Test
  void members_get_another_name_and_address_and_end() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var ana = ConsoleGuest.at(hub)) {
      var member = add(hub, "Ana Lopez", "ana@example.org");
      var path = "/nodes/" + member;
      hub.api().make(path + "/password", Json.object().put("password", ConsoleGuest.PASSWORD));
      hub.api().put(path + "/role", Json.object().put("role", "agent"));
      var page = NODES + "/" + member;
      var taken =
          ada.submit(page, page + "/change", Map.of("name", "Ana", "email", "ada@example.org"));
      assertThat(taken.statusCode()).isEqualTo(422);
      assertThat(taken.body()).contains("email-error", "signs in with this e-mail address already");
      assertThat(hub.api().patch(path, Json.object().put("email", "ADA@example.org")).status())
          .isEqualTo(409);
      assertThat(ada.submit(page, page + "/change", Map.of("name", "", "email", "")).body())
          .contains("name-error");
      ada.submit(page, page + "/change", Map.of("name", "Ana Reyes", "email", "reyes@example.org"));
      assertThat(ana.signIn("reyes@example.org", ConsoleGuest.PASSWORD).statusCode())
          .isEqualTo(303);
      assertThat(ana.get("/console/me").body()).contains("Ana Reyes");

      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var contact = hub.story("L-1").path("contact").path("id").asString();
      assertThat(
              hub.api().patch("/contacts/" + contact, Json.object().put("owner", member)).status())
          .isEqualTo(200);
      var source = hub.items("/sources").getFirst().path("id").asString();
      hub.api().patch("/sources/" + source, Json.object().put("node", member));
      assertThat(ada.submit(page, page + "/end", Map.of()).statusCode()).isEqualTo(303);
      assertThat(ana.get("/console/me").statusCode()).as("the session ended").isEqualTo(303);
      assertThat(ana.signIn("reyes@example.org", ConsoleGuest.PASSWORD).statusCode())
          .isEqualTo(401);
      assertThat(ada.get(page).body()).contains("Ended at", "Take them back");
      var desk = node(hub, "Front desk");
      assertThat(hub.api().read("/contacts/" + contact).path("owner").asString()).isEqualTo(desk);
      assertThat(
              hub.api().patch("/contacts/" + contact, Json.object().put("owner", member)).status())
          .isEqualTo(400);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      assertThat(hub.story("L-2").toString()).contains("Front desk", desk).doesNotContain(member);

      var front = NODES + "/" + desk;
      assertThat(ada.submit(front, front + "/end", Map.of()).statusCode()).isEqualTo(422);
      assertThat(hub.api().patch("/nodes/" + desk, Json.object().put("ended", true)).status())
          .isEqualTo(409);
      ada.submit(page, page + "/return", Map.of());
      assertThat(hub.api().read(path).has("ended_at")).isFalse();
      assertThat(hub.api().get(path + "/role").json().has("role")).isFalse();
    }
  }

  @Test
  void the_audit_says_who_signed_in_and_did_what_and_nothing_that_was_not_done() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub);
        var ana = ConsoleGuest.at(hub)) {
      var member = add(hub, "Ana Lopez", "ana@example.org");
      hub.api()
          .make(
              "/nodes/" + member + "/password",
              Json.object().put("password", ConsoleGuest.PASSWORD));
      var page = NODES + "/" + member;
      ada.submit(page, page + "/role", Map.of("role", "agent"));
      hub.addSource("portal", "connections-plus")
          .post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var lead = "/console/leads/" + hub.story("L-1").path("id").asString();
      for (var nobody : new String[] {"999", ""}) {
        var refused = ada.submit(lead, lead + "/reassign", Map.of("owner", nobody));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
            .contains("aria-describedby=\"owner-error\"", "id=\"owner-error\"");
      }
      assertThat(ada.get("/console/me").body())
          .contains("value=\"ada@example.org\" autocomplete=\"username\" hidden");
      ada.submit(lead, lead + "/reassign", Map.of("owner", member));
      ana.signIn("ana@example.org", "wrong as it is");
      ana.signIn("ana@example.org", ConsoleGuest.PASSWORD);
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .untilAsserted(() ->
              assertThat(
                      hub.items("/audit?limit=200").stream()
                          .map(e -> e.path("principal").asString() + " " + e.path("act").asString())
                          .filter(e -> e.contains("sign-in") || e.contains("reassign"))
                          .map(e -> e.replaceFirst("^member [0-9]{26}", "member")))
                  .containsExactlyInAnyOrder(
                      "member POST /console/sign-in",
                      "nobody POST /console/sign-in/refused",
                      "member POST /console/leads/{id}/reassign → " + member));
      assertThat(ada.get("/console/audit").body())
          .contains(
              "Signing in: refused",
              "Lead: passed on → Ana Lopez",
              "Account tree: role set → Agent",
              "<a href=\"" + lead + "\">",
              "<a href=\"" + page + "\"><bdi>Ana Lopez</bdi></a>")
          .doesNotContain("→ 999");
      var menu = ana.get("/console/leads").body();
      for (var dead : new String[] {"sources", "endpoints", "replays"}) {
        assertThat(menu).doesNotContain("href=\"/console/" + dead + "\"");
        assertThat(ana.get("/console/" + dead).body()).doesNotContain("Add one");
      }
      var tokens = "/console/settings/tokens";
      var god = ada.submit(tokens, tokens, Map.of("name", "x", "scope", "god"));
      assertThat(god.statusCode()).isEqualTo(422);
      assertThat(hub.items("/tokens")).isEmpty();
    }
  }
}
