package dev.porchlight.delivery;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogTimes;
import dev.porchlight.store.Picked;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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

    private Query withLimit(int most) {
      return new Query(endpoint, lead, state, leads, since, words, before, beforeId, most);
    }
  }

  /// A place among deliveries.
  public record Place(long seq, String id) {}

  /// What was found.
  ///
  /// @param next behind which place to go on, when not everything was looked through
  public record Found(List<Standing> standings, Optional<Place> next) {
    private static Found of(Picked<Standing, Place> picked) {
      return new Found(picked.rows(), picked.next());
    }
  }

  private static final String COLUMNS =
      "SELECT " + Tables.DELIVERY.columnList("d") + ", " + Tables.STATE.columnList("s") + " FROM ";

  static final String SELECT =
      COLUMNS + "delivery d JOIN delivery_state s ON s.delivery_id = d.id WHERE ";

  /// A delivery that was planned some time ago.
  ///
  /// @param undelivered whether its endpoint has not taken it
  public record Aged(Delivery delivery, boolean undelivered) {}

  private final Store store;
  private final Picked.Look look;

  public Deliveries(Store store) {
    this(store, Picked.Look.of(500));
  }

  /// @param look how what fits is looked for where no index finds it
  public Deliveries(Store store, Picked.Look look) {
    this.store = store;
    this.look = look;
  }

  /// The deliveries behind a place, in order.
  public List<Aged> listAfter(Place after, int most) {
    return store.read(h ->
        h.createQuery(SELECT + "(d.seq, d.id) > (:after, :id) ORDER BY d.seq, d.id LIMIT :most")
            .bind("after", after.seq())
            .bind("id", after.id())
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

  private static final int PICKED_AMONG = 20_000;
  private static final int COUNTED = 5000;

  /// Whether a text has words that can be looked for.
  public static boolean mayLookFor(String text) {
    return !AnswerWords.of(text).isEmpty();
  }

  /// Those that fit, with their words looked for, newest event first. Among all that have the
  /// rarest of the words it looks for a moment only: a page may hold less than its limit, nothing
  /// even, and go on all the same.
  public Found search(Scope scope, Query query) {
    var words = AnswerWords.of(query.words());
    if (words.isEmpty() && isScattered(scope, query)) {
      return scattered(scope, query);
    }
    if (words.isEmpty()) {
      return Found.of(
          Picked.page(
              list(scope, query.withLimit(query.limit() + 1)), query.limit(), Deliveries::placeOf));
    }
    var rarest = rarest(words);
    var said = query.words().strip().toLowerCase(Locale.ROOT);
    return Found.of(
        Picked.among(
            look,
            new Place(query.before(), query.beforeId()),
            query.limit(),
            place -> {
              var having = having(rarest, place, query);
              return new Picked.Some<>(fitting(scope, query, having.places(), said), having.next());
            },
            Deliveries::placeOf));
  }

  /// Whether those of some offices are to be picked among all in a state, or those of a member with
  /// many contacts among all of the office.
  private boolean isScattered(Scope scope, Query query) {
    if (scope.everything() || query.lead() != null || query.leads() != null) {
      return false;
    }
    return scope.member() == null ? query.state() != null : !scope.hasFewContacts(store);
  }

  private Found scattered(Scope scope, Query query) {
    // Most of an office's are delivered, and few of all are in another state.
    boolean byOffice =
        scope.member() != null
            || query.state() == DeliveryState.State.DELIVERED && mayGoByOffice(scope);
    return Found.of(
        Picked.among(
            look,
            new Place(query.before(), query.beforeId()),
            query.limit(),
            place -> {
              var some = byOffice ? inItsOffices(scope, place, query) : inState(place, query);
              return new Picked.Some<>(
                  within(scope, query, some),
                  some.size() < look.atOnce() ? Optional.empty() : Optional.of(some.getLast()));
            },
            Deliveries::placeOf));
  }

  private static boolean mayGoByOffice(Scope scope) {
    return scope.offices().size() <= 1
        || !scope.sqlOfNewest("delivery", "seq", "1 = 1", "1", "0").isEmpty();
  }

  private List<Place> inState(Place before, Query query) {
    return store.read(h -> {
      var q =
          h.createQuery(
                  "SELECT seq, delivery_id FROM delivery_state WHERE state = :state"
                      + (query.endpoint() == null ? "" : " AND endpoint_id = :e")
                      + " AND (seq, delivery_id) < (:s, :id) AND seq >= :since"
                      + " ORDER BY seq DESC, delivery_id DESC LIMIT "
                      + look.atOnce())
              .bind("state", Objects.requireNonNull(query.state()).word())
              .bind("s", before.seq())
              .bind("id", before.id())
              .bind("since", query.since());
      if (query.endpoint() != null) {
        q.bind("e", query.endpoint());
      }
      return q.map((r, _) -> new Place(r.getLong(1), r.getString(2))).list();
    });
  }

  private List<Place> inItsOffices(Scope scope, Place before, Query query) {
    var asked =
        "(seq, id) < (:s, :id) AND seq >= :since"
            + (query.endpoint() == null ? "" : " AND endpoint_id = :e");
    var most = Integer.toString(look.atOnce());
    return store.read(h -> {
      var q =
          h.createQuery(
                  "SELECT seq, id FROM delivery WHERE "
                      + scope.sqlOfItsOffice("office_id")
                      + " AND "
                      + asked
                      + scope.sqlOfNewest("delivery", "seq", asked, most, "0")
                      + " ORDER BY seq DESC, id DESC LIMIT "
                      + most)
              .bind("s", before.seq())
              .bind("id", before.id())
              .bind("since", query.since());
      if (query.endpoint() != null) {
        q.bind("e", query.endpoint());
      }
      return q.map((r, _) -> new Place(r.getLong(1), r.getString(2))).list();
    });
  }

  private static Place placeOf(Standing standing) {
    return new Place(standing.delivery().seq(), standing.delivery().id());
  }

  private String rarest(Set<String> words) {
    return words.size() == 1
        ? words.iterator().next()
        : store.read(h ->
            words.stream()
                .min(
                    Comparator.comparingLong(word ->
                        h.createQuery(
                                "SELECT COUNT(*) FROM (SELECT 1 FROM answer_word WHERE word = :w"
                                    + " LIMIT "
                                    + COUNTED
                                    + ") AS few")
                            .bind("w", word)
                            .mapTo(Long.class)
                            .one()))
                .orElseThrow());
  }

  /// Some deliveries that have a word, and behind which place to go on; empty for the end.
  private record Having(List<Place> places, Optional<Place> next) {}

  private static final String WITH_WORD =
      "SELECT seq, delivery_id, endpoint_id FROM answer_word WHERE word = :w"
          + " AND (seq, delivery_id) < (:s, :id) AND seq >= :since"
          + " ORDER BY seq DESC, delivery_id DESC LIMIT ";

  /// Those of the endpoint that is asked for are picked among the rows of the word, so many of
  /// these at once.
  private Having having(String word, Place before, Query query) {
    boolean picking = query.endpoint() != null;
    var sql =
        picking
            ? "SELECT seq, delivery_id FROM ("
                + WITH_WORD
                + PICKED_AMONG
                + ") AS some_words WHERE endpoint_id = :e"
                + " ORDER BY seq DESC, delivery_id DESC LIMIT "
                + look.atOnce()
            : WITH_WORD + look.atOnce();
    return store.read(h -> {
      var rows = places(h, sql, word, before, query);
      if (rows.size() == look.atOnce()) {
        return new Having(rows.stream().distinct().toList(), Optional.of(rows.getLast()));
      }
      var next =
          picking
              ? places(h, WITH_WORD + "1 OFFSET " + (PICKED_AMONG - 1), word, before, query)
                  .stream()
                  .findFirst()
              : Optional.<Place>empty();
      return new Having(rows.stream().distinct().toList(), next);
    });
  }

  private static List<Place> places(Handle h, String sql, String word, Place before, Query query) {
    var q =
        h.createQuery(sql)
            .bind("w", word)
            .bind("s", before.seq())
            .bind("id", before.id())
            .bind("since", query.since());
    if (sql.contains(":e")) {
      q.bind("e", query.endpoint());
    }
    return q.map((r, _) -> new Place(r.getLong(1), r.getString(2))).list();
  }

  /// Those of some that fit the rest of what is asked, and say all the words as they stand.
  private List<Standing> fitting(Scope scope, Query query, List<Place> some, String said) {
    var standings = within(scope, query, some);
    if (standings.isEmpty()) {
      return List.of();
    }
    var answers = answers(standings);
    return standings.stream()
        .filter(s -> says(s, answers.getOrDefault(s.delivery().id(), List.of()), said))
        .toList();
  }

  /// Those of some that fit the rest of what is asked, but for its words.
  private List<Standing> within(Scope scope, Query query, List<Place> some) {
    if (some.isEmpty()) {
      return List.of();
    }
    var ids = some.stream().map(Place::id).toList();
    return store
        .read(h ->
            h.createQuery(
                    SELECT + "d.id IN (<ids>) AND " + scope.sqlOfLead("d.office_id", "d.lead_id"))
                .bindList("ids", ids)
                .map((r, _) -> standing(r))
                .list())
        .stream()
        .filter(s -> fits(s, query))
        .sorted(
            Comparator.comparingLong((Standing s) -> s.delivery().seq())
                .thenComparing(s -> s.delivery().id())
                .reversed())
        .toList();
  }

  private static boolean fits(Standing standing, Query query) {
    var delivery = standing.delivery();
    return (query.endpoint() == null || query.endpoint().equals(delivery.endpointId()))
        && (query.lead() == null || query.lead().equals(delivery.leadId()))
        && (query.leads() == null || query.leads().contains(delivery.leadId()))
        && (query.state() == null || query.state() == standing.state().state());
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

  /// Lets an endpoint begin anew, within the unit that enables it. Where somebody was told that it
  /// failed, they are told once it takes something again.
  public static void forgiveFailures(Batch batch, String endpoint) {
    Breakers.forgive(batch, endpoint);
  }

  /// Forgets an endpoint's failures, within the unit that removes it.
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

  /// How many deliveries of an hour stand like that.
  ///
  /// @param ago how many whole hours ago they were planned
  public record Hourly(int ago, DeliveryState.State state, int count) {}

  /// How an endpoint's deliveries of the last day stand, by the hour; of the newest 50,000.
  public List<Hourly> countByHour(Scope scope, String endpoint, Instant now) {
    return store.read(h ->
        h.createQuery(
                "SELECT (:now - d.planned_at) / 3600000000 AS ago, s.state, COUNT(*) FROM (SELECT"
                    + " id, seq, planned_at FROM delivery WHERE endpoint_id = :e AND seq >= :since"
                    + " AND "
                    + scope.sqlOfLead("office_id", "lead_id")
                    + " ORDER BY seq DESC LIMIT 50000) d JOIN delivery_state s ON s.delivery_id ="
                    + " d.id GROUP BY 1, 2")
            .bind("now", Row.micros(now))
            .bind("e", endpoint)
            .bind("since", LogTimes.firstAt(h, now.minus(Duration.ofDays(1))))
            .map((r, _) ->
                new Hourly(r.getInt(1), DeliveryState.State.of(r.getString(2)), r.getInt(3)))
            .list());
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
    if (state.state() == DeliveryState.State.UNWRITABLE) {
      AnswerWords.deleteOfReason(batch, delivery.id());
    }
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

  /// Gives up a delivery that is dead, for a reason that no retry mends, within a unit.
  public static void giveUp(Batch batch, String id, String why) {
    var delivery = batch.find(Tables.DELIVERY, id);
    var state = batch.find(Tables.STATE, id);
    if (delivery != null && state != null && state.state() == DeliveryState.State.DEAD) {
      batch.put(Tables.STATE, state.dropped(why, batch.clock()));
      batch.append("delivery.dropped", delivery.leadId(), id);
    }
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

  /// How many lanes of an endpoint have something open, counted no further than that.
  public int countLanes(String endpoint, int most) {
    return store.read(h ->
        h.createQuery(
                "SELECT COUNT(*) FROM (SELECT 1 FROM lane WHERE endpoint_id = :e LIMIT :most) l")
            .bind("e", endpoint)
            .bind("most", most)
            .mapTo(Integer.class)
            .one());
  }

  /// Whether an endpoint has so many lanes with something open; no more than these are counted.
  public boolean hasLanes(String endpoint, int many) {
    return countLanes(endpoint, many) >= many;
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
