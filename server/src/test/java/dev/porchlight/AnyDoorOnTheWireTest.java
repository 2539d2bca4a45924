package dev.porchlight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// In through one door and out through another, over HTTP.
class AnyDoorOnTheWireTest {
  private static final PublicJsonSchema LEAD = PublicJsonSchema.component("seeker-leads", "lead");

  @TempDir Path folder;
  @TempDir Path other;

  @Test
  void a_lead_of_one_portal_reaches_a_crm_that_speaks_the_others_contract() throws Exception {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var realtor = hub.addSource("realtor", "connections-plus");
      var seeker = hub.addSource("seeker", "seeker-leads");
      hub.addEndpoint(
          crm.url("/seeker"),
          "seeker-leads",
          b -> b.put("api_key", "their-key-1").putArray("sources").add(realtor.id()));
      hub.addEndpoint(
          crm.url("/plus"),
          "connections-plus",
          b -> b.put("assumed_role", "buyer").putArray("sources").add(seeker.id()));
      assertThat(realtor.post(LeadBodies.buyer("B-1", InventedPerson.of(1))).status())
          .isEqualTo(200);
      assertThat(seeker.sender().post(AnyDoorTable.fixture("seeker-classified")).status())
          .isEqualTo(200);

      for (var received : crm.await(2)) {
        if (received.path().equals("/seeker")) {
          assertThat(LEAD.faults(received.text().getBytes(StandardCharsets.UTF_8))).isEmpty();
          assertThat(received.json().at("/metadata/category").stringValue())
              .isEqualTo("CLASSIFIED");
          assertThat(received.json().at("/metadata/leadId").stringValue())
              .isEqualTo(hub.story("B-1").path("id").stringValue());
          assertThat(received.header("x-api-key")).isEqualTo("their-key-1");
          assertThat(received.header("X-Signature")).matches("[0-9a-f]{64}");
        } else {
          assertThat(received.path()).isEqualTo("/plus");
          assertThat(received.json().path("role").stringValue()).isEqualTo("buyer");
          assertThat(received.json().at("/contact/email").stringValue())
              .isEqualTo("noe.roussel@example.org");
        }
      }
    }
  }

  @Test
  void an_erased_lead_is_taken_and_never_sent_as_somebodys() throws Exception {
    try (var hub = TestHub.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var seeker = hub.addSource("seeker", "seeker-leads");
      var plus =
          hub.addEndpoint(
              crm.url("/plus"),
              "connections-plus",
              b -> b.put("assumed_role", "buyer").put("received_bytes", false));
      var theirs = hub.addEndpoint(crm.url("/seeker"), "seeker-leads");
      assertThat(seeker.sender().post(AnyDoorTable.fixture("seeker-erased")).status())
          .isEqualTo(200);

      hub.awaitDelivery("K-4", theirs, "delivered");
      assertThat(crm.requests().getFirst().json().at("/contactRequest/message").isNull()).isTrue();
      assertThat(hub.awaitDelivery("K-4", plus, "unwritable").toString()).contains("erased");
    }
  }

  @Test
  void a_request_that_breaks_its_contract_is_refused_and_kept() throws Exception {
    try (var hub = TestHub.start(folder)) {
      var source = hub.addSource("forms", "seeker-leads-request");
      var good =
          """
          {"lastName": "Roussel", "email": "noe@example.org",
           "phoneNumbers": [{"number": "+33199000042"}], "message": "Bonjour",
           "classifiedId": "26K4M7P9R2S5", "submittedDate": "2026-03-14T09:26:53Z"}
          """;
      var first = source.sender().post(good);
      assertThat(first.status()).isEqualTo(200);
      // The same person, listing and time: the same lead.
      assertThat(
              source
                  .sender()
                  .post(good.replace("Bonjour", "Bonsoir"))
                  .json()
                  .path("communications_guid"))
          .isEqualTo(first.json().path("communications_guid"));
      assertThat(hub.leads()).hasSize(1);
      // Another listing: another lead.
      source.sender().post(good.replace("26K4", "26K5"));
      assertThat(hub.leads()).hasSize(2);

      var refused = source.sender().post(good.replace("26K4", "26O4"));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("classifiedId");
      assertThat(hub.items("/receipts?state=quarantined")).hasSize(1);
    }
  }

  @Test
  void one_hub_feeds_another() throws Exception {
    try (var near = TestHub.start(folder);
        var far = TestHub.start(other)) {
      var realtor = near.addSource("realtor", "connections-plus");
      var upstream = far.addSource("upstream", "porchlight");
      near.addEndpoint(
          far.address().resolve("/in/upstream").toString(),
          "porchlight",
          b -> b.put("api_key", upstream.key()));
      realtor.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));

      var id = near.story("B-1").path("id").stringValue();
      var lead =
          far.await(
              "the lead of the other hub",
              () -> far.leads().stream().filter(l -> l.toString().contains(id)).findFirst());
      var story = far.api().read("/leads/" + lead.path("id").stringValue());
      assertThat(story.toString()).contains("\"lead_id\":\"B-1\"");
    }
  }
}
