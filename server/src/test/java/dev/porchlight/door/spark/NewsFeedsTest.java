package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Subscriptions to saved searches.
@OnEveryDatabase
class NewsFeedsTest {
  @Parameter Database database;
  @TempDir Path folder;

  private SparkWorld world() {
    return new SparkWorld(database.start(folder));
  }

  private static String feed(String search, String more) {
    return "{\"D\":{\"Subscription\":{\"Id\":\"" + search + "\"}" + more + "}}";
  }

  @Test
  void a_search_is_subscribed_to_for_a_contact_and_given_to_it() {
    try (var world = world()) {
      var agent = world.key("private");
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", ana));
      var search = SavedSearchesTest.make(world, agent, "/v1/savedsearches", "Beds");
      var below = "/v1/contacts/" + ana + "/newsfeeds";
      var made =
          world
              .as(agent, "POST", below, feed(search, ",\"Events\":[\"New\",\"PriceChange\"]"))
              .succeeded(201)
              .result();
      var uri = made.path("ResourceUri").asString();
      assertThat(uri).isEqualTo("/v1/newsfeeds/" + made.path("Id").asString());
      var seen = world.get(agent, uri).result();
      assertThat(seen.path("Name").asString()).isEqualTo("Beds");
      assertThat(seen.path("Type").asString()).isEqualTo("SavedSearch");
      assertThat(seen.path("OwnerId").asString()).isEqualTo(ana);
      assertThat(seen.path("Active").booleanValue()).isTrue();
      assertThat(seen.path("NotificationsActive").booleanValue()).isTrue();
      assertThat(seen.path("Curated").booleanValue()).isFalse();
      assertThat(seen.path("Events").toString()).isEqualTo("[\"New\",\"PriceChange\"]");
      assertThat(seen.path("Subscription").path("Id").asString()).isEqualTo(search);
      assertThat(world.get(consumer, "/v1/newsfeeds").result()).isEqualTo(seen);
      assertThat(world.get(agent, below).result()).isEqualTo(seen);
      assertThat(world.get(agent, "/v1/newsfeeds").d().path("Results")).isEmpty();
      // With it a schedule, and the search itself.
      assertThat(
              world
                  .get(agent, "/v1/contacts/" + ana + "/newsfeeds/schedule")
                  .result()
                  .path("Frequency")
                  .asString())
          .isEqualTo("Instant");
      assertThat(
              world
                  .get(consumer, "/v1/provided/savedsearches?_expand=NewsFeedSubscriptionSummary")
                  .result()
                  .path("NewsFeedSubscriptionSummary")
                  .path("ActiveSubscription")
                  .booleanValue())
          .isTrue();
      world.as(agent, "POST", below, feed(search, "")).failed(400, 2505);

      // The contact turns it off.
      world
          .as(consumer, "PUT", uri, "{\"D\":{\"Active\":false,\"ExpirationDate\":\"2027-01-31\"}}")
          .succeeded(200);
      var expanded =
          world
              .get(
                  agent,
                  "/v1/savedsearches/"
                      + search
                      + "?_expand=NewsFeeds,%20NewsFeedSubscriptionSummary")
              .result();
      assertThat(expanded.path("NewsFeeds").get(0).path("Active").booleanValue()).isFalse();
      assertThat(expanded.path("NewsFeeds").get(0).path("ExpirationDate").asString())
          .isEqualTo("2027-01-31");
      assertThat(
              expanded
                  .path("NewsFeedSubscriptionSummary")
                  .path("ActiveSubscription")
                  .booleanValue())
          .isFalse();
      assertThat(SparkWorld.words(expanded.path("UnsubscribedContactIds"))).containsExactly(ana);

      // A site sees the agent's search, and nothing of whom it is for.
      var site =
          world.get(world.key("public"), "/v1/savedsearches/" + search + "?_expand=NewsFeeds");
      assertThat(site.result().path("NewsFeeds").isArray()).isTrue();
      assertThat(site.result().path("NewsFeeds")).isEmpty();
      assertThat(site.toString()).doesNotContain(ana);

      // Nothing has happened to any listing.
      for (var path : List.of("/v1/newsfeeds/events", below + "/events")) {
        var reply = world.get(agent, path + "?_pagination=1").succeeded(200);
        assertThat(reply.d().path("Results")).isEmpty();
        assertThat(reply.d().path("Pagination").path("TotalRows").intValue()).isZero();
      }
      var summaries =
          world
              .get(
                  agent,
                  "/v1/contacts/" + ana + "?_expand=NewsFeedSummary,NewsFeedNotificationSummary")
              .result();
      assertThat(summaries.path("NewsFeedSummary").path("UnreadListingEventCount").intValue())
          .isZero();

      // Taken from the contact, the search takes its feed with it.
      world
          .as(agent, "DELETE", "/v1/savedsearches/" + search + "/contacts/" + ana, "")
          .succeeded(200);
      world.get(agent, uri).failed(404, 404);
    }
  }

