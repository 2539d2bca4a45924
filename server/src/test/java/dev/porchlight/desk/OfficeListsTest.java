package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// What whoever sees some offices is shown page by page: all of theirs, in order, and nothing else.
@OnEveryDatabase
class OfficeListsTest {
  private static final int LIMIT = 2;

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void lists_of_some_offices_have_all_of_theirs_in_order() {
    try (var hub = database.in(folder).withoutRebuildCheck().start()) {
      var company =
          hub.items("/nodes").stream()
              .filter(n -> n.path("kind").asString().equals("company"))
              .findFirst()
              .orElseThrow()
              .path("id")
              .asString();
      var offices = new ArrayList<String>();
      for (int i = 0; i < 3; i++) {
        var office =
            Json.object().put("kind", "office").put("name", "O" + i).put("parent", company);
        var id = hub.api().make("/nodes", office).path("id").asString();
        offices.add(id);
        var endpoint = hub.addEndpoint("http://127.0.0.1:9/", "porchlight", e -> e.put("node", id));
        hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", true));
        var portal = hub.addSource("portal-" + i, "connections-plus", s -> s.put("node", id));
        for (int n = 0; n < 3; n++) {
          portal.post(LeadBodies.buyer("L-" + i + n, InventedPerson.of(i * 3 + n)));
        }
      }
      var store = hub.hub().store();
      var leads = new Leads(store);
      var receipts = new Receipts(store);
      var deliveries = new Deliveries(store);
      for (var seen : List.of(Set.of(offices.get(0), offices.get(2)), Set.of(offices.get(1)))) {
        var scope = new Scope(false, seen);
        var theirs = ids(hub, "/leads?limit=200", seen);

        var found = new ArrayList<String>();
        for (long before = Long.MAX_VALUE; before > 0; ) {
          var page = leads.list(scope, new Leads.Query(null, null, null, null, before, LIMIT));
          page.forEach(l -> found.add(l.id()));
          before = page.size() < LIMIT ? 0 : page.getLast().seq();
        }
        assertThat(found).hasSize(3 * seen.size()).isEqualTo(theirs);

        var ofLeads = new ArrayList<String>();
        var ids = new ArrayList<String>();
        for (var before = "~"; !before.isEmpty(); ) {
          var page = receipts.list(scope, new Receipts.Query(null, null, null, before, LIMIT));
          page.forEach(r -> ofLeads.add(r.leadId()));
          page.forEach(r -> ids.add(r.id()));
          before = page.size() < LIMIT ? "" : page.getLast().id();
        }
        assertThat(ofLeads).containsExactlyInAnyOrderElementsOf(theirs);
        assertThat(ids).isSortedAccordingTo(java.util.Comparator.reverseOrder());

        assertThat(walk(q -> deliveries.search(scope, q), null)).isEqualTo(theirs);
        assertThat(walk(q -> deliveries.search(scope, q), DeliveryState.State.PENDING))
            .isEqualTo(theirs);
        assertThat(walk(q -> deliveries.search(scope, q), DeliveryState.State.DEAD)).isEmpty();
      }
    }
  }

  /// The leads of those offices, newest first.
  private static List<String> ids(TestHub hub, String path, Set<String> offices) {
    return hub.items(path).stream()
        .filter(l -> offices.contains(l.path("office").asString()))
        .map((JsonNode l) -> l.path("id").asString())
        .toList();
  }

  private static List<String> walk(
      Function<Deliveries.Query, Deliveries.Found> search, DeliveryState.@Nullable State state) {
    var leads = new ArrayList<String>();
    var before = new Deliveries.Place(Long.MAX_VALUE, "");
    while (true) {
      var page =
          search.apply(
              new Deliveries.Query(
                  null, null, state, null, 0, "", before.seq(), before.id(), LIMIT));
      page.standings().forEach(s -> leads.add(s.delivery().leadId()));
      if (page.next().isEmpty()) {
        return leads;
      }
      before = page.next().get();
    }
  }
}
