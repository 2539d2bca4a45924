package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be wrong with a body, and what comes of it.
@OnEveryDatabase
class BadInputTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void what_can_not_become_a_lead_is_answered_400_and_kept_in_quarantine() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var bodies =
          List.of(
              "",
              "not json",
              "{\"lead_id\": \"L-1\"",
              "[1, 2]",
              "\"Ana Lopez\"",
              "null",
              "{\"lead_id\": \"L-1\", \"role\": \"buyer\", \"timestamp\":"
                  + " \"2026-03-14T09:26:53Z\"}",
              "{\"lead_id\": \"L-1\", \"contact\": {\"first_name\": \" \", \"email\": \"\"}}",
              "{\"a\":".repeat(65) + "1" + "}".repeat(65),
              "[".repeat(5000));
      var guids = new ArrayList<String>();
      for (var body : bodies) {
        var answer = portal.sender().post(body);
        assertThat(answer.status()).as(shown(body)).isEqualTo(400);
        assertThat(answer.json().propertyNames())
            .containsExactlyInAnyOrder(
                "communications_guid", "status_code", "message", "description");
        assertThat(answer.json().path("status_code").intValue()).isEqualTo(400);
        guids.add(answer.json().path("communications_guid").stringValue());
      }
      // The guid of a refusal is the receipt's id.
      for (int i = 0; i < bodies.size(); i++) {
        var receipt = hub.api().read("/receipts/" + guids.get(i));
        assertThat(receipt.path("state").stringValue()).isEqualTo("quarantined");
        assertThat(receipt.path("reason").stringValue()).isNotBlank();
        assertThat(hub.api().get("/receipts/" + guids.get(i) + "/raw").text())
            .isEqualTo(bodies.get(i));
      }
      assertThat(hub.items("/receipts?state=quarantined")).hasSameSizeAs(bodies);
      assertThat(hub.leads()).isEmpty();
      assertThat(hub.api().read("//health").path("needs_a_hand").path("quarantined").intValue())
          .isEqualTo(bodies.size());
    }
  }

  private static String shown(String body) {
    return body.length() > 60 ? body.substring(0, 60) : body;
  }

  @Test
  void a_body_nested_64_deep_is_taken_and_one_level_more_is_not() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      assertThat(portal.sender().post(nested("L-64", 63)).status()).isEqualTo(200);
      assertThat(portal.sender().post(nested("L-65", 64)).status()).isEqualTo(400);
      assertThat(hub.leads()).hasSize(1);
    }
  }

  private static String nested(String id, int below) {
    var body = LeadBodies.buyer(id, InventedPerson.of(1)).toString();
    return body.substring(0, body.length() - 1)
        + ",\"more\":"
        + "[".repeat(below)
        + "]".repeat(below)
        + "}";
  }

  @Test
  void a_body_of_1_MiB_is_taken_and_one_byte_more_is_413() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      int room = PushDoor.MAX_BODY - body.toString().length();
      body.put("message", body.path("message").stringValue() + "x".repeat(room));
      assertThat(body.toString().getBytes(StandardCharsets.UTF_8)).hasSize(PushDoor.MAX_BODY);
      assertThat(portal.sender().post(body).status()).isEqualTo(200);

      var declared =
          RawHttp.exchange(
              hub.address(),
              "POST /in/portal HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nX-API-Key: "
                  + portal.key()
                  + "\r\nContent-Length: "
                  + (PushDoor.MAX_BODY + 1)
                  + "\r\n\r\n");
      assertThat(declared).startsWith("HTTP/1.1 413").contains("communications_guid");
      var chunked =
          RawHttp.exchange(
              hub.address(),
              "POST /in/portal HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nX-API-Key: "
                  + portal.key()
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(PushDoor.MAX_BODY + 1)
                  + "\r\n"
                  + " ".repeat(PushDoor.MAX_BODY + 1));
      assertThat(chunked).startsWith("HTTP/1.1 413").contains("communications_guid");
      assertThat(hub.items("/receipts")).hasSize(1);
      assertThat(hub.api().get("//metrics").text())
          .containsPattern("porchlight_receipts_total\\{[^}]*outcome=\"413\"[^}]*} 2");
    }
  }

  @Test
  void a_broken_contract_costs_no_lead_and_each_violation_is_told_with_its_pointer() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var broken = LeadBodies.buyer("L-1", InventedPerson.of(1));
      broken.put("role", "Buyer");
      broken.put("probability_to_transact", new BigDecimal("1.4"));
      broken.put("source", "");
      broken.putNull("message");
      broken.put("never_heard_of", "kept");
      var property = (ObjectNode) broken.path("property");
      property.put("baths", new BigDecimal("2.5"));
      property.put("beds", "3");
      property.put("latitude", 0).put("longitude", 0);
      property.put("zip_code", 1234);
      property.put("state", " VA");
      ((ObjectNode) broken.path("contact")).put("email", "ana at example");

      var answer = portal.sender().post(broken);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("status_code").intValue()).isEqualTo(200);
      assertThat(answer.json().path("message").stringValue()).isEqualTo("OK");
      var story = hub.story("L-1");
      assertThat(story.path("violations").valueStream().map(v -> v.path("pointer").stringValue()))
          .contains(
              "/role",
              "/probability_to_transact",
              "/source",
              "/message",
              "/property/baths",
              "/property/beds",
              "/property/latitude",
              "/property/zip_code",
              "/property/state",
              "/contact/email");
      assertThat(story.path("violations").valueStream())
          .allSatisfy(v -> {
            assertThat(v.path("rule").stringValue()).isNotBlank();
            assertThat(v.path("action").stringValue()).isNotBlank();
          });
      var content = story.path("content");
      assertThat(content.path("intent").stringValue()).isEqualToIgnoringCase("buyer");
      assertThat(content.path("extras").path("/never_heard_of").stringValue()).contains("kept");
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void a_phone_a_name_or_a_malformed_address_is_enough_for_a_lead() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var nobody = new InventedPerson(null, null, null, null);
      var by =
          Map.of(
              "by-phone", nobody.withPhone("(804)477-7777"),
              "by-name", nobody.withName(null, "Lopez"),
              "by-bad-email", nobody.withEmail("ana at example"));
      by.forEach((id, person) ->
          assertThat(portal.post(LeadBodies.buyer(id, person)).status()).as(id).isEqualTo(200));
      assertThat(hub.leads()).hasSize(3);
      assertThat(hub.leads().stream().map(l -> l.path("person_id").stringValue()).distinct())
          .hasSize(3);
      for (var id : by.keySet()) {
        assertThat(hub.story(id).path("violations").valueStream())
            .as(id)
            .anyMatch(v -> v.path("pointer").stringValue().equals("/contact/email"));
      }
    }
  }

  @Test
  void without_a_lead_id_source_person_listing_and_timestamp_tell_repeats_apart() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var twin = hub.addSource("twin", "connections-plus");
      var body = LeadBodies.buyer("x", InventedPerson.of(1));
      body.remove("lead_id");

      var first = guid(portal.sender().post(body));
      assertThat(guid(portal.sender().post(body))).isEqualTo(first);
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.leads().getFirst().path("lead_id_derived").booleanValue()).isTrue();
      assertThat(hub.leads().getFirst().path("version").intValue()).isEqualTo(1);

      var longer = body.deepCopy().put("message", "And is there a cellar?");
      assertThat(guid(portal.sender().post(longer))).isEqualTo(first);
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.leads().getFirst().path("version").intValue()).isEqualTo(2);

      assertThat(guid(twin.sender().post(body))).isNotEqualTo(first);
      var later = body.deepCopy().put("timestamp", "2026-03-14T09:26:54Z");
      assertThat(guid(portal.sender().post(later))).isNotEqualTo(first);
      var otherHome = body.deepCopy();
      ((ObjectNode) otherHome.path("property")).put("mls_id", "2604712");
      assertThat(guid(portal.sender().post(otherHome))).isNotEqualTo(first);
      assertThat(hub.leads()).hasSize(4);
      var story = hub.api().read("/leads/" + hub.leads().getLast().path("id").stringValue());
      assertThat(story.path("violations").valueStream().map(v -> v.path("pointer").stringValue()))
          .contains("/lead_id");
    }
  }

  @Test
  void without_lead_id_and_timestamp_the_same_bytes_are_one_lead_for_a_day() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("x", InventedPerson.of(1));
      body.remove("lead_id");
      body.remove("timestamp");

      var first = guid(portal.sender().post(body));
      hub.clock().advance(Duration.ofHours(24));
      assertThat(guid(portal.sender().post(body))).isEqualTo(first);
      assertThat(hub.leads()).hasSize(1);

      hub.clock().advance(Duration.ofMillis(1));
      var second = guid(portal.sender().post(body));
      assertThat(second).isNotEqualTo(first);
      assertThat(hub.leads()).hasSize(2);
      // The day counts anew from there.
      hub.clock().advance(Duration.ofHours(23));
      assertThat(guid(portal.sender().post(body))).isEqualTo(second);
      assertThat(guid(portal.sender().post(body.put("message", "another")))).isNotEqualTo(second);
      assertThat(hub.leads()).hasSize(3);
    }
  }

  private static String guid(dev.porchlight.testing.Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    return answer.json().path("communications_guid").stringValue();
  }

  @Test
  void test_leads_are_marked_and_can_be_left_out() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var atPortal = InventedPerson.of(1).withEmail("tester@move.com");
      portal.post(LeadBodies.buyer("T-1", atPortal));
      var training = LeadBodies.buyer("T-2", InventedPerson.of(2));
      ((ObjectNode) training.path("property"))
          .put("address", "1 Leadstraining Ave")
          .put("zip_code", "00003");
      portal.post(training);
      var flagged = LeadBodies.nativeEnvelope("T-3", InventedPerson.of(3));
      ((ObjectNode) flagged.path("Lead").path("lead_info")).put("test", true);
      portal.post(flagged);
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(4)));

      assertThat(hub.items("/leads?test=true").stream().map(l -> l.path("lead_id").stringValue()))
          .containsExactlyInAnyOrder("T-1", "T-2", "T-3");
      assertThat(hub.items("/leads?test=false").stream().map(l -> l.path("lead_id").stringValue()))
          .containsExactly("L-1");
    }
  }

  @Test
  void a_quarantined_body_is_mended_resubmitted_and_the_lead_tells_its_history() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var good = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();
      var bad = portal.sender().post(good.substring(0, good.length() - 1));
      assertThat(bad.status()).isEqualTo(400);
      var id = bad.json().path("communications_guid").stringValue();

      var still = hub.api().post("/receipts/" + id + "/resubmit", "{\"still\": \"nothing\"}");
      assertThat(still.status()).isEqualTo(422);
      assertThat(hub.api().read("/receipts/" + id).path("state").stringValue())
          .isEqualTo("quarantined");
      var asItWas = hub.api().post("/receipts/" + id + "/resubmit", "");
      assertThat(asItWas.status()).isEqualTo(422);
      // Nothing was taken, so nothing else needs a hand.
      assertThat(hub.items("/receipts?state=quarantined")).hasSize(1);

      var raw = hub.api().get("/receipts/" + id + "/raw");
      assertThat(raw.header("X-Received-Content-Type")).contains("application/json");
      hub.clock().advance(Duration.ofMinutes(5));
      var mended = hub.api().post("/receipts/" + id + "/resubmit", raw.text() + "}");

      assertThat(mended.status()).isEqualTo(200);
      assertThat(mended.json().path("corrects").stringValue()).isEqualTo(id);
      assertThat(hub.api().read("/receipts/" + id).path("state").stringValue()).isEqualTo("mended");
      var story = hub.story("L-1");
      assertThat(story.path("receipts").valueStream().map(r -> r.path("id").stringValue()))
          .containsExactlyInAnyOrder(id, mended.json().path("id").stringValue());
      assertThat(story.path("history").valueStream().map(h -> h.path("kind").stringValue()))
          .contains("receipt.done", "lead.created");
      var again = hub.api().post("/receipts/" + id + "/resubmit", good);
      assertThat(again.status()).isEqualTo(409);
      assertThat(hub.leads()).hasSize(1);
      // What the sender sends anew is the same lead, not a second one.
      assertThat(portal.sender().post(good).status()).isEqualTo(200);
      assertThat(hub.leads()).hasSize(1);
    }
  }

  @Test
  void values_are_compared_and_not_bytes() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      var first = guid(portal.sender().post(body));
      JsonNode turned = reversed(body);
      assertThat(guid(portal.sender().post(turned.toPrettyString()))).isEqualTo(first);
      assertThat(guid(portal.sender().post(body.deepCopy().put("digital_signature", "c2ln"))))
          .isEqualTo(first);
      assertThat(hub.story("L-1").path("version").intValue()).isEqualTo(1);
      assertThat(hub.items("/receipts?state=repeat")).hasSize(2);
    }
  }

  private static ObjectNode reversed(ObjectNode body) {
    var turned = Json.object();
    var names = new ArrayList<>(body.propertyNames());
    names.reversed().forEach(n -> turned.set(n, body.get(n)));
    return turned;
  }
}
