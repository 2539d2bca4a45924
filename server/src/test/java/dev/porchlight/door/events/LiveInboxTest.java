package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.porchlight.testing.Database;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Inboxes as they fill, over the wire.
class LiveInboxTest {
  private static final String LISTING = "realestate/listing";

  @TempDir Path folder;
  private Pods pods;
  private Pods.Pod office;
  private Pods.Pod app;
  private String begin;

  @BeforeEach
  void start() {
    pods = new Pods(folder, Database.SQLITE);
    office = pods.party("Harbor Realty", "office");
    app = pods.party("Harbor CRM", "app");
    pods.grant(office, app, null, LISTING);
    begin = app.get("inbox/").json().path("next").asString();
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private InboxReader live(String query, String... headers) {
    return new InboxReader(pods.hub.address(), "/pods/harbor-crm/inbox/" + query, app.key, headers);
  }

  private void publish(String key) {
    var event = Pods.listing(office.profile, key, _ -> {});
    assertThat(office.publish(event).status()).isEqualTo(201);
  }

  private static String key(InboxReader.Item item) {
    return item.json().at("/data/object/originatingSystemKey").asString();
  }

  @Test
  void a_stream_goes_on_from_where_its_reader_was_and_ends_with_the_key() throws Exception {
    publish("L-1");
    try (var reader = live("").reading()) {
      assertThat(reader.status()).isEqualTo(200);
      // What was there before is not sent, but where that ended is.
      var place = reader.next();
      assertThat(place.data()).isNull();
      assertThat(place.id()).isEqualTo(app.get("inbox/").json().path("next").asString());
      publish("L-2");
      var item = reader.next();
      assertThat(item.json()).isEqualTo(app.inbox().getLast());
      assertThat(item.id()).isEqualTo(app.get("inbox/").json().path("next").asString());
      try (var again = live("?from=0", "Last-Event-ID: " + place.id()).reading()) {
        assertThat(again.next().id()).isEqualTo(place.id());
        assertThat(again.next()).isEqualTo(item);
      }
      try (var all = live("?from=" + begin + "&format=links").reading()) {
        assertThat(all.next().id()).isEqualTo(begin);
        assertThat(all.next().data()).startsWith(app.url + "inbox/");
        assertThat(all.next().data()).isEqualTo(item.json().path("@id").asString());
      }
      for (var bad : new String[] {"?from=x", "?by=datetime", "?format=x"}) {
        try (var refused = live(bad)) {
          assertThat(refused.status()).as(bad).isEqualTo(400);
        }
      }
      try (var other = new InboxReader(pods.hub.address(), "/pods/harbor-crm/inbox/", office.key)) {
        assertThat(other.status()).isEqualTo(403);
      }
      // The end of the key is the end of the stream.
      pods.hub
          .api()
          .post(
              "/parties/" + app.id + "/rotate-key",
              Json.object().put("overlap_hours", 0).toString());
      assertThat(reader.ends()).isTrue();
    }
  }

  @Test
  void an_inbox_has_four_streams_at_most_and_a_slow_one_holds_up_nobody() throws Exception {
    var slow = live("?from=" + begin);
    try (slow) {
      var others = new ArrayList<InboxReader>();
      for (int n = 0; n < 3; n++) {
        others.add(live("").reading());
        others.getLast().next();
      }
      try (var fifth = live("")) {
        assertThat(fifth.status()).isEqualTo(429);
      }
      // One whose reader has closed it makes room at once, though nothing was sent to it.
      others.removeLast().close();
      others.add(live("").reading());
      assertThat(others.getLast().status()).isEqualTo(200);
      others.getLast().next();
      // More than fits into the buffers on the way: the stream waits, and nothing else does.
      for (int n = 0; n < 12; n++) {
        var event = Pods.listing(office.profile, "L-" + n, o -> o.put("x", "y".repeat(700_000)));
        assertThat(office.publish(event).status()).isEqualTo(201);
        for (var other : others) {
          assertThat(key(other.next())).isEqualTo("L-" + n);
        }
      }
      others.forEach(InboxReader::close);
      slow.reading();
      assertThat(slow.next().data()).isNull();
      for (int n = 0; n < 12; n++) {
        assertThat(key(slow.next())).isEqualTo("L-" + n);
      }
    }
  }
}
