package dev.porchlight.door.seekerleads;

import static dev.porchlight.door.seekerleads.SeekerHub.encoded;
import static dev.porchlight.door.seekerleads.SeekerHub.lead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// Bad input of every kind is answered with the contract's problem, which says what is wrong.
@TestInstance(Lifecycle.PER_CLASS)
class BadRequestsTest {
  @TempDir static Path folder;
  private SeekerHub seeker;
  private SeekerHub.Caller caller;

  @BeforeAll
  void start() {
    seeker = new SeekerHub(TestHub.start(folder));
    caller = seeker.caller();
  }

  @AfterAll
  void stop() {
    seeker.close();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, minDate",
        "1740960000, -, maxDate",
        "-, 1740960000, minDate",
        "1741046400, 1740960000, before",
        "1740960000, 1741564801, 7 days",
        "1740960000000, 1741046400000, milliseconds",
        "1740960000, 1741046400000, milliseconds",
        "-1, 1740960000, minDate",
        "1740960000, -5, maxDate",
        "1740960000.5, 1741046400, minDate",
        "yesterday, 1741046400, minDate",
        "'', 1741046400, minDate",
        "2025-03-03T00:00:00Z, 1741046400, minDate",
        "99999999999999999999, 1741046400, minDate"
      })
  void a_window_that_is_none(String min, String max, String named) {
    var query =
        (min == null ? "" : "minDate=" + encoded(min))
            + (max == null ? "" : "&maxDate=" + encoded(max));
    var answer = caller.get("/leads?" + query);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.json().path("detail").asString()).contains(named);
  }

  @Test
  void a_window_of_exactly_seven_days_is_one() {
    assertThat(caller.get("/leads?minDate=1740960000&maxDate=1741564800").status()).isEqualTo(200);
    assertThat(caller.get("/leads?minDate=0&maxDate=0").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "101", "ten", "-1", "1.5", "", "99999999999999999999"})
  void a_limit_that_is_none(String limit) {
    for (var path :
        List.of(
            "/leads?minDate=1740960000&maxDate=1741046400&limit=",
            "/webhook/subscriptions/" + subscription() + "/audit?limit=")) {
      var answer = caller.get(path + encoded(limit));
      assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
      assertThat(answer.json().path("detail").asString()).contains("limit");
    }
  }

  private String subscription = "";

  private synchronized String subscription() {
    if (subscription.isEmpty()) {
      subscription =
          caller
              .send(
                  "POST",
                  "/webhook/subscriptions",
                  "{\"url\": \"https://hooks.example.org/leads\", \"apiKey\": \"a-key\"}")
              .json()
              .path("subscriptionId")
              .asString();
    }
    return subscription;
  }

  @Test
  void a_parameter_given_twice() {
    var answer = caller.get("/leads?minDate=1740960000&minDate=1740960001&maxDate=1741046400");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(caller.get("/leads?minDate=1740960000&maxDate=1741046400&limit=1&limit=2").status())
        .isEqualTo(400);
  }

  /// A field and a body in which it is wrong.
  record Wrong(String field, ObjectNode body) {
    @Override
    public String toString() {
      var said = body.path(field).toString();
      return field + " " + (said.length() > 40 ? said.length() + " characters" : said);
    }
  }

  private static Wrong wrong(String field, Consumer<ObjectNode> change) {
    var body = lead(1);
    change.accept(body);
    return new Wrong(field, body);
  }

  static List<Wrong> wrongBodies() {
    return List.of(
        wrong("firstName", b -> b.put("firstName", "")),
        wrong("firstName", b -> b.put("firstName", "x".repeat(101))),
        wrong("firstName", b -> b.put("firstName", 7)),
        wrong("lastName", b -> b.remove("lastName")),
        wrong("lastName", b -> b.put("lastName", "")),
        wrong("lastName", b -> b.put("lastName", "x".repeat(101))),
        wrong("gender", b -> b.put("gender", "female")),
        wrong("email", b -> b.remove("email")),
        wrong("email", b -> b.put("email", "nobody at example.org")),
        wrong("language", b -> b.put("language", "XX")),
        wrong("language", b -> b.put("language", "fr")),
        wrong("phoneNumbers", b -> b.remove("phoneNumbers")),
        wrong("phoneNumbers", b -> b.putArray("phoneNumbers")),
        wrong("phoneNumbers", b -> b.put("phoneNumbers", "+33199001234")),
        wrong("phoneNumbers", b -> b.putArray("phoneNumbers").addObject()),
        wrong("phoneNumbers", b -> phone(b, "123456")),
        wrong("phoneNumbers", b -> phone(b, "+" + "1".repeat(23))),
        wrong("phoneNumbers", b -> phone(b, "+3319900123x")),
        wrong(
            "phoneNumbers",
            b ->
                b.putArray("phoneNumbers")
                    .addObject()
                    .put("number", "+33199001234")
                    .put("type", "FAX")),
        wrong("message", b -> b.remove("message")),
        wrong("message", b -> b.put("message", 5)),
        wrong("classifiedId", b -> b.remove("classifiedId")),
        wrong("classifiedId", b -> b.put("classifiedId", "24A1B2C3D4E")),
        wrong("classifiedId", b -> b.put("classifiedId", "24A1B2C3D4E55")),
        wrong("classifiedId", b -> b.put("classifiedId", "24O1B2C3D4E5")),
        wrong("classifiedId", b -> b.put("classifiedId", "24A0B2C3D4E5")),
        wrong("submittedDate", b -> b.remove("submittedDate")),
        wrong("submittedDate", b -> b.put("submittedDate", "2025-03-03")),
        wrong("submittedDate", b -> b.put("submittedDate", "2025-03-03T09:15:00")),
        // The page's own placeholder.
        wrong(
            "classifiedId",
            b ->
                b.put("classifiedId", "classifiedId")
                    .put("submittedDate", "2025-03-03T09:15:00Z")));
  }

  private static void phone(ObjectNode body, String number) {
    body.putArray("phoneNumbers").addObject().put("number", number);
  }

  @ParameterizedTest
  @MethodSource("wrongBodies")
  void a_field_beyond_its_limits_is_named(Wrong wrong) {
    var answer = caller.post("/leads", wrong.body());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.json().path("detail").asString()).contains(wrong.field());
    assertThat(answer.json().at("/errors/0/name").asString()).startsWith("/" + wrong.field());
  }

  static List<Wrong> rightBodies() {
    return List.of(
        wrong("firstName", b -> b.put("firstName", "x")),
        wrong("firstName", b -> b.put("firstName", "é".repeat(100))),
        wrong("firstName", b -> b.remove("firstName")),
        wrong("lastName", b -> b.put("lastName", "x".repeat(100))),
        wrong("gender", b -> b.put("gender", "PREFER_NOT_TO_DISCLOSE")),
        wrong("language", b -> b.put("language", "HE")),
        wrong("phoneNumbers", b -> phone(b, "1234567")),
        wrong("phoneNumbers", b -> phone(b, "+" + "1".repeat(22))),
        wrong("message", b -> b.put("message", "")),
        wrong("message", b -> b.put("message", "שלום 🏡 ".repeat(1_500))),
        wrong("unknown", b -> b.put("unknown", "member")),
        wrong("submittedDate", b -> b.put("submittedDate", "2025-03-03T10:15:00.5+01:00")));
  }

  @ParameterizedTest
  @MethodSource("rightBodies")
  void a_field_at_its_limits_is_taken(Wrong right) {
    var answer = caller.post("/leads", right.body());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not JSON", "[]", "\"lead\"", "{\"lastName\": \"x\"", "{}", "null"})
  void a_body_that_is_no_lead(String body) {
    var answer = caller.send("POST", "/leads", body);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
  }

  @Test
  void a_body_that_is_deep_or_large_or_empty() {
    assertThat(caller.send("POST", "/leads", "[".repeat(50_000)).status()).isEqualTo(400);
    var large = lead(1).put("message", "x".repeat(1024 * 1024));
    assertThat(caller.post("/leads", large).json().path("detail").asString()).contains("1 MiB");
    assertThat(caller.send("POST", "/leads", "").status()).isEqualTo(400);
  }
}
