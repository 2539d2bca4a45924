package dev.porchlight.door.seekerleads;

import static dev.porchlight.door.seekerleads.SeekerHub.LISTING;
import static dev.porchlight.door.seekerleads.SeekerHub.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakeCrm;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// A listing that another door's lead names in its own way is shown by its id at the portal.
@OnEveryDatabase
class ListingNamesTest {
  private static final String CLASSIFIED = "/property/classifiedId";

  @Parameter Database database;
  @TempDir Path folder;
  private SeekerHub seeker;
  private FakeCrm crm;

  @BeforeEach
  void start() {
    seeker = new SeekerHub(database.start(folder));
    crm = FakeCrm.open(seeker.hub.clock());
  }

  @AfterEach
  void stop() {
    seeker.close();
    crm.close();
  }

  private JsonNode only(SeekerHub.Caller caller) {
    var leads = caller.leads();
    assertThat(leads).hasSize(1);
    assertThat(caller.get("/leads/" + id(leads.getFirst())).json()).isEqualTo(leads.getFirst());
    return leads.getFirst();
  }

  @Test
  void by_its_number_within_an_mls_even_if_it_is_made_known_later() {
    var caller = seeker.caller();
    var portal = seeker.hub.addSource("portal", "connections-plus");
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
    assertThat(only(caller).at("/metadata/category").asString()).isEqualTo("CLASSIFIED");
    assertThat(only(caller).at(CLASSIFIED).isMissingNode()).isTrue();
    // The same number within another MLS is another listing.
    seeker
        .hub
        .api()
        .make(
            "/listings",
            Json.object()
                .put("classified_id", "24Z1B2C3D4E5")
                .put("mls_name", "Another Example MLS")
                .put("mls_id", "2604711"));
    assertThat(only(caller).at(CLASSIFIED).isMissingNode()).isTrue();
    var listing =
        seeker
            .hub
            .api()
            .make(
                "/listings",
                Json.object()
                    .put("classified_id", LISTING)
                    .put("mls_name", "Central Virginia Example MLS")
                    .put("mls_id", "2604711"));
    assertThat(only(caller).at(CLASSIFIED).asString()).isEqualTo(LISTING);
    assertThat(seeker.hub.api().delete("/listings/" + listing.path("id").asString()).status())
        .isEqualTo(200);
    assertThat(only(caller).at(CLASSIFIED).isMissingNode()).isTrue();
  }

  @Test
  void by_its_url_and_in_what_is_announced() {
    var caller = seeker.caller();
    seeker
        .hub
        .api()
        .make(
            "/listings",
            Json.object()
                .put("classified_id", LISTING)
                .put("url", "https://www.example.com/homes/12-elm-st"));
    caller.post(
        "/webhook/subscriptions",
        Json.object().put("url", crm.url("/hook")).put("apiKey", "a-key-1234"));
    var portal = seeker.hub.addSource("portal", "connections-plus");
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
    var announced = crm.await(1).getFirst().json();
    assertThat(announced.at(CLASSIFIED).asString()).isEqualTo(LISTING);
    assertThat(announced).isEqualTo(only(caller));
  }

  @Test
  void a_listing_of_another_account_root_is_not_meant() {
    var made = seeker.make(body -> body.put("sandbox", true));
    seeker
        .hub
        .api()
        .make(
            "/listings",
            Json.object()
                .put("classified_id", LISTING)
                .put("url", "https://www.example.com/homes/12-elm-st")
                .put("node", made.json().at("/nodes/0").asString()));
    var caller = seeker.caller();
    var portal = seeker.hub.addSource("portal", "connections-plus");
    portal.post(LeadBodies.buyer("B-1", InventedPerson.of(1)));
    assertThat(only(caller).at(CLASSIFIED).isMissingNode()).isTrue();
  }
}
