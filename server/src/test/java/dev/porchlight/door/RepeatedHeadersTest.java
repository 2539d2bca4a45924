package dev.porchlight.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.TestHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A header that says who asks, or for which request, counts once.
@SuppressWarnings("NullAway.Init") // the one test sets it first
class RepeatedHeadersTest {
  @TempDir Path folder;

  private TestHub hub;

  @Test
  void two_lines_of_it_are_refused_in_each_doors_own_form_and_nothing_is_done() {
    try (var started = TestHub.start(folder)) {
      hub = started;
      var portal = hub.addSource("portal", "connections-plus");
      var body = LeadBodies.buyer("L-1", InventedPerson.of(1)).toString();
      var key = "X-API-Key: " + portal.key() + "\r\n";
      assertThat(ask("POST /in/portal", key + "x-api-key: another\r\n", body))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"communications_guid\"", "X-API-Key stands in more than one line");
      // Of the same value too: whoever stands between us might read them otherwise.
      assertThat(ask("POST /in/portal", key + key, body)).startsWith("HTTP/1.1 400 ");
      assertThat(hub.items("/receipts")).isEmpty();

      var own = "Authorization: Bearer " + TestHub.ADMIN_TOKEN + "\r\n";
      assertThat(ask("GET /api/v1/leads", own + "Authorization: Bearer other\r\n", ""))
          .startsWith("HTTP/1.1 400 ")
          .contains("application/problem+json", "Authorization stands in more than one line");
      assertThat(
              ask(
                  "POST /api/v1/tokens",
                  own + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n",
                  "{}"))
          .startsWith("HTTP/1.1 400 ")
          .contains("Idempotency-Key stands in more than one line");
      // Other headers may come in as many lines as they like.
      assertThat(ask("GET /api/v1/leads", own + "X-Note: a\r\nX-Note: b\r\n", ""))
          .startsWith("HTTP/1.1 200 ");

      var two = "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n";
      assertThat(ask("GET /seeker-leads/v1/leads?start=0", two, ""))
          .startsWith("HTTP/1.1 400 ")
          .contains("urn:porchlight:seeker-leads:");
      assertThat(ask("POST /oauth/token", two, "{\"grant_type\":\"client_credentials\"}"))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"error\":\"invalid_request\"");
      assertThat(ask("GET /v1/contacts", two, ""))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"D\":", "\"Code\":1053");
      assertThat(ask("POST /publish", "x-api-key: a\r\nX-Api-Key: b\r\n", "{}"))
          .startsWith("HTTP/1.1 400 ")
          .contains("x-api-key stands in more than one line");
    }
  }

  private String ask(String line, String headers, String body) {
    return RawHttp.exchange(
        hub.address(),
        line
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            + headers
            + (body.isEmpty()
                ? ""
                : "Content-Type: application/json\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length
                    + "\r\n")
            + "\r\n"
            + body);
  }
}
