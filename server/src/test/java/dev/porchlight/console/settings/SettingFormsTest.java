package dev.porchlight.console.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.FakeMailServer;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What can be set of the hub at the console: how long things are kept, mail, and where keys are.
@Timeout(120)
class SettingFormsTest {
  private static final String SETTINGS = "/console/settings";

  @TempDir Path folder;

  @Test
  void periods_and_mail_are_set_and_take_effect() {
    try (var post = FakeMailServer.open().answers("RCPT", "250 OK", "550 5.1.1 no such mailbox");
        var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var page = SETTINGS + "/hub";
      assertThat(ada.get(SETTINGS).body()).contains(page, SETTINGS + "/mail", SETTINGS + "/keys");
      assertThat(ada.get(page).body())
          .contains("90 days, as configured", "30 days, as configured", "for ever, as configured")
          .contains("PORCHLIGHT_SMTP_PORT", "400 days, always", "127.0.0.0/8");
      var refused =
          ada.submit(page, page + "/retention", Map.of("receipts_kept_days", "a <b>while"));
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body())
          .contains("id=\"receipts_kept_days-error\"", "a &lt;b>while")
          .contains("Must be a whole number from 0 to 36500.");
      var set =
          ada.submit(
              page,
              page + "/retention",
              Map.of("receipts_kept_days", "2", "attempts_kept_days", ""));
      assertThat(set.statusCode()).isEqualTo(303);
      assertThat(ada.get(page).body()).contains("2 days, set here; 90 days as configured");
      assertThat(hub.api().read("/retention").toString())
          .contains("\"receipts_kept_days\":2,\"attempts_kept_days\":30")
          .contains("\"set\":[\"receipts_kept_days\"]");

      mail(hub, ada, post);
      nodes(hub, ada);

      // Half a week later, what is over goes; with the period given back, the next stays.
      var portal = hub.addSource("portal", "connections-plus");
      var keys = ada.get(SETTINGS + "/keys").body();
      assertThat(keys)
          .contains("portal", "the source&#39;s door".replace("&#39;", "'"))
          .doesNotContain(portal.key());
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.clock().advance(Duration.ofDays(3));
      hub.hub().wake();
      Awaitility.await().atMost(TestHub.PATIENCE).until(() -> bodies(hub) == 0);
      ada.signIn(ConsoleGuest.EMAIL, ConsoleGuest.PASSWORD);
      ada.submit(page, page + "/retention", Map.of("attempts_kept_days", "7"));
      assertThat(ada.get(page).body())
          .contains("90 days, as configured", "7 days, set here; 30 days as configured");
      hub.hub().wake();
      Awaitility.await()
          .atMost(TestHub.PATIENCE)
          .until(() ->
              hub.api().read("/audit").toString().contains("POST /console/settings/hub/retention"));
    }
  }

  private static int bodies(TestHub hub) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM receipt_raw").mapTo(Integer.class).one());
  }

  private static void mail(TestHub hub, ConsoleGuest ada, FakeMailServer post) {
    var page = SETTINGS + "/mail";
    assertThat(ada.get(page).body()).contains("No server is set", "Set a server first.");
    var refused =
        ada.submit(page, page, Map.of("host", "mail.example.com", "from", "x", "port", "25"));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("id=\"from-error\"", "Must be a plain e-mail address.");
    var early = ada.submit(page, page + "/test", Map.of("to", "desk@example.org"));
    assertThat(early.statusCode()).isEqualTo(422);
    var fields =
        Map.of(
            "host",
            "127.0.0.1",
            "port",
            Integer.toString(post.port()),
            "security",
            "none",
            "from",
            "hub@porch.example.org");
    assertThat(ada.submit(page, page, fields).statusCode()).isEqualTo(303);
    assertThat(hub.api().read("/mail-server").path("security").asString()).isEqualTo("none");
    var taken = ada.submit(page, page + "/test", Map.of("to", "desk@example.org"));
    assertThat(taken.body()).contains("The server took the mail to desk@example.org");
    assertThat(post.messages().getFirst().text()).contains("To: <desk@example.org>");
    var rejected = ada.submit(page, page + "/test", Map.of("to", "gone@example.org"));
    assertThat(rejected.body()).contains("was not taken", "no such mailbox");
    assertThat(hub.items("/leads?test=true")).isEmpty();
    assertThat(ada.submit(page, page + "/off", Map.of()).statusCode()).isEqualTo(303);
    assertThat(hub.api().get("/mail-server").status()).isEqualTo(404);
  }

  /// What is said at a node holds there, and an administrator of an office reaches nothing more.
  private static void nodes(TestHub hub, ConsoleGuest ada) {
    var office =
        hub.items("/nodes").stream()
            .filter(n -> n.path("kind").asString().equals("office"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString();
    var dragon =
        ada.submit(
            SETTINGS,
            SETTINGS + "/nodes",
            Map.of("kind", "dragon", "name", "Smoke", "parent", office));
    assertThat(dragon.statusCode()).isEqualTo(422);
    assertThat(dragon.body()).contains("id=\"kind-error\"");
    assertThat(hub.api().read("/nodes").toString()).doesNotContain("Smoke");
    var page = SETTINGS + "/nodes/" + office;
    var often = ada.submit(page, page + "/mail", Map.of("copies", "often"));
    assertThat(often.statusCode()).isEqualTo(422);
    assertThat(often.body()).contains("id=\"copies-error\"");
    var wrong = ada.submit(page, page + "/mail", Map.of("time_zone", "Mars/Olympus"));
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(wrong.body()).contains("id=\"time_zone-error\"");
    ada.submit(page, page + "/mail", Map.of("fallback", "desk@example.org", "copies", "false"));
    assertThat(hub.api().read("/nodes/" + office + "/mail").toString())
        .contains("\"copies\":false,\"fallback\":\"desk@example.org\"");
    assertThat(ada.get(page).body()).contains("value=\"desk@example.org\"");

    var chief =
        hub.api()
            .post(
                "/nodes",
                Json.object()
                    .put("kind", "member")
                    .put("name", "Bo Chen")
                    .put("email", "bo@example.org")
                    .put("parent", office))
            .json()
            .path("id")
            .asString();
    hub.api()
        .post(
            "/nodes/" + chief + "/password", Json.object().put("password", ConsoleGuest.PASSWORD));
    hub.api()
        .put(
            "/nodes/" + chief + "/role",
            Json.object().put("role", "administrator").put("node", office));
    try (var bo = ConsoleGuest.at(hub)) {
      bo.signIn("bo@example.org", ConsoleGuest.PASSWORD);
      assertThat(bo.get(SETTINGS).body()).doesNotContain(SETTINGS + "/mail");
      for (var path : new String[] {"/hub", "/mail"}) {
        assertThat(bo.get(SETTINGS + path).statusCode()).as(path).isEqualTo(403);
      }
      for (var act : new String[] {"/hub/retention", "/mail", "/mail/off", "/mail/test"}) {
        assertThat(bo.submit(SETTINGS, SETTINGS + act, Map.of()).statusCode())
            .as(act)
            .isEqualTo(403);
      }
      assertThat(bo.submit(SETTINGS, page + "/mail", Map.of()).statusCode()).isEqualTo(303);
      assertThat(hub.api().read("/nodes/" + office + "/mail").path("fallback").isNull()).isTrue();
    }
  }
}
