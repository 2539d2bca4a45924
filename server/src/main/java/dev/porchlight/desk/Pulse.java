package dev.porchlight.desk;

import dev.porchlight.account.Scope;
import dev.porchlight.store.LogTimes;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What came and went of late, how long it took, and what needs a hand, for those who may see it.
/// Each question looks at a bounded number of rows, however many there are.
public final class Pulse {
  /// How many of a kind are counted; where there are more, it is that many *or more*.
  public static final int MOST = 1000;

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final int MOST_ROWS = 10_000;
  private static final int MOST_LINES = 50_000;
  private static final int MOST_READ = 1_000;
  private static final int MOST_BREACHES = 8;
  private static final long MICROS_A_MINUTE = 60_000_000L;

  private final Store store;

  public Pulse(Store store) {
    this.store = store;
  }

  /// What one source did in one minute.
  ///
  /// @param accepted requests that were answered 2xx
  /// @param delivered deliveries of its leads that an endpoint took
  public record Minute(Instant at, String source, int accepted, int delivered) {}

  /// The last hour, minute by minute; minutes in which nothing happened are left out. Of more than
  /// 10,000 the newest are counted.
  public List<Minute> hour(Scope scope, Instant now) {
    return store.read(h -> {
      var accepted =
          minutes(
              h,
              "SELECT at, source_id FROM receipt WHERE id >= '"
                  + Draw.leastUuid(now.minus(HOUR))
                  + "' AND state IN ('done', 'repeat', 'owed') AND "
                  + scope.sqlOfLead("office_id", "lead_id")
                  + " ORDER BY id DESC LIMIT "
                  + MOST_ROWS,
              true);
      long from = Math.max(LogTimes.firstAt(h, now.minus(HOUR)), last(h) - MOST_LINES);
      var delivered =
          minutes(
              h,
              "SELECT l.at AS at, lead.source_id AS source_id FROM (SELECT at, subject FROM log"
                  + " WHERE seq >= "
                  + from
                  + " AND kind = 'delivery.delivered' ORDER BY seq DESC LIMIT "
                  + MOST_ROWS
                  + ") l JOIN lead ON lead.id = l.subject WHERE "
                  + scope.sqlOfContact("lead.office_id", "lead.contact_id"),
              false);
      accepted.addAll(delivered);
      return List.copyOf(accepted);
    });
  }

  private static List<Minute> minutes(Handle h, String rows, boolean accepted) {
    return h.createQuery(
            "SELECT at / "
                + MICROS_A_MINUTE
                + " AS minute, source_id, COUNT(*) FROM ("
                + rows
                + ") r GROUP BY at / "
                + MICROS_A_MINUTE
                + ", source_id")
        .map((r, _) -> {
          int count = r.getInt(3);
          return new Minute(
              Row.instant(r.getLong(1) * MICROS_A_MINUTE),
              r.getString(2),
              accepted ? count : 0,
              accepted ? 0 : count);
        })
        .list();
  }

  private static long last(Handle h) {
    return h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one();
  }

  /// How many need a hand, each at most [#MOST].
  public record Troubles(int quarantined, int owed, int refused, int dead, int unwritable) {
    public boolean none() {
      return quarantined + owed + refused + dead + unwritable == 0;
    }
  }

  public Troubles troubles(Scope scope) {
    return store.read(h ->
        new Troubles(
            receipts(h, scope, Receipt.State.QUARANTINED),
            receipts(h, scope, Receipt.State.OWED),
            receipts(h, scope, Receipt.State.REFUSED),
            deliveries(h, scope, "dead"),
            deliveries(h, scope, "unwritable")));
  }

  private static int receipts(Handle h, Scope scope, Receipt.State state) {
    return count(
        h,
        "SELECT 1 FROM receipt WHERE "
            + state.sql()
            + " AND "
            + scope.sqlOfLead("office_id", "lead_id"));
  }

  private static int deliveries(Handle h, Scope scope, String state) {
    return count(
        h,
        "SELECT 1 FROM delivery_state s JOIN delivery d ON d.id = s.delivery_id WHERE s.state = '"
            + state
            + "' AND "
            + scope.sqlOfLead("d.office_id", "d.lead_id"));
  }

  private static int count(Handle h, String rows) {
    return h.createQuery("SELECT COUNT(*) FROM (" + rows + " LIMIT " + MOST + ") r")
        .mapTo(Integer.class)
        .one();
  }

  /// A rule of a contract that a source broke.
  ///
  /// @param times in how many places
  /// @param last when it did so last
  public record Breaches(String source, String rule, int times, Instant last) {}

  /// Who broke which contract how often in the last seven days, most often first; of more than
  /// 1,000 receipts the newest are looked at.
  public List<Breaches> breaches(Scope scope, Instant now) {
    return store.read(h ->
        h.createQuery(
                "SELECT r.source_id, v.rule, COUNT(*) AS times, MAX(r.at) FROM (SELECT id,"
                    + " source_id, at FROM receipt WHERE id >= '"
                    + Draw.leastUuid(now.minus(WEEK))
                    + "' AND "
                    + scope.sqlOfLead("office_id", "lead_id")
                    + " ORDER BY id DESC LIMIT "
                    + MOST_READ
                    + ") r JOIN violation v ON v.receipt_id = r.id GROUP BY r.source_id, v.rule"
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
    return store.read(h ->
        h
            .createQuery(
                "SELECT s.state, s.ended_at, a.at, a.micros FROM delivery d JOIN delivery_state s"
                    + " ON s.delivery_id = d.id LEFT JOIN attempt a ON a.delivery_id = d.id AND"
                    + " a.outcome = 'delivered' WHERE d.lead_id = :lead")
            .bind("lead", lead.id())
            .map((r, _) -> {
              // One that is tried again by hand was delivered when it first was.
              var row = new Row(r);
              var ended = row.text(1).equals("delivered") ? row.timeOrNull(2) : null;
              var tried = row.timeOrNull(3);
              var taken = tried == null ? null : tried.plus(row.number(4), ChronoUnit.MICROS);
              return Stream.of(Optional.ofNullable(ended), Optional.ofNullable(taken))
                  .flatMap(Optional::stream)
                  .min(Comparator.naturalOrder());
            })
            .list()
            .stream()
            .flatMap(Optional::stream)
            .min(Comparator.naturalOrder()));
  }

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
