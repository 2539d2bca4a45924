package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import dev.porchlight.watch.ListingAttributes;
import dev.porchlight.watch.SavedSearch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Searches for listings that accounts and contacts keep.
@OnEveryDatabase
class SavedSearchesTest {
  private static final String FILTER = "City Eq 'Fargo' And ListPrice Bt 100000,250000";

  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  static String search(String name, String filter) {
    var body = Json.object();
    body.putObject("D")
        .putArray("SavedSearches")
        .addObject()
        .put("Name", name)
        .put("Filter", filter);
    return body.toString();
  }

  private static String flat(String name, String filter) {
    var body = Json.object();
    body.putObject("D").put("Name", name).put("Filter", filter);
    return body.toString();
  }

  static String make(SparkWorld world, SparkWorld.Key key, String path, String name) {
    return world
        .as(key, "POST", path, search(name, FILTER))
        .succeeded(201)
        .result()
        .path("Id")
        .asString();
  }

  private static List<String> names(SparkWorld.Reply reply) {
    return reply.succeeded(200).d().path("Results").findValuesAsString("Name");
  }

  @Test
  void an_agent_keeps_searches_for_a_contact_and_both_see_them() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var below = "/v1/contacts/" + ana + "/savedsearches";
      assertThat(names(world.get(agent, below))).isEmpty();
      var made =
          world.as(agent, "POST", below, search("Near work", FILTER)).succeeded(201).result();
      var id = made.path("Id").asString();
      var uri = made.path("ResourceUri").asString();
      assertThat(id).matches("[0-9]{26}");
      assertThat(uri).isEqualTo("/v1/savedsearches/" + id);
      var seen = world.get(agent, uri).result();
      assertThat(seen.path("Name").asString()).isEqualTo("Near work");
      assertThat(seen.path("Filter").asString()).isEqualTo(FILTER);
      assertThat(seen.path("OwnerId"))
          .isEqualTo(world.get(agent, "/v1/my/account").result().path("Id"));
      assertThat(SparkWorld.words(seen.path("ContactIds"))).containsExactly(ana);
      assertThat(seen.path("UnsubscribedContactIds")).isEmpty();
      assertThat(seen.path("Provided").isBoolean()).isTrue();
      assertThat(names(world.get(agent, below))).containsExactly("Near work");
      // It is the contact's, not among the agent's own.
      assertThat(names(world.get(agent, "/v1/savedsearches"))).isEmpty();

      world
          .as(
              agent,
              "PUT",
              uri,
              "{\"D\":{\"Description\":\"two\\nlines\",\"Tags\":[\"Favorites\"],"
                  + "\"Annotations\":{\"a\":[1]},\"Id\":\"1\",\"OwnerId\":\"x\"}}")
          .succeeded(200);
      seen = world.get(agent, uri).result();
      assertThat(seen.path("Description").asString()).isEqualTo("two\nlines");
      assertThat(seen.path("Tags").toString()).isEqualTo("[\"Favorites\"]");
      assertThat(seen.path("Annotations").toString()).isEqualTo("{\"a\":[1]}");
      assertThat(seen.path("Name").asString()).isEqualTo("Near work");

