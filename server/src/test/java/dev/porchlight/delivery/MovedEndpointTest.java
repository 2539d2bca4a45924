package dev.porchlight.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Certificates;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an endpoint's address, kinds and headers can be changed to.
class MovedEndpointTest {
  private static final String HERE = "https://127.0.0.1:7/in";
  private static final String THERE = "{\"url\": \"https://127.0.0.1:8/in\"";

  @TempDir Path folder;

  private static void refused(TestHub hub, String path, String body, String... words) {
    var before = hub.api().read(path);
    var reply = hub.api().patch(path, Json.tree(body));
    assertThat(reply.status()).as(body + reply.text()).isEqualTo(400);
    assertThat(reply.text()).contains(words);
    assertThat(hub.api().read(path)).isEqualTo(before);
  }

  private static void done(TestHub hub, String path, String body) {
    var reply = hub.api().patch(path, Json.tree(body));
    assertThat(reply.status()).as(body + reply.text()).isEqualTo(200);
  }

  @Test
  void what_was_given_for_one_server_is_not_sent_to_another() throws Exception {
    var own = Certificates.authority("Clients").sign("first");
    try (var hub = TestHub.start(folder)) {
      var again = "is not sent to another server unless it is given again";
      var key = path(hub, "{\"api_key\": \"k-1\"}");
      refused(hub, key, THERE + "}", "`api_key`", again);
      refused(hub, key, "{\"url\": \"http://127.0.0.1:7/in\"}", "`api_key`", again);
      refused(hub, key, "{\"url\": \"https://localhost:7/in\"}", "`api_key`", again);
      done(hub, key, "{\"url\": \"https://127.0.0.1:7/other?a=b\", \"name\": \"moved\"}");
      done(hub, key, THERE + ", \"api_key\": \"k-2\"}");
      done(hub, key, "{\"url\": \"" + HERE + "\", \"api_key\": null}");
      done(hub, key, THERE + "}");

      var bearer = path(hub, "{\"authorization\": {\"kind\": \"bearer\", \"token\": \"abc\"}}");
      refused(hub, bearer, THERE + "}", "`authorization.token`", again);
      refused(hub, bearer, THERE + ", \"authorization\": {\"kind\": \"bearer\"}}", again);
      done(hub, bearer, THERE + ", \"authorization\": null}");

      var basic =
          path(
              hub,
              "{\"authorization\": {\"kind\": \"basic\", \"user\": \"u\", \"password\": \"p\"}}");
      refused(hub, basic, THERE + "}", "`authorization.password`", again);

      var client =
          "\"kind\": \"oauth2\", \"client_id\": \"c\", \"token_url\": \"https://127.0.0.1:";
      var tokens =
          path(hub, "{\"authorization\": {" + client + "7/t\", \"client_secret\": \"s\"}}");
      refused(hub, tokens, THERE + "}", "`authorization.client_secret`", again);
      refused(hub, tokens, "{\"authorization\": {" + client + "9/t\"}}", again);
      done(hub, tokens, "{\"authorization\": {" + client + "7/other\"}}");
      done(
          hub,
          tokens,
          THERE + ", \"authorization\": {" + client + "9/t\", \"client_secret\": \"s\"}}");

      var tls = Json.object();
      tls.putObject("tls").put("certificate", own.pem()).put("key", own.key());
      var shown = path(hub, tls.toString());
      refused(hub, shown, THERE + "}", "`tls.certificate`", again);
      done(hub, shown, THERE + ", " + tls.toString().substring(1));

      // What is kept to sign with is not sent.
      done(hub, path(hub, "{}"), THERE + "}");
    }
  }

  private static String path(TestHub hub, String more) {
    return "/endpoints/"
        + hub.addEndpoint(
                HERE,
                "porchlight",
                b -> Json.tree(more).properties().forEach(p -> b.set(p.getKey(), p.getValue())))
            .id();
  }

  @Test
  void no_kind_is_taken_that_cannot_be_written_and_no_header_for_two_purposes() {
    try (var hub = TestHub.start(folder)) {
      var portal = "/endpoints/" + hub.addEndpoint(HERE, "connections-plus").id();
      for (var kind : new String[] {"endpoint.*", "delivery.dead", "replay.finished"}) {
        refused(
            hub,
            portal,
            "{\"kinds\": [\"" + kind + "\"]}",
            "Only the contract `porchlight` carries " + kind);
      }
      done(hub, path(hub, "{}"), "{\"kinds\": [\"endpoint.*\", \"delivery.dead\"]}");

      var bearer = path(hub, "{\"authorization\": {\"kind\": \"bearer\", \"token\": \"abc\"}}");
      refused(hub, bearer, "{\"api_key_header\": \"authorization\"}", "`authorization`");
      refused(hub, bearer, "{\"signature\": {\"header\": \"AUTHORIZATION\"}}", "`authorization`");
      done(hub, bearer, "{\"api_key_header\": \"X-Sig\"}");
      refused(hub, bearer, "{\"signature\": {\"header\": \"x-sig\"}}", "the same header");
      done(hub, bearer, "{\"signature\": {\"header\": \"X-Other\"}}");
    }
  }
}
