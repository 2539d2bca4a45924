package dev.porchlight.delivery;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogTimes;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Deliveries and their attempts, for those who may see them.
public final class Deliveries {
  /// A delivery and how it stands.
  public record Standing(Delivery delivery, DeliveryState state) {}

  /// What to list.
  ///
  /// @param state only those in this state
  /// @param leads only those of these leads; null for all
  /// @param since only those of events from this place in the log on
  /// @param words only those where how they stand, or what was answered at one of their attempts,
  ///   says this, capitals or not; empty for all. No more than some thousand are looked through
  /// @param before only those of events before this place in the log, or at it with a greater id
  /// @param afterId the id that goes with `before`; empty for all at that place
  public record Query(
      @Nullable String endpoint,
      @Nullable String lead,
      DeliveryState.@Nullable State state,
      @Nullable List<String> leads,
      long since,
      String words,
      long before,
      String afterId,
      int limit) {
    /// Whatever the answers say, since ever.
    public Query(
        @Nullable String endpoint,
        @Nullable String lead,
        DeliveryState.@Nullable State state,
        long before,
        String afterId,
        int limit) {
      this(endpoint, lead, state, null, 0, "", before, afterId, limit);
    }

    private Query looking(Standing behind, int most) {
      return new Query(
          endpoint,
          lead,
          state,
          leads,
          since,
          "",
          behind.delivery().seq(),
          behind.delivery().id(),
          most);
    }
  }

  /// What was found.
  ///
  /// @param next where to go on, when not everything was looked through
  public record Found(List<Standing> standings, Optional<Standing> next) {}

  static final String SELECT =
      "SELECT "
          + Tables.DELIVERY.columnList("d")
          + ", "
          + Tables.STATE.columnList("s")
          + " FROM delivery d JOIN delivery_state s ON s.delivery_id = d.id WHERE ";

  /// A delivery that was planned some time ago.
  ///
  /// @param undelivered whether its endpoint has not taken it
  public record Aged(Delivery delivery, boolean undelivered) {}

  private final Store store;

  public Deliveries(Store store) {
    this.store = store;
  }

  /// The deliveries of events behind a place in the log, in order.
  public List<Aged> listAfter(long seq, int most) {
    return store.read(h ->
        h.createQuery(SELECT + "d.seq > :after ORDER BY d.seq, d.id LIMIT :most")
            .bind("after", seq)
            .bind("most", most)
            .map((r, _) -> standing(r))
            .map(s ->
                new Aged(
                    s.delivery(),
                    switch (s.state().state()) {
                      case PENDING, DEAD, UNWRITABLE -> true;
                      case DELIVERED, DROPPED -> false;
                    }))
            .list());
  }

  public Optional<Standing> find(Scope scope, String id) {
    return store.read(h ->
        standings(
                h,
                SELECT + "d.id = :id AND " + scope.sqlOfLead("d.office_id", "d.lead_id"),
                new String[] {"id", id})
            .stream()
            .findFirst());
  }

  /// Those that fit, newest event first; several of one event in the order of their ids.
  public List<Standing> list(Scope scope, Query query) {
    var sql =
        new StringBuilder(SELECT)
            .append("(d.seq < :before OR d.seq = :before AND d.id > :after) AND ")
            .append(scope.sqlOfLead("d.office_id", "d.lead_id"));
    if (query.endpoint() != null) {
      sql.append(" AND d.endpoint_id = :endpoint");
    }
    if (query.lead() != null) {
      sql.append(" AND d.lead_id = :lead");
    }
    if (query.since() > 0) {
      sql.append(" AND d.seq >= :since");
    }
    if (query.leads() != null) {
      if (query.leads().isEmpty()) {
        return List.of();
      }
      sql.append(" AND d.lead_id IN (<leads>)");
    }
    if (query.state() != null) {
      // The literal lets the database use its index of what is open.
      sql.append(" AND s.state = '").append(query.state().word()).append("'");
    }
    sql.append(" ORDER BY d.seq DESC, d.id LIMIT :limit");
    return store.read(h -> {
      var q =
          h.createQuery(sql.toString())
              .bind("before", query.before())
              .bind("after", query.afterId())
              .bind("limit", query.limit());
      if (query.endpoint() != null) {
        q.bind("endpoint", query.endpoint());
      }
      if (query.lead() != null) {
        q.bind("lead", query.lead());
      }
      if (query.since() > 0) {
        q.bind("since", query.since());
      }
      if (query.leads() != null) {
        q.bindList("leads", query.leads());
      }
      return q.map((r, _) -> standing(r)).list();
    });
  }

  private static final int LOOKED_AT_ONCE = 500;
  private static final Duration LOOKING = Duration.ofMillis(60);

