package dev.porchlight.delivery;

import dev.porchlight.store.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

  private static final String ASIDE = "What came was put aside by hand before this was delivered.";
  private static final String ASIDE_UNDER_WAY =
      "What came was put aside by hand while an attempt was under way, which may have arrived.";

  /// Why the push of an event ended whose time was over.
  private static final String AGED = "The event was no longer kept before this was delivered.";

  /// Ends and empties the deliveries of an event that was published to parties.
  ///
  /// @param seq the event's place in the log
  /// @param spared endpoints that go on getting it
  /// @param aged its time was over; else a person in it was erased
  public static void eraseEvent(
      Batch batch, long seq, String event, Set<String> spared, boolean aged) {
    var sql = batch.sql();
    var theirs = new ArrayList<String>();
    sql.createQuery("SELECT id, endpoint_id FROM delivery WHERE seq = :s AND event_id = :e")
        .bind("s", seq)
        .bind("e", event)
        .map((r, _) -> List.of(r.getString(1), r.getString(2)))
        .forEach(d -> {
          if (!spared.contains(d.getLast())) {
            theirs.add(d.getFirst());
          }
        });
    for (var id : theirs) {
      end(batch, id, aged ? AGED : REASON, UNDER_WAY);
      AnswerWords.deleteOfDelivery(batch, id);
      var none = batch.sql();
      none.execute(
          "UPDATE delivery_state SET losses = '[]', reason ="
              + " CASE WHEN reason = '' OR reason IN (?, ?, ?) THEN reason ELSE ? END"
              + " WHERE delivery_id = ?",
          REASON,
          UNDER_WAY,
          AGED,
          WORD,
          id);
      none.execute(
          "UPDATE attempt SET answer = ?, sent_sha256 = ?, error = CASE WHEN error = '' THEN ''"
              + " ELSE ? END WHERE delivery_id = ?",
          new byte[0],
          new byte[0],
          WORD,
          id);
    }
  }

  /// Ends and empties all deliveries of a lead.
  public static Counts erase(Batch batch, String lead) {
    var ids = pending(batch, lead);
    ids.forEach(id -> end(batch, id, REASON, UNDER_WAY));
    AnswerWords.deleteOfLead(batch, lead);
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
            "UPDATE attempt SET answer = ?, sent_sha256 = ?, error = CASE WHEN error = '' THEN ''"
                + " ELSE ? END WHERE delivery_id IN (SELECT id FROM delivery WHERE lead_id = ?)",
            new byte[0],
            new byte[0],
            WORD,
            lead);
    return new Counts(deliveries, ids.size(), attempts);
  }

  /// Ends what is still to be delivered of a receipt that somebody put aside.
  public static void endAside(Batch batch, String receipt) {
    pending(batch, receipt).forEach(id -> end(batch, id, ASIDE, ASIDE_UNDER_WAY));
  }

  /// Whether a delivery ended since what came was put aside.
  public static boolean isEndedAside(Batch batch, String delivery) {
    var state = batch.find(Tables.STATE, delivery);
    return state != null
        && state.state() == DeliveryState.State.DROPPED
        && (state.reason().equals(ASIDE) || state.reason().equals(ASIDE_UNDER_WAY));
  }

  private static List<String> pending(Batch batch, String lead) {
    return batch
        .sql()
        .createQuery(
            "SELECT d.id FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
                + " WHERE d.lead_id = :l AND s.state = 'pending' ORDER BY d.seq, d.id")
        .bind("l", lead)
        .mapTo(String.class)
        .list();
  }

  /// Nothing that stands behind another in its lane is under way.
  private static final String BEFORE_IT =
      "SELECT 1 FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id"
          + " WHERE d.endpoint_id = :e AND d.order_key = :k AND d.seq < :seq"
          + " AND d.seq >= (SELECT COALESCE(MIN(o.seq), 0) FROM delivery_state o"
          + " WHERE o.endpoint_id = :e AND o.state = 'pending')"
          + " AND s.state = 'pending' AND s.passed = 0 LIMIT 1";

  /// Whether it may be the one of a held lane that is attempted: where one of the lane that was not
  /// passed ended in this unit already, that was it, since they end in order.
  private static boolean isNext(Batch batch, Lane lane, Delivery delivery) {
    return !lane.dueAt().equals(batch.clock())
        && batch
            .sql()
            .createQuery(BEFORE_IT)
            .bind("e", delivery.endpointId())
            .bind("k", delivery.orderKey())
            .bind("seq", delivery.seq())
            .mapTo(Integer.class)
            .findOne()
            .isEmpty();
  }

  private static void end(Batch batch, String id, String reason, String whileUnderWay) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery == null || state == null || !state.isOpen()) {
      return;
    }
    var lane = batch.find(Tables.LANE, delivery.endpointId(), delivery.orderKey());
    boolean underWay = lane != null && !lane.isFree(batch.clock()) && isNext(batch, lane, delivery);
    batch.put(Tables.STATE, state.dropped(underWay ? whileUnderWay : reason, batch.clock()));
    batch.append("delivery.dropped", delivery.leadId(), id);
    if (lane == null) {
      return;
    }
    if (lane.pending() <= 1) {
      batch.delete(Tables.LANE, lane.endpointId(), lane.orderKey());
    } else {
      // A passed one says nothing of the one that is under way.
      var due = state.passed() ? lane.dueAt() : batch.clock();
      batch.put(
          Tables.LANE,
          lane.due(due, lane.pending() - 1, lane.passed() - (state.passed() ? 1 : 0), false));
    }
  }
}
