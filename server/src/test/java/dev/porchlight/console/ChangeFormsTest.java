package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What was said of sources and endpoints when they were made is changed at the console.
@Timeout(120)
class ChangeFormsTest {
  @TempDir Path folder;

  @Test
  void everything_of_an_endpoint_and_of_a_source_can_be_changed() {
    try (var hub = TestHub.start(folder);
        var ada = ConsoleGuest.administrator(hub)) {
      var portal =
          hub.addSource(
              "portal",
              "connections-plus",
              b -> {
                b.put("retention", "P3Y");
                var signature = b.putObject("signature");
                signature.put("header", "X-Signature").put("algorithm", "hmac-sha256");
                signature.put("policy", "require").putArray("keys").add("the secret key");
              });
      var endpoint = hub.addEndpoint("http://127.0.0.1:9/hook", "porchlight");
      endpoint(hub, ada, endpoint.id(), portal.id());
      source(hub, ada, portal);
    }
  }

  private static void endpoint(TestHub hub, ConsoleGuest ada, String id, String source) {
    var page = "/console/endpoints/" + id + "/change";
    assertThat(ada.get("/console/endpoints/" + id).body()).contains(page);
    assertThat(ada.get(page).body())
        .contains("value=\"http://127.0.0.1:9/hook\"", "contact.updated")
        .contains("data-word=\"ListPrice\"", "data-completes=\"fields\"");
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", "Sales CRM");
    fields.put("url", "http://127.0.0.1:9/other");
    fields.put("contract", "porchlight");
    fields.put("kinds", "lead.*");
    fields.put("sources", source);
    fields.put("tests", "yes");
    fields.put("filter", "State Eq 'CA' Annd ListPrice Gt 5");
    fields.put("auth", "oauth2");
    fields.put("auth_user", "crm");
    fields.put("auth_secret", "hush hush");
    fields.put("token_url", "http://127.0.0.1:9/token");
    fields.put("token_scope", "leads");
    fields.put("api_key", "crm key 1");
    fields.put("max_concurrent", "2");
    fields.put("max_per_second", "5");
    fields.put("order", "newest");
    fields.put("x_signature", "true");
    fields.put("assumed_role", "seller");
    fields.put("signature", "{\"header\": \"X-Hub-Signature-256\", \"prefix\": \"sha256=\"}");
    var misread = ada.submit(page, page, fields);
    assertThat(misread.statusCode()).isEqualTo(422);
    assertThat(misread.body())
        .contains("<mark><bdi>Annd</bdi></mark>", "value=\"Sales CRM\"")
        .doesNotContain("hush hush", "crm key 1");
    fields.put("filter", "State Eq 'CA' And ListPrice Gt 5");
    fields.put("max_concurrent", "1000");
    assertThat(ada.submit(page, page, fields).body())
        .contains("id=\"max_concurrent-error\"", "Must be a whole number from 1 to 64.");
    fields.put("max_concurrent", "2");
    var cut = new LinkedHashMap<>(fields);
    cut.put("signature", "{\"header\"");
    assertThat(ada.submit(page, page, cut).body()).contains("id=\"signature-error\"");
    var tls = new LinkedHashMap<>(fields);
    tls.put("tls_certificate", "no certificate");
    assertThat(ada.submit(page, page, tls).statusCode()).isEqualTo(422);
    var saved = ada.submit(page, page, fields);
    assertThat(saved.statusCode()).as(saved.body()).isEqualTo(303);
    var now = hub.api().read("/endpoints/" + id);
    assertThat(now.toString())
        .contains("\"name\":\"Sales CRM\"", "/other", "\"kinds\":[\"lead.*\"]", source)
        .contains("\"tests\":true", "State Eq 'CA' And ListPrice Gt 5", "\"order\":\"newest\"")
        .contains("\"max_concurrent\":2", "\"max_per_second\":5", "\"x_signature\":true")
        .contains("\"token_url\":\"http://127.0.0.1:9/token\",\"client_id\":\"crm\"")
        .contains("\"assumed_role\":\"seller\"", "X-Hub-Signature-256");

    // Sent again as it stands, nothing is lost, secrets included; then all of it is taken back.
    fields.remove("auth_secret");
    fields.remove("api_key");
    assertThat(ada.submit(page, page, fields).statusCode()).isEqualTo(303);
    assertThat(hub.api().read("/endpoints/" + id)).isEqualTo(now);
    fields.keySet().retainAll(Set.of("name", "url", "contract"));
    fields.put("auth", "none");
    fields.put("api_key_none", "yes");
    var bare = ada.submit(page, page, fields);
    assertThat(bare.statusCode()).as(bare.body()).isEqualTo(303);
    assertThat(hub.api().read("/endpoints/" + id).toString())
        .doesNotContain("authorization", "max_per_second", "filter", "assumed_role", "x_signature")
        .contains("\"name\":\"Sales CRM\"", "\"order\":\"usual\"", "\"kinds\":[]");
    assertThat(ada.get("/console/endpoints/none/change").statusCode()).isEqualTo(404);
  }

  private static void source(TestHub hub, ConsoleGuest ada, TestHub.SourceAtHub portal) {
    var page = "/console/sources/" + portal.id() + "/change";
    assertThat(ada.get("/console/sources/" + portal.id()).body()).contains(page);
    assertThat(ada.get(page).body())
        .contains("value=\"P3Y\"", "X-Signature")
        .doesNotContain("the secret key");
    var known = hub.api().read("/sources/portal");
    var profile = known.path("signature").toPrettyString();
    var wrong = ada.submit(page, page, Map.of("region", "us", "signature", profile));
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(wrong.body()).contains("id=\"region-error\"");
    assertThat(ada.submit(page, page, Map.of("region", "DE", "signature", "{")).body())
        .contains("This is not JSON.");
    var saved =
        ada.submit(
            page,
            page,
            Map.of("region", "DE", "portal", "SLG-FRA", "retention", "P30D", "signature", profile));
    assertThat(saved.statusCode()).as(saved.body()).isEqualTo(303);
    var now = hub.api().read("/sources/portal");
    assertThat(now.toString())
        .contains("\"region\":\"DE\"", "\"portal\":\"SLG-FRA\"", "\"retention\":\"P30D\"");
    assertThat(now.path("signature")).isEqualTo(known.path("signature"));
    assertThat(portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1))).status()).isEqualTo(401);
    ada.submit(page, page, Map.of("region", "DE", "signature", ""));
    assertThat(hub.api().read("/sources/portal").toString())
        .doesNotContain("signature", "retention", "SLG-FRA");
    assertThat(portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1))).status()).isEqualTo(200);

    var one = "/console/sources/" + portal.id();
    var opened = ada.submit(one, one + "/mail", Map.of());
    assertThat(opened.body()).contains("This is shown only now.", "End all addresses");
    assertThat(ada.get("/console/settings/mail").body()).contains("1 address in use");
    assertThat(ada.submit(one, one + "/no-mail", Map.of()).statusCode()).isEqualTo(303);
    assertThat(ada.get("/console/settings/mail").body()).contains("No source has an address");
  }
}
