package dev.porchlight.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.testing.Database;
import dev.porchlight.testing.FakePortal;
import dev.porchlight.testing.FakePortal.Fault;
import dev.porchlight.testing.InventedPerson;
import dev.porchlight.testing.OnEveryDatabase;
import dev.porchlight.testing.SettableClock;
import dev.porchlight.testing.TestHub;
import dev.porchlight.value.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A hub that asks a portal over HTTP, with faults between: none lost, none doubled.
@OnEveryDatabase
@Timeout(120)
class PollerTest {
  private static final Duration LATER = Duration.ofMinutes(11);

  @Parameter Database database;
  @TempDir Path folder;
  private final SettableClock clock = SettableClock.at(TestHub.START);
  private TestHub hub;
  private FakePortal portal;
  private int leads;

  @BeforeEach
  void start() {
    portal = FakePortal.open(clock);
    hub = database.in(folder).clock(clock).start();
  }

  @AfterEach
  void stop() {
    hub.close();
    portal.close();
  }

  private TestHub.SourceAtHub poll() {
    var source = hub.addSource("seeker", "seeker-leads", b -> b.set("poll", portal.poll()));
    settled();
    return source;
  }

  private static ObjectNode lead(int n) {
    var person = InventedPerson.of(n);
    var lead = Json.object();
    lead.putObject("metadata").put("leadId", "S-" + n).put("category", "CLASSIFIED");
    lead.putObject("contactRequest")
        .put("firstName", person.firstName())
        .put("lastName", person.lastName())
        .put("email", n + "." + person.email())
        .put("message", "Is it still to be had? é \u05d0 😀")
        .put("futureMember", n);
    lead.putObject("property").put("classifiedId", "26ABCDEFGHJK");
    return lead;
  }

  /// So many more leads at the portal, taken in just now.
  private void more(int count) {
    for (int i = 0; i < count; i++) {
      leads++;
      portal.holds(clock.instant(), "S-" + leads, lead(leads).toPrettyString());
    }
  }

  private JsonNode state() {
    return hub.api().read("/sources/seeker").path("poll");
  }

