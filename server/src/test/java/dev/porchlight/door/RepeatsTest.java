package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Answer;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// The same lead more than once, and many at one instant.
@OnEveryDatabase
class RepeatsTest {
  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void a_repeat_is_answered_alike_and_makes_no_second_lead_and_no_second_delivery() {
    try (var crm = FakeCrm.open();
        var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      var first = portal.post(body);
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var second = portal.post(body);

      assertThat(second.status()).isEqualTo(200);
      assertThat(second.text()).isEqualTo(first.text());
      hub.restart();
      var third = hub.sender("portal", portal.key()).post(body);
      assertThat(third.text()).isEqualTo(first.text());
      portal =
          new TestHub.SourceAtHub(
              portal.id(), "portal", portal.key(), hub.sender("portal", portal.key()));
      portal.post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      hub.awaitDelivery("L-2", endpoint, "delivered");
      assertThat(crm.requests()).hasSize(2);
      assertThat(hub.story("L-1").path("receipts")).hasSize(3);
      assertThat(hub.story("L-1").path("deliveries")).hasSize(1);
    }
  }

  @Test
  void another_body_under_the_same_id_is_a_new_version_and_delivered_as_an_update() {
    try (var crm = FakeCrm.open();
        var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      var first = portal.post(body);
      hub.clock().advance(Duration.ofSeconds(1));
      var second = portal.post(body.deepCopy().put("message", "Is it still free?"));
      hub.clock().advance(Duration.ofSeconds(1));
      var backAgain = portal.post(body);

      assertThat(second.text()).isEqualTo(first.text());
      assertThat(backAgain.text()).isEqualTo(first.text());
      var story = hub.story("L-1");
      assertThat(story.path("version").intValue()).isEqualTo(2);
      assertThat(story.path("versions")).hasSize(2);
      assertThat(story.path("content").path("message").stringValue())
          .isEqualTo("Is it still free?");
      assertThat(story.path("receipts").get(2).path("state").stringValue()).isEqualTo("repeat");
      hub.awaitDelivery("L-1", endpoint, "delivered");
      var sent = crm.await(2);
      assertThat(sent)
          .extracting(r -> r.json().path("type").stringValue())
          .containsExactly("lead.created", "lead.updated");
      assertThat(sent.get(0).header("webhook-id")).isNotEqualTo(sent.get(1).header("webhook-id"));
    }
  }

  @Test
  void the_same_id_from_two_sources_is_two_leads() {
    try (var hub = database.start(folder)) {
      var one = hub.addSource("one", "connections-plus");
      var two = hub.addSource("two", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      var guids =
          List.of(one.post(body), two.post(body)).stream()
              .map(a -> a.json().path("communications_guid").stringValue())
              .toList();
      assertThat(guids).doesNotHaveDuplicates();
      assertThat(hub.leads()).hasSize(2);
      assertThat(distinct(hub.leads(), "person_id")).hasSize(1);
    }
  }

  @Test
  void the_same_lead_many_times_at_one_instant_is_one_lead_and_one_delivery() throws Exception {
    try (var crm = FakeCrm.open();
        var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var endpoint = hub.addEndpoint(crm.url("/crm"), "porchlight");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();

      var answers = atOnce(32, _ -> portal.sender().post(body));

      assertThat(answers).allMatch(a -> a.status() == 200);
      assertThat(answers.stream().map(Answer::text).distinct()).hasSize(1);
      assertThat(hub.leads()).hasSize(1);
      assertThat(hub.items("/receipts?limit=200&state=repeat")).hasSize(31);
      hub.awaitDelivery("L-1", endpoint, "delivered");
      assertThat(hub.story("L-1").path("deliveries")).hasSize(1);
      assertThat(crm.requests()).hasSize(1);
    }
  }

  @Test
  void one_new_person_under_many_ids_at_one_instant_is_many_leads_of_one_person() throws Exception {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var ana = InventedPerson.of(1);

      var answers = atOnce(32, n -> portal.post(LeadBodies.buyer("L-" + n, ana.withPhone(null))));

      assertThat(answers).allMatch(a -> a.status() == 200);
      assertThat(answers.stream().map(Answer::text).distinct()).hasSize(32);
      assertThat(hub.leads()).hasSize(32);
      assertThat(distinct(hub.leads(), "person_id")).hasSize(1);
      assertThat(distinct(hub.leads(), "contact_id")).hasSize(1);
      assertThat(hub.items("/contacts")).hasSize(1);
    }
  }

  private static List<String> distinct(List<JsonNode> items, String member) {
    return items.stream().map(i -> i.path(member).stringValue()).distinct().toList();
  }

  private static List<Answer> atOnce(int count, IntFunction<Answer> send) throws Exception {
    var barrier = new CyclicBarrier(count);
    var tasks = new ArrayList<Callable<Answer>>();
    for (int i = 0; i < count; i++) {
      int n = i;
      tasks.add(() -> {
        barrier.await();
        return send.apply(n);
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Answer>();
      for (var future : threads.invokeAll(tasks)) {
        answers.add(future.get());
      }
      return answers;
    }
  }
}
