package dev.porchlight.connector;

import dev.porchlight.value.Lead;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One event about a lead, with all that any contract may want to write of it.
///
/// @param eventId ours; the `webhook-id`
/// @param kind for example `lead.created`, `lead.updated`
/// @param at when the event happened
/// @param sequence its place in the log
/// @param id our id of the lead
/// @param version which version of the lead this is, from 1
/// @param derivedLeadId the id to write where the sender gave none; equal to the lead's own id else
/// @param receivedAt when the receipt of this version arrived; stands in where the sender gave no
///   time
/// @param sourceName the source it came from
/// @param sourceContract the contract of that source
/// @param contactId the contact it belongs to
/// @param ownerName who answers
/// @param raw the bytes as received; null when they are no longer kept
/// @param rawContentType their media type as received
/// @param rawMessage the contract's name for the body as received, for example `BuyerLead`
/// @param deleteAfter the moment after which we delete the lead, as the source's retention has it;
///   null where none applies
/// @param portal the code of the portal that the source stands for; null where it names none
/// @param trail the hubs that the lead has come through, as a header tells them; empty for none
/// @param ingestedAt the time of the log entry of this event: what windows of time count. Never
///   goes back along the log, so it can lie behind `receivedAt`
/// @param traceparent where in which trace it came in, as W3C's header says it; empty for none
/// @param phoneRegion the country of phone numbers that name none, as the source has it; null where
///   there is none
public record Message(
    String eventId,
    String kind,
    Instant at,
    long sequence,
    String id,
    int version,
    String derivedLeadId,
    Instant receivedAt,
    String sourceName,
    String sourceContract,
    String contactId,
    String ownerName,
    Lead lead,
    byte @Nullable [] raw,
    String rawContentType,
    String rawMessage,
    @Nullable Instant deleteAfter,
    @Nullable String portal,
    String trail,
    Instant ingestedAt,
    String traceparent,
    @Nullable String phoneRegion) {

  /// Of a lead that was written to the log as it arrived and has come through no other hub; of a
  /// source without a retention, a portal's code and a country.
  public Message(
      String eventId,
      String kind,
      Instant at,
      long sequence,
      String id,
      int version,
      String derivedLeadId,
      Instant receivedAt,
      String sourceName,
      String sourceContract,
      String contactId,
      String ownerName,
      Lead lead,
      byte @Nullable [] raw,
      String rawContentType,
      String rawMessage) {
    this(
        eventId,
        kind,
        at,
        sequence,
        id,
        version,
        derivedLeadId,
        receivedAt,
        sourceName,
        sourceContract,
        contactId,
        ownerName,
        lead,
        raw,
        rawContentType,
        rawMessage,
        null,
        null,
        "",
        receivedAt,
        "",
        null);
  }

  /// The same event, of a lead that says that.
  public Message with(Lead other) {
    return with(other, phoneRegion);
  }

  /// The same, of a source in that country.
  public Message from(String region) {
    return with(lead, region);
  }

  /// The same event, with what may be otherwise.
  private Message with(Lead lead, @Nullable String phoneRegion) {
    return new Message(
        eventId,
        kind,
        at,
        sequence,
        id,
        version,
        derivedLeadId,
        receivedAt,
        sourceName,
        sourceContract,
        contactId,
        ownerName,
        lead,
        raw,
        rawContentType,
        rawMessage,
        deleteAfter,
        portal,
        trail,
        ingestedAt,
        traceparent,
        phoneRegion);
  }
}
