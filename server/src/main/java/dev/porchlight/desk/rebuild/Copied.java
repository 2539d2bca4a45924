package dev.porchlight.desk.rebuild;

import dev.porchlight.desk.Decision;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.events.gone.EventRemoval;
import dev.porchlight.listing.ListingEvents;
import dev.porchlight.person.Others;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.value.LeadJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of one table as the live store has them, for a rebuild to take over.
///
/// @param where names the rows, with `?` for each of its values
record Copied(String table, String where, List<Object> values, List<Map<String, Object>> rows) {
  static Copied of(Handle h, String table, String where, Object... values) {
    var query = h.createQuery("SELECT * FROM " + table + " WHERE " + where);
    for (int i = 0; i < values.length; i++) {
      query.bind(i, values[i]);
    }
    return new Copied(table, where, List.of(values), query.mapToMap().list());
  }

  /// Puts these rows in the place of those that are there.
  void replace(Batch batch) {
    var sql = batch.sql();
    sql.execute("DELETE FROM " + table + " WHERE " + where, values.toArray());
    for (var row : rows) {
      var columns = List.copyOf(row.keySet());
      sql.execute(
          "INSERT INTO "
              + table
              + " ("
              + String.join(", ", columns)
              + ") VALUES ("
              + String.join(", ", Collections.nCopies(columns.size(), "?"))
              + ")",
          columns.stream().map(row::get).toArray());
    }
  }

  /// An erased receipt, in the place of the decision about it.
  static Step erasedReceipt(Handle h, LogEntry line, Receipt receipt, Others erasedOthers) {
    long seq = line.seq();
    var rows = rows(h, receipt.id());
    if (receipt.leadId() == null) {
      return new Step.TakeOver(seq, rows, batch -> {});
    }
    var lead = lead(h, receipt.leadId());
    rows.add(of(h, "lead", "id = ?", lead.id()));
    rows.add(of(h, "lead_routed", "lead_id = ?", lead.id()));
    if (receipt.state() == Receipt.State.DONE) {
      rows.add(of(h, "delivery", "lead_id = ? AND version = ?", lead.id(), receipt.version()));
      rows.add(of(h, "left_out", "lead_id = ? AND version = ?", lead.id(), receipt.version()));
    }
    boolean decided = line.kind().equals("receipt.done") || line.kind().equals("receipt.repeat");
    var kept = decided ? enquirer(h, receipt.id()) : null;
    if (kept != null) {
      return new Step.TakeOver(
          seq,
          rows,
          batch -> {
            // The line that this step stands for; others that follow from it come after.
            batch.append(line.kind(), lead.id(), receipt.id());
            Decision.remember(batch, receipt, kept, lead, erasedOthers);
          });
    }
    boolean personErased =
        h.createQuery("SELECT erased_at FROM person WHERE id = :p")
                .bind("p", lead.personId())
                .map((r, _) -> new Row(r).timeOrNull(1) != null ? 1 : 0)
                .one()
            == 1;
    if (personErased) {
      rows.add(of(h, "person", "id = ?", lead.personId()));
      rows.add(of(h, "contact", "id = ?", lead.contactId()));
      rows.add(
          of(
              h,
              "person_contact",
              "person_id = ? AND contact_id = ?",
              lead.personId(),
              lead.contactId()));
    }
    return new Step.TakeOver(seq, rows, batch -> {});
  }

  private static List<Copied> rows(Handle h, String receipt) {
    var rows = new ArrayList<Copied>();
    rows.add(of(h, "receipt", "id = ?", receipt));
    rows.add(of(h, "receipt_raw", "receipt_id = ?", receipt));
    rows.add(of(h, "violation", "receipt_id = ?", receipt));
    rows.add(of(h, "receipt_person", "receipt_id = ?", receipt));
    rows.add(of(h, "lead_version", "receipt_id = ?", receipt));
    return rows;
  }

