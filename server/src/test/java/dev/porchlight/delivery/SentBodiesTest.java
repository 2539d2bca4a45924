package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What goes over the wire to an endpoint: bodies, signatures, keys.
@OnEveryDatabase
class SentBodiesTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(String secret, String text) throws GeneralSecurityException {
    return HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), text));
  }

  private static String webhookSignature(String secret, FakeCrm.Received r)
      throws GeneralSecurityException {
    var key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
    var signed = r.header("webhook-id") + "." + r.header("webhook-timestamp") + "." + r.text();
    return "v1," + Base64.getEncoder().encodeToString(hmac(key, signed));
  }

  private static FakeCrm.Received at(FakeCrm crm, String path) {
    return crm.requests().stream().filter(r -> r.path().equals(path)).findFirst().orElseThrow();
  }

  @Test
  void every_attempt_is_signed_and_x_signature_is_sent_as_the_contract_or_the_endpoint_says()
      throws Exception {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var plus =
          hub.addEndpoint(crm.url("/plus"), "connections-plus", b -> b.put("api_key", "theirs-1"));
      var plusOff =
          hub.addEndpoint(crm.url("/off"), "connections-plus", b -> b.put("x_signature", false));
      var delivery = hub.addEndpoint(crm.url("/delivery"), "lead-delivery");
      var deliveryOn =
          hub.addEndpoint(
              crm.url("/on"),
              "lead-delivery",
              b ->
                  b.put("x_signature", true)
                      .put("api_key", "theirs-2")
                      .put("api_key_header", "X-Their-Key"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      crm.await(4);

      var secrets =
          java.util.Map.of(
              "/plus", plus, "/off", plusOff, "/delivery", delivery, "/on", deliveryOn);
      for (var r : crm.requests()) {
        var secret = java.util.Objects.requireNonNull(secrets.get(r.path())).secret();
        assertThat(secret).startsWith("whsec_");
        assertThat(r.header("webhook-signature")).isEqualTo(webhookSignature(secret, r));
        assertThat(r.isSignedWith(secret)).isTrue();
        assertThat(r.header("webhook-timestamp"))
            .isEqualTo(Long.toString(hub.clock().instant().getEpochSecond()));
        assertThat(r.header("Content-Type")).startsWith("application/json");
        assertThat(r.json().has("digital_signature")).isFalse();
      }
      assertThat(crm.requests())
          .extracting(r -> r.header("webhook-id"))
          .containsOnly(crm.requests().getFirst().header("webhook-id"));
      assertThat(at(crm, "/plus").header("X-Signature"))
          .isEqualTo(hex(plus.secret(), at(crm, "/plus").text()));
      assertThat(at(crm, "/on").header("X-Signature"))
          .isEqualTo(hex(deliveryOn.secret(), at(crm, "/on").text()));
      assertThat(at(crm, "/off").header("X-Signature")).isEmpty();
      assertThat(at(crm, "/delivery").header("X-Signature")).isEmpty();
      assertThat(at(crm, "/plus").header("X-API-Key")).isEqualTo("theirs-1");
      assertThat(at(crm, "/on").header("X-Their-Key")).isEqualTo("theirs-2");
      assertThat(at(crm, "/on").header("X-API-Key")).isEmpty();
    }
  }

  @Test
  void
      digital_signature_is_set_on_request_over_the_body_with_it_empty_and_never_in_a_standard_lead()
          throws Exception {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var plusSource = hub.addSource("plus", "connections-plus");
      var deliverySource = hub.addSource("delivery", "lead-delivery");
      var plus =
          hub.addEndpoint(
              crm.url("/plus"),
              "connections-plus",
              b -> b.put("digital_signature", true).putArray("sources").add(plusSource.id()));
      var delivery =
          hub.addEndpoint(
              crm.url("/delivery"),
              "lead-delivery",
              b -> b.put("digital_signature", true).putArray("sources").add(deliverySource.id()));
      plusSource.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
      plusSource.post(LeadBodies.seller("S-1", InventedPerson.of(2)));
      deliverySource.post(LeadBodies.enhanced("E-1", InventedPerson.of(3)));
      deliverySource.post(LeadBodies.standard("D-1", InventedPerson.of(4)));

      for (var r : crm.await(4)) {
        var id = r.json().path("lead_id").stringValue();
        if (id.equals("D-1")) {
          assertThat(r.json().has("digital_signature")).isFalse();
          continue;
        }
        var secret = r.path().equals("/plus") ? plus.secret() : delivery.secret();
        var signature = r.json().path("digital_signature").stringValue();
        assertThat(signature).as(id).isEqualTo(hex(secret, r.text().replace(signature, "")));
        assertThat(r.header("webhook-signature")).isEqualTo(webhookSignature(secret, r));
      }
    }
  }

  @Test
  void after_a_rotation_two_secrets_sign_until_the_old_one_ends() throws Exception {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "connections-plus");
      hub.clock().advance(Duration.ofSeconds(1));
      var fresh =
          hub.api()
              .make(
                  "/endpoints/" + endpoint.id() + "/rotate-secret",
                  Json.object().put("overlap_hours", 1))
              .path("secret")
              .stringValue();
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      hub.clock().advance(Duration.ofHours(1));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "delivered");

      var both = crm.requests().get(0);
      assertThat(both.header("webhook-signature").split(" "))
          .containsExactly(
              webhookSignature(fresh, both), webhookSignature(endpoint.secret(), both));
      assertThat(both.header("X-Signature")).isEqualTo(hex(fresh, both.text()));
      var one = crm.requests().get(1);
      assertThat(one.isSignedWith(fresh)).isTrue();
      assertThat(one.isSignedWith(endpoint.secret())).isFalse();
    }
  }

  @Test
  void of_many_secrets_in_their_overlap_the_newest_ten_sign() throws Exception {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var fresh = "";
      for (int i = 0; i < 11; i++) {
        hub.clock().advance(Duration.ofSeconds(1));
        fresh =
            hub.api()
                .make("/endpoints/" + endpoint.id() + "/rotate-secret", Json.object())
                .path("secret")
                .stringValue();
      }
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var sent = crm.requests().getFirst();
      assertThat(sent.header("webhook-signature").split(" "))
          .hasSize(10)
          .startsWith(webhookSignature(fresh, sent));
    }
  }

  @Test
  void verbatim_gives_the_bytes_and_the_content_type_as_received() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/old-crm"), "verbatim");
      var odd =
          "\ufeff { \"lead_id\" : \"L-1\",\r\n \"role\":\"Buyer\", \"unknown\": [1e2, \"\\u00e9\"],"
              + " \"contact\": {\"email\": \"\", \"phone\": \"(804)477-7777\"} }\n";
      var bytes = odd.getBytes(StandardCharsets.UTF_8);
      assertThat(
              portal
                  .sender()
                  .withContentType("application/json; charset=\"UTF-8\"")
                  .post(bytes)
                  .status())
          .isEqualTo(200);
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var other = LeadBodies.buyer("L-2", InventedPerson.of(2)).toPrettyString();
      portal.sender().withContentType("").post(other);
      hub.awaitDelivery("L-2", endpoint, "delivered");

      var first = crm.requests().get(0);
      assertThat(first.body()).isEqualTo(bytes);
      assertThat(first.header("Content-Type")).isEqualTo("application/json; charset=\"UTF-8\"");
      assertThat(first.isSignedWith(endpoint.secret())).isTrue();
      var second = crm.requests().get(1);
      assertThat(second.text()).isEqualTo(other);
      assertThat(second.header("Content-Type")).isEmpty();
      // After a restart nothing is in memory any more.
      hub.restart();
      var id = hub.deliveries("L-1", endpoint).getFirst().path("id").stringValue();
      hub.api().post("/deliveries/" + id + "/retry", "");
      assertThat(crm.await(3).get(2).body()).isEqualTo(bytes);
      hub.awaitAttempts("L-1", endpoint, 2);
    }
  }

  @Test
  void what_a_contract_can_not_carry_is_unwritable_with_reasons_and_can_be_mended() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "lead-delivery");
      var plain = hub.addEndpoint(crm.url("/plain"), "connections-plus");
      var assuming =
          hub.addEndpoint(
              crm.url("/assuming"), "connections-plus", b -> b.put("assumed_role", "buyer"));
      var falling =
          hub.addEndpoint(
              crm.url("/falling"),
              "connections-plus",
              b -> b.put("fallback_contract", "lead-delivery"));
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.standard("D-1", ana));
      portal.post(LeadBodies.enhanced("E-1", ana));

      var unwritable = hub.awaitDelivery("D-1", plain, "unwritable");
      assertThat(unwritable.path("reason").stringValue()).containsIgnoringCase("intent");
      assertThat(unwritable.path("attempts")).isEmpty();
      hub.awaitDelivery("E-1", plain, "delivered");
      hub.awaitDelivery("D-1", assuming, "delivered");
      hub.awaitDelivery("D-1", falling, "delivered");
      assertThat(at(crm, "/assuming").json().path("role").stringValue()).isEqualTo("buyer");
      assertThat(at(crm, "/falling").json().has("role")).isFalse();
      assertThat(at(crm, "/falling").json().path("lead_id").stringValue()).isEqualTo("D-1");
      assertThat(hub.deliveries("D-1", falling).getFirst().path("losses").toString())
          .contains("lead-delivery");
      assertThat(hub.api().read("//health").path("needs_a_hand").path("unwritable").intValue())
          .isEqualTo(1);
      assertThat(hub.api().read("/doctor").toString())
          .contains(unwritable.path("id").stringValue());

      hub.api().patch("/endpoints/" + plain.id(), Json.object().put("assumed_role", "seller"));
      hub.api().post("/deliveries/" + unwritable.path("id").stringValue() + "/retry", "");
      hub.awaitDelivery("D-1", plain, "delivered");
      assertThat(hub.api().read("//health").path("needs_a_hand").path("unwritable").intValue())
          .isZero();
    }
  }

  @Test
  void an_endpoint_of_the_sources_own_contract_gets_the_received_bytes_unless_told_not_to() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var own = hub.addEndpoint(crm.url("/own"), "connections-plus");
      var strict =
          hub.addEndpoint(
              crm.url("/strict"), "connections-plus", b -> b.put("received_bytes", false));
      var other = hub.addEndpoint(crm.url("/other"), "lead-delivery");
      var byPhone = LeadBodies.buyer("L-1", InventedPerson.of(1).withEmail(null)).toPrettyString();
      portal.sender().post(byPhone);

      var delivered = hub.awaitDelivery("L-1", own, "delivered");
      assertThat(at(crm, "/own").text()).isEqualTo(byPhone);
      assertThat(delivered.path("losses").toString()).contains("as received");
      for (var unwritable : List.of(strict, other)) {
        assertThat(hub.awaitDelivery("L-1", unwritable, "unwritable").path("reason").stringValue())
            .contains("e-mail");
      }
      assertThat(crm.requests()).hasSize(1);
    }
  }

  @Test
  void a_missing_lead_id_or_timestamp_is_written_from_ours_and_named_so() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      hub.addEndpoint(crm.url("/crm"), "connections-plus");
      var body = LeadBodies.buyer("x", InventedPerson.of(1));
      body.remove("lead_id");
      body.remove("timestamp");
      portal.post(body);
      var sent = crm.await(1).getFirst().json();
      var lead = hub.leads().getFirst();
      assertThat(sent.path("lead_id").stringValue()).isEqualTo(lead.path("lead_id").stringValue());
      assertThat(java.time.Instant.parse(sent.path("timestamp").stringValue()))
          .isEqualTo(hub.clock().instant());
      var losses =
          hub.await(
              "losses to be told",
              () -> {
                var text =
                    hub.api()
                        .read("/leads/" + lead.path("id").stringValue())
                        .path("deliveries")
                        .get(0)
                        .path("losses")
                        .toString();
                return text.equals("[]") ? java.util.Optional.empty() : java.util.Optional.of(text);
              });
      assertThat(losses).contains("lead_id").contains("timestamp");
    }
  }
}
