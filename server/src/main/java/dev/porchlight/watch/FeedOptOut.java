package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.Optional;

/// That the holder of feeds wants no mail about them. Only the holder takes it back.
///
/// @param holderId an account or a contact
public record FeedOptOut(String holderId, Instant at) {
  private static final Table<FeedOptOut> TABLE =
      Table.<FeedOptOut>named("feed_optout")
          .key("holder_id", FeedOptOut::holderId)
          .column("at", FeedOptOut::at)
          .readBy(r -> new FeedOptOut(r.text(1), r.time(2)));

  /// Within a unit.
  public static Optional<FeedOptOut> find(Batch batch, String holder) {
    return Optional.ofNullable(batch.find(TABLE, holder));
  }

  public static Optional<FeedOptOut> find(Store store, String holder) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM feed_optout WHERE holder_id = ?")
            .bind(0, holder)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// Ends the mails of a holder; once is enough.
  public static void put(Batch batch, String holder) {
    if (find(batch, holder).isEmpty()) {
      batch.put(TABLE, new FeedOptOut(holder, batch.now()));
      batch.append("feed-schedule.unsubscribed", holder, "");
    }
  }

  /// Takes it back.
  public static void delete(Batch batch, String holder) {
    if (find(batch, holder).isPresent()) {
      batch.delete(TABLE, holder);
      batch.append("feed-schedule.resubscribed", holder, "");
    }
  }

  static void deleteAllOf(Batch batch, String holder) {
    batch.delete(TABLE, holder);
  }
}
