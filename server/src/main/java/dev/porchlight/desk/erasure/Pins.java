package dev.porchlight.desk.erasure;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// What somebody has pinned: no retention drops it. A lead keeps its receipts' bodies and the
/// attempts at its deliveries with it. Who erases a person erases what was pinned, too.
public final class Pins {
  /// What can be pinned.
  public enum Kind {
    RECEIPT,
    LEAD,
    DELIVERY;

    /// The word in the store and the log.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A pin.
  ///
  /// @param principal who pinned it
  /// @param reason one line; empty where they gave none
  public record Pin(String kind, String id, String principal, Instant at, String reason) {}

  /// Characters of a reason.
  public static final int LONGEST_REASON = 500;

  private static final Table<Pin> TABLE =
      Table.<Pin>named("pin")
          .key("kind", Pin::kind)
          .key("id", Pin::id)
          .column("principal", Pin::principal)
          .column("at", Pin::at)
          .column("reason", Pin::reason)
          .readBy(r -> new Pin(r.text(1), r.text(2), r.text(3), r.time(4), r.text(5)));

  private final Store store;

  public Pins(Store store) {
    this.store = store;
  }

  public Optional<Pin> find(Kind kind, String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM pin WHERE kind = :k AND id = :i")
            .bind("k", kind.word())
            .bind("i", id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// Pins it; what is pinned already stays as it is. The log says by whom.
  public static Pin pin(Batch batch, Kind kind, String id, String principal, String reason) {
    var known = batch.find(TABLE, kind.word(), id);
    if (known != null) {
      return known;
    }
    var pin = new Pin(kind.word(), id, principal, batch.now(), reason);
    batch.put(TABLE, pin);
    batch.append(kind.word() + ".pinned", id, principal);
    return pin;
  }

  /// Lets retention have it again.
  public static void unpin(Batch batch, Kind kind, String id, String principal) {
    if (batch.find(TABLE, kind.word(), id) != null) {
      batch.delete(TABLE, kind.word(), id);
      batch.append(kind.word() + ".unpinned", id, principal);
    }
  }

  static boolean holds(Batch batch, Kind kind, String id) {
    return batch.find(TABLE, kind.word(), id) != null;
  }

  boolean holds(Kind kind, String id) {
    return find(kind, id).isPresent();
  }

  /// Forgets the pin of a receipt that is erased.
  static void forgetReceipt(Batch batch, String receipt) {
    batch.sql().execute("DELETE FROM pin WHERE kind = 'receipt' AND id = ?", receipt);
  }

  /// Forgets the pins of a lead that is erased, and of all that belongs to it.
  static void forgetLead(Batch batch, String lead) {
    var sql = batch.sql();
    sql.execute("DELETE FROM pin WHERE kind = 'lead' AND id = ?", lead);
    sql.execute(
        "DELETE FROM pin WHERE kind = 'receipt'"
            + " AND id IN (SELECT id FROM receipt WHERE lead_id = ?)",
        lead);
    sql.execute(
        "DELETE FROM pin WHERE kind = 'delivery'"
            + " AND id IN (SELECT id FROM delivery WHERE lead_id = ?)",
        lead);
  }
}
