package dev.porchlight.connector.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnEventsTest {
  private static final OwnEvents EVENTS = new OwnEvents();

  @Test
  void an_event_looks_like_this() {
    var lead = Lead.of(new Enquirer("Ana", null, null, null, null, null, null));
    var written = (Written.Bytes) new OwnEvents().write(Messages.of(lead), WriteOptions.NONE);
    assertThat(new String(written.body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"lead.created\",\"timestamp\":\"2026-03-14T09:26:54Z\",\"data\":{\"id\":\"0199-lead\",\"version\":1,"
                + "\"sequence\":7,\"source\":\"portal\",\"source_contract\":\"connections-plus\",\"contact_id\":\"20260314092653000000000001\",\"owner\":\"Ruth"
                + " Okafor\","
                + "\"received_at\":\"2026-03-14T09:26:53.500Z\",\"intent\":\"unknown\",\"enquirer\":{\"first_name\":\"Ana\"},\"test\":false}}");
  }

  @Property
  void an_event_carries_all_of_a_lead(@ForAll("sound") Lead lead) {
    var written = (Written.Bytes) new OwnEvents().write(Messages.of(lead), WriteOptions.NONE);
    assertThat(written.losses()).isEmpty();
    assertThat(LeadJson.read(PublicJsonSchema.JSON.readTree(written.body()).get("data")))
        .isEqualTo(lead);
  }

  @Property
  void any_lead_can_be_written(@ForAll("any") Lead lead) {
    assertThat(new OwnEvents().write(Messages.of(lead), WriteOptions.NONE))
        .isInstanceOf(Written.Bytes.class);
  }

  @Test
  void a_hub_takes_what_another_one_sends() {
    var lead =
        Lead.of(new Enquirer("Ana", null, null, "ana@example.com", null, null, null))
            .with(b -> b.leadId("P-1").message("Hello"));
    var reading = read(body(lead));
    assertThat(reading.message()).isEqualTo("lead.created");
    assertThat(reading.violations()).isEmpty();
    // Two portals behind one hub may both have a P-1: the lead is known by the hub's own id.
    assertThat(lead(reading))
        .isEqualTo(
            lead.with(
                b -> b.leadId("0199-lead").externalIds(new TreeMap<>(Map.of("lead_id", "P-1")))));
    assertThat(EVENTS.peekLeadId(new Body(body(lead).getBytes(StandardCharsets.UTF_8), "", "")))
        .isEqualTo("0199-lead");
  }

  @Property
  void what_was_sent_is_read(@ForAll("any") Lead lead) {
    var written = (Written.Bytes) EVENTS.write(Messages.of(lead), WriteOptions.NONE);
    var reading = EVENTS.read(new Body(written.body(), "application/json", ""));
    if (reading instanceof Reading.Unreadable(var reason, _, _)) {
      assertThat(lead.enquirer().isSomebody() || lead.message() != null).as(reason).isFalse();
    } else {
      assertThat(lead((Reading.Facts) reading).enquirer().gender())
          .isEqualTo(lead.enquirer().gender());
    }
  }

  @Test
  void what_a_later_release_says_is_kept() {
    var reading =
        read(
            """
            {"type": "lead.created", "timestamp": "2026-03-14T09:26:54Z", "data": {
              "id": "L-7", "intent": "barter", "mood": {"at": 1.50},
              "enquirer": {"email": "a@example.com", "gender": "new", "language": "fra",
                "phones": [{"number": "1", "kind": "satellite"}, {"number": "2", "seen": true}]},
              "interest": {"kind": "auction", "lot": 7},
              "timestamp": "+12026-01-01T00:00:00Z", "test": false}}
            """);
    var lead = lead(reading);
    assertThat(lead.intent()).isEqualTo(Intent.UNKNOWN);
    assertThat(lead.interest()).isNull();
    assertThat(lead.timestamp()).isNull();
    assertThat(lead.enquirer().everyPhone()).hasSize(2);
    assertThat(lead.extras())
        .containsOnlyKeys(
            "/data/intent",
            "/data/mood",
            "/data/enquirer/gender",
            "/data/enquirer/language",
            "/data/enquirer/phones/0/kind",
            "/data/enquirer/phones/1/seen",
            "/data/interest",
            "/data/timestamp")
        .containsEntry("/data/mood", "{\"at\":1.50}");
    assertThat(reading.violations()).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"type\":\"listing.updated\",\"data\":{\"enquirer\":{\"email\":\"a@example.com\"}}}",
        "{\"type\":\"lead.created\"}",
        "{\"type\":\"lead.created\",\"data\":[]}",
        "{\"type\":\"lead.created\",\"data\":{\"id\":\"1\"}}",
        "{\"type\":\"lead.created\",\"data\":{\"enquirer\":{\"email\":7}}}",
        "{\"type\":\"lead.created\",\"data\":{\"interest\":{\"kind\":\"in_listing\"}}}",
        "{\"type\":\"lead.created\",\"data\":{\"erased\":true,\"message\":\"x\"}}"
      })
  void what_is_no_event_of_a_lead_is_unreadable(String json) {
    assertThat(EVENTS.read(new Body(json.getBytes(StandardCharsets.UTF_8), "", "")))
        .isInstanceOf(Reading.Unreadable.class);
  }

  private static String body(Lead lead) {
    var written = (Written.Bytes) EVENTS.write(Messages.of(lead), WriteOptions.NONE);
    return new String(written.body(), StandardCharsets.UTF_8);
  }

  private static Reading.Facts read(String json) {
    return (Reading.Facts) EVENTS.read(new Body(json.getBytes(StandardCharsets.UTF_8), "", ""));
  }

  private static Lead lead(Reading.Facts facts) {
    return (Lead) facts.facts().getFirst();
  }

  @Provide
  Arbitrary<Lead> any() {
    return AnyLead.any();
  }

  @Provide
  Arbitrary<Lead> sound() {
    return AnyLead.sound();
  }
}
