package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Publishing into pods, and what receivers find, over the wire.
@OnEveryDatabase
class EventsTest {
  private static final String LISTING = "realestate/listing";

  @Parameter Database database;
  @TempDir Path folder;
  private Pods pods;
  private Pods.Pod office;
  private Pods.Pod feed;
  private Pods.Pod app;

  @BeforeEach
  void start() {
    pods = new Pods(folder, database);
    office = pods.party("Harbor Realty", "office");
    feed = pods.party("Listing feed", "app", b -> b.put("default_recipient", office.id));
    app = pods.party("Harbor CRM", "app");
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private void granted() {
    pods.grant(office, feed, LISTING, null);
    pods.grant(office, app, null, LISTING);
  }

  private List<JsonNode> listings() {
    return pods.hub.items("/listings");
  }

  @Test
  void the_published_example_as_it_stands_reaches_its_subscribers() {
    granted();
    var answer = feed.publish(Pods.example());
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    var id = answer.json().path("id").asString();
    assertThat(id).matches(java.util.regex.Pattern.quote(feed.url) + "publish/[0-9a-f]{32}");
    assertThat(answer.header("Location")).isEqualTo(id);
    var copies = List.of(office.inbox(), app.inbox());
    for (var inbox : copies) {
      assertThat(inbox).hasSize(1);
      var copy = inbox.getFirst();
      assertThat(copy.path("data")).isEqualTo(Json.tree(Pods.example()).path("data"));
      assertThat(copy.path("topic").asString()).isEqualTo("realestate/listing#update");
      assertThat(copy.path("id").asString()).isEqualTo(id);
      assertThat(copy.path("agent").asString()).isEqualTo(office.profile);
      assertThat(copy.path("instrument").asString()).isEqualTo(feed.profile);
      assertThat(copy.path("originalRecipient").asString()).isEqualTo(office.profile);
      assertThat(copy.has("recipient")).isFalse();
      assertThat(copy.path("time").asString()).startsWith("2026-03-14T09:30:00");
      assertThat(copy.path("timestamp").asLong())
          .isEqualTo(pods.hub.clock().instant().toEpochMilli());
    }
    assertThat(
            copies.stream()
                .map(i -> i.getFirst().path("@id").asString())
                .collect(Collectors.toSet()))
        .hasSize(2)
        .allMatch(i -> i.contains("/inbox/"));
    // A copy is there by its own address, for its owner alone.
    var address = app.inbox().getFirst().path("@id").asString();
    assertThat(pods.send("GET", address, app.key, null, null).json())
        .isEqualTo(app.inbox().getFirst());
    assertThat(pods.send("GET", address, office.key, null, null).status()).isEqualTo(403);
    assertThat(feed.inbox()).isEmpty();
    // And the hub knows the listing.
    var listing = pods.hub.api().read("/listings/" + listings().getFirst().path("id").asString());
    assertThat(listing.path("mls_name").asString()).isEqualTo("GOTHAM-MLS");
    assertThat(listing.path("mls_id").asString()).isEqualTo("12345");
    assertThat(listing.at("/standard_fields/City").asString()).isEqualTo("Gotham City");
    assertThat(listing.at("/standard_fields/ListPrice").decimalValue())
        .isEqualByComparingTo("75000");
    assertThat(listing.at("/standard_fields/BedsTotal").decimalValue()).isEqualByComparingTo("3");
    assertThat(listing.at("/standard_fields/LivingArea").decimalValue())
        .isEqualByComparingTo("1500");
    assertThat(listing.at("/standard_fields/PropertySubType").asString()).isEqualTo("Apartment");
    assertThat(listing.at("/members/originatingSystemKey").asString()).isEqualTo("12345");
    assertThat(listing.at("/members/modificationTimestamp").asString())
        .isEqualTo("2022-11-17T00:00:00Z");
  }

  @Test
  void the_envelope_is_set_kept_or_overwritten() {
    granted();
    var event = Pods.listing(office.profile, "1", o -> o.put("addressLocality", "Harbor"));
    event.put("agent", "https://evil.example.org/profile/card#me");
    event.put("instrument", "https://evil.example.org/profile/card#me");
    event.put("@id", "https://evil.example.org/inbox/1");
    event.put("timestamp", 5);
    event.put("time", "2026-03-14T08:00:00+01:00");
    event.put("originalRecipient", "https://first.example.org/profile/card#me");
    event.put("identifier", "ours-1");
    assertThat(feed.publish(event).status()).isEqualTo(201);
    var copy = app.inbox().getFirst();
    assertThat(copy.path("agent").asString()).isEqualTo(office.profile);
    assertThat(copy.path("instrument").asString()).isEqualTo(feed.profile);
    assertThat(copy.path("@id").asString()).startsWith(app.url + "inbox/");
    assertThat(copy.path("timestamp").asLong()).isGreaterThan(5);
    assertThat(copy.path("time").asString()).isEqualTo("2026-03-14T07:00:00Z");
    assertThat(copy.path("originalRecipient").asString())
        .isEqualTo("https://first.example.org/profile/card#me");
    assertThat(copy.path("identifier").asString()).isEqualTo("ours-1");
    // A time of the future is not believed.
    event.put("time", "2027-01-01T00:00:00Z");
    feed.publish(event);
    assertThat(app.inbox().get(1).path("time").asString()).startsWith("2026-03-14");
  }

  @Test
  void an_id_is_kept_below_the_publishers_own_pod_only_and_names_one_event() {
    granted();
    var event = Pods.listing(office.profile, "1", o -> o.put("addressLocality", "Harbor"));
    event.put("id", feed.url + "publish/mine");
    assertThat(feed.publish(event).json().path("id").asString()).endsWith("publish/mine");
    assertThat(feed.publish(event).status()).isEqualTo(201);
    assertThat(app.inbox()).hasSize(1);
    ((ObjectNode) event.at("/data/object")).put("addressLocality", "Elsewhere");
    assertThat(feed.publish(event).status()).isEqualTo(409);
    assertThat(app.inbox()).hasSize(1);
    event.put("id", office.url + "publish/theirs");
    assertThat(feed.publish(event).json().path("id").asString())
        .startsWith(feed.url + "publish/")
        .doesNotContain("theirs");
  }

  @Test
  void what_is_not_granted_is_refused_and_names_who_refused() {
    var event = Pods.listing(office.profile, "1", _ -> {});
    var refused = feed.publish(event);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.error()).contains(office.profile);
    // A group is compared as a whole, and publishing is not subscribing.
    pods.grant(office, feed, "realestate/list", LISTING);
    assertThat(feed.publish(event).status()).isEqualTo(403);
    var grant = pods.grant(office, feed, "realestate/listing#update", null);
    assertThat(feed.publish(event).status()).isEqualTo(201);
    assertThat(feed.publish(event.deepCopy().put("topic", "realestate/listing#delete")).status())
        .isEqualTo(403);
    // One who refuses refuses for all.
    var other = pods.party("Other Realty", "office");
    var both = event.deepCopy();
    both.putArray("recipient").add(office.profile).add(other.profile);
    assertThat(feed.publish(both).error()).contains(other.profile);
    assertThat(other.inbox()).isEmpty();
    assertThat(office.inbox()).hasSize(1);
    pods.hub.api().delete("/grants/" + grant.path("id").asString());
    assertThat(feed.publish(event).status()).isEqualTo(403);
  }

