package dev.porchlight.delivery;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogTimes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Deliveries and their attempts, for those who may see them.
public final class Deliveries {
  /// A delivery and how it stands.
  public record Standing(Delivery delivery, DeliveryState state) {
    /// As a story tells them: what was planned at one time by its endpoint's name, since ids are
    /// drawn.
    public static Comparator<Standing> told(Endpoints endpoints) {
      return Comparator.comparingLong((Standing s) -> s.delivery().seq())
          .thenComparing(
              s -> endpoints.find(s.delivery().endpointId()).map(Endpoint::name).orElse(""))
          .thenComparing(s -> s.delivery().id());
    }
  }

  /// What to list.
  ///
  /// @param state only those in this state
  /// @param leads only those of these leads; null for all
  /// @param since only those of events from this place in the log on
  /// @param words only those where why they could not be written, or what was answered at one of
  ///   their attempts, says this, capitals or not; empty for all
  /// @param before only those of events before this place in the log, or at it with a lesser id
  /// @param beforeId the id that goes with `before`; empty for none at that place
  public record Query(
      @Nullable String endpoint,
      @Nullable String lead,
      DeliveryState.@Nullable State state,
      @Nullable List<String> leads,
      long since,
      String words,
      long before,
      String beforeId,
      int limit) {
    /// Whatever the answers say, since ever, from the newest on.
    public Query(
        @Nullable String endpoint,
        @Nullable String lead,
        DeliveryState.@Nullable State state,
        int limit) {
      this(endpoint, lead, state, null, 0, "", Long.MAX_VALUE, "", limit);
    }

    Query withLimit(int most) {
      return new Query(endpoint, lead, state, leads, since, words, before, beforeId, most);
    }
  }

  /// A place among deliveries.
  public record Place(long seq, String id) {}

  /// What was found.
  ///
  /// @param next behind which place to go on, when not everything was looked through
  public record Found(List<Standing> standings, Optional<Place> next) {
    static Found of(Picked<Standing, Place> picked) {
      return new Found(picked.rows(), picked.next());
    }
  }

  private static final String COLUMNS =
      "SELECT " + Tables.DELIVERY.columnList("d") + ", " + Tables.STATE.columnList("s") + " FROM ";

  static final String SELECT =
      COLUMNS + "delivery d JOIN delivery_state s ON s.delivery_id = d.id WHERE ";

  private final Store store;
  private final Picked.Look look;
  private final DeliveryCounts counts;

  public Deliveries(Store store) {
    this(store, Picked.Look.of(500));
  }

  /// @param look how what fits is looked for where no index finds it
  public Deliveries(Store store, Picked.Look look) {
    this.store = store;
    this.look = look;
    counts = new DeliveryCounts(store);
  }

  /// How many stand how.
  public DeliveryCounts counts() {
    return counts;
  }