      // The consumer reads what was made for them, and writes what they made.
      var consumer = world.key("vow", b -> b.put("contact", ana));
      assertThat(world.get(consumer, uri).result().path("Provided").booleanValue()).isTrue();
      assertThat(world.get(consumer, uri).result().has("ContactIds")).isFalse();
      world.as(consumer, "PUT", uri, flat("Mine now", FILTER)).failed(403, 1500);
      world.as(consumer, "DELETE", uri, "").failed(403, 1500);
      var own = make(world, consumer, "/v1/savedsearches", "By the lake");
      assertThat(
              world.get(consumer, "/v1/savedsearches/" + own).result().path("OwnerId").asString())
          .isEqualTo(ana);
      assertThat(names(world.get(agent, below))).containsExactly("By the lake", "Near work");
      world.as(agent, "PUT", "/v1/savedsearches/" + own, flat("x", FILTER)).failed(403, 1500);
      world
          .as(consumer, "PUT", "/v1/savedsearches/" + own, "{\"D\":{\"Name\":\"By a lake\"}}")
          .succeeded(200);
      world.as(consumer, "DELETE", "/v1/savedsearches/" + own, "").succeeded(200);
      world.as(agent, "DELETE", uri, "").succeeded(200);
      world.as(agent, "DELETE", uri, "").failed(404, 404);
      world.get(consumer, uri).failed(404, 404);
    }
  }

  @Test
  void a_search_is_given_to_contacts_and_taken_from_them() {
    try (var world = world()) {
      var agent = world.key("private");
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var bo = ContactsTest.make(world, agent, "Bo", "bo@example.org");
      var other = ContactsTest.make(world, ruths, "Cy", "cy@example.org");
      var id = make(world, agent, "/v1/savedsearches", "Three beds");
      var uri = "/v1/savedsearches/" + id;
      // As clients send it: without a body, twice too.
      world.as(agent, "PUT", uri + "/contacts/" + ana, "").succeeded(200);
      world.as(agent, "PUT", uri + "/contacts/" + ana, "").succeeded(200);
      world.as(agent, "PUT", uri + "/contacts/" + bo, "").succeeded(200);
      world.as(agent, "PUT", uri + "/contacts/" + other, "").failed(404, 404);
      world.as(agent, "PUT", uri + "/contacts/none", "").failed(404, 404);
      assertThat(SparkWorld.words(world.get(agent, uri).result().path("ContactIds")))
          .containsExactlyInAnyOrder(ana, bo);
      var consumer = world.key("portal", b -> b.put("contact", ana));
      assertThat(names(world.get(consumer, "/v1/provided/savedsearches")))
          .containsExactly("Three beds");
      assertThat(names(world.get(consumer, "/v1/savedsearches"))).isEmpty();
      assertThat(world.get(consumer, uri).result().path("Provided").booleanValue()).isTrue();
      world.as(consumer, "PUT", uri, flat("x", FILTER)).failed(403, 1500);
      var provided = "/v1/contacts/" + ana + "/provided/savedsearches";
      assertThat(names(world.get(agent, provided))).containsExactly("Three beds");
      assertThat(world.get(agent, provided).result().path("Provided").booleanValue()).isTrue();
      assertThat(world.get(agent, "/v1/provided/savedsearches").d().path("Results")).isEmpty();

      // With the contact its new agent reads it, and may take it away; it stays its maker's.
      world.as(agent, "PUT", "/v1/contacts/" + ana, ContactsTest.owner(ruth)).succeeded(200);
      assertThat(SparkWorld.words(world.get(agent, uri).result().path("ContactIds")))
          .containsExactly(bo);
      assertThat(names(world.get(ruths, "/v1/contacts/" + ana + "/savedsearches")))
          .containsExactly("Three beds");
      world.as(ruths, "PUT", uri, flat("x", FILTER)).failed(403, 1500);
      world.as(ruths, "PUT", uri + "/contacts/" + other, "").failed(400, 1053);
      world.as(ruths, "DELETE", uri + "/contacts/" + ana, "").succeeded(200);
      world.as(ruths, "DELETE", uri + "/contacts/" + ana, "").failed(404, 404);
      world.get(ruths, uri).failed(404, 404);
      world.get(consumer, uri).failed(404, 404);

      // What was made for the contact is its new agent's to change.
      var hers = make(world, ruths, "/v1/contacts/" + ana + "/savedsearches", "For Ana");
      var back = world.get(agent, "/v1/my/account").result().path("Id").asString();
      world.as(ruths, "PUT", "/v1/contacts/" + ana, ContactsTest.owner(back)).succeeded(200);
      world.get(ruths, "/v1/savedsearches/" + hers).failed(404, 404);
      world
          .as(agent, "PUT", "/v1/savedsearches/" + hers, "{\"D\":{\"Name\":\"For Ana L.\"}}")
          .succeeded(200);
      assertThat(world.get(agent, "/v1/savedsearches/" + hers).result().path("OwnerId").asString())
          .isEqualTo(back);
      world
          .as(agent, "DELETE", "/v1/savedsearches/" + hers + "/contacts/" + ana, "")
          .failed(400, 1053);

      world.as(agent, "DELETE", uri + "/contacts/" + bo, "").succeeded(200);
      assertThat(world.get(agent, uri).result().path("ContactIds")).isEmpty();
    }
  }

  @Test
  void all_goes_with_a_contact_that_is_deleted() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", ana));
      var shared = make(world, agent, "/v1/savedsearches", "Shared");
      world.as(agent, "PUT", "/v1/savedsearches/" + shared + "/contacts/" + ana, "").succeeded(200);
      var made = make(world, agent, "/v1/contacts/" + ana + "/savedsearches", "Made");
      var own = make(world, consumer, "/v1/savedsearches", "Own");
      world.as(agent, "DELETE", "/v1/contacts/" + ana, "").succeeded(200);
      world.get(agent, "/v1/savedsearches/" + made).failed(404, 404);
      world.get(agent, "/v1/savedsearches/" + own).failed(404, 404);
      assertThat(world.get(agent, "/v1/savedsearches/" + shared).result().path("ContactIds"))
          .isEmpty();
      world.as(consumer, "POST", "/v1/savedsearches", search("New", FILTER)).failed(404, 404);
      assertThat(rows(world, "saved_search")).isEqualTo(1);
      assertThat(rows(world, "saved_search_contact")).isZero();
    }
  }

  static int rows(SparkWorld world, String table) {
    return world
        .hub
        .hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Integer.class).one());
  }

  @Test
  void filters_are_read_when_they_are_saved() {
    try (var world = world()) {
      var agent = world.key("private");
      var path = "/v1/savedsearches";
      for (var wrong :
          List.of(
              "City In 'x'",
              "City Eq 'open",
              "City Eq 7",
              "ListPrice Eq 'cheap'",
              "Nothing Eq 'x'",
              "City Eq 'a' And Not City Eq 'b'",
              "\"Group\".\"Field\" Eq 'x'",
              "Location Eq 'Fargo'",
              "City Eq radius('46.8 -96.7',5)",
              "Location Eq radius('-96.7 46.8',5)",
              "Location Eq radius('NaN NaN',5)",
              "Location Eq polygon('0 0,1 1,0 1,1 0')",
              "Location Eq rectangle('51 178,52 -178')")) {
        var reply = world.as(agent, "POST", path, search("S", wrong));
        reply.failed(400, 1040);
        assertThat(reply.d().path("SparkQLErrors").get(0).path("Token").isString()).isTrue();
      }
      var crossing =
          world.as(agent, "POST", path, search("S", "Location Eq polygon('0 0,1 1,0 1,1 0')"));
      assertThat(crossing.d().path("SparkQLErrors").get(0).path("Message").asString())
          .contains("cross or touch each other at 0.500000 0.500000");
      // Each corner lies on the way from the one before, but there are too many.
      var corners = IntStream.range(0, 3000).mapToObj(i -> "0 0." + i).toList();
      world
          .as(agent, "POST", path, search("S", "Location Eq polygon('" + join(corners) + "')"))
          .failed(400, 1041);
      world
          .as(agent, "POST", path, search("S", "Location Eq polygon('" + "1 2,".repeat(260_000)))
          .failed(400, 1053);
      var many = new ArrayList<String>();
      for (int i = 0; i < 76; i++) {
        many.add("BedsTotal Eq " + i);
      }
      world.as(agent, "POST", path, search("S", String.join(" Or ", many))).failed(400, 1041);
      world.as(agent, "POST", path, search("S", "(((City Eq 'x')))")).failed(400, 1041);
      world.as(agent, "POST", path, search("S", "SavedSearch Eq '1'")).failed(400, 2001);
      world.as(agent, "POST", path, search("S", "EmailLink Eq '1'")).failed(400, 2002);
      world.as(agent, "POST", path, search("S", "SharedListing Eq '1'")).failed(400, 2003);
      world
          .as(agent, "POST", path, search("S", "City Eq '" + "x".repeat(65_536) + "'"))
          .failed(400, 1053);
      assertThat(rows(world, "saved_search")).isZero();
      // Permissively, what is unknown is kept, and named.
      var kept =
          world.as(
              agent,
              "POST",
              path + "?RequestMode=permissive",
              search("S", "Nothing Eq 'x' And City Eq 'y'"));
      kept.succeeded(201);
      assertThat(kept.d().path("SparkQLErrors").get(0).path("Status").asString())
          .isEqualTo("Dropped");
      assertThat(world.get(agent, path).result().path("Filter").asString())
          .isEqualTo("Nothing Eq 'x' And City Eq 'y'");
      var uri = world.get(agent, path).result().path("ResourceUri").asString();
      world.as(agent, "PUT", uri, "{\"D\":{\"Filter\":\"City Eq\"}}").failed(400, 1040);
      world.as(agent, "PUT", uri, "{\"D\":{\"Filter\":null}}").failed(400, 1050);
      // Every attribute of listings that the documents name can be asked for.
      ListingAttributes.list()
          .forEach((name, attribute) ->
              world
                  .as(agent, "PUT", uri, "{\"D\":{\"Filter\":\"" + name + " Ne NULL\"}}")
                  .succeeded(200));
    }
  }

  private static String join(List<String> corners) {
    return String.join(",", corners);
  }

  @Test
  void wrong_searches_are_refused_and_nothing_is_written() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var path = "/v1/contacts/" + ana + "/savedsearches";
      for (var missing :
          List.of(
              "{\"D\":{}}",
              "",
              "{\"D\":{\"SavedSearches\":[]}}",
              "{\"D\":{\"Filter\":\"City Eq 'x'\"}}",
              "{\"D\":{\"Name\":\" \",\"Filter\":\"City Eq 'x'\"}}",
              "{\"D\":{\"Name\":\"x\"}}",
              "{\"D\":{\"Name\":\"x\",\"Filter\":\"\"}}")) {
        world.as(agent, "POST", path, missing).failed(400, 1050);
      }
      for (var wrong :
          List.of(
              "{\"D\":{\"SavedSearches\":\"x\"}}",
              "{\"D\":{\"SavedSearches\":[\"x\"]}}",
              "{\"D\":{\"Name\":7,\"Filter\":\"City Eq 'x'\"}}",
              flat("x".repeat(76), FILTER),
              flat("a\u0001", FILTER),
              "{\"D\":{\"Name\":\"x\",\"Filter\":[\"City\"]}}",
              "{\"D\":{\"Name\":\"x\",\"Filter\":\"City Eq 'x'\",\"Tags\":\"Favorites\"}}",
              "{\"D\":{\"Name\":\"x\",\"Filter\":\"City Eq 'x'\",\"Tags\":[7]}}",
              "{\"D\":{\"Name\":\"x\",\"Filter\":\"City Eq 'x'\",\"AutoName\":\"perhaps\"}}",
              "{\"D\":{\"Name\":\"x\",\"Filter\":\"City Eq 'x'\",\"Annotations\":\""
                  + "x".repeat(10_000)
                  + "\"}}")) {
        world.as(agent, "POST", path, wrong).failed(400, 1053);
      }
      world.as(agent, "POST", path, "[]").failed(400, 1035);
      // One wrong search among several: none is kept.
      var several = Json.object();
      var list = several.putObject("D").putArray("SavedSearches");
      list.addObject().put("Name", "fine").put("Filter", FILTER);
      list.addObject().put("Name", "wrong").put("Filter", "City");
      world.as(agent, "POST", path, several.toString()).failed(400, 1040);
      assertThat(rows(world, "saved_search")).isZero();
      world
          .as(agent, "POST", "/v1/contacts/none/savedsearches", search("x", FILTER))
          .failed(404, 404);
      world.get(agent, "/v1/savedsearches/none").failed(404, 404);
      world.get(agent, "/v1/savedsearches?_limit=26").failed(400, 1053);
      // A quick search stands for a filter.
      world
          .as(agent, "POST", path, "{\"D\":{\"Name\":\"quick\",\"QuickSearchId\":\"q1\"}}")
          .succeeded(201);
      assertThat(world.get(agent, path).result().path("QuickSearchId").asString()).isEqualTo("q1");
    }
  }

  @Test
  void names_are_one_holders_once_and_auto_name_finds_another() throws Exception {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var path = "/v1/savedsearches";
      make(world, agent, path, "Beds");
      make(world, agent, "/v1/contacts/" + ana + "/savedsearches", "Beds");
      world.as(agent, "POST", path, search("bEDS", FILTER)).failed(409, 1055);
      var auto = "{\"D\":{\"Name\":\"Beds\",\"Filter\":\"City Eq 'x'\",\"AutoName\":true}}";
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < 8; i++) {
        work.add(() -> world.as(agent, "POST", path, auto).status());
      }
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var done : pool.invokeAll(work)) {
          assertThat(done.get()).isEqualTo(201);
        }
      }
      assertThat(names(world.get(agent, path)))
          .containsExactly(
              "Beds",
              "Beds (2)",
              "Beds (3)",
              "Beds (4)",
              "Beds (5)",
              "Beds (6)",
              "Beds (7)",
              "Beds (8)",
              "Beds (9)");
      var page = world.get(agent, path + "?_limit=2&_page=2&_pagination=1&_select=Name");
      assertThat(names(page)).containsExactly("Beds (3)", "Beds (4)");
      assertThat(page.d().path("Pagination").path("TotalRows").intValue()).isEqualTo(9);
      assertThat(page.d().path("Results").get(0).propertyNames())
          .containsExactlyInAnyOrder("Id", "ResourceUri", "Name");
    }
  }

  @Test
  void tags_lead_to_searches_and_each_change_is_a_line_of_the_log() {
    try (var world = world()) {
      var agent = world.key("private");
      var one = make(world, agent, "/v1/savedsearches", "One");
      var two = make(world, agent, "/v1/savedsearches", "Two");
      world
          .as(
              agent,
              "PUT",
              "/v1/savedsearches/" + one,
              "{\"D\":{\"Tags\":[\"Favorites\",\"x y\"]}}")
          .succeeded(200);
      assertThat(
              world
                  .get(agent, "/v1/savedsearches/tags")
                  .d()
                  .path("Results")
                  .findValuesAsString("Tag"))
          .containsExactly("Favorites", "x y");
      assertThat(names(world.get(agent, "/v1/savedsearches/tags/favorites")))
          .containsExactly("One");
      assertThat(names(world.get(agent, "/v1/savedsearches/tags/x%20y"))).containsExactly("One");
      assertThat(names(world.get(agent, "/v1/savedsearches/tags/none"))).isEmpty();

      // The one that was changed last comes last to who matches listings.
      var store = world.hub.hub().store();
      var all = SavedSearch.listChanged(store, 0, 10);
      assertThat(all).extracting(SavedSearch::id).containsExactly(two, one);
      assertThat(SavedSearch.listChanged(store, all.getFirst().seq(), 10))
          .extracting(SavedSearch::id)
          .containsExactly(one);
      world.as(agent, "DELETE", "/v1/savedsearches/" + two, "").succeeded(200);
      var lines =
          store.read(h ->
              h.createQuery(
                      "SELECT kind || ' ' || subject FROM log WHERE kind LIKE 'search.%'"
                          + " ORDER BY seq")
                  .mapTo(String.class)
                  .list());
      assertThat(lines)
          .containsExactly(
              "search.created " + one,
              "search.created " + two,
              "search.changed " + one,
              "search.deleted " + two);
    }
  }

  @Test
  void a_holder_has_a_thousand_searches_and_no_more() {
    try (var world = world()) {
      var agent = world.key("private");
      for (int i = 0; i < 40; i++) {
        var body = Json.object();
        var list = body.putObject("D").putArray("SavedSearches");
        for (int n = 0; n < 25; n++) {
          list.addObject().put("Name", "S " + i + " " + n).put("Filter", FILTER);
        }
        assertThat(
                world
                    .as(agent, "POST", "/v1/savedsearches", body.toString())
                    .succeeded(201)
                    .d()
                    .path("Results"))
            .hasSize(25);
      }
      world.as(agent, "POST", "/v1/savedsearches", search("One more", FILTER)).failed(400, 1053);
      var several = Json.object();
      var list = several.putObject("D").putArray("SavedSearches");
      for (int n = 0; n < 26; n++) {
        list.addObject().put("Name", "T " + n).put("Filter", FILTER);
      }
      world.as(agent, "POST", "/v1/savedsearches", several.toString()).failed(400, 1053);
      assertThat(rows(world, "saved_search")).isEqualTo(1000);
    }
  }
}
