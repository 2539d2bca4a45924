package dev.porchlight.person;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A person as one member's contact.
///
/// @param id 26 digits
/// @param officeId the office that the owner belongs to; of a contact that an MLS owns, that MLS
/// @param ownerId the member who owns it, or the MLS of one that nobody has taken on yet
/// @param ownedSeq the log entry since which it stands in its owner's list
/// @param connected whether a member has taken it on; false only where somebody came by themselves
/// @param seq the log entry of its making
/// @param deletedAt when a member deleted it; such a contact is in no list and is shown to nobody
public record Contact(
    String id,
    String personId,
    String officeId,
    String ownerId,
    long ownedSeq,
    boolean connected,
    ContactBody body,
    Instant createdAt,
    Instant modifiedAt,
    long seq,
    @Nullable Instant deletedAt) {
  /// What filters call the state of a contact that a member has taken on.
  public static final String CONNECTED = "Connected";

  /// What they call the state of one that nobody has.
  public static final String UNCONNECTED = "Unconnected";

  /// Whether a contact's body as it is kept can be read.
  public static boolean isReadable(String body) {
    return ContactBody.find(body).isPresent();
  }

  boolean isDeleted() {
    return deletedAt != null;
  }

  /// `Connected` or `Unconnected`.
  public String recordStatus() {
    return connected ? CONNECTED : UNCONNECTED;
  }

  Contact with(ContactBody changed, Instant at) {
    return new Contact(
        id, personId, officeId, ownerId, ownedSeq, connected, changed, createdAt, at, seq, null);
  }

  /// This without anything of the person, and deleted: in no list, shown to nobody.
  Contact emptied(Instant at) {
    return new Contact(
        id,
        personId,
        officeId,
        ownerId,
        ownedSeq,
        connected,
        ContactBody.NOTHING,
        createdAt,
        at,
        seq,
        deletedAt == null ? at : deletedAt);
  }

  Contact connected(long since) {
    return new Contact(
        id, personId, officeId, ownerId, since, true, body, createdAt, modifiedAt, seq, null);
  }

  Contact ownedBy(String owner, String office, String person, long since, Instant at) {
    return new Contact(id, person, office, owner, since, true, body, createdAt, at, seq, null);
  }

  Contact deleted(Instant at) {
    return new Contact(
        id, personId, officeId, ownerId, ownedSeq, connected, body, createdAt, at, seq, at);
  }
}
