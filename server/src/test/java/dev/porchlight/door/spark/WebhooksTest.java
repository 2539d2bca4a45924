package dev.porchlight.door.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.FakeCrm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that are told what happens in an agent's feeds.
class WebhooksTest {
  private static final String PATH = "/v1/developers/newsfeeds/webhooks";

  @TempDir Path folder;

  private static String body(String uri) {
    return "{\"D\":{\"Uri\":\"" + uri + "\",\"Active\":true}}";
  }

  @Test
  void an_agents_webhook_gets_what_the_agents_contacts_are_told_and_nobody_elses() {
    try (var world = new SparkWorld(folder);
        var crm = FakeCrm.open(world.hub.clock())) {
      var listings = new HarborListings(world);
      var dana = world.key("private", b -> b.put("member", world.member("Dana Fields")));
      var omar = world.key("private", b -> b.put("member", world.member("Omar Reyes")));
      var ana = ContactsTest.make(world, dana, "Ana", "ana@example.org");
      var ben = ContactsTest.make(world, omar, "Ben", "ben@example.org");
      listings.waits(dana, ana, "");
      listings.waits(omar, ben, "");
      for (var wrong :
          List.of("http://169.254.169.254/", "mailto:a@example.org", "ftp://x.example", "x")) {
        world.as(dana, "POST", PATH, body(wrong)).failed(400, 1053);
      }
      world.as(dana, "POST", PATH, "{\"D\":{\"Active\":true}}").failed(400, 1050);
      var made = world.as(dana, "POST", PATH, body(crm.url("/feeds"))).succeeded(201).result();
      var id = made.path("Id").asString();
      assertThat(id).matches("[0-9]{26}");
      var shown = world.get(dana, PATH + "/" + id).result();
      assertThat(world.get(dana, PATH).result()).isEqualTo(shown);
      assertThat(shown.path("Uri").asString()).isEqualTo(crm.url("/feeds"));
      assertThat(shown.path("Active").booleanValue()).isTrue();
      assertThat(shown.path("ModificationTimestamp").asString()).isEqualTo("2026-03-14T09:30:00Z");
      assertThat(world.get(omar, PATH).d().path("Results")).isEmpty();
      world.get(omar, PATH + "/" + id).failed(404, 404);
      world.as(omar, "DELETE", PATH + "/" + id, "").failed(404, 404);

      listings.changes("1", 1);
      var told = crm.await(1).getFirst();
      assertThat(told.isSignedWith(made.path("Secret").asString())).isTrue();
      assertThat(told.json().at("/data/contact").asString()).isEqualTo(ana);
      // Both were told in one pass: there is no second event on its way.
      assertThat(world.hub.items("/deliveries?limit=50")).hasSize(1);

      world.as(dana, "PUT", PATH + "/" + id, "{\"D\":{\"Active\":false}}").succeeded(200);
      assertThat(world.get(dana, PATH).result().path("Active").booleanValue()).isFalse();
      world.as(dana, "DELETE", PATH + "/" + id, "").succeeded(200);
      world.get(dana, PATH + "/" + id).failed(404, 404);
      for (int i = 0; i < 25; i++) {
        world.as(dana, "POST", PATH, body("https://crm.example.org/" + i)).succeeded(201);
      }
      world.as(dana, "POST", PATH, body("https://crm.example.org/x")).failed(400, 1053);
    }
  }
}
