package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// A lead of an erased person stays where it is in every window and under its id, and says nothing
/// of them; null means erased.
@OnEveryDatabase
class ErasedLeadsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static void isErased(JsonNode lead) {
    var contact = lead.path("contactRequest");
    for (var name : List.of("firstName", "lastName", "message", "gender", "language", "email")) {
      assertThat(contact.has(name)).as(name).isTrue();
      assertThat(contact.path(name).isNull()).as(name).isTrue();
    }
    assertThat(contact.path("phoneNumbers").isArray()).isTrue();
    assertThat(contact.path("phoneNumbers")).isEmpty();
    assertThat(lead.toString()).doesNotContain("Martin-1", "camille", "+3319900");
    assertThat(lead.at("/property/classifiedId").asString()).isEqualTo(SeekerHub.LISTING);
  }

  @Test
  void erased_leads_are_shown_without_the_person_also_in_the_sandbox() {
    try (var seeker = new SeekerHub(database.start(folder))) {
      var production = seeker.caller();
      var sandbox = seeker.sandbox(seeker.make(b -> b.put("sandbox", true)).token());
      for (var caller : List.of(production, sandbox)) {
        for (int n = 1; n <= 3; n++) {
          assertThat(caller.post("/leads", SeekerHub.lead(n)).status()).isEqualTo(200);
        }
      }
      var persons = seeker.hub.items("/persons?email=camille.martin1%40example.org");
      assertThat(persons).as("one in each root").hasSize(2);
      var before = new ArrayList<List<String>>();
      for (var caller : List.of(production, sandbox)) {
        before.add(caller.ids());
      }
      var root = new ArrayList<JsonNode>();
      for (var person : persons) {
        var answer =
            seeker.hub.api().post("/persons/" + person.path("id").asString() + "/erase", "{}");
        assertThat(answer.status()).isEqualTo(200);
        root.add(answer.json());
        int erased = 0;
        for (var caller : List.of(production, sandbox)) {
          erased +=
              (int)
                  caller.leads().stream()
                      .filter(l -> l.at("/contactRequest/lastName").isNull())
                      .count();
        }
        assertThat(erased).as("the other root is as it was").isEqualTo(root.size());
      }
      int i = 0;
      for (var caller : List.of(production, sandbox)) {
        assertThat(caller.ids()).isEqualTo(before.get(i));
        isErased(caller.leads().getFirst());
        isErased(caller.get("/leads/" + before.get(i).getFirst()).json());
        assertThat(caller.leads().get(1).at("/contactRequest/lastName").asString())
            .isEqualTo("Martin-2");
        // A walk goes on behind an erased lead.
        assertThat(
                caller
                    .window(seeker.now() - 60, seeker.now(), "&start=" + before.get(i).getFirst())
                    .json()
                    .path("items"))
            .hasSize(2);
        i++;
      }
    }
  }
}
