package dev.porchlight.listing;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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

  /// What somebody calls a listing of an account root, where it is not by its id at the portal: by
  /// its number within an MLS, else by its URL.
  public record Naming(
      String root, @Nullable String mlsName, @Nullable String mlsId, @Nullable String url) {}

  private record Number(String root, String mlsName, String mlsId) {
    Number {
      mlsName = folded(mlsName);
    }
  }

  private record Place(String root, String url) {}

  /// The portal's ids of listings that are named in other ways; left out where no such listing is
  /// known, or it has no id at the portal. All are looked up together.
  public Map<Naming, String> findClassifiedIds(Collection<Naming> namings) {
    var roots = namings.stream().map(Naming::root).distinct().toList();
    var numbers =
        namings.stream()
            .filter(n -> n.mlsName() != null)
            .map(Naming::mlsId)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    var urls = namings.stream().map(Naming::url).filter(Objects::nonNull).distinct().toList();
    var byNumber = new HashMap<Number, Listing>();
    var byUrl = new HashMap<Place, Listing>();
    if (!numbers.isEmpty() || !urls.isEmpty()) {
      store.read(h -> {
        all(h, "mls_id", numbers, roots)
            .forEach(l ->
                byNumber.put(
                    new Number(
                        l.rootId(),
                        Objects.requireNonNullElse(l.mlsName(), ""),
                        Objects.requireNonNullElse(l.mlsId(), "")),
                    l));
        all(h, "url", urls, roots)
            .forEach(
                l -> byUrl.put(new Place(l.rootId(), Objects.requireNonNullElse(l.url(), "")), l));
        return true;
      });
    }
    var found = new HashMap<Naming, String>();
    for (var naming : namings) {
      Listing known = null;
      if (naming.mlsName() != null && naming.mlsId() != null) {
        known = byNumber.get(new Number(naming.root(), naming.mlsName(), naming.mlsId()));
      }
      if (known == null && naming.url() != null) {
        known = byUrl.get(new Place(naming.root(), naming.url()));
      }
      if (known != null && known.classifiedId() != null) {
        found.put(naming, known.classifiedId());
      }
    }
    return found;
  }

  private static List<Listing> all(
      Handle h, String column, List<String> values, List<String> roots) {
    return values.isEmpty()
        ? List.of()
        : h.createQuery(SELECT + column + " IN (<values>) AND root_id IN (<roots>)")
            .bindList("values", values)
            .bindList("roots", roots)
            .map((r, _) -> Listing.TABLE.read(new Row(r)))
            .list();
  }

  /// The listing that a lead names: by its id at the portal, else by its number within an MLS, else
  /// by its URL. Whoever asks later may find one that came later.
  ///
  /// @param root the account root that it must be of
  public Optional<String> findNamed(
      String root,
      @Nullable String classifiedId,
      @Nullable String mlsName,
      @Nullable String mlsId,
      @Nullable String url) {
    return store.read(h -> findNamed(h, root, classifiedId, mlsName, mlsId, url));
  }

  /// The name of an MLS as it is compared: people write it in small letters and in capitals.
  /// Letters beyond ASCII count as they are, since not every database folds these alike.
  public static String folded(String mlsName) {
    var folded = new StringBuilder(mlsName);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  /// What a listing's number within an MLS is among the keys by which events know it.
  static String key(String mlsName, String mlsId) {
    return "key\n" + folded(mlsName) + "\n" + mlsId;
  }

  /// The same within a unit.
  public static Optional<String> findNamed(
      Handle h,
      String root,
      @Nullable String classifiedId,
      @Nullable String mlsName,
      @Nullable String mlsId,
      @Nullable String url) {
    var found = id(h, root, "classified_id = :a", classifiedId, null);
    if (found.isEmpty() && mlsName != null && mlsId != null) {
      found =
          id(h, root, "mls_id = :a AND LOWER(mls_name) = :b", mlsId, folded(mlsName))
              .or(() ->
                  h.createQuery(
                          "SELECT listing_id FROM listing_key WHERE root_id = :r AND value = :v")
                      .bind("r", root)
                      .bind("v", key(mlsName, mlsId))
                      .mapTo(String.class)
                      .findFirst());
    }
    return found.or(() -> id(h, root, "url = :a", url, null));
  }

  /// The listing that somebody tells by a number alone: the one that goes by it with its publisher;
  /// else the only one that goes by it with anybody, or has it within an MLS.
  ///
  /// @param publishers the ids of those who publish listings
  public static Optional<String> findNumbered(
      Handle h, String root, String publisher, Collection<String> publishers, String number) {
    var own = byKey(h, root, List.of(publisher), number);
    if (!own.isEmpty()) {
      return Optional.of(own.getFirst());
    }
    var found =
        new LinkedHashSet<>(
            h.createQuery("SELECT id FROM listing WHERE mls_id = :n AND root_id = :r LIMIT 2")
                .bind("n", number)
                .bind("r", root)
                .mapTo(String.class)
                .list());
    if (!publishers.isEmpty()) {
      found.addAll(byKey(h, root, publishers, number));
    }
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /// The numbers by which somebody may tell a listing alone: with its publishers, and at its MLS.
  public static Set<String> numbers(Handle h, Listing listing) {
    var numbers = new LinkedHashSet<String>();
    if (listing.mlsId() != null) {
      numbers.add(listing.mlsId());
    }
    h.createQuery("SELECT value FROM listing_key WHERE listing_id = :id AND value LIKE 'id\n%'")
        .bind("id", listing.id())
        .mapTo(String.class)
        .forEach(key -> numbers.add(key.substring(key.indexOf('\n', 3) + 1)));
    return numbers;
  }

  private static List<String> byKey(
      Handle h, String root, Collection<String> publishers, String number) {
    return h.createQuery(
            "SELECT DISTINCT listing_id FROM listing_key WHERE root_id = :r AND value IN (<keys>)")
        .bind("r", root)
        .bindList("keys", publishers.stream().map(p -> "id\n" + p + "\n" + number).toList())
        .mapTo(String.class)
        .list();
  }

  private static Optional<String> id(
      Handle h, String root, String where, @Nullable String a, @Nullable String b) {
    if (a == null) {
      return Optional.empty();
    }
    var query =
        h.createQuery("SELECT id FROM listing WHERE " + where + " AND root_id = :r")
            .bind("a", a)
            .bind("r", root);
    if (b != null) {
      query.bind("b", b);
    }
    return query.mapTo(String.class).findFirst();
  }

  /// Those made last, from the newest on.
  ///
  /// @param before only those whose id is less; empty for all
  public List<Listing> newest(Scope scope, String before, int limit) {
    return store.read(h -> {
      var query =
          h.createQuery(
              SELECT
                  + scope.sql("office_id")
                  + (before.isEmpty() ? "" : " AND id < :before")
                  + " ORDER BY id DESC LIMIT :limit");
      if (!before.isEmpty()) {
        query.bind("before", before);
      }
      return query.bind("limit", limit).map((r, _) -> Listing.TABLE.read(new Row(r))).list();
    });
  }

  /// Those that somebody calls so: by our id, the portal's, the number within an MLS, or the URL.
  public List<Listing> named(Scope scope, String name, int limit) {
    return store.read(h ->
        Stream.of("id", "classified_id", "mls_id", "url")
            .flatMap(column ->
                h
                    .createQuery(
                        SELECT
                            + column
                            + " = :name AND "
                            + scope.sql("office_id")
                            + " ORDER BY id LIMIT :limit")
                    .bind("name", name)
                    .bind("limit", limit)
                    .map((r, _) -> Listing.TABLE.read(new Row(r)))
                    .list()
                    .stream())
            .distinct()
            .limit(limit)
            .toList());
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

  /// The listing with that id that was set by hand, or that events gave names.
  public static Optional<Listing> find(Handle h, String id) {
    return h.createQuery(SELECT + "id = :id")
        .bind("id", id)
        .map((r, _) -> Listing.TABLE.read(new Row(r)))
        .findOne();
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
    var where = column + " = :a" + (mlsName.isEmpty() ? "" : " AND LOWER(mls_name) = :b");
    return one(h, where + " AND root_id = '" + listing.rootId() + "'", value, folded(mlsName))
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
