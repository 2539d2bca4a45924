package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A message to a member: that a lead came in, or what a contact writes through a web site. No
/// decision depends on one, so a rebuild leaves them out.
///
/// @param id 26 digits
/// @param senderId the contact that it is from or about; null when it is from nobody
/// @param listingId the listing that it is about
public record MemberMessage(
    String id,
    String recipientId,
    String type,
    String subject,
    String body,
    @Nullable String senderId,
    @Nullable String listingId,
    Instant createdAt) {
  private static final Table<MemberMessage> TABLE =
      Table.<MemberMessage>named("member_message")
          .key("id", MemberMessage::id)
          .column("recipient_id", MemberMessage::recipientId)
          .column("type", MemberMessage::type)
          .column("subject", MemberMessage::subject)
          .column("body", MemberMessage::body)
          .column("sender_id", MemberMessage::senderId)
          .column("listing_id", MemberMessage::listingId)
          .column("created_at", MemberMessage::createdAt)
          .readBy(r ->
              new MemberMessage(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  r.text(5),
                  r.textOrNull(6),
                  r.textOrNull(7),
                  r.time(8)));

  /// A new one.
  public static MemberMessage of(
      Draw draw,
      String recipient,
      String type,
      String subject,
      String body,
      @Nullable String sender,
      @Nullable String listing) {
    return new MemberMessage(
        draw.digits(), recipient, type, subject, body, sender, listing, draw.at());
  }

  /// Leaves it for its recipient.
  public void put(Batch batch) {
    batch.put(TABLE, this);
    batch.append("message.created", recipientId, id);
  }

  /// A member's messages, newest first.
  public static List<MemberMessage> list(Store store, String recipient, int skip, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM member_message WHERE recipient_id = ? ORDER BY id DESC LIMIT ? OFFSET"
                    + " ?")
            .bind(0, recipient)
            .bind(1, limit)
            .bind(2, skip)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// One of a member's messages.
  public static Optional<MemberMessage> find(Store store, String recipient, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM member_message WHERE id = ? AND recipient_id = ?")
            .bind(0, id)
            .bind(1, recipient)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// How many messages a member has.
  public static long count(Store store, String recipient) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM member_message WHERE recipient_id = ?")
            .bind(0, recipient)
            .mapTo(Long.class)
            .one());
  }

  /// Takes away all messages that come from a contact.
  static void deleteAllOf(Batch batch, String contact) {
    batch.sql().execute("DELETE FROM member_message WHERE sender_id = ?", contact);
  }
}
