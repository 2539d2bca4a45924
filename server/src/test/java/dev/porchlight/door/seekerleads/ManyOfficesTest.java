package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// The leads of many offices come in one order, however unevenly they fall on the offices.
@OnEveryDatabase
class ManyOfficesTest {
  private static final int OFFICES = 9;
  private static final int LEADS = 90;

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void pages_of_many_offices_are_the_log_in_order() {
    try (var seeker = new SeekerHub(database.start(folder))) {
      var offices = new ArrayList<String>();
      var sources = new ArrayList<TestHub.SourceAtHub>();
      for (int n = 0; n < OFFICES; n++) {
        var office = seeker.office("Office " + n);
        offices.add(office);
        sources.add(
            seeker.hub.addSource("source-" + n, "connections-plus", b -> b.put("node", office)));
      }
      var foreign = seeker.hub.addSource("foreign", "connections-plus");
      var random = new Random(3);
      for (int n = 0; n < LEADS; n++) {
        // Long runs of one office, then all of them mixed.
        var source = n < LEADS / 3 ? sources.get(n / 15) : sources.get(random.nextInt(OFFICES));
        source.post(LeadBodies.buyer("L-" + n, InventedPerson.of(n)));
        if (n % 10 == 0) {
          foreign.post(LeadBodies.buyer("F-" + n, InventedPerson.of(n)));
        }
      }
      var granted = offices.subList(0, OFFICES - 1);
      var caller = seeker.callerOf(granted.toArray(String[]::new));
      var truth = truth(seeker, granted);
      assertThat(truth).hasSizeGreaterThan(LEADS / 2);
      for (int limit : new int[] {1, 10, 37, 100}) {
        assertThat(walk(seeker, caller, limit)).as("limit %d", limit).isEqualTo(truth);
      }
    }
  }

  private static List<String> walk(SeekerHub seeker, SeekerHub.Caller caller, int limit) {
    var seen = new ArrayList<String>();
    while (true) {
      var start = seen.isEmpty() ? "" : "&start=" + seen.getLast();
      var page = caller.window(seeker.now() - 60, seeker.now(), "&limit=" + limit + start);
      var ids = page.json().path("items").valueStream().map(SeekerHub::id).toList();
      seen.addAll(ids);
      if (ids.size() < limit) {
        return seen;
      }
    }
  }

  private static List<String> truth(SeekerHub seeker, List<String> offices) {
    return seeker
        .hub
        .hub()
        .store()
        .read(h ->
            h.createQuery("SELECT id FROM lead WHERE office_id IN (<offices>) ORDER BY seq")
                .bindList("offices", offices)
                .mapTo(String.class)
                .list());
  }
}
