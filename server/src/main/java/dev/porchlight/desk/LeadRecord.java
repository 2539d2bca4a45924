package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A lead as we keep it: what it is one of, and what was decided about it. What it says stands in
/// its versions.
///
/// @param id ours
/// @param externalId the sender's id, or the one that stands in for it
/// @param derived whether the sender gave none
/// @param guid what senders are told as `communications_guid`
/// @param officeId where it landed; never changes
/// @param version the newest version, from 1
/// @param evidence why its person is that person
/// @param answers JSON: the member who answers, their name, and why
/// @param seq the log entry of its making
/// @param key what makes another receipt one of this lead; empty once erased
/// @param erasedAt when what it said of its person was erased; null while kept
public record LeadRecord(
    String id,
    String sourceId,
    String externalId,
    boolean derived,
    String guid,
    String officeId,
    String personId,
    String contactId,
    boolean test,
    int version,
    String evidence,
    String answers,
    Instant createdAt,
    Instant updatedAt,
    long seq,
    String key,
    @Nullable Instant erasedAt) {

  /// The same under the id that its sender gave it by the other channel.
  LeadRecord named(String external) {
    return new LeadRecord(
        id, sourceId, external, false, guid, officeId, personId, contactId, test, version, evidence,
        answers, createdAt, updatedAt, seq, key, erasedAt);
  }

  /// The same, answered by somebody else.
  LeadRecord answeredBy(String answers) {
    return new LeadRecord(
        id,
        sourceId,
        externalId,
        derived,
        guid,
        officeId,
        personId,
        contactId,
        test,
        version,
        evidence,
        answers,
        createdAt,
        updatedAt,
        seq,
        key,
        erasedAt);
  }

  public LeadRecord updated(int version, boolean test, Instant at) {
    return new LeadRecord(
        id,
        sourceId,
        externalId,
        derived,
        guid,
        officeId,
        personId,
        contactId,
        test,
        version,
        evidence,
        answers,
        createdAt,
        at,
        seq,
        key,
        erasedAt);
  }

  /// What hangs on it: it lies in the office where the lead landed. For whoever may see the lead.
  public Scope scope() {
    return new Scope(false, Set.of(officeId));
  }
}
