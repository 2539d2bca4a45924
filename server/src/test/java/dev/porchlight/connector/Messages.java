package dev.porchlight.connector;

import dev.porchlight.value.Lead;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Messages to write in tests.
public final class Messages {
  private Messages() {}

  public static Message of(Lead lead) {
    return of(lead, null);
  }

  public static Message of(Lead lead, byte @Nullable [] raw) {
    return new Message(
        "evt_1",
        "lead.created",
        Instant.parse("2026-03-14T09:26:54Z"),
        7,
        "0199-lead",
        1,
        lead.leadId() == null || lead.leadId().isBlank() ? "derived-1" : lead.leadId(),
        Instant.parse("2026-03-14T09:26:53.500Z"),
        "portal",
        "connections-plus",
        "20260314092653000000000001",
        "Ruth Okafor",
        lead,
        raw,
        "application/json; charset=utf-8",
        "BuyerLead");
  }
}
