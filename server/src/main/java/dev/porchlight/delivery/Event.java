package dev.porchlight.delivery;

import dev.porchlight.filter.Value;
import java.time.Instant;
import java.util.Set;
import java.util.function.Function;

/// Something that happened and that endpoints may want.
///
/// @param id the `webhook-id`, the same at every endpoint
/// @param kind for example `lead.created`
/// @param seq its log entry
/// @param leadId the lead, contact, listing or endpoint that it is about
/// @param version the lead's or listing's version then; else 0
/// @param officeId where it happened
/// @param sourceId the source it came through; of a contact that of its first lead; empty for none
/// @param test about a test lead
/// @param orderKey events of one key arrive in order at each endpoint; the contact's id for leads
///   and contacts
/// @param ownerId the member whose contact it is about
/// @param fields what filters ask of it, by the names of [EventCatalogue]
public record Event(
    String id,
    String kind,
    Instant at,
    long seq,
    String leadId,
    int version,
    String officeId,
    String sourceId,
    boolean test,
    String orderKey,
    String ownerId,
    Function<String, Value> fields) {
  /// The kinds that an endpoint takes which names none.
  static final Set<String> USUAL = Set.of("lead.created", "lead.updated");

  /// The same at another place in the log.
  public Event at(long place) {
    return new Event(
        id, kind, at, place, leadId, version, officeId, sourceId, test, orderKey, ownerId, fields);
  }
}
