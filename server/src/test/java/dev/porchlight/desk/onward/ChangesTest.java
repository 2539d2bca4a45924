package dev.porchlight.desk.onward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Endpoints that ask for it are told who answers a lead, and what becomes of contacts.
@OnEveryDatabase
class ChangesTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static List<JsonNode> told(FakeCrm crm, String path, int count) {
    return crm
        .awaitUntil(
            count + " at " + path,
            all -> all.stream().filter(r -> r.path().equals(path)).count() >= count)
        .stream()
        .filter(r -> r.path().equals(path))
        .map(FakeCrm.Received::json)
        .toList();
  }

  private static List<String> types(List<JsonNode> told) {
    return told.stream().map(t -> t.path("type").asString()).toList();
  }

  @Test
  void contacts_are_told_of_as_they_are_made_changed_given_away_and_erased() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "connections-plus");
      hub.addEndpoint(crm.url("/leads"), "porchlight");
      var endpoint =
          hub.addEndpoint(
              crm.url("/crm"),
              "porchlight",
              b -> b.putArray("kinds").add("contact.*").add("lead.assigned"));
      var choosy =
          hub.addEndpoint(
              crm.url("/choosy"),
              "porchlight",
              b -> {
                b.putArray("kinds").add("contact.*");
                b.putArray("sources").add(other.id());
                b.put("filter", "Kind Eq 'contact.updated'");
              });
      var wrong = Json.object().put("contract", "lead-delivery");
      assertThat(hub.api().patch("/endpoints/" + endpoint.id(), wrong).text())
          .contains("Only the contract `porchlight` carries");

      var ada = InventedPerson.of(1);
      portal.post(LeadBodies.buyer("L-1", ada));
      var created = told(crm, "/crm", 1).getFirst();
      var contact = hub.story("L-1").at("/contact/id").asString();
      assertThat(created.path("type").asString()).isEqualTo("contact.created");
      assertThat(created.at("/data/id").asString()).isEqualTo(contact);
      assertThat(created.at("/data/emails/0").asString()).isEqualTo(ada.email());
      assertThat(crm.requests().stream().filter(r -> r.path().equals("/crm")).findFirst())
          .get()
          .satisfies(r -> assertThat(r.isSignedWith(endpoint.secret())).isTrue())
          .satisfies(r ->
              assertThat(r.header("Porchlight-Sequence"))
                  .isEqualTo(created.at("/data/sequence").asString()));

      // What a second lead adds.
      hub.clock().advance(Duration.ofMinutes(1));
      other.post(LeadBodies.buyer("L-2", ada));
      var updated = told(crm, "/crm", 2).getLast();
      assertThat(updated.path("type").asString()).isEqualTo("contact.updated");
      assertThat(updated.at("/data/tags").toString()).contains("portal").contains("other");

      // Somebody else answers: each lead says so, and so does the contact.
      var office = hub.story("L-1").at("/contact/office").asString();
      var member =
          hub.api()
              .make(
                  "/nodes",
                  Json.object().put("kind", "member").put("name", "Bea").put("parent", office))
              .path("id")
              .asString();
      hub.clock().advance(Duration.ofMinutes(1));
      hub.api().patch("/contacts/" + contact, Json.object().put("owner", member));
      var assigned = told(crm, "/crm", 5).subList(2, 5);
      assertThat(types(assigned))
          .containsExactly("contact.updated", "lead.assigned", "lead.assigned");
      assertThat(assigned.get(0).at("/data/owner_name").asString()).isEqualTo("Bea");
      assertThat(assigned.get(1).at("/data/owner").asString()).isEqualTo("Bea");
      assertThat(assigned.get(1).at("/data/enquirer/email").asString()).isEqualTo(ada.email());
      assertThat(assigned)
          .extracting(e -> e.at("/data/sequence").asLong())
          .isSorted()
          .doesNotHaveDuplicates();

      // Rules leave out, and say so.
      var leftOut = hub.api().read("/contacts/" + contact).path("left_out");
      assertThat(leftOut).isNotEmpty();
      assertThat(leftOut)
          .allMatch(l -> l.path("endpoint").asString().equals(choosy.id()))
          .anyMatch(l -> l.path("rule").asString().equals("source"));
      // The contact came from the first source, whoever wrote since.
      assertThat(hub.items("/deliveries?endpoint=" + choosy.id())).isEmpty();
      assertThat(types(told(crm, "/leads", 2))).containsExactly("lead.created", "lead.created");

      // Whoever asks instead of being called gets the same.
      var feed = hub.api().read("/endpoints/" + endpoint.id() + "/feed?after=0&limit=3");
      var rest =
          hub.api()
              .read("/endpoints/" + endpoint.id() + "/feed?after=" + feed.path("after").asString());
      assertThat(feed.path("items").size() + rest.path("items").size()).isEqualTo(5);

      // What was missed is offered to who asks later.
      var late =
          hub.addEndpoint(
              crm.url("/late"),
              "porchlight",
              b -> b.putArray("kinds").add("contact.*").add("lead.assigned"));
      var wish = Json.object().put("endpoint", late.id()).put("per_second", 1000);
      wish.putArray("kinds").add("contact.updated").add("lead.assigned");
      var would = hub.api().post("/replays", wish.deepCopy().put("dry_run", true)).json();
      assertThat(would.path("events").asInt()).isEqualTo(3);
      hub.api().make("/replays", wish);
      var missed = told(crm, "/late", 3);
      assertThat(missed).extracting(m -> m.at("/data/owner_name").asString("")).contains("Bea");
      var again = Json.object().put("endpoint", endpoint.id()).put("dry_run", true);
      assertThat(hub.api().post("/replays", again).json().path("events").asInt()).isZero();

      // Erased: what waits is dropped, and everybody is told.
      crm.alwaysAnswers(503);
      hub.api().patch("/contacts/" + contact, Json.object().put("given_name", "Adele"));
      hub.await(
          "the change to be refused",
          () ->
              hub.items("/deliveries?state=pending&endpoint=" + endpoint.id()).stream()
                  .filter(d -> d.path("attempts_made").asInt() > 0)
                  .findFirst());
      crm.alwaysAnswers(200);
      var person = created.at("/data/person_id").asString();
      assertThat(hub.api().post("/persons/" + person + "/erase", "{}").status()).isEqualTo(200);
      var erased =
          hub.await(
              "the erasure to be told",
              () ->
                  hub.items("/deliveries?state=delivered&endpoint=" + endpoint.id()).stream()
                      .filter(d -> d.path("kind").asString().equals("contact.erased"))
                      .findFirst());
      assertThat(erased.path("lead").asString()).isEqualTo(contact);
      var last = told(crm, "/crm", 6).getLast();
      assertThat(last.path("data").propertyNames()).containsExactly("id", "sequence", "erased");
      assertThat(hub.items("/deliveries?state=pending&endpoint=" + endpoint.id())).isEmpty();
      assertThat(hub.items("/deliveries?state=dropped&endpoint=" + endpoint.id()))
          .anyMatch(d -> d.path("reason").asString().contains("erased"));
    }
  }
}
