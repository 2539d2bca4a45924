package dev.porchlight.desk;

import dev.porchlight.access.Clients;
import dev.porchlight.connector.Body;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;

/// Takes a mended body in a quarantined receipt's place.
public final class Resubmission {
  private final Store store;
  private final Desk desk;
  private final Receipts receipts;

  public Resubmission(Store store, Desk desk, Receipts receipts) {
    this.store = store;
    this.desk = desk;
    this.receipts = receipts;
  }

  /// What came of it.
  public sealed interface Outcome {
    /// It was taken; the receipt says whether it can be read now.
    record Taken(Receipt receipt) implements Outcome {}

    /// It can't be, for that reason, as a sentence.
    record Refused(String why) implements Outcome {}
  }

  /// @param mended the body in its place; empty for the same bytes again
  /// @param by who does it
  public Outcome resubmit(Receipt old, byte[] mended, String by) {
    switch (old.state()) {
      case QUARANTINED -> {}
      case DONE, REPEAT, OWED, REFUSED, MENDED, ERASED -> {
        return new Outcome.Refused(
            "Only a quarantined receipt can be resubmitted; this one is "
                + old.state().word()
                + ".");
      }
    }
    var source = Sources.in(store.settings()).find(old.sourceId());
    if (source.isEmpty()) {
      return new Outcome.Refused("Its source is gone.");
    }
    var kept = receipts.findRaw(old.id());
    if (mended.length == 0 && kept.isEmpty()) {
      return new Outcome.Refused("Its body is no longer kept.");
    }
    var note = Json.object();
    note.put("resubmitted_by", by);
    return desk.correct(
            source.get(),
            new Body(
                mended.length > 0 ? mended : kept.orElseThrow(), old.contentType(), old.channel()),
            new Desk.Circumstances(
                note.toString(),
                "",
                old.id(),
                // A client's lead stays where its door let it land.
                Clients.in(store.settings()).find(source.get().id()).isPresent()
                    ? old.officeId()
                    : null))
        .<Outcome>map(Outcome.Taken::new)
        .orElseGet(
            () -> new Outcome.Refused("Somebody else has resubmitted it, or it was erased."));
  }
}
