package dev.porchlight.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LeadJsonTest {
  @Property
  void a_lead_comes_back_equal(@ForAll("any") Lead lead) {
    assertThat(LeadJson.read(LeadJson.write(lead))).isEqualTo(lead);
  }

  @Property
  void a_lead_comes_back_equal_from_text(@ForAll("sound") Lead lead) {
    assertThat(LeadJson.parse(LeadJson.bytes(lead))).isEqualTo(lead);
  }

  @Test
  void numbers_of_one_value_make_equal_leads() {
    assertThat(Money.dollars(new BigDecimal("450000.00")))
        .isEqualTo(Money.dollars(new BigDecimal("4.5E+5")));
    assertThat(new Scores(null, new BigDecimal("0.50")))
        .isEqualTo(new Scores(null, new BigDecimal("0.5")));
  }

  @Test
  void the_names_are_a_promise() {
    var lead =
        Lead.of(new Enquirer("Ana", null, null, "ana@example.com", null, "valid", null))
            .with(b ->
                b.leadId("L-1")
                    .timestamp(new Moment(Instant.parse("2026-01-02T03:04:05Z"), true))
                    .intent(Intent.SELLER)
                    .interest(
                        new Interest.HomeToSell(
                            new dev.porchlight.value.Property(
                                new Address("1 Elm", null, "VA", "23220"),
                                null,
                                null,
                                null,
                                null,
                                null,
                                Money.dollars(new BigDecimal("1E+3")),
                                null,
                                new BigDecimal("2.50"),
                                null,
                                null,
                                null,
                                null))));
    assertThat(new String(LeadJson.bytes(lead), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"lead_id\":\"L-1\",\"timestamp\":\"2026-01-02T03:04:05Z\",\"zone_assumed\":true,"
                + "\"intent\":\"seller\",\"enquirer\":{\"first_name\":\"Ana\",\"email\":\"ana@example.com\","
                + "\"email_status\":\"valid\"},\"interest\":{\"kind\":\"home_to_sell\",\"property\":{\"address\":{\"street\":\"1"
                + " Elm\",\"state\":\"VA\",\"postal_code\":\"23220\"},"
                + "\"list_price\":{\"amount\":1000,\"currency\":\"USD\"},\"baths\":2.5}},\"test\":false}");
  }

  @Test
  void what_is_no_lead_is_refused() {
    assertThatThrownBy(
            () -> LeadJson.parse("{\"intent\":\"both\"}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("intent");
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
