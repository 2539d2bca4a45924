package dev.porchlight.desk;

import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The tables of this package.
public final class Tables {
  record ViolationRow(String receiptId, int n, String pointer, String rule, String action) {}

  record LeadKeyRow(String sourceId, String value, String leadId, Instant at) {}

  record DeadlineRow(String leadId, Instant at) {}

  /// @param saidAt when its sender made it, where the contract says that; else null
  /// @param asOf the log entry as of which it is the sender's word
  /// @param emptied its sender shows the person as erased
  public record LeadVersionRow(
      String leadId,
      int version,
      String receiptId,
      Instant at,
      String fingerprint,
      String fact,
      @Nullable Instant saidAt,
      long asOf,
      boolean emptied) {}

  record FingerprintRow(String leadId, String fingerprint, int version) {}

  public static final Table<Receipt> RECEIPT =
      Table.<Receipt>named("receipt")
          .key("id", Receipt::id)
          .column("at", Receipt::at)
          .column("seed", r -> r.draw().seed())
          .column("counter", r -> r.draw().counter())
          .column("source_id", Receipt::sourceId)
          .column("office_id", Receipt::officeId)
          .column("channel", Receipt::channel)
          .column("content_type", Receipt::contentType)
          .column("headers", Receipt::headers)
          .column("size", Receipt::size)
          .column("state", r -> r.state().word())
          .column("message", Receipt::message)
          .column("guid", Receipt::guid)
          .column("lead_id", Receipt::leadId)
          .column("version", Receipt::version)
          .column("reason", Receipt::reason)
          .column("signature", Receipt::signature)
          .column("corrects", Receipt::corrects)
          .column("settled_seq", Receipt::settledSeq)
          .column("erased_at", Receipt::erasedAt)
          .readBy(r ->
              new Receipt(
                  r.text(1),
                  new Draw(r.time(2), r.text(3), r.integer(4)),
                  r.text(5),
                  r.text(6),
                  r.text(7),
                  r.text(8),
                  r.text(9),
                  r.integer(10),
                  Receipt.State.of(r.text(11)),
                  r.text(12),
                  r.text(13),
                  r.textOrNull(14),
                  r.integer(15),
                  r.text(16),
                  r.text(17),
                  r.textOrNull(18),
                  r.number(19),
                  r.timeOrNull(20)));
  public static final Table<RawBody> RAW =
      Table.<RawBody>named("receipt_raw")
          .key("receipt_id", RawBody::receiptId)
          .column("codec", RawBody::codec)
          .column("body", RawBody::body)
          .readBy(r -> new RawBody(r.text(1), r.integer(2), r.bytes(3)));
  static final Table<ViolationRow> VIOLATION =
      Table.<ViolationRow>named("violation")
          .key("receipt_id", ViolationRow::receiptId)
          .key("n", ViolationRow::n)
          .column("pointer", ViolationRow::pointer)
          .column("rule", ViolationRow::rule)
          .column("action", ViolationRow::action)
          .readBy(r -> new ViolationRow(r.text(1), r.integer(2), r.text(3), r.text(4), r.text(5)));
  static final Table<LeadKeyRow> LEAD_KEY =
      Table.<LeadKeyRow>named("lead_key")
          .key("source_id", LeadKeyRow::sourceId)
          .key("value", LeadKeyRow::value)
          .column("lead_id", LeadKeyRow::leadId)
          .column("at", LeadKeyRow::at)
          .readBy(r -> new LeadKeyRow(r.text(1), r.text(2), r.text(3), r.time(4)));
  static final Table<DeadlineRow> DEADLINE =
      Table.<DeadlineRow>named("lead_deadline")
          .key("lead_id", DeadlineRow::leadId)
          .column("at", DeadlineRow::at)
          .readBy(r -> new DeadlineRow(r.text(1), r.time(2)));
  public static final Table<LeadRecord> LEAD =
      Table.<LeadRecord>named("lead")
          .key("id", LeadRecord::id)
          .column("source_id", LeadRecord::sourceId)
          .column("external_id", LeadRecord::externalId)
          .column("derived", LeadRecord::derived)
          .column("guid", LeadRecord::guid)
          .column("office_id", LeadRecord::officeId)
          .column("person_id", LeadRecord::personId)
          .column("contact_id", LeadRecord::contactId)
          .column("test", LeadRecord::test)
          .column("version", LeadRecord::version)
          .column("evidence", LeadRecord::evidence)
          .column("answers", LeadRecord::answers)
          .column("created_at", LeadRecord::createdAt)
          .column("updated_at", LeadRecord::updatedAt)
          .column("seq", LeadRecord::seq)
          .column("key_value", LeadRecord::key)
          .column("erased_at", LeadRecord::erasedAt)
          .readBy(r ->
              new LeadRecord(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.flag(4),
                  r.text(5),
                  r.text(6),
                  r.text(7),
                  r.text(8),
                  r.flag(9),
                  r.integer(10),
                  r.text(11),
                  r.text(12),
                  r.time(13),
                  r.time(14),
                  r.number(15),
                  r.text(16),
                  r.timeOrNull(17)));
  public static final Table<LeadVersionRow> LEAD_VERSION =
      Table.<LeadVersionRow>named("lead_version")
          .key("lead_id", LeadVersionRow::leadId)
          .key("version", LeadVersionRow::version)
          .column("receipt_id", LeadVersionRow::receiptId)
          .column("at", LeadVersionRow::at)
          .column("fingerprint", LeadVersionRow::fingerprint)
          .column("fact", LeadVersionRow::fact)
          .column("said_at", LeadVersionRow::saidAt)
          .column("as_of", LeadVersionRow::asOf)
          .column("emptied", LeadVersionRow::emptied)
          .readBy(r ->
              new LeadVersionRow(
                  r.text(1),
                  r.integer(2),
                  r.text(3),
                  r.time(4),
                  r.text(5),
                  r.text(6),
                  r.timeOrNull(7),
                  r.number(8),
                  r.flag(9)));

