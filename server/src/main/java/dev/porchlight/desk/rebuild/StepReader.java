package dev.porchlight.desk.rebuild;

import dev.porchlight.connector.Reading;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.Aside;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.KeptReading;
import dev.porchlight.desk.LeadSteps;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.desk.feed.Telling;
import dev.porchlight.person.Consents;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.PersonErasure;
import dev.porchlight.routing.ServiceAreas;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Reads, in the live store, what each line of the log asks a rebuild to do.
final class StepReader {
  private final Store live;
  private final Desk desk;
  private final Publishing publishing;

  StepReader(Store live, Desk desk, Publishing publishing) {
    this.live = live;
    this.desk = desk;
    this.publishing = publishing;
  }

  Step read(LogEntry line) {
    if (line.kind().startsWith("setting.")) {
      return live.read(h ->
          h.createQuery(
                  "SELECT kind, id, body FROM setting WHERE kind = :k AND id = :i AND seq = :s")
              .bind("k", line.kind().substring("setting.".length()))
              .bind("i", line.subject())
              .bind("s", line.seq())
              .map((r, _) ->
                  (Step) new Step.Set(line.seq(), r.getString(1), r.getString(2), r.getString(3)))
              .one());
    }
    if (ContactEdits.REPLAYED.contains(line.kind())) {
      return edit(line);
    }
    if (Consents.LINES.contains(line.kind())) {
      return said(line, "consent", "person_id = ? AND seq = ?", line.subject(), line.seq());
    }
    if (line.kind().startsWith(LeadSteps.LINES)) {
      return leadStep(line);
    }
    return switch (line.kind()) {
      case "contact.named" -> said(line, "contact_name", "contact_id = ?", line.subject());
      case ServiceAreas.LINE ->
          live.read(h ->
              new Step.TakeOver(
                  line.seq(),
                  List.of(
                      Copied.of(
                          h,
                          "service_area",
                          "company_id = ? AND name = ? AND seq = ?",
                          line.subject(),
                          line.ref(),
                          line.seq())),
                  batch -> ServiceAreas.placed(batch, line.subject(), line.ref())));
      case "receipt.done",
          "receipt.repeat",
          "receipt.quarantined",
          "receipt.owed",
          "receipt.refused" ->
          decide(line);
      case Aside.PUT, Aside.TAKEN_BACK ->
          Aside.list(live, line.ref()).stream()
              .filter(mark -> mark.seq() == line.seq())
              .<Step>map(mark ->
                  new Step.TakeOver(line.seq(), List.of(), batch -> Aside.replay(batch, mark)))
              .findFirst()
              .orElseGet(Step.Nothing::new);
      // Time decided these, a schedule, or a person who asked for a replay, not a receipt.
      case "lead.undelivered", "receipt.unread", "delivery.planned", Telling.PLANNED ->
          live.read(h ->
              new Step.TakeOver(
                  line.seq(),
                  List.of(Copied.of(h, "delivery", "id = ?", line.ref())),
                  batch -> {}));
      case Planner.TOLD ->
          live.read(h ->
              new Step.TakeOver(
                  line.seq(),
                  List.of(
                      Copied.of(h, "delivery", "seq = ?", line.seq()),
                      Copied.of(h, "left_out", "seq = ?", line.seq())),
                  batch -> {}));
      case "event.published", "message.sent" -> publish(line);
      case "lead.erased" -> live.read(h -> Copied.erasedLead(h, line));
      case "event.erased" ->
          live.read(h -> Copied.erasedEvent(h, line).orElseGet(Step.Nothing::new));
      case "receipt.erased" -> live.read(h -> Copied.erasedReceipt(h, line));
      case "person.erased" ->
          new Step.ErasePerson(line.seq(), line.at(), line.subject(), line.ref());
      default -> new Step.Nothing();
    };
  }

