package dev.porchlight.watch;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A subscription to a saved search: what happens to listings that meet it is for its holder. Each
/// change is a line of the log.
///
/// @param id 26 digits
/// @param holderId the account or the contact whose feed it is; one has one feed of a search
/// @param active whether events are gathered
/// @param notifying whether the holder is told of them
/// @param curated whether somebody approves them first
/// @param events which, by name
/// @param expiresOn an ISO date after which nothing is gathered; null for none
public record NewsFeed(
    String id,
    String holderId,
    String searchId,
    String name,
    boolean active,
    boolean notifying,
    boolean curated,
    List<String> events,
    @Nullable String expiresOn,
    long seq,
    Instant createdAt,
    Instant modifiedAt) {
  /// What can happen to a listing.
  public static final List<String> EVENTS =
      List.of(
          "New",
          "PriceChange",
          "Sold",
          "OpenHouse",
          "Pending",
          "BackOnMarket",
          "Extension",
          "StatusChange",
          "Recommended",
          "Shared",
          "Seeded");

  static final Table<NewsFeed> TABLE =
      Table.<NewsFeed>named("news_feed")
          .key("id", NewsFeed::id)
          .column("holder_id", NewsFeed::holderId)
          .column("search_id", NewsFeed::searchId)
          .column("name", NewsFeed::name)
          .column("active", NewsFeed::active)
          .column("notifying", NewsFeed::notifying)
          .column("curated", NewsFeed::curated)
          .column("events", f -> String.join(",", f.events()))
          .column("expires_on", NewsFeed::expiresOn)
          .column("seq", NewsFeed::seq)
          .column("created_at", NewsFeed::createdAt)
          .column("modified_at", NewsFeed::modifiedAt)
          .readBy(r ->
              new NewsFeed(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  r.flag(5),
                  r.flag(6),
                  r.flag(7),
                  Arrays.stream(r.text(8).split(",")).filter(e -> !e.isEmpty()).toList(),
                  r.textOrNull(9),
                  r.number(10),
                  r.time(11),
                  r.time(12)));

  public NewsFeed {
    events = List.copyOf(events);
  }

  /// Makes or changes it, as a line of the log. One that may be there has to be found before, in
  /// the same unit.
  public void put(Batch batch, boolean made) {
    // A matcher that is behind reads what the feed is by then; that it stood still it reads here.
    long place =
        batch.append(
            made ? "feed.created" : active ? "feed.changed" : "feed.stopped", id, searchId);
    batch.put(
        TABLE,
        new NewsFeed(
            id,
            holderId,
            searchId,
            name,
            active,
            notifying,
            curated,
            events,
            expiresOn,
            place,
            createdAt,
            batch.now()));
  }

  /// Deletes it.
  public void delete(Batch batch) {
    FeedEvents.deleteAllOf(batch, id);
    batch.delete(TABLE, id);
    batch.append("feed.deleted", id, searchId);
  }

  private static void deleteWhere(Batch batch, String condition, String... binds) {
    var query =
        batch
            .sql()
            .createQuery("SELECT " + TABLE.columnList() + " FROM news_feed WHERE " + condition);
    for (int i = 0; i < binds.length; i++) {
      query.bind(i, binds[i]);
    }
    query.map((r, _) -> TABLE.read(new Row(r))).list().forEach(f -> f.delete(batch));
  }

  static void deleteAllOfSearch(Batch batch, String search) {
    deleteWhere(batch, "search_id = ?", search);
  }

  static void deleteAll(Batch batch, String search, String holder) {
    deleteWhere(batch, "search_id = ? AND holder_id = ?", search, holder);
  }

  static void deleteAllOf(Batch batch, String holder) {
    deleteWhere(batch, "holder_id = ?", holder);
  }

  /// The feed with that id, within a unit.
  public static Optional<NewsFeed> find(Batch batch, String id) {
    return Optional.ofNullable(batch.find(TABLE, id));
  }

  /// A holder's feed of a search, within a unit.
  public static Optional<NewsFeed> find(Batch batch, String search, String holder) {
    return batch
        .sql()
        .createQuery(
            "SELECT "
                + TABLE.columnList()
                + " FROM news_feed WHERE search_id = ? AND holder_id = ?")
        .bind(0, search)
        .bind(1, holder)
        .map((r, _) -> TABLE.read(new Row(r)))
        .findFirst();
  }

  /// The feed with that id.
  public static Optional<NewsFeed> find(Store store, String id) {
    return store.read(h ->
        h.createQuery("SELECT " + TABLE.columnList() + " FROM news_feed WHERE id = ?")
            .bind(0, id)
            .map((r, _) -> TABLE.read(new Row(r)))
            .findOne());
  }

  /// A holder's feeds, newest first.
  public static List<NewsFeed> list(Store store, String holder, int skip, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM news_feed WHERE holder_id = ? ORDER BY id DESC LIMIT ? OFFSET ?")
            .bind(0, holder)
            .bind(1, limit)
            .bind(2, skip)
            .map((r, _) -> TABLE.read(new Row(r)))
            .list());
  }

  /// How many feeds a holder has.
  public static long count(Store store, String holder) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM news_feed WHERE holder_id = ?")
            .bind(0, holder)
            .mapTo(Long.class)
            .one());
  }

  /// The feeds of each of these searches that an account or a contact has, and those that an
  /// account's contacts have, oldest first, by search.
  public static Map<String, List<NewsFeed>> ofSearches(
      Store store, Collection<SavedSearch> searches, String holder) {
    var bySearch = new HashMap<String, List<NewsFeed>>();
    if (searches.isEmpty()) {
      return bySearch;
    }
    store.read(h -> {
      var query =
          h.createQuery(
              "SELECT "
                  + TABLE.columnList("f")
                  + " FROM news_feed f LEFT JOIN contact c ON c.id = f.holder_id"
                  + " WHERE (f.holder_id = ? OR c.owner_id = ?) AND f.search_id IN ("
                  + String.join(", ", Collections.nCopies(searches.size(), "?"))
                  + ") ORDER BY f.id");
      query.bind(0, holder).bind(1, holder);
      int i = 2;
      for (var search : searches) {
        query.bind(i++, search.id());
      }
      query
          .map((r, _) -> TABLE.read(new Row(r)))
          .forEach(
              f -> bySearch.computeIfAbsent(f.searchId(), _ -> new java.util.ArrayList<>()).add(f));
      return true;
    });
    return bySearch;
  }
}
