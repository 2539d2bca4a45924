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
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which of two contents of a lead is the newer, whether it was pushed or asked for, by the
/// portal's time or, where that says nothing, by what came after what.
@OnEveryDatabase
@Timeout(120)
class NewestTest {
  private static final Duration LATER = Duration.ofMinutes(6);
  private static final long TIME = 1_770_000_000;

  @Parameter Database database;
  @TempDir Path folder;
  private final SettableClock clock = SettableClock.at(TestHub.START);
  private TestHub hub;
  private FakePortal portal;
  private TestHub.SourceAtHub source;

  @BeforeEach
  void start() {
    portal = FakePortal.open(clock);
    hub = database.in(folder).clock(clock).start();
    source = hub.addSource("seeker", "seeker-leads", b -> b.set("poll", portal.poll()));
    settled();
  }

  @AfterEach
  void stop() {
    hub.close();
    portal.close();
  }

  /// The lead as the portal has it, saying something.
  ///
  /// @param processed the portal's time of it; 0 for none
  private static ObjectNode saying(String message, long processed) {
    var person = InventedPerson.of(1);
    var lead = Json.object();
    var metadata = lead.putObject("metadata").put("leadId", "S-1").put("category", "AGENCY");
    if (processed > 0) {
      metadata.put("processedDate", processed);
    }
    lead.putObject("contactRequest")
        .put("lastName", person.lastName())
        .put("email", person.email())
        .put("message", message);
    return lead;
  }

  private static ObjectNode erased(long processed) {
    var lead = saying("", processed);
    var contact = lead.putObject("contactRequest");
    List.of("firstName", "lastName", "email", "gender", "language", "message")
        .forEach(contact::putNull);
    contact.putArray("phoneNumbers");
    return lead;
  }

  private void push(ObjectNode lead) {
    assertThat(source.post(lead).status()).isEqualTo(200);
  }

  /// The portal's list has this from now on in place of what it had.
  private void lists(ObjectNode lead) {
    portal.holds(clock.instant(), "S-1", lead.toString());
  }

