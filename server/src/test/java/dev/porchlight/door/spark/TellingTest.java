package dev.porchlight.door.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.porchlight.api.MessageSchemas;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// From a change of a listing to the mail that a contact reads, by the contact's schedule.
@OnEveryDatabase
class TellingTest {
  @Parameter Database database;
  @TempDir Path folder;
  private final GreenMail post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
  private SparkWorld world;
  private HarborListings listings;
  private SparkWorld.Key agent;
  private String ana;

  @BeforeEach
  void start() {
    post.start();
    world = new SparkWorld(database.start(folder));
    var server = Json.object().put("host", "127.0.0.1").put("security", "none");
    server.put("port", post.getSmtp().getPort()).put("from", "hub@porch.example.org");
    assertThat(world.hub.api().patch("/mail-server", server).status()).isEqualTo(200);
    listings = new HarborListings(world);
    agent = world.key("private", b -> b.put("member", world.member("Dana Fields")));
    ana = ContactsTest.make(world, agent, "Ana <b>Lopez</b>", "ana@example.org");
  }

  @AfterEach
  void stop() {
    world.close();
    post.stop();
  }

  private void put(String path, String body) {
    world.as(agent, "PUT", path, "{\"D\":" + body + "}").succeeded(200);
  }

  /// Waits until that many deliveries of what people are told have ended, and gives all mails.
  private List<MimeMessage> mails(int ended) {
    world.hub.await(
        ended + " deliveries",
        () ->
            Optional.of(
                    world.hub.items("/deliveries?limit=200").stream()
                        .filter(d -> !d.path("state").asString().equals("pending"))
                        .toList())
                .filter(d -> d.size() >= ended));
    // They come by mailbox.
    return Arrays.stream(post.getReceivedMessages())
        .sorted(Comparator.comparing(TellingTest::sentAt))
        .toList();
  }

  private static Date sentAt(MimeMessage mail) {
    try {
      return mail.getSentDate();
    } catch (MessagingException e) {
      throw new AssertionError(e);
    }
  }

