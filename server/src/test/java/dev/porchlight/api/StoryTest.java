package dev.porchlight.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.OnEveryDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/// One reply tells the whole story of a lead; a receipt shows what is needed to mend it.
@OnEveryDatabase
final class StoryTest {
  @Parameter Database database;

  private static java.util.List<String> texts(JsonNode list, String member) {
    var texts = new ArrayList<String>();
    list.forEach(i -> texts.add(i.path(member).asString("")));
    return texts;
  }

  @Test
  void aLeadTellsAllThatHappenedToIt(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      var crm = world.endpoint("crm", "lead-delivery", null);
      var lead = world.lead(source, "L-1", "Sam", "Doe", "sam@example.com");
      world.lead(source, "L-1", "Sam", "Doe", "sam@example.com");
      var broken =
          World.buyer("L-1", "Sam", "Doe", "sam@example.com")
              .replace("\"baths\": 2", "\"baths\": 2.5");
      world.door("/in/portal", source.key(), broken).expect(200);
      await()
          .until(() ->
              texts(world.admin().get("/api/v1/leads/" + lead).json().path("deliveries"), "state")
                  .equals(java.util.List.of("delivered", "delivered")));
      var story = world.admin().get("/api/v1/leads/" + lead).expect(200).json();
      assertThat(texts(story.path("receipts"), "state")).containsExactly("done", "repeat", "done");
      assertThat(texts(story.path("versions"), "version")).containsExactly("1", "2");
      assertThat(texts(story.path("violations"), "pointer")).containsExactly("/property/baths");
      assertThat(story.at("/violations/0/receipt").asString())
          .isEqualTo(story.at("/receipts/2/id").asString());
      assertThat(story.at("/receipts/2/violations")).hasSize(1);
      assertThat(story.at("/contact/emails/0").asString()).isEqualTo("sam@example.com");
      assertThat(story.path("evidence").asString()).isNotEmpty();
      assertThat(story.at("/answers/reason").asString()).isNotEmpty();
      assertThat(story.at("/answers/member_name").asString()).isNotEmpty();
      for (var delivery : story.path("deliveries")) {
        assertThat(delivery.path("endpoint").asString()).isEqualTo(crm);
        assertThat(delivery.path("attempts")).hasSize(1);
        assertThat(delivery.at("/attempts/0/status").asInt()).isEqualTo(200);
      }
      assertThat(texts(story.path("history"), "kind"))
          .containsSubsequence("receipt.done", "lead.created", "receipt.repeat", "lead.updated");
      assertThat(story.path("source_name").asString()).isEqualTo("portal");
      assertThat(story.path("version").asInt()).isEqualTo(2);
    }
  }

  @Test
  void aQuarantinedReceiptShowsWhatIsReadOfIt(@TempDir Path folder) throws Exception {
    try (var world = new World(folder, database)) {
      var source = world.source("portal", "connections-plus", null);
      var body = "{\"lead_id\": \"L-9\", \"role\": \"buyer\", \"contact\": {}}";
      world.door("/in/portal", source.key(), body).expect(400);
      var id = world.first("/api/v1/receipts?state=quarantined");
      var shown = world.admin().get("/api/v1/receipts/" + id).expect(200).json();
      assertThat(shown.path("raw_text").asString()).isEqualTo(body);
      assertThat(shown.path("raw_text_cut").asBoolean()).isFalse();
      assertThat(shown.at("/read/readable").asBoolean()).isFalse();
      assertThat(shown.at("/read/reason").asString()).isEqualTo(shown.path("reason").asString());
      assertThat(shown.path("headers").toString()).doesNotContain(source.key());

      var mended = body.replace("{}", "{\"email\": \"sam@example.com\"}");
      var by =
          world.admin().post("/api/v1/receipts/" + id + "/resubmit", mended).expect(200).json();
      assertThat(by.path("corrects").asString()).isEqualTo(id);
      var old = world.admin().get("/api/v1/receipts/" + id).json();
      assertThat(old.path("state").asString()).isEqualTo("mended");
      var lead = by.path("lead").asString();
      assertThat(texts(world.admin().get("/api/v1/leads/" + lead).json().path("receipts"), "state"))
          .containsExactly("mended", "done");
      var read = world.admin().get("/api/v1/receipts/" + by.path("id").asString()).json();
      assertThat(read.at("/read/readable").asBoolean()).isTrue();
      assertThat(read.at("/read/facts/0/enquirer/email").asString()).isEqualTo("sam@example.com");
      assertThat(texts(read.at("/read/violations"), "pointer"))
          .isEqualTo(texts(read.path("violations"), "pointer"))
          .isNotEmpty();
    }
  }
}
