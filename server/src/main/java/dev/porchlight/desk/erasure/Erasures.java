package dev.porchlight.desk.erasure;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The records of erasures: what was erased, when and by whom, without saying whose it was.
public final class Erasures {
  /// How much was erased.
  ///
  /// @param deliveriesEnded those that were still pending
  public record Counts(
      int leads,
      int versions,
      int receipts,
      int contacts,
      int edits,
      int keys,
      int deliveries,
      int deliveriesEnded,
      int attempts) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);

    Counts plus(Counts o) {
      return new Counts(
          leads + o.leads,
          versions + o.versions,
          receipts + o.receipts,
          contacts + o.contacts,
          edits + o.edits,
          keys + o.keys,
          deliveries + o.deliveries,
          deliveriesEnded + o.deliveriesEnded,
          attempts + o.attempts);
    }
  }

  /// One erasure.
  ///
  /// @param kind `person` or `retention`
  /// @param subject the person's id; with `retention` the source's
  /// @param principal who asked for it; `retention` when a time had come
  /// @param endedAt null while some of it is still to be done
  public record Erased(
      String id,
      String kind,
      String subject,
      String companyId,
      String principal,
      Instant begunAt,
      @Nullable Instant endedAt,
      Counts counts) {}

  static final Table<Erased> TABLE =
      Table.<Erased>named("erasure")
          .key("id", Erased::id)
          .column("kind", Erased::kind)
          .column("subject", Erased::subject)
          .column("company_id", Erased::companyId)
          .column("principal", Erased::principal)
          .column("begun_at", Erased::begunAt)
          .column("ended_at", Erased::endedAt)
          .column("counts", e -> Json.write(e.counts()))
          .readBy(r ->
              new Erased(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  r.text(5),
                  r.time(6),
                  r.timeOrNull(7),
                  Json.read(r.text(8), Counts.class)));

  private final Store store;

  public Erasures(Store store) {
    this.store = store;
  }

  public Optional<Erased> find(String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM erasure WHERE id = :id")
            .bind("id", id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// The one by which a lead was erased.
  public Optional<Erased> findOfLead(String lead) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT ref FROM log WHERE subject = :l AND kind = 'lead.erased'"
                        + " ORDER BY seq LIMIT 1")
                .bind("l", lead)
                .mapTo(String.class)
                .findOne())
        .flatMap(this::find);
  }

  /// Those of a person, oldest first.
  public List<Erased> listOf(String person) {
    return store.read(h ->
        h.createQuery(
                "SELECT " + TABLE.columnList() + " FROM erasure WHERE subject = :s ORDER BY id")
            .bind("s", person)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// Those that were begun and not ended.
  List<Erased> listOpen() {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM erasure WHERE ended_at IS NULL")
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }
}
