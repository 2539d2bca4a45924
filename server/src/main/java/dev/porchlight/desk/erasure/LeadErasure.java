package dev.porchlight.desk.erasure;

import dev.porchlight.delivery.Erased;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.Twin;
import dev.porchlight.person.Identity;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.value.ErasedLead;
import dev.porchlight.value.Json;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import dev.porchlight.value.Particulars;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;

/// Erases single leads, and receipts that never became one. What takes time is worked out before
/// ([#look]); where the lead changed meanwhile nothing is done and it has to be looked at again.
public final class LeadErasure {
  private static final String NO_HEADERS = "{}";

  private LeadErasure() {}

  /// What is to be written for one lead.
  ///
  /// @param facts what is left of each version
  /// @param enquirers what each receipt said of the person, by receipt, where it added something
  /// @param twins where it is remembered for what comes by another channel
  /// @param contentTypes of its receipts, without their parameters, which senders choose
  record Plan(
      LeadRecord lead,
      String externalId,
      String guid,
      Map<Integer, String> facts,
      Set<String> twins,
      Map<String, String> enquirers,
      Map<String, String> contentTypes) {}

  /// What only the hub knows.
  interface Rereading {
    /// What a receipt said, read again; for those whose fact is kept nowhere.
    Optional<String> enquirer(Receipt receipt, byte[] raw);

    /// The country that a source's phones without one are of; empty when it is gone.
    String region(String source);
  }

  private record Version(int version, String receiptId, String fact) {}

  /// Gathers what the versions of a lead say of its person.
  static void gather(Handle h, String lead, Particulars into) {
    for (var version : versions(h, lead)) {
      into.add(enquirer(version));
    }
  }

  /// As it is kept; nobody where that can't be read.
  private static JsonNode enquirer(Version version) {
    try {
      return Json.tree(version.fact()).path("enquirer");
    } catch (IllegalArgumentException _) {
      return Json.object();
    }
  }

  private static List<Version> versions(Handle h, String lead) {
    return h.createQuery(
            "SELECT version, receipt_id, fact FROM lead_version WHERE lead_id = :l"
                + " ORDER BY version")
        .bind("l", lead)
        .map((r, _) -> new Version(r.getInt(1), r.getString(2), r.getString(3)))
        .list();
  }

  /// Works out what is to be written; empty when the lead is not there or erased already.
  static Optional<Plan> look(Handle h, String id, Particulars person, Rereading reread) {
    var found =
        h.createQuery("SELECT " + Tables.LEAD.columnList() + " FROM lead WHERE id = :l")
            .bind("l", id)
            .map((r, _) -> Tables.LEAD.read(new Row(r)))
            .findOne();
    if (found.isEmpty() || found.get().erasedAt() != null) {
      return Optional.empty();
    }
    var lead = found.get();
    var facts = new LinkedHashMap<Integer, String>();
    var enquirers = new LinkedHashMap<String, String>();
    var twins = new LinkedHashSet<String>();
    var region = reread.region(lead.sourceId());
    for (var version : versions(h, id)) {
      twins.addAll(
          Twin.whos(
              lead.sourceId(),
              Identity.of(LeadJson.find(version.fact()).orElse(Lead.NOTHING).enquirer(), region)));
      facts.put(version.version(), ErasedLead.of(version.fact(), person));
      enquirers.put(version.receiptId(), enquirer(version).toString());
    }
    var contentTypes = new LinkedHashMap<String, String>();
    for (var receipt : receipts(h, id)) {
      contentTypes.put(receipt.id(), mediaType(receipt.contentType()));
      // A repeat with a reason is one that was overtaken, and what it said of the person was added.
      if (receipt.state() == Receipt.State.REPEAT && !receipt.reason().isEmpty()) {
        RawBody.ofReceipt(h, receipt.id())
            .flatMap(bytes -> reread.enquirer(receipt, bytes))
            .ifPresent(enquirer -> enquirers.put(receipt.id(), enquirer));
      }
    }
    boolean nameless = !lead.derived() && !person.touch(lead.externalId());
    return Optional.of(
        new Plan(
            lead,
            nameless ? lead.externalId() : lead.id(),
            nameless ? lead.guid() : lead.id(),
            facts,
            twins,
            enquirers,
            contentTypes));
  }

