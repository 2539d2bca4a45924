package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.connector.Message;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.LeadJson;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Leads in the order of the log, for whoever fetches them window by window.
///
/// A lead's place is the log entry of its making, and its time of ingestion is that entry's: along
/// the log neither ever goes back. So a walk that remembers the last lead it saw misses none and
/// sees none twice, however many arrive meanwhile. A page that reaches the end of a window whose
/// time is over also waits for the batch that was open when it ended: after that nothing can come
/// in between any more.
public final class LeadWalk {
  private static final int OFFICES_AT_ONCE = 100;

  private final Store store;
  private final Messages messages;

  public LeadWalk(Store store, Messages messages) {
    this.store = store;
    this.messages = messages;
  }

  /// A lead as it stands now.
  ///
  /// @param ingestedAt the time of the log entry of its making
  public record Ingested(LeadRecord lead, Instant ingestedAt, Leads.Version newest) {}

  /// A stretch of time.
  ///
  /// @param from its first moment
  /// @param until the first moment after it
  public record Window(Instant from, Instant until) {}

  public Optional<Ingested> find(Scope scope, String id) {
    return store.read(h ->
        h.createQuery(SELECT + " WHERE l.id = :id AND " + scope.sql("l.office_id"))
            .bind("id", id)
            .map((r, _) -> ingested(r))
            .findOne());
  }

  /// The leads of a window that come after another lead, in the log's order.
  ///
  /// @param after the place of that lead; 0 for none
  public List<Ingested> page(Scope scope, Window window, long after, int limit) {
    var page = read(scope, window, after, limit);
    if (page.leads().size() < limit && !page.complete() && !store.now().isBefore(window.until())) {
      // Nothing is written, but whatever was on its way before is through then.
      store.write(WorkQueue.LEADS, batch -> batch.now());
      page = read(scope, window, after, limit);
    }
    return page.leads();
  }

  /// What a connector needs to write a lead as it stands.
  public Message message(Ingested ingested) {
    return messages.standing(
        ingested.lead(),
        LeadJson.parse(ingested.newest().fact().getBytes(StandardCharsets.UTF_8)),
        ingested.newest(),
        ingested.ingestedAt());
  }

  /// @param complete the log has gone beyond the window, so nothing can be added to it
  private record Page(List<Ingested> leads, boolean complete) {}

  private Page read(Scope scope, Window window, long after, int limit) {
    return store.read(h -> {
      var head = entry(h, "ORDER BY seq DESC LIMIT 1", 0);
      if (head == null) {
        return new Page(List.of(), false);
      }
      long first = Math.max(after, firstAt(h, window.from(), head) - 1);
      var seqs = places(h, scope, first, limit);
      var leads =
          seqs.isEmpty()
              ? List.<Ingested>of()
              : h.createQuery(SELECT + " WHERE l.seq IN (<seqs>) ORDER BY l.seq")
                  .bindList("seqs", seqs)
                  .map((r, _) -> ingested(r))
                  .list();
      return new Page(
          leads.stream().filter(l -> l.ingestedAt().isBefore(window.until())).toList(),
          !head.at().isBefore(window.until()));
    });
  }

  private record Entry(long seq, Instant at) {}

  private static @Nullable Entry entry(Handle h, String which, long seq) {
    var query = h.createQuery("SELECT seq, at FROM log " + which);
    if (which.contains(":seq")) {
      query.bind("seq", seq);
    }
    return query
        .map((r, _) -> new Entry(r.getLong(1), Row.instant(r.getLong(2))))
        .findOne()
        .orElse(null);
  }

  /// The first place in the log whose time is not before that; the one behind the head when there
  /// is none. Found by halving: the log's times never go back.
  private static long firstAt(Handle h, Instant time, Entry head) {
    if (head.at().isBefore(time)) {
      return head.seq() + 1;
    }
    long low = 1;
    long high = head.seq();
    while (low < high) {
      long middle = (low + high) >>> 1;
      var found = entry(h, "WHERE seq >= :seq ORDER BY seq LIMIT 1", middle);
      if (found == null || !found.at().isBefore(time)) {
        high = middle;
      } else {
        low = found.seq() + 1;
      }
    }
    return low;
  }

  /// The places of the first leads behind one, office by office: each is a walk along an index, for
  /// one office of many as well as for all.
  private static List<Long> places(Handle h, Scope scope, long after, int limit) {
    if (scope.everything()) {
      return h.createQuery("SELECT seq FROM lead WHERE seq > :after ORDER BY seq LIMIT :limit")
          .bind("after", after)
          .bind("limit", limit)
          .mapTo(Long.class)
          .list();
    }
    var offices = scope.offices().stream().sorted().toList();
    var all = new ArrayList<Long>();
    for (int i = 0; i < offices.size(); i += OFFICES_AT_ONCE) {
      var some = offices.subList(i, Math.min(offices.size(), i + OFFICES_AT_ONCE));
      var sql = new StringBuilder();
      for (int n = 0; n < some.size(); n++) {
        sql.append(n == 0 ? "" : " UNION ALL ")
            .append("SELECT seq FROM (SELECT seq FROM lead WHERE office_id = :o")
            .append(n)
            .append(" AND seq > :after ORDER BY seq LIMIT :limit) AS t")
            .append(n);
      }
      var query = h.createQuery(sql.toString()).bind("after", after).bind("limit", limit);
      for (int n = 0; n < some.size(); n++) {
        query.bind("o" + n, some.get(n));
      }
      all.addAll(query.mapTo(Long.class).list());
    }
    return all.stream().sorted(Comparator.naturalOrder()).limit(limit).toList();
  }

  private static final String SELECT =
      "SELECT "
          + Tables.LEAD.columnList("l")
          + ", g.at, v.version, v.receipt_id, v.at, v.fact FROM lead l"
          + " JOIN log g ON g.seq = l.seq"
          + " JOIN lead_version v ON v.lead_id = l.id AND v.version = l.version";

  private static Ingested ingested(ResultSet r) throws SQLException {
    return new Ingested(
        Tables.LEAD.read(new Row(r)),
        Row.instant(r.getLong(18)),
        new Leads.Version(
            r.getInt(19), r.getString(20), Row.instant(r.getLong(21)), r.getString(22)));
  }
}
