package dev.porchlight.connector.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.connector.Body;
import dev.porchlight.connector.PublicJsonSchema;
import dev.porchlight.connector.Reading;
import dev.porchlight.value.Gender;
import dev.porchlight.value.Lead;
import dev.porchlight.value.PhoneNumber;
import dev.porchlight.value.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class RequestTest {
  private static final SeekerLeadRequests REQUESTS = new SeekerLeadRequests();
  private static final PublicJsonSchema SCHEMA =
      PublicJsonSchema.component("seeker-leads", "createLeadRequest");
  private static final String GOOD =
      """
      {"firstName": "Noé", "lastName": "Roussel", "gender": "MALE", "email": "noe@example.org",
       "language": "DE", "phoneNumbers": [{"type": "MOBILE", "number": "+33199000042"}],
       "message": "Bonjour 🏡", "classifiedId": "26K4M7P9R2S5",
       "submittedDate": "2026-03-14T10:26:53.5+01:00"}
      """;

  @Test
  void a_request_becomes_a_lead() {
    var lead = lead(read(GOOD));
    assertThat(lead.leadId()).isNull();
    assertThat(lead.enquirer().firstName()).isEqualTo("Noé");
    assertThat(lead.enquirer().gender()).isEqualTo(Gender.MALE);
    assertThat(lead.enquirer().language()).isEqualTo("de");
    assertThat(lead.enquirer().phones())
        .containsExactly(new PhoneNumber("+33199000042", PhoneNumber.Kind.MOBILE, null));
    assertThat(lead.message()).isEqualTo("Bonjour 🏡");
    assertThat(Objects.requireNonNull(lead.timestamp()).at())
        .isEqualTo(Instant.parse("2026-03-14T09:26:53.5Z"));
    var property = Objects.requireNonNull(Objects.requireNonNull(lead.interest()).property());
    assertThat(Objects.requireNonNull(property.keys()).classifiedId()).isEqualTo("26K4M7P9R2S5");
  }

  @Test
  void the_language_is_french_unless_said_otherwise() {
    assertThat(lead(with(o -> o.remove("language"))).enquirer().language()).isEqualTo("fr");
  }

  @Test
  void what_the_contract_does_not_name_is_kept() {
    assertThat(lead(with(o -> o.putObject("x").put("a~/b", 1.50))).extras())
        .containsEntry("/x", "{\"a~/b\":1.5}");
  }

  @Test
  void each_required_field_is() {
    for (var field :
        List.of("lastName", "email", "phoneNumbers", "message", "classifiedId", "submittedDate")) {
      assertThat(refusals(with(o -> o.remove(field))))
          .as(field)
          .containsExactly("/" + field + " is required");
    }
    assertThat(refusals(read("{}"))).hasSize(6);
  }

  @Test
  void lengths_and_forms_one_under_and_one_over() {
    for (var name : List.of("firstName", "lastName")) {
      taken(o -> o.put(name, "n"));
      taken(o -> o.put(name, "🏡".repeat(100)));
      refused("/" + name, o -> o.put(name, ""));
      refused("/" + name, o -> o.put(name, "🏡".repeat(101)));
      refused("/" + name, o -> o.putNull(name));
      refused("/" + name, o -> o.put(name, 7));
    }
    var number = "/phoneNumbers/0/number";
    taken(o -> phone(o).put("number", "1234567"));
    refused(number, o -> phone(o).put("number", "123456"));
    taken(o -> phone(o).put("number", "+" + "1".repeat(22)));
    refused(number, o -> phone(o).put("number", "+" + "1".repeat(23)));
    taken(o -> phone(o).put("number", "(01) 99/00-00.42"));
    refused(number, o -> phone(o).put("number", "019900004x"));
    refused(number, o -> phone(o).put("number", "01990000 "));
    refused(number, o -> phone(o).put("number", "٠١٢٣٤٥٦٧"));
    refused(number, o -> phone(o).put("number", 1990000042));
    refused(number, o -> phone(o).remove("number"));
    refused("/phoneNumbers/0/type", o -> phone(o).put("type", "FAX"));
    refused("/phoneNumbers/0/type", o -> phone(o).putNull("type"));
    refused("/phoneNumbers", o -> o.putArray("phoneNumbers"));
    refused("/phoneNumbers", o -> o.putObject("phoneNumbers"));
    refused(
        "/phoneNumbers/1",
        o -> ((tools.jackson.databind.node.ArrayNode) o.get("phoneNumbers")).add("01"));
    refused("/classifiedId", o -> o.put("classifiedId", "classifiedId"));
    refused("/classifiedId", o -> o.put("classifiedId", "26K4M7P9R2S"));
    refused("/classifiedId", o -> o.put("classifiedId", "26K4M7P9R2S55"));
    refused("/classifiedId", o -> o.put("classifiedId", "26O4M7P9R2S5"));
    refused("/classifiedId", o -> o.put("classifiedId", "2604M7P9R2S5"));
    refused("/classifiedId", o -> o.put("classifiedId", "26K4M7P9R2S5\n"));
    taken(o -> o.put("classifiedId", "00K4M7P9R2S5"));
    refused("/gender", o -> o.put("gender", "male"));
    refused("/language", o -> o.put("language", "SV"));
    refused("/language", o -> o.putNull("language"));
    refused("/email", o -> o.put("email", "noe@localhost"));
    refused("/email", o -> o.put("email", ""));
    refused("/email", o -> o.put("email", "noe@[127.0.0.1]"));
    refused("/email", o -> o.put("email", "\"noe\"@example.org"));
    taken(o -> o.put("message", ""));
    taken(o -> o.put("message", "é".repeat(10_000)));
    refused("/message", o -> o.putNull("message"));
    refused("/submittedDate", o -> o.put("submittedDate", "2026-03-14"));
    refused("/submittedDate", o -> o.put("submittedDate", "2026-03-14T10:26:53"));
    refused("/submittedDate", o -> o.put("submittedDate", "2026-02-30T10:26:53Z"));
    refused("/submittedDate", o -> o.put("submittedDate", 1773480413));
  }

  @Test
  void the_placeholders_of_the_publishers_sample_are_refused_one_by_one() {
    var sample =
        read(
            """
            {"firstName": "firstName", "lastName": "lastName", "gender": "gender",
             "email": "email", "language": "language", "phoneNumbers": [{"number": "number"}],
             "message": "message", "classifiedId": "classifiedId", "submittedDate": "submittedDate"}
            """);
    assertThat(((Reading.Unreadable) sample).violations())
        .extracting(Violation::pointer)
        .containsExactlyInAnyOrder(
            "/gender",
            "/email",
            "/language",
            "/phoneNumbers/0/number",
            "/classifiedId",
            "/submittedDate");
    assertThat(((Reading.Unreadable) sample).reason())
        .contains("`gender`")
        .endsWith("5 more faults.");
  }

  @Test
  void what_is_no_object_is_refused_as_a_whole() {
    for (var json : List.of("", "[]", "{", "null", "{\"a\":".repeat(80) + "1" + "}".repeat(80))) {
      var reading = (Reading.Unreadable) read(json);
      assertThat(reading.violations())
          .extracting(Violation::action)
          .contains(SeekerLeadRequests.REFUSED);
      assertThat(reading.nestedTooDeep()).isEqualTo(json.length() > 100);
    }
  }

  /// Our checks by hand and the schema say the same.
  @Property
  void a_request_is_taken_when_the_schema_takes_it(@ForAll long seed) {
    var random = new Random(seed);
    var body = (ObjectNode) PublicJsonSchema.JSON.readTree(GOOD);
    for (int i = random.nextInt(3); i >= 0; i--) {
      var names = List.copyOf(body.propertyNames());
      var name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(12)) {
        case 0 -> body.remove(name);
        case 1 -> body.putNull(name);
        case 2 -> body.put(name, random.nextInt(9));
        case 3 -> body.putArray(name);
        case 4 -> body.put(name, "x".repeat(random.nextInt(120)));
        case 5 -> body.put("gender", pick(random, "FEMALE", "OTHER", "female", ""));
        case 6 -> body.put("language", pick(random, "HE", "RU", "XX", "fr"));
        case 7 -> body.put("email", pick(random, "a@b.fr", "a@@b.fr", "a b@c.fr", "a.b@c.d.org"));
        case 8 -> phoneOf(body, random);
        case 9 ->
            body.put(
                "submittedDate",
                pick(
                    random,
                    "2026-03-14T09:26:53Z",
                    "2026-03-14T09:26:53.123456+02:00",
                    "2026-13-14T09:26:53Z",
                    "yesterday"));
        case 10 ->
            body.put(
                "classifiedId", pick(random, "11AAAAAAAAAA", "11AAAAAAAAA0", "AAAAAAAAAAAA", ""));
        default -> body.put("x", 1);
      }
    }
    var bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    var faults = SCHEMA.faults(bytes).stream().filter(f -> !f.contains("unevaluated")).toList();
    assertThat(read(body.toString()) instanceof Reading.Facts)
        .as(body + " " + faults)
        .isEqualTo(faults.isEmpty());
  }

  private static void phoneOf(ObjectNode body, Random random) {
    var phones = body.putArray("phoneNumbers");
    for (int i = random.nextInt(3); i > 0; i--) {
      var phone = phones.addObject();
      phone.put("number", pick(random, "+33199000042", "0199", "01 99 00 00 42", "number"));
      if (random.nextBoolean()) {
        phone.put("type", pick(random, "MOBILE", "LANDLINE", "PAGER"));
      }
    }
  }

  @SafeVarargs
  private static <T> T pick(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  private static ObjectNode phone(ObjectNode body) {
    JsonNode first = body.get("phoneNumbers").get(0);
    return (ObjectNode) first;
  }

  private static void taken(Consumer<ObjectNode> change) {
    assertThat(with(change)).isInstanceOf(Reading.Facts.class);
  }

  private static void refused(String pointer, Consumer<ObjectNode> change) {
    assertThat(with(change))
        .isInstanceOfSatisfying(
            Reading.Unreadable.class,
            u ->
                assertThat(u.violations())
                    .singleElement()
                    .satisfies(v -> {
                      assertThat(v.pointer()).isEqualTo(pointer);
                      assertThat(v.action()).isEqualTo(SeekerLeadRequests.REFUSED);
                    }));
  }

  private static Reading with(Consumer<ObjectNode> change) {
    var body = (ObjectNode) PublicJsonSchema.JSON.readTree(GOOD);
    change.accept(body);
    return read(body.toString());
  }

  private static Reading read(String json) {
    return REQUESTS.read(new Body(json.getBytes(StandardCharsets.UTF_8), "application/json", ""));
  }

  private static List<String> refusals(Reading reading) {
    return ((Reading.Unreadable) reading)
        .violations().stream().map(v -> v.pointer() + " " + v.rule()).toList();
  }

  private static Lead lead(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Facts.class);
    return (Lead) ((Reading.Facts) reading).facts().getFirst();
  }
}
