package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.store.Store;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What deliveries tell of, read one by one and many at once.
class MessagesTest {
  private static final int LEADS = 70;

  @TempDir private Path folder;

  /// Deliveries that wait for an endpoint that is switched off.
  private static List<Delivery> waiting(TestHub hub, int leads) {
    var portal = hub.addSource("portal", "connections-plus");
    var endpoint =
        hub.addEndpoint("http://127.0.0.1:9/crm", "porchlight", b -> b.put("disabled", true));
    for (int n = 0; n < leads; n++) {
      portal.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
    }
    return new Deliveries(hub.hub().store())
        .list(Scope.EVERYTHING, new Deliveries.Query(endpoint.id(), null, null, leads)).stream()
            .map(Deliveries.Standing::delivery)
            .toList();
  }

  private static void erase(TestHub hub, Delivery delivery) {
    var person = hub.api().read("/leads/" + delivery.leadId()).path("person_id").asString();
    assertThat(hub.api().post("/persons/" + person + "/erase", Json.object()).status())
        .isEqualTo(200);
  }

  @Test
  void what_is_read_ahead_is_what_each_would_have_been_told() {
    try (var hub = TestHub.start(folder)) {
      var deliveries = waiting(hub, LEADS);
      assertThat(deliveries).hasSize(LEADS);
      var ahead = new Messages(hub.hub().store());
      ahead.readAhead(deliveries);
      var oneByOne = new Messages(hub.hub().store());
      for (var delivery : deliveries) {
        assertThat(ahead.find(delivery))
            .as(delivery.leadId())
            .usingRecursiveComparison()
            .isEqualTo(oneByOne.find(delivery));
        assertThat(ahead.find(delivery)).as("once more, read by itself").isPresent();
      }
    }
  }

  @Test
  void nothing_is_told_of_a_lead_that_was_erased_after_it_was_read_ahead() {
    try (var hub = TestHub.start(folder)) {
      var deliveries = waiting(hub, 3);
      var messages = new Messages(hub.hub().store());
      messages.readAhead(deliveries);
      var gone = deliveries.getFirst();
      erase(hub, gone);
      messages.forget(gone.leadId());
      assertThat(messages.find(gone)).isEmpty();
      assertThat(messages.find(deliveries.getLast())).isPresent();
    }
  }

  @Test
  void nothing_is_told_of_a_lead_that_is_erased_while_it_is_read_ahead() {
    try (var hub = TestHub.start(folder)) {
      var deliveries = waiting(hub, 3);
      var gone = deliveries.getFirst();
      var messages = new Messages[1];
      var erased = new boolean[1];
      var store = hub.hub().store();
      var slow =
          (Store)
              Proxy.newProxyInstance(
                  Store.class.getClassLoader(),
                  new Class<?>[] {Store.class},
                  (_, method, arguments) -> {
                    try {
                      var result = method.invoke(store, arguments);
                      if (method.getName().equals("read") && !erased[0]) {
                        erased[0] = true;
                        erase(hub, gone);
                        messages[0].forget(gone.leadId());
                      }
                      return result;
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      messages[0] = new Messages(slow);
      messages[0].readAhead(deliveries);
      assertThat(erased[0]).isTrue();
      assertThat(messages[0].find(gone)).isEmpty();
    }
  }

  @Test
  void many_are_read_by_their_keys() {
    try (var hub = TestHub.start(folder)) {
      var plan =
          hub.hub()
              .store()
              .read(h ->
                  h.createQuery(
                          "EXPLAIN QUERY PLAN "
                              + KeptVersion.OF_DELIVERIES.replace("(<ids>)", "(:one, :other)"))
                      .bind("one", "one")
                      .bind("other", "other")
                      .bind("largest", KeptVersion.LARGEST)
                      .map((r, _) -> r.getString("detail"))
                      .list());
      assertThat(plan).noneMatch(step -> step.startsWith("SCAN")).anyMatch(s -> s.contains(" d "));
    }
  }
}
