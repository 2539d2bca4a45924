package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An answer that is on its way while somebody is erased.
class AnsweredMeanwhileTest {
  @TempDir Path folder;

  @Test
  void an_answer_that_may_show_somebody_who_was_erased_meanwhile_is_not_kept() throws Exception {
    var goOn = new CountDownLatch(1);
    var ana = InventedPerson.of(1);
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock());
        var client = HttpClient.newHttpClient()) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", ana));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var person = hub.story("L-1").path("person_id").asString();
      var trial =
          HttpRequest.newBuilder(
                  hub.address().resolve("/api/v1/endpoints/" + endpoint.id() + "/test"))
              .header("Authorization", "Bearer " + TestHub.ADMIN_TOKEN)
              .header("Idempotency-Key", "k-1")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      int before = crm.requests().size();
      crm.answers(
          new FakeCrm.Reaction.Held(
              goOn, new FakeCrm.Reaction.Status(200, Map.of(), "We know " + ana.email())));
      var text = HttpResponse.BodyHandlers.ofString();
      var first = client.sendAsync(trial, text);
      crm.await(before + 1);
      assertThat(hub.api().post("/persons/" + person + "/erase", "").status()).isEqualTo(200);
      goOn.countDown();
      assertThat(first.get().body()).contains(ana.email());
      var again = client.send(trial, text);
      assertThat(again.statusCode()).isEqualTo(422);
      assertThat(again.body()).doesNotContain(ana.email());
    } finally {
      goOn.countDown();
    }
  }
}