  @Test
  void nobody_gets_an_event_by_two_paths() {
    granted();
    var other = pods.party("Other Realty", "office");
    pods.grant(other, feed, LISTING, null);
    pods.grant(other, app, null, LISTING);
    pods.grant(office, app, null, LISTING);
    var event = Pods.listing(office.profile, "1", o -> o.put("addressLocality", "Harbor"));
    event.putArray("source").add(other.profile).add(office.profile).add(other.profile);
    assertThat(feed.publish(event).status()).isEqualTo(201);
    assertThat(app.inbox()).hasSize(1);
    assertThat(office.inbox()).hasSize(1);
    assertThat(other.inbox()).hasSize(1);
    assertThat(app.inbox().getFirst().path("agent").asString()).isEqualTo(office.profile);
    assertThat(other.inbox().getFirst().path("agent").asString()).isEqualTo(other.profile);
    assertThat(other.inbox().getFirst().path("source")).hasSize(3);
  }

  @Test
  void a_grant_may_filter_and_leave_out() {
    pods.grant(office, feed, LISTING, null);
    pods.grant(
        office,
        app,
        null,
        LISTING,
        b -> {
          b.put(
              "filter",
              "City Eq 'Harbor' And ListPrice Le 500000 And Location Eq radius('41.5 -70.5',3)");
          b.putArray("redaction").add("/object/listingAgent/email").add("/object/image/*/name");
        });
    feed.publish(Pods.listing(office.profile, "1", o -> o.put("addressLocality", "Elsewhere")));
    feed.publish(
        Pods.listing(
            office.profile,
            "2",
            o -> {
              o.put("addressLocality", "Harbor").put("latitude", 41.49).put("longitude", -70.51);
              o.putObject("listingPrice").put("price", 450000).put("priceCurrency", "USD");
              o.putObject("listingAgent").put("name", "Lee").put("email", "lee@example.org");
              o.putArray("image")
                  .addObject()
                  .put("name", "a.jpg")
                  .put("id", "https://i.example.org/a");
            }));
    assertThat(office.inbox()).hasSize(2);
    assertThat(app.inbox()).hasSize(1);
    var object = app.inbox().getFirst().at("/data/object");
    assertThat(object.at("/listingAgent/name").asString()).isEqualTo("Lee");
    assertThat(object.at("/listingAgent").has("email")).isFalse();
    assertThat(object.at("/image/0").has("name")).isFalse();
    assertThat(object.at("/image/0/id").asString()).isNotEmpty();
    assertThat(office.inbox().get(1).at("/data/object/listingAgent").has("email")).isTrue();
  }

