package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Connector;
import dev.porchlight.connector.ForwardingConnector;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.realtor.ConnectionsPlus;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// A defect of ours costs no lead.
@OnEveryDatabase
class OwedTest {
  @Parameter Database database;
  @TempDir Path folder;

  private final AtomicBoolean broken = new AtomicBoolean(true);

  /// Whether the defect is to call itself without end.
  private final AtomicBoolean endless = new AtomicBoolean();

  /// A hub whose Connections Plus has a defect that can be mended.
  private TestHub start() {
    return database
        .in(folder)
        .connectors(all ->
            ForwardingConnector.among(
                all, new Endless(ForwardingConnector.brokenWhile(broken, new ConnectionsPlus()))))
        .start();
  }

  private final class Endless extends ForwardingConnector {
    private Endless(Connector sound) {
      super(sound);
    }

    @Override
    public Reading read(Body body) {
      if (endless.get()) {
        throw new StackOverflowError();
      }
      return super.read(body);
    }
  }

  @Test
  void a_lead_that_we_fail_to_read_is_owed_and_becomes_a_lead_once_the_defect_is_mended() {
    try (var crm = FakeCrm.open();
        var hub = start()) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var body = LeadBodies.buyer(" L-1 ", InventedPerson.of(1));

      var answer = portal.post(body);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("status_code").intValue()).isEqualTo(200);
      assertThat(hub.leads()).isEmpty();
      var owed = hub.items("/receipts?state=owed");
      assertThat(owed).hasSize(1);
      assertThat(hub.api().read("//health").path("needs_a_hand").path("owed").intValue())
          .isEqualTo(1);
      assertThat(hub.api().get("//health/ready").status()).isEqualTo(200);
      assertThat(hub.api().read("/doctor").toString())
          .contains(owed.getFirst().path("id").stringValue());
      assertThat(answer.text()).doesNotContain("defect");
      assertThat(crm.requests()).isEmpty();

      broken.set(false);
      hub.clock().advance(Duration.ofMinutes(10));
      hub.awaitReceipt(owed.getFirst().path("id").stringValue(), "done");

      var story = hub.story("L-1");
      assertThat(story.path("communications_guid").stringValue())
          .isEqualTo(answer.json().path("communications_guid").stringValue());
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(crm.await(1)).hasSize(1);
      assertThat(portal.post(body).text()).isEqualTo(answer.text());
      assertThat(hub.api().read("//health").path("needs_a_hand").path("owed").intValue()).isZero();
    }
  }

  @Test
  void what_is_owed_is_worked_by_the_next_start_in_the_order_it_came() {
    try (var hub = start()) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      var guid = portal.post(body).json().path("communications_guid").stringValue();
      hub.clock().advance(Duration.ofMillis(5));
      var second = portal.post(body.deepCopy().put("message", "Is it still free?"));
      hub.clock().advance(Duration.ofMillis(5));
      var repeat = portal.post(body);
      assertThat(second.json().path("communications_guid").stringValue()).isEqualTo(guid);
      assertThat(repeat.json().path("communications_guid").stringValue()).isEqualTo(guid);
      hub.checkRebuild();

      broken.set(false);
      hub.restart();
      hub.await(
          "nothing to be owed",
          () ->
              hub.items("/receipts?state=owed").isEmpty()
                  ? java.util.Optional.of(true)
                  : java.util.Optional.empty());

      var story = hub.story("L-1");
      assertThat(story.path("communications_guid").stringValue()).isEqualTo(guid);
      assertThat(story.path("version").intValue()).isEqualTo(2);
      assertThat(story.path("content").path("message").stringValue())
          .isEqualTo("Is it still free?");
      assertThat(story.path("receipts").valueStream().map(r -> r.path("state").stringValue()))
          .containsExactly("done", "done", "repeat");
    }
  }

  @Test
  void an_owed_body_that_turns_out_unreadable_goes_to_quarantine() {
    try (var hub = start()) {
      var portal = hub.addSource("portal", "connections-plus");
      endless.set(true);
      assertThat(portal.sender().post("not json").status()).isEqualTo(200);
      endless.set(false);
      var id = hub.items("/receipts?state=owed").getFirst().path("id").stringValue();
      broken.set(false);
      hub.hub().wake();
      hub.awaitReceipt(id, "quarantined");
      var mended =
          hub.api()
              .post(
                  "/receipts/" + id + "/resubmit",
                  LeadBodies.buyer("L-1", InventedPerson.of(1)).toString());
      assertThat(mended.status()).isEqualTo(200);
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void a_mended_body_that_we_fail_to_read_is_owed_too_and_mends_its_receipt_later() {
    try (var hub = start()) {
      var portal = hub.addSource("portal", "connections-plus");
      broken.set(false);
      var bad = portal.sender().post("not json").json().path("communications_guid").stringValue();
      broken.set(true);
      var answer =
          hub.api()
              .post(
                  "/receipts/" + bad + "/resubmit",
                  LeadBodies.buyer("L-1", InventedPerson.of(1)).toString());
      assertThat(answer.status()).isEqualTo(200);
      assertThat(Json.tree(answer.text()).path("state").stringValue()).isEqualTo("owed");
      broken.set(false);
      hub.hub().wake();
      hub.awaitReceipt(bad, "mended");
      assertThat(hub.leads()).hasSize(1);
    }
  }
}
