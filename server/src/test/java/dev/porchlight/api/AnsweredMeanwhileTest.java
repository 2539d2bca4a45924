package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.EngineStore;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

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

  @Test
  void what_a_lead_says_while_something_is_taken_back_is_the_contacts() throws Exception {
    var entered = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var ana = InventedPerson.of(1);
    try (var hub = TestHub.start(folder);
        var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-1", ana));
      var contact = "/contacts/" + hub.story("L-1").path("contact_id").asString();
      var typed = hub.api().patch(contact, Json.read("{\"emails\": []}", ObjectNode.class));
      assertThat(typed.json().path("emails")).isEmpty();
      // No line of the log says that the audit has written.
      Awaitility.await().atMost(TestHub.PATIENCE).until(() -> !hub.items("/audit").isEmpty());
      var store = hub.hub().store();
      var busy =
          pool.submit(() ->
              store.write(
                  WorkQueue.LEADS,
                  _ -> {
                    entered.countDown();
                    try {
                      return goOn.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
      entered.await();
      var back = Json.read("{\"taken_back\": [\"emails\"]}", ObjectNode.class);
      var taken = pool.submit(() -> hub.api().patch(contact, back));
      awaitWaiting(store, 1);
      // It has read what leads say; leads go before edits.
      var other = "ana.two@example.org";
      var lead =
          pool.submit(
              () -> portal.sender().post(LeadBodies.buyer("L-1", ana.withEmail(other)).toString()));
      awaitWaiting(store, 2);
      goOn.countDown();
      assertThat(busy.get()).isTrue();
      assertThat(lead.get().status()).isEqualTo(200);
      assertThat(taken.get().status()).isEqualTo(200);
      // It may have waited for too long to be worked out at once.
      hub.await(
          "the lead's address",
          () ->
              Optional.of(hub.api().read(contact).path("emails").toString())
                  .filter(e -> e.contains(other)));
    } finally {
      goOn.countDown();
    }
  }

  private static void awaitWaiting(EngineStore store, int units) {
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> store.waiting() >= units);
  }
}
