package dev.porchlight.connector.realtor;

import static dev.porchlight.connector.realtor.Bodies.DELIVERY;
import static dev.porchlight.connector.realtor.Bodies.PLUS;
import static dev.porchlight.connector.realtor.Bodies.bytes;
import static dev.porchlight.connector.realtor.Bodies.facts;
import static dev.porchlight.connector.realtor.Bodies.fixture;
import static dev.porchlight.connector.realtor.Bodies.lead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Messages;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Lead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class WritingTest {
  private static final Lead ANA =
      Lead.of(new Enquirer("Ana", null, null, "ana@example.com", null, null, null));

  @Test
  void what_the_sender_did_not_give_is_written_from_ours_and_named() {
    var written = bytes(DELIVERY.write(Messages.of(ANA), WriteOptions.NONE));
    assertThat(text(written))
        .isEqualTo(
            "{\"lead_id\":\"derived-1\",\"contact\":{\"first_name\":\"Ana\",\"email\":\"ana@example.com\"},"
                + "\"timestamp\":\"2026-03-14T09:26:53.500Z\"}");
    assertThat(written.losses())
        .extracting(Loss::field)
        .containsExactlyInAnyOrder("lead_id", "timestamp");
    assertThat(written.contentType()).isEqualTo("application/json");
  }

  @Test
  void the_members_stand_in_the_order_of_the_contract() {
    assertThat(
            text(
                bytes(
                    PLUS.write(
                        Messages.of(lead(facts(PLUS, fixture("buyer-full")))), WriteOptions.NONE))))
        .isEqualTo(compact("buyer-full").replace(",\"digital_signature\":\"c2lnbmVk\"", ""));
    assertThat(
            text(
                bytes(
                    DELIVERY.write(
                        Messages.of(lead(facts(DELIVERY, fixture("enhanced-full")))),
                        WriteOptions.NONE))))
        .isEqualTo(compact("enhanced-full").replace(",\"digital_signature\":\"c2lnbmVk\"", ""));
    assertThat(
            text(
                bytes(
                    DELIVERY.write(
                        Messages.of(lead(facts(DELIVERY, fixture("standard-full")))),
                        WriteOptions.NONE))))
        .isEqualTo(compact("standard-full"));
  }

  @Test
  void without_a_role_there_is_no_connections_plus_message() {
    assertThat(PLUS.write(Messages.of(ANA), WriteOptions.NONE))
        .isInstanceOfSatisfying(
            Written.CannotWrite.class,
            c -> assertThat(c.reasons()).singleElement().asString().contains("role"));
    var assumed = bytes(PLUS.write(Messages.of(ANA), new WriteOptions(Intent.SELLER, null)));
    assertThat(text(assumed)).contains("\"role\":\"seller\"");
    assertThat(assumed.losses()).extracting(Loss::field).contains("intent");
  }

  @Test
  void without_a_sound_email_nothing_is_written() {
    for (var connector : new RealtorConnector[] {PLUS, DELIVERY, LeadDelivery.standard()}) {
      for (var email :
          new ArrayList<>(java.util.Arrays.asList(null, "", "ana@@example.com", "ana@localhost"))) {
        var lead =
            Lead.of(new Enquirer("Ana", null, null, email, "1", null, null))
                .with(b -> b.intent(Intent.BUYER));
        assertThat(connector.write(Messages.of(lead), WriteOptions.NONE))
            .isInstanceOf(Written.CannotWrite.class);
      }
    }
  }

  @Test
  void the_signature_is_made_from_the_body_with_its_value_empty() {
    var seen = new ArrayList<String>();
    var options =
        new WriteOptions(
            null,
            body -> {
              seen.add(new String(body, StandardCharsets.UTF_8));
              return "ab12";
            });
    var buyer = ANA.with(b -> b.intent(Intent.BUYER));
    for (var connector : new RealtorConnector[] {PLUS, DELIVERY}) {
      var written = text(bytes(connector.write(Messages.of(buyer), options)));
      assertThat(written).endsWith("\"digital_signature\":\"ab12\"}");
      assertThat(seen.getLast()).isEqualTo(written.replace("ab12", ""));
    }
    seen.clear();
    assertThat(text(bytes(DELIVERY.write(Messages.of(ANA), options))))
        .doesNotContain("digital_signature");
    assertThat(text(bytes(LeadDelivery.standard().write(Messages.of(buyer), options))))
        .doesNotContain("digital_signature");
    assertThat(seen).isEmpty();
  }

  @Test
  void a_native_lead_goes_out_with_an_account_of_what_stays_behind() {
    var native_ = lead(facts(PLUS, fixture("native-new")));
    assertThat(bytes(PLUS.write(Messages.of(native_), WriteOptions.NONE)).losses())
        .extracting(Loss::field)
        .contains(
            "external_ids.inquiry_guid",
            "enquirer.full_name",
            "enquirer.email_status",
            "interest.property.baths",
            "interest.property.property_type",
            "finance.credit_score",
            "listing_agent.mls_id",
            "origin.paid_type",
            "consents",
            "recipient.id",
            "qualification.timeframe",
            "extras./Lead/lead_property_preferences_info")
        .doesNotContain("lead_id", "timestamp", "zone_assumed", "test", "intent", "interest.kind");
  }

  private static String compact(String fixture) {
    return dev.porchlight.connector.PublicJsonSchema.JSON.readTree(fixture(fixture)).toString();
  }

  private static String text(Written.Bytes written) {
    return new String(written.body(), StandardCharsets.UTF_8);
  }
}