  private static LeadRecord lead(Handle h, String id) {
    return h.createQuery("SELECT " + Tables.LEAD.columnList() + " FROM lead WHERE id = :l")
        .bind("l", id)
        .map((r, _) -> Tables.LEAD.read(new Row(r)))
        .one();
  }

  private static @Nullable Enquirer enquirer(Handle h, String receipt) {
    return h.createQuery("SELECT enquirer FROM receipt_person WHERE receipt_id = :r")
        .bind("r", receipt)
        .mapTo(String.class)
        .findOne()
        .map(text -> {
          var lead = Json.object();
          lead.set("enquirer", Json.tree(text));
          return LeadJson.read(lead).enquirer();
        })
        .orElse(null);
  }

  /// The log's line that a lead was erased: where the rebuild met it before, it is emptied there.
  static Step erasedLead(Handle h, LogEntry line) {
    var lead = lead(h, line.subject());
    var rows = new ArrayList<Copied>();
    h.createQuery("SELECT id FROM receipt WHERE lead_id = :l")
        .bind("l", lead.id())
        .mapTo(String.class)
        .forEach(r -> rows.addAll(rows(h, r)));
    rows.add(of(h, "lead", "id = ?", lead.id()));
    rows.add(of(h, "lead_fingerprint", "lead_id = ?", lead.id()));
    rows.add(of(h, "lead_key", "lead_id = ?", lead.id()));
    rows.add(of(h, "lead_deadline", "lead_id = ?", lead.id()));
    rows.add(of(h, "lead_about", "lead_id = ?", lead.id()));
    rows.add(of(h, "lead_step", "lead_id = ? AND seq < ?", lead.id(), line.seq()));
    return new Step.TakeOver(line.seq(), rows, batch -> {});
  }

  /// The log's line that a receipt was erased which is no lead's.
  static Step erasedReceipt(Handle h, LogEntry line) {
    return new Step.TakeOver(line.seq(), rows(h, line.subject()), batch -> {});
  }

  /// What a member typed and is erased.
  static Step erasedEdit(Handle h, long seq, String contact) {
    var person =
        h.createQuery("SELECT person_id FROM contact WHERE id = :c")
            .bind("c", contact)
            .mapTo(String.class)
            .one();
    return new Step.TakeOver(
        seq,
        List.of(
            of(h, "contact_edit", "seq = ?", seq),
            of(h, "contact", "id = ?", contact),
            of(h, "person", "id = ?", person),
            of(h, "person_contact", "person_id = ? AND contact_id = ?", person, contact)),
        batch -> {});
  }

  /// For a rebuild: what is left of an event of which something is gone, in the place of publishing
  /// it again; empty for others.
  static Optional<Step> erasedEvent(Handle h, LogEntry line) {
    var id = line.subject();
    var gone =
        h.createQuery(
                "SELECT "
                    + EventRemoval.Gone.TABLE.columnList()
                    + " FROM event_gone WHERE event_id = :e")
            .bind("e", id)
            .map((r, _) -> EventRemoval.Gone.TABLE.read(new Row(r)))
            .findOne();
    return gone.map(g -> {
      var rows = new ArrayList<Copied>();
      rows.add(of(h, "event", "id = ?", id));
      rows.add(of(h, "event_raw", "event_id = ?", id));
      rows.add(of(h, "event_copy", "event_id = ?", id));
      rows.add(of(h, "delivery", "seq = ? AND event_id = ?", g.seq(), id));
      var listings = g.listings().isEmpty() ? List.<String>of() : List.of(g.listings().split(","));
      if (line.seq() != g.seq()) {
        // Its own line was met before.
        return new Step.TakeOver(line.seq(), rows, batch -> {});
      }
      for (var listing : listings) {
        rows.add(of(h, "listing_version", "listing_id = ? AND event_id = ?", listing, id));
        rows.add(of(h, "listing_key", "listing_id = ?", listing));
      }
      var bases = ListingEvents.bases(h, listings);
      return new Step.TakeOver(
          line.seq(), rows, batch -> bases.forEach(b -> ListingEvents.restore(batch, b)));
    });
  }
}