  @Test
  void an_inbox_is_read_page_by_page_in_the_order_of_arrival() {
    assertThat(app.get("inbox/").json().path("next").asString()).isEqualTo("0");
    granted();
    var begin = app.get("inbox/").json().path("next").asString();
    for (int n = 0; n < 53; n++) {
      var key = "L-" + n;
      assertThat(feed.publish(Pods.listing(office.profile, key, _ -> {})).status()).isEqualTo(201);
    }
    var first = app.get("inbox/?from=" + begin).json();
    assertThat(first.path("contains")).hasSize(50);
    assertThat(first.at("/contains/0/data/object/originatingSystemKey").asString())
        .isEqualTo("L-0");
    var second =
        app.get("inbox/?by=token&format=links&from=" + first.path("next").asString()).json();
    assertThat(second.path("contains")).hasSize(3);
    assertThat(second.at("/contains/0").asString()).startsWith(app.url + "inbox/");
    var third = app.get("inbox/?from=" + second.path("next").asString()).json();
    assertThat(third.path("contains")).isEmpty();
    assertThat(third.path("next")).isEqualTo(second.path("next"));
    // Reading removes nothing, and times find the same.
    long now = pods.hub.clock().instant().toEpochMilli();
    assertThat(app.get("inbox/?by=timestamp&from=" + now).json().path("contains")).hasSize(50);
    var later = app.get("inbox/?by=timestamp&from=" + (now + 1)).json();
    assertThat(later.path("contains")).isEmpty();
    assertThat(later.path("next")).isEqualTo(second.path("next"));
    assertThat(app.get("inbox/?by=datetime&from=2026-03-14T09:00:00Z").json().path("contains"))
        .hasSize(50);
    assertThat(app.get("inbox/?by=datetime&from=0001-01-01T00:00:00Z").json().path("contains"))
        .hasSize(50);
    for (var bad :
        Set.of(
            "from=x",
            "by=x",
            "format=x",
            "by=datetime&from=x",
            "by=datetime&from=%2B999999999-01-01T00:00:00Z",
            "from=1&from=2",
            "from=999999",
            "from=999999999999999999")) {
      assertThat(app.get("inbox/?" + bad).status()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void a_pod_shows_its_card_to_anybody_and_its_grants_to_its_owner() {
    granted();
    var card = pods.send("GET", office.url + "profile/card", null, null, null);
    assertThat(card.json().path("id").asString()).isEqualTo(office.profile);
    assertThat(card.json().path("name").asString()).isEqualTo("Harbor Realty");
    assertThat(pods.send("GET", office.url + "settings/subscriptions", null, null, null).status())
        .isEqualTo(401);
    var items = office.get("settings/subscriptions").json().path("items");
    assertThat(items).hasSize(2);
    assertThat(items.at("/1/agent").asString()).isEqualTo(app.profile);
    assertThat(items.at("/1/subscribes/0").asString()).isEqualTo(LISTING);
    assertThat(items.at("/1").has("filter") || items.at("/1").has("until")).isFalse();
    pods.grant(
        office,
        app,
        null,
        "realestate/lead",
        b ->
            b.put("filter", "City Eq 'Harbor'")
                .put("until", "2030-01-01T00:00:00Z")
                .putArray("redaction")
                .add("/object/email"));
    var narrow = office.get("settings/subscriptions").json().at("/items/2");
    assertThat(narrow.path("filter").asString()).isEqualTo("City Eq 'Harbor'");
    assertThat(narrow.path("until").asString()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(narrow.at("/redaction/0").asString()).isEqualTo("/object/email");
    assertThat(pods.send("GET", office.url + "nothing/here", null, null, null).error())
        .isNotEmpty();
  }

  @Test
  void an_inbox_is_pushed_signed_as_the_contract_has_it_and_by_standard_webhooks()
      throws Exception {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      var endpoint = pods.hub.addEndpoint(crm.url("/push"), "realestate-events");
      granted();
      // From here on its inbox is pushed.
      pods.hub.api().patch("/parties/" + app.id, Json.object().put("endpoint", endpoint.id()));
      crm.answers(503);
      feed.publish(Pods.example());
      crm.await(1);
      pods.hub.await(
          "the attempt to be recorded",
          () ->
              pods.hub.items("/deliveries").stream()
                  .filter(d -> d.path("attempts_made").asInt() == 1)
                  .findFirst());
      pods.hub.clock().advance(java.time.Duration.ofMinutes(1));
      var received = crm.await(2).getLast();
      assertThat(received.json()).isEqualTo(app.inbox().getFirst());
      var mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(endpoint.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      // It names the hub, as all that goes out does.
      assertThat(received.header("Porchlight-Path")).isNotEmpty();
      assertThat(received.header("X-Signature"))
          .isEqualTo("sha1=" + HexFormat.of().formatHex(mac.doFinal(received.body())));
      assertThat(received.isSignedWith(endpoint.secret())).isTrue();
      assertThat(crm.requests().getFirst().header("webhook-id"))
          .isEqualTo(received.header("webhook-id"));
    }
  }

  @Test
  void where_the_newest_wins_an_event_takes_the_place_of_one_that_says_the_same_members() {
    try (var crm = FakeCrm.open(pods.hub.clock())) {
      var endpoint =
          pods.hub.addEndpoint(
              crm.url("/push"),
              "realestate-events",
              b -> b.put("order", "newest").put("disabled", true));
      granted();
      // From here on its inbox is pushed.
      pods.hub.api().patch("/parties/" + app.id, Json.object().put("endpoint", endpoint.id()));
      priced(1, "2026-03-02T00:00:00Z");
      priced(2, "2026-03-03T00:00:00Z");
      // This one alone says the status, and this one comes late: neither may be lost.
      feed.publish(Pods.listing(office.profile, "1", o -> o.put("listingStatus", "Pending")));
      priced(3, "2026-03-04T00:00:00Z");
      priced(0, "2026-03-01T00:00:00Z");
      pods.hub.api().patch("/endpoints/" + endpoint.id(), Json.object().put("disabled", false));
      pods.hub.clock().advance(java.time.Duration.ofMinutes(1));
      assertThat(crm.await(3).stream().map(r -> price(r.json())).toList())
          .containsExactly("", "3", "0");
      assertThat(app.inbox()).hasSize(5);
    }
  }

  private void priced(int price, String modified) {
    var event =
        Pods.listing(
            office.profile,
            "1",
            o -> {
              o.put("modificationTimestamp", modified);
              o.putObject("listingPrice").put("price", price);
            });
    assertThat(feed.publish(event).status()).isEqualTo(201);
  }

  private static String price(JsonNode copy) {
    return copy.at("/data/object/listingPrice/price").asString("");
  }

  @Test
  void members_keep_the_time_of_the_event_that_set_them() {
    granted();
    feed.publish(
        Pods.listing(
            office.profile,
            "1",
            o ->
                o.put("modificationTimestamp", "2026-03-02T00:00:00Z")
                    .put("listingStatus", "Pending")));
    // Older: fills what no newer event has set.
    feed.publish(
        Pods.listing(
            office.profile,
            "1",
            o ->
                o.put("modificationTimestamp", "2026-03-01T00:00:00Z")
                    .put("listingStatus", "Active")
                    .put("addressLocality", "Harbor")));
    var id = listings().getFirst().path("id").asString();
    var listing = pods.hub.api().read("/listings/" + id);
    assertThat(listings()).hasSize(1);
    assertThat(listing.at("/members/listingStatus").asString()).isEqualTo("Pending");
    assertThat(listing.at("/members/addressLocality").asString()).isEqualTo("Harbor");
    assertThat(listing.path("version").asInt()).isEqualTo(2);
    assertThat(listing.at("/versions/0/changes")).hasSize(1);
    assertThat(listing.at("/versions/0/changes/0/member").asString()).isEqualTo("addressLocality");
    var gone =
        Pods.listing(
            office.profile, "1", o -> o.put("modificationTimestamp", "2026-03-03T00:00:00Z"));
    feed.publish(gone.put("topic", "realestate/listing#delete"));
    assertThat(pods.hub.api().read("/listings/" + id).path("deleted").asBoolean()).isTrue();
    feed.publish(
        Pods.listing(
            office.profile, "1", o -> o.put("modificationTimestamp", "2026-03-02T12:00:00Z")));
    assertThat(pods.hub.api().read("/listings/" + id).path("deleted").asBoolean()).isTrue();
    var paid =
        Pods.listing(
            office.profile,
            "1",
            o -> o.putObject("buyerCompensation").put("compensationValue", "2.5"));
    feed.publish(paid.put("topic", "realestate/listing#updatebuyercompensation"));
    listing = pods.hub.api().read("/listings/" + id);
    assertThat(listing.at("/members/buyerCompensation/compensationValue").asString())
        .isEqualTo("2.5");
    assertThat(listing.path("deleted").asBoolean()).isTrue();
  }

  @Test
  void bad_input_is_refused_in_the_contracts_form_or_noted() {
    granted();
    var good = Pods.listing(office.profile, "1", _ -> {});
    assertThat(pods.send("POST", feed.url + "publish/", null, "application/json", "{}").status())
        .isEqualTo(401);
    assertThat(pods.send("POST", feed.url + "publish/", "", "application/json", "{}").status())
        .isEqualTo(401);
    assertThat(pods.send("POST", feed.url + "publish/", "plp_x", "application/json", "{}").error())
        .isNotEmpty();
    assertThat(
            pods.send("POST", office.url + "publish/", feed.key, "application/json", "{}").status())
        .isEqualTo(403);
    assertThat(pods.send("POST", feed.url + "publish/", feed.key, "text/plain", "{}").status())
        .isEqualTo(415);
    for (var charset : List.of("iso-8859-1", "\"UTF-16\"", "")) {
      var type = "application/json; charset=" + charset;
      assertThat(pods.send("POST", feed.url + "publish/", feed.key, type, "{}").status())
          .as(type)
          .isEqualTo(415);
    }
    var utf8 = "Application/JSON; x=y; Charset=\"UTF-8\"";
    assertThat(pods.send("POST", feed.url + "publish/", feed.key, utf8, "{}").status())
        .isEqualTo(400);
    for (var bad :
        List.of(
            "",
            "[" + good + "]",
            "7",
            "{",
            "{\"data\": {}}",
            "{\"topic\": 7, \"data\": {}}",
            "{\"topic\": \"listing\", \"data\": {}}",
            "{\"topic\": \"realestate/listing#update\"}",
            "{\"topic\": \"realestate/listing#update\", \"data\": []}",
            good.deepCopy().put("recipient", app.profile).toString(),
            good.deepCopy().put("recipient", "harbor-realty").toString(),
            "{\"a\":".repeat(70) + "1" + "}".repeat(70))) {
      var answer = feed.publish(bad);
      assertThat(answer.status()).as(bad + answer.text()).isEqualTo(400);
      assertThat(answer.error()).isNotEmpty();
    }
    // No recipient, and nobody to stand in for one.
    var lone = pods.party("Lone app", "app");
    assertThat(lone.publish(Pods.example()).status()).isEqualTo(400);
    var many = good.deepCopy();
    var list = many.putArray("recipient");
    for (int n = 0; n < 10_000; n++) {
      list.add("https://p" + n + ".example.org/profile/card#me");
    }
    assertThat(feed.publish(many).error()).contains("more than 200 parties");
    // As many as there may be, and one more; who is none here gets nothing.
    var sources = good.deepCopy();
    var elsewhere = sources.putArray("source");
    for (int n = 1; n < 200; n++) {
      elsewhere.add("https://p" + n + ".example.org/profile/card#me");
    }
    assertThat(feed.publish(sources).status()).isEqualTo(201);
    assertThat(office.inbox()).hasSize(1);
    assertThat(app.inbox()).hasSize(1);
    elsewhere.add("https://p200.example.org/profile/card#me");
    assertThat(feed.publish(sources).status()).isEqualTo(400);
    assertThat(
            feed.publish(good.deepCopy().put("recipient", "https://no.example.org/#me")).status())
        .isEqualTo(403);
    assertThat(office.inbox()).hasSize(1);
    // Taken, and noted.
    assertThat(
            feed.publish(good.deepCopy().put("topic", "https://realestate/listing#update"))
                .status())
        .isEqualTo(201);
    assertThat(app.inbox().get(1).path("topic").asString()).isEqualTo("realestate/listing#update");
    var odd =
        Pods.listing(
            office.profile,
            "2",
            o -> {
              o.put("yearBuilt", "1988");
              o.put("numberOfBedrooms", 3);
              o.put("postalCode", 10010);
              o.put("modificationTimestamp", "2026-03-01");
              o.put("listingStatus", "{status}");
              o.putObject("buyerAgent").put("name", "").putObject("identifier");
              o.put("image", "https://i.example.org/" + "x".repeat(900_000));
            });
    odd.put("source", "{lead-owner}");
    odd.put("id", "https://elsewhere.example.org/publish/1");
    assertThat(feed.publish(odd).status()).isEqualTo(201);
    var listing =
        pods.hub
            .api()
            .read("/listings/" + listings().getLast().path("id").asString())
            .path("members");
    assertThat(listing.path("yearBuilt").intValue()).isEqualTo(1988);
    assertThat(listing.path("numberOfBedrooms").asString()).isEqualTo("3");
    assertThat(listing.path("postalCode").asString()).isEqualTo("10010");
    assertThat(listing.path("listingStatus").asString()).isEqualTo("{status}");
    assertThat(listing.has("buyerAgent")).isFalse();
    assertThat(listing.at("/image/0/id").asString()).startsWith("https://i.example.org/");
    // A topic that nobody knows is carried unread.
    pods.grant(office, feed, "realestate/calendar", null);
    pods.grant(office, app, null, "realestate/calendar");
    assertThat(
            feed.publish(good.deepCopy().put("topic", "realestate/calendar#eventcreate")).status())
        .isEqualTo(201);
    assertThat(app.inbox()).hasSize(4);
    var large = good.deepCopy().put("x", "y".repeat(1024 * 1024));
    assertThat(feed.publish(large).status()).isEqualTo(413);
    // An owner may publish to itself; named twice, it has one copy.
    int before = office.inbox().size();
    var own = good.deepCopy().put("source", office.profile);
    assertThat(office.publish(own).status()).isEqualTo(201);
    assertThat(office.inbox()).hasSize(before + 1);
    assertThat(
            pods.hub
                .api()
                .post(
                    "/grants",
                    Json.object().put("owner", office.id).put("party", office.id).toString())
                .status())
        .isEqualTo(400);
  }

  @Test
  void a_lead_is_tied_to_its_listing_also_when_that_comes_later() {
    granted();
    var portal = pods.hub.addSource("portal", "connections-plus");
    var lead = LeadBodies.buyer("B-1", InventedPerson.of(1)).deepCopy();
    var property = lead.putObject("property");
    property.put("mls_id", "4711").put("mls_name", "HARBOR-MLS");
    assertThat(portal.post(lead).status()).isEqualTo(200);
    assertThat(pods.hub.story("B-1").has("listing")).isFalse();
    feed.publish(Pods.listing(office.profile, "4711", o -> o.put("addressLocality", "Harbor")));
    var id = listings().getFirst().path("id").asString();
    assertThat(pods.hub.story("B-1").path("listing").asString()).isEqualTo(id);
    // However the name of the MLS is written, by the lead or by an event.
    property.put("mls_name", "Harbor-Mls");
    assertThat(portal.post(lead.put("lead_id", "B-5")).status()).isEqualTo(200);
    assertThat(pods.hub.story("B-5").path("listing").asString()).isEqualTo(id);
    feed.publish(
        Pods.listing(office.profile, "4711", o -> o.put("originatingSystemName", "harbor-mls")));
    assertThat(listings()).hasSize(1);
    // By its page too; and one that names another is tied to none.
    var byUrl = LeadBodies.buyer("B-2", InventedPerson.of(2)).deepCopy();
    byUrl.putObject("property").put("listing_url", "https://homes.example.org/4711");
    assertThat(portal.post(byUrl).status()).isEqualTo(200);
    assertThat(pods.hub.story("B-2").has("listing")).isFalse();
    feed.publish(
        Pods.listing(office.profile, "4711", o -> o.put("url", "https://homes.example.org/4711")));
    assertThat(pods.hub.story("B-2").path("listing").asString()).isEqualTo(id);
    assertThat(portal.post(byUrl.put("lead_id", "B-4")).status()).isEqualTo(200);
    var other = LeadBodies.buyer("B-3", InventedPerson.of(3)).deepCopy();
    other.putObject("property").put("mls_id", "4712").put("mls_name", "HARBOR-MLS");
    assertThat(portal.post(other).status()).isEqualTo(200);
    assertThat(pods.hub.story("B-3").has("listing")).isFalse();
    // By the portal's id, which people say of a listing and which stays when an event fills it.
    var seeker = pods.hub.addSource("seeker", "seeker-leads");
    assertThat(seeker.post(classified("K-1", "26K4M7P9R2S5")).status()).isEqualTo(200);
    assertThat(pods.hub.story("K-1").has("listing")).isFalse();
    var made =
        pods.hub
            .api()
            .make(
                "/listings",
                Json.object()
                    .put("classified_id", "26K4M7P9R2S5")
                    .put("mls_name", "HARBOR-MLS")
                    .put("mls_id", "4713"))
            .path("id")
            .asString();
    assertThat(pods.hub.story("K-1").path("listing").asString()).isEqualTo(made);
    feed.publish(Pods.listing(office.profile, "4713", o -> o.put("addressLocality", "Harbor")));
    assertThat(pods.hub.api().read("/listings/" + made).at("/standard_fields/City").asString())
        .isEqualTo("Harbor");
    assertThat(seeker.post(classified("K-2", "26K4M7P9R2S5")).status()).isEqualTo(200);
    assertThat(seeker.post(classified("K-3", "26K4M7P9R2S6")).status()).isEqualTo(200);
    assertThat(pods.hub.story("K-1").path("listing").asString()).isEqualTo(made);
    assertThat(pods.hub.story("K-2").path("listing").asString()).isEqualTo(made);
    assertThat(pods.hub.story("K-3").has("listing")).isFalse();
  }

  private static ObjectNode classified(String lead, String listing) {
    var body = Json.object();
    body.putObject("metadata")
        .put("leadId", lead)
        .put("processedDate", 1773480413)
        .put("category", "CLASSIFIED");
    body.putObject("contactRequest")
        .put("firstName", "Ana")
        .put("lastName", "Invented")
        .put("email", lead + "@example.org")
        .put("message", "Is it still to be had?");
    body.putObject("property").put("classifiedId", listing);
    return body;
  }

  @Test
  void a_listing_made_by_hand_is_filled_by_events() {
    granted();
    var made =
        pods.hub
            .api()
            .make(
                "/listings",
                Json.object()
                    .put("classified_id", "24A1B2C3D4E5")
                    .put("mls_name", "HARBOR-MLS")
                    .put("mls_id", "4711"));
    feed.publish(Pods.listing(office.profile, "4711", o -> o.put("addressLocality", "Harbor")));
    assertThat(listings()).hasSize(1);
    var listing = pods.hub.api().read("/listings/" + made.path("id").asString());
    assertThat(listing.path("classified_id").asString()).isEqualTo("24A1B2C3D4E5");
    assertThat(listing.at("/members/addressLocality").asString()).isEqualTo("Harbor");
  }

  @Test
  void more_messages_in_five_minutes_than_may_be_are_put_off() {
    assertThat(pods.hub.api().read("/parties/" + feed.id).path("rate_limit").asInt())
        .isEqualTo(2000);
    pods.hub.api().patch("/parties/" + feed.id, Json.object().put("rate_limit", 3));
    granted();
    // Refused ones count, also of the messages to inboxes.
    assertThat(feed.publish("[]").status()).isEqualTo(400);
    assertThat(feed.post(office, Json.object()).status()).isEqualTo(400);
    assertThat(feed.publish(Pods.example()).status()).isEqualTo(201);
    for (var refused : List.of(feed.publish("[]"), feed.post(office, Json.object()))) {
      assertThat(refused.status()).isEqualTo(429);
      assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 300);
    }
    pods.hub.clock().advance(java.time.Duration.ofMinutes(5));
    assertThat(feed.publish("[]").status()).isEqualTo(400);
    pods.hub.api().patch("/parties/" + feed.id, Json.object().putNull("rate_limit"));
    assertThat(pods.hub.api().read("/parties/" + feed.id).path("rate_limit").asInt())
        .isEqualTo(2000);
  }

  @Test
  void a_pod_is_reached_at_its_own_host_too() {
    var hosted = pods.party("Hosted", "office", b -> b.put("host", "hosted.example.org"));
    assertThat(hosted.profile).isEqualTo("https://hosted.example.org/profile/card#me");
    pods.grant(hosted, feed, LISTING, null);
    assertThat(feed.publish(Pods.listing(hosted.profile, "1", _ -> {})).status()).isEqualTo(201);
    var here = pods.hub.address() + "/pods/hosted/";
    assertThat(pods.send("GET", here + "inbox/", hosted.key, null, null).text())
        .contains("originatingSystemKey");
    // Named as it is seen from here, it is the same.
    assertThat(feed.publish(Pods.listing(here + "profile/card#me", "1", _ -> {})).status())
        .isEqualTo(201);
    // By the name in the Host header, as a proxy in front passes it on.
    assertThat(pods.raw("GET /profile/card", "hosted.example.org", "", ""))
        .startsWith("HTTP/1.1 200")
        .contains("\"name\":\"Hosted\"");
    assertThat(pods.raw("GET /inbox/", "HOSTED.example.org", hosted.key, ""))
        .startsWith("HTTP/1.1 200")
        .contains("originatingSystemKey");
    assertThat(pods.raw("GET /inbox/", "hosted.example.org", feed.key, ""))
        .startsWith("HTTP/1.1 403");
    assertThat(pods.raw("GET /inbox/", "elsewhere.example.org", hosted.key, ""))
        .startsWith("HTTP/1.1 403");
    var own = Pods.listing(hosted.profile, "9", _ -> {}).toString();
    assertThat(pods.raw("POST /publish/", "hosted.example.org", hosted.key, own))
        .startsWith("HTTP/1.1 201")
        .contains("https://hosted.example.org/publish/");
  }
}
