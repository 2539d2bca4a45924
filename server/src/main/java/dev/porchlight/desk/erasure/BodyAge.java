package dev.porchlight.desk.erasure;

import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Tables;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// Drops the bodies of receipts that became leads, or repeat one, some time after they came, in
/// small steps behind everything else that waits for the writer. The receipt itself stays, and so
/// does all that was made of it.
///
/// A body goes only where what is kept of its lead makes up the same reading: a rebuild then
/// decides as before ([Desk#isKept]). So bodies stay where the connector reads them otherwise by
/// now, where a repeat said something else, and where nothing but the bytes told which lead it is.
/// So do those that wait for something: owed, quarantined, pinned, or still to be delivered.
///
/// By one thread only.
public final class BodyAge {
  private static final int STEP = 25;
  private static final int STEPS = 80;
  private static final Duration ANEW = Duration.ofDays(1);

  private static final String OLD =
      "SELECT "
          + Tables.RECEIPT.columnList("r")
          + " FROM receipt_raw b JOIN receipt r ON r.id = b.receipt_id"
          + " WHERE b.receipt_id > :after AND b.receipt_id < :before"
          + " AND r.state IN ('done', 'repeat') AND r.reason = '' AND r.erased_at IS NULL"
          + " AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.kind = 'receipt' AND p.id = r.id)"
          + " AND NOT EXISTS (SELECT 1 FROM pin p WHERE p.kind = 'lead' AND p.id = r.lead_id)"
          + " AND NOT EXISTS (SELECT 1 FROM delivery d JOIN delivery_state s"
          + " ON s.delivery_id = d.id WHERE d.lead_id = r.lead_id AND s.state = 'pending')"
          + " ORDER BY b.receipt_id LIMIT "
          + STEP;

  private final Store store;
  private final Desk desk;
  private final IntSupplier period;
  private String reached = "";
  private Instant begun = Instant.MIN;

  /// @param period after so many days, asked anew each time, bodies are dropped; 0 for never
  public BodyAge(Store store, Desk desk, IntSupplier period) {
    this.store = store;
    this.desk = desk;
    this.period = period;
  }

  /// Drops what is over, of up to some thousand receipts.
  ///
  /// @param goesOn false when it is to end soon
  public void drop(BooleanSupplier goesOn) {
    int days = period.getAsInt();
    if (days == 0) {
      return;
    }
    var now = store.now();
    if (begun.equals(Instant.MIN) || !begun.plus(ANEW).isAfter(now) || now.isBefore(begun)) {
      reached = "";
      begun = now;
    }
    var before = Retention.firstIdAt(now.minus(Duration.ofDays(days)));
    for (int i = 0; i < STEPS && goesOn.getAsBoolean(); i++) {
      var page = page(before);
      var over = new ArrayList<Receipt>();
      for (var receipt : page) {
        if (desk.isKept(receipt)) {
          over.add(receipt);
        }
      }
      if (!over.isEmpty()) {
        store.write(
            WorkQueue.RETENTION,
            batch -> {
              for (var receipt : over) {
                var lead = receipt.leadId();
                if (!Pins.holds(batch, Pins.Kind.RECEIPT, receipt.id())
                    && (lead == null || !Pins.holds(batch, Pins.Kind.LEAD, lead))) {
                  batch.delete(Tables.RAW, receipt.id());
                }
              }
              return true;
            });
      }
      if (page.size() < STEP) {
        return;
      }
      reached = page.getLast().id();
    }
  }

  private List<Receipt> page(String before) {
    return store.read(h ->
        h.createQuery(OLD)
            .bind("after", reached)
            .bind("before", before)
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .list());
  }
}
