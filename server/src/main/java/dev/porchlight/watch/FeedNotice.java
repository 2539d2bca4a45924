package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// What the holder of feeds was told at one time: by mail to each of some addresses, and by events.
///
/// @param id 26 digits
/// @param items newest first
/// @param addresses where mail about it goes
public record FeedNotice(
    String id, String holderId, Instant at, List<Item> items, List<String> addresses) {
  private static final Table<FeedNotice> TABLE =
      Table.<FeedNotice>named("feed_notice")
          .key("id", FeedNotice::id)
          .column("holder_id", FeedNotice::holderId)
          .column("at", FeedNotice::at)
          .column("items", n -> n.items().stream().map(Item::id).collect(Collectors.joining(",")))
          .column("addresses", n -> Json.write(n.addresses()))
          .readBy(r ->
              new FeedNotice(
                  r.text(1),
                  r.text(2),
                  r.time(3),
                  Arrays.stream(r.text(4).split(","))
                      .filter(i -> !i.isEmpty())
                      .map(Item::of)
                      .toList(),
                  List.of(Json.read(r.text(5), String[].class))));

  /// An event of a feed.
  ///
  /// @param seq the log entry of the listing's change
  public record Item(String feed, long seq) {
    /// As the feed calls it.
    String id() {
      return feed + "-" + seq;
    }

    private static Item of(String id) {
      int dash = id.indexOf('-');
      return new Item(id.substring(0, dash), Long.parseLong(id.substring(dash + 1)));
    }
  }

  public FeedNotice {
    items = List.copyOf(items);
    addresses = List.copyOf(addresses);
  }

  public void put(Batch batch) {
    batch.put(TABLE, this);
  }

  /// Within a unit.
  public static Optional<FeedNotice> find(Batch batch, String id) {
    return Optional.ofNullable(batch.find(TABLE, id));
  }

  public static Optional<FeedNotice> find(Store store, String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM feed_notice WHERE id = ?")
            .bind(0, id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// The ids of all of a holder's.
  public static List<String> ids(Handle h, String holder) {
    return h.createQuery("SELECT id FROM feed_notice WHERE holder_id = ? ORDER BY id")
        .bind(0, holder)
        .mapTo(String.class)
        .list();
  }

  /// All of a holder's, newest first.
  public static List<FeedNotice> list(Handle h, String holder) {
    return h.createQuery(
            "SELECT "
                + TABLE.columnList()
                + " FROM feed_notice WHERE holder_id = ? ORDER BY id DESC")
        .bind(0, holder)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list();
  }

  /// Those of a holder's that have arrived anywhere, newest first.
  static List<FeedNotice> listReached(Handle h, String holder) {
    return h.createQuery(
            "SELECT "
                + TABLE.columnList("n")
                + " FROM feed_notice n WHERE n.holder_id = ? AND "
                + ARRIVED
                + ") ORDER BY n.id DESC")
        .bind(0, holder)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list();
  }

  /// How many mails about listings have reached a holder.
  public static int countMails(Store store, String holder) {
    return store.read(h ->
        h.createQuery(
                "SELECT COUNT(*) FROM feed_notice n JOIN delivery d ON d.lead_id = n.id"
                    + " JOIN delivery_state s ON s.delivery_id = d.id"
                    + " WHERE n.holder_id = ? AND d.version > 0 AND s.state = 'delivered'")
            .bind(0, holder)
            .mapTo(Integer.class)
            .one());
  }

  private static final String ARRIVED =
      "EXISTS (SELECT 1 FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
          + " WHERE d.lead_id = n.id AND s.state = 'delivered'";

  /// Drops the first ones that are older than that and wait for nothing.
  ///
  /// @return whether there may be more
  public static boolean drop(Store store, Instant limit, int most) {
    var old =
        store.read(h ->
            h.createQuery(
                    "SELECT id FROM feed_notice n WHERE n.id < :before AND NOT EXISTS (SELECT 1"
                        + " FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
                        + " WHERE d.lead_id = n.id AND s.state = 'pending') ORDER BY id LIMIT "
                        + most)
                // Ids begin with the time of their making.
                .bind("before", Draw.digitsAt(limit))
                .mapTo(String.class)
                .list());
    if (!old.isEmpty()) {
      store.write(
          WorkQueue.RETENTION,
          batch -> {
            old.forEach(id -> batch.delete(TABLE, id));
            return true;
          });
    }
    return old.size() == most;
  }

  static void deleteAllOf(Batch batch, String holder) {
    ids(batch.sql(), holder).forEach(id -> batch.delete(TABLE, id));
  }
}