  /// The leads of a person at a source, for the source's other channel.
  record TwinRow(String sourceId, String who, String leads) {}

  /// What is known of a lead that came by mail too, or by mail alone.
  ///
  /// @param byMail it was made of a mail
  /// @param otherKey the key that the other channel has for it; empty while that was silent
  public record LeadMailRow(String leadId, boolean byMail, String otherKey) {}

  static final Table<TwinRow> TWIN =
      Table.<TwinRow>named("twin")
          .key("source_id", TwinRow::sourceId)
          .key("who", TwinRow::who)
          .column("leads", TwinRow::leads)
          .readBy(r -> new TwinRow(r.text(1), r.text(2), r.text(3)));
  public static final Table<LeadMailRow> LEAD_MAIL =
      Table.<LeadMailRow>named("lead_mail")
          .key("lead_id", LeadMailRow::leadId)
          .column("by_mail", LeadMailRow::byMail)
          .column("other_key", LeadMailRow::otherKey)
          .readBy(r -> new LeadMailRow(r.text(1), r.flag(2), r.text(3)));

  /// Who answered a lead first because of the place that it is about, which an erasure takes from
  /// the lead.
  record LeadRoutedRow(String leadId, String answers) {}

  static final Table<LeadRoutedRow> LEAD_ROUTED =
      Table.<LeadRoutedRow>named("lead_routed")
          .key("lead_id", LeadRoutedRow::leadId)
          .column("answers", LeadRoutedRow::answers)
          .readBy(r -> new LeadRoutedRow(r.text(1), r.text(2)));

  static final Table<FingerprintRow> FINGERPRINT =
      Table.<FingerprintRow>named("lead_fingerprint")
          .key("lead_id", FingerprintRow::leadId)
          .key("fingerprint", FingerprintRow::fingerprint)
          .column("version", FingerprintRow::version)
          .readBy(r -> new FingerprintRow(r.text(1), r.text(2), r.integer(3)));

  private Tables() {}
}
