package dev.porchlight.desk.onward;

import dev.porchlight.delivery.Erased;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.SourcePause;
import dev.porchlight.desk.Tables;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import org.jspecify.annotations.Nullable;

/// Looks for receipts that are quarantined or owed, in the order of their ids, each once, when it
/// is old enough.
///
/// A receipt that waits because its source is paused is passed over, and where that was is kept:
/// once the source is not paused any more, receipts are looked at from there on again.
final class StuckReceipts {
  private static final int PAGE = 100;
  private static final String REACHED = "receipt";

  /// Before its source's id: the kind of place before the first receipt that was passed over since
  /// it waited for that source.
  private static final String HELD = "held ";

  private final Store store;
  private final int hub;
  private final FallbackMail mail;

  StuckReceipts(Store store, int hub, FallbackMail mail) {
    this.store = store;
    this.hub = hub;
    this.mail = mail;
  }

  /// Looks at the next ones; whether there may be more.
  boolean look() {
    var place = FallbackPlaces.reached(store, REACHED);
    var limit = store.now().minus(Fallback.PATIENCE);
    var page =
        store.read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.RECEIPT.columnList()
                        + " FROM receipt WHERE state IN ('owed', 'quarantined') AND "
                        + Receipt.State.FEW
                        + " AND id > :a"
                        + " ORDER BY id LIMIT "
                        + PAGE)
                .bind("a", place)
                .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
                .list());
    var old = page.stream().takeWhile(r -> !r.at().isAfter(limit)).toList();
    if (old.isEmpty()) {
      return false;
    }
    var stuck = old.stream().map(this::stuck).toList();
    return FallbackPlaces.move(
        store,
        REACHED,
        place,
        old.getLast().id(),
        batch -> {
          for (var one : stuck) {
            if (!isHeld(batch, one.ref(), place)) {
              plan(batch, one);
            }
          }
        });
  }

  private FallbackMail.Stuck stuck(Receipt receipt) {
    return new FallbackMail.Stuck(
        Planner.UNREAD,
        receipt.id(),
        0,
        receipt.officeId(),
        receipt.at(),
        "What came could not be made a lead within 60 s.",
        Draw.fresh(store.now(), hub));
  }

  private void plan(Batch batch, FallbackMail.Stuck stuck) {
    var source = source(batch, stuck.ref());
    if (source != null) {
      FallbackMail.address(batch, stuck).ifPresent(to -> mail.plan(batch, stuck, source, to));
    }
  }

  /// The source of a receipt that is still stuck; null for others.
  private static @Nullable String source(Batch batch, String id) {
    var receipt = batch.find(Tables.RECEIPT, id);
    return receipt == null
            || receipt.state() != Receipt.State.QUARANTINED && receipt.state() != Receipt.State.OWED
        ? null
        : receipt.sourceId();
  }

  /// Whether a receipt waits because somebody paused its source, and so is not stuck; if so, it is
  /// to be looked at again.
  ///
  /// @param before a place before it
  private static boolean isHeld(Batch batch, String id, String before) {
    var receipt = batch.find(Tables.RECEIPT, id);
    if (receipt == null
        || !SourcePause.holds(receipt)
        || SourcePause.find(batch.settings(), receipt.sourceId()).isEmpty()) {
      return false;
    }
    FallbackPlaces.putFirst(batch, HELD + receipt.sourceId(), before);
    return true;
  }

  /// Goes back to the first receipt that waited for a source which is not paused any more; whether
  /// there was one.
  boolean goBack() {
    var settings = store.settings();
    var over =
        FallbackPlaces.list(store, HELD).stream()
            .map(FallbackTables.FallbackPlaceRow::kind)
            .filter(kind -> SourcePause.find(settings, kind.substring(HELD.length())).isEmpty())
            .toList();
    return !over.isEmpty()
        && store.write(
            WorkQueue.EVENTS,
            batch -> {
              for (var kind : over) {
                var held = FallbackPlaces.find(batch, kind);
                var reached = FallbackPlaces.find(batch, REACHED);
                if (held == null) {
                  continue;
                }
                if (reached != null && held.place().compareTo(reached.place()) < 0) {
                  FallbackPlaces.put(batch, REACHED, held.place());
                }
                FallbackPlaces.delete(batch, kind);
              }
              return true;
            });
  }

  /// See [Fallback#takenBack].
  static void takenBack(Batch batch, String receipt) {
    var told = batch.find(FallbackTables.FALLBACK, receipt);
    if (told != null) {
      if (!Erased.isEndedAside(batch, told.deliveryId())) {
        return;
      }
      batch.delete(FallbackTables.FALLBACK, receipt);
    }
    var reached = FallbackPlaces.find(batch, REACHED);
    if (reached != null && reached.place().compareTo(receipt) >= 0) {
      // Before it, and behind all but those of nearly its own time.
      FallbackPlaces.put(batch, REACHED, receipt.substring(0, receipt.length() - 1));
    }
  }
}