  private void settled() {
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          var poll = hub.api().read("/sources/seeker").path("poll");
          assertThat(poll.path("failures").asInt()).as(poll.toString()).isZero();
          return Instant.parse(poll.path("next_at").asString()).isAfter(clock.instant());
        });
  }

  private void later() {
    clock.advance(LATER);
    settled();
  }

  private long receipts() {
    return hub.hub()
        .store()
        .read(h -> h.createQuery("SELECT COUNT(*) FROM receipt").mapTo(Long.class).one());
  }

  /// What each version says, in their order.
  private List<String> versions() {
    return hub
        .hub()
        .store()
        .read(h ->
            h.createQuery("SELECT fact FROM lead_version ORDER BY version")
                .mapTo(String.class)
                .list())
        .stream()
        .map(Json::tree)
        .map(f -> f.path("erased").asBoolean(false) ? "erased" : said(f))
        .toList();
  }

  private static String said(JsonNode fact) {
    return fact.path("message").asString("");
  }

  @Test
  void what_the_portal_made_earlier_does_not_become_the_newest_when_it_is_read_later() {
    push(saying("B", TIME + 1));
    lists(saying("A", TIME));
    later();
    later();
    assertThat(versions()).containsExactly("B");
    assertThat(receipts()).as("and is looked at once").isEqualTo(2);
    lists(saying("C", TIME + 2));
    later();
    assertThat(versions()).containsExactly("B", "C");
  }

  @Test
  void nor_when_it_is_pushed_late() {
    push(saying("B", TIME + 1));
    push(saying("A", TIME));
    assertThat(versions()).containsExactly("B");
    push(saying("C", TIME + 1));
    assertThat(versions())
        .as("within one second what comes later is newer")
        .containsExactly("B", "C");
  }

  @Test
  void a_page_that_was_asked_for_before_a_push_does_not_outdo_it() {
    lists(saying("A", 0));
    var latch = new CountDownLatch(1);
    portal.faults(new Fault.Slow(latch));
    int before = portal.pages().size();
    clock.advance(LATER);
    portal.awaitUntil("the page", _ -> portal.pages().size() > before);
    push(saying("A", 0));
    push(saying("B", 0));
    lists(saying("B", 0));
    latch.countDown();
    settled();
    assertThat(versions()).containsExactly("A", "B");
    later();
    assertThat(versions()).containsExactly("A", "B");
  }

  @Test
  void a_page_that_says_something_new_beside_a_push_is_asked_for_again() {
    var latch = new CountDownLatch(1);
    portal.faults(new Fault.Held(latch));
    int before = portal.pages().size();
    clock.advance(LATER);
    portal.awaitUntil("the page", _ -> portal.pages().size() > before);
    push(saying("B", 0));
    lists(saying("C", 0));
    latch.countDown();
    settled();
    assertThat(versions()).containsExactly("B", "C");
    assertThat(portal.pages()).hasSize(before + 3);
  }

  @Test
  void a_lead_that_goes_back_to_what_it_was_goes_back_here() {
    lists(saying("A", 0));
    later();
    push(saying("B", 0));
    later();
    assertThat(versions()).as("read again, and known by its bytes").containsExactly("A", "B", "A");
    long receipts = receipts();
    later();
    assertThat(receipts()).isEqualTo(receipts);
    assertThat(versions()).hasSize(3);
  }

  @Test
  void so_does_one_of_which_each_state_was_read() {
    for (var word : List.of("A", "B", "A", "B")) {
      lists(saying(word, 0));
      later();
    }
    assertThat(versions()).containsExactly("A", "B", "A", "B");
  }

  @Test
  void and_one_that_was_pushed_before_it_was_read() {
    push(saying("A", 0));
    push(saying("B", 0));
    lists(saying("A", 0));
    later();
    assertThat(versions()).containsExactly("A", "B", "A");
  }

  @Test
  void and_one_that_is_pushed_with_a_later_time() {
    push(saying("A", TIME));
    push(saying("B", TIME + 1));
    push(saying("A", TIME + 2));
    assertThat(versions()).containsExactly("A", "B", "A");
  }

  @Test
  void a_late_repeat_by_push_is_one() {
    push(saying("A", 0));
    push(saying("B", 0));
    push(saying("A", 0));
    assertThat(versions()).containsExactly("A", "B");
  }

  @Test
  void a_list_that_is_a_little_behind_the_pushes_does_not_take_a_lead_back() {
    lists(saying("A", 0));
    later();
    clock.advance(Duration.ofMinutes(4));
    settled();
    push(saying("B", 0));
    clock.advance(Duration.ofSeconds(59));
    hub.api()
        .patch(
            "/sources/seeker",
            Json.object().set("poll", Json.object().put("interval_seconds", 301)));
    settled();
    assertThat(versions()).containsExactly("A", "B");
    lists(saying("B", 0));
    later();
    assertThat(versions()).containsExactly("A", "B");
  }

  @Test
  void a_list_that_shows_a_lead_as_it_was_and_as_it_is_leaves_it_as_it_is() {
    portal.holds(clock.instant(), "S-1", saying("A", 0).toString());
    portal.holds(clock.instant(), "S-1b", saying("B", 0).toString());
    later();
    assertThat(versions()).containsExactly("A", "B");
    long receipts = receipts();
    later();
    later();
    assertThat(versions()).containsExactly("A", "B");
    assertThat(receipts()).isEqualTo(receipts);
  }

  @Test
  void who_was_erased_there_does_not_come_back_with_what_was_said_before() {
    push(saying("A", TIME));
    push(erased(TIME));
    push(saying("B", TIME));
    lists(saying("A", TIME));
    later();
    assertThat(versions()).containsExactly("A", "erased");
    push(saying("C", TIME + 1));
    assertThat(versions()).containsExactly("A", "erased", "C");
    lists(erased(TIME - 1));
    later();
    assertThat(versions()).as("whatever its time").endsWith("erased");
  }
}
