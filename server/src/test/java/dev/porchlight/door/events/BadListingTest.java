package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Events about listings that break their contract: taken, with what was wrong told beside them.
class BadListingTest {
  @TempDir Path folder;

  /// What the event has besides, what its listing has, and the places that are noted.
  private static final String TABLE =
      """
      {} | {} |
      {"originalRecipient": "{lead-owner}"} | {} | /originalRecipient
      {"originalRecipient": ["https://x.example.org/#me", 5]} | {} | /originalRecipient/1
      {"topic": "realestate/listing"} | {} | /topic
      {} | {"url": "{url}"} | /data/object/url
      {} | {"image": [{"id": "https://x.example.org/1"}, {"url": "{u}"}, "{v}"]} | /data/object/image/1/url /data/object/image/2
      {} | {"listingAgent": {"id": "{agent}", "name": "Lee"}} | /data/object/listingAgent/id
      {} | {"lotSize": {"value": 1, "unitCode": "rods"}} | /data/object/lotSize/unitCode
      {} | {"deleted": "yes"} | /data/object/deleted
      {} | {"brokerAttribution": "right", "brokerAtrribution": "wrong"} | /data/object/brokerAtrribution
      {} | {"modificationTimestamp": "2026-03-15T00:00:00Z"} |
      {} | {"modificationTimestamp": "2027-03-15T00:00:00Z"} | /data/object/modificationTimestamp
      {} | {"closeDate": "+12026-03-15T00:00:00Z"} | /data/object/closeDate
      {} | {"closeDate": "2026-03-14T24:00:00Z"} | /data/object/closeDate
      """;

  @Test
  void what_is_odd_is_noted_and_what_cannot_be_read_is_not_acted_on() {
    try (var pods = new Pods(TestHub.start(folder))) {
      var office = pods.party("Harbor Realty", "office");
      var feed = pods.party("Listing feed", "app", b -> b.put("default_recipient", office.id));
      pods.grant(office, feed, "realestate/listing", null);
      int number = 0;
      for (var row : TABLE.lines().toList()) {
        var cells = row.split("\\|", -1);
        var key = Integer.toString(number++);
        var event =
            Pods.listing(
                office.profile, key, o -> o.setAll((ObjectNode) Json.tree(cells[1].strip())));
        event.setAll((ObjectNode) Json.tree(cells[0].strip()));
        assertThat(feed.publish(event).status()).as(row).isEqualTo(201);
        assertThat(noted(pods)).as(row).isEqualTo(cells[2].strip());
      }
      var listings =
          pods.hub.items("/listings").stream()
              .map(l -> pods.hub.api().read("/listings/" + l.path("id").asString()))
              .toList();
      assertThat(listings).anyMatch(l -> l.at("/members/url").asString("").equals("{url}"));
      assertThat(listings)
          .noneMatch(l -> l.path("deleted").asBoolean(false) || l.toString().contains("wrong"));
      assertThat(listings)
          .filteredOn(l -> l.path("members").has("closeDate"))
          .hasSize(2)
          .allMatch(l -> l.has("standard_fields"))
          .noneMatch(l -> l.path("standard_fields").has("CloseDate"));

      // A change that is to come is shown nowhere but in the event itself.
      assertThat(listings)
          .filteredOn(l -> l.path("standard_fields").has("ModificationTimestamp"))
          .extracting(l -> l.at("/standard_fields/ModificationTimestamp").asString())
          .hasSize(2)
          .contains("2026-03-15T00:00:00Z")
          .noneMatch(t -> t.startsWith("2027"));

      // An id that would lead to somebody else's pod, or anywhere but to the event, is replaced.
      var place = feed.url + "publish/";
      var theirs = "../../harbor-realty/publish/1";
      for (var odd :
          List.of(
              theirs,
              theirs.replace(".", "%2e"),
              theirs.replace("..", ".%2E"),
              "a/" + theirs.replace(".", "%252e"),
              "..%2f..%2Fharbor-realty",
              "a/./b",
              "a/..",
              "1?a=b",
              "1#me")) {
        var event = Pods.listing(office.profile, "x", _ -> {}).put("id", place + odd);
        assertThat(feed.publish(event).json().path("id").asString())
            .as(odd)
            .matches(".*/publish/[0-9a-f]{32}");
        assertThat(noted(pods)).as(odd).isEqualTo("/id");
      }
      for (var plain : List.of("a.b..c/...", ".well", "a%20b")) {
        var event = Pods.listing(office.profile, plain, _ -> {}).put("id", place + plain);
        assertThat(feed.publish(event).json().path("id").asString()).isEqualTo(place + plain);
      }
    }
  }

  @Test
  void an_endless_number_holds_up_neither_the_writer_nor_the_matcher() {
    try (var pods = new Pods(TestHub.start(folder))) {
      var office = pods.party("Harbor Realty", "office");
      var feed = pods.party("Listing feed", "app", b -> b.put("default_recipient", office.id));
      var app = pods.party("App", "app");
      pods.grant(office, feed, "realestate/listing", null);
      pods.grant(
          office,
          app,
          null,
          "realestate/listing",
          g -> g.put("filter", "ListPrice Add 1 Gt 5 Or LotSizeAcres Mod 7 Eq 1"));
      for (var number : List.of("1e400000000", "-1e400000000", "1e-400000000", "\"9e400000000\"")) {
        var event =
            Pods.listing(
                    office.profile,
                    "1",
                    o -> {
                      o.putObject("listingPrice").put("price", 4711);
                      o.putObject("lotSize").put("value", 4711).put("unitCode", "acres");
                      o.put("numberOfBedrooms", 4711);
                    })
                .toString()
                .replace("4711", number);
        assertThat(feed.publish(event).status()).as(number).isEqualTo(201);
        assertThat(noted(pods)).as(number).contains("/data/object/listingPrice/price");
      }
      assertThat(app.inbox()).isEmpty();
      var plain =
          Pods.listing(office.profile, "2", o -> o.putObject("listingPrice").put("price", 4711));
      assertThat(feed.publish(plain).status()).isEqualTo(201);
      assertThat(app.inbox()).hasSize(1);
    }
  }

  /// The places that are noted beside the newest event.
  private static String noted(Pods pods) {
    return String.join(
        " ",
        pods.hub
            .items("/events")
            .getFirst()
            .path("violations")
            .valueStream()
            .map(v -> v.path("pointer").asString())
            .toList());
  }
}
