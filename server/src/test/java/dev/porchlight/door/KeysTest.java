package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Answer;
import dev.porchlight.testing.Database;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Who is let in, and how the others are refused.
@OnEveryDatabase
class KeysTest {
  private static final String LEAD = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void an_unknown_source_and_a_wrong_key_are_refused_with_the_same_bytes_but_for_the_guid() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var other = hub.addSource("other", "connections-plus");

      var wrongKey = portal.sender().withKey("not-the-key").post(LEAD);
      var noKey = portal.sender().withKey(null).post(LEAD);
      var unknownSource = portal.sender().withPath("/in/nobody").post(LEAD);
      var unknownBoth = portal.sender().withPath("/in/nobody").withKey("not-the-key").post(LEAD);
      var anothersKey = portal.sender().withKey(other.key()).post(LEAD);
      var keyAlone = portal.sender().withPath("/lead").withKey("not-the-key").post(LEAD);

      assertThat(wrongKey.status()).isEqualTo(401);
      assertThat(wrongKey.json().path("status_code").intValue()).isEqualTo(401);
      assertThat(wrongKey.json().path("message").stringValue()).isEqualTo("Unauthorized");
      assertThat(wrongKey.json().propertyNames())
          .containsExactlyInAnyOrder(
              "communications_guid", "status_code", "message", "description");
      for (var refused : new Answer[] {noKey, unknownSource, unknownBoth, anothersKey, keyAlone}) {
        assertThat(withoutGuid(refused)).isEqualTo(withoutGuid(wrongKey));
        assertThat(commonHeaders(refused)).isEqualTo(commonHeaders(wrongKey));
      }
      assertThat(hub.items("/receipts")).isEmpty();
      assertThat(hub.api().get("//metrics").text())
          .containsPattern("porchlight_receipts_total\\{[^}]*outcome=\"401\"[^}]*} 6");
    }
  }

  private static String withoutGuid(Answer answer) {
    var guid = answer.json().path("communications_guid").stringValue();
    assertThat(UUID.fromString(guid)).isNotNull();
    return answer.status() + answer.text().replace(guid, "");
  }

  /// `Connection` says whether the body was here before the refusal, which is a matter of packets.
  private static String commonHeaders(Answer answer) {
    var passing = Set.of("date", "x-request-id", "connection");
    return answer.headers().map().entrySet().stream()
        .filter(e -> !passing.contains(e.getKey().toLowerCase(Locale.ROOT)))
        .map(Object::toString)
        .sorted()
        .toList()
        .toString();
  }

  @Test
  void a_refused_body_is_not_read_and_credentials_are_never_kept() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var refused =
          RawHttp.exchange(
              hub.address(),
              "POST /in/portal HTTP/1.1\r\nHost: hub\r\nX-API-Key: wrong-key\r\n"
                  + "Connection: close\r\nContent-Length: 1000\r\n\r\n");
      assertThat(refused).startsWith("HTTP/1.1 401");

      portal
          .sender()
          .withHeader("Authorization", "Bearer secret-of-theirs")
          .withHeader("X-Request-Source", "kept")
          .post(LEAD);
      var id = hub.items("/receipts").getFirst().path("id").stringValue();
      var headers = hub.api().read("/receipts/" + id).path("headers");
      assertThat(headers.path("x-request-source").stringValue()).isEqualTo("kept");
      assertThat(headers.has("authorization")).isFalse();
      assertThat(headers.has("x-api-key")).isFalse();
    }
  }

  @Test
  void after_a_rotation_both_keys_hold_until_the_overlap_is_over() {
    try (var hub = database.start(folder)) {
      var portal = hub.addSource("portal", "connections-plus");
      var rotated =
          hub.api()
              .make(
                  "/sources/portal/rotate-key",
                  Json.object().put("overlap_hours", 2).put("api_key", "the-second-key"));
      assertThat(rotated.path("api_key").stringValue()).isEqualTo("the-second-key");
      var second = portal.sender().withKey("the-second-key");

      assertThat(portal.sender().post(LEAD).status()).isEqualTo(200);
      assertThat(second.post(LEAD).status()).isEqualTo(200);
      hub.clock().advance(Duration.ofHours(2).minusSeconds(1));
      assertThat(portal.sender().post(LEAD).status()).isEqualTo(200);
      hub.clock().advance(Duration.ofSeconds(1));
      assertThat(portal.sender().post(LEAD).status()).isEqualTo(401);
      assertThat(second.post(LEAD).status()).isEqualTo(200);

      hub.api()
          .make(
              "/sources/portal/rotate-key",
              Json.object().put("overlap_hours", 0).put("api_key", "the-third-key"));
      assertThat(second.post(LEAD).status()).isEqualTo(401);
      assertThat(portal.sender().withKey("the-third-key").post(LEAD).status()).isEqualTo(200);
      hub.restart();
      assertThat(hub.sender("portal", "the-second-key").post(LEAD).status()).isEqualTo(401);
      assertThat(hub.sender("portal", "the-third-key").post(LEAD).status()).isEqualTo(200);
    }
  }

  @Test
  void names_of_sources_and_live_keys_are_unique() {
    try (var hub = database.start(folder)) {
      hub.addSource("portal", "connections-plus", b -> b.put("api_key", "the-one-key"));
      var sameName =
          hub.api()
              .post(
                  "/sources", Json.object().put("name", "portal").put("contract", "lead-delivery"));
      var sameKey =
          hub.api()
              .post(
                  "/sources",
                  Json.object()
                      .put("name", "second")
                      .put("contract", "lead-delivery")
                      .put("api_key", "the-one-key"));
      assertThat(sameName.status()).isEqualTo(409);
      assertThat(sameKey.status()).isEqualTo(409);
      assertThat(sameKey.text()).doesNotContain("the-one-key");
      assertThat(hub.items("/sources")).hasSize(1);

      hub.addSource("third", "lead-delivery", b -> b.put("api_key", "the-third-key"));
      var rotatedToAnothers =
          hub.api().post("/sources/third/rotate-key", Json.object().put("api_key", "the-one-key"));
      assertThat(rotatedToAnothers.status()).isEqualTo(409);
      assertThat(
              hub.sender("third", "the-third-key")
                  .post(LeadBodies.standard("L-9", InventedPerson.of(9)))
                  .status())
          .isEqualTo(200);
    }
  }
}
