package dev.porchlight.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.trace.Traces;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What receivers are shown so that they know us.
@OnEveryDatabase
class AuthorizationTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static byte[] mac(String key, byte[] body) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
    return mac.doFinal(body);
  }

  private static String hex(String key, byte[] body) throws Exception {
    return HexFormat.of().formatHex(mac(key, body));
  }

  private static Reaction token(String token, int seconds) {
    return new Reaction.Status(
        200,
        Map.of("Content-Type", "application/json"),
        Json.object().put("access_token", token).put("expires_in", seconds).toString());
  }

  private static int secretsOnDisk(TestHub hub, TestHub.EndpointAtHub endpoint) {
    return hub.hub()
        .store()
        .read(h ->
            h.createQuery("SELECT COUNT(*) FROM secret WHERE owner = :o")
                .bind("o", "endpoint " + endpoint.id())
                .mapTo(Integer.class)
                .one());
  }

  @Test
  void user_and_password_or_a_token_go_with_each_request_and_are_never_shown() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/crm"),
              "porchlight",
              b ->
                  b.putObject("authorization")
                      .put("kind", "basic")
                      .put("user", "hub")
                      .put("password", "open:sesame"));
      var path = "/endpoints/" + endpoint.id();
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var basic = Base64.getEncoder().encodeToString("hub:open:sesame".getBytes(UTF_8));
      assertThat(crm.await(1).getFirst().header("Authorization")).isEqualTo("Basic " + basic);
      assertThat(hub.api().read(path).toString())
          .contains("\"user\":\"hub\"")
          .doesNotContain("sesame");
      assertThat(hub.api().post(path + "/test", "").text())
          .doesNotContain(basic)
          .contains("\"Authorization\":\"…\"");

      // Another user with the password that is there.
      var other = "{\"authorization\": {\"kind\": \"basic\", \"user\": \"other\"}}";
      assertThat(hub.api().patch(path, Json.tree(other)).status()).isEqualTo(200);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      assertThat(crm.await(3).getLast().header("Authorization"))
          .isEqualTo(
              "Basic " + Base64.getEncoder().encodeToString("other:open:sesame".getBytes(UTF_8)));

      var noSecret = "{\"authorization\": {\"kind\": \"bearer\"}}";
      assertThat(hub.api().patch(path, Json.tree(noSecret)).status()).isEqualTo(400);
      var bearer = "{\"authorization\": {\"kind\": \"bearer\", \"token\": \"abc\"}}";
      assertThat(hub.api().patch(path, Json.tree(bearer)).status()).isEqualTo(200);
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      assertThat(crm.await(4).getLast().header("Authorization")).isEqualTo("Bearer abc");
      assertThat(secretsOnDisk(hub, endpoint)).isEqualTo(2);
      hub.api().patch(path, Json.tree("{\"authorization\": null}"));
      assertThat(secretsOnDisk(hub, endpoint)).isEqualTo(1);
    }
  }

  @Test
  void a_token_is_asked_for_once_for_many_and_anew_when_it_ends_or_is_refused() {
    try (var hub = database.start(folder);
        var tokens = FakeCrm.open(hub.clock());
        var crm = FakeCrm.open(hub.clock())) {
      tokens.answers(
          new Reaction.Status(500, Map.of(), ""),
          token("first", 3600),
          token("second", 3600),
          token("third", 3600));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/crm"),
              "porchlight",
              b ->
                  b.putObject("authorization")
                      .put("kind", "oauth2")
                      .put("token_url", tokens.url("/token"))
                      .put("client_id", "hub 1")
                      .put("client_secret", "s:cret")
                      .put("scope", "leads.write"));
      portal.post(LeadBodies.buyer("L-0", InventedPerson.of(0)));
      var failed = hub.awaitAttempts("L-0", endpoint, 1);
      assertThat(failed.path("attempts").get(0).path("error").stringValue())
          .isEqualTo("No access token: the token endpoint answered 500");
      hub.clock().advance(Duration.ofSeconds(10));
      hub.awaitDelivery("L-0", endpoint, "delivered");
      for (int n = 1; n <= 12; n++) {
        portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
      }
      assertThat(crm.await(13)).allMatch(r -> r.header("Authorization").equals("Bearer first"));
      var asked = tokens.await(2);
      assertThat(asked).hasSize(2);
      assertThat(asked.get(1).text()).isEqualTo("grant_type=client_credentials&scope=leads.write");
      assertThat(asked.get(1).header("Authorization"))
          .isEqualTo(
              "Basic " + Base64.getEncoder().encodeToString("hub+1:s%3Acret".getBytes(UTF_8)));

      // It is refused: a new one is used in the same attempt.
      crm.answers(401);
      portal.post(LeadBodies.buyer("L-20", InventedPerson.of(20)));
      assertThat(hub.awaitDelivery("L-20", endpoint, "delivered").path("attempts")).hasSize(1);
      assertThat(crm.requests().getLast().header("Authorization")).isEqualTo("Bearer second");

      hub.clock().advance(Duration.ofMinutes(59).plusSeconds(31));
      portal.post(LeadBodies.buyer("L-21", InventedPerson.of(21)));
      hub.awaitDelivery("L-21", endpoint, "delivered");
      assertThat(crm.requests().getLast().header("Authorization")).isEqualTo("Bearer third");
      assertThat(tokens.requests()).hasSize(4);

      // Getting a token may take half a lease: it is looked at before each request.
      var steps = new ArrayList<String>();
      var sender =
          new Sender(
              hub.hub().store(),
              (_, _, _, _) -> {
                steps.add("request");
                return new Transport.Answer.Status(401, new byte[0]);
              },
              new AccessTokens() {
                @Override
                public Got get(Authorization how, String secret) {
                  steps.add("token");
                  return new Got.Token("any");
                }

                @Override
                public void drop(Authorization how, String token) {}
              },
              Map.of(),
              Traces.OFF);
      var delivery =
          new Delivery(
              "d",
              1,
              endpoint.id(),
              "k",
              "e",
              "lead.created",
              "l",
              1,
              "",
              hub.clock().instant(),
              "");
      assertThat(
              sender.send(
                  new Open(delivery, DeliveryState.planned(delivery, hub.clock().instant())),
                  Endpoints.in(hub.hub().store().settings()).find(endpoint.id()).orElseThrow(),
                  new EndpointSecrets(List.of(endpoint.secret()), null, "s:cret", null),
                  new Renderer.Rendered.Ready(
                      new byte[0], "application/json", "", false, "[]", Map.of()),
                  () -> {
                    steps.add("lease");
                    return steps.size() < 4;
                  }))
          .isNull();
      assertThat(steps).containsExactly("token", "lease", "request", "token", "lease");
    }
  }

  @Test
  void a_receiver_gets_a_signature_in_the_form_that_it_knows() throws Exception {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var plain =
          hub.addEndpoint(
              crm.url("/plain"),
              "porchlight",
              b ->
                  b.putObject("signature")
                      .put("header", "X-Hub-Signature-256")
                      .put("encoding", "base64")
                      .put("prefix", "sha256="));
      var timed =
          hub.addEndpoint(
              crm.url("/timed"),
              "porchlight",
              b -> b.putObject("signature").put("header", "Crm-Signature").put("form", "timed"));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      for (var received : crm.await(2)) {
        if (received.path().equals("/plain")) {
          assertThat(received.header("X-Hub-Signature-256"))
              .isEqualTo(
                  "sha256="
                      + Base64.getEncoder().encodeToString(mac(plain.secret(), received.body())));
          assertThat(received.isSignedWith(plain.secret())).isTrue();
        } else {
          long t = hub.clock().instant().getEpochSecond();
          assertThat(received.header("Crm-Signature"))
              .isEqualTo(
                  "t="
                      + t
                      + ",v1="
                      + hex(timed.secret(), (t + "." + received.text()).getBytes(UTF_8)));
        }
      }

      // Both secrets sign while a rotation overlaps.
      hub.clock().advance(Duration.ofSeconds(1));
      var fresh =
          hub.api()
              .make("/endpoints/" + timed.id() + "/rotate-secret", Json.object())
              .path("secret")
              .stringValue();
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", timed, "delivered");
      var last = crm.requests().stream().filter(r -> r.path().equals("/timed")).toList().getLast();
      long t = hub.clock().instant().getEpochSecond();
      var signed = (t + "." + last.text()).getBytes(UTF_8);
      assertThat(last.header("Crm-Signature"))
          .isEqualTo("t=" + t + ",v1=" + hex(fresh, signed) + ",v1=" + hex(timed.secret(), signed));
      for (var wrong : List.of("webhook-id", "Content-Length", "a b", "")) {
        var body = Json.object();
        body.putObject("signature").put("header", wrong);
        assertThat(hub.api().patch("/endpoints/" + plain.id(), body).status())
            .as(wrong)
            .isEqualTo(400);
      }
    }
  }

  @Test
  void a_pair_of_keys_signs_and_the_receiver_holds_only_the_public_one() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var rotated =
          hub.api()
              .make(
                  "/endpoints/" + endpoint.id() + "/rotate-secret",
                  Json.object().put("kind", "ed25519").put("overlap_hours", 1));
      assertThat(rotated.has("secret")).isFalse();
      var key = rotated.path("public_key").stringValue();
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var both = crm.await(1).getFirst();
      assertThat(both.isSignedWith(key)).isTrue();
      assertThat(both.isSignedWith(endpoint.secret())).isTrue();
      assertThat(secretsOnDisk(hub, endpoint)).isEqualTo(2);

      hub.clock().advance(Duration.ofHours(1));
      hub.await(
          "the old secret to be off the disk",
          () -> secretsOnDisk(hub, endpoint) == 1 ? Optional.of(true) : Optional.empty());
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      var alone = crm.await(2).getLast();
      assertThat(alone.isSignedWith(key)).isTrue();
      assertThat(alone.isSignedWith(endpoint.secret())).isFalse();

      // What is keyed with a secret that both have can't be asked for now.
      var path = "/endpoints/" + endpoint.id();
      var header = Json.object();
      header.putObject("signature").put("header", "Crm-Signature");
      for (var wish :
          List.of(
              header,
              Json.object().put("x_signature", true),
              Json.object().put("digital_signature", true),
              Json.object().put("contract", "connections-plus"))) {
        var refused = hub.api().patch(path, wish);
        assertThat(refused.status()).as(wish.toString()).isEqualTo(400);
        assertThat(refused.json().path("detail").asString()).contains("Ed25519", "shared secret");
      }
      assertThat(hub.api().patch(path, Json.object().put("name", "another")).status())
          .isEqualTo(200);
      hub.api().make(path + "/rotate-secret", Json.object());
      assertThat(hub.api().patch(path, header).status()).isEqualTo(200);
    }
  }

  @Test
  void a_pair_of_keys_takes_no_signature_away_that_the_receiver_checks() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint =
          hub.addEndpoint(
              crm.url("/crm"),
              "connections-plus",
              b -> {
                b.putObject("signature").put("header", "Crm-Signature");
                b.put("digital_signature", true);
              });
      var path = "/endpoints/" + endpoint.id();
      var pair = Json.object().put("kind", "ed25519").put("overlap_hours", 0);
      var refused = hub.api().post(path + "/rotate-secret", pair.toString());
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().path("detail").asString())
          .contains("`x_signature`", "`digital_signature`", "`signature`", "webhook-signature");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      var signed = crm.await(1).getFirst();
      assertThat(signed.header("Crm-Signature")).isNotEmpty();
      assertThat(signed.isSignedWith(endpoint.secret())).isTrue();

      var off = Json.object().put("x_signature", false).put("digital_signature", false);
      off.putNull("signature");
      assertThat(hub.api().patch(path, off).status()).isEqualTo(200);
      hub.api().make(path + "/rotate-secret", pair);
    }
  }
}
