package dev.porchlight.desk;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.List;

/// What events said became of leads: assigned, accepted, rejected, retracted, updated elsewhere.
public final class LeadSteps {
  /// One of them.
  ///
  /// @param seq the log entry that tells of it
  /// @param step `assigned`, `accepted` and so on
  /// @param at when it happened
  /// @param event ours of the event that it came by
  /// @param uri the event's id, under which its publisher knows it
  /// @param publisher the party that published it
  /// @param agent who did it, as written; this and what follows may be empty
  /// @param recipient who has the lead now
  /// @param participant who lost it
  /// @param answers JSON: who answers the lead since, and why; empty where that stayed
  public record LeadStep(
      String lead,
      long seq,
      String step,
      Instant at,
      String event,
      String uri,
      String publisher,
      String agent,
      String recipient,
      String participant,
      String reason,
      String comment,
      String answers) {
    LeadStep at(long place) {
      return new LeadStep(
          lead,
          place,
          step,
          at,
          event,
          uri,
          publisher,
          agent,
          recipient,
          participant,
          reason,
          comment,
          answers);
    }
  }

  public static final Table<LeadStep> TABLE =
      Table.<LeadStep>named("lead_step")
          .key("lead_id", LeadStep::lead)
          .key("seq", LeadStep::seq)
          .column("step", LeadStep::step)
          .column("at", LeadStep::at)
          .column("event_id", LeadStep::event)
          .column("uri", LeadStep::uri)
          .column("publisher_id", LeadStep::publisher)
          .column("agent", LeadStep::agent)
          .column("recipient", LeadStep::recipient)
          .column("participant", LeadStep::participant)
          .column("reason", LeadStep::reason)
          .column("comment", LeadStep::comment)
          .column("answers", LeadStep::answers)
          .readBy(r ->
              new LeadStep(
                  r.text(1),
                  r.number(2),
                  r.text(3),
                  r.time(4),
                  r.text(5),
                  r.text(6),
                  r.text(7),
                  r.text(8),
                  r.text(9),
                  r.text(10),
                  r.text(11),
                  r.text(12),
                  r.text(13)));

  /// What the kinds of its lines in the log begin with; their subject is the lead.
  public static final String LINES = "step.";

  private LeadSteps() {}

  /// Keeps a step, as a line of the log.
  ///
  /// @param step its `seq` is set here
  public static void keep(Batch batch, LeadStep step) {
    apply(batch, step.at(batch.append(LINES + step.step(), step.lead(), step.event())));
  }

  private static void apply(Batch batch, LeadStep step) {
    batch.put(TABLE, step);
    answered(batch, step);
  }

  /// Does to the lead what a step said of who answers it.
  public static void answered(Batch batch, LeadStep step) {
    var lead = batch.find(Tables.LEAD, step.lead());
    if (lead != null && !step.answers().isEmpty()) {
      batch.put(Tables.LEAD, lead.answeredBy(step.answers()));
    }
  }

  /// The steps of a lead, in the log's order.
  public static List<LeadStep> list(Store store, String lead) {
    return store.read(h ->
        h.createQuery(
                "SELECT " + TABLE.columnList() + " FROM lead_step WHERE lead_id = :l ORDER BY seq")
            .bind("l", lead)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }
}
