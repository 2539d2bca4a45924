package dev.porchlight.desk.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// What was received gives the same state again.
@OnEveryDatabase
class RebuildTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void a_day_of_everything_is_rebuilt_equal_and_equal_after_a_restart() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock()).answers(500, 200, 404)) {
      var portal = hub.addSource("portal", "connections-plus");
      var delivery = hub.addSource("delivery", "lead-delivery");
      var endpoint = hub.addEndpoint(crm.url("/a"), "porchlight");
      var ana = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ana));
      portal.post(LeadBodies.buyer("L-1", ana));
      portal.post(LeadBodies.buyer("L-1", ana).put("message", "changed"));
      var bad = portal.sender().post("{").json().path("communications_guid").stringValue();
      delivery.post(LeadBodies.standard("D-1", ana.withEmail("other@example.org")));
      var company =
          hub.items("/nodes?limit=200").stream()
              .filter(n -> n.path("kind").stringValue().equals("company"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .stringValue();
      var branch =
          hub.api()
              .make(
                  "/nodes",
                  Json.object().put("kind", "office").put("name", "Branch").put("parent", company))
              .path("id")
              .stringValue();
      assertThat(
              hub.api()
                  .patch("/sources/portal", Json.object().put("node", branch).put("region", "DE"))
                  .status())
          .isEqualTo(200);
      hub.clock().advance(Duration.ofHours(1));
      portal.post(LeadBodies.buyer("L-2", ana.withPhone("030 123456")));
      portal.post(LeadBodies.buyer("L-1", ana).put("message", "changed again"));
      hub.api().post("/receipts/" + bad + "/resubmit", LeadBodies.buyer("L-3", ana).toString());
      hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("tests", true));
      portal.post(LeadBodies.buyer("T-1", InventedPerson.of(2).withEmail("x@move.com")));
      hub.api().delete("/endpoints/" + endpoint.id());
      portal.post(LeadBodies.seller("L-4", InventedPerson.of(3)));
      var noId = LeadBodies.seller("x", InventedPerson.of(4));
      noId.remove("lead_id");
      noId.remove("timestamp");
      portal.post(noId);
      hub.clock().advance(Duration.ofHours(25));
      portal.post(noId);

      var result = hub.hub().checkRebuild();
      assertThat(result.differences()).isEmpty();
      assertThat(result.decisions()).isEqualTo(12);
      assertThat(result.rows()).isGreaterThan(40);
      hub.restart();
      var again = hub.api().make("/rebuild-check", Json.object());
      assertThat(again.path("equal").booleanValue()).isTrue();
      assertThat(again.path("decisions").intValue()).isEqualTo(12);
    }
  }

  @Test
  void what_no_decision_made_is_found() {
    for (var tampering :
        List.of(
            "UPDATE lead SET person_id = 'somebody'",
            "DELETE FROM delivery_state",
            "UPDATE contact SET owner_id = 'somebody'",
            "DELETE FROM person_email",
            "UPDATE receipt SET state = 'repeat'",
            "UPDATE lead_version SET fact = '{}'",
            "UPDATE delivery SET why = 'just so'",
            "INSERT INTO person_email (company_id, email, person_id) VALUES ('a', 'b', 'c')")) {
      var data = folder.resolve(Integer.toHexString(tampering.hashCode()));
      try (var hub = database.in(data).withoutRebuildCheck().start();
          var crm = FakeCrm.open(hub.clock())) {
        hub.addEndpoint(crm.url("/crm"), "porchlight");
        var portal = hub.addSource("portal", "connections-plus");
        portal.post(LeadBodies.buyer("L-1", InventedPerson.of(1)));
        crm.await(1);
        assertThat(hub.hub().checkRebuild().differenceCount()).isZero();
        hub.hub()
            .store()
            .write(
                WorkQueue.EDITS,
                batch -> {
                  // How a delivery stands is no decision.
                  batch.sql().execute(tampering);
                  return true;
                });
        var found = hub.hub().checkRebuild().differenceCount();
        if (tampering.contains("delivery_state")) {
          assertThat(found).as(tampering).isZero();
        } else {
          assertThat(found).as(tampering).isPositive();
        }
      }
    }
  }
}
