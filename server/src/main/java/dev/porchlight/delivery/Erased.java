package dev.porchlight.delivery;

import dev.porchlight.store.Batch;

/// What an erasure takes away from deliveries: nothing that is owed of an erased lead is sent any
/// more, and what receivers answered is forgotten. That there were deliveries and attempts, when
/// and how they ended, stays.
public final class Erased {
  /// Why a delivery ended that was not.
  public static final String REASON = "The person's data was erased before this was delivered.";

  static final String UNDER_WAY =
      "The person's data was erased while an attempt was under way, which may have arrived.";

  /// Stands where a sentence stood that may have quoted something.
  public static final String WORD = "Erased.";

  /// How much was touched.
  ///
  /// @param ended deliveries that were pending
  public record Counts(int deliveries, int ended, int attempts) {}

  private Erased() {}

  /// Ends and empties all deliveries of a lead.
  public static Counts erase(Batch batch, String lead) {
    var ids =
        batch
            .sql()
            .createQuery(
                "SELECT d.id FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
                    + " WHERE d.lead_id = :l AND s.state = 'pending' ORDER BY d.seq, d.id")
            .bind("l", lead)
            .mapTo(String.class)
            .list();
    ids.forEach(id -> end(batch, id));
    var sql = batch.sql();
    int deliveries =
        sql.execute(
            "UPDATE delivery_state SET losses = '[]', reason ="
                + " CASE WHEN reason = '' OR reason IN (?, ?) THEN reason ELSE ? END"
                + " WHERE delivery_id IN (SELECT id FROM delivery WHERE lead_id = ?)",
            REASON,
            UNDER_WAY,
            WORD,
            lead);
    int attempts =
        sql.execute(
            "UPDATE attempt SET answer = ?, error = CASE WHEN error = '' THEN '' ELSE ? END"
                + " WHERE delivery_id IN (SELECT id FROM delivery WHERE lead_id = ?)",
            new byte[0],
            WORD,
            lead);
    return new Counts(deliveries, ids.size(), attempts);
  }

  private static void end(Batch batch, String id) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery == null || state == null || !state.isOpen()) {
      return;
    }
    var lane = batch.find(Tables.LANE, delivery.endpointId(), delivery.orderKey());
    boolean underWay = lane != null && !lane.isFree(batch.clock());
    batch.put(Tables.STATE, state.dropped(underWay ? UNDER_WAY : REASON, batch.clock()));
    batch.append("delivery.dropped", delivery.leadId(), id);
    if (lane == null) {
      return;
    }
    if (lane.pending() <= 1) {
      batch.delete(Tables.LANE, lane.endpointId(), lane.orderKey());
    } else {
      batch.put(
          Tables.LANE,
          lane.due(
              batch.clock(), lane.pending() - 1, lane.passed() - (state.passed() ? 1 : 0), false));
    }
  }
}
