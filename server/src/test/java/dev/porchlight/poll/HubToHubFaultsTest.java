package dev.porchlight.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.poll.FaultyLine.Fault;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.LeadBodies;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One hub reads from the Seeker Leads API of another over a line with faults, or with a clock that
/// is not the other's: none lost, none doubled.
@Timeout(120)
class HubToHubFaultsTest {
  private static final Duration ROUND = Duration.ofMinutes(11);

  @TempDir Path ours;
  @TempDir Path theirs;
  private final SettableClock here = SettableClock.at(TestHub.START);
  private final SettableClock there = SettableClock.at(TestHub.START);
  private TestHub provider;
  private TestHub reader;
  private FaultyLine line;
  private TestHub.SourceAtHub portal;
  private int sent;

  @BeforeEach
  void start() {
    provider = TestHub.in(theirs).clock(there).start();
    reader = TestHub.in(ours).clock(here).start();
    line = new FaultyLine(provider.address(), there);
    portal = provider.addSource("portal", "connections-plus");
  }

  /// Begins to ask.
  private void open() {
    var client =
        provider
            .api()
            .make("/clients", Json.object().put("name", "us").put("contract", "seeker-leads"));
    var poll =
        Json.object()
            .put("url", line.url("/seeker-leads/v1"))
            .put("token_url", line.url("/oauth/token"))
            .put("audience", provider.address().resolve("/seeker-leads/v1").toString())
            .put("client_id", client.path("client_id").asString())
            .put("client_secret", client.path("client_secret").asString());
    reader.addSource("seeker", "seeker-leads", b -> b.set("poll", poll));
    settled();
    assertThat(state().path("failures").asInt()).as(state().toString()).isZero();
  }

  @AfterEach
  void close() {
    line.close();
    reader.close();
    provider.close();
  }

  private void more(int count) {
    for (int n = 0; n < count; n++) {
      sent++;
      var body = LeadBodies.buyer("L-" + sent, InventedPerson.of(sent));
      assertThat(portal.post(body).status()).isEqualTo(200);
    }
  }

  private void pass(Duration time) {
    there.advance(time);
    here.advance(time);
    settled();
  }

  private JsonNode state() {
    return reader.api().read("/sources/seeker").path("poll");
  }

  private void settled() {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Instant.parse(state().path("next_at").asString()).isAfter(here.instant()));
  }

  private void everyLeadIsHereOnce() {
    var found =
        reader
            .hub()
            .store()
            .read(h -> h.createQuery("SELECT external_id FROM lead").mapTo(String.class).list());
    assertThat(found).hasSize(sent).doesNotHaveDuplicates();
    long versions =
        reader
            .hub()
            .store()
            .read(h -> h.createQuery("SELECT COUNT(*) FROM lead_version").mapTo(Long.class).one());
    assertThat(versions).isEqualTo(sent);
  }

  @Test
  void whatever_befalls_an_answer_none_is_lost_and_none_doubled() {
    open();
    var faults =
        List.of(
            Fault.cutInside(),
            Fault.status(500, "", "<html>oops</html>"),
            Fault.status(429, "", ""),
            Fault.status(429, "Retry-After: 20", "{\"title\": \"Slow\"}"),
            Fault.status(302, "Location: " + line.url("/oauth/token"), ""),
            Fault.status(200, "", "<html>All is well.</html>"),
            Fault.unknownToken());
    for (var fault : faults) {
      more(3);
      // Once at a window's beginning, once within it.
      line.faults(fault, FaultyLine::toPortal, fault);
      pass(ROUND);
      pass(ROUND);
      pass(ROUND);
      assertThat(line.isRight()).isTrue();
    }
    everyLeadIsHereOnce();
    assertThat(state().path("failures").asInt()).isZero();
  }

  @Test
  void a_start_that_the_portal_refuses_begins_the_window_anew() {
    open();
    more(5);
    line.faults(FaultyLine::toPortal, Fault.unknownStart());
    int before = line.asked().size();
    pass(ROUND);
    assertThat(state().path("error").asString()).contains("400");
    pass(ROUND);
    everyLeadIsHereOnce();
    var asked = line.asked().subList(before, line.asked().size());
    assertThat(asked.get(1)).contains("start=");
    assertThat(asked.get(2)).as("from its beginning").doesNotContain("start=");
    assertThat(state().path("failures").asInt()).isZero();
  }

  @Test
  void a_walk_that_was_cut_off_goes_on_behind_the_last_lead_that_was_read() {
    open();
    more(5);
    line.faults(FaultyLine::toPortal, Fault.cutInside());
    int before = line.asked().size();
    pass(ROUND);
    pass(ROUND);
    everyLeadIsHereOnce();
    var asked = line.asked().subList(before, line.asked().size());
    assertThat(asked.get(1)).contains("start=");
    assertThat(asked.get(2)).as("the same window, from there").isEqualTo(asked.get(1));
  }

  @Test
  void a_page_of_100_mib_is_not_read_to_its_end_and_asked_for_in_smaller_ones() {
    open();
    more(5);
    line.faults(Fault.endless(100L << 20));
    int before = line.asked().size();
    pass(ROUND);
    everyLeadIsHereOnce();
    assertThat(line.asked().get(before)).contains("limit=100");
    assertThat(line.asked().get(before + 1)).contains("limit=50");
  }

  @Test
  void two_weeks_of_silence_are_read_in_windows_of_a_week_at_most() {
    open();
    for (int day = 0; day < 14; day++) {
      there.advance(Duration.ofDays(1));
      more(1);
    }
    int before = line.asked().size();
    here.advance(Duration.ofDays(14));
    settled();
    everyLeadIsHereOnce();
    var windows =
        line.asked().subList(before, line.asked().size()).stream()
            .map(t -> URI.create(t).getQuery().replaceFirst("&limit.*", ""))
            .distinct()
            .toList();
    assertThat(windows).hasSize(3);
    assertThat(state().path("lag_seconds").asInt()).isZero();
  }

  @Test
  void a_portal_whose_clock_is_an_hour_behind_loses_nothing() {
    here.advance(Duration.ofHours(1));
    open();
    for (int round = 0; round < 3; round++) {
      more(2);
      pass(ROUND);
      everyLeadIsHereOnce();
    }
    // The portal can't be asked for longer than a window reaches back.
    var cut = Fault.cutInside();
    line.faults(cut, cut, cut, cut);
    for (int round = 0; round < 4; round++) {
      more(1);
      pass(ROUND);
    }
    pass(ROUND);
    everyLeadIsHereOnce();
    assertThat(state().path("failures").asInt()).isZero();
  }

  @Test
  void one_whose_clock_is_an_hour_ahead_keeps_no_lead_back_for_that_hour() {
    there.advance(Duration.ofHours(1));
    open();
    for (int round = 0; round < 3; round++) {
      more(2);
      pass(ROUND);
      everyLeadIsHereOnce();
    }
    assertThat(state().path("lag_seconds").asInt()).isZero();
  }
}
