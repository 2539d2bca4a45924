package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Answer;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// The webhook of a Seeker Leads portal.
@OnEveryDatabase
class SeekerWebhookTest {
  private static final String SECRET = "the secret of the webhook";

  @Parameter Database database;
  @TempDir Path folder;
  private TestHub hub;
  private TestHub.SourceAtHub portal;

  @BeforeEach
  void start() {
    hub = database.start(folder);
    portal =
        hub.addSource(
            "seeker",
            "seeker-leads",
            b -> {
              var profile = b.putObject("signature");
              profile.put("header", "X-Signature").put("algorithm", "hmac-sha256");
              profile.put("encoding", "hex").put("policy", "require").putArray("keys").add(SECRET);
            });
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Answer signed(String body) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    var signature = HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    return portal.sender().withHeader("X-Signature", signature).post(body);
  }

  private static String lead(String id, String contact, String more) {
    return """
    {"metadata": {"leadId": "%s", "processedDate": 1767258000, "category": "CLASSIFIED"%s},
     "contactRequest": %s, "property": {"classifiedId": "26ABCDEFGHJK"}}
    """
        .formatted(id, more, contact);
  }

  private static final String ANA =
      """
      {"firstName": "Ana", "lastName": "Invented", "email": "ana@example.org",
       "message": "Is it still to be had?", "phoneNumbers": []}\
      """;

  @Test
  void a_signed_lead_is_taken_and_its_repeat_has_the_same_id() throws Exception {
    var first = signed(lead("S-1", ANA, ""));
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().path("requestId").asString()).isNotEmpty();
    var again = signed(lead("S-1", ANA, ""));
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(hub.leads()).hasSize(1);
  }

  @Test
  void an_unsigned_or_wrongly_signed_one_is_refused_with_the_contracts_problem() {
    var missing = portal.sender().post(lead("S-1", ANA, ""));
    assertThat(missing.status()).isEqualTo(401);
    assertThat(missing.header("Content-Type").orElse("")).startsWith("application/problem+json");
    for (var member : new String[] {"type", "title", "detail", "instance", "status"}) {
      assertThat(missing.json().has(member)).as(member).isTrue();
    }
    var wrong =
        portal.sender().withHeader("X-Signature", "00".repeat(32)).post(lead("S-1", ANA, ""));
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(hub.leads()).isEmpty();
    assertThat(hub.items("/receipts?state=refused")).hasSize(2);
  }

  @Test
  void unknown_words_and_members_do_not_keep_a_lead_out() throws Exception {
    var contact =
        Json.tree(ANA)
            .toString()
            .replace("{", "{\"gender\": \"NEW\", \"language\": \"SV\", \"later\": 1, ");
    var body =
        lead("S-2", contact, ", \"portal\": \"NEW-FRA\", \"leadType\": \"SWAP\", \"soon\": {}");
    assertThat(signed(body).status()).isEqualTo(200);
    assertThat(signed(body.replace("CLASSIFIED", "BRAND_NEW").replace("S-2", "S-3")).status())
        .isEqualTo(200);
    assertThat(hub.leads()).hasSize(2);
  }

  @Test
  void an_erased_lead_is_a_version_of_the_lead_that_names_nobody() throws Exception {
    assertThat(signed(lead("S-4", ANA, "")).status()).isEqualTo(200);
    var nobody =
        """
        {"firstName": null, "lastName": null, "name": null, "message": null, "gender": null,
         "language": null, "email": null, "phoneNumbers": []}\
        """;
    assertThat(signed(lead("S-4", nobody, "")).status()).isEqualTo(200);
    assertThat(hub.leads()).hasSize(1);
    assertThat(hub.leads().getFirst().path("version").asInt()).isEqualTo(2);
  }

  @Test
  void what_can_not_be_a_lead_is_quarantined_with_the_contracts_problem() throws Exception {
    for (var body :
        new String[] {"{\"leadId\": \"S-5\"}", "[]", "{\"metadata\"", "{\"a\":".repeat(99)}) {
      var answer = signed(body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.json().path("status").asInt()).isEqualTo(400);
    }
    assertThat(hub.items("/receipts?state=quarantined")).hasSize(4);
  }
}
