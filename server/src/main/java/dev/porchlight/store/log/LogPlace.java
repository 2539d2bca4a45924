package dev.porchlight.store.log;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Table;
import org.jdbi.v3.core.Handle;

/// How far some work that follows the log has come in it.
public final class LogPlace {
  private record Place(String work, long seq) {
    static final Table<Place> TABLE =
        Table.<Place>named("feed_place")
            .key("name", Place::work)
            .column("seq", Place::seq)
            .readBy(r -> new Place(r.text(1), r.number(2)));
  }

  private final String work;

  /// @param work by its name in the store
  public LogPlace(String work) {
    this.work = work;
  }

  /// How far it has come; 0 when it has not begun.
  public long in(Handle h) {
    return h.createQuery("SELECT seq FROM feed_place WHERE name = :n")
        .bind("n", work)
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  /// How far it has come, within a unit.
  public long in(Batch batch) {
    var place = batch.find(Place.TABLE, work);
    return place == null ? 0 : place.seq();
  }

  /// Notes how far it has come; that has to be asked for before, in the same unit.
  public void reached(Batch batch, long seq) {
    batch.put(Place.TABLE, new Place(work, seq));
  }
}
