package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What events say of people, over the wire: leads, what becomes of them, contacts, what visitors
/// keep, consents, service areas. That a rebuild comes to the same is checked as each hub closes.
@OnEveryDatabase
class FamilyTest {
  @Parameter Database database;
  @TempDir Path folder;
  private Pods pods;
  private Pods.Pod office;
  private Pods.Pod portal;

  @BeforeEach
  void start() {
    pods = new Pods(folder, database);
    office = pods.party("Harbor Realty", "office");
    portal = pods.party("Harbor portal", "app", b -> b.put("default_recipient", office.id));
    pods.hub
        .api()
        .make(
            "/grants",
            grant(
                "realestate/lead",
                "realestate/contact",
                "realestate/website",
                "realestate/marketingpreferences",
                "realestate/servicearea"));
  }

  private ObjectNode grant(String... groups) {
    var body = Json.object().put("owner", office.id).put("party", portal.id);
    var list = body.putArray("publishes");
    List.of(groups).forEach(list::add);
    return body;
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private static ObjectNode event(String topic, Consumer<ObjectNode> data) {
    var event = Json.object().put("topic", "realestate/" + topic);
    data.accept(event.putObject("data"));
    return event;
  }

  private static ObjectNode lead(String topic, String number, Consumer<ObjectNode> more) {
    return event(
        topic,
        data -> {
          var lead = data.putObject("object").put("type", "Lead");
          lead.putObject("identifier").put("harborcrm", number);
          more.accept(data);
        });
  }

  private static void person(ObjectNode data, String name) {
    ((ObjectNode) data.path("object"))
        .putObject("object")
        .put("type", "Contact")
        .put("givenName", name)
        .put("familyName", "Almeida")
        .put("email", name.toLowerCase(java.util.Locale.ROOT) + ".almeida@example.org");
  }

  private Pods.Answer published(ObjectNode event) {
    var answer = portal.publish(event);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer;
  }

  private JsonNode story(String id) {
    return pods.hub.api().read("/leads/" + id);
  }

  private List<String> kinds(JsonNode story) {
    return story.path("history").valueStream().map(l -> l.path("kind").asString()).toList();
  }

  private String only(String path) {
    var items = pods.hub.items(path);
    assertThat(items).hasSize(1);
    return items.getFirst().path("id").asString();
  }

  @Test
  void a_lead_of_an_event_is_a_lead_like_any_other_and_its_steps_are_told() throws Exception {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      pods.hub.addEndpoint(crm.url("/hook"), "porchlight");
      var desk = pods.hub.api().make("/nodes", member("Ruth Okafor"));
      var ruth =
          pods.party("Ruth Okafor", "person", b -> b.put("node", desk.path("id").asString()));

      var add =
          lead(
              "lead#add",
              "L-1",
              data -> {
                person(data, "Ines");
                ((ObjectNode) data.path("object"))
                    .put("dateSent", "2026-03-14T09:00:00")
                    .putArray("leadSource")
                    .addObject()
                    .put("type", "AskAction")
                    .putObject("object")
                    .put("text", "Still available?");
              });
      published(add);
      var id = only("/leads");
      var story = story(id);
      assertThat(story.at("/content/message").asString()).isEqualTo("Still available?");
      assertThat(story.at("/contact/emails/0").asString()).isEqualTo("ines.almeida@example.org");
      assertThat(story.path("lead_id").asString()).isEqualTo("harborcrm:L-1");
      assertThat(story.path("contract").asString()).isEqualTo("realestate-events");
      assertThat(story.at("/answers/member").asString()).isNotEqualTo(desk.path("id").asString());
      // What breaks the contract is told beside the receipt.
      assertThat(story.path("violations").valueStream().map(v -> v.path("pointer").asString()))
          .containsExactly("/data/object/dateSent");
      assertThat(crm.await(1).getFirst().json().at("/data/enquirer/first_name").asString())
          .isEqualTo("Ines");

      // The same once more, as another event: a repeat, which is not delivered again.
      published(add);
      assertThat(pods.hub.items("/receipts?state=repeat")).hasSize(1);
      assertThat(kinds(story(id))).containsOnlyOnce("lead.created").doesNotContain("lead.updated");

      published(
          lead(
              "lead#assign",
              "L-1",
              d -> d.put("recipient", ruth.profile).put("agent", office.profile)));
      story = story(id);
      assertThat(story.at("/answers/member").asString()).isEqualTo(desk.path("id").asString());
      assertThat(story.at("/contact/owner").asString()).isEqualTo(desk.path("id").asString());
      published(lead("lead#accept", "L-1", d -> d.put("agent", ruth.profile)));
      published(
          lead(
              "lead#reject",
              "L-1",
              d -> d.put("agent", ruth.profile).put("reason", "Too far").put("comment", "Sorry")));
      story = story(id);
      assertThat(story.at("/answers/member").asString()).isNotEqualTo(desk.path("id").asString());
      published(lead("lead#assign", "L-1", d -> d.put("recipient", ruth.profile)));
      published(
          lead(
              "lead#retract",
              "L-1",
              d -> {
                d.putObject("participant").put("id", ruth.profile);
                d.putObject("recipient").put("id", office.profile);
              }));
      story = story(id);
      assertThat(story.at("/contact/owner")).isEqualTo(story.at("/answers/member"));
      assertThat(story.at("/contact/owner").asString()).isNotEqualTo(desk.path("id").asString());
      assertThat(kinds(story))
          .containsSubsequence(
              "lead.created",
              "step.assigned",
              "step.accepted",
              "step.rejected",
              "step.assigned",
              "step.retracted");
      assertThat(story.path("steps")).hasSize(5);
      assertThat(story.at("/steps/2/reason").asString()).isEqualTo("Too far");
      assertThat(story.at("/steps/2/comment").asString()).isEqualTo("Sorry");

      // An update with the person in it is the lead's next version.
      published(lead("lead#update", "L-1", d -> person(d, "Inês")));
      assertThat(story(id).path("versions")).hasSize(2);
      assertThat(crm.await(2).get(1).json().path("type").asString()).isEqualTo("lead.updated");
    }
  }

  private ObjectNode member(String name) {
    return Json.object()
        .put("kind", "member")
        .put("name", name)
        .put("parent", pods.hub.api().read("/parties/" + office.id).path("node").asString());
  }
}