  /// What an event said is taken over as it was kept.
  private Step said(LogEntry line, String table, String where, Object... values) {
    return live.read(h ->
        new Step.TakeOver(line.seq(), List.of(Copied.of(h, table, where, values)), batch -> {}));
  }

  /// And done again to the lead.
  private Step leadStep(LogEntry line) {
    return live.read(h -> {
      var rows = Copied.of(h, "lead_step", "lead_id = ? AND seq = ?", line.subject(), line.seq());
      var steps =
          h.createQuery(
                  "SELECT "
                      + LeadSteps.TABLE.columnList()
                      + " FROM lead_step WHERE lead_id = ? AND seq = ?")
              .bind(0, line.subject())
              .bind(1, line.seq())
              .map((r, _) -> LeadSteps.TABLE.read(new Row(r)))
              .list();
      return new Step.TakeOver(
          line.seq(), List.of(rows), batch -> steps.forEach(s -> LeadSteps.answered(batch, s)));
    });
  }

  private Step publish(LogEntry line) {
    return live.read(h -> {
      var gone = Copied.erasedEvent(h, line);
      if (gone.isPresent()) {
        return gone.get();
      }
      var event =
          h.createQuery(
                  "SELECT " + PublishedEvent.TABLE.columnList() + " FROM event WHERE id = :id")
              .bind("id", line.subject())
              .map((r, _) -> PublishedEvent.TABLE.read(new Row(r)))
              .one();
      var raw =
          h.createQuery(
                  "SELECT "
                      + PublishedEvent.RAW.columnList()
                      + " FROM event_raw WHERE event_id = :id")
              .bind("id", line.subject())
              .map((r, _) -> PublishedEvent.RAW.read(new Row(r)))
              .one();
      return (Step) new Step.Publish(line.seq(), event, raw.bytes(), publishing);
    });
  }

  private Step decide(LogEntry line) {
    return live.read(h -> {
      var kept =
          h.createQuery(
                  "SELECT " + Tables.RAW.columnList() + " FROM receipt_raw WHERE receipt_id = :id")
              .bind("id", line.ref())
              .map((r, _) -> Tables.RAW.read(new Row(r)))
              .findOne();
      // After the body: where an erasure comes between, it shows here.
      var receipt =
          h.createQuery("SELECT " + Tables.RECEIPT.columnList() + " FROM receipt WHERE id = :id")
              .bind("id", line.ref())
              .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
              .one();
      var others = PersonErasure.seenOfErased(h, receipt.id());
      if (receipt.erasedAt() != null) {
        return Copied.erasedReceipt(h, line, receipt, others);
      }
      // Where it was dropped for its age, what is kept of its lead says the same.
      var read = kept.isPresent() ? Optional.<Reading.Facts>empty() : KeptReading.of(h, receipt);
      if (kept.isEmpty() && read.isEmpty()) {
        throw new IllegalStateException(
            "the raw body of receipt "
                + line.ref()
                + " is no longer kept: a rebuild is possible from after log entry "
                + line.seq());
      }
      return (Step)
          new Step.Decide(
              line.seq(),
              receipt,
              kept.map(RawBody::bytes).orElseGet(() -> new byte[0]),
              read.orElse(null),
              line.kind().substring("receipt.".length()),
              desk,
              others);
    });
  }

  private Step edit(LogEntry line) {
    return live.read(h -> edit(h, line));
  }

  private static Step edit(Handle h, LogEntry line) {
    return h.createQuery("SELECT contact_id, body, principal FROM contact_edit WHERE seq = :s")
        .bind("s", line.seq())
        .map((r, _) ->
            PersonErasure.isErasedEdit(r.getString(2))
                ? Copied.erasedEdit(h, line.seq(), r.getString(1))
                : new Step.Edit(
                    line.seq(),
                    line.at(),
                    line.kind(),
                    r.getString(1),
                    r.getString(2),
                    r.getString(3),
                    PersonErasure.seenOfErased(h, line.seq())))
        .one();
  }
}
