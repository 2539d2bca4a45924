package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.sign.SignatureProfile;
import dev.porchlight.sign.SignatureProfiles;
import dev.porchlight.sign.StandardWebhooks;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.Sealed;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.node.ObjectNode;

/// Signed bodies at a door: what `report` tells and `require` refuses.
@OnEveryDatabase
class SignatureTest {
  private static final String KEY = "a key that two sides share";

  @Parameter Database database;
  @TempDir Path folder;

  private static ObjectNode profile(String policy, String... keys) {
    var profile =
        Json.object()
            .put("header", "X-Signature")
            .put("algorithm", "hmac-sha256")
            .put("encoding", "hex")
            .put("policy", policy);
    var list = profile.putArray("keys");
    for (var key : keys) {
      list.add(key);
    }
    return profile;
  }

  private static String hmac(String key, String body) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void require_refuses_a_wrong_or_missing_signature_and_keeps_the_receipt() throws Exception {
    try (var hub = database.start(folder)) {
      var portal =
          hub.addSource(
              "portal",
              "connections-plus",
              b -> b.set("signature", profile("require", KEY, "the key before")));
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();

      var missing = portal.sender().post(body);
      var wrong = portal.sender().withHeader("X-Signature", hmac("other", body)).post(body);
      var ofOtherBytes =
          portal.sender().withHeader("X-Signature", hmac(KEY, body)).post(body + " ");
      for (var refused : new dev.porchlight.testing.Answer[] {missing, wrong, ofOtherBytes}) {
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.json().propertyNames())
            .containsExactlyInAnyOrder(
                "communications_guid", "status_code", "message", "description");
        var receipt =
            hub.api().read("/receipts/" + refused.json().path("communications_guid").stringValue());
        assertThat(receipt.path("state").stringValue()).isEqualTo("refused");
      }
      assertThat(hub.leads()).isEmpty();
      var large = LeadBodies.buyer("L-2", InventedPerson.of(1)).put("message", "x".repeat(70_000));
      assertThat(portal.post(large).status()).isEqualTo(401);
      assertThat(hub.items("/receipts?state=refused")).hasSize(3);

      var capitals = hmac(KEY, body).toUpperCase(Locale.ROOT);
      assertThat(portal.sender().withHeader("X-Signature", capitals).post(body).status())
          .isEqualTo(200);
      var byOldKey = LeadBodies.buyer("L-3", InventedPerson.of(3)).toString();
      assertThat(
              portal
                  .sender()
                  .withHeader("X-Signature", hmac("the key before", byOldKey))
                  .post(byOldKey)
                  .status())
          .isEqualTo(200);
      assertThat(hub.story("L-1").path("receipts").get(0).path("signature").stringValue())
          .isEqualTo("verified with key 1");
      assertThat(hub.story("L-3").path("receipts").get(0).path("signature").stringValue())
          .isEqualTo("verified with key 2");
    }
  }

  @Test
  void report_takes_the_lead_and_tells_which_known_profile_fits() throws Exception {
    try (var hub = database.start(folder)) {
      var reporting = profile("report", KEY).put("header", "X-Other").put("encoding", "base64");
      var portal = hub.addSource("portal", "connections-plus", b -> b.set("signature", reporting));
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();

      assertThat(portal.sender().withHeader("X-Signature", hmac(KEY, body)).post(body).status())
          .isEqualTo(200);
      var unsigned = LeadBodies.buyer("L-2", InventedPerson.of(2));
      assertThat(portal.post(unsigned).status()).isEqualTo(200);

      assertThat(hub.story("L-1").path("receipts").get(0).path("signature").stringValue())
          .contains("a known profile would fit");
      assertThat(hub.story("L-2").path("receipts").get(0).path("signature").stringValue())
          .contains("no known profile fits");
      assertThat(hub.api().read("/sources/portal").toString()).doesNotContain(KEY);

      // Off again: nothing is checked.
      hub.api().patch("/sources/portal", Json.object().putNull("signature"));
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      assertThat(hub.story("L-3").path("receipts").get(0).has("signature")).isFalse();
    }
  }

  @Test
  void a_signature_that_we_fail_to_check_is_503_under_require_and_taken_under_report()
      throws Exception {
    try (var hub = database.start(folder)) {
      for (var policy : List.of("require", "report")) {
        var portal =
            hub.addSource(
                policy, "connections-plus", b -> b.set("signature", profile(policy, KEY)));
        var sound = Sealed.replace(hub, portal.id(), new byte[] {1, 2, 3});
        var body = LeadBodies.buyer("L-" + policy, InventedPerson.of(1)).toString();
        var sender = portal.sender().withHeader("X-Signature", hmac(KEY, body));
        var answer = sender.post(body);
        if (policy.equals("report")) {
          assertThat(answer.status()).isEqualTo(200);
          assertThat(hub.story("L-report").path("receipts").get(0).path("signature").stringValue())
              .contains("defect");
          continue;
        }
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(answer.json().path("status_code").intValue()).isEqualTo(503);
        assertThat(hub.items("/receipts")).isEmpty();
        Sealed.replace(hub, portal.id(), sound);
        assertThat(sender.post(body).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void a_sender_that_signs_with_a_pair_of_keys_is_known_by_the_public_one() {
    try (var hub = database.start(folder)) {
      var pair = StandardWebhooks.newPair();
      var profile =
          Objects.requireNonNull(SignatureProfiles.known().get("standard-webhooks-v1a"))
              .with(List.of(pair.shown()), SignatureProfile.Policy.REQUIRE);
      var portal =
          hub.addSource("portal", "connections-plus", b -> b.set("signature", profile.toJson()));
      var shown = hub.api().read("/sources/" + portal.id()).path("signature");
      assertThat(shown.path("key_form").stringValue()).isEqualTo("public");
      assertThat(shown.path("key_count").intValue()).isEqualTo(1);
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();
      var signed =
          StandardWebhooks.headers(
              "msg_1",
              hub.clock().instant(),
              body.getBytes(StandardCharsets.UTF_8),
              List.of(StandardWebhooks.parseKey(pair.secret()).key()));
      var sender = portal.sender();
      for (var header : signed.entrySet()) {
        sender = sender.withHeader(header.getKey(), header.getValue());
      }
      assertThat(sender.post(body + " ").status()).isEqualTo(401);
      assertThat(sender.post(body).status()).isEqualTo(200);
      assertThat(hub.story("L-1").path("receipts").get(0).path("signature").stringValue())
          .isEqualTo("verified");
    }
  }
}
