package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What came and went of late, how long it took, and what needs a hand, for those who may see it.
/// Each question looks at a bounded number of rows, however many there are.
public final class Pulse {
  /// How many of a kind are counted.
  private static final int MOST = 1000;

  private static final Duration WEEK = Duration.ofDays(7);
  private static final int LOOKED_AT = 1_000;
  private static final int MOST_ACTS = 2_000;
  private static final int MOST_READ = 1_000;
  private static final int MOST_BREACHES = 8;

  private final Store store;
  private final Picked.Look look;

  public Pulse(Store store) {
    this(store, Picked.Look.of(LOOKED_AT));
  }

  /// @param look how the deliveries of some offices are looked for among all
  Pulse(Store store, Picked.Look look) {
    this.store = store;
    this.look = look;
  }

  /// How many there are of something.
  ///
  /// @param more whether there may be more than were counted
  public record Number(int count, boolean more) {
    /// Whether there may be any: where none was found yet, there may be some all the same.
    public boolean mayBeAny() {
      return count > 0 || more;
    }
  }

  /// How many need a hand.
  public record Troubles(
      Number quarantined, Number owed, Number refused, Number dead, Number unwritable) {}

  public Troubles troubles(Scope scope) {
    return store.read(h ->
        new Troubles(
            receipts(h, scope, Receipt.State.QUARANTINED),
            receipts(h, scope, Receipt.State.OWED),
            receipts(h, scope, Receipt.State.REFUSED),
            deliveries(h, scope, "dead", List.of()),
            deliveries(h, scope, "unwritable", List.of())));
  }

  /// How many deliveries wait for one of some endpoints.
  public Number waiting(Scope scope, List<String> endpoints) {
    return endpoints.isEmpty()
        ? new Number(0, false)
        : store.read(h -> deliveries(h, scope, "pending", endpoints));
  }

  /// At most [#MOST]; of a member's, those among the newest [#LOOKED_AT] of the office.
  private static Number receipts(Handle h, Scope scope, Receipt.State state) {
    var rows = "SELECT lead_id, office_id FROM receipt WHERE " + state.sql() + " AND ";
    if (scope.member() == null) {
      return counted(h, rows + scope.sql("office_id") + " LIMIT " + MOST, MOST);
    }
    return own(
        h,
        rows
            + scope.sqlOfItsOffice("office_id")
            + " AND lead_id IS NOT NULL ORDER BY id DESC LIMIT "
            + LOOKED_AT,
        scope.sqlOfLead("r.office_id", "r.lead_id"));
  }

  /// At most [#MOST]; for those who don't see everything, theirs are looked for among all, from the
  /// newest on, for half a moment: two kinds are looked for.
  ///
  /// @param endpoints only those that go to one of these; empty for all
  private Number deliveries(Handle h, Scope scope, String state, List<String> endpoints) {
    var rows = " FROM delivery_state WHERE state = '" + state + "'";
    if (scope.everything() && endpoints.isEmpty()) {
      return counted(h, "SELECT 1" + rows + " LIMIT " + MOST, MOST);
    }
    long began = System.nanoTime();
    long seq = Long.MAX_VALUE;
    var id = "";
    int theirs = 0;
    while (true) {
      var some =
          h.createQuery(
                  "SELECT seq, delivery_id"
                      + rows
                      + " AND (seq, delivery_id) < (:seq, :id)"
                      + " ORDER BY seq DESC, delivery_id DESC LIMIT "
                      + look.atOnce())
              .bind("seq", seq)
              .bind("id", id)
              .map((r, _) -> Map.entry(r.getString(2), r.getLong(1)))
              .list();
      theirs +=
          some.isEmpty()
              ? 0
              : theirs(h, scope, some.stream().map(Map.Entry::getKey).toList(), endpoints);
      if (some.size() < look.atOnce() && theirs < MOST) {
        return new Number(theirs, false);
      }
      if (theirs >= MOST || System.nanoTime() - began >= look.longest().toNanos() / 2) {
        return new Number(Math.min(theirs, MOST), true);
      }
      seq = some.getLast().getValue();
      id = some.getLast().getKey();
    }
  }

  private static int theirs(
      Handle h, Scope scope, List<String> deliveries, List<String> endpoints) {
    var query =
        h.createQuery(
                "SELECT COUNT(*) FROM delivery d WHERE d.id IN (<ids>) AND "
                    + scope.sqlOfLead("d.office_id", "d.lead_id")
                    + (endpoints.isEmpty() ? "" : " AND d.endpoint_id IN (<endpoints>)"))
            .bindList("ids", deliveries);
    return (endpoints.isEmpty() ? query : query.bindList("endpoints", endpoints))
        .mapTo(Integer.class)
        .one();
  }

  private static Number counted(Handle h, String rows, int most) {
    int count = h.createQuery("SELECT COUNT(*) FROM (" + rows + ") r").mapTo(Integer.class).one();
    return new Number(count, count >= most);
  }

  /// Of some of the newest, those that may be seen.
  private static Number own(Handle h, String rows, String may) {
    return h.createQuery(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN "
                + may
                + " THEN 1 ELSE 0 END), 0) FROM ("
                + rows
                + ") r")
        .map((r, _) -> new Number(r.getInt(2), r.getInt(1) >= LOOKED_AT))
        .one();
  }

  /// A rule of a contract that a source broke.
  ///
  /// @param times in how many places
  /// @param last when it did so last
  public record Breaches(String source, String rule, int times, Instant last) {}

