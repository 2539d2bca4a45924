package dev.porchlight.desk.rebuild;

import dev.porchlight.connector.Reading;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.RawBody;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.erasure.LeadErasure;
import dev.porchlight.desk.events.PublishedEvent;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Others;
import dev.porchlight.person.PersonErasure;
import dev.porchlight.store.Batch;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one line of the log asks the rebuild to do.
sealed interface Step {
  void run(Batch batch);

  record Nothing() implements Step {
    @Override
    public void run(Batch batch) {}
  }

  record Set(long seq, String kind, String id, @Nullable String body) implements Step {
    @Override
    public void run(Batch batch) {
      batch.resumeAt(seq);
      batch.change(kind, id, body);
    }
  }

  record Edit(
      long seq,
      Instant at,
      String kind,
      String contact,
      String body,
      String principal,
      Others erased)
      implements Step {
    @Override
    public void run(Batch batch) {
      batch.resumeAt(seq);
      ContactEdits.replay(batch, kind, contact, body, principal, at, erased);
    }
  }

  /// Takes over what an erasure has left, in the place of a decision that can't be run again.
  ///
  /// @param remembers does again what it did to persons who are kept
  record TakeOver(long seq, List<Copied> rows, Consumer<Batch> remembers) implements Step {
    @Override
    public void run(Batch batch) {
      batch.resumeAt(seq);
      rows.forEach(r -> r.replace(batch));
      remembers.accept(batch);
    }
  }

  /// Erases a person where they are still there.
  record ErasePerson(long seq, Instant at, String person, String ref) implements Step {
    @Override
    public void run(Batch batch) {
      batch.resumeAt(seq);
      LeadErasure.forgetPerson(batch, person);
      PersonErasure.erase(batch, person, ref, at);
    }
  }

  /// Publishes an event again.
  record Publish(long seq, PublishedEvent event, byte[] raw, Publishing publishing)
      implements Step {
    @Override
    public void run(Batch batch) {
      batch.resumeAt(seq);
      if (event.isMessage()) {
        publishing.replayMessage(batch, event, raw);
      } else {
        publishing.replay(batch, event, raw);
      }
    }
  }

  /// @param kept what is kept of a body that was dropped, which then is empty; else null
  record Decide(
      long seq,
      Receipt receipt,
      byte[] raw,
      @Nullable Reading kept,
      String became,
      Desk desk,
      Others erasedOthers)
      implements Step {
    @Override
    public void run(Batch batch) {
      batch.resumeAt(seq);
      var there = batch.find(Tables.RECEIPT, receipt.id());
      switch (became) {
        case "owed" ->
            Desk.owe(
                batch, receipt, RawBody.of(receipt.id(), raw), receipt.guid(), receipt.reason());
        case "refused" -> {
          long at = batch.append("receipt.refused", receipt.sourceId(), receipt.id());
          batch.put(
              Tables.RECEIPT,
              receipt.became(Receipt.State.REFUSED, null, 0, receipt.guid(), receipt.reason(), at));
          batch.put(Tables.RAW, RawBody.of(receipt.id(), raw));
        }
        default -> {
          var source =
              Sources.in(batch.settings())
                  .find(receipt.sourceId())
                  .orElseThrow(() -> new IllegalStateException("no source " + receipt.sourceId()));
          if (kept == null) {
            desk.replay(batch, receipt.asArrived(), raw, there != null, source, erasedOthers);
          } else {
            desk.replay(batch, receipt.asArrived(), kept, there != null, source, erasedOthers);
          }
        }
      }
    }
  }
}
