package dev.porchlight.desk;

import dev.porchlight.delivery.Erased;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Receipts that nobody will mend: who may work with them puts them aside, with a reason, and takes
/// them back. What is aside needs no hand any more, no mail goes to the office about it, and stays
/// for as long as it would have; a mended body is taken in its place as in that of one in
/// quarantine.
public final class Aside {
  /// The kinds of lines in the log; the subject is the source, the reference the receipt.
  public static final String PUT = "receipt.aside";

  public static final String TAKEN_BACK = "receipt.reopened";

  /// Characters of a reason.
  public static final int LONGEST_REASON = 500;

  /// That one was put aside or taken back.
  ///
  /// @param was the state in which it is without that
  /// @param reason empty where it was taken back without one
  public record Mark(
      String receiptId,
      long seq,
      boolean aside,
      Receipt.State was,
      String principal,
      String reason,
      Instant at) {}

  private static final Table<Mark> TABLE =
      Table.<Mark>named("receipt_aside")
          .key("receipt_id", Mark::receiptId)
          .key("seq", Mark::seq)
          .column("aside", Mark::aside)
          .column("was", m -> m.was().word())
          .column("principal", Mark::principal)
          .column("reason", Mark::reason)
          .column("at", Mark::at)
          .readBy(r ->
              new Mark(
                  r.text(1),
                  r.number(2),
                  r.flag(3),
                  Receipt.State.of(r.text(4)),
                  r.text(5),
                  r.text(6),
                  r.time(7)));

  private Aside() {}

  /// Puts a receipt aside; one that is there stays as it is.
  ///
  /// @param by who does it
  /// @return how it stands now; empty when it is in no state from which it can be put aside
  public static Optional<Receipt> put(Batch batch, String id, String by, String reason) {
    var receipt = batch.find(Tables.RECEIPT, id);
    if (receipt == null) {
      return Optional.empty();
    }
    return switch (receipt.state()) {
      case ASIDE -> Optional.of(receipt);
      case QUARANTINED, REFUSED -> {
        Erased.endAside(batch, id);
        yield Optional.of(mark(batch, receipt, true, receipt.state(), by, reason));
      }
      case DONE, REPEAT, OWED, MENDED, ERASED -> Optional.empty();
    };
  }

  /// Takes a receipt back, into the state in which it was before.
  ///
  /// @return how it stands now; empty when it is not aside
  public static Optional<Receipt> takeBack(Batch batch, String id, String by, String reason) {
    var receipt = batch.find(Tables.RECEIPT, id);
    if (receipt == null || receipt.state() != Receipt.State.ASIDE) {
      return Optional.empty();
    }
    return Optional.of(mark(batch, receipt, false, was(batch.sql(), id).orElseThrow(), by, reason));
  }

  private static Receipt mark(
      Batch batch, Receipt receipt, boolean aside, Receipt.State was, String by, String reason) {
    long seq = batch.append(aside ? PUT : TAKEN_BACK, receipt.sourceId(), receipt.id());
    var now = stands(receipt, aside, was, seq);
    batch.put(Tables.RECEIPT, now);
    batch.put(TABLE, new Mark(receipt.id(), seq, aside, was, by, reason, batch.now()));
    return now;
  }

  private static Receipt stands(Receipt receipt, boolean aside, Receipt.State was, long seq) {
    return receipt.became(
        aside ? Receipt.State.ASIDE : was,
        receipt.leadId(),
        receipt.version(),
        receipt.guid(),
        receipt.reason(),
        seq);
  }

  /// The state in which a receipt was before it was put aside; empty when it never was, or was
  /// erased since.
  public static Optional<Receipt.State> was(Store store, String id) {
    return store.read(h -> was(h, id));
  }

  private static Optional<Receipt.State> was(Handle h, String id) {
    return h.createQuery(
            "SELECT was FROM receipt_aside WHERE receipt_id = :r ORDER BY seq DESC LIMIT 1")
        .bind("r", id)
        .map((r, _) -> Receipt.State.of(r.getString(1)))
        .findOne();
  }

  /// Whether a mended body may be taken in a receipt's place.
  static boolean isMendable(Batch batch, Receipt receipt) {
    return switch (receipt.state()) {
      case QUARANTINED -> true;
      // A rebuild keeps no marks: there, what was taken is taken again.
      case ASIDE ->
          was(batch.sql(), receipt.id()).orElse(Receipt.State.QUARANTINED)
              == Receipt.State.QUARANTINED;
      case DONE, REPEAT, OWED, REFUSED, MENDED, ERASED -> false;
    };
  }

  /// For a rebuild: does again what a mark says, where the receipt is not erased.
  public static void replay(Batch batch, Mark mark) {
    var receipt = batch.find(Tables.RECEIPT, mark.receiptId());
    if (receipt != null && receipt.erasedAt() == null) {
      long seq = batch.append(mark.aside() ? PUT : TAKEN_BACK, receipt.sourceId(), receipt.id());
      batch.put(Tables.RECEIPT, stands(receipt, mark.aside(), mark.was(), seq));
    }
  }

  /// The marks of a receipt, the oldest first.
  public static List<Mark> list(Store store, String receipt) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM receipt_aside WHERE receipt_id = :r ORDER BY seq")
            .bind("r", receipt)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }
}