  /// Waits until the portal is left alone again.
  private JsonNode settled() {
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Instant.parse(state().path("next_at").asString()).isAfter(clock.instant()));
    return state();
  }

  private JsonNode later() {
    clock.advance(LATER);
    return settled();
  }

  private long count(String what) {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM " + what).mapTo(Long.class).one());
  }

  private void everyLeadIsThereOnce() {
    var keys =
        hub.hub()
            .store()
            .read(h -> h.createQuery("SELECT external_id FROM lead").mapTo(String.class).list());
    assertThat(keys).doesNotHaveDuplicates().hasSize(leads);
    assertThat(count("lead_version")).isEqualTo(leads);
  }

  @Test
  void every_lead_is_taken_once_as_it_was_sent_and_the_lag_is_shown() {
    more(230);
    poll();
    everyLeadIsThereOnce();
    assertThat(state().path("lag_seconds").asLong()).isZero();
    assertThat(state().path("items").asLong()).isEqualTo(230);

    clock.advance(Duration.ofSeconds(30));
    assertThat(state().path("lag_seconds").asLong()).isEqualTo(30);
    more(3);
    later();
    later();
    everyLeadIsThereOnce();
    assertThat(count("receipt")).as("what was read before leaves no trace").isEqualTo(233);

    hub.checkRebuild();
    assertThat(hub.api().get("//metrics").text())
        .contains("porchlight_poll_lag", "porchlight_poll_items_total{outcome=\"done\"} 233.0");
  }

  @Test
  void what_is_kept_are_the_bytes_of_the_item() {
    more(1);
    poll();
    var id =
        hub.hub()
            .store()
            .read(h -> h.createQuery("SELECT id FROM receipt").mapTo(String.class).one());
    assertThat(hub.api().get("/receipts/" + id + "/raw").text())
        .isEqualTo(lead(1).toPrettyString());
    assertThat(hub.api().read("/receipts/" + id).toString()).contains(portal.url() + "/leads");
  }

  @Test
  void a_lead_that_was_pushed_and_is_read_is_one() {
    var source = poll();
    more(2);
    assertThat(source.post(lead(1)).status()).isEqualTo(200);
    later();
    everyLeadIsThereOnce();
    assertThat(source.post(lead(2)).status()).isEqualTo(200);
    everyLeadIsThereOnce();
    assertThat(count("receipt WHERE state = 'repeat'")).isEqualTo(2);
  }

  @Test
  void an_erased_lead_read_later_is_a_version_of_the_same_that_names_nobody() {
    more(1);
    poll();
    clock.advance(Duration.ofMinutes(5));
    var erased = lead(1);
    var contact = Json.object().putNull("firstName").putNull("lastName").putNull("message");
    contact.putNull("gender").putNull("language").putNull("email").putArray("phoneNumbers");
    erased.set("contactRequest", contact);
    portal.holds(clock.instant(), "S-1", erased.toString());
    later();
    assertThat(count("lead")).isEqualTo(1);
    assertThat(count("lead_version")).isEqualTo(2);
    assertThat(count("person")).isEqualTo(1);
    var fact =
        hub.hub()
            .store()
            .read(h ->
                h.createQuery("SELECT fact FROM lead_version WHERE version = 2")
                    .mapTo(String.class)
                    .one());
    assertThat(Json.tree(fact).path("erased").asBoolean()).isTrue();
    assertThat(fact).doesNotContain("example.org", "still to be had");
  }

  @Test
  void faults_between_lose_nothing_and_double_nothing() {
    portal.givesAtMost(7);
    poll();
    var faults =
        List.<Fault>of(
            new Fault.Cut(),
            new Fault.CutInside(),
            new Fault.Half(),
            new Fault.Status(500, Map.of(), "<html>oops</html>"),
            new Fault.Status(503, Map.of("Retry-After", "30"), ""),
            new Fault.Status(
                429, Map.of(), "{\"error\": {\"code\": \"RATE\", \"message\": \"Slow\"}}"),
            new Fault.Status(401, Map.of(), ""),
            new Fault.Status(302, Map.of("Location", portal.tokenUrl()), ""),
            new Fault.Status(200, Map.of(), "{}"),
            new Fault.Status(200, Map.of(), "null"));
    for (var fault : faults) {
      more(10);
      // One page is answered before it, so that it falls into a walk.
      portal.faults(new Fault.Held(new CountDownLatch(0)), fault);
      later();
      more(10);
      later();
    }
    later();
    everyLeadIsThereOnce();
    assertThat(state().path("failures").asInt()).isZero();
    assertThat(state().has("error")).isFalse();
  }

  @Test
  void after_429_it_waits_as_long_as_the_portal_asks() {
    poll();
    more(3);
    portal.faults(new Fault.Status(429, Map.of("Retry-After", "3600"), "{\"detail\": \"Slow.\"}"));
    var state = later();
    assertThat(Instant.parse(state.path("next_at").asString()))
        .isEqualTo(clock.instant().plusSeconds(3600));
    assertThat(state.path("error").asString()).contains("429").endsWith(": Slow.");
    assertThat(hub.hub().examine())
        .anyMatch(f -> f.level().equals("attention") && f.sentence().contains("Source seeker"));
    int before = portal.pages().size();
    clock.advance(Duration.ofSeconds(3599));
    assertThat(portal.pages()).hasSize(before);
    clock.advance(Duration.ofSeconds(1));
    settled();
    everyLeadIsThereOnce();
    assertThat(hub.hub().examine())
        .anyMatch(f -> f.level().equals("ok") && f.sentence().contains("Source seeker"));
  }

  private Duration pause() {
    return Duration.between(clock.instant(), Instant.parse(settled().path("next_at").asString()));
  }

  @Test
  void pauses_grow_to_minutes_and_outlast_a_restart() {
    more(3);
    portal.isDown(true);
    poll();
    for (int n = 1; n <= 10; n++) {
      assertThat(settled().path("failures").asInt()).isEqualTo(n);
      assertThat(state().path("state").asString()).isEqualTo("failing");
      var whole = Duration.ofSeconds(Math.min(600, 5L << (n - 1)));
      assertThat(pause()).isBetween(whole.multipliedBy(3).dividedBy(4), whole);
      hub.restart();
      assertThat(state().path("failures").asInt()).as("not anew after a restart").isEqualTo(n);
      clock.advance(pause());
    }
    settled();
    portal.isDown(false);
    later();
    everyLeadIsThereOnce();
    assertThat(state().path("state").asString()).isEqualTo("waiting");
  }

  @Test
  void pauses_grow_where_pages_are_answered_and_lead_nowhere() {
    more(1);
    var page = "{\"items\": [" + lead(1) + "," + lead(1) + "]}";
    for (int n = 0; n < 6; n++) {
      portal.faults(new Fault.Status(200, Map.of(), page));
    }
    portal.faults(new Fault.Status(200, Map.of(), page));
    poll();
    for (int n = 1; n <= 5; n++) {
      assertThat(settled().path("failures").asInt()).isEqualTo(n);
      assertThat(state().path("error").asString()).contains("does not go on");
      clock.advance(pause());
    }
    settled();
    later();
    later();
    assertThat(state().path("failures").asInt()).isZero();
    everyLeadIsThereOnce();
  }

  @Test
  void a_portal_that_was_down_for_three_weeks_is_read_on_from_where_it_stopped() {
    more(5);
    poll();
    var covered = Instant.parse(state().path("covered_until").asString());
    portal.isDown(true);
    for (int day = 0; day < 21; day++) {
      clock.advance(Duration.ofDays(1));
      more(2);
      settled();
    }
    assertThat(state().path("lag_seconds").asLong()).isEqualTo(Duration.ofDays(21).toSeconds());
    assertThat(state().path("late").asBoolean()).isTrue();
    assertThat(Instant.parse(state().path("covered_until").asString())).isEqualTo(covered);
    portal.isDown(false);
    int before = portal.pages().size();
    hub.restart();
    later();
    everyLeadIsThereOnce();
    var windows = portal.pages().subList(before, portal.pages().size());
    assertThat(windows.getFirst().query().get("minDate"))
        .isEqualTo(Long.toString(covered.getEpochSecond() - 900));
    assertThat(windows.stream().map(w -> w.query().get("minDate")).distinct())
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(windows).allMatch(w -> w.status() == 200);
    assertThat(state().path("lag_seconds").asLong()).isZero();
  }

  @Test
  void a_walk_that_broke_off_goes_on_within_its_window_after_a_restart() {
    portal.givesAtMost(2);
    more(10);
    portal.faults(new Fault.Held(new CountDownLatch(0)), new Fault.Held(new CountDownLatch(0)));
    var held = new CountDownLatch(1);
    portal.faults(new Fault.Held(held));
    hub.addSource("seeker", "seeker-leads", b -> b.set("poll", portal.poll()));
    portal.awaitUntil(
        "the third page",
        all -> all.stream().filter(a -> a.path().endsWith("/leads")).count() == 3);
    hub.restart();
    held.countDown();
    settled();
    everyLeadIsThereOnce();
    assertThat(portal.pages().get(3).query()).containsEntry("start", "S-4");
    assertThat(count("receipt")).isEqualTo(10);
  }

  @Test
  void a_hub_that_dies_between_the_answer_and_the_disk_reads_the_page_again() {
    poll();
    more(20);
    var held = new CountDownLatch(1);
    portal.faults(new Fault.Held(held));
    int before = portal.pages().size();
    clock.advance(LATER);
    portal.awaitUntil("a page", all -> portal.pages().size() > before);
    hub.crash(held::countDown);
    assertThat(count("lead")).isLessThanOrEqualTo(20);
    later();
    everyLeadIsThereOnce();
  }

  @Test
  void a_hub_that_dies_between_the_receipts_and_the_place_makes_repeats_at_worst() {
    poll();
    more(20);
    later();
    hub.hub()
        .store()
        .write(
            dev.porchlight.store.WorkQueue.EDITS,
            batch -> {
              batch.sql().execute("DELETE FROM poll_item");
              return batch.sql().execute("UPDATE poll SET covered = covered - 700");
            });
    later();
    everyLeadIsThereOnce();
    assertThat(count("receipt WHERE state = 'repeat'")).isEqualTo(20);
  }

  @Test
  void one_token_serves_for_its_whole_life_across_restarts() {
    poll();
    for (int i = 0; i < 5; i++) {
      later();
    }
    hub.restart();
    later();
    assertThat(portal.tokenRequests()).hasSize(1);
    clock.advance(FakePortal.LIFE);
    settled();
    assertThat(portal.tokenRequests()).hasSize(2);
    assertThat(portal.asked()).allMatch(a -> a.status() == 200);
  }

  @Test
  void a_token_refused_before_its_end_is_replaced_within_the_same_walk() {
    poll();
    more(3);
    portal.forgetTokens();
    later();
    everyLeadIsThereOnce();
    assertThat(state().path("failures").asInt()).isZero();
    assertThat(portal.tokenRequests()).hasSize(2);
    assertThat(portal.pages().stream().filter(p -> p.status() == 401)).hasSize(1);
  }

  @Test
  void a_fresh_token_that_is_refused_is_not_replaced_again_and_again() {
    var refused = new Fault.Status(401, Map.of(), "");
    portal.faults(refused, refused);
    poll();
    assertThat(state().path("failures").asInt()).isEqualTo(1);
    for (int n = 2; n < 5; n++) {
      portal.faults(refused);
      clock.advance(pause());
      assertThat(settled().path("failures").asInt()).isEqualTo(n);
      assertThat(state().path("error").asString()).contains("401");
    }
    assertThat(portal.tokenRequests()).as("replaced once").hasSize(2);
    later();
    assertThat(state().path("failures").asInt()).isZero();
  }

  @Test
  void a_token_revoked_when_it_was_just_given_is_replaced_at_once() {
    poll();
    more(3);
    portal.forgetTokens();
    clock.advance(Duration.ofMinutes(5));
    settled();
    everyLeadIsThereOnce();
    assertThat(state().path("failures").asInt()).isZero();
    assertThat(portal.tokenRequests()).hasSize(2);
  }

  @Test
  void a_fixed_token_is_sent_as_it_is() {
    var poll = Json.object().put("url", portal.url()).put("token", "123");
    hub.addSource("seeker", "seeker-leads", b -> b.set("poll", poll));
    settled();
    assertThat(state().path("error").asString()).contains("set another");
    assertThat(state().path("credentials").asString()).isEqualTo("token");
    assertThat(portal.tokenRequests()).isEmpty();
  }

  @Test
  void secrets_are_never_shown_not_even_when_the_portal_repeats_them() {
    hub.addSource(
        "seeker",
        "seeker-leads",
        b -> b.set("poll", portal.poll().put("client_secret", "a-wrong-secret")));
    var state = settled();
    assertThat(state.path("error").asString()).contains("401").contains("Unknown client …");
    assertThat(hub.api().get("/sources/seeker").text()).doesNotContain("a-wrong-secret");
    // Given rightly, it is asked at once.
    var changed =
        hub.api()
            .patch(
                "/sources/seeker",
                Json.object()
                    .set("poll", Json.object().put("client_secret", FakePortal.CLIENT_SECRET)));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(settled().path("failures").asInt()).isZero();
    assertThat(hub.api().get("/sources/seeker").text())
        .doesNotContain(FakePortal.CLIENT_SECRET)
        .doesNotContain("token-1");
  }

  @Test
  void no_200_ms_see_more_than_ten_requests() {
    portal.givesAtMost(1);
    more(40);
    poll();
    everyLeadIsThereOnce();
    var times = portal.pages().stream().map(FakePortal.Asked::nanos).sorted().toList();
    assertThat(times).hasSizeGreaterThan(40);
    for (int i = 10; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 10)).isGreaterThan(200_000_000);
    }
  }

  @Test
  void hostile_items_are_quarantined_once_and_stand_in_nobodys_way() {
    more(2);
    var at = clock.instant();
    portal.holds(at, "deep", "{\"a\":".repeat(5000) + "1" + "}".repeat(5000));
    portal.holds(at, "number", "7");
    portal.holds(at, "text", "\"]}\"");
    portal.holds(at, "bare", "{\"metadata\": {\"leadId\": \"bare\"}}");
    more(2);
    portal.holds(
        at,
        "huge",
        "{\"metadata\": {\"leadId\": \"huge\"}, \"x\": \"" + "y".repeat(2_000_000) + "\"}");
    more(1);
    poll();
    later();
    assertThat(count("lead")).isEqualTo(5);
    assertThat(count("receipt WHERE state = 'quarantined'")).isEqualTo(5);
    assertThat(state().path("failures").asInt()).isZero();
  }

  @Test
  void leads_of_the_past_are_read_when_asked_for_and_again_when_asked_again() {
    var then = clock.instant().minus(Duration.ofDays(30));
    for (int i = 0; i < 30; i++) {
      portal.holds(then.plus(Duration.ofDays(i)), "S-" + ++leads, lead(leads).toString());
    }
    hub.addSource(
        "seeker", "seeker-leads", b -> b.set("poll", portal.poll().put("since", then.toString())));
    settled();
    everyLeadIsThereOnce();
    int before = portal.pages().size();
    hub.api()
        .patch(
            "/sources/seeker",
            Json.object().set("poll", Json.object().put("since", then.toString())));
    settled();
    assertThat(portal.pages().size()).isGreaterThan(before + 5);
    everyLeadIsThereOnce();
  }

  @Test
  void a_portal_that_is_no_longer_asked_is_left_alone() {
    poll();
    assertThat(hub.api().patch("/sources/seeker", Json.object().putNull("poll")).status())
        .isEqualTo(200);
    assertThat(hub.api().read("/sources/seeker").has("poll")).isFalse();
    int before = portal.asked().size();
    clock.advance(Duration.ofDays(1));
    hub.restart();
    assertThat(portal.asked()).hasSize(before);
    assertThat(count("poll")).isZero();
    assertThat(count("secret")).isZero();
  }

  @Test
  void what_can_not_be_asked_is_refused_with_the_reason() {
    refused("connections-plus", portal.poll(), "can't be asked");
    refused("seeker-leads", portal.poll().put("pace", 1), "pace");
    refused("seeker-leads", Json.object(), "`url`");
    refused("seeker-leads", Json.object().put("url", portal.url()), "client_secret");
    refused("seeker-leads", portal.poll().put("token", "t"), "either");
    refused("seeker-leads", portal.poll().put("url", portal.url() + "?a=b"), "query");
    refused(
        "seeker-leads", portal.poll().put("url", "http://169.254.169.254/latest"), "not dialled");
    refused("seeker-leads", portal.poll().put("token_url", "http://10.0.0.1/"), "not dialled");
    refused("seeker-leads", portal.poll().put("interval_seconds", 9), "interval_seconds");
    refused("seeker-leads", portal.poll().put("overlap_seconds", 86_401), "overlap_seconds");
    refused("seeker-leads", portal.poll().put("since", "yesterday"), "since");
    refused("seeker-leads", portal.poll().put("since", "2031-01-01T00:00:00Z"), "since");
    poll();
    var elsewhere = Json.object().put("token_url", "https://example.org/token");
    var answer = hub.api().patch("/sources/seeker", Json.object().set("poll", elsewhere));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("given again");
  }

  private void refused(String contract, ObjectNode poll, String why) {
    var body = Json.object().put("name", "other").put("contract", contract);
    body.set("poll", poll);
    var answer = hub.api().post("/sources", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.text()).contains(why).doesNotContain("..");
  }
}
