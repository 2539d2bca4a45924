package dev.porchlight.desk.onward;

import dev.porchlight.store.Table;
import java.time.Instant;

/// What is kept of deliveries that were told of, or went another way.
final class FallbackTables {
  /// How far it was looked for what is stuck.
  record FallbackPlaceRow(String kind, String place) {}

  /// What was stuck, and went to its office by mail.
  record FallbackRow(String ref, String deliveryId, Instant at) {}

  static final Table<FallbackPlaceRow> FALLBACK_PLACE =
      Table.<FallbackPlaceRow>named("fallback_place")
          .key("kind", FallbackPlaceRow::kind)
          .column("place", FallbackPlaceRow::place)
          .readBy(r -> new FallbackPlaceRow(r.text(1), r.text(2)));
  static final Table<FallbackRow> FALLBACK =
      Table.<FallbackRow>named("fallback")
          .key("ref", FallbackRow::ref)
          .column("delivery_id", FallbackRow::deliveryId)
          .column("at", FallbackRow::at)
          .readBy(r -> new FallbackRow(r.text(1), r.text(2), r.time(3)));

  private FallbackTables() {}
}
