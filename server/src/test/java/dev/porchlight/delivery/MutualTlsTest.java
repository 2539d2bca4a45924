package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Certificates;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Receivers that want to see a certificate.
class MutualTlsTest {
  @TempDir Path folder;

  private static ObjectNode tls(Certificates own, Certificates believed) throws Exception {
    var body = Json.object();
    var tls = body.putObject("tls").put("certificate", own.pem()).put("key", own.key());
    tls.put("authorities", believed.pem());
    return body;
  }

  @Test
  void each_receiver_is_shown_its_certificate_and_no_other_over_connections_of_its_own()
      throws Exception {
    var servers = Certificates.authority("Servers");
    var clients = Certificates.authority("Clients");
    var first = clients.sign("first");
    var second = clients.sign("second");
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.openDemanding(hub.clock(), servers.sign("CRM").serverTaking(clients))) {
      var portal = hub.addSource("portal", "connections-plus");
      var bare = hub.addEndpoint(crm.url("/bare"), "porchlight");
      var one = hub.addEndpoint(crm.url("/one"), "porchlight", b -> b.setAll(of(first, servers)));
      var two = hub.addEndpoint(crm.url("/two"), "porchlight", b -> b.setAll(of(second, servers)));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      crm.await(2);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      for (var received : crm.await(4)) {
        assertThat(received.peer())
            .isEqualTo(received.path().equals("/one") ? "CN=first" : "CN=second");
      }
      // One without is not believed the server, nor takes the server it.
      var failed = hub.awaitAttempts("L-1", bare, 1);
      assertThat(failed.path("attempts").get(0).path("outcome").asString())
          .isEqualTo("unreachable");

      // What is shown is what anybody may see.
      var seen = hub.api().read("/endpoints/" + one.id());
      assertThat(seen.at("/tls/certificate/subject").asString()).isEqualTo("CN=first");
      assertThat(seen.at("/tls/certificate/issuer").asString()).isEqualTo("CN=Clients");
      assertThat(seen.at("/tls/certificate/state").asString()).isEqualTo("valid");
      assertThat(seen.at("/tls/authorities/0/subject").asString()).isEqualTo("CN=Servers");
      assertThat(seen.toString()).doesNotContain("PRIVATE KEY").doesNotContain("BEGIN");
      var onDisk =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery("SELECT body FROM setting WHERE kind = 'endpoint'")
                      .mapTo(String.class)
                      .list());
      assertThat(onDisk.toString()).contains("CN=first").doesNotContain("PRIVATE KEY");

      // Rotated: the next connection shows the new one; the authorities stay.
      var third = clients.sign("third");
      var rotated = Json.object();
      rotated.putObject("tls").put("certificate", third.pem()).put("key", third.key());
      assertThat(hub.api().patch("/endpoints/" + one.id(), rotated).status()).isEqualTo(200);
      portal.post(LeadBodies.buyer("L-3", InventedPerson.of(3)));
      hub.awaitDelivery("L-3", one, "delivered");
      hub.awaitDelivery("L-3", two, "delivered");
      assertThat(
              crm.requests().stream()
                  .filter(r -> r.path().equals("/one"))
                  .map(FakeCrm.Received::peer))
          .containsExactly("CN=first", "CN=first", "CN=third");

      // Taken away: nothing is shown, and the receiver says what it misses.
      hub.api().patch("/endpoints/" + one.id(), Json.tree("{\"tls\": {\"certificate\": null}}"));
      var trial = hub.api().post("/endpoints/" + one.id() + "/test", "").json();
      assertThat(trial.path("delivered").asBoolean()).isFalse();
      assertThat(trial.path("error").asString())
          .contains("wants a client certificate", "none is set");
      assertThat(hub.api().read("/endpoints/" + one.id()).at("/tls/authorities")).hasSize(1);
      hub.api().patch("/endpoints/" + one.id(), Json.tree("{\"tls\": null}"));
      assertThat(hub.api().read("/endpoints/" + one.id()).has("tls")).isFalse();
    }
  }

  private static ObjectNode of(Certificates own, Certificates believed) {
    try {
      return tls(own, believed);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_does_not_fit_is_refused_with_a_sentence_and_an_end_is_warned_of() throws Exception {
    var servers = Certificates.authority("Servers");
    var clients = Certificates.authority("Clients");
    var good = clients.sign("good");
    var start = Instant.parse(TestHub.START);
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.openDemanding(hub.clock(), servers.sign("CRM").serverTaking(clients))) {
      var ending = clients.sign("ending", start.plus(Duration.ofDays(40)));
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.setAll(of(ending, servers)));
      var path = "/endpoints/" + endpoint.id();
      var over = clients.sign("over", start.minusSeconds(1));
      for (var wrong :
          List.of(
              List.of(good.pem(), "", "go together"),
              List.of("", good.key(), "go together"),
              List.of(good.pem(), ending.key(), "does not belong"),
              List.of(over.pem(), over.key(), "expired at 2026-03-14T09:29:59Z"),
              List.of("hello", good.key(), "no PEM certificate"),
              List.of(good.key(), good.key(), "no PEM certificate"),
              List.of(good.pem(), good.pem(), "no PEM private key"))) {
        var body = Json.object();
        body.putObject("tls").put("certificate", wrong.get(0)).put("key", wrong.get(1));
        var refused = hub.api().patch(path, body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains(wrong.get(2)).doesNotContain("BEGIN");
      }
      assertThat(hub.api().patch(path, Json.tree("{\"tls\": {\"pin\": \"x\"}}")).text())
          .contains("`tls.pin` is not known");
      assertThat(hub.api().patch(path, Json.object().put("url", "http://127.0.0.1:9/")).text())
          .contains("https");

      assertThat(hub.hub().examine()).noneMatch(f -> f.sentence().contains("certificate"));
      hub.clock().advance(Duration.ofDays(11));
      assertThat(hub.hub().examine())
          .anyMatch(f -> f.level().equals("attention") && f.sentence().contains("expires soon"));
      assertThat(hub.api().read(path).at("/tls/certificate/state").asString())
          .isEqualTo("ends_soon");
      hub.clock().advance(Duration.ofDays(30));
      assertThat(hub.hub().examine())
          .anyMatch(f -> f.level().equals("fault") && f.sentence().contains("expired at"));
      assertThat(hub.api().read(path).at("/tls/certificate/state").asString()).isEqualTo("expired");
    }
  }
}
