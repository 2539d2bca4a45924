package dev.porchlight.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.porchlight.store.Batch;
import dev.porchlight.store.EngineStore;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreState;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two hubs' stores on one database.
@Timeout(60)
class SharedDatabaseTest {
  private record Email(String company, String email, String person) {}

  private static final Table<Email> EMAILS =
      Table.<Email>named("person_email")
          .key("company_id", Email::company)
          .key("email", Email::email)
          .column("person_id", Email::person)
          .readBy(r -> new Email(r.text(1), r.text(2), r.text(3)));

  private final String url = TestPostgres.newDatabase();
  private final EngineStore one = new EngineStore(PostgresEngine.open(url, Clock.systemUTC()));
  private final EngineStore two = new EngineStore(PostgresEngine.open(url, Clock.systemUTC()));

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private static List<LogEntry> log(Store store) {
    return store.read(h ->
        h.createQuery("SELECT seq, at, kind, subject, ref FROM log ORDER BY seq")
            .map((r, _) -> {
              var row = new Row(r);
              return new LogEntry(
                  row.number(1), row.time(2), row.text(3), row.text(4), row.text(5));
            })
            .list());
  }

  /// Finds who has that address, or makes a person.
  private static String findOrMake(Batch batch, String email, String fresh) {
    var there = batch.find(EMAILS, "c", email);
    batch.append("lead", fresh, email);
    if (there != null) {
      return there.person();
    }
    batch.put(EMAILS, new Email("c", email, fresh));
    return fresh;
  }

  @Test
  void the_same_new_persons_at_both_at_once_are_made_once() throws Exception {
    var found = new HashMap<String, List<Future<String>>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        var email = "p" + i + "@example.org";
        for (var store : List.of(one, two)) {
          var fresh = "person " + i + (store == one ? " by one" : " by two");
          found
              .computeIfAbsent(email, _ -> new ArrayList<>())
              .add(
                  callers.submit(() ->
                      store.write(WorkQueue.LEADS, batch -> findOrMake(batch, email, fresh))));
        }
      }
    }
    for (var futures : found.values()) {
      assertThat(futures.getFirst().get()).isEqualTo(futures.getLast().get());
    }
    long persons =
        one.read(h ->
            h.createQuery("SELECT COUNT(DISTINCT person_id) FROM person_email")
                .mapTo(Long.class)
                .one());
    assertThat(persons).isEqualTo(300);
    var log = log(two);
    assertThat(log).hasSize(600);
    for (int i = 0; i < log.size(); i++) {
      assertThat(log.get(i).seq()).isEqualTo(i + 1);
      if (i > 0) {
        assertThat(log.get(i).at()).isAfterOrEqualTo(log.get(i - 1).at());
      }
    }
  }

  @Test
  void settings_changed_on_one_are_seen_by_the_other_within_a_second() {
    for (int i = 0; i < 5; i++) {
      var body = "{\"n\":" + i + "}";
      var from = i % 2 == 0 ? one : two;
      var to = i % 2 == 0 ? two : one;
      var changed = from.write(WorkQueue.EDITS, batch -> batch.change("endpoint", "e", body));
      await()
          .atMost(TestHub.PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> to.settings().find("endpoint", "e").filter(changed::equals).isPresent());
    }
  }

  @Test
  void a_batch_sees_settings_that_the_other_changed_just_before() {
    for (int i = 0; i < 50; i++) {
      var body = "{\"n\":" + i + "}";
      var from = i % 2 == 0 ? one : two;
      var to = i % 2 == 0 ? two : one;
      from.write(WorkQueue.EDITS, batch -> batch.change("endpoint", "e", body));
      String seen =
          to.write(
              WorkQueue.LEADS,
              batch -> batch.settings().find("endpoint", "e").orElseThrow().body());
      assertThat(seen).isEqualTo(body);
      assertThat(to.settings().find("endpoint", "e").orElseThrow().body()).isEqualTo(body);
    }
  }

  @Test
  void listeners_of_both_hear_of_every_line_once_and_in_order() throws Exception {
    var first = Collections.synchronizedList(new ArrayList<LogEntry>());
    var second = Collections.synchronizedList(new ArrayList<LogEntry>());
    one.follow(first::addAll);
    two.follow(second::addAll);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 400; i++) {
        int n = i;
        callers.submit(() ->
            (n % 3 == 0 ? one : two)
                .write(WorkQueue.LEADS, batch -> batch.append("test", "n" + n, "")));
      }
    }
    var log = log(one);
    assertThat(log).hasSize(400);
    await().until(() -> first.size() >= 400 && second.size() >= 400);
    assertThat(first).isEqualTo(log);
    assertThat(second).isEqualTo(log);
  }

  @Test
  void neither_is_alone_and_both_go_by_one_time() {
    assertThat(one.alone()).isFalse();
    // Both take the database's, which is this machine's.
    assertThat(Duration.between(one.now(), Instant.now()).abs()).isLessThan(TestHub.PATIENCE);
  }

  @Test
  void a_hub_that_hangs_in_the_middle_of_a_write_holds_the_others_up_for_seconds_only()
      throws Exception {
    try (var hanging = PostgresEngine.open(url, Clock.systemUTC())) {
      var connection = hanging.writer();
      hanging.begin(connection);
      assertThatThrownBy(
              () -> one.write(WorkQueue.LEADS, batch -> batch.append("test", "meanwhile", "")))
          .isInstanceOf(StoreUnavailableException.class);
      await().until(() -> one.state() instanceof StoreState.Accepting);
      one.write(WorkQueue.LEADS, batch -> batch.append("test", "after", ""));
      assertThatThrownBy(() -> hanging.commit(connection)).isInstanceOf(SQLException.class);
      assertThat(log(two)).extracting(LogEntry::subject).containsExactly("after");
    }
  }
}
