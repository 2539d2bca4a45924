package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.StoreState;
import dev.porchlight.store.postgres.CuttingProxy;
import dev.porchlight.store.postgres.CuttingProxy.Cut;
import dev.porchlight.store.postgres.TestPostgres;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.FakeCrm.Reaction;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a sender is told when the hub's connection to its database is cut just as the lead is
/// committed.
@Timeout(120)
class CommitOutcomeTest {
  @TempDir Path folder;

  private TestHub start(CuttingProxy proxy) {
    var url = proxy.through(TestPostgres.newHubDatabase());
    return TestHub.in(folder).config(c -> c.withDatabase(url, 1)).start();
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE", "AFTER"})
  void a_commit_that_is_cut_is_looked_up_and_the_sender_gets_its_200(Cut cut) throws IOException {
    try (var crm = FakeCrm.open();
        var proxy = new CuttingProxy();
        var hub = start(proxy)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));

      proxy.cutNext("receipt", cut);
      var answer = portal.post(body);

      assertThat(proxy.cuts).hasValue(1);
      assertThat(answer.status()).isEqualTo(200);
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(portal.post(body).text()).isEqualTo(answer.text());
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.items("/receipts")).hasSize(2);
      assertThat(crm.requests()).hasSize(1);
    }
  }

  @Test
  void where_the_outcome_can_not_be_known_it_is_503_and_sending_again_doubles_nothing()
      throws IOException {
    try (var crm = FakeCrm.open();
        var proxy = new CuttingProxy();
        var hub = start(proxy)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));

      proxy.cutNext("receipt", Cut.AFTER_AND_DOWN);
      var answer = portal.post(body);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isPresent();
      for (var path : new String[] {"//health/ready", "//health"}) {
        assertThat(hub.api().get(path).text())
            .contains("the database is away")
            .doesNotContain("127.0.0.1", "localhost", "onnection");
      }
      assertThat(hub.api().get("//health/ready").status()).isEqualTo(503);
      assertThat(crm.requests()).isEmpty();
      proxy.down(false);
      Awaitility.await().until(() -> hub.hub().store().state() instanceof StoreState.Accepting);
      // It had taken place: what the sender was not told is there, and is not there twice.
      var again = portal.post(body);
      assertThat(again.status()).isEqualTo(200);
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.items("/receipts").stream().map(r -> r.path("state").stringValue()))
          .containsExactlyInAnyOrder("done", "repeat");
      // Nobody here knew of the lease that its commit took.
      hub.clock().advance(Duration.ofSeconds(31));
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(1);
    }
  }

  @Test
  void what_can_not_be_written_is_settled_once_though_nobody_could_tell_that_it_was()
      throws IOException {
    var latch = new CountDownLatch(1);
    try (var crm = FakeCrm.open();
        var proxy = new CuttingProxy();
        var hub = start(proxy)) {
      crm.answers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "lead-delivery");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "connections-plus");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.enhanced("L-1", ana));
      crm.await(1);
      // Its format can't tell what that contract asks for.
      portal.post(LeadBodies.standard("L-2", ana));
      portal.post(LeadBodies.enhanced("L-3", ana));

      // The first is settled; the second is, too, but nobody hears of it.
      proxy.cutAfter(1, "INSERT INTO delivery_state ", Cut.AFTER_AND_DOWN);
      latch.countDown();
      Awaitility.await().until(() -> hub.hub().store().state() instanceof StoreState.Refusing);
      proxy.down(false);
      Awaitility.await().until(() -> hub.hub().store().state() instanceof StoreState.Accepting);

      hub.awaitDelivery("L-3", endpoint, "delivered");
      hub.awaitDelivery("L-2", endpoint, "unwritable");
      assertThat(crm.requests()).hasSize(2);
      assertThat(hub.api().read("//health").path("deliveries_pending").asInt(-1)).isZero();
    }
  }

  @Test
  void what_an_attempt_showed_is_written_down_once_though_nobody_could_tell_that_it_was()
      throws IOException {
    var latch = new CountDownLatch(1);
    try (var crm = FakeCrm.open();
        var proxy = new CuttingProxy();
        var hub = start(proxy)) {
      crm.answers(new Reaction.Held(latch, new Reaction.Status(200, Map.of(), "")));
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
      crm.await(1);
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(1)));

      proxy.cutNext("attempt", Cut.AFTER_AND_DOWN);
      latch.countDown();
      Awaitility.await().until(() -> hub.hub().store().state() instanceof StoreState.Refusing);
      proxy.down(false);
      Awaitility.await().until(() -> hub.hub().store().state() instanceof StoreState.Accepting);

      // The lease still runs, by the test's clock: nobody else will ever come for this lane.
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(2);
      assertThat(hub.deliveries("L-1", endpoint).getFirst().path("attempts")).hasSize(1);
      assertThat(hub.api().read("//health").path("deliveries_pending").asInt(-1)).isZero();
    }
  }
}
