package dev.porchlight.desk;

import dev.porchlight.access.Clients;
import dev.porchlight.connector.Body;
import dev.porchlight.connector.Reading;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import java.util.Optional;
import java.util.function.BiFunction;

/// Takes a mended body in a quarantined receipt's place.
public final class Resubmission {
  private final Store store;
  private final Desk desk;
  private final Receipts receipts;
  private final BiFunction<String, Body, Reading> reader;

  /// @param reader reads a body by the contract of that name
  public Resubmission(
      Store store, Desk desk, Receipts receipts, BiFunction<String, Body, Reading> reader) {
    this.store = store;
    this.desk = desk;
    this.receipts = receipts;
    this.reader = reader;
  }

  /// What came of it.
  public sealed interface Outcome {
    /// It was taken; the receipt says whether it can be read now.
    record Taken(Receipt receipt) implements Outcome {}

    /// It can't be read either, for that reason; nothing was kept, and the old one waits on.
    record Unreadable(String why) implements Outcome {}

    /// It can't be, for that reason, as a sentence.
    record Refused(String why) implements Outcome {}
  }

  /// @param mended the body in its place; empty for the same bytes again
  /// @param by who does it
  public Outcome resubmit(Receipt old, byte[] mended, String by) {
    switch (old.state()) {
      case QUARANTINED -> {}
      case ASIDE -> {
        var was = Aside.was(store, old.id());
        if (was.isEmpty()) {
          return onlyQuarantined("was erased meanwhile");
        }
        if (was.get() != Receipt.State.QUARANTINED) {
          return onlyQuarantined("was refused before it was put aside");
        }
      }
      case DONE, REPEAT, OWED, REFUSED, MENDED, ERASED -> {
        return onlyQuarantined("is " + old.state().word());
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
    if (mended.length == 0 && KeptBody.cut(old).isPresent()) {
      return new Outcome.Refused(
          "Only the beginning of what came is kept: send the body that is to be taken.");
    }
    var note = Json.object();
    note.put("resubmitted_by", by);
    var body =
        new Body(mended.length > 0 ? mended : kept.orElseThrow(), old.contentType(), old.channel());
    var unread = unread(source.get(), body);
    if (unread.isPresent()) {
      return new Outcome.Unreadable(unread.get());
    }
    return desk.correct(
            source.get(),
            body,
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

  private static Outcome onlyQuarantined(String how) {
    return new Outcome.Refused(
        "Only a quarantined receipt can be resubmitted; this one " + how + ".");
  }

  /// Why a body can't be read; empty where it can, and where reading it fails by a defect of ours,
  /// as what is taken then is owed.
  private Optional<String> unread(Source source, Body body) {
    try {
      return reader.apply(source.contract(), body) instanceof Reading.Unreadable(var why, _, _)
          ? Optional.of(why)
          : Optional.empty();
    } catch (RuntimeException _) {
      return Optional.empty();
    }
  }
}
