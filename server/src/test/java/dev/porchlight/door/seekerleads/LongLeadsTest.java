package dev.porchlight.door.seekerleads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A page of leads that are as long as a body may be is whole all the same, and the hub reads each
/// of them only when those before it are on their way.
class LongLeadsTest {
  private static final int LEADS = 20;
  private static final int LENGTH = 1_000_000;

  @TempDir Path folder;
  private SeekerHub seeker;
  private SeekerHub.Made client;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() {
    seeker = new SeekerHub(TestHub.in(folder).withoutRebuildCheck().start());
    client = seeker.make(_ -> {});
    var caller = seeker.caller(client.token());
    for (int n = 0; n < LEADS; n++) {
      var lead = SeekerHub.lead(n).put("message", "é" + "x".repeat(LENGTH));
      assertThat(caller.post("/leads", lead).status()).isEqualTo(200);
    }
  }

  @AfterEach
  void stop() {
    http.close();
    seeker.close();
  }

  private HttpResponse<InputStream> page(String more) throws IOException, InterruptedException {
    long now = seeker.now();
    return http.send(
        HttpRequest.newBuilder(
                URI.create(
                    seeker.hub.address()
                        + "/seeker-leads/v1/leads?minDate="
                        + (now - 86_400)
                        + "&maxDate="
                        + now
                        + more))
            .header("Authorization", "Bearer " + client.token())
            .build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  @Test
  void what_is_read_last_is_as_it_stands_then() throws Exception {
    var person = seeker.hub.items("/persons?email=camille.martin" + (LEADS - 1) + "%40example.org");
    var answer = page("");
    try (var body = answer.body()) {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      var begun = body.readNBytes(LENGTH);
      // The first lead is here; the last one was not read yet, so its erasure shows.
      var erased =
          seeker
              .hub
              .api()
              .post("/persons/" + person.getFirst().path("id").asString() + "/erase", "{}");
      assertThat(erased.status()).isEqualTo(200);
      var text =
          new String(begun, StandardCharsets.UTF_8)
              + new String(body.readAllBytes(), StandardCharsets.UTF_8);
      var page = Json.tree(text);
      assertThat(page.at("/metadata/count").asInt()).isEqualTo(LEADS);
      var items = page.path("items");
      assertThat(items).hasSize(LEADS);
      for (int n = 0; n < LEADS - 1; n++) {
        assertThat(items.path(n).at("/contactRequest/lastName").asString())
            .isEqualTo("Martin-" + n);
        assertThat(items.path(n).at("/contactRequest/message").asString().length())
            .isEqualTo(LENGTH + 1);
      }
      assertThat(items.path(LEADS - 1).at("/contactRequest/message").isNull()).isTrue();
    }
  }

  @Test
  void a_page_that_breaks_off_looks_it() throws Exception {
    var answer = page("");
    try (var body = answer.body()) {
      var begun = body.readNBytes(LENGTH);
      assertThat(begun).hasSize(LENGTH);
      seeker.hub.hub().store().close();
      assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
    }
    // Whoever asks then is told in the contract's form when to come again.
    var refused = seeker.caller(client.token()).get("/leads/none");
    assertThat(refused.status()).as(refused.toString()).isEqualTo(500);
    assertThat(refused.header("Retry-After")).contains("5");
  }

  @Test
  void the_walk_goes_on_behind_a_long_lead() {
    var caller = seeker.caller(client.token());
    var all = caller.ids();
    long now = seeker.now();
    var first = caller.window(now - 86_400, now, "&limit=3").json();
    assertThat(first.path("items")).hasSize(3);
    var next =
        caller
            .window(
                now - 86_400, now, "&limit=3&start=" + SeekerHub.id(first.path("items").path(2)))
            .json();
    assertThat(next.path("items").valueStream().map(SeekerHub::id).toList())
        .isEqualTo(all.subList(3, 6));
  }
}
