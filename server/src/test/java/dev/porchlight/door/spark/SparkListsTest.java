package dev.porchlight.door.spark;

import static dev.porchlight.door.spark.SparkWorld.encode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.door.spark.SparkWorld.Key;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// Lists are the same on every database, down to the order of letters that databases like to sort
/// each in their own way.
@OnEveryDatabase
class SparkListsTest {
  /// In the order of their folded bytes, which is the order of the list.
  private static final List<String> NAMES =
      List.of("emile", "STRASSE", "Straße", "zoe", "Zoë", "Ärger", "Émile", "Øre", "Ångström");

  private static final List<String> LISTED =
      List.of("emile", "STRASSE", "Straße", "zoe", "Zoë", "Ärger", "Ångström", "Émile", "Øre");

  @Parameter Database database;
  @TempDir Path folder;

  private static SparkWorld world(Database database, Path folder) {
    return new SparkWorld(database.start(folder));
  }

  private static void add(SparkWorld world, Key key, String name, String email, String town) {
    var contact =
        Json.object().put("DisplayName", name).put("PrimaryEmail", email).put("HomeLocality", town);
    world
        .as(key, "POST", "/v1/contacts", Json.object().set("D", contact).toString())
        .succeeded(201);
  }

  private static JsonNode list(SparkWorld world, Key key, String query) {
    return world.get(key, "/v1/contacts?" + query).succeeded(200).d();
  }

  private static List<String> texts(JsonNode d, String attribute) {
    return d.path("Results").valueStream().map(c -> c.path(attribute).asString("")).toList();
  }

  private static List<String> named(SparkWorld world, Key key, String filter) {
    return texts(list(world, key, "_limit=25&_filter=" + encode(filter)), "DisplayName");
  }

  private static Key filled(SparkWorld world) {
    var key = world.key("private");
    for (int i = 0; i < NAMES.size(); i++) {
      add(world, key, NAMES.get(i), "P" + i + "@Example.org", i % 2 == 0 ? "Fargo" : "fargo");
    }
    return key;
  }

  @Test
  void names_are_in_the_order_of_their_folded_letters_and_accents_tell_them_apart() {
    try (var world = world(database, folder)) {
      var key = filled(world);
      assertThat(texts(list(world, key, "_limit=25"), "DisplayName"))
          .containsExactlyElementsOf(LISTED);
      var turned = new ArrayList<>(LISTED);
      Collections.reverse(turned);
      assertThat(texts(list(world, key, "_limit=25&_orderby=-DisplayName"), "DisplayName"))
          .containsExactlyElementsOf(turned);
      assertThat(named(world, key, "DisplayName Eq 'ÉMILE'")).containsExactly("Émile");
      assertThat(named(world, key, "DisplayName Eq 'zo?'")).containsExactly("zoe", "Zoë");
      assertThat(named(world, key, "DisplayName Eq 'strasse'")).containsExactly("STRASSE");
      assertThat(named(world, key, "DisplayName Eq 'ä*','å*'"))
          .containsExactly("Ärger", "Ångström");
      assertThat(named(world, key, "DisplayName Eq range('s','zoe')"))
          .containsExactly("STRASSE", "Straße", "zoe");
    }
  }

  @Test
  void contacts_that_an_order_puts_nowhere_stand_by_their_ids() {
    try (var world = world(database, folder)) {
      var key = filled(world);
      var up = texts(list(world, key, "_limit=25&_orderby=HomeLocality"), "Id");
      assertThat(up).hasSize(NAMES.size()).isSorted();
      var down = new ArrayList<>(texts(list(world, key, "_limit=25&_orderby=-HomeLocality"), "Id"));
      Collections.reverse(down);
      assertThat(down).isEqualTo(up);
      var paged = new ArrayList<String>();
      for (int page = 1; page <= 4; page++) {
        paged.addAll(texts(list(world, key, "_limit=3&_orderby=HomeLocality&_page=" + page), "Id"));
      }
      assertThat(paged).isEqualTo(up);
      var walked = new ArrayList<String>();
      for (var token = ""; token != null; ) {
        var d = list(world, key, "_limit=4&_skiptoken=" + token);
        walked.addAll(texts(d, "Id"));
        token = d.path("SkipToken").asString(null);
      }
      assertThat(walked).hasSize(NAMES.size()).doesNotHaveDuplicates().containsAll(up);
    }
  }

  @Test
  void a_moment_is_the_same_in_every_zone() {
    try (var world = world(database, folder)) {
      var key = filled(world);
      var moment =
          OffsetDateTime.parse(texts(list(world, key, "_limit=1"), "CreatedTimestamp").getFirst());
      for (var zone : List.of("Z", "+05:30", "-08:00", "+13:45")) {
        var there = moment.withOffsetSameInstant(ZoneOffset.of(zone));
        assertThat(named(world, key, "CreatedTimestamp Ge " + there)).hasSize(NAMES.size());
        assertThat(named(world, key, "CreatedTimestamp Lt " + there)).isEmpty();
        assertThat(named(world, key, "CreatedTimestamp Lt " + there.plusSeconds(1)))
            .hasSize(NAMES.size());
        assertThat(
                named(
                    world,
                    key,
                    "CreatedTimestamp Bt "
                        + there.minusSeconds(1)
                        + ","
                        + there.plusSeconds(1).withOffsetSameInstant(ZoneOffset.ofHours(-3))))
            .hasSize(NAMES.size());
      }
    }
  }

  @Test
  void a_list_may_have_more_values_than_a_page_has_contacts() {
    try (var world = world(database, folder)) {
      var key = filled(world);
      var values =
          IntStream.range(0, 60)
              .mapToObj(i -> "'p" + i + "@example.org'")
              .collect(Collectors.joining(","));
      assertThat(named(world, key, "PrimaryEmail Eq " + values)).hasSize(NAMES.size());
      assertThat(named(world, key, "PrimaryEmail Ne " + values)).isEmpty();
    }
  }
}
