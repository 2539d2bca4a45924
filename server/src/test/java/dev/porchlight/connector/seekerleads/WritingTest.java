package dev.porchlight.connector.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Loss;
import dev.porchlight.connector.Message;
import dev.porchlight.connector.Messages;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.connector.WriteOptions;
import dev.porchlight.connector.Written;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Finance;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.Money;
import dev.porchlight.value.Property;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WritingTest {
  private static final SeekerLeads SEEKER = new SeekerLeads();
  private static final Lead ANA =
      Lead.of(new Enquirer("Ana", null, null, "ana@example.com", null, null, null));

  @Test
  void who_asks_about_nothing_asks_an_agency() {
    assertThat(text(ANA))
        .isEqualTo(
            "{\"metadata\":{\"leadId\":\"0199-lead\",\"processedDate\":1773480413,"
                + "\"category\":\"AGENCY\"},\"contactRequest\":{\"firstName\":\"Ana\","
                + "\"email\":\"ana@example.com\",\"phoneNumbers\":[],\"message\":\"\"}}");
  }

  @Test
  void what_the_lead_is_about_makes_the_category() {
    var listing = new Interest.InListing(Property.UNSTATED);
    var home = new Interest.HomeToSell(Property.UNSTATED);
    assertThat(text(ANA.with(b -> b.interest(listing))))
        .contains("\"category\":\"CLASSIFIED\"", "\"property\":{}");
    assertThat(text(ANA.with(b -> b.interest(listing).intent(Intent.BUYER))))
        .contains("\"category\":\"CLASSIFIED\"")
        .doesNotContain("leadType");
    assertThat(text(ANA.with(b -> b.interest(home).intent(Intent.SELLER))))
        .contains("\"category\":\"AGENCY\",\"leadType\":\"SELL\"")
        .doesNotContain("property");
    assertThat(text(ANA.with(b -> b.intent(Intent.QUESTION))))
        .contains("\"category\":\"AGENCY\",\"leadType\":\"ASK_A_QUESTION\"");
  }

  @Test
  void null_is_for_the_erased_alone() {
    var erased = ANA.with(b -> b.message("Hello").intent(Intent.RENT)).withoutPerson();
    assertThat(text(erased))
        .endsWith(
            "\"contactRequest\":{\"firstName\":null,\"lastName\":null,\"gender\":null,"
                + "\"email\":null,\"language\":null,\"phoneNumbers\":[],\"message\":null}}");
    assertThat(text(ANA)).doesNotContain("null");
  }

  @Test
  void portal_and_time_to_live_come_from_the_lead_or_its_source() {
    var early = Instant.parse("2027-01-01T00:00:00Z");
    var late = Instant.parse("2029-01-01T00:00:00Z");
    assertThat(text(ANA)).doesNotContain("ttl").doesNotContain("portal");
    assertThat(write(message(ANA, early, "SLG-FRA")))
        .contains("\"portal\":\"SLG-FRA\",\"ttl\":" + early.getEpochSecond());
    assertThat(write(message(ANA.with(b -> b.deleteAfter(late)), early, null)))
        .contains("\"ttl\":" + early.getEpochSecond());
    assertThat(write(message(ANA.with(b -> b.deleteAfter(early)), late, "NO-CODE")))
        .contains("\"ttl\":" + early.getEpochSecond())
        .doesNotContain("portal");
  }

  /// Validators in wide use refuse them, and with one such lead the whole page.
  @ParameterizedTest
  @ValueSource(strings = {"ana@[127.0.0.1]", "\"ana\"@example.com"})
  void an_address_that_is_no_name_at_a_domain_stays_behind(String email) {
    var lead = Lead.of(new Enquirer("Ana", null, null, email, null, null, null));
    assertThat(text(lead)).doesNotContain("email");
    assertThat(bytes(Messages.of(lead)).losses())
        .filteredOn(l -> l.field().equals("enquirer.email"))
        .hasSize(1);
  }

  @Test
  void sums_keep_their_currency_or_stay_behind() {
    var rich =
        ANA.with(b ->
            b.finance(
                new Finance(
                    null, null, new Money(new BigDecimal(450000), "USD"), null, null, null)));
    assertThat(text(rich)).doesNotContain("450000");
    assertThat(bytes(Messages.of(rich)).losses())
        .filteredOn(l -> l.field().equals("finance.budget_max"))
        .singleElement()
        .extracting(Loss::reason)
        .asString()
        .contains("USD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"classified", "agency", "search", "erased"})
  void a_lead_of_theirs_goes_out_as_it_came(String name) throws IOException {
    var fixture = ReadingTest.fixture(name);
    var reading =
        (Reading.Facts)
            SEEKER.read(new Body(fixture.getBytes(StandardCharsets.UTF_8), "application/json", ""));
    var lead = (Lead) reading.facts().getFirst();
    var out = bytes(Messages.of(lead));
    assertThat(out.losses())
        .extracting(Loss::field)
        .containsExactly(
            name.equals("classified")
                ? new String[] {"lead_id"}
                : new String[] {"lead_id", "timestamp"});
    var expected = (tools.jackson.databind.node.ObjectNode) PublicJsonSchema.JSON.readTree(fixture);
    ((tools.jackson.databind.node.ObjectNode) expected.get("metadata"))
        .put("leadId", "0199-lead")
        .put("processedDate", 1773480413);
    ((tools.jackson.databind.node.ObjectNode) expected.get("contactRequest")).remove("name");
    assertThat(PublicJsonSchema.JSON.readTree(out.body()).toString())
        .isEqualTo(expected.toString());
  }

  private static Message message(Lead lead, Instant deleteAfter, @Nullable String portal) {
    var m = Messages.of(lead);
    return new Message(
        m.eventId(),
        m.kind(),
        m.at(),
        m.sequence(),
        m.id(),
        m.version(),
        m.derivedLeadId(),
        m.receivedAt(),
        m.sourceName(),
        m.sourceContract(),
        m.contactId(),
        m.ownerName(),
        lead,
        null,
        "",
        "",
        deleteAfter,
        portal,
        m.trail(),
        m.ingestedAt(),
        m.traceparent(),
        m.phoneRegion());
  }

  private static String text(Lead lead) {
    return write(Messages.of(lead));
  }

  private static String write(Message message) {
    return new String(bytes(message).body(), StandardCharsets.UTF_8);
  }

  private static Written.Bytes bytes(Message message) {
    return (Written.Bytes) SEEKER.write(message, WriteOptions.NONE);
  }
}
