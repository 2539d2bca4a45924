package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Receipts, for those who may see them.
public final class Receipts {

  private final Store store;
  private final OwnLeads<Receipt, String> own;

  public Receipts(Store store) {
    this(store, Picked.Look.of(200));
  }

  /// @param look how those of a member with many contacts are looked for
  Receipts(Store store, Picked.Look look) {
    this.store = store;
    own = new OwnLeads<>(store, look, Receipt::leadId, Receipt::id);
  }

  public Optional<Receipt> find(Scope scope, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.RECEIPT.columnList()
                    + " FROM receipt WHERE id = :id AND "
                    + scope.sqlOfLead("office_id", "lead_id"))
            .bind("id", id)
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .findOne());
  }

  /// One that still waits to be worked out, by the guid that its sender was answered with.
  public Optional<Receipt> findOwed(Scope scope, String guid) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.RECEIPT.columnList()
                    + " FROM receipt WHERE guid = :g AND state = 'owed' AND "
                    + scope.sqlOfLead("office_id", "lead_id")
                    + " LIMIT 1")
            .bind("g", guid)
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .findOne());
  }

  /// What to list: newest first, by id.
  ///
  /// @param before only those whose id is less; empty for all
  public record Query(
      Receipt.@Nullable State state,
      @Nullable String source,
      @Nullable String lead,
      String before,
      int limit) {
    private Query limit(int most) {
      return new Query(state, source, lead, before, most);
    }
  }

  /// The newest that fit. Of a member with many contacts there may be more than were found: who
  /// must know asks by [#search].
  public List<Receipt> list(Scope scope, Query query) {
    return search(scope, query).rows();
  }

  /// The same, and behind which id to go on. Those of a member with many contacts are looked for
  /// among the office's for a moment only: a page may hold less than its limit and go on all the
  /// same.
  public Picked<Receipt, String> search(Scope scope, Query query) {
    if (scope.member() == null || query.lead() != null) {
      return page(query, scope.sqlOfLead("office_id", "lead_id"), scope);
    }
    return scope.hasFewContacts(store)
        ? page(query, scope.sqlOfFewLeads("office_id", "lead_id"), scope)
        : picked(scope, query);
  }

  private Picked<Receipt, String> page(Query query, String within, Scope scope) {
    return Picked.page(
        list(query.limit(query.limit() + 1), within, scope), query.limit(), Receipt::id);
  }

  private Picked<Receipt, String> picked(Scope scope, Query query) {
    return own.pick(
        scope,
        query.before(),
        query.limit(),
        before ->
            list(
                new Query(query.state(), query.source(), null, before, own.look().atOnce()),
                scope.sqlOfItsOffice("office_id"),
                scope));
  }

  /// @param within what may be seen, in SQL
  private List<Receipt> list(Query query, String within, Scope scope) {
    var sql =
        new StringBuilder("SELECT ")
            .append(Tables.RECEIPT.columnList())
            .append(" FROM receipt WHERE ")
            .append(within);
    if (!query.before().isEmpty()) {
      sql.append(" AND id < :before");
    }
    if (query.state() != null) {
      sql.append(" AND ").append(query.state().sql());
    }
    if (query.source() != null) {
      sql.append(" AND source_id = :source");
    }
    if (query.lead() != null) {
      sql.append(" AND lead_id = :lead");
    }
    if (query.state() == null && query.source() == null && query.lead() == null) {
      var before = query.before().isEmpty() ? "1 = 1" : "id < :before";
      sql.append(scope.sqlOfNewest("receipt", "id", before, ":limit", "''"));
    }
    sql.append(" ORDER BY id DESC LIMIT :limit");
    return store.read(h -> {
      var q = h.createQuery(sql.toString()).bind("limit", query.limit());
      if (!query.before().isEmpty()) {
        q.bind("before", query.before());
      }
      if (query.source() != null) {
        q.bind("source", query.source());
      }
      if (query.lead() != null) {
        q.bind("lead", query.lead());
      }
      return q.map((r, _) -> Tables.RECEIPT.read(new Row(r))).list();
    });
  }

  /// The body as it was received; empty when it is no longer kept.
  public Optional<byte[]> findRaw(String receipt) {
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.RAW.columnList()
                        + " FROM receipt_raw WHERE receipt_id = :id")
                .bind("id", receipt)
                .map((r, _) -> Tables.RAW.read(new Row(r)))
                .findOne())
        .map(RawBody::bytes);
  }

  public List<Violation> listViolations(String receipt) {
    return store.read(h ->
        h.createQuery(
                "SELECT pointer, rule, action FROM violation WHERE receipt_id = :id ORDER BY n")
            .bind("id", receipt)
            .map((r, _) -> new Violation(r.getString(1), r.getString(2), r.getString(3)))
            .list());
  }

  /// How many receipts of a source came in an hour of the last day, by how they stand.
  ///
  /// @param ago how many whole hours ago
  public record Hourly(int ago, Receipt.State state, int count) {}

  /// How the last day's receipts of a source stand; of more than 50,000 the newest.
  public List<Hourly> countByHour(Scope scope, String source, Instant now) {
    return store.read(h ->
        h.createQuery(
                "SELECT (:now - r.at) / 3600000000 AS ago, r.state, COUNT(*) FROM (SELECT at, state"
                    + " FROM receipt WHERE source_id = :s AND id >= :since AND "
                    + scope.sqlOfLead("office_id", "lead_id")
                    + " ORDER BY id DESC LIMIT 50000) r GROUP BY 1, 2")
            .bind("now", Row.micros(now))
            .bind("s", source)
            .bind("since", Draw.leastUuid(now.minus(Duration.ofDays(1))))
            .map((r, _) -> new Hourly(r.getInt(1), Receipt.State.of(r.getString(2)), r.getInt(3)))
            .list());
  }

  /// How many stand like that.
  public long count(Receipt.State state) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM receipt WHERE " + state.sql()).mapTo(Long.class).one());
  }
}
