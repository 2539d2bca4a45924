package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a form or a filter can't mean is said, and nothing else is done in its place.
@Timeout(60)
class RefusedFormsTest {
  @TempDir Path folder;

  @Test
  void what_cannot_be_meant_is_refused_beside_the_field() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var sender = hub.addSource("portal", "connections-plus");
      var endpoint =
          Json.object()
              .put("name", "crm")
              .put("url", "https://crm.example.org/in")
              .put("contract", "connections-plus");
      endpoint.putArray("kinds").add("lead.created");
      var crm =
          "/console/endpoints/" + hub.api().make("/endpoints", endpoint).path("id").asString();
      var portal = "/console/sources/" + hub.items("/sources").getFirst().path("id").asString();
      for (var wrong : new String[] {"abc", "77777"}) {
        for (var act : new String[] {crm + "/secret", portal + "/key"}) {
          var page = act.substring(0, act.lastIndexOf('/'));
          var refused = ada.submit(page, act, Map.of("overlap", wrong));
          assertThat(refused.statusCode()).as(act + " " + wrong).isEqualTo(422);
          assertThat(refused.body()).contains("overlap-error", "Choose one of these times.");
        }
      }
      var unnamed = ada.submit(crm + "/change", crm + "/change", Map.of("name", ""));
      assertThat(unnamed.statusCode()).isEqualTo(422);
      assertThat(unnamed.body()).contains("name-error", "A name is needed.");

      // What is damaged is not stored, and nothing is guessed.
      var damaged = ada.postRaw(crm + "/change", "name=%E9t%E9&csrf=" + ada.csrf(crm + "/change"));
      assertThat(damaged.statusCode()).isEqualTo(400);
      assertThat(damaged.body()).contains("<html lang=", "not text in UTF-8");

      // A code that stands for no country, and a password that nobody would see.
      var nowhere =
          ada.submit(
              "/console/sources/new",
              "/console/sources/new",
              Map.of("name", "zz", "contract", "lead-delivery", "region", "ZZ"));
      assertThat(nowhere.statusCode()).isEqualTo(422);
      assertThat(nowhere.body()).contains("id=\"region-error\"");
      var zz = Json.object().put("region", "ZZ");
      assertThat(hub.api().patch(portal.replace("/console", ""), zz).status()).isEqualTo(400);
      zz.put("name", "zz").put("contract", "lead-delivery");
      assertThat(hub.api().post("/sources", zz).status()).isEqualTo(400);
      var blank =
          ada.submit(
              "/console/me",
              "/console/me/password",
              Map.of("password", ConsoleGuest.PASSWORD, "new_password", " ".repeat(12)));
      assertThat(blank.statusCode()).isEqualTo(422);
      assertThat(blank.body()).contains("not blanks alone");

      for (var wrong : new String[] {"from=zzz", "to=zzz", "state=zzz"}) {
        assertThat(ada.get("/console/deliveries?" + wrong).body())
            .as(wrong)
            .contains("can’t be read, so nothing is looked for");
      }

      // What is no JSON is marked where it ceases to be, also where it breaks off.
      for (var broken :
          Map.of(
                  "{\"role\": \"buyer\",\n \"email\": }",
                  "<code> \"email\": <mark class=\"place\">}</mark></code>",
                  "{\"role\": \"buyer\",\n \"email\": \"a@exam",
                  "<mark class=\"place\"><span class=\"here\">here</span></mark></code>",
                  "{\"role\": \"buyer\"} extra",
                  "} <mark class=\"place\">e</mark>xtra")
              .entrySet()) {
        hub.clock().advance(Duration.ofSeconds(1));
        sender.sender().post(broken.getKey());
        var receipt = hub.items("/receipts").getFirst().path("id").asString();
        assertThat(ada.get("/console/receipts/" + receipt).body())
            .as(broken.getKey())
            .contains(broken.getValue(), "class=\"mark\">");
      }

      // What a form can't give back as it was has no form.
      hub.clock().advance(Duration.ofSeconds(1));
      sender.sender().post(new byte[] {'{', (byte) 0xff, '}'});
      var bytes = hub.items("/receipts?state=quarantined&limit=1").getFirst().path("id").asString();
      assertThat(ada.get("/console/receipts/" + bytes).body())
          .contains("no text in UTF-8, to be put right here")
          .doesNotContain("<textarea", "/console/receipts/" + bytes + "/resubmit");

      // An address that nobody can read is answered by a page.
      for (var hostile :
          new String[] {
            "/console/leads/%00",
            "/console/leads/%2e%2e%2f",
            "/console/leads/a%2Fb",
            "/console/leads/%C3%28",
            "/console//leads",
            "/console/leads/%5C"
          }) {
        var answer = ada.get(hostile);
        assertThat(answer.statusCode()).as(hostile).isIn(400, 404);
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
            .as(hostile)
            .startsWith("text/html");
        assertThat(answer.headers().firstValue("Content-Security-Policy")).as(hostile).isPresent();
        assertThat(answer.body()).as(hostile).contains("<html lang=").doesNotContain("%00");
      }
    }
  }
}