  /// Those that fit, with their words looked for, newest event first. It looks for a moment only: a
  /// page may hold less than its limit, nothing even, and go on all the same.
  public Found search(Scope scope, Query query) {
    if (query.words().isEmpty()) {
      var all = list(scope, query);
      boolean more = all.size() == query.limit();
      return new Found(all, more ? Optional.of(all.getLast()) : Optional.empty());
    }
    long began = System.nanoTime();
    var words = query.words().toLowerCase(Locale.ROOT);
    var found = new ArrayList<Standing>();
    var page =
        list(
            scope,
            new Query(
                query.endpoint(),
                query.lead(),
                query.state(),
                query.leads(),
                query.since(),
                "",
                query.before(),
                query.afterId(),
                LOOKED_AT_ONCE));
    while (!page.isEmpty()) {
      var answers = answers(page);
      for (var one : page) {
        if (says(one, answers.getOrDefault(one.delivery().id(), List.of()), words)) {
          found.add(one);
          if (found.size() == query.limit()) {
            return new Found(found, Optional.of(one));
          }
        }
      }
      var last = page.getLast();
      if (page.size() < LOOKED_AT_ONCE) {
        break;
      }
      if (System.nanoTime() - began > LOOKING.toNanos()) {
        return new Found(found, Optional.of(last));
      }
      page = list(scope, query.looking(last, LOOKED_AT_ONCE));
    }
    return new Found(found, Optional.empty());
  }

