package dev.porchlight.listing;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Listings, for those who may see them. May be shared by threads.
public final class Listings {
  private static final String SELECT =
      "SELECT " + Listing.TABLE.columnList() + " FROM listing WHERE ";

  private final Store store;

  public Listings(Store store) {
    this.store = store;
  }

  public Optional<Listing> find(Scope scope, String id) {
    return store.read(h -> one(h, "id = :a AND " + scope.sql("office_id"), id, ""));
  }

  /// The listing with that id at the portal, among those of the scope.
  public Optional<Listing> findByClassifiedId(Scope scope, String classifiedId) {
    return store.read(
        h -> one(h, "classified_id = :a AND " + scope.sql("office_id"), classifiedId, ""));
  }

  /// The portal's id of a listing that is named in another way: by its number within an MLS, else
  /// by its URL. Empty where no such listing is known, or it has no id at the portal.
  ///
  /// @param root the account root that it must be of
  public Optional<String> findClassifiedId(
      String root, @Nullable String mlsName, @Nullable String mlsId, @Nullable String url) {
    return store.read(h -> {
      var known = Optional.<Listing>empty();
      if (mlsName != null && mlsId != null) {
        known =
            h.createQuery(SELECT + "mls_id = :i AND mls_name = :n AND root_id = :r")
                .bind("i", mlsId)
                .bind("n", mlsName)
                .bind("r", root)
                .map((r, _) -> Listing.TABLE.read(new Row(r)))
                .findFirst();
      }
      if (known.isEmpty() && url != null) {
        known =
            h.createQuery(SELECT + "url = :u AND root_id = :r")
                .bind("u", url)
                .bind("r", root)
                .map((r, _) -> Listing.TABLE.read(new Row(r)))
                .findFirst();
      }
      return known.map(Listing::classifiedId);
    });
  }

  /// @param after only those whose id is greater
  public List<Listing> list(Scope scope, @Nullable String classifiedId, String after, int limit) {
    return store.read(h -> {
      var query =
          h.createQuery(
              SELECT
                  + scope.sql("office_id")
                  + (classifiedId == null ? "" : " AND classified_id = :c")
                  + " AND id > :after ORDER BY id LIMIT :limit");
      if (classifiedId != null) {
        query.bind("c", classifiedId);
      }
      return query
          .bind("after", after)
          .bind("limit", limit)
          .map((r, _) -> Listing.TABLE.read(new Row(r)))
          .list();
    });
  }

  /// The listing with that id within a unit.
  public static @Nullable Listing find(Batch batch, String id) {
    return batch.find(Listing.TABLE, id);
  }

  /// Sets a listing within a unit, new or changed.
  ///
  /// @return the name of what another listing of that root has already, in which case nothing is
  ///   done; empty when it is set
  public static Optional<String> put(Batch batch, Listing listing) {
    var taken =
        taken(batch.sql(), listing, "classified_id", listing.classifiedId(), "")
            .or(() -> taken(batch.sql(), listing, "url", listing.url(), ""))
            .or(() ->
                taken(
                    batch.sql(),
                    listing,
                    "mls_id",
                    listing.mlsId(),
                    Objects.requireNonNullElse(listing.mlsName(), "")));
    if (taken.isEmpty()) {
      batch.find(Listing.TABLE, listing.id());
      batch.put(Listing.TABLE, listing);
      batch.append("listing.set", listing.id(), listing.officeId());
    }
    return taken;
  }

  private static Optional<String> taken(
      Handle h, Listing listing, String column, @Nullable String value, String mlsName) {
    if (value == null) {
      return Optional.empty();
    }
    var where = column + " = :a" + (mlsName.isEmpty() ? "" : " AND mls_name = :b");
    return one(h, where + " AND root_id = '" + listing.rootId() + "'", value, mlsName)
        .filter(other -> !other.id().equals(listing.id()))
        .map(_ -> column);
  }

  /// Removes a listing within a unit; leads that landed by it stay where they are.
  public static void remove(Batch batch, Listing listing) {
    batch.delete(Listing.TABLE, listing.id());
    batch.append("listing.removed", listing.id(), listing.officeId());
  }

  private static Optional<Listing> one(Handle h, String where, String a, String b) {
    var query = h.createQuery(SELECT + where).bind("a", a);
    if (where.contains(":b")) {
      query.bind("b", b);
    }
    return query.map((r, _) -> Listing.TABLE.read(new Row(r))).findFirst();
  }
}
