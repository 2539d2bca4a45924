package dev.porchlight.delivery;

import java.time.Instant;

/// One event owed to one endpoint, as planned. Never changes.
///
/// @param seq the event's place in the log
/// @param eventId the event's id, sent as `webhook-id`
/// @param why one sentence: the rule by which it was planned
public record Delivery(
    String id,
    long seq,
    String endpointId,
    String orderKey,
    String eventId,
    String kind,
    String leadId,
    int version,
    String officeId,
    Instant plannedAt,
    String why) {}
