package dev.porchlight.console.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Parties and grants are made, changed and ended at the console.
@Timeout(120)
class PartyPagesTest {
  private static final String PARTIES = "/console/events/parties";
  private static final String GRANTS = "/console/events/grants";
  private static final Pattern KEY = Pattern.compile("<code>(plp_[^<]+)</code>");

  @TempDir Path folder;

  private static String key(HttpResponse<String> page) {
    var found = KEY.matcher(page.body());
    assertThat(found.find()).as(page.body()).isTrue();
    return found.group(1);
  }

  private static JsonNode party(TestHub hub, String name) {
    return hub.items("/parties").stream()
        .filter(p -> p.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_party_is_added_gets_another_key_and_is_removed_with_its_grants() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var form = PARTIES + "/new";
      var wrong = ada.submit(form, form, Map.of("name", "!!!", "kind", "office"));
      assertThat(wrong.statusCode()).isEqualTo(422);
      assertThat(wrong.body()).contains("id=\"name-error\"", "the pod is called after it");
      var made = ada.submit(form, form, Map.of("name", "Harbor <i>Realty", "kind", "office"));
      assertThat(made.body())
          .contains("This key is shown only now", "Harbor &lt;i>Realty", "/publish/");
      var first = key(made);
      var harbor = party(hub, "Harbor <i>Realty");
      var page = PARTIES + "/" + harbor.path("id").asString();
      assertThat(ada.get(page).body()).doesNotContain(first);
      var taken = ada.submit(form, form, Map.of("name", "Harbor <i>Realty", "kind", "office"));
      assertThat(taken.statusCode()).isEqualTo(422);
      assertThat(taken.body()).contains("already");

      var rotated = ada.submit(page, page + "/key", Map.of("overlap", "0"));
      assertThat(key(rotated)).isNotEqualTo(first);
      assertThat(hub.api().read("/parties/" + harbor.path("id").asString()).path("keys"))
          .hasSize(1);
      assertThat(ada.submit(page, page, Map.of("name", "Harbor", "rate_limit", "7")).statusCode())
          .isEqualTo(303);
      assertThat(party(hub, "Harbor").path("rate_limit").asInt()).isEqualTo(7);
      var rate = ada.submit(page, page, Map.of("name", "Harbor", "rate_limit", "many"));
      assertThat(rate.body()).contains("id=\"rate_limit-error\"", "value=\"many\"");

      grants(hub, ada, harbor.path("id").asString());
      assertThat(ada.submit(page, page + "/remove", Map.of()).statusCode()).isEqualTo(303);
      assertThat(party(hub, "Harbor").has("removed_at")).isTrue();
      assertThat(hub.items("/grants")).allMatch(g -> g.has("revoked_at"));
      assertThat(ada.get(page).body()).contains("removed").doesNotContain("Make a new key");
      assertThat(ada.get(PARTIES + "/none").statusCode()).isEqualTo(404);
    }
  }

  private static void grants(TestHub hub, ConsoleGuest ada, String owner) {
    var app =
        hub.api()
            .make("/parties", Json.object().put("name", "Feed app").put("kind", "app"))
            .path("id")
            .asString();
    var form = GRANTS + "/new";
    assertThat(ada.get(form).body()).contains("data-completes=\"fields\"", "data-word=\"City\"");
    var misread =
        ada.submit(
            form,
            form,
            Map.of(
                "owner",
                owner,
                "party",
                app,
                "subscribes",
                "realestate/listing",
                "filter",
                "City Egal 'x'"));
    assertThat(misread.statusCode()).isEqualTo(422);
    assertThat(misread.body()).contains("City </bdi><mark><bdi>Egal</bdi>");
    var none = ada.submit(form, form, Map.of("owner", owner, "party", app));
    assertThat(none.body()).contains("Name groups in `publishes`");
    for (int i = 0; i < 2; i++) {
      ada.submit(
          form,
          form,
          Map.of(
              "owner",
              owner,
              "party",
              app,
              "publishes",
              "realestate/lead",
              "subscribes",
              "realestate/listing\r\nrealestate/website",
              "filter",
              "City Eq 'Springfield'",
              "redaction",
              "/object/buyerAgent",
              "until",
              "2030-01-02T03:04:05Z"));
    }
    var granted = hub.items("/grants");
    assertThat(granted).hasSize(2);
    assertThat(granted.getFirst().toString())
        .contains("\"subscribes\":[\"realestate/listing\",\"realestate/website\"]")
        .contains("City Eq 'Springfield'", "/object/buyerAgent", "2030-01-02");
    var id = granted.getFirst().path("id").asString();
    assertThat(ada.get(PARTIES).body()).contains(GRANTS + "/" + id + "/end");
    assertThat(ada.submit(PARTIES, GRANTS + "/" + id + "/end", Map.of()).statusCode())
        .isEqualTo(303);
    assertThat(hub.api().read("/grants/" + id).has("revoked_at")).isTrue();
    assertThat(ada.get(PARTIES).body()).doesNotContain(GRANTS + "/" + id + "/end");
  }
}
