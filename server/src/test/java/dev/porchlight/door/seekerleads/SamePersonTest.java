package dev.porchlight.door.seekerleads;

import static dev.porchlight.door.seekerleads.SeekerHub.lead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.node.ObjectNode;

/// Without a key of the request, the person however written makes a lead the same one.
@OnEveryDatabase
class SamePersonTest {
  @Parameter Database database;
  @TempDir Path folder;
  private SeekerHub seeker;

  @BeforeEach
  void start() {
    seeker = new SeekerHub(database.start(folder));
  }

  @AfterEach
  void stop() {
    seeker.close();
  }

  private static ObjectNode phone(ObjectNode body, String number) {
    body.putArray("phoneNumbers").addObject().put("number", number);
    return body;
  }

  @Test
  void another_writing_of_the_same_person_is_the_same_lead() {
    var caller = seeker.caller();
    var first = caller.post("/leads", lead(1)).json().path("requestId");
    for (var again :
        new ObjectNode[] {
          lead(1).put("email", "Camille.MARTIN1@Example.ORG"),
          phone(lead(1), "0199001234"),
          phone(lead(1), "0033199001234"),
          lead(1).put("firstName", "CAMILLE").put("lastName", "MARTIN-1"),
          // The e-mail decides over the rest.
          phone(lead(1).put("firstName", "Dominique"), "+33199005678"),
        }) {
      var answer = caller.post("/leads", again);
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(answer.json().path("requestId")).as(again.toString()).isEqualTo(first);
    }
    assertThat(caller.ids()).hasSize(1);
    // Another time in another zone is the same moment; another e-mail is another person.
    caller.post("/leads", lead(1).put("submittedDate", "2026-03-14T10:26:53+01:00"));
    assertThat(caller.ids()).hasSize(1);
    caller.post("/leads", lead(1).put("email", "someone.else@example.org"));
    assertThat(caller.ids()).hasSize(2);
  }

  private static ObjectNode standard(String email, String phone, String first, String last) {
    var body = Json.object().put("timestamp", "2026-03-14T09:26:53Z");
    var contact = body.putObject("contact");
    if (!email.isEmpty()) {
      contact.put("email", email);
    }
    contact.put("phone", phone).put("first_name", first).put("last_name", last);
    return body;
  }

  @Test
  void without_an_email_phone_and_family_name_do() {
    var other = seeker.hub.addSource("other", "lead-delivery", body -> body.put("region", "FR"));
    other.post(standard("", "+33199001234", "Camille", "Émond"));
    var leads = seeker.hub.leads();
    assertThat(leads).hasSize(1);
    other.post(standard("", "+33 1 99 00 12 34", "camille", "EMOND"));
    other.post(standard("", "01 99 00 12 34", "C.", "Emond"));
    assertThat(seeker.hub.leads()).hasSize(1);
    other.post(standard("", "+33199001234", "Camille", "Durand"));
    assertThat(seeker.hub.leads()).hasSize(2);
    other.post(standard("", "+33199001235", "Camille", "Émond"));
    assertThat(seeker.hub.leads()).hasSize(3);
    other.post(standard("camille@example.org", "+33199001234", "Camille", "Émond"));
    assertThat(seeker.hub.leads()).hasSize(4);
  }
}
