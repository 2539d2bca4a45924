package dev.porchlight.connector.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.AnyLead;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class OwnEventsTest {
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

  @Provide
  Arbitrary<Lead> any() {
    return AnyLead.any();
  }

  @Provide
  Arbitrary<Lead> sound() {
    return AnyLead.sound();
  }
}