  private static String part(MimeMessage mail, int n) {
    try {
      return (String) ((MimeMultipart) mail.getContent()).getBodyPart(n).getContent();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode contact(String more) {
    return world.get(agent, "/v1/contacts/" + ana + more).result();
  }

  private static void shown(ObjectNode listing) {
    listing.put("internetAddressDisplayYN", "Y");
  }

  @Test
  void who_is_told_at_once_gets_a_mail_at_each_address_until_they_want_none() throws Exception {
    try (var crm = FakeCrm.open(world.hub.clock())) {
      var endpoint =
          world.hub.addEndpoint(
              crm.url("/feeds"), "porchlight", e -> e.putArray("kinds").add("feed.notified"));
      put(
          "/v1/contacts/" + ana,
          "{\"SecondaryEmails\":[\"two@example.org\",\"three@example.org\"],"
              + "\"AdditionalNotificationEmails\":[\"two@example.org\"]}");
      var feed = listings.waits(agent, ana, "");
      listings.changes("1", 450_000, l -> l.put("addressRegion", "ME\r\nBcc: x@example.org<i>"));
      var first = mails(3);
      assertThat(first)
          .extracting(m -> m.getAllRecipients()[0].toString())
          .containsExactlyInAnyOrder("ana@example.org", "two@example.org");
      var mail = first.getFirst();
      assertThat(mail.getFrom()[0].toString()).isEqualTo("Dana Fields <hub@porch.example.org>");
      assertThat(mail.getSubject()).isEqualTo("New: Harbor, ME Bcc: x@example.org<i>");
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(part(mail, 0)).contains("Hello Ana <b>Lopez</b>", "$450,000", "3 beds");
      assertThat(part(mail, 1))
          .contains("Hello Ana &lt;b&gt;Lopez&lt;/b&gt;", "x@example.org&lt;i&gt;")
          .contains("name=\"viewport\"")
          .doesNotContain("<i>");
      // The owner did not say that the address may be shown.
      assertThat(part(mail, 0) + part(mail, 1)).doesNotContain("Quay");
      assertThat(mail.getHeader("Porchlight-Path")).hasSize(1);
      var event = crm.await(1).getFirst();
      assertThat(event.header("Porchlight-Path")).isNotEmpty();
      assertThat(event.isSignedWith(endpoint.secret())).isTrue();
      assertThat(event.json().path("type").asString()).isEqualTo("feed.notified");
      assertThat(
              new MessageSchemas(
                      new YAMLMapper()
                          .readTree(Files.readAllBytes(Path.of("../contracts/asyncapi.yaml"))))
                  .problems("FeedNotifiedPayload", event.json()))
          .isEmpty();
      assertThat(event.json().at("/data/contact").asString()).isEqualTo(ana);
      assertThat(event.json().at("/data/items/0/feeds/0/id").asString()).isEqualTo(feed);
      assertThat(event.json().at("/data/items/0/fields/ListPrice").intValue()).isEqualTo(450_000);

      // What follows within a minute comes together, and once, whatever the hub does.
      listings.changes("1", 400_000, TellingTest::shown);
      listings.changes("2", 100_000, TellingTest::shown);
      world.hub.restart();
      world.hub.clock().advance(Duration.ofSeconds(61));
      var second = mails(6);
      assertThat(second).hasSize(4);
      var both = second.get(2);
      assertThat(both.getSubject()).isEqualTo("2 homes with news, 1 of them new");
      assertThat(part(both, 0))
          .contains("New: 2 Quay, Harbor", "Price reduced: 1 Quay, Harbor", "(was $450,000)");
      var summary = contact("?_expand=NewsFeedNotificationSummary");
      assertThat(summary.at("/NewsFeedNotificationSummary").toString())
          .isEqualTo(
              "{\"LastListingNotificationEventTimestamp\":\"2026-03-14T09:31:04Z\","
                  + "\"UnapprovedListingNotificationEventCount\":0,"
                  + "\"UnreadListingNotificationEventCount\":3}");
      assertThat(contact("/activity").path("SubscriptionEmailsSent").intValue()).isEqualTo(4);

      assertThat(
              world
                  .get(agent, "/v1/newsfeeds/" + feed)
                  .result()
                  .path("LastEventTimestamp")
                  .asString())
          .isEqualTo("2026-03-14T09:30:03Z");

      assertThat(world.hub.hub().examine())
          .anyMatch(f -> f.sentence().contains("porchlight mail set --links"));

      // Nothing that opens the link ends the mails; the one click does.
      assertThat(both.getHeader("List-Unsubscribe-Post"))
          .containsExactly("List-Unsubscribe=One-Click");
      var header = both.getHeader("List-Unsubscribe")[0];
      assertThat(part(both, 1)).contains(header.substring(1, header.length() - 1));
      var link = URI.create(header.substring(1, header.length() - 1));
      assertThat(
              world
                  .send(world.hub.address(), "GET", link.getPath(), new byte[0], Map.of())
                  .status())
          .isEqualTo(200);
      assertThat(contact("/newsfeeds/schedule").has("UnsubscribedTimestamp")).isFalse();
      var forged = link.getPath().substring(0, link.getPath().length() - 1) + "x";
      assertThat(click(forged)).isEqualTo(404);
      assertThat(click(link.getPath())).isEqualTo(200);
      assertThat(contact("/newsfeeds/schedule").has("UnsubscribedTimestamp")).isTrue();
      world.hub.clock().advance(Duration.ofMinutes(2));
      listings.changes("3", 1);
      assertThat(crm.await(3)).hasSize(3);
      assertThat(mails(7)).hasSize(4);
      // The agent can't undo that; the contact can.
      var schedule = "{\"D\":{\"Frequency\":\"Instant\"}}";
      world
          .as(agent, "POST", "/v1/contacts/" + ana + "/newsfeeds/schedule", schedule)
          .succeeded(201);
      assertThat(contact("/newsfeeds/schedule").has("UnsubscribedTimestamp")).isTrue();
      var consumer = world.key("vow", b -> b.put("contact", ana));
      world.as(consumer, "POST", "/v1/newsfeeds/schedule", schedule).succeeded(201);
      world.hub.clock().advance(Duration.ofMinutes(2));
      listings.changes("4", 1);
      assertThat(mails(10)).hasSize(6);

      // Nor does who has withdrawn their consent to any provider get mail, until they give it
      // again.
      listings.allows("ANA@example.org", false);
      world.hub.clock().advance(Duration.ofMinutes(2));
      listings.changes("5", 1);
      assertThat(mails(11)).hasSize(6);
      listings.allows("ana@example.org", true);
      world.hub.clock().advance(Duration.ofMinutes(2));
      listings.changes("6", 1);
      assertThat(mails(14)).hasSize(8);
    }
  }

  private int click(String path) {
    return world
        .send(
            world.hub.address(),
            "POST",
            path,
            "List-Unsubscribe=One-Click".getBytes(UTF_8),
            Map.of("Content-Type", "application/x-www-form-urlencoded"))
        .status();
  }

  @Test
  void a_daily_mail_comes_at_its_hour_where_the_office_is_with_what_is_approved() {
    var zone = Json.object().put("time_zone", "America/Chicago");
    assertThat(world.hub.api().patch("/nodes/" + world.office() + "/mail", zone).status())
        .isEqualTo(200);
    listings.waits(agent, ana, ",\"Curated\":true");
    var schedule = "/v1/contacts/" + ana + "/newsfeeds/schedule";
    world
        .as(
            agent,
            "POST",
            schedule,
            "{\"D\":{\"Frequency\":\"Scheduled\",\"HoursOfDay\":[8],\"TimeZone\":\"Nowhere\"}}")
        .failed(400, 1053);
    world
        .as(agent, "POST", schedule, "{\"D\":{\"Frequency\":\"Scheduled\",\"HoursOfDay\":[8]}}")
        .succeeded(201);
    // Summer time: 8 in Chicago is 13 in UTC.
    assertThat(contact("/newsfeeds/schedule").path("NextTimestamp").asString())
        .isEqualTo("2026-03-14T13:00:00Z");
    listings.changes("1", 500_000);
    listings.changes("2", 500_000);
    listings.changes("1", 480_000);
    var path = "/v1/contacts/" + ana + "/newsfeeds/events";
    var waiting =
        world.hub.await(
            "three events",
            () ->
                Optional.of(world.get(agent, path).d().path("Results")).filter(e -> e.size() == 3));
    assertThat(notifications()).containsExactly(3, 0);
    for (int i = 0; i < 3; i += 2) {
      var uri = waiting.get(i).path("ResourceUri").asString();
      put(uri, "{\"Approved\":true}");
      put(uri, "{\"Approved\":false}");
      put(uri, "{\"Approved\":true}");
    }
    assertThat(post.getReceivedMessages()).isEmpty();
    world.hub.clock().advance(Duration.ofHours(4));
    var mail = mails(1).getFirst();
    assertThat(part(mail, 0))
        .contains("New, Price reduced: Harbor", "$480,000 (was $500,000)")
        .doesNotContain("2 Quay");
    assertThat(notifications()).containsExactly(1, 2);

    // What is approved later comes with the next one; what was told does not come again.
    put(waiting.get(2).path("ResourceUri").asString(), "{\"Approved\":false}");
    put(waiting.get(2).path("ResourceUri").asString(), "{\"Approved\":true}");
    put(waiting.get(1).path("ResourceUri").asString(), "{\"Approved\":true}");
    world.hub.clock().advance(Duration.ofDays(1));
    var all = mails(2);
    assertThat(all).hasSize(2);
    assertThat(part(all.getLast(), 0)).contains("New: Harbor").doesNotContain("$480,000");
    // The clocks have gone on by then, and nothing is told of nothing.
    world.hub.clock().advance(Duration.ofDays(30));
    Awaitility.await()
        .atMost(TestHub.PATIENCE)
        .until(
            () -> contact("/newsfeeds/schedule").path("NextTimestamp").asString(),
            "2026-04-15T13:00:00Z"::equals);
    assertThat(post.getReceivedMessages()).hasSize(2);
  }

  private List<Integer> notifications() {
    var summary =
        contact("?_expand=NewsFeedNotificationSummary").path("NewsFeedNotificationSummary");
    return List.of(
        summary.path("UnapprovedListingNotificationEventCount").intValue(),
        summary.path("UnreadListingNotificationEventCount").intValue());
  }
}
