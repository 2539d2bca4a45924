package dev.porchlight.watch;

import dev.porchlight.store.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// A search with the feeds that gather what happens to listings that meet it.
///
/// @param seq of the search
/// @param consumers a consumer made it, or was the last to change it
/// @param office the office of the contact that holds it; null where an account does
/// @param feeds those that are active
public record Watched(
    String id,
    String filter,
    long seq,
    String holder,
    boolean consumers,
    @Nullable String office,
    List<NewsFeed> feeds) {
  private static final String SELECT =
      "SELECT s.id, s.filter, s.seq, s.holder_id, s.maker_id, c.office_id FROM saved_search s"
          + " LEFT JOIN contact c ON c.id = s.holder_id";

  /// Those whose search was last changed after a line of the log, in the log's order.
  public static List<Watched> list(Handle h, long after, int limit) {
    return withFeeds(
        h,
        h.createQuery(
                SELECT
                    + " WHERE s.seq > ? AND EXISTS (SELECT 1 FROM news_feed f"
                    + " WHERE f.search_id = s.id AND f.active = 1) ORDER BY s.seq LIMIT ?")
            .bind(0, after)
            .bind(1, limit)
            .map((r, _) -> read(new Row(r)))
            .list());
  }

  /// The search of that id with its feeds; empty when nobody waits.
  public static Optional<Watched> find(Handle h, String search) {
    return withFeeds(
            h,
            h.createQuery(SELECT + " WHERE s.id = ?")
                .bind(0, search)
                .map((r, _) -> read(new Row(r)))
                .list())
        .stream()
        .filter(w -> !w.feeds().isEmpty())
        .findFirst();
  }

  /// The same with other feeds.
  public Watched with(List<NewsFeed> others) {
    return new Watched(id, filter, seq, holder, consumers, office, List.copyOf(others));
  }

  private static Watched read(Row r) throws java.sql.SQLException {
    var holder = r.text(4);
    var office = r.textOrNull(6);
    // Nobody else changes what a contact made.
    boolean consumers = office != null && r.text(5).equals(holder);
    return new Watched(r.text(1), r.text(2), r.number(3), holder, consumers, office, List.of());
  }

  private static List<Watched> withFeeds(Handle h, List<Watched> bare) {
    if (bare.isEmpty()) {
      return bare;
    }
    var bySearch = new HashMap<String, List<NewsFeed>>();
    var query =
        h.createQuery(
            "SELECT "
                + NewsFeed.TABLE.columnList()
                + " FROM news_feed WHERE active = 1 AND search_id IN ("
                + String.join(", ", Collections.nCopies(bare.size(), "?"))
                + ")");
    int i = 0;
    for (var watched : bare) {
      query.bind(i++, watched.id());
    }
    query
        .map((r, _) -> NewsFeed.TABLE.read(new Row(r)))
        .forEach(f -> bySearch.computeIfAbsent(f.searchId(), _ -> new ArrayList<>()).add(f));
    return bare.stream().map(w -> w.with(bySearch.getOrDefault(w.id(), List.of()))).toList();
  }
}
