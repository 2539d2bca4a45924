package dev.porchlight.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.ConsoleGuest;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import dev.porchlight.value.Trail;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What nobody will mend is put aside by hand, over the wire; closing the hub compares a rebuild.
class AsideTest {
  @TempDir Path folder;

  @Test
  void a_receipt_is_put_aside_taken_back_and_mended_from_there() {
    try (var hub = TestHub.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1));
      portal.sender().post("[" + body + "]");
      var api = hub.api();
      var unread = hub.items("/receipts?state=quarantined").getFirst().path("id").asString();
      var path = "/receipts/" + unread;

      assertThat(api.post(path + "/aside", "{}").status()).isEqualTo(400);
      assertThat(api.post(path + "/aside", "{\"reason\": \"a\\nb\"}").status()).isEqualTo(400);
      assertThat(api.post(path + "/reopen", "{}").status()).isEqualTo(409);
      var aside = api.post(path + "/aside", "{\"reason\": \"A test of the portal's.\"}").json();
      assertThat(aside.path("state").asString()).isEqualTo("aside");
      assertThat(hub.items("/receipts?state=quarantined")).isEmpty();
      assertThat(hub.items("/receipts?state=aside")).hasSize(1);
      assertThat(api.read(path).path("history").path(0).path("reason").asString())
          .isEqualTo("A test of the portal's.");
      assertThat(api.read(path).path("raw_text").asString()).contains("L-1");
      // Once more changes nothing.
      api.post(path + "/aside", "{\"reason\": \"Again\"}");
      assertThat(api.read(path).path("history")).hasSize(1);

      api.post(path + "/reopen", "{}");
      assertThat(api.read(path).path("state").asString()).isEqualTo("quarantined");
      api.post(path + "/aside", "{\"reason\": \"Nobody will.\"}");
      var mended = api.post(path + "/resubmit", body.toString()).json();
      assertThat(mended.path("state").asString()).isEqualTo("done");
      assertThat(api.read(path).path("state").asString()).isEqualTo("mended");
      assertThat(api.read(path).path("history")).hasSize(3);
      assertThat(api.post(path + "/aside", "{\"reason\": \"no\"}").status()).isEqualTo(409);

      var hop = "00000000-0000-4000-8000-00000000000";
      portal
          .sender()
          .withHeader(
              Trail.HEADER,
              String.join(
                  ",",
                  Stream.of("1/2", "3/4", "5/6", "7/8")
                      .map(h -> hop + h.replace("/", "/" + hop))
                      .toList()))
          .post(LeadBodies.buyer("L-2", InventedPerson.of(2)));
      // What was refused stays aside, and no body is taken in its place.
      var refused =
          "/receipts/" + hub.items("/receipts?state=refused").getFirst().path("id").asString();
      api.make(refused + "/aside", Json.object().put("reason", "Somebody tried."));
      assertThat(api.post(refused + "/resubmit", body.toString()).status()).isEqualTo(409);
      portal.sender().post("[]");
      var second =
          "/receipts/" + hub.items("/receipts?state=quarantined").getFirst().path("id").asString();
      api.make(second + "/aside", Json.object().put("reason", "Empty."));

      // As when it is erased between two looks at it: who asks is told.
      rename(hub, "receipt_id || '-'");
      try (var ada = ConsoleGuest.administrator(hub)) {
        assertThat(ada.get("/console" + second).statusCode()).isEqualTo(200);
      }
      assertThat(api.post(second + "/resubmit", body.toString()).status()).isEqualTo(409);
      rename(hub, "substr(receipt_id, 1, length(receipt_id) - 1)");
    }
  }

  /// Of all that say who put what aside.
  private static void rename(TestHub hub, String receipt) {
    hub.hub()
        .store()
        .write(
            WorkQueue.EDITS,
            batch -> batch.sql().execute("UPDATE receipt_aside SET receipt_id = " + receipt));
  }
}
