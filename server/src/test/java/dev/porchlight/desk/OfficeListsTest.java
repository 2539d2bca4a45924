package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// What whoever sees some offices, or what is their own, is shown page by page: all of theirs, in
/// order, and nothing else.
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
      var agent =
          hub.api()
              .make(
                  "/nodes",
                  Json.object()
                      .put("kind", "member")
                      .put("name", "Ana")
                      .put("parent", offices.get(0)))
              .path("id")
              .asString();
      for (var lead : List.of("L-00", "L-02")) {
        hub.api()
            .patch(
                "/contacts/" + hub.story(lead).path("contact_id").asString(),
                Json.object().put("owner", agent));
      }
      var store = hub.hub().store();
      for (var seen : List.of(Set.of(offices.get(0), offices.get(2)), Set.of(offices.get(1)))) {
        var theirs = ids(hub, "/leads?limit=200", seen);
        assertThat(theirs).hasSize(3 * seen.size());
        check(store, new Scope(false, seen), theirs);
      }

      var own = Scope.ownOf(store.settings(), agent);
      var mine =
          hub.items("/leads?limit=200").stream()
              .filter(l -> Set.of("L-00", "L-02").contains(l.path("lead_id").asString()))
              .map((JsonNode l) -> l.path("id").asString())
              .toList();
      assertThat(mine).hasSize(2);
      assertThat(own.hasFewContacts(store)).isTrue();
      check(store, own, mine);
      store.write(
          WorkQueue.EDITS,
          batch -> {
            batch
                .sql()
                .execute(
                    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)"
                        + " INSERT INTO contact_search (owner_id, owned_seq, contact_id, connected,"
                        + " created_at, modified_at, display_name) SELECT '"
                        + agent
                        + "', 1000000 + n, 'none-' || n, 1, 0, 0, 'nobody' FROM c");
            return true;
          });
      assertThat(own.hasFewContacts(store)).isFalse();
      check(store, own, mine);

      assertThat(walkHastily(store, own)).isEqualTo(mine);
      checkCalled(store, new Scope(false, Set.of(offices.get(2))));

      var first = new Scope(false, Set.of(offices.get(0)));
      endAll(store, DeliveryState.State.DELIVERED);
      checkHasty(store, first, DeliveryState.State.DELIVERED);
      checkHasty(
          store,
          new Scope(false, Set.of(offices.get(0), offices.get(2))),
          DeliveryState.State.DELIVERED);
      endAll(store, DeliveryState.State.DEAD);
      checkHasty(store, first, DeliveryState.State.DEAD);
      // The newest are of other offices.
      assertThat(new Pulse(store, new Picked.Look(2, Duration.ofDays(1))).troubles(first).dead())
          .isEqualTo(new Pulse.Number(3, false));
      var hasty = new Pulse(store, new Picked.Look(2, Duration.ZERO)).troubles(first);
      assertThat(hasty.dead()).isEqualTo(new Pulse.Number(0, true));
      assertThat(hasty.dead().mayBeAny()).isTrue();
      assertThat(hasty.unwritable().mayBeAny()).isFalse();

      try (var hour = new LastHour(store)) {
        assertThat(accepted(hour, Scope.EVERYTHING, store)).isEqualTo(9);
        assertThat(accepted(hour, new Scope(false, Set.of(offices.get(1))), store)).isEqualTo(3);
        assertThat(accepted(hour, own, store)).isEqualTo(2);
      }
    }
  }

  private static List<String> walkHastily(Store store, Scope scope) {
    var hasty = new Leads(store, new Picked.Look(2, Duration.ZERO));
    var found = new ArrayList<String>();
    for (var before = Optional.of(Long.MAX_VALUE); before.isPresent(); ) {
      var page = hasty.search(scope, new Leads.Query(null, null, null, null, before.get(), LIMIT));
      page.rows().forEach(l -> found.add(l.id()));
      before = page.next();
    }
    return found;
  }

  /// That others' leads of the same name don't stand before those that may be seen.
  private static void checkCalled(Store store, Scope scope) {
    store.write(
        WorkQueue.EDITS,
        batch ->
            batch.sql().execute("UPDATE lead SET guid = 'shared'")
                + batch
                    .sql()
                    .execute(
                        "INSERT INTO lead_key (source_id, value, lead_id, at) SELECT l.source_id, '"
                            + Intake.keys("common").getFirst()
                            + "', l.id, 0 FROM lead l WHERE l.seq = (SELECT MAX(m.seq) FROM lead m"
                            + " WHERE m.source_id = l.source_id)"));
    var leads = new Leads(store);
    var newest = leads.list(scope, new Leads.Query(null, null, null, null, Long.MAX_VALUE, 2));
    assertThat(leads.listCalled(scope, "shared", 2)).isEqualTo(newest);
    assertThat(leads.listCalled(scope, "common", 1)).isEqualTo(newest.subList(0, 1));
  }

  private static void endAll(Store store, DeliveryState.State state) {
    store.write(
        WorkQueue.EDITS,
        batch -> batch.sql().execute("UPDATE delivery_state SET state = '" + state.word() + "'"));
  }

  /// That a walk which looks at two at a time comes to its end with all of theirs, though most of
  /// its pages have nothing.
  private static void checkHasty(Store store, Scope scope, DeliveryState.State state) {
    var hasty = new Deliveries(store, new Picked.Look(2, Duration.ZERO));
    var all = new Deliveries(store).list(scope, new Deliveries.Query(null, null, state, 100));
    assertThat(all).hasSize(3 * scope.offices().size());
    assertThat(walk(q -> hasty.search(scope, q), state))
        .isEqualTo(all.stream().map(s -> s.delivery().leadId()).toList());
  }

  private static int accepted(LastHour hour, Scope scope, Store store) {
    return hour.list(scope, store.now()).stream().mapToInt(LastHour.Minute::accepted).sum();
  }

  /// That each list has these leads, page by page.
  private static void check(Store store, Scope scope, List<String> theirs) {
    var leads = new Leads(store);
    var receipts = new Receipts(store);
    var deliveries = new Deliveries(store);
    var found = new ArrayList<String>();
    for (var before = Optional.of(Long.MAX_VALUE); before.isPresent(); ) {
      var page = leads.search(scope, new Leads.Query(null, null, null, null, before.get(), LIMIT));
      page.rows().forEach(l -> found.add(l.id()));
      before = page.next();
    }
    assertThat(found).isEqualTo(theirs);
    assertThat(leads.list(scope, new Leads.Query(null, null, null, null, Long.MAX_VALUE, 200)))
        .extracting(LeadRecord::id)
        .isEqualTo(theirs);

    for (var state : new Receipt.State[] {null, Receipt.State.DONE}) {
      var ofLeads = new ArrayList<String>();
      var ids = new ArrayList<String>();
      for (var before = Optional.of("~"); before.isPresent(); ) {
        var page =
            receipts.search(scope, new Receipts.Query(state, null, null, before.get(), LIMIT));
        page.rows().forEach(r -> ofLeads.add(r.leadId()));
        page.rows().forEach(r -> ids.add(r.id()));
        before = page.next();
      }
      assertThat(ofLeads).containsExactlyInAnyOrderElementsOf(theirs);
      assertThat(ids).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    }

    assertThat(walk(q -> deliveries.search(scope, q), null)).isEqualTo(theirs);
    assertThat(walk(q -> deliveries.search(scope, q), DeliveryState.State.PENDING))
        .isEqualTo(theirs);
    assertThat(walk(q -> deliveries.search(scope, q), DeliveryState.State.DEAD)).isEmpty();
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
