package dev.porchlight.desk.onward;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The places that are kept of the looks for what is stuck, each under its kind.
final class FallbackPlaces {
  private FallbackPlaces() {}

  /// How far a look has come; empty for nowhere yet.
  static String reached(Store store, String kind) {
    return store.read(h ->
        h.createQuery("SELECT place FROM fallback_place WHERE kind = :k")
            .bind("k", kind)
            .mapTo(String.class)
            .findOne()
            .orElse(""));
  }

  /// All whose kind begins with one of these.
  static List<FallbackTables.FallbackPlaceRow> list(Store store, String... beginnings) {
    var wanted =
        Stream.of(beginnings)
            .map(b -> "kind LIKE '" + b + "%'")
            .collect(Collectors.joining(" OR "));
    return store.read(h ->
        h.createQuery("SELECT kind, place FROM fallback_place WHERE " + wanted)
            .map((r, _) ->
                new FallbackTables.FallbackPlaceRow(r.getString("kind"), r.getString("place")))
            .list());
  }

  static FallbackTables.@Nullable FallbackPlaceRow find(Batch batch, String kind) {
    return batch.find(FallbackTables.FALLBACK_PLACE, kind);
  }

  /// Keeps a place, in a unit that has looked for it.
  static void put(Batch batch, String kind, String place) {
    batch.put(FallbackTables.FALLBACK_PLACE, new FallbackTables.FallbackPlaceRow(kind, place));
  }

  /// Keeps a place unless there is one.
  static void putFirst(Batch batch, String kind, String place) {
    if (find(batch, kind) == null) {
      put(batch, kind, place);
    }
  }

  static void delete(Batch batch, String kind) {
    batch.delete(FallbackTables.FALLBACK_PLACE, kind);
  }

  /// Moves a look on, and does with it what was found on the way, unless another hub did.
  ///
  /// @param from as [#reached] had it
  static boolean move(Store store, String kind, String from, String to, Consumer<Batch> found) {
    return store.write(
        WorkQueue.EVENTS,
        batch -> {
          var row = find(batch, kind);
          if (Objects.equals(row == null ? "" : row.place(), from)) {
            put(batch, kind, to);
            found.accept(batch);
          }
          return true;
        });
  }
}
