package dev.porchlight.delivery;

import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogTimes;
import dev.porchlight.value.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an endpoint is owed, in the log's order, for receivers who would rather ask than be called,
/// or who want to know whether they have missed something.
public final class Feed {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  private static final int PAGE = 5000;

  private final Store store;

  public Feed(Store store) {
    this.store = store;
  }

  /// The deliveries to an endpoint of events behind a place in the log, in order, however they
  /// stand.
  public List<Deliveries.Standing> list(String endpoint, long after, int limit) {
    return store.read(h -> {
      var page =
          h.createQuery(
                  Deliveries.SELECT
                      + "d.endpoint_id = :e AND d.seq > :after ORDER BY d.seq, d.id LIMIT :limit")
              .bind("e", endpoint)
              .bind("after", after)
              .bind("limit", limit)
              .map((r, _) -> Deliveries.standing(r))
              .list();
      if (page.size() < limit) {
        return page;
      }
      // Whoever goes on behind the last place must have had all that stands there.
      var last = page.getLast().delivery();
      var all = new ArrayList<>(page);
      h.createQuery(
              Deliveries.SELECT
                  + "d.endpoint_id = :e AND d.seq = :seq AND d.id > :id ORDER BY d.id")
          .bind("e", endpoint)
          .bind("seq", last.seq())
          .bind("id", last.id())
          .map((r, _) -> Deliveries.standing(r))
          .forEach(all::add);
      return all;
    });
  }

  /// From behind which place in the log somebody has asked on.
  record Asked(String endpointId, long place) {}

  /// Keeps that who asks for an endpoint's events goes on behind a place, and so has all up to it.
  /// Where that can't be kept now, it is when they go on.
  public void askedOn(String endpoint, long place) {
    long known =
        store.read(h ->
            h.createQuery("SELECT place FROM feed_asked WHERE endpoint_id = :e")
                .bind("e", endpoint)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
    if (place <= known) {
      return;
    }
    try {
      store.write(
          WorkQueue.EVENTS,
          batch -> {
            var now = batch.find(Tables.FEED_ASKED, endpoint);
            if (now == null || now.place() < place) {
              batch.put(Tables.FEED_ASKED, new Asked(endpoint, place));
            }
            return true;
          });
    } catch (StoreUnavailableException e) {
      LOG.warn("From where events of endpoint {} were asked for is not kept now", endpoint, e);
    }
  }

  /// Where the log ends.
  public long end() {
    return store.read(Feed::last);
  }

  /// What an endpoint was owed of one day of the log, in UTC. What somebody asked for later, though
  /// it happened that day, is not among it: a day that is over stays as it is.
  ///
  /// @param first the place in the log where the day begins
  /// @param end the place behind its last line, so far
  /// @param sha256 over the events' ids in order, each followed by a line feed, in hex
  /// @param complete the day is over: nothing that happened can be added to it
  public record Day(
      LocalDate day, long first, long end, long events, String sha256, boolean complete) {}

  /// Sums up a day.
  public Day sum(String endpoint, LocalDate day) {
    var begins = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    var ends = begins.plus(Duration.ofDays(1));
    long first = store.read(h -> LogTimes.firstAt(h, begins));
    long end = store.read(h -> LogTimes.firstAt(h, ends));
    var digest = Sha256.digest();
    long events = 0;
    for (var last = new Sent(first - 1, "~", ""); ; ) {
      var from = last;
      var page = store.read(h -> ids(h, endpoint, from, end));
      for (var event : page) {
        digest.update((event.id() + "\n").getBytes(StandardCharsets.UTF_8));
        events++;
        last = event;
      }
      if (page.size() < PAGE) {
        break;
      }
    }
    // Lines are written in the order of their times: behind one of a later day nothing is added.
    boolean complete = end <= store.read(Feed::last);
    return new Day(day, first, end, events, HexFormat.of().formatHex(digest.digest()), complete);
  }

  private record Sent(long seq, String delivery, String id) {}

  private static List<Sent> ids(Handle h, String endpoint, Sent after, long end) {
    return h.createQuery(
            "SELECT seq, id, event_id FROM delivery WHERE endpoint_id = :e AND seq >= :after"
                + " AND (seq > :after OR id > :id) AND seq < :end AND NOT EXISTS"
                + " (SELECT 1 FROM late_delivery l WHERE l.delivery_id = delivery.id)"
                + " ORDER BY seq, id LIMIT "
                + PAGE)
        .bind("e", endpoint)
        .bind("after", after.seq())
        .bind("id", after.delivery())
        .bind("end", end)
        .map((r, _) -> new Sent(r.getLong(1), r.getString(2), r.getString(3)))
        .list();
  }

  private static long last(Handle h) {
    return h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one();
  }
}
