package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.connector.Message;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
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
  private static final int LEAST = 4;

  /// What says more than so many bytes is long.
  private static final int LONG = 16 * 1024;

  private final Store store;
  private final Messages messages;

  public LeadWalk(Store store, Messages messages) {
    this.store = store;
    this.messages = messages;
  }

  /// A lead as it stands now.
  ///
  /// @param ingestedAt the time of the log entry of its making
  /// @param newest null on a page where what it says is long: then it is read with [#getWhole]
  public record Ingested(LeadRecord lead, Instant ingestedAt, Leads.@Nullable Version newest) {
    /// Whether all of it is here.
    public boolean isWhole() {
      return newest != null;
    }
  }

  /// A stretch of time.
  ///
  /// @param from its first moment
  /// @param until the first moment after it
  public record Window(Instant from, Instant until) {}

  public Optional<Ingested> find(Scope scope, String id) {
    return store.read(h ->
        h.createQuery(WHOLE + " WHERE l.id = :id AND " + scope.sql("l.office_id"))
            .bind("id", id)
            .map((r, _) -> ingested(r))
            .findOne());
  }

  /// All of a lead of a page, as it stands now.
  public Ingested getWhole(Ingested lead) {
    return lead.isWhole()
        ? lead
        : store.read(h ->
            h.createQuery(WHOLE + " WHERE l.id = :id")
                .bind("id", lead.lead().id())
                .map((r, _) -> ingested(r))
                .one());
  }

  /// The leads of a window that come after another lead, in the log's order. What long ones say is
  /// left out, so that a page of them is small in memory as well.
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

  /// What a connector needs to write a lead as it stands; nothing where that can't be read.
  ///
  /// @param ingested all of it
  public Optional<Message> message(Ingested ingested) {
    var newest = Objects.requireNonNull(ingested.newest(), "a lead that is not here as a whole");
    return newest
        .lead()
        .map(lead -> messages.standing(ingested.lead(), lead, newest, ingested.ingestedAt()));
  }

  /// @param complete the log has gone beyond the window, so nothing can be added to it
  private record Page(List<Ingested> leads, boolean complete) {}

  private Page read(Scope scope, Window window, long after, int limit) {
    return store.read(h -> {
      var head = head(h);
      if (head.isEmpty()) {
        return new Page(List.of(), false);
      }
      long first = Math.max(after, LogTimes.firstAt(h, window.from()) - 1);
      var seqs = places(h, scope, first, limit);
      var leads =
          seqs.isEmpty()
              ? List.<Ingested>of()
              : h.createQuery(SHORT + " WHERE l.seq IN (<seqs>) ORDER BY l.seq")
                  .bindList("seqs", seqs)
                  .map((r, _) -> ingested(r))
                  .list();
      return new Page(
          leads.stream().filter(l -> l.ingestedAt().isBefore(window.until())).toList(),
          !head.get().isBefore(window.until()));
    });
  }

  /// When the log's last line was written.
  private static Optional<Instant> head(Handle h) {
    return h.createQuery("SELECT at FROM log ORDER BY seq DESC LIMIT 1")
        .map((r, _) -> Row.instant(r.getLong(1)))
        .findOne();
  }

  /// The places of the first leads behind one: for a few offices as for many each is a walk along
  /// an index.
  private static List<Long> places(Handle h, Scope scope, long after, int limit) {
    if (scope.member() != null) {
      // Whoever walks sees whole offices.
      return List.of();
    }
    if (scope.everything()) {
      return h.createQuery("SELECT seq FROM lead WHERE seq > :after ORDER BY seq LIMIT :limit")
          .bind("after", after)
          .bind("limit", limit)
          .mapTo(Long.class)
          .list();
    }
    var offices = scope.offices().stream().sorted().toList();
    // What an office would have if leads were spread evenly, and as much again. Where one has so
    // many, others' leads behind its last one may come after some that were not read.
    int each = Math.min(limit, LEAST + 2 * limit / Math.max(1, offices.size()));
    while (true) {
      var found = new ArrayList<Long>();
      long sure = Long.MAX_VALUE;
      for (int i = 0; i < offices.size(); i += OFFICES_AT_ONCE) {
        var some = offices.subList(i, Math.min(offices.size(), i + OFFICES_AT_ONCE));
        for (var seqs : firstOf(h, some, after, each).values()) {
          found.addAll(seqs);
          if (seqs.size() == each) {
            sure = Math.min(sure, seqs.getLast());
          }
        }
      }
      boolean all = each == limit;
      long until = all ? Long.MAX_VALUE : sure;
      var page = found.stream().filter(s -> s <= until).sorted().limit(limit).toList();
      if (page.size() == limit || all || sure == Long.MAX_VALUE) {
        return page;
      }
      each = Math.min(limit, each * 4);
    }
  }

  /// The places of the first leads of each office behind one, in order.
  private static Map<Integer, List<Long>> firstOf(
      Handle h, List<String> offices, long after, int each) {
    var sql = new StringBuilder();
    for (int n = 0; n < offices.size(); n++) {
      sql.append(n == 0 ? "" : " UNION ALL ")
          .append("SELECT seq, office FROM (SELECT seq, ")
          .append(n)
          .append(" AS office FROM lead WHERE office_id = :o")
          .append(n)
          .append(" AND seq > :after ORDER BY seq LIMIT :each) AS t")
          .append(n);
    }
    var query = h.createQuery(sql.toString()).bind("after", after).bind("each", each);
    for (int n = 0; n < offices.size(); n++) {
      query.bind("o" + n, offices.get(n));
    }
    var found = new TreeMap<Integer, List<Long>>();
    query
        .map((r, _) -> Map.entry(r.getInt(2), r.getLong(1)))
        .forEach(e -> found.computeIfAbsent(e.getKey(), _ -> new ArrayList<>()).add(e.getValue()));
    found.values().forEach(seqs -> seqs.sort(Comparator.naturalOrder()));
    return found;
  }

  private static final String SELECT =
      "SELECT " + Tables.LEAD.columnList("l") + ", g.at, v.version, v.receipt_id, v.at, ";

  private static final String FROM =
      " FROM lead l JOIN log g ON g.seq = l.seq"
          + " JOIN lead_version v ON v.lead_id = l.id AND v.version = l.version";

  private static final String WHOLE = SELECT + "v.fact" + FROM;

  /// The length is known without reading the text.
  private static final String SHORT =
      SELECT + "CASE WHEN octet_length(v.fact) <= " + LONG + " THEN v.fact END" + FROM;

  private static Ingested ingested(ResultSet r) throws SQLException {
    var fact = r.getString(22);
    return new Ingested(
        Tables.LEAD.read(new Row(r)),
        Row.instant(r.getLong(18)),
        fact == null
            ? null
            : new Leads.Version(r.getInt(19), r.getString(20), Row.instant(r.getLong(21)), fact));
  }
}