  /// Who broke which contract how often in the last seven days, most often first; of more than
  /// 1,000 receipts, for a member those of the office, the newest are looked at.
  public List<Breaches> breaches(Scope scope, Instant now) {
    return store.read(h ->
        h.createQuery(
                "SELECT r.source_id, v.rule, COUNT(*) AS times, MAX(r.at) FROM (SELECT id FROM"
                    + " receipt WHERE id >= '"
                    + Draw.leastUuid(now.minus(WEEK))
                    + "' AND "
                    + (scope.member() == null
                        ? scope.sql("office_id")
                        : scope.sqlOfItsOffice("office_id"))
                    + " ORDER BY id DESC LIMIT "
                    + MOST_READ
                    // Few have any, so these lead to the rest of the receipt.
                    + ") i CROSS JOIN violation v CROSS JOIN receipt r WHERE v.receipt_id = i.id"
                    + " AND r.id = i.id AND "
                    + scope.sqlOfLead("r.office_id", "r.lead_id")
                    + " GROUP BY r.source_id, v.rule"
                    + " ORDER BY COUNT(*) DESC, r.source_id, v.rule LIMIT "
                    + MOST_BREACHES)
            .map((r, _) ->
                new Breaches(
                    r.getString(1), r.getString(2), r.getInt(3), Row.instant(r.getLong(4))))
            .list());
  }

  /// An endpoint that does not take what it is sent.
  ///
  /// @param shutUntil until when nothing is attempted; null while it is not left alone
  public record Failing(
      String endpoint, Instant since, @Nullable Instant shutUntil, String reason) {}

  /// All of them, whatever their office; for whoever knows which endpoints may be seen.
  public List<Failing> failing() {
    return store.read(h ->
        h.createQuery(
                "SELECT endpoint_id, failing_since, shut_until, reason"
                    + " FROM endpoint_health ORDER BY failing_since LIMIT "
                    + MOST)
            .map((r, _) -> {
              var row = new Row(r);
              return new Failing(row.text(1), row.time(2), row.timeOrNull(3), row.text(4));
            })
            .list());
  }

  /// When a lead was first delivered to anybody.
  public Optional<Instant> firstDelivered(LeadRecord lead) {
    return Optional.ofNullable(firstDelivered(List.of(lead)).get(lead.id()));
  }

  /// When each of some leads was first delivered to anybody, by its id; those that were not are
  /// missing.
  public Map<String, Instant> firstDelivered(List<LeadRecord> leads) {
    if (leads.isEmpty()) {
      return Map.of();
    }
    return store.read(h -> {
      Map<String, Instant> first = new HashMap<>();
      h.createQuery(
              "SELECT s.state, s.ended_at, a.at, a.micros, d.lead_id FROM delivery d JOIN"
                  + " delivery_state s ON s.delivery_id = d.id LEFT JOIN attempt a ON a.delivery_id"
                  + " = d.id AND a.outcome = 'delivered' WHERE d.lead_id IN (<leads>)")
          .bindList("leads", leads.stream().map(LeadRecord::id).toList())
          .map((r, _) -> {
            // One that is tried again by hand was delivered when it first was.
            var row = new Row(r);
            var ended = row.text(1).equals("delivered") ? row.timeOrNull(2) : null;
            var tried = row.timeOrNull(3);
            var taken = tried == null ? null : tried.plus(row.number(4), ChronoUnit.MICROS);
            return Map.entry(
                row.text(5),
                Stream.of(Optional.ofNullable(ended), Optional.ofNullable(taken))
                    .flatMap(Optional::stream)
                    .min(Comparator.naturalOrder()));
          })
          .forEach(e ->
              e.getValue()
                  .ifPresent(at -> first.merge(e.getKey(), at, (x, y) -> x.isBefore(y) ? x : y)));
      return first;
    });
  }

  /// When a person at the company first did something about each of some leads, by its id: marked
  /// it as answered, or changed or passed on its contact. Where nobody did it is missing.
  public Map<String, Instant> firstAct(List<LeadRecord> leads) {
    if (leads.isEmpty()) {
      return Map.of();
    }
    var subjects =
        leads.stream().flatMap(l -> Stream.of(l.id(), l.contactId())).distinct().toList();
    var acts =
        store.read(h ->
            h.createQuery(
                    "SELECT seq, at, subject FROM log WHERE subject IN (<subjects>) AND kind IN"
                        + " ('contact.edited', 'contact.transferred', 'lead.answered') ORDER BY seq"
                        + " LIMIT "
                        + MOST_ACTS)
                .bindList("subjects", subjects)
                .map((r, _) -> new Act(r.getLong(1), Row.instant(r.getLong(2)), r.getString(3)))
                .list());
    if (acts.size() == MOST_ACTS) {
      // Some have so many that others may be missing.
      return leads.stream()
          .flatMap(l -> firstAct(l).map(at -> Map.entry(l.id(), at)).stream())
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (x, _) -> x));
    }
    Map<String, Instant> first = new HashMap<>();
    for (var lead : leads) {
      acts.stream()
          .filter(a -> a.seq() > lead.seq())
          .filter(a -> a.subject().equals(lead.id()) || a.subject().equals(lead.contactId()))
          .findFirst()
          .ifPresent(a -> first.put(lead.id(), a.at()));
    }
    return first;
  }

  private record Act(long seq, Instant at, String subject) {}

  /// When a person at the company first did something about it: marked it as answered, or changed
  /// or passed on its contact.
  public Optional<Instant> firstAct(LeadRecord lead) {
    return store.read(h ->
        h.createQuery(
                "SELECT at FROM log WHERE (subject = :contact AND kind IN ('contact.edited',"
                    + " 'contact.transferred') OR subject = :lead AND kind = 'lead.answered') AND"
                    + " seq > :seq ORDER BY seq LIMIT 1")
            .bind("contact", lead.contactId())
            .bind("lead", lead.id())
            .bind("seq", lead.seq())
            .map((r, _) -> Row.instant(r.getLong(1)))
            .findOne());
  }
}
