package dev.porchlight.door.events;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.porchlight.access.party.Grant;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.testing.TestHub;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A grant that comes while an event is on its way to be decided.
class GrantArrivesTest {
  @TempDir Path folder;

  @Test
  void its_filter_is_read_outside_the_writer_and_holds_for_that_event() throws Exception {
    try (var pods = new Pods(TestHub.start(folder))) {
      var office = pods.party("Harbor Realty", "office");
      var feed = pods.party("Harbor Feed", "app");
      var app = pods.party("Home App", "app");
      var other = pods.party("Other App", "app");
      pods.grant(office, feed, "realestate/listing", null);
      var said = new ListAppender<ILoggingEvent>();
      said.start();
      var logger = (Logger) LoggerFactory.getLogger("dev.porchlight.desk.events.GrantFilters");
      logger.addAppender(said);
      var begun = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      try {
        var store = pods.hub.hub().store();
        // Two grants are made in a unit that stays open while the event is prepared.
        var granting =
            CompletableFuture.runAsync(() ->
                store.write(
                    WorkQueue.EDITS,
                    batch -> {
                      for (var grant :
                          List.of(
                              grant("g-1", office, app, "City Eq 'Harbor'"),
                              grant("g-2", office, other, "Nobody reads this"))) {
                        batch.change(Grant.SETTING, grant.id(), grant.body());
                      }
                      begun.countDown();
                      await(goOn);
                      return true;
                    }));
        await(begun);
        var event = Pods.listing(office.profile, "1", o -> o.put("addressLocality", "Harbor"));
        var published = CompletableFuture.supplyAsync(() -> feed.publish(event).status());
        Awaitility.await().atMost(TestHub.PATIENCE).until(() -> store.waiting() > 0);
        goOn.countDown();
        granting.join();
        assertThat(published.get()).isEqualTo(201);
        assertThat(app.inbox()).hasSize(1);
        assertThat(other.inbox()).isEmpty();
        assertThat(said.list)
            .filteredOn(line -> line.getFormattedMessage().contains("g-2"))
            .isNotEmpty()
            .noneMatch(line -> line.getThreadName().equals("store-writer"));
      } finally {
        goOn.countDown();
        logger.detachAppender(said);
      }
    }
  }

  private static Grant grant(String id, Pods.Pod owner, Pods.Pod party, String filter) {
    return new Grant(
        id,
        owner.id,
        party.id,
        List.of(),
        List.of("realestate/listing"),
        filter,
        List.of(),
        Instant.parse(TestHub.START),
        null,
        null);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(TestHub.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
