package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Endpoints that ask for it are told what becomes of listings; of what they have not taken yet the
/// newest state alone.
class ListingChangesTest {
  @TempDir Path folder;

  private static List<JsonNode> told(FakeCrm crm, String path, int count) {
    return crm
        .awaitUntil(
            count + " at " + path,
            all -> all.stream().filter(r -> r.path().equals(path)).count() >= count)
        .stream()
        .filter(r -> r.path().equals(path))
        .map(FakeCrm.Received::json)
        .toList();
  }

  @Test
  void a_listing_is_told_of_as_it_is_made_changed_and_gone_and_older_states_give_way() {
    try (var pods = new Pods(folder, Database.SQLITE);
        var crm = FakeCrm.open(pods.hub.clock())) {
      var hub = pods.hub;
      var office = pods.party("Harbor Realty", "office");
      var feed = pods.party("Listing feed", "app", b -> b.put("default_recipient", office.id));
      pods.grant(office, feed, "realestate/listing", null);
      var endpoint =
          hub.addEndpoint(crm.url("/crm"), "porchlight", b -> b.putArray("kinds").add("listing.*"));
      var harbor =
          hub.addEndpoint(
              crm.url("/harbor"),
              "porchlight",
              b -> {
                b.putArray("kinds").add("listing.*");
                b.put("filter", "City Eq 'Harbor'");
              });
      assertThat(hub.api().read("/endpoints/" + endpoint.id()).path("order").asString())
          .isEqualTo("usual");
      feed.publish(Pods.listing(office.profile, "1", o -> o.put("addressLocality", "Inland")));
      var created = told(crm, "/crm", 1).getFirst();
      assertThat(created.path("type").asString()).isEqualTo("listing.created");
      assertThat(created.at("/data/members/addressLocality").asString()).isEqualTo("Inland");
      var listing = created.at("/data/id").asString();
      assertThat(hub.api().read("/listings/" + listing).path("left_out"))
          .anyMatch(l ->
              l.path("endpoint").asString().equals(harbor.id())
                  && l.path("rule").asString().equals("filter"));

      // While the receiver refuses, newer states take the place of older ones.
      crm.alwaysAnswers(503);
      for (var city : List.of("Harbor", "Upland", "Lowland")) {
        hub.clock().advance(Duration.ofSeconds(1));
        feed.publish(Pods.listing(office.profile, "1", o -> o.put("addressLocality", city)));
      }
      var dropped =
          hub.await(
              "two states to give way",
              () -> {
                var all = hub.items("/deliveries?state=dropped&endpoint=" + endpoint.id());
                return all.size() == 2 ? java.util.Optional.of(all) : java.util.Optional.empty();
              });
      assertThat(dropped).allMatch(d -> d.path("reason").asString().startsWith("Superseded"));
      var why = hub.api().read("/deliveries/" + dropped.getFirst().path("id").asString());
      assertThat(why.path("explanation").toString()).contains("The listing is offered in");
      // What was refused last is settled: it waits from now on, not from after the pause.
      hub.await(
          "the newest state to be refused",
          () ->
              hub.items("/deliveries?state=pending&endpoint=" + endpoint.id()).stream()
                  .map(d -> hub.api().read("/deliveries/" + d.path("id").asString()))
                  .filter(d -> !d.path("attempts").isEmpty())
                  .findFirst());
      crm.alwaysAnswers(200);
      hub.clock().advance(Duration.ofMinutes(2));
      hub.await(
          "the newest state to be taken",
          () ->
              hub.items("/deliveries?state=delivered&endpoint=" + endpoint.id()).stream()
                  .filter(d -> d.path("kind").asString().equals("listing.updated"))
                  .findFirst());
      var newest = crm.requests().stream().filter(r -> r.path().equals("/crm")).toList().getLast();
      assertThat(newest.json().at("/data/members/addressLocality").asString()).isEqualTo("Lowland");

      var gone = Pods.listing(office.profile, "1", _ -> {});
      gone.put("topic", "realestate/listing#delete");
      ((tools.jackson.databind.node.ObjectNode) gone.path("data")).put("type", "DeleteAction");
      assertThat(feed.publish(gone).status()).isEqualTo(201);
      hub.await(
          "its end to be told",
          () ->
              hub.items("/deliveries?state=delivered&endpoint=" + endpoint.id()).stream()
                  .filter(d -> d.path("kind").asString().equals("listing.deleted"))
                  .findFirst());

      // One that is set by hand, by a hub's own listings.
      var made =
          hub.api()
              .make("/listings", Json.object().put("mls_name", "HARBOR-MLS").put("mls_id", "77"))
              .path("id")
              .asString();
      hub.await(
          "the listing set by hand",
          () -> hub.items("/deliveries?state=delivered&lead=" + made).stream().findFirst());
      var byHand = crm.requests().getLast().json();
      assertThat(byHand.path("type").asString()).isEqualTo("listing.created");
      assertThat(byHand.at("/data/mls_id").asString()).isEqualTo("77");
    }
  }
}