  private Map<String, List<Attempt>> answers(List<Standing> page) {
    var ids = page.stream().map(s -> s.delivery().id()).toList();
    return store
        .read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.ATTEMPT.columnList()
                        + " FROM attempt WHERE delivery_id IN (<ids>)")
                .bindList("ids", ids)
                .map((r, _) -> Tables.ATTEMPT.read(new Row(r)))
                .list())
        .stream()
        .collect(Collectors.groupingBy(Attempt::deliveryId));
  }

  private static boolean says(Standing standing, List<Attempt> attempts, String words) {
    return standing.state().reason().toLowerCase(Locale.ROOT).contains(words)
        || attempts.stream()
            .anyMatch(a ->
                a.error().toLowerCase(Locale.ROOT).contains(words)
                    || new String(a.answer(), StandardCharsets.UTF_8)
                        .toLowerCase(Locale.ROOT)
                        .contains(words));
  }

  private static List<Standing> standings(Handle h, String sql, String[] binding) {
    return h.createQuery(sql).bind(binding[0], binding[1]).map((r, _) -> standing(r)).list();
  }

  static Standing standing(java.sql.ResultSet r) throws java.sql.SQLException {
    var delivery = Tables.DELIVERY.read(new Row(r));
    var shifted =
        new DeliveryState(
            r.getString(12),
            DeliveryState.State.of(r.getString(13)),
            r.getInt(14),
            r.getInt(15),
            r.getInt(16) != 0,
            new Row(r).timeOrNull(17),
            new Row(r).timeOrNull(18),
            r.getString(19),
            r.getString(20));
    return new Standing(delivery, shifted);
  }

  /// Tells in sentences how a delivery stands and why.
  ///
  /// @param attempts all that were made at it
  public Explanation explain(Standing standing, List<Attempt> attempts) {
    var delivery = standing.delivery();
    var ahead =
        store.read(h ->
            h
                .createQuery(
                    SELECT
                        + "d.endpoint_id = :e AND d.order_key = :k AND d.seq < :s"
                        + " AND s.state = 'pending' AND s.passed = 0 ORDER BY d.seq, d.id LIMIT 1")
                .bind("e", delivery.endpointId())
                .bind("k", delivery.orderKey())
                .bind("s", delivery.seq())
                .map((r, _) -> standing(r))
                .list()
                .stream()
                .findFirst());
    var health =
        store.read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.HEALTH.columnList()
                        + " FROM endpoint_health WHERE endpoint_id = :e")
                .bind("e", delivery.endpointId())
                .map((r, _) -> Tables.HEALTH.read(new Row(r)))
                .findOne());
    return Explanation.of(
        standing,
        attempts,
        Endpoints.in(store.settings()).find(delivery.endpointId()),
        health,
        ahead,
        store.now());
  }

  /// The endpoints that a lead's events were not planned for, by event in the log's order.
  public List<LeftOut> listLeftOut(String lead) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.LEFT_OUT.columnList()
                    + " FROM left_out WHERE lead_id = :l ORDER BY seq")
            .bind("l", lead)
            .map((r, _) -> Tables.LEFT_OUT.read(new Row(r)))
            .list());
  }

  /// The endpoints that don't take what they are sent, by id.
  public Map<String, EndpointHealth> listAiling() {
    return Breakers.all(store);
  }

  /// Forgets an endpoint's failures, within the unit that enables or removes it.
  public static void forgetFailures(Batch batch, String endpoint) {
    Breakers.forget(batch, endpoint);
  }

  /// All attempts at a delivery, first one first.
  public List<Attempt> listAttempts(String delivery) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.ATTEMPT.columnList()
                    + " FROM attempt WHERE delivery_id = :d ORDER BY n")
            .bind("d", delivery)
            .map((r, _) -> Tables.ATTEMPT.read(new Row(r)))
            .list());
  }

  /// The last attempts at a subscription's endpoint, newest first.
  public List<Notification> listNotifications(String endpoint, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.NOTIFICATION.columnList()
                    + " FROM notification WHERE endpoint_id = :e"
                    + " ORDER BY at DESC, delivery_id DESC, n DESC LIMIT :limit")
            .bind("e", endpoint)
            .bind("limit", limit)
            .map((r, _) -> Tables.NOTIFICATION.read(new Row(r)))
            .list());
  }

  /// The last attempt at a subscription's endpoint that was taken.
  public Optional<Notification> findLastDelivered(String endpoint) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.NOTIFICATION.columnList()
                    + " FROM notification WHERE endpoint_id = :e AND delivered = 1"
                    + " ORDER BY at DESC LIMIT 1")
            .bind("e", endpoint)
            .map((r, _) -> Tables.NOTIFICATION.read(new Row(r)))
            .findOne());
  }

  /// The first place in the log whose time is not before that.
  public long firstAt(Instant time) {
    return store.read(h -> LogTimes.firstAt(h, time));
  }

  /// How many deliveries stand like that.
  public long count(DeliveryState.State state) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM delivery_state WHERE state = '" + state.word() + "'")
            .mapTo(Long.class)
            .one());
  }

  /// Makes a delivery due now, with the whole schedule of waits before it again; what was delivered
  /// is delivered again, under the same `webhook-id`.
  ///
  /// @return how it stands then; empty when there is none in that scope
  public Optional<Standing> retry(Scope scope, String id) {
    return store.write(
        WorkQueue.REPLAY,
        batch -> {
          var delivery = batch.find(Tables.DELIVERY, id);
          var state = batch.find(Tables.STATE, id);
          if (delivery == null || state == null || !scope.contains(delivery.officeId())) {
            return Optional.empty();
          }
          // Whoever asks by hand is not to wait for an endpoint that is left alone.
          var health = batch.find(Tables.HEALTH, delivery.endpointId());
          if (health != null && health.isShut()) {
            batch.put(Tables.HEALTH, health.ajar(batch.clock()));
          }
          var due = again(batch, delivery, state);
          return Optional.of(new Standing(delivery, due));
        });
  }

  private static DeliveryState again(Batch batch, Delivery delivery, DeliveryState state) {
    var due = state.dueNow(batch.clock());
    batch.put(Tables.STATE, due);
    long seq = batch.append("delivery.retried", delivery.leadId(), delivery.id());
    reopen(batch, delivery, seq, due.passed(), state.isOpen() ? 0 : 1);
    return due;
  }

  /// Makes a delivery due once more that stands in one of some states, within a unit.
  ///
  /// @return false when it does not stand like that, or is not there
  public static boolean again(Batch batch, String id, Predicate<DeliveryState.State> wanted) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery == null || state == null || !wanted.test(state.state())) {
      return false;
    }
    again(batch, delivery, state);
    return true;
  }

  /// Whether an event was ever planned for an endpoint.
  public static boolean isPlanned(Batch batch, String id) {
    return batch.find(Tables.DELIVERY, id) != null;
  }

  /// How deliveries stand, by their ids; those that are not there are missing.
  public Map<String, DeliveryState.State> statesOf(List<String> ids) {
    var all = new HashMap<String, DeliveryState.State>();
    if (!ids.isEmpty()) {
      store.read(h -> {
        h.createQuery("SELECT delivery_id, state FROM delivery_state WHERE delivery_id IN (<ids>)")
            .bindList("ids", ids)
            .map((r, _) -> Map.entry(r.getString(1), DeliveryState.State.of(r.getString(2))))
            .forEach(e -> all.put(e.getKey(), e.getValue()));
        return true;
      });
    }
    return all;
  }

  /// How many lanes of an endpoint have something open.
  public long countLanes(String endpoint) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM lane WHERE endpoint_id = :e")
            .bind("e", endpoint)
            .mapTo(Long.class)
            .one());
  }

  /// Sees to it that a lane knows of a delivery that is due now.
  ///
  /// @param seq the log entry that says so; a new lane's fence lies above any that an earlier one
  ///   of its key can have had
  /// @param reopened 1 when it was not open before
  static void reopen(Batch batch, Delivery delivery, long seq, boolean passed, int reopened) {
    var now = batch.clock();
    var lane = batch.find(Tables.LANE, delivery.endpointId(), delivery.orderKey());
    batch.put(
        Tables.LANE,
        lane == null
            ? new Lane(
                delivery.endpointId(),
                delivery.orderKey(),
                now,
                1,
                passed ? 1 : 0,
                false,
                null,
                null,
                seq << 16)
            : lane.wokenAt(now, reopened, passed ? reopened : 0));
  }
}