  @Test
  void feeds_are_their_holders_and_their_agents_alone() {
    try (var world = world()) {
      var agent = world.key("private");
      var ruth = world.member("Ruth Okafor");
      var ruths = world.key("private", b -> b.put("member", ruth));
      var ana = ContactsTest.make(world, agent, "Ana", "ana@example.org");
      var consumer = world.key("vow", b -> b.put("contact", ana));
      var own = SavedSearchesTest.make(world, consumer, "/v1/savedsearches", "Own");
      var agents = SavedSearchesTest.make(world, agent, "/v1/savedsearches", "Agent's");
      world.as(consumer, "POST", "/v1/newsfeeds", feed(agents, "")).failed(400, 1053);
      world.as(ruths, "POST", "/v1/newsfeeds", feed(agents, "")).failed(400, 1053);
      var uri =
          world
              .as(consumer, "POST", "/v1/newsfeeds", feed(own, ",\"NotificationsActive\":false"))
              .succeeded(201)
              .result()
              .path("ResourceUri")
              .asString();
      assertThat(world.get(consumer, "/v1/newsfeeds/schedule").d().path("Results")).isEmpty();
      world.get(ruths, uri).failed(404, 404);
      world.as(ruths, "PUT", uri, "{\"D\":{\"Active\":false}}").failed(404, 404);
      world.as(ruths, "DELETE", uri, "").failed(404, 404);
      world.get(agent, uri).succeeded(200);
      world.get(world.key("public"), uri).failed(404, 404);
      var mine =
          world
              .as(agent, "POST", "/v1/newsfeeds", feed(agents, ",\"Name\":\"N\""))
              .succeeded(201)
              .result()
              .path("ResourceUri")
              .asString();
      world.get(world.key("public"), mine).succeeded(200);
      // A deleted search ends its feeds; a deleted contact all of its own.
      world.as(agent, "DELETE", "/v1/savedsearches/" + agents, "").succeeded(200);
      world.get(agent, mine).failed(404, 404);
      world.as(agent, "DELETE", "/v1/contacts/" + ana, "").succeeded(200);
      assertThat(SavedSearchesTest.rows(world, "news_feed")).isZero();
    }
  }

  @Test
  void schedules_are_set_and_ended() {
    try (var world = world()) {
      var agent = world.key("private");
      var path = "/v1/newsfeeds/schedule";
      world.as(agent, "DELETE", path, "").failed(404, 404);
      world
          .as(
              agent,
              "POST",
              path,
              "{\"D\":{\"Frequency\":\"Scheduled\",\"HoursOfDay\":[17,8,8],\"DaysOfWeek\":[1]}}")
          .succeeded(201);
      var schedule = world.get(agent, path).result();
      assertThat(schedule.path("Frequency").asString()).isEqualTo("Scheduled");
      assertThat(schedule.path("HoursOfDay").toString()).isEqualTo("[8,17]");
      assertThat(schedule.path("DaysOfWeek").toString()).isEqualTo("[1]");
      assertThat(schedule.path("DaysOfMonth").toString()).isEqualTo("[]");
      world.as(agent, "POST", path, "{\"D\":{\"Frequency\":\"Instant\"}}").succeeded(201);
      assertThat(world.get(agent, path).result().has("HoursOfDay")).isFalse();
      for (var wrong :
          List.of(
              "{\"Frequency\":\"Often\"}",
              "{\"Frequency\":\"Scheduled\",\"HoursOfDay\":[24]}",
              "{\"Frequency\":\"Scheduled\",\"HoursOfDay\":[\"8\"]}",
              "{\"Frequency\":\"Scheduled\",\"HoursOfDay\":8}",
              "{\"Frequency\":\"Scheduled\",\"HoursOfDay\":[8],\"DaysOfMonth\":[0]}")) {
        world.as(agent, "POST", path, "{\"D\":" + wrong + "}").failed(400, 1053);
      }
      world.as(agent, "POST", path, "{\"D\":{\"Frequency\":\"Scheduled\"}}").failed(400, 1050);
      world.as(agent, "POST", path, "{\"D\":{}}").failed(400, 1050);
      world.as(agent, "DELETE", path, "").succeeded(200);
      assertThat(world.get(agent, path).d().path("Results")).isEmpty();
    }
  }

  @Test
  void wrong_feeds_are_refused() {
    try (var world = world()) {
      var agent = world.key("private");
      var search = SavedSearchesTest.make(world, agent, "/v1/savedsearches", "Beds");
      var path = "/v1/newsfeeds";
      world.as(agent, "POST", path, "{\"D\":{\"Name\":\"x\"}}").failed(400, 1050);
      world.as(agent, "POST", path, "").failed(400, 1050);
      for (var wrong :
          List.of(
              ",\"Type\":\"Listing\"",
              ",\"Active\":\"perhaps\"",
              ",\"Events\":\"New\"",
              ",\"Events\":[\"Rumour\"]",
              ",\"NotificationMethods\":[\"Fax\"]",
              ",\"ExpirationDate\":\"2027-02-30\"",
              ",\"Name\":\"" + "x".repeat(76) + "\"")) {
        world.as(agent, "POST", path, feed(search, wrong)).failed(400, 1053);
      }
      world.as(agent, "POST", path, feed("none", "")).failed(400, 1053);
      var quick =
          world
              .as(
                  agent,
                  "POST",
                  "/v1/savedsearches",
                  "{\"D\":{\"Name\":\"quick\",\"QuickSearchId\":\"q1\"}}")
              .succeeded(201)
              .result()
              .path("Id")
              .asString();
      world.as(agent, "POST", path, feed(quick, "")).failed(400, 2500);
      assertThat(SavedSearchesTest.rows(world, "news_feed")).isZero();
      world.get(agent, path + "/none").failed(404, 404);
      // As a list and by other names of the search, as clients may send it.
      world
          .as(
              agent,
              "POST",
              path,
              "{\"D\":{\"NewsFeeds\":[{\"Subscription\":{\"SavedSearch\":{\"Id\":\""
                  + search
                  + "\"}}}]}}")
          .succeeded(201);
    }
  }
}
