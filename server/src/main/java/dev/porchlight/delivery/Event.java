package dev.porchlight.delivery;

import dev.porchlight.filter.Value;
import java.time.Instant;
import java.util.function.Function;

/// Something that happened and that endpoints may want.
///
/// @param id the `webhook-id`, the same at every endpoint
/// @param kind for example `lead.created`
/// @param seq its log entry
/// @param leadId the lead it is about
/// @param version the lead's version then
/// @param officeId where it happened
/// @param sourceId the source it came through
/// @param test about a test lead
/// @param orderKey events of one key arrive in order at each endpoint; the contact's id for leads
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
    Function<String, Value> fields) {}
