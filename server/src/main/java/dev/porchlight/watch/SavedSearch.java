package dev.porchlight.watch;

import dev.porchlight.filter.Folding;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A search for listings that somebody saved. Each change is a line of the log, and `seq` is the
/// last one's: whoever matches listings against searches follows the log, or begins with all
/// searches in the order of their last changes.
///
/// @param id 26 digits
/// @param holderId the account or the contact whose search it is
/// @param makerId the account or the contact that made it
/// @param filter in the filter language, over listings; empty where a quick search stands for it
/// @param annotations JSON, as it was sent; null for none
public record SavedSearch(
    String id,
    String holderId,
    String makerId,
    String name,
    @Nullable String description,
    String filter,
    @Nullable String quickSearchId,
    List<String> tags,
    @Nullable String annotations,
    long seq,
    Instant createdAt,
    Instant modifiedAt) {
  /// How many one holder may have.
  public static final int MOST = 1000;

  /// How many contacts one search may be given to.
  public static final int MOST_CONTACTS = 1000;

  private static final Table<SavedSearch> TABLE =
      Table.<SavedSearch>named("saved_search")
          .key("id", SavedSearch::id)
          .column("holder_id", SavedSearch::holderId)
          .column("maker_id", SavedSearch::makerId)
          .column("name", SavedSearch::name)
          .column("folded", s -> Folding.fold(s.name()))
          .column("description", SavedSearch::description)
          .column("filter", SavedSearch::filter)
          .column("quick_search_id", SavedSearch::quickSearchId)
          .column("tags", s -> Json.write(s.tags()))
          .column("annotations", SavedSearch::annotations)
          .column("seq", SavedSearch::seq)
          .column("created_at", SavedSearch::createdAt)
          .column("modified_at", SavedSearch::modifiedAt)
          .readBy(r ->
              new SavedSearch(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  r.textOrNull(6),
                  r.text(7),
                  r.textOrNull(8),
                  List.of(Json.read(r.text(9), String[].class)),
                  r.textOrNull(10),
                  r.number(11),
                  r.time(12),
                  r.time(13)));

  /// That a search of an account is given to a contact.
  private record Given(String searchId, String contactId) {}

  private static final Table<Given> GIVEN =
      Table.<Given>named("saved_search_contact")
          .key("search_id", Given::searchId)
          .key("contact_id", Given::contactId)
          .readBy(r -> new Given(r.text(1), r.text(2)));

  public SavedSearch {
    tags = List.copyOf(tags);
  }

  private SavedSearch at(long place, Instant at) {
    return new SavedSearch(
        id,
        holderId,
        makerId,
        name,
        description,
        filter,
        quickSearchId,
        tags,
        annotations,
        place,
        createdAt,
        at);
  }

  /// The same under another name.
  public SavedSearch named(String other) {
    return new SavedSearch(
        id,
        holderId,
        makerId,
        other,
        description,
        filter,
        quickSearchId,
        tags,
        annotations,
        seq,
        createdAt,
        modifiedAt);
  }

  /// Makes or changes it, as a line of the log. One that may be there has to be found before, in
  /// the same unit.
  public void put(Batch batch, boolean made) {
    long place = batch.append(made ? "search.created" : "search.changed", id, holderId);
    batch.put(TABLE, at(place, batch.now()));
  }

  /// Deletes it with what hangs on it.
  public void delete(Batch batch) {
    NewsFeed.deleteAllOfSearch(batch, id);
    batch.sql().execute("DELETE FROM saved_search_contact WHERE search_id = ?", id);
    batch.delete(TABLE, id);
    batch.append("search.deleted", id, holderId);
  }

  /// Deletes all that a contact holds, and takes from it what it was given.
  static void deleteAllOf(Batch batch, String contact) {
    var sql = batch.sql();
    sql.createQuery("SELECT " + TABLE.columnList() + " FROM saved_search WHERE holder_id = ?")
        .bind(0, contact)
        .map((r, _) -> TABLE.read(new Row(r)))
        .list()
        .forEach(s -> s.delete(batch));
    sql.createQuery("SELECT search_id FROM saved_search_contact WHERE contact_id = ?")
        .bind(0, contact)
        .mapTo(String.class)
        .list()
        .forEach(s -> take(batch, s, contact));
  }

  /// The search with that id, within a unit.
  public static Optional<SavedSearch> find(Batch batch, String id) {
    return Optional.ofNullable(batch.find(TABLE, id));
  }

  /// The search with that id.
  public static Optional<SavedSearch> find(Store store, String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM saved_search WHERE id = ?")
            .bind(0, id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// How many searches a holder has, within a unit.
  public static int count(Batch batch, String holder) {
    return batch
        .sql()
        .createQuery("SELECT COUNT(*) FROM saved_search WHERE holder_id = ?")
        .bind(0, holder)
        .mapTo(Integer.class)
        .one();
  }

  /// The holder's search of that name, letter case aside, within a unit.
  public static Optional<SavedSearch> findNamed(Batch batch, String holder, String name) {
    return batch
        .sql()
        .createQuery("SELECT id FROM saved_search WHERE holder_id = ? AND folded = ?")
        .bind(0, holder)
        .bind(1, Folding.fold(name))
        .mapTo(String.class)
        .findFirst()
        .flatMap(id -> find(batch, id));
  }

  /// Whether another search of the holder has that name, letter case aside.
  public static boolean isTaken(Batch batch, String holder, String name, String except) {
    return batch
        .sql()
        .createQuery(
            "SELECT id FROM saved_search WHERE holder_id = ? AND folded = ? AND id <> ? LIMIT 1")
        .bind(0, holder)
        .bind(1, Folding.fold(name))
        .bind(2, except)
        .mapTo(String.class)
        .findOne()
        .isPresent();
  }

  /// Which searches are listed.
  public enum Kind {
    /// Those that the holder has.
    HELD,
    /// Those that accounts have given to a contact.
    GIVEN,
    /// Both.
    BOTH
  }

  private static String where(Kind kind) {
    var given = "s.id IN (SELECT g.search_id FROM saved_search_contact g WHERE g.contact_id = :h)";
    return switch (kind) {
      case HELD -> "s.holder_id = :h";
      case GIVEN -> given;
      case BOTH -> "(s.holder_id = :h OR " + given + ")";
    };
  }

  /// Searches by name.
  ///
  /// @param holder an account or a contact
  public static List<SavedSearch> list(Store store, String holder, Kind kind, int skip, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList("s")
                    + " FROM saved_search s WHERE "
                    + where(kind)
                    + " ORDER BY s.folded, s.id LIMIT :l OFFSET :s")
            .bind("h", holder)
            .bind("l", limit)
            .bind("s", skip)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// Searches of both kinds by name, from behind one of them on.
  ///
  /// @param after that one's id; empty for the first ones, and they come too where it is gone
  public static List<SavedSearch> listAfter(Store store, String holder, String after, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList("s")
                    + " FROM saved_search s WHERE "
                    + where(Kind.BOTH)
                    + " AND (s.folded, s.id) > (COALESCE((SELECT a.folded FROM saved_search a"
                    + " WHERE a.id = :a), ''), :a) ORDER BY s.folded, s.id LIMIT :l")
            .bind("h", holder)
            .bind("a", after)
            .bind("l", limit)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// How many there are of those.
  public static long count(Store store, String holder, Kind kind) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM saved_search s WHERE " + where(kind))
            .bind("h", holder)
            .mapTo(Long.class)
            .one());
  }

  /// The tags that a holder's searches have, by name.
  public static List<String> listTags(Store store, String holder) {
    var all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    store.read(h -> {
      h.createQuery("SELECT tags FROM saved_search WHERE holder_id = ? AND tags <> '[]'")
          .bind(0, holder)
          .mapTo(String.class)
          .forEach(t -> all.addAll(List.of(Json.read(t, String[].class))));
      return true;
    });
    return List.copyOf(all);
  }

  /// A holder's searches with that tag, letter case aside, by name.
  public static List<SavedSearch> listTagged(Store store, String holder, String tag) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + TABLE.columnList()
                        + " FROM saved_search WHERE holder_id = ? AND tags <> '[]'"
                        + " ORDER BY folded, id")
                .bind(0, holder)
                .map((r, _) -> TABLE.read(new Row(r)))
                .list())
        .stream()
        .filter(s -> s.tags().stream().anyMatch(tag::equalsIgnoreCase))
        .toList();
  }

  /// All searches that were last changed after a line of the log, in the log's order: what a
  /// matcher begins with.
  ///
  /// @param after 0 for all
  public static List<SavedSearch> listChanged(Store store, long after, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM saved_search WHERE seq > ? ORDER BY seq LIMIT ?")
            .bind(0, after)
            .bind(1, limit)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// The contacts of an owner to whom each of these searches is given, by search.
  public static Map<String, List<String>> contacts(
      Store store, Collection<SavedSearch> searches, String owner) {
    var bySearch = new HashMap<String, List<String>>();
    if (searches.isEmpty()) {
      return bySearch;
    }
    store.read(h -> {
      var query =
          h.createQuery(
              "SELECT g.search_id, g.contact_id FROM saved_search_contact g JOIN contact c"
                  + " ON c.id = g.contact_id WHERE c.owner_id = ? AND g.search_id IN ("
                  + String.join(", ", Collections.nCopies(searches.size(), "?"))
                  + ") ORDER BY g.search_id, g.contact_id");
      query.bind(0, owner);
      int i = 1;
      for (var search : searches) {
        query.bind(i++, search.id());
      }
      query
          .map((r, _) -> Map.entry(r.getString(1), r.getString(2)))
          .forEach(e ->
              bySearch
                  .computeIfAbsent(e.getKey(), _ -> new java.util.ArrayList<>())
                  .add(e.getValue()));
      return true;
    });
    return bySearch;
  }

  /// Whether a search is given to a contact.
  public static boolean isGiven(Store store, String search, String contact) {
    return store.read(h ->
        h.createQuery(
                "SELECT contact_id FROM saved_search_contact WHERE search_id = ?"
                    + " AND contact_id = ?")
            .bind(0, search)
            .bind(1, contact)
            .mapTo(String.class)
            .findOne()
            .isPresent());
  }

  /// Whether a search is given to any of an owner's contacts.
  public static boolean isGivenToSomebodyOf(Store store, String search, String owner) {
    return store.read(h ->
        h.createQuery(
                "SELECT g.contact_id FROM saved_search_contact g JOIN contact c ON c.id ="
                    + " g.contact_id WHERE g.search_id = ? AND c.owner_id = ? LIMIT 1")
            .bind(0, search)
            .bind(1, owner)
            .mapTo(String.class)
            .findOne()
            .isPresent());
  }

  /// Gives a search to a contact; false when it is given to too many already.
  public static boolean give(Batch batch, String search, String contact) {
    if (batch.find(GIVEN, search, contact) != null) {
      return true;
    }
    int given =
        batch
            .sql()
            .createQuery("SELECT COUNT(*) FROM saved_search_contact WHERE search_id = ?")
            .bind(0, search)
            .mapTo(Integer.class)
            .one();
    if (given >= MOST_CONTACTS) {
      return false;
    }
    batch.put(GIVEN, new Given(search, contact));
    batch.append("search.given", search, contact);
    return true;
  }

  /// Takes a search from a contact; false when that was not given it.
  public static boolean take(Batch batch, String search, String contact) {
    if (batch.find(GIVEN, search, contact) == null) {
      return false;
    }
    NewsFeed.deleteAll(batch, search, contact);
    batch.delete(GIVEN, search, contact);
    batch.append("search.taken", search, contact);
    return true;
  }
}