  /// The deliveries behind a place, in order.
  public List<Standing> listAfter(Place after, int most) {
    return store.read(h ->
        h.createQuery(SELECT + "(d.seq, d.id) > (:after, :id) ORDER BY d.seq, d.id LIMIT :most")
            .bind("after", after.seq())
            .bind("id", after.id())
            .bind("most", most)
            .map((r, _) -> standing(r))
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

  /// Those of an event, by the `webhook-id` that it has at every endpoint, from the greatest id on.
  public List<Standing> listOfEvent(Scope scope, String event, int limit) {
    return store.read(h ->
        h.createQuery(
                SELECT
                    + "d.event_id = :e AND "
                    + scope.sqlOfLead("d.office_id", "d.lead_id")
                    + " ORDER BY d.id DESC LIMIT :l")
            .bind("e", event)
            .bind("l", limit)
            .map((r, _) -> standing(r))
            .list());
  }

  /// Those that fit, newest event first; several of one event from the greatest id on.
  public List<Standing> list(Scope scope, Query query) {
    if (query.leads() != null && query.leads().isEmpty()) {
      return List.of();
    }
    // Which table leads is said here, by the order in which they are crossed: SQLite keeps to it.
    // A state is found by its index, with or without an endpoint; all else by those of deliveries,
    // as what a member may see is by their leads, and what lies in some offices by these.
    boolean byState =
        query.state() != null
            && query.lead() == null
            && query.leads() == null
            && scope.everything();
    boolean ofFew =
        scope.member() != null
            && query.lead() == null
            && query.leads() == null
            && scope.hasFewContacts(store);
    var lead = byState ? "s" : "d";
    var id = byState ? "s.delivery_id" : "d.id";
    var sql =
        new StringBuilder(COLUMNS)
            .append(
                byState
                    ? "delivery_state s CROSS JOIN delivery d"
                    : "delivery d CROSS JOIN delivery_state s")
            .append(" WHERE d.id = s.delivery_id AND (")
            .append(lead)
            .append(".seq, ")
            .append(id)
            .append(") < (:before, :beforeId) AND ")
            .append(
                ofFew
                    ? scope.sqlOfFewLeads("d.office_id", "d.lead_id")
                    : scope.sqlOfLead("d.office_id", "d.lead_id"));
    if (query.endpoint() != null) {
      sql.append(" AND ").append(lead).append(".endpoint_id = :endpoint");
    }
    if (query.lead() != null) {
      sql.append(" AND d.lead_id = :lead");
    }
    if (query.since() > 0) {
      sql.append(" AND ").append(lead).append(".seq >= :since");
    }
    if (query.leads() != null) {
      sql.append(" AND d.lead_id IN (<leads>)");
    }
    if (query.state() != null) {
      sql.append(" AND s.state = '").append(query.state().word()).append("'");
    }
    if (query.endpoint() == null
        && query.lead() == null
        && query.leads() == null
        && query.state() == null) {
      sql.append(
          scope
              .sqlOfNewest("delivery", "seq", "seq < :before", ":limit", "0")
              .replaceFirst("^ AND ", " AND d."));
    }
    sql.append(" ORDER BY ").append(lead).append(".seq DESC, ").append(id);
    sql.append(" DESC LIMIT :limit");
    return store.read(h -> {
      var q =
          h.createQuery(sql.toString())
              .bind("before", query.before())
              .bind("beforeId", query.beforeId())
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

  /// The newest deliveries of each of some leads, newest first, by the lead's id.
  ///
  /// @param most of each
  public Map<String, List<Standing>> listOf(List<String> leads, int most) {
    if (leads.isEmpty()) {
      return Map.of();
    }
    int all = most * leads.size();
    var found =
        store.read(h ->
            h.createQuery(
                    SELECT + "d.lead_id IN (<leads>) ORDER BY d.seq DESC, d.id DESC LIMIT " + all)
                .bindList("leads", leads)
                .map((r, _) -> standing(r))
                .list());
    Map<String, List<Standing>> byLead = new HashMap<>();
    if (found.size() < all) {
      found.forEach(
          s -> byLead.computeIfAbsent(s.delivery().leadId(), _ -> new ArrayList<>()).add(s));
      byLead.replaceAll((_, of) -> of.subList(0, Math.min(most, of.size())));
    } else {
      // Some have so many that others may be missing.
      for (var lead : leads) {
        byLead.put(lead, list(Scope.EVERYTHING, new Query(null, lead, null, most)));
      }
    }
    leads.forEach(lead -> byLead.putIfAbsent(lead, List.of()));
    return byLead;
  }

  /// Whether a text has words that can be looked for.
  public static boolean mayLookFor(String text) {
    return !AnswerWords.of(text).isEmpty();
  }

  /// Those that fit, with their words looked for, newest event first. Among all that have the
  /// rarest of the words it looks for a moment only: a page may hold less than its limit, nothing
  /// even, and go on all the same.
  public Found search(Scope scope, Query query) {
    return new DeliverySearch(store, look, this).search(scope, query);
  }

  private static List<Standing> standings(Handle h, String sql, String[] binding) {
    return h.createQuery(sql).bind(binding[0], binding[1]).map((r, _) -> standing(r)).list();
  }

  static Standing standing(java.sql.ResultSet r) throws java.sql.SQLException {
    var delivery = Tables.DELIVERY.read(new Row(r));
    var state = Tables.STATE.read(new Row(r, Tables.DELIVERY.width() + 1));
    return new Standing(delivery, state);
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
        lane(delivery),
        store.now());
  }

  private Optional<Lane> lane(Delivery delivery) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.LANE.columnList()
                    + " FROM lane WHERE endpoint_id = :e AND order_key = :k")
            .bind("e", delivery.endpointId())
            .bind("k", delivery.orderKey())
            .map((r, _) -> Tables.LANE.read(new Row(r)))
            .findOne());
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
    var ailing = Breakers.all(store);
    ailing.values().removeIf(EndpointHealth::isForgiven);
    return ailing;
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

  /// Makes a delivery due now, as [Redelivery#byHand] says.
  ///
  /// @return how it stands then; empty when there is none in that scope
  public Optional<Standing> retry(Scope scope, String id) {
    return find(scope, id)
        .flatMap(_ -> store.write(WorkQueue.REPLAY, batch -> Redelivery.byHand(batch, id)));
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
}
