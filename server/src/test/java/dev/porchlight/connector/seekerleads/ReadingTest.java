package dev.porchlight.connector.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Gender;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Interest;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.ListingKeys;
import dev.porchlight.value.Moment;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Property;
import dev.porchlight.value.Role;
import dev.porchlight.value.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class ReadingTest {
  private static final SeekerLeads SEEKER = new SeekerLeads();
  private static final PublicJsonSchema LEAD = PublicJsonSchema.component("seeker-leads", "lead");

  @Test
  void a_lead_about_a_listing() throws IOException {
    var reading = facts(fixture("classified"));
    assertThat(reading.message()).isEqualTo("classifiedLead");
    assertThat(reading.violations()).isEmpty();
    assertThat(lead(reading))
        .isEqualTo(
            Lead.of(
                    new Enquirer(
                        "Noé",
                        "Roussel",
                        null,
                        "noe.roussel@example.org",
                        "+33199000042",
                        null,
                        null,
                        List.of(
                            new PhoneNumber("+33199000042", PhoneNumber.Kind.MOBILE, true),
                            new PhoneNumber("01 99 00 00 43", PhoneNumber.Kind.LANDLINE, false)),
                        Gender.MALE,
                        "fr",
                        false))
                .with(b ->
                    b.leadId("K-1")
                        .timestamp(new Moment(Instant.parse("2026-03-14T09:26:53Z"), false))
                        .interest(
                            new Interest.InListing(
                                Property.of(
                                    new ListingKeys(
                                        "26K4M7P9R2S5",
                                        "E-2207",
                                        "CANAL-3P",
                                        "PR-9",
                                        "E-2200",
                                        "CANAL"))))
                        .origin(
                            new dev.porchlight.value.Origin(
                                null, null, null, null, null, "SLN-FRA"))
                        .message("Une visite samedi, c'est possible ?")
                        .deleteAfter(Instant.ofEpochSecond(1868174813))));
  }

  @Test
  void a_lead_about_an_agency_says_what_is_wanted() throws IOException {
    var reading = facts(fixture("agency"));
    assertThat(reading.message()).isEqualTo("agencyLead");
    assertThat(reading.violations()).isEmpty();
    assertThat(lead(reading).intent()).isEqualTo(Intent.SELLER);
    assertThat(lead(reading).interest()).isNull();
    assertThat(lead(reading).enquirer().isOwner()).isTrue();
    assertThat(lead(reading).message()).isEqualTo("כמה שווה הדירה שלי? 🏡");
    for (var wish : List.of("SELL", "BUY", "RENT", "MANAGE", "ASK_A_QUESTION")) {
      var read = facts(fixture("agency").replace("\"SELL\"", "\"" + wish + "\""));
      assertThat(read.violations()).isEmpty();
      assertThat(Codes.of(lead(read).intent())).isEqualTo(wish);
    }
  }

  @Test
  void a_search() throws IOException {
    var reading = facts(fixture("search"));
    assertThat(reading.message()).isEqualTo("propertysearchLead");
    assertThat(reading.violations()).isEmpty();
    assertThat(lead(reading).interest())
        .isInstanceOfSatisfying(
            Interest.Search.class,
            search -> {
              assertThat(search.estateTypes()).containsExactly("APARTMENT", "HOUSE");
              assertThat(search.rooms().min()).isEqualByComparingTo("2.5");
              assertThat(search.space().max()).isEqualByComparingTo("90");
              assertThat(search.budget().max()).isEqualByComparingTo("280000");
              assertThat(search.geo())
                  .isEqualTo("{\"places\":[{\"code\":\"AD08FR1\",\"km\":1.50}]}");
              assertThat(search.commercialProject()).isEqualTo("{\"activity\":\"bakery\"}");
              assertThat(search.buildProject()).isEqualTo("{\"plot\":true}");
              assertThat(search.roles()).containsExactly(Role.BUYER, Role.TENANT);
            });
  }

  @Test
  void an_erased_person_is_nobody_and_the_lead_says_so() throws IOException {
    var reading = facts(fixture("erased"));
    assertThat(reading.violations()).isEmpty();
    assertThat(lead(reading).erased()).isTrue();
    assertThat(lead(reading).enquirer()).isEqualTo(Enquirer.NOBODY);
    assertThat(lead(reading).message()).isNull();
    assertThat(lead(reading).intent()).isEqualTo(Intent.MANAGE);
  }

  @Test
  void who_can_still_be_reached_is_not_erased() throws IOException {
    var body = fixture("erased").replace("\"email\": null", "\"email\": \"x@example.org\"");
    assertThat(lead(facts(body)).erased()).isFalse();
    assertThat(lead(facts(body)).enquirer().email()).isEqualTo("x@example.org");
    assertThat(facts(body).violations()).isEmpty();
  }

  @Test
  void without_a_category_the_shape_tells() throws IOException {
    for (var name : List.of("classified", "agency", "search")) {
      var tree = (ObjectNode) PublicJsonSchema.JSON.readTree(fixture(name));
      var expected = facts(tree.toString()).message();
      ((ObjectNode) tree.get("metadata")).remove("category");
      var reading = facts(tree.toString());
      assertThat(reading.message()).isEqualTo(expected);
      assertThat(reading.violations())
          .extracting(Violation::pointer)
          .containsExactly("/metadata/category");
      ((ObjectNode) tree.get("metadata")).put("category", "AUCTION");
      reading = facts(tree.toString());
      assertThat(reading.message()).isEqualTo(expected);
      assertThat(lead(reading).extras()).containsEntry("/metadata/category", "\"AUCTION\"");
    }
  }

  @Test
  void words_that_are_in_no_list_survive() throws IOException {
    var reading =
        facts(
            fixture("search")
                .replace("PREFER_NOT_TO_DISCLOSE", "NON_BINARY")
                .replace("\"DE\"", "\"SV\"")
                .replace("LANDLINE", "SATELLITE")
                .replace("LIM-FRA", "NEW-ITA")
                .replace("\"HOUSE\"", "\"CASTLE\"")
                .replace("\"TENANT\"", "\"HEIR\""));
    var lead = lead(reading);
    assertThat(lead.enquirer().gender()).isNull();
    assertThat(lead.enquirer().language()).isEqualTo("sv");
    assertThat(lead.enquirer().phone()).isEqualTo("+33199000045");
    assertThat(Objects.requireNonNull(lead.origin()).portal()).isEqualTo("NEW-ITA");
    assertThat(((Interest.Search) Objects.requireNonNull(lead.interest())).estateTypes())
        .containsExactly("APARTMENT", "CASTLE");
    assertThat(lead.extras())
        .containsEntry("/contactRequest/gender", "\"NON_BINARY\"")
        .containsEntry("/contactRequest/phoneNumbers/0/type", "\"SATELLITE\"")
        .containsEntry("/distributionType/1", "\"HEIR\"");
    assertThat(reading.violations())
        .extracting(Violation::pointer)
        .containsExactlyInAnyOrder(
            "/contactRequest/gender",
            "/contactRequest/language",
            "/contactRequest/phoneNumbers/0/type",
            "/metadata/portal",
            "/property/estateType/1",
            "/distributionType/1");
  }

  @Test
  void what_no_field_fits_is_kept() throws IOException {
    var body =
        fixture("classified")
            .replace("\"isOwner\": false", "\"isOwner\": false, \"age\": 41.50")
            .replace("\"leadId\"", "\"score\": {\"a\": [1]}, \"leadId\"");
    assertThat(lead(facts(body)).extras())
        .containsEntry("/contactRequest/age", "41.50")
        .containsEntry("/metadata/score", "{\"a\":[1]}");
    // A property that an agency lead does not have, and a wish that a listing's does not.
    var agency =
        fixture("agency")
            .replace("\"contactRequest\"", "\"property\":{\"a\":1},\"contactRequest\"");
    assertThat(lead(facts(agency)).extras()).containsEntry("/property", "{\"a\":1}");
  }

  @Test
  void a_broken_contract_costs_no_lead() {
    var reading =
        facts(
            """
            {"metadata": {"leadId": 17, "processedDate": "1773480413000", "ttl": "soon"},
             "contactRequest": {"firstName": 7, "email": "no address", "phoneNumbers": [
               "0199", {"number": ""}, {"number": 33199000042, "verified": "yes"}],
               "isOwner": "false"}}
            """);
    var lead = lead(reading);
    assertThat(lead.leadId()).isEqualTo("17");
    assertThat(Objects.requireNonNull(lead.timestamp()).at())
        .isEqualTo(Instant.parse("2026-03-14T09:26:53Z"));
    assertThat(lead.deleteAfter()).isNull();
    assertThat(lead.enquirer().email()).isEqualTo("no address");
    assertThat(lead.enquirer().phones())
        .containsExactly(new PhoneNumber("33199000042", null, true));
    assertThat(lead.enquirer().isOwner()).isFalse();
    assertThat(lead.extras())
        .containsEntry("/metadata/ttl", "\"soon\"")
        .containsEntry("/contactRequest/phoneNumbers/0", "\"0199\"")
        .containsEntry("/contactRequest/phoneNumbers/1", "{\"number\":\"\"}");
    assertThat(reading.violations())
        .extracting(Violation::pointer)
        .contains(
            "/metadata/leadId",
            "/metadata/processedDate",
            "/metadata/ttl",
            "/metadata/category",
            "/contactRequest/email",
            "/contactRequest/message",
            "/contactRequest/isOwner");
  }

  @Test
  void a_message_from_nobody_is_a_lead_and_nothing_from_nobody_is_none() {
    assertThat(lead(facts("{\"contactRequest\":{\"message\":\"Call 0199 00 00 42\"}}")).message())
        .isEqualTo("Call 0199 00 00 42");
    assertThat(read("{\"contactRequest\":{\"message\":\"\"}}"))
        .isInstanceOf(Reading.Unreadable.class);
  }

  @Test
  void a_lead_with_an_id_and_an_empty_message_is_one_as_the_contract_has_it() {
    var lead =
        lead(
            facts(
                "{\"metadata\":{\"leadId\":\"K-9\",\"processedDate\":1767258000,"
                    + "\"category\":\"AGENCY\"},"
                    + "\"contactRequest\":{\"phoneNumbers\":[],\"message\":\"\"}}"));
    assertThat(lead.leadId()).isEqualTo("K-9");
    assertThat(lead.enquirer().isSomebody()).isFalse();
    assertThat(lead.erased()).isFalse();
    assertThat(read("{\"metadata\":{\"leadId\":\"K-9\"},\"contactRequest\":{}}"))
        .isInstanceOf(Reading.Unreadable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"leadId\":\"K-9\"}",
        "{\"metadata\":{\"leadId\":\"K-9\"}}",
        "{\"metadata\":{\"leadId\":\"K-9\"},\"contactRequest\":"
      })
  void a_bare_id_has_to_be_fetched(String json) {
    assertThat(read(json)).isInstanceOf(Reading.Unreadable.class);
    assertThat(SEEKER.peekLeadId(body(json))).isEqualTo("K-9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "null", "\"K-1\"", "{\"metadata\":{}} x", "\u0000"})
  void what_is_no_lead_is_unreadable(String json) {
    assertThat(read(json)).isInstanceOf(Reading.Unreadable.class);
  }

  @Test
  void nothing_that_a_stranger_nests_or_spells_throws() {
    assertThat(read("{\"property\":".repeat(70) + "1" + "}".repeat(70)))
        .isInstanceOfSatisfying(
            Reading.Unreadable.class, u -> assertThat(u.nestedTooDeep()).isTrue());
    assertThat(SEEKER.read(new Body(new byte[] {'{', (byte) 0xff, '}'}, "", "")))
        .isInstanceOf(Reading.Unreadable.class);
    for (var value : List.of("1e999999999", "-1e-99999", "[]", "{}", "true", "null", "\"x\"")) {
      for (var key : List.of("leadId", "processedDate", "ttl", "portal", "category", "leadType")) {
        var json =
            "{\"metadata\":{\"%s\":%s},\"contactRequest\":{\"message\":\"x\"}}"
                .formatted(key, value);
        assertThat(read(json)).as(json).isInstanceOf(Reading.Facts.class);
      }
      for (var key : List.of("estateType", "rooms", "geo", "classifiedId", "budget", "projectId")) {
        for (var more : List.of("", ",\"distributionType\":" + value)) {
          var json =
              "{\"contactRequest\":{\"message\":\"x\",\"phoneNumbers\":[%s]},\"property\":{\"%s\":%s}%s}"
                  .formatted(value, key, value, more);
          assertThat(read(json)).as(json).isInstanceOf(Reading.Facts.class);
        }
      }
    }
  }

  @Test
  void the_fixtures_are_valid_and_name_all_that_the_contract_does() throws IOException {
    for (var name : List.of("classified", "agency", "search")) {
      assertThat(LEAD.faults(fixture(name).getBytes(StandardCharsets.UTF_8))).as(name).isEmpty();
      for (var category : Category.values()) {
        if (category.schema().startsWith(name.equals("search") ? "propertysearch" : name)) {
          assertThat(lead(facts(fixture(name))).extras()).isEmpty();
        }
      }
      // What was read goes through our own form and back.
      var lead = lead(facts(fixture(name)));
      assertThat(LeadJson.parse(LeadJson.bytes(lead))).isEqualTo(lead);
    }
  }

  static String fixture(String name) throws IOException {
    try (var in = ReadingTest.class.getResourceAsStream("/leads/seeker-" + name + ".json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Body body(String json) {
    return new Body(json.getBytes(StandardCharsets.UTF_8), "application/json", "");
  }

  private static Reading read(String json) {
    return SEEKER.read(body(json));
  }

  private static Reading.Facts facts(String json) {
    assertThat(read(json)).as(json).isInstanceOf(Reading.Facts.class);
    return (Reading.Facts) read(json);
  }

  private static Lead lead(Reading.Facts facts) {
    return (Lead) facts.facts().getFirst();
  }
}
