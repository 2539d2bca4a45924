package dev.porchlight.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.listing.ListingState.Stamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Events about a listing, folded.
class ListingStateTest {
  /// What one event says.
  record Said(Map<String, String> members, @Nullable Boolean deleted, Stamp stamp) {}

  @Provide
  Arbitrary<List<Said>> events() {
    // Few members, values and times, so that they meet.
    var members =
        Arbitraries.maps(
                Arbitraries.of("city", "price", "status"), Arbitraries.of("\"a\"", "\"b\"", "3"))
            .ofMaxSize(3);
    var deleted = Arbitraries.of(true, false).injectNull(0.3);
    var seconds = Arbitraries.integers().between(0, 4);
    var said =
        Combinators.combine(members, deleted, seconds, seconds)
            .as((m, d, a, b) ->
                new Said(m, d, new Stamp(Instant.ofEpochSecond(a), Instant.ofEpochSecond(b), "")));
    return said.list()
        .ofMaxSize(8)
        .map(all -> {
          // Each event has an id of its own.
          var named = new ArrayList<Said>();
          for (int i = 0; i < all.size(); i++) {
            var s = all.get(i);
            named.add(
                new Said(
                    s.members(),
                    s.deleted(),
                    new Stamp(s.stamp().modified(), s.stamp().time(), "e" + i)));
          }
          return named;
        });
  }

  private static ListingState fold(List<Said> events) {
    var state = ListingState.EMPTY;
    for (var said : events) {
      state = state.after(said.members(), said.deleted(), said.stamp()).state();
    }
    return state;
  }

  @Property
  void the_order_of_arrival_makes_no_difference(
      @ForAll("events") List<Said> events, @ForAll long seed) {
    var other = new ArrayList<>(events);
    Collections.shuffle(other, new Random(seed));
    assertThat(fold(other)).isEqualTo(fold(events));
  }

  @Property
  void an_event_that_comes_again_changes_nothing(@ForAll("events") List<Said> events) {
    var state = fold(events);
    for (var said : events) {
      var again = state.after(said.members(), said.deleted(), said.stamp());
      assertThat(again.state()).isEqualTo(state);
      assertThat(again.changes()).isEmpty();
    }
  }

  @Property
  void what_changed_is_what_differs(@ForAll("events") List<Said> events) {
    var state = ListingState.EMPTY;
    for (var said : events) {
      var folded = state.after(said.members(), said.deleted(), said.stamp());
      var before = state.values();
      var after = folded.state().values();
      for (var name : List.of("city", "price", "status")) {
        boolean told = folded.changes().stream().anyMatch(c -> c.member().equals(name));
        boolean differs = !java.util.Objects.equals(before.get(name), after.get(name));
        assertThat(told).as(name).isEqualTo(differs);
      }
      state = folded.state();
    }
  }

  @Test
  void an_older_event_fills_only_what_no_newer_one_set() {
    var newer = new Stamp(Instant.ofEpochSecond(2), Instant.EPOCH, "a");
    var older = new Stamp(Instant.ofEpochSecond(1), Instant.ofEpochSecond(9), "b");
    var state = ListingState.EMPTY.after(Map.of("price", "1"), null, newer).state();
    var folded = state.after(Map.of("price", "2", "city", "\"x\""), true, older);
    assertThat(folded.state().values()).isEqualTo(Map.of("price", "1", "city", "\"x\""));
    assertThat(folded.state().isDeleted()).isTrue();
    assertThat(folded.changes())
        .extracting(ListingState.Change::member)
        .containsExactly("city", "deleted");
  }
}
