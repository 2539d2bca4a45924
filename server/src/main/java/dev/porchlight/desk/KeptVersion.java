package dev.porchlight.desk;

import dev.porchlight.delivery.Delivery;
import dev.porchlight.store.Row;
import dev.porchlight.value.LeadJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What the store has of a version of a lead that a delivery tells of, with what it came in.
///
/// @param ingestedAt the time of the log entry that the delivery follows from
/// @param delivery by which it was asked for
record KeptVersion(
    LeadRecord record,
    Tables.LeadVersionRow row,
    Receipt receipt,
    @Nullable Instant ingestedAt,
    String delivery,
    @Nullable RawBody raw) {
  private static final int TOGETHER = 32;

  /// Of what came in larger bodies, each is read when it is its turn.
  static final int LARGEST = 16 * 1024;

  private static String columns(String delivery) {
    return String.join(
        ", ",
        Tables.LEAD.columnList("l"),
        Tables.LEAD_VERSION.columnList("v"),
        Tables.RECEIPT.columnList("r"),
        "g.at",
        delivery,
        Tables.RAW.columnList("w"));
  }

  /// One question in place of five: while a backlog goes out, this is asked for each delivery that
  /// was not read ahead.
  private static final String OF_ONE =
      "SELECT "
          + columns("CAST(:delivery AS TEXT)")
          + " FROM lead l JOIN lead_version v ON v.lead_id = l.id AND v.version = :v"
          + " JOIN receipt r ON r.id = v.receipt_id"
          + " LEFT JOIN log g ON g.seq = :seq"
          + " LEFT JOIN receipt_raw w ON w.receipt_id = v.receipt_id WHERE l.id = :id";

  static final String OF_DELIVERIES =
      "SELECT "
          + columns("d.id")
          + " FROM delivery d JOIN lead l ON l.id = d.lead_id"
          + " JOIN lead_version v ON v.lead_id = l.id AND v.version = d.version"
          + " JOIN receipt r ON r.id = v.receipt_id"
          + " LEFT JOIN log g ON g.seq = d.seq"
          + " LEFT JOIN receipt_raw w ON w.receipt_id = v.receipt_id"
          + " WHERE d.id IN (<ids>) AND r.size <= :largest";

  /// What one delivery tells of.
  static Optional<KeptVersion> find(Handle h, Delivery delivery) {
    return h.createQuery(OF_ONE)
        .bind("id", delivery.leadId())
        .bind("v", delivery.version())
        .bind("seq", delivery.seq())
        .bind("delivery", delivery.id())
        .map((r, _) -> read(r))
        .findOne();
  }

  /// What these deliveries tell of, those left out that came in more than 16 KiB.
  static List<KeptVersion> listOf(Handle h, List<String> deliveries) {
    var all = new ArrayList<KeptVersion>();
    for (int i = 0; i < deliveries.size(); i += TOGETHER) {
      var some = new ArrayList<>(deliveries.subList(i, Math.min(deliveries.size(), i + TOGETHER)));
      while (some.size() < TOGETHER) {
        // Always as many, so that it is one statement, which is kept.
        some.add(some.getLast());
      }
      all.addAll(
          h.createQuery(OF_DELIVERIES)
              .bindList("ids", some)
              .bind("largest", LARGEST)
              .map((r, _) -> read(r))
              .list());
    }
    return all;
  }

  private static KeptVersion read(ResultSet r) throws SQLException {
    int version = 1 + Tables.LEAD.columnCount();
    int receipt = version + Tables.LEAD_VERSION.columnCount();
    int log = receipt + Tables.RECEIPT.columnCount();
    return new KeptVersion(
        Tables.LEAD.read(new Row(r)),
        Tables.LEAD_VERSION.read(new Row(r, version)),
        Tables.RECEIPT.read(new Row(r, receipt)),
        new Row(r).timeOrNull(log),
        r.getString(log + 1),
        r.getString(log + 2) == null ? null : Tables.RAW.read(new Row(r, log + 2)));
  }

  /// In memory, roughly, in bytes.
  int size() {
    return row.fact().length() + (raw == null ? 0 : raw.body().length);
  }

  /// @throws UnreadableLeadException when what is kept can't be read
  Messages.Version version(Delivery told) {
    return new Messages.Version(
        record,
        LeadJson.find(row.fact()).orElseThrow(() -> new UnreadableLeadException(told.leadId())),
        told.version(),
        row.at(),
        receipt.message(),
        receipt.contentType(),
        raw == null ? null : raw.bytes(),
        Messages.trail(receipt),
        ingestedAt == null ? row.at() : ingestedAt,
        Messages.traceparent(receipt));
  }
}
