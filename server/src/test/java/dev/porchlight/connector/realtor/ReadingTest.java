package dev.porchlight.connector.realtor;

import static dev.porchlight.connector.realtor.Bodies.DELIVERY;
import static dev.porchlight.connector.realtor.Bodies.PLUS;
import static dev.porchlight.connector.realtor.Bodies.facts;
import static dev.porchlight.connector.realtor.Bodies.fixture;
import static dev.porchlight.connector.realtor.Bodies.lead;
import static dev.porchlight.connector.realtor.Bodies.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingTest {
  @ParameterizedTest
  @CsvSource({
    "buyer-minimal,BuyerLead,BUYER", "buyer-full,BuyerLead,BUYER",
    "seller-minimal,SellerLead,SELLER", "seller-full,SellerLead,SELLER",
    "standard-minimal,StandardLead,UNKNOWN", "standard-full,StandardLead,UNKNOWN",
    "enhanced-minimal,EnhancedLead,BUYER", "enhanced-full,EnhancedLead,BUYER",
    "enhanced-seller,EnhancedLead,SELLER", "test-lead,BuyerLead,BUYER",
    "non-ascii,BuyerLead,BUYER", "large,BuyerLead,BUYER",
    "native-old,Native,BUYER", "native-new,Native,BUYER"
  })
  void a_sound_body_is_read_without_a_violation(String name, String message, Intent intent) {
    var facts = facts(Bodies.connectorOf(name), fixture(name));
    assertThat(facts.violations()).isEmpty();
    assertThat(facts.message()).isEqualTo(message);
    assertThat(lead(facts).intent()).isEqualTo(intent);
    assertThat(lead(facts).test()).isEqualTo(name.equals("test-lead"));
    assertThat(facts.fingerprint()).matches("[0-9a-f]{64}");
    if (!message.equals("Native")) {
      assertThat(lead(facts).extras()).isEmpty();
    }
    assertThat(Bodies.connectorOf(name).peekLeadId(new Body(fixture(name), "", "")))
        .isEqualTo(lead(facts).leadId());
  }

  @Test
  void every_member_of_a_full_buyer_lead_is_read() {
    assertThat(LeadJson.write(lead(facts(PLUS, fixture("buyer-full")))).toString())
        .isEqualTo(
            """
            {"lead_id":"B-2","timestamp":"2026-03-14T09:26:53Z","zone_assumed":false,"intent":"buyer",\
            "enquirer":{"first_name":"Ana","last_name":"Lopez","email":"ana.lopez@example.com","phone":"(804)477-7777"},\
            "interest":{"kind":"in_listing","property":{"address":{"street":"12 Elm Street, Unit 4","city":"Richmond",\
            "state":"VA","postal_code":"23220"},"coordinates":{"latitude":37.5487,"longitude":-77.4699},\
            "listing_url":"https://www.example.com/homes/12-elm-st","mls_id":"2604711",\
            "mls_name":"Central Virginia Example MLS","listing_status":"active",\
            "list_price":{"amount":449900.5,"currency":"USD"},"beds":3,"baths":2,"square_feet":1840,"days_on_market":12}},\
            "finance":{"pre_approved":true,"budget_min":{"amount":350000,"currency":"USD"},\
            "budget_max":{"amount":475000,"currency":"USD"},"financing_type":"conventional"},\
            "scores":{"likely_to_transact":true,"probability":0.82},\
            "listing_agent":{"name":"Ruth Okafor","email":"ruth@brokerage.example.org","phone":"804-555-0142"},\
            "origin":{"source":"listing page"},"message":"Is the garden shared?","test":false}\
            """);
  }

  @Test
  void both_native_placements_say_the_same() {
    var lead = lead(facts(PLUS, fixture("native-new")));
    var old = lead(facts(DELIVERY, fixture("native-old")));
    assertThat(old.with(b -> b.extras(lead.extras()))).isEqualTo(lead);
    assertThat(LeadJson.write(lead).toString())
        .contains("\"lead_id\":\"n-0001\"")
        .contains("\"communication_guid\":\"n-0003\"")
        .contains("\"partner_customer_id\":\"desk-17\"")
        .contains("\"timestamp\":\"2022-09-14T17:05:31.250Z\"")
        .contains("\"state\":\"VA\"")
        .contains("\"baths\":2.5")
        .contains("\"probability\":0.61")
        .contains("\"consents\":[{\"kind\":\"jornaya_tcpa\",\"token\":\"JT-77-EXAMPLE\"}]")
        .contains("\"recipient\":{\"id\":\"400123\"")
        .contains("\"qualification\":{\"finance_info\":\"true\",\"form_name\":\"tour\"")
        .contains("\"credit_score\":\"700-749\",\"veteran\":false")
        .contains("\"office\":\"Elm Office\",\"broker\":\"Elm Brokers\"");
    assertThat(lead.extras())
        .containsEntry("/Lead/lead_property_info/listing_date", "\"2022-09-02\"")
        .containsKey("/Lead/lead_property_preferences_info");
    assertThat(old.extras())
        .containsEntry("/Lead/lead_info/lead_property_info/listing_date", "\"2022-09-02\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"lead_info\":{\"test\":true,\"lead_consumer_info\":{\"email\":\"a@example.com\"}}",
        "\"lead_info\":{\"paid_type\":\"test\",\"lead_consumer_info\":{\"email\":\"a@example.com\"}}",
        "\"lead_info\":{\"lead_consumer_info\":{\"email\":\"A@Move.com\"}}",
        "\"lead_info\":{\"lead_consumer_info\":{\"email\":\"a@example.com\"}},\"lead_property_info\":{\"property_street_address\":\"9"
            + " Leadstraining Ave\"}",
        "\"lead_info\":{\"lead_consumer_info\":{\"email\":\"a@example.com\"}},\"lead_property_info\":{\"property_zip\":\"00003\"}"
      })
  void each_native_mark_makes_a_test(String inside) {
    assertThat(lead(facts(PLUS, bytes("{\"Lead\":{" + inside + "}}"))).test()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a@move.com      | 1 Elm St           | 23220 | true",
        "a@example.com   | 1 Leadstraining Ave| 00003 | true",
        "a@remove.com    | 1 Elm St           | 23220 | false",
        "a@example.com   | 1 Leadstraining Ave| 23220 | false",
        "a@example.com   | 1 Elm St           | 00003 | false"
      })
  void without_a_flag_only_strong_marks_make_a_test(
      String email, String street, String zip, boolean test) {
    var body =
        "{\"lead_id\":\"1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"contact\":{\"email\":\"%s\"},\"property\":{\"address\":\"%s\",\"zip_code\":\"%s\"}}"
            .formatted(email, street, zip);
    assertThat(lead(facts(DELIVERY, bytes(body))).test()).isEqualTo(test);
  }

  static List<Arguments> broken() {
    return List.of(
        // what to change in the full buyer lead, where the violation is, what is then read where
        new Arguments("\"lead_id\": \"B-2\",", "", "/lead_id", "/lead_id", ""),
        new Arguments("\"lead_id\": \"B-2\"", "\"lead_id\": 17", "/lead_id", "/lead_id", "\"17\""),
        new Arguments(
            "\"role\": \"buyer\"", "\"role\": \"Buyer\"", "/role", "/intent", "\"buyer\""),
        new Arguments(
            "\"role\": \"buyer\"", "\"role\": \"renter\"", "/role", "/intent", "\"unknown\""),
        new Arguments("\"role\": \"buyer\",", "", "/role", "/intent", "\"unknown\""),
        new Arguments(
            "\"baths\": 2", "\"baths\": 2.5", "/property/baths", "/interest/property/baths", "2.5"),
        new Arguments(
            "\"beds\": 3", "\"beds\": \"3\"", "/property/beds", "/interest/property/beds", "3"),
        new Arguments(
            "\"beds\": 3", "\"beds\": \"three\"", "/property/beds", "/interest/property/beds", ""),
        new Arguments(
            "\"beds\": 3", "\"beds\": [3]", "/property/beds", "/interest/property/beds", ""),
        new Arguments(
            "\"beds\": 3", "\"beds\": null", "/property/beds", "/interest/property/beds", ""),
        new Arguments(
            "449900.5",
            "\"$450,000\"",
            "/property/list_price",
            "/interest/property/list_price/amount",
            "450000"),
        new Arguments(
            "449900.5", "1e999999999", "/property/list_price", "/interest/property/list_price", ""),
        new Arguments(
            "449900.5",
            "1e99999999999999999999",
            "/property/list_price",
            "/interest/property/list_price",
            ""),
        new Arguments(
            "\"city\": \"Richmond\"",
            "\"city\": \"\"",
            "/property/city",
            "/interest/property/address/city",
            ""),
        new Arguments(
            "\"state\": \"VA\"",
            "\"state\": \" VA\"",
            "/property/state",
            "/interest/property/address/state",
            "\"VA\""),
        new Arguments(
            "\"zip_code\": \"23220\"",
            "\"zip_code\": 2139",
            "/property/zip_code",
            "/interest/property/address/postal_code",
            "\"02139\""),
        new Arguments(
            "37.5487,\n    \"longitude\": -77.4699",
            "0,\n    \"longitude\": 0.0",
            "/property/latitude",
            "/interest/property/coordinates",
            ""),
        new Arguments(
            "https://www.example.com/homes/12-elm-st",
            "12 elm st",
            "/property/listing_url",
            "/interest/property/listing_url",
            "\"12 elm st\""),
        new Arguments(
            "\"email\": \"ana.lopez@example.com\"",
            "\"email\": \"ana.lopez@@\"",
            "/contact/email",
            "/enquirer/email",
            "\"ana.lopez@@\""),
        new Arguments(
            "\"email\": \"ana.lopez@example.com\",",
            "",
            "/contact/email",
            "/enquirer/phone",
            "\"(804)477-7777\""),
        new Arguments(
            "\"email\": \"ruth@brokerage.example.org\"",
            "\"email\": \"ruth\"",
            "/property/listing_agent/email",
            "/listing_agent/email",
            "\"ruth\""),
        new Arguments("0.82", "1.4", "/probability_to_transact", "/scores/probability", ""),
        new Arguments("0.82", "-0.1", "/probability_to_transact", "/scores/probability", ""),
        new Arguments(
            "\"pre_approved\": true",
            "\"pre_approved\": \"yes\"",
            "/finance_info/pre_approved",
            "/finance/pre_approved",
            "true"),
        new Arguments(
            "\"pre_approved\": true",
            "\"pre_approved\": 1",
            "/finance_info/pre_approved",
            "/finance/pre_approved",
            "true"),
        new Arguments(
            "\"timestamp\": \"2026-03-14T09:26:53Z\",", "", "/timestamp", "/timestamp", ""),
        new Arguments(
            "2026-03-14T09:26:53Z",
            "2026-03-14T09:26:53",
            "/timestamp",
            "/timestamp",
            "\"2026-03-14T09:26:53Z\""),
        new Arguments(
            "2026-03-14T09:26:53Z", "2026-03-14 09:26:53", "/timestamp", "/zone_assumed", "true"),
        new Arguments(
            "2026-03-14T09:26:53Z",
            "2026-03-14T09:26:53+0200",
            "/timestamp",
            "/timestamp",
            "\"2026-03-14T07:26:53Z\""),
        new Arguments(
            "2026-03-14T09:26:53Z", "2026-02-30T09:26:53Z", "/timestamp", "/timestamp", ""),
        new Arguments("2026-03-14T09:26:53Z", "yesterday", "/timestamp", "/timestamp", ""),
        new Arguments(
            "Is the garden shared?",
            "nul \\u0000 here",
            "/message",
            "/message",
            "\"nul \uFFFD here\""),
        new Arguments(
            "Is the garden shared?",
            "half \\ud83c pair",
            "/message",
            "/message",
            "\"half \uFFFD pair\""),
        new Arguments(
            "\"source\": \"listing page\"",
            "\"source\": \"a\", \"source\": \"b\"",
            "/source",
            "/origin/source",
            "\"b\""),
        new Arguments(
            "\"source\": \"listing page\"",
            "\"source\": true",
            "/source",
            "/origin/source",
            "\"true\""),
        new Arguments(
            "\"source\": \"listing page\"", "\"source\": {\"page\": 1}", "/source", "/origin", ""));
  }

  record Arguments(String old, String changed, String pointer, String read, String value) {}

  @ParameterizedTest
  @MethodSource("broken")
  void a_body_that_breaks_the_contract_is_read_with_a_violation(Arguments given) {
    var sound = new String(fixture("buyer-full"), StandardCharsets.UTF_8);
    assertThat(sound).contains(given.old());
    var facts = facts(PLUS, bytes(sound.replace(given.old(), given.changed())));
    assertThat(facts.violations()).extracting(Violation::pointer).containsOnly(given.pointer());
    assertThat(facts.violations()).hasSize(1);
    var read = LeadJson.write(lead(facts)).at(given.read());
    assertThat(read.isMissingNode() ? "" : read.toString()).isEqualTo(given.value());
    if (given.value().isEmpty()
        && !given.changed().isEmpty()
        && !given.changed().contains("\"\"")
        && !given.changed().contains("null")
        && !given.changed().startsWith("0,")) {
      assertThat(lead(facts).extras()).containsKey(given.pointer());
    }
  }

  @Test
  void zip_plus_four_and_any_offset_are_sound() {
    var sound = new String(fixture("buyer-full"), StandardCharsets.UTF_8);
    var facts =
        facts(
            PLUS,
            bytes(
                sound
                    .replace("23220", "23220-1234")
                    .replace("2026-03-14T09:26:53Z", "2026-03-14T23:59:60.25-05:30")));
    assertThat(facts.violations()).isEmpty();
    assertThat(Objects.requireNonNull(lead(facts).timestamp()).at())
        .isEqualTo(Instant.parse("2026-03-15T05:30:00.250Z"));
  }

  @Test
  void unknown_members_are_extras_and_no_violation() {
    var facts =
        facts(
            PLUS,
            bytes(
                "{\"lead_id\":\"1\",\"role\":\"seller\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"x/y~\":{\"n\":1.50},"
                    + "\"finance_info\":{\"pre_approved\":true},\"contact\":{\"email\":\"a@example.com\",\"fax\":null},\"property\":{\"beds\":3}}"));
    assertThat(facts.violations()).isEmpty();
    assertThat(lead(facts).extras())
        .containsOnlyKeys("/x~1y~0", "/finance_info", "/contact/fax", "/property/beds")
        .containsEntry("/x~1y~0", "{\"n\":1.50}");
  }

  @Test
  void of_two_listing_agents_the_one_beside_the_property_counts() {
    var facts = facts(DELIVERY, fixture("both-agents"));
    assertThat(Objects.requireNonNull(lead(facts).listingAgent()).name()).isEqualTo("Ruth Okafor");
    assertThat(lead(facts).extras()).containsOnlyKeys("/property/listing_agent");
    assertThat(facts.violations())
        .extracting(Violation::pointer)
        .containsExactly("/property/listing_agent");
  }

  @Test
  void the_sources_contract_decides_and_the_other_channel_is_a_violation() {
    var reading = PLUS.read(new Body(fixture("buyer-full"), "application/json", "lead-delivery"));
    assertThat(reading).isInstanceOf(Reading.Facts.class);
    assertThat(((Reading.Facts) reading).message()).isEqualTo("BuyerLead");
    assertThat(reading.violations()).hasSize(1);
    assertThat(DELIVERY.read(new Body(fixture("enhanced-full"), "", "lead-delivery")).violations())
        .isEmpty();
    assertThat(facts(DELIVERY, fixture("buyer-full")).message()).isEqualTo("EnhancedLead");
  }

  @Test
  void a_seller_through_lead_delivery_has_a_home_to_sell() {
    assertThat(lead(facts(DELIVERY, fixture("enhanced-seller"))).interest())
        .isInstanceOf(Interest.HomeToSell.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "\"lead\"",
        "null",
        "{",
        "{}x",
        "{} {}",
        "{\"contact\":{}}",
        "{\"a\":NaN}",
        "{\"lead_id\":\"1\",\"role\":\"buyer\",\"contact\":{\"email\":\" \",\"phone\":null}}",
        "{\"lead_id\":\"1\",\"contact\":[\"a@example.com\"]}",
        "{\"Lead\":{}}",
        "{'a':1}"
      })
  void what_names_and_reaches_nobody_is_unreadable(String body) {
    var reading = read(PLUS, body);
    assertThat(reading).isInstanceOf(Reading.Unreadable.class);
    assertThat(((Reading.Unreadable) reading).nestedTooDeep()).isFalse();
    assertThat(((Reading.Unreadable) reading).reason()).endsWith(".");
  }

  @Test
  void bytes_that_are_not_utf_8_are_unreadable_and_a_byte_order_mark_is_not() {
    var latin = "{\"contact\":{\"first_name\":\"Zoë\"}}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(read(PLUS, latin)).isInstanceOf(Reading.Unreadable.class);
    var wide = "{\"contact\":{\"first_name\":\"Ana\"}}".getBytes(StandardCharsets.UTF_16BE);
    assertThat(read(PLUS, wide)).isInstanceOf(Reading.Unreadable.class);
    var marked = "\uFEFF" + new String(fixture("buyer-full"), StandardCharsets.UTF_8);
    var facts = facts(PLUS, bytes(marked));
    assertThat(facts.violations()).hasSize(1);
    assertThat(PLUS.peekLeadId(new Body(bytes(marked), "", ""))).isEqualTo("B-2");
  }

  @Test
  void depth_64_is_read_and_65_is_not() {
    var head = "{\"contact\":{\"email\":\"a@example.com\"},\"x\":";
    assertThat(read(DELIVERY, head + "[".repeat(63) + "]".repeat(63) + "}"))
        .isInstanceOf(Reading.Facts.class);
    assertThat(read(DELIVERY, head + "[".repeat(64) + "]".repeat(64) + "}"))
        .isInstanceOfSatisfying(
            Reading.Unreadable.class, r -> assertThat(r.nestedTooDeep()).isTrue());
    assertThat(read(DELIVERY, "[".repeat(1 << 20)))
        .isInstanceOfSatisfying(
            Reading.Unreadable.class, r -> assertThat(r.nestedTooDeep()).isTrue());
    assertThat(
            DELIVERY.peekLeadId(
                new Body("[".repeat(1 << 20).getBytes(StandardCharsets.UTF_8), "", "")))
        .isNull();
  }

  @Test
  void a_million_digits_are_unreadable_at_once() {
    assertThat(
            read(
                DELIVERY,
                "{\"contact\":{\"email\":\"a@example.com\"},\"x\":" + "9".repeat(1_000_000) + "}"))
        .isInstanceOfSatisfying(
            Reading.Unreadable.class, r -> assertThat(r.reason()).contains("digits"));
  }

  @Test
  void very_many_violations_are_counted_and_not_all_listed() {
    var twice = "\"source\":\"a\",".repeat(5000);
    var facts = facts(DELIVERY, bytes("{" + twice + "\"contact\":{\"email\":\"a@example.com\"}}"));
    assertThat(facts.violations()).hasSize(101);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1.0,\"b\":[1]}   | {\"b\":[1],\"a\":1}    | true",
        "{\"a\":100}             | {\"a\":1e2}            | true",
        "{\"a\":-0.0}            | {\"a\":0E+7}           | true",
        "{\"a\":1e999999999}     | {\"a\":10e999999998}   | true",
        "{\"a\":1}               | {\"a\":\"1\"}          | false",
        "{\"a\":1}               | {\"a\":1.5}            | false",
        "{\"a\":\"x\"}           | {\"a\":\"\\u0078\"}    | true",
        "{\"a\":null}            | {}                     | false",
        "{\"a\":[1,2]}           | {\"a\":[2,1]}          | false",
        "{\"a\":[12]}            | {\"a\":[1,2]}          | false",
        "{\"digital_signature\":\"x\"}        | {}        | true",
        "{\"a\":{\"digital_signature\":\"x\"}}| {\"a\":{}}| false"
      })
  void equal_values_have_one_fingerprint(String one, String other, boolean equal) {
    var who = "\"contact\":{\"email\":\"a@example.com\"}";
    var first =
        facts(DELIVERY, bytes("{" + who + (one.equals("{}") ? "" : ",") + one.substring(1)));
    var second =
        facts(DELIVERY, bytes("{" + who + (other.equals("{}") ? "" : ",") + other.substring(1)));
    assertThat(first.fingerprint().equals(second.fingerprint())).isEqualTo(equal);
  }

  @Property
  void any_bytes_are_read_without_an_exception(@ForAll byte[] bytes) {
    readsQuietly(bytes);
  }

  @Property(tries = 3000)
  void a_damaged_body_is_read_without_an_exception(@ForAll long seed) {
    var random = new Random(seed);
    var name = Bodies.FIXTURES.get(random.nextInt(Bodies.FIXTURES.size() - 1));
    var bytes = fixture(name);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      var alphabet = "{}[],:\"\\0-1.eEtfnu \u00e9\0";
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
        default -> {
          // One value in place of another: from the colon to the end of the line.
          var text = new String(bytes, StandardCharsets.ISO_8859_1);
          int colon = text.indexOf(": ", at);
          int end = colon < 0 ? -1 : text.indexOf('\n', colon);
          if (end > 0 && !text.substring(colon, end).matches(".*[{\\[]")) {
            var values =
                List.of(
                    "null",
                    "{}",
                    "[]",
                    "\"\"",
                    "1e999999999",
                    "true",
                    "-1",
                    "\"0\"",
                    "[{\"a\":1}]");
            bytes =
                (text.substring(0, colon + 2)
                        + values.get(random.nextInt(values.size()))
                        + (text.charAt(end - 1) == ',' ? "," : "")
                        + text.substring(end))
                    .getBytes(StandardCharsets.ISO_8859_1);
          }
        }
      }
    }
    readsQuietly(bytes);
  }

  private static void readsQuietly(byte[] bytes) {
    for (var connector : List.of(PLUS, DELIVERY)) {
      var before = bytes.clone();
      assertThatCode(() -> connector.peekLeadId(new Body(bytes, "", "")))
          .doesNotThrowAnyException();
      if (read(connector, bytes) instanceof Reading.Facts facts) {
        var lead = lead(facts);
        assertThat(LeadJson.parse(LeadJson.bytes(lead))).isEqualTo(lead);
        if (!facts.message().equals("Native")) {
          assertThat(connector.peekLeadId(new Body(bytes, "", ""))).isEqualTo(lead.leadId());
        }
      }
      assertThat(bytes).isEqualTo(before);
    }
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
