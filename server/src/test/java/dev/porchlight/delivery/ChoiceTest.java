package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Which events an endpoint gets, and the answer to "why not?".
@OnEveryDatabase
class ChoiceTest {
  @Parameter Database database;
  @TempDir Path folder;

  private static Map<String, String> leftOut(TestHub hub, String lead) {
    var rules = new TreeMap<String, String>();
    hub.story(lead)
        .path("left_out")
        .forEach(r -> rules.put(r.path("endpoint").asString(), r.path("rule").asString()));
    return rules;
  }

  @Test
  void
      an_endpoint_gets_what_its_choice_lets_through_and_the_lead_says_which_rule_left_others_out() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "connections-plus");
      var all = hub.addEndpoint(crm.url("/all"), "porchlight");
      var sellers =
          hub.addEndpoint(
              crm.url("/sellers"), "porchlight", b -> b.put("filter", "Intent Eq 'seller'"));
      var dear =
          hub.addEndpoint(
              crm.url("/dear"),
              "porchlight",
              b ->
                  b.put(
                      "filter",
                      "ListPrice Gt 400000.0 And Currency Eq 'USD' And SourceName Eq 'por*'"));
      var updates =
          hub.addEndpoint(
              crm.url("/updates"), "porchlight", b -> b.putArray("kinds").add("lead.updated"));
      var any =
          hub.addEndpoint(crm.url("/any"), "porchlight", b -> b.putArray("kinds").add("lead.*"));
      var ofOther =
          hub.addEndpoint(
              crm.url("/other"), "porchlight", b -> b.putArray("sources").add(other.id()));

      portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
      portal.post(LeadBodies.seller("S-1", InventedPerson.of(2)));

      assertThat(leftOut(hub, "B-1"))
          .isEqualTo(Map.of(sellers.id(), "filter", updates.id(), "kind", ofOther.id(), "source"));
      assertThat(leftOut(hub, "S-1"))
          .isEqualTo(Map.of(dear.id(), "filter", updates.id(), "kind", ofOther.id(), "source"));
      assertThat(hub.story("B-1").path("left_out").toString())
          .contains("Its filter does not hold here: Intent Eq 'seller'")
          .contains("It takes lead.updated, and this is lead.created.");
      hub.awaitDelivery("B-1", dear, "delivered");
      assertThat(hub.deliveries("B-1", dear).getFirst().path("why").stringValue())
          .contains("where its filter holds");
      hub.awaitDelivery("S-1", sellers, "delivered");
      hub.awaitDelivery("S-1", all, "delivered");
      hub.awaitDelivery("S-1", any, "delivered");
      assertThat(crm.requests()).filteredOn(r -> r.path().equals("/sellers")).hasSize(1);

      // What it is later does not change what was decided.
      hub.api().patch("/endpoints/" + sellers.id(), Json.tree("{\"filter\": null}"));
      assertThat(leftOut(hub, "B-1")).containsEntry(sellers.id(), "filter");
      portal.post(LeadBodies.buyer("B-2", InventedPerson.of(3)));
      assertThat(leftOut(hub, "B-2")).doesNotContainKey(sellers.id());

      // One that can't be read any more, as after a defect of ours, keeps nobody else's leads.
      hub.hub()
          .store()
          .write(
              WorkQueue.EDITS,
              batch -> {
                var setting = batch.settings().find(Endpoint.SETTING, dear.id()).orElseThrow();
                batch.change(
                    Endpoint.SETTING, dear.id(), setting.body().replace("ListPrice Gt", "Price"));
                return true;
              });
      portal.post(LeadBodies.buyer("B-3", InventedPerson.of(4)));
      assertThat(leftOut(hub, "B-3")).containsEntry(dear.id(), "filter");
      hub.awaitDelivery("B-3", all, "delivered");
    }
  }

  @Test
  void an_endpoint_of_some_owners_gets_only_what_concerns_their_contacts() {
    try (var hub = database.start(folder);
        var crm = FakeCrm.open(hub.clock())) {
      var portal = hub.addSource("portal", "connections-plus");
      portal.post(LeadBodies.buyer("L-0", InventedPerson.of(1)));
      var desk = hub.story("L-0").path("answers").path("member").stringValue();
      var office = hub.story("L-0").path("office").stringValue();
      var ana =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "Ana Lopez")
                      .put("parent", office))
              .path("id")
              .stringValue();
      var anas = hub.addEndpoint(crm.url("/ana"), "porchlight", b -> b.putArray("owners").add(ana));
      var desks =
          hub.addEndpoint(crm.url("/desk"), "porchlight", b -> b.putArray("owners").add(desk));
      portal.post(LeadBodies.buyer("L-1", InventedPerson.of(2)));
      assertThat(leftOut(hub, "L-1")).isEqualTo(Map.of(anas.id(), "owner"));
      hub.awaitDelivery("L-1", desks, "delivered");
    }
  }

  @Test
  void what_cannot_be_chosen_is_refused_in_words() {
    try (var hub = database.start(folder)) {
      var endpoint = hub.addEndpoint("http://127.0.0.1:9/", "porchlight");
      var path = "/endpoints/" + endpoint.id();
      var wrong =
          Map.of(
              "{\"filter\": \"Email Eq 'ana@example.org'\"}", "Attributes are Kind, Version",
              "{\"filter\": \"Intent Eq\"}", "can't be used",
              "{\"filter\": \"Received Gt days(-3)\"}", "present time",
              "{\"owners\": [\"nobody\"]}", "no member `nobody`",
              "{\"kinds\": [\"lead.eaten\"]}", "Kinds are");
      wrong.forEach((body, words) -> {
        var refused = hub.api().patch(path, Json.tree(body));
        assertThat(refused.status()).as(body).isEqualTo(400);
        assertThat(refused.text()).contains(words);
      });
      assertThat(hub.api().read(path).path("filter").isMissingNode()).isTrue();
      assertThat(hub.api().patch(path, Json.object().put("filter", "Version Ge 1")).status())
          .isEqualTo(200);
    }
  }

  @Test
  void a_filter_that_depends_on_the_present_time_is_none() {
    assertThatThrownBy(() -> EventCatalogue.read("Arose Lt now()"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("present time");
  }
}