  private static List<Receipt> receipts(Handle h, String lead) {
    return h.createQuery(
            "SELECT "
                + Tables.RECEIPT.columnList()
                + " FROM receipt WHERE lead_id = :l ORDER BY id")
        .bind("l", lead)
        .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
        .list();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String mediaType(String contentType) {
    int end = contentType.indexOf(';');
    var type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
    return type.matches("[a-zA-Z]{1,20}/[a-zA-Z0-9.+-]{1,60}") ? type : "";
  }

  /// Whether the plan still fits what is there.
  static boolean fits(Batch batch, Plan plan) {
    var now = batch.find(Tables.LEAD, plan.lead().id());
    if (now == null || now.erasedAt() != null || now.version() != plan.lead().version()) {
      return false;
    }
    int receipts =
        batch
            .sql()
            .createQuery("SELECT COUNT(*) FROM receipt WHERE lead_id = :l")
            .bind("l", plan.lead().id())
            .mapTo(Integer.class)
            .one();
    return receipts == plan.contentTypes().size();
  }

  /// Erases a lead.
  ///
  /// @param ref the erasure's id
  /// @param personStays what the receipts said of the person is kept apart, since a rebuild needs
  ///   it
  static Erasures.Counts erase(Batch batch, Plan plan, String ref, boolean personStays) {
    var id = plan.lead().id();
    long at = Row.micros(batch.now());
    batch.append("lead.erased", id, ref);
    batch.leaveNoTrace();
    Pins.forgetLead(batch, id);
    var deliveries = Erased.erase(batch, id);
    var sql = batch.sql();
    plan.facts()
        .forEach((version, fact) ->
            sql.execute(
                "UPDATE lead_version SET fact = ?, fingerprint = ''"
                    + " WHERE lead_id = ? AND version = ?",
                fact,
                id,
                version));
    sql.execute("DELETE FROM lead_fingerprint WHERE lead_id = ?", id);
    sql.execute("DELETE FROM lead_deadline WHERE lead_id = ?", id);
    sql.execute("DELETE FROM lead_about WHERE lead_id = ?", id);
    sql.execute("UPDATE lead_step SET uri = '', reason = '', comment = '' WHERE lead_id = ?", id);
    sql.execute(
        "DELETE FROM lead_key WHERE source_id = ? AND value = ? AND lead_id = ?",
        plan.lead().sourceId(),
        plan.lead().key(),
        id);
    var mail = batch.find(Tables.LEAD_MAIL, id);
    if (mail != null) {
      sql.execute(
          "DELETE FROM lead_key WHERE source_id = ? AND value = ? AND lead_id = ?",
          plan.lead().sourceId(),
          mail.otherKey(),
          id);
      batch.delete(Tables.LEAD_MAIL, id);
    }
    plan.twins().forEach(who -> Twin.forget(batch, plan.lead().sourceId(), who, id));
    sql.execute(
        "UPDATE lead SET external_id = ?, guid = ?, evidence = '', key_value = '', erased_at = ?"
            + " WHERE id = ?",
        plan.externalId(),
        plan.guid(),
        at,
        id);
    for (var receipt : plan.contentTypes().entrySet()) {
      sql.execute(
          "UPDATE receipt SET guid = CASE WHEN guid = ? THEN ? ELSE guid END WHERE id = ?",
          plan.lead().guid(),
          plan.guid(),
          receipt.getKey());
      empty(batch, receipt.getKey(), receipt.getValue());
    }
    if (personStays) {
      plan.enquirers()
          .forEach((receipt, enquirer) ->
              sql.execute(
                  "INSERT INTO receipt_person (receipt_id, enquirer) VALUES (?, ?)",
                  receipt,
                  enquirer));
    }
    return new Erasures.Counts(
        1,
        plan.facts().size(),
        plan.contentTypes().size(),
        0,
        0,
        0,
        deliveries.deliveries(),
        deliveries.ended(),
        deliveries.attempts());
  }

  /// Erases a receipt that is no lead's; nothing when it has become one's meanwhile, or is erased.
  static Erasures.Counts eraseReceipt(Batch batch, String id, String ref) {
    var receipt = batch.find(Tables.RECEIPT, id);
    if (receipt == null || receipt.erasedAt() != null) {
      return Erasures.Counts.NONE;
    }
    switch (receipt.state()) {
      case OWED, QUARANTINED, REFUSED, ASIDE -> {}
      case DONE, REPEAT, MENDED, ERASED -> {
        return Erasures.Counts.NONE;
      }
    }
    batch.append("receipt.erased", id, ref);
    batch.leaveNoTrace();
    batch
        .sql()
        .execute("UPDATE receipt SET state = 'erased', guid = id, message = '' WHERE id = ?", id);
    Pins.forgetReceipt(batch, id);
    empty(batch, id, mediaType(receipt.contentType()));
    return new Erasures.Counts(0, 0, 1, 0, 0, 0, 0, 0, 0);
  }

  private static void empty(Batch batch, String receipt, String contentType) {
    var sql = batch.sql();
    sql.execute(
        "UPDATE receipt SET headers = ?, content_type = ?, signature = '', reason = '',"
            + " erased_at = ? WHERE id = ?",
        NO_HEADERS,
        contentType,
        Row.micros(batch.now()),
        receipt);
    sql.execute("DELETE FROM receipt_raw WHERE receipt_id = ?", receipt);
    sql.execute("DELETE FROM receipt_aside WHERE receipt_id = ?", receipt);
    sql.execute(
        "UPDATE violation SET pointer = '', rule = 'erased', action = '' WHERE receipt_id = ?",
        receipt);
  }

  /// Forgets what receipts of a person's leads said of them, and what decisions about them saw.
  public static void forgetPerson(Batch batch, String person) {
    var theirs =
        " IN (SELECT r.id FROM receipt r JOIN lead l ON l.id = r.lead_id"
            + " WHERE l.person_id = ?)";
    batch.sql().execute("DELETE FROM receipt_person WHERE receipt_id" + theirs, person);
    batch.sql().execute("DELETE FROM identity_seen WHERE ref" + theirs, person);
  }

  /// Gathers what receipts of leads erased before said of the person.
  static void gatherKept(Handle h, String person, Particulars into) {
    h.createQuery(
            "SELECT p.enquirer FROM receipt_person p JOIN receipt r ON r.id = p.receipt_id"
                + " JOIN lead l ON l.id = r.lead_id WHERE l.person_id = :p")
        .bind("p", person)
        .mapTo(String.class)
        .forEach(enquirer -> into.add(Json.tree(enquirer)));
  }
}
