package dev.porchlight.person;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Persons and contacts as the API shows them.
@OnEveryDatabase
class PersonsOnTheWireTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void a_later_lead_adds_what_is_new_and_overwrites_nothing() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "lead-delivery");
      var ana = new InventedPerson("Ana", "Lopez", "ana@example.org", null);
      portal.post(LeadBodies.buyer("L-1", ana));
      hub.clock().advance(Duration.ofMinutes(1));
      other.post(
          LeadBodies.standard("D-1", ana.withName("Annie", "Marek").withPhone("804-477-7777")));
      hub.clock().advance(Duration.ofMinutes(1));
      portal.post(
          LeadBodies.seller(
              "L-2",
              ana.withName("Anna", "Lopez")
                  .withEmail("ana.at.work@example.com")
                  .withPhone("(804) 477-7777")));

      assertThat(hub.items("/contacts")).hasSize(1);
      var contact = hub.story("L-1").path("contact");
      assertThat(contact.path("given_name").stringValue()).isEqualTo("Ana");
      assertThat(contact.path("family_name").stringValue()).isEqualTo("Lopez");
      assertThat(texts(contact.path("emails")))
          .containsExactly("ana@example.org", "ana.at.work@example.com");
      assertThat(texts(contact.path("phones"))).first().isEqualTo("804-477-7777");
      assertThat(hub.story("D-1").path("evidence").stringValue()).contains("e-mail");
      assertThat(hub.story("L-2").path("evidence").stringValue()).contains("phone");
      var shown = hub.api().read("/contacts/" + contact.path("id").stringValue());
      assertThat(shown.path("leads")).hasSize(3);
    }
  }

  private static java.util.List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::stringValue).toList();
  }

  @Test
  void an_update_of_a_lead_stays_with_its_person_and_a_contradiction_is_noted() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var ana = InventedPerson.of(1);
      var bo = InventedPerson.of(2);
      portal.post(LeadBodies.buyer("L-1", ana));
      portal.post(LeadBodies.buyer("L-2", bo));
      hub.clock().advance(Duration.ofMinutes(1));
      portal.post(LeadBodies.buyer("L-1", ana.withEmail(bo.email())));

      var story = hub.story("L-1");
      assertThat(story.path("version").intValue()).isEqualTo(2);
      assertThat(story.path("person_id").stringValue())
          .isNotEqualTo(hub.story("L-2").path("person_id").stringValue());
      assertThat(story.path("possible_duplicates")).hasSize(1);
      assertThat(story.path("possible_duplicates").get(0).path("person_id").stringValue())
          .isEqualTo(hub.story("L-2").path("person_id").stringValue());
    }
  }

  @Test
  void the_landing_members_or_the_front_desk_answers_and_a_contact_keeps_its_owner() {
    try (var hub = database.start(folder)) {
      var office =
          hub.items("/nodes?limit=200").stream()
              .filter(n -> n.path("kind").stringValue().equals("office"))
              .findFirst()
              .orElseThrow();
      var ruth =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "Ruth Okafor")
                      .put("parent", office.path("id").stringValue()));
      var atDesk = hub.addSource("desk", "connections-plus");
      var atRuth =
          hub.addSource(
              "ruth", "connections-plus", b -> b.put("node", ruth.path("id").stringValue()));
      var ana = InventedPerson.of(1);

      atDesk.post(LeadBodies.buyer("L-1", ana));
      var first = hub.story("L-1");
      var owner = first.path("contact").path("owner").stringValue();
      assertThat(owner).isEqualTo(office.path("front_desk").stringValue());
      assertThat(first.path("answers").path("member").stringValue()).isEqualTo(owner);
      assertThat(first.path("answers").path("reason").stringValue()).isNotBlank();

      atRuth.post(LeadBodies.buyer("L-2", ana));
      var second = hub.story("L-2");
      assertThat(second.path("contact").path("owner").stringValue()).isEqualTo(owner);
      assertThat(second.path("answers").path("member").stringValue()).isEqualTo(owner);
      assertThat(second.path("answers").path("reason").stringValue()).contains("contact of");
    }
  }

  @Test
  void strangers_with_malformed_addresses_stay_strangers() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-1", new InventedPerson("Ana", "Lopez", "n/a", null)));
      portal.post(LeadBodies.buyer("L-2", new InventedPerson("Bo", "Lind", "n/a", null)));
      portal.post(LeadBodies.buyer("L-3", new InventedPerson("Cy", "Sato", "N/A", "none")));
      assertThat(hub.items("/contacts")).hasSize(3);
    }
  }

  @Test
  void a_person_has_one_contact_in_each_office() {
    try (var hub = database.start(folder)) {
      var company =
          hub.items("/nodes?limit=200").stream()
              .filter(n -> n.path("kind").stringValue().equals("company"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .stringValue();
      var branch =
          hub.api()
              .make(
                  "/nodes",
                  Json.object().put("kind", "office").put("name", "Branch").put("parent", company))
              .path("id")
              .stringValue();
      var here = hub.addSource("here", "connections-plus");
      var there = hub.addSource("there", "connections-plus", b -> b.put("node", branch));
      var ana = InventedPerson.of(1);
      here.post(LeadBodies.buyer("L-1", ana));
      there.post(LeadBodies.buyer("L-2", ana));
      var one = hub.story("L-1");
      var two = hub.story("L-2");
      assertThat(two.path("person_id")).isEqualTo(one.path("person_id"));
      assertThat(two.path("contact_id")).isNotEqualTo(one.path("contact_id"));
      assertThat(two.path("contact").path("office").stringValue()).isEqualTo(branch);
    }
  }
}
