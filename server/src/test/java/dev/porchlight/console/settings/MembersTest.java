package dev.porchlight.console.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.access.MemberPasswords;
import dev.porchlight.sign.Passwords;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.Map;
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
}
