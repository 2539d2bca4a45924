package dev.porchlight.connector.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.EventContract;
import dev.porchlight.value.Json;
import dev.porchlight.value.ListingChange;
import dev.porchlight.value.Violation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What is read of a listing: the contract's table of fields, and what senders are known to write
/// instead.
class ListingReadingTest {
  private static final JsonNode SCHEMAS = schemas();

  private static JsonNode schemas() {
    try {
      var document = Path.of("../contracts/realestate-events.asyncapi.yaml");
      return new YAMLMapper().readTree(Files.readAllBytes(document)).at("/components/schemas");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static EventContract.Event read(String topic, ObjectNode object) {
    var event = Json.object().put("topic", topic);
    event.putObject("data").put("type", "UpdateAction").set("object", object);
    return (EventContract.Event)
        new RealEstateEvents().read(event.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode named() {
    return Json.object().put("originatingSystemName", "M").put("originatingSystemKey", "1");
  }

  private static EventContract.Event read(String member, JsonNode value) {
    var object = named();
    object.set(member, value);
    return read("realestate/listing#update", object);
  }

  private static JsonNode kept(EventContract.Event event, String member) {
    var listing = Objects.requireNonNull(event.listing());
    var text = listing.members().get(member);
    return text == null ? Json.mapper().missingNode() : Json.tree(text);
  }

  private static JsonNode resolved(JsonNode schema) {
    var ref = schema.path("$ref").asString("");
    return ref.isEmpty() ? schema : SCHEMAS.path(ref.substring(ref.lastIndexOf('/') + 1));
  }

  /// A value that the table allows.
  private static String allowed(String name, JsonNode schema) {
    return switch (schema.path("type").asString("")) {
      case "string" ->
          switch (schema.path("format").asString("")) {
            case "date-time" -> "\"2026-03-14T08:00:00Z\"";
            case "uri" -> "\"https://homes.example.org/1\"";
            default ->
                schema.has("enum")
                    ? schema.at("/enum/0").toString()
                    : name.startsWith("numberOf") ? "\"2.5\"" : "\"text\"";
          };
      case "number" -> "12.5";
      case "array" -> "[{\"id\": \"https://homes.example.org/1.jpg\"}]";
      default ->
          name.endsWith("rice")
              ? "{\"type\": \"PriceSpecification\", \"price\": 5, \"priceCurrency\": \"USD\"}"
              : schema.path("properties").has("unitCode")
                  ? "{\"type\": \"QuantitativeValue\", \"value\": 5, \"unitCode\": \"FTK\"}"
                  : "{\"name\": \"Lee\"}";
    };
  }

  @Test
  void every_field_of_the_table_is_kept_as_it_is_and_what_breaks_it_is_noted_and_not_refused() {
    var fields = SCHEMAS.at("/PropertyListing/properties");
    // The table of listing#update has 36, a later revision nine more.
    assertThat(fields.size()).isEqualTo(36 + 9);
    for (var field : fields.properties()) {
      var name = field.getKey();
      var schema = resolved(field.getValue());
      if (List.of("type", "deleted", "coListingAgent").contains(name)) {
        continue;
      }
      var sample = Json.tree(allowed(name, schema));
      var good = read(name, sample);
      assertThat(good.violations()).as(name).isEmpty();
      assertThat(kept(good, name)).as(name).isEqualTo(sample);
      for (var word : schema.path("enum")) {
        assertThat(read(name, word).violations()).as(name + " " + word).isEmpty();
        assertThat(kept(read(name, word), name)).as(name).isEqualTo(word);
      }
      var pointer = "/data/object/" + name.replace("/", "~1");
      if (schema.has("enum")) {
        var other = Json.tree("\"Else\"");
        assertThat(read(name, other).violations())
            .as(name)
            .extracting(Violation::pointer)
            .containsExactly(pointer);
      }
      if (schema.has("maxLength")) {
        var most = schema.path("maxLength").intValue();
        assertThat(read(name, Json.tree("\"" + "é".repeat(most) + "\"")).violations()).isEmpty();
        var longer = Json.tree("\"" + "é".repeat(most + 1) + "\"");
        assertThat(read(name, longer).violations())
            .extracting(Violation::pointer)
            .containsExactly(pointer);
        assertThat(kept(read(name, longer), name)).isEqualTo(longer);
      }
      var wrong = read(name, Json.tree("[[1]]"));
      assertThat(wrong.violations()).as(name).extracting(Violation::pointer).contains(pointer);
      assertThat(kept(read(name, Json.mapper().nullNode()), name).isMissingNode())
          .as(name)
          .isTrue();
    }
  }

  /// The table of oddities, row by row: what is sent, what is kept of it, how often it is noted.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          listingId             | 4711                                  | "4711"                   | 1
          modificationTimestamp | "2026-03-01T10:00:00"                 | "2026-03-01T10:00:00Z"   | 1
          modificationTimestamp | "2026-03-01T10:00:00+0100"            | "2026-03-01T09:00:00Z"   | 1
          modificationTimestamp | "2026-03-01T10:00:00.1234567+01:00"   | "2026-03-01T09:00:00.123456700Z" | 0
          listingContractDate   | "2026-03-01"                          | "2026-03-01T00:00:00Z"   | 1
          closeDate             | "soon"                                | "soon"                   | 1
          lotSize               | {"value":0.5,"unitCode":"AC"}         | {"value":0.5,"unitCode":"ACR"} | 0
          livingArea            | {"minValue":"5","unitCode":"SqFt"}    | {"minValue":5,"unitCode":"FTK"} | 1
          livingArea            | {"value":5,"unitCode":"rods"}         | {"value":5,"unitCode":"rods"} | 1
          stories               | "2"                                   | 2                        | 1
          yearBuilt             | "1988"                                | 1988                     | 1
          numberOfBedrooms      | 3                                     | "3"                      | 1
          numberOfBathrooms     | "1.1"                                 | "1.1"                    | 0
          propertySubType       | "Other"                               | "Other"                  | 1
          propertySubType       | ["CabinPropertyType"]                 | "CabinPropertyType"      | 0
          propertySubType       | {"propertySubType":"CabinPropertyType"} | "CabinPropertyType"    | 0
          propertyType          | "Residential, Land"                   | "Residential, Land"      | 1
          addressCountry        | "United States"                       | "US"                     | 1
          addressCountry        | "USA"                                 | "US"                     | 1
          addressCountry        | "FR"                                  | "FR"                     | 1
          addressCountry        | "Atlantis"                            | "Atlantis"               | 1
          longitude             | 73.98                                 | 73.98                    | 0
          longitude             | 190                                   | 190                      | 1
          latitude              | "40.75"                               | 40.75                    | 1
          addressRegion         | "New Jersey"                          | "New Jersey"             | 0
          image                 | "https://i.example.org/a"             | [{"type":"ImageObject","id":"https://i.example.org/a"}] | 1
          image                 | {"id":"https://i.example.org/a"}      | [{"id":"https://i.example.org/a"}] | 1
          image                 | ["https://i.example.org/a",7]         | [{"type":"ImageObject","id":"https://i.example.org/a"}] | 1
          buyerAgent            | {"name":"","identifier":{}}           |                          | 1
          buyerOffice           | {}                                    |                          | 1
          internetAddressDisplayYN | true                               | "Y"                      | 1
          internetAddressDisplayYN | "no"                               | "N"                      | 1
          coListingAgent        | {"name":"Lee"}                        | [{"name":"Lee"}]         | 0
          soldPrice             | {"value":"5"}                         | {"price":5}              | 2
          listingPrice          | 5                                     | {"price":5}              | 1
          listingPrice          | "500000"                              | {"price":500000}         | 1
          listingPrice          | "a lot"                               | "a lot"                  | 1
          listingOriginatingSystem | "x"                                | "x"                      | 1
          type                  | "PropertyListing"                     |                          | 0
          type                  | "Lease"                               |                          | 1
          type                  | 5                                     |                          | 1
          numberOf1/2Bathrooms  | 1                                     | "1"                      | 1
          url                   | "{listing-url}"                       | "{listing-url}"          | 1
          url                   | "homes/1"                             | "homes/1"                | 1
          image                 | ["{photo}"]                           | [{"type":"ImageObject","id":"{photo}"}] | 1
          image                 | [{"id":"{id}","url":"photo one"}]     | [{"id":"{id}","url":"photo one"}] | 2
          listingAgent          | {"name":"Lee","id":"{listing-agent}"} | {"name":"Lee","id":"{listing-agent}"} | 1
          coListingAgent        | [{"name":"Lee","id":5}]               | [{"name":"Lee","id":5}]  | 1
          propertySubType       | {"name":"CabinPropertyType"}          | "CabinPropertyType"      | 0
          propertySubType       | {"type":"CabinPropertyType"}          | "CabinPropertyType"      | 0
          propertySubType       | {"name":"Hut","type":"CabinPropertyType"} | "CabinPropertyType"  | 0
          propertySubType       | {"name":"Hut"}                        | "Hut"                    | 1
          propertySubType       | {"else":"Hut"}                        | {"else":"Hut"}           | 1
          deleted               | "yes"                                 |                          | 1
          deleted               | "true"                                |                          | 1
          deleted               | "False"                               |                          | 1
          deleted               | 1                                     |                          | 1
          deleted               | true                                  |                          | 0
          laterMember           | {"a":[1,2]}                           | {"a":[1,2]}              | 0
          """)
  void oddities_are_read_and_noted(String member, String sent, String kept, int noted) {
    var event = read(member, Json.tree(sent));
    if (kept == null) {
      assertThat(kept(event, member).isMissingNode()).isTrue();
    } else {
      assertThat(kept(event, member)).isEqualTo(Json.tree(kept));
    }
    assertThat(event.violations()).hasSize(noted);
    assertThat(event.violations())
        .allMatch(v -> v.pointer().startsWith("/data/object/" + member.replace("/", "~1")));
  }

  @ParameterizedTest
  @CsvSource({
    "colistingAgent, coListingAgent",
    "brokerAtrribution, brokerAttribution",
  })
  void misspelt_members_are_one(String written, String name) {
    var event = read(written, Json.tree("\"Lee\""));
    assertThat(kept(event, name).isMissingNode()).isFalse();
    assertThat(event.violations()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "colistingAgent, coListingAgent",
    "coListingAgent, colistingAgent",
  })
  void of_two_spellings_the_right_one_counts_whatever_the_order(String first, String second) {
    var object = named();
    object.putObject(first).put("name", first);
    object.putObject(second).put("name", second);
    var event = read("realestate/listing#update", object);
    assertThat(kept(event, "coListingAgent").at("/0/name").asString()).isEqualTo("coListingAgent");
    assertThat(event.violations())
        .extracting(Violation::pointer)
        .containsExactly("/data/object/colistingAgent");
    assertThat(event.violations().getFirst().action()).startsWith("passed over");
  }

  @Test
  void a_listing_is_known_by_its_system_and_number_whatever_their_type() {
    var object =
        Json.object().put("originatingSystemName", " M ").put("originatingSystemKey", 12345);
    object.put("modificationTimestamp", "2026-03-01T10:00:00");
    var listing = Objects.requireNonNull(read("realestate/listing#update", object).listing());
    assertThat(listing.system()).isEqualTo("M");
    assertThat(listing.key()).isEqualTo("12345");
    assertThat(listing.modifiedAt()).isEqualTo(Instant.parse("2026-03-01T10:00:00Z"));
    var nameless = read("realestate/listing#update", Json.object().put("addressLocality", "x"));
    assertThat(Objects.requireNonNull(nameless.listing()).isNamed()).isFalse();
    assertThat(nameless.violations()).hasSize(1);
    var tooLong = named().put("originatingSystemKey", "9".repeat(201)).put("listingId", "4");
    assertThat(read("realestate/listing#update", tooLong).violations())
        .extracting(Violation::pointer)
        .containsExactly("/data/object/originatingSystemKey");
  }

  @Test
  void the_topic_says_what_is_done_and_an_update_may_say_that_it_is_gone() {
    var object = named().put("addressLocality", "Harbor").put("deleted", "true");
    object.putObject("buyerCompensation").put("compensationValue", "2");
    var update = Objects.requireNonNull(read("realestate/listing#update", object).listing());
    assertThat(update.kind()).isEqualTo(ListingChange.Kind.DELETE);
    for (var odd : List.of("\"yes\"", "1", "\"false\"", "[true]")) {
      object.set("deleted", Json.tree(odd));
      update = Objects.requireNonNull(read("realestate/listing#update", object).listing());
      assertThat(update.kind()).as(odd).isEqualTo(ListingChange.Kind.UPDATE);
    }
    object.put("deleted", false);
    update = Objects.requireNonNull(read("realestate/listing#update", object).listing());
    assertThat(update.kind()).isEqualTo(ListingChange.Kind.UPDATE);
    var paid = read("realestate/listing#updatebuyercompensation", object).listing();
    assertThat(Objects.requireNonNull(paid).members()).containsOnlyKeys("buyerCompensation");
    assertThat(read("realestate/listing#lease", object).listing()).isNull();
    assertThat(read("realestate/listings#update", object).listing()).isNull();
  }
}
