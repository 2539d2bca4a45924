package dev.porchlight.desk.onward;

import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.EventFilters;
import dev.porchlight.delivery.Planner;
import dev.porchlight.desk.EventFields;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.Tables;
import dev.porchlight.desk.events.InboxReplay;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogSteps;
import dev.porchlight.store.log.LogTimes;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Lead;
import dev.porchlight.value.LeadJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replays, and what they would do.
public final class Replays {
  private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
  private static final int LINES = 1000;
  private static final int PAGE = 200;
  private static final Duration COUNTING = Duration.ofSeconds(20);

  private final Store store;
  private final Deliveries deliveries;

  public Replays(Store store, Deliveries deliveries) {
    this.store = store;
    this.deliveries = deliveries;
  }

  /// An event that an endpoint would take.
  ///
  /// @param draw the event's
  /// @param state how its delivery stands; null when it has none
  record Candidate(Event event, Draw draw, String deliveryId, DeliveryState.@Nullable State state) {
    String word() {
      return state == null ? Replay.NEVER : state.word();
    }
  }

  /// Some lines of the log, looked at.
  ///
  /// @param chosen the events that are wanted
  /// @param passedOver how many events were not
  /// @param place up to where it was looked
  /// @param part of the line behind that, the last delivery that was looked at; empty for none
  record Page(List<Candidate> chosen, int passedOver, long place, String part) {}

  /// Looks on from a place, until so many events are chosen. One line may tell of a thousand, so a
  /// place may lie within what it tells of.
  Page look(Endpoint endpoint, Replay.Wanted wanted, long place, String part, int most) {
    var settings = store.settings();
    long last = Math.min(wanted.until() - 1, place + LINES);
    boolean changes = Changes.areAskedForBy(endpoint);
    var all =
        events(settings, place, last, changes).stream()
            .map(found -> Step.of(found, endpoint))
            .filter(step -> step.seq() > place + 1 || step.deliveryId().compareTo(part) > 0)
            .sorted(Comparator.comparing(Step::seq).thenComparing(Step::deliveryId))
            .toList();
    var states = deliveries.statesOf(all.stream().map(Step::deliveryId).toList());
    var chosen = new ArrayList<Candidate>();
    int passedOver = 0;
    long line = place + 1;
    var done = part;
    for (var step : all) {
      if (chosen.size() >= most) {
        return new Page(chosen, passedOver, step.seq() - 1, step.seq() == line ? done : "");
      }
      line = step.seq();
      done = step.deliveryId();
      var candidate =
          new Candidate(step.found().event(), step.found().draw(), done, states.get(done));
      if (isWanted(settings, endpoint, wanted, candidate)) {
        chosen.add(candidate);
      } else {
        passedOver++;
      }
    }
    return new Page(chosen, passedOver, Math.max(last, place), "");
  }

  /// An event, with the delivery that it has at an endpoint, or would have.
  private record Step(Found found, String deliveryId) {
    static Step of(Found found, Endpoint endpoint) {
      return new Step(found, Planner.deliveryId(found.draw(), endpoint.id()));
    }

    long seq() {
      return found.event().seq();
    }
  }

  private static boolean isWanted(
      Settings settings, Endpoint endpoint, Replay.Wanted wanted, Candidate candidate) {
    var event = candidate.event();
    return wanted.states().contains(candidate.word())
        && (wanted.kinds().isEmpty() || wanted.kinds().contains(event.kind()))
        && (wanted.sources().isEmpty() || wanted.sources().contains(event.sourceId()))
        && EventFilters.matches(wanted.filter(), event.fields())
        && Planner.wants(settings, endpoint, event);
  }

  private record Found(Event event, Draw draw) {}

  /// @param changes whether those of contacts, listings and assignments are wanted too
  private List<Found> events(Settings settings, long after, long last, boolean changes) {
    var lines =
        store.read(h ->
            h.createQuery(
                    "SELECT seq, at, kind, subject, ref FROM log WHERE seq > :after AND seq <="
                        + " :last AND kind IN ("
                        + (changes ? Changes.linesInSql() : "'lead.created', 'lead.updated'")
                        + ") ORDER BY seq")
                .bind("after", after)
                .bind("last", last)
                .map((r, _) ->
                    new LogEntry(
                        r.getLong(1),
                        Row.instant(r.getLong(2)),
                        r.getString(3),
                        r.getString(4),
                        r.getString(5)))
                .list());
    return LogSteps.read(store, LOG, lines, (h, line) -> events(h, settings, line, changes));
  }

  private static List<Found> events(Handle h, Settings settings, LogEntry line, boolean changes) {
    var all = new ArrayList<Found>();
    if (line.kind().startsWith("lead.")) {
      event(h, settings, line).ifPresent(all::add);
    }
    if (changes) {
      Changes.in(h, settings, line).forEach(c -> all.add(new Found(c.event(), c.draw())));
    }
    return all;
  }

  /// Empty for what was erased.
  private static Optional<Found> event(Handle h, Settings settings, LogEntry line) {
    var lead =
        h.createQuery("SELECT " + Tables.LEAD.columnList() + " FROM lead WHERE id = :id")
            .bind("id", line.subject())
            .map((r, _) -> Tables.LEAD.read(new Row(r)))
            .findOne();
    var receipt =
        h.createQuery("SELECT " + Tables.RECEIPT.columnList() + " FROM receipt WHERE id = :id")
            .bind("id", line.ref())
            .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
            .findOne();
    if (lead.isEmpty()
        || lead.get().erasedAt() != null
        || receipt.isEmpty()
        || receipt.get().erasedAt() != null) {
      return Optional.empty();
    }
    var source = Sources.in(settings).find(lead.get().sourceId());
    var fact =
        h.createQuery("SELECT fact FROM lead_version WHERE lead_id = :l AND version = :v")
            .bind("l", line.subject())
            .bind("v", receipt.get().version())
            .mapTo(String.class)
            .findOne();
    if (source.isEmpty() || fact.isEmpty()) {
      return Optional.empty();
    }
    var draw = receipt.get().draw();
    var record =
        lead.get().updated(receipt.get().version(), lead.get().test(), lead.get().updatedAt());
    var owner =
        h.createQuery("SELECT owner_id FROM contact WHERE id = :c AND deleted_at IS NULL")
            .bind("c", record.contactId())
            .mapTo(String.class)
            .findOne()
            .orElse("");
    var fields =
        new EventFields(
            Nodes.in(settings),
            source.get(),
            record,
            LeadJson.find(fact.get()).orElse(Lead.NOTHING),
            line.kind(),
            owner,
            draw.at());
    return Optional.of(
        new Found(
            new Event(
                "evt_" + draw.uuid("event"),
                line.kind(),
                draw.at(),
                line.seq(),
                record.id(),
                record.version(),
                record.officeId(),
                record.sourceId(),
                record.test(),
                record.contactId(),
                owner,
                fields),
            draw));
  }

  /// What a replay would do.
  ///
  /// @param byState how many events it would deliver, by how their deliveries stand
  /// @param complete whether everything was counted in the time for it
  public record Count(Map<String, Long> byState, boolean complete) {}

  /// Counts what a replay would do, and changes nothing.
  public Count count(Endpoint endpoint, Replay.Wanted wanted) {
    long began = System.nanoTime();
    var byState = new TreeMap<String, Long>();
    long place = wanted.first() - 1;
    while (place < wanted.until() - 1) {
      if (System.nanoTime() - began > COUNTING.toNanos()) {
        return new Count(byState, false);
      }
      var page = look(endpoint, wanted, place, "", Integer.MAX_VALUE);
      page.chosen().forEach(c -> byState.merge(c.word(), 1L, Long::sum));
      place = page.place();
    }
    return new Count(byState, true);
  }

  /// The first place in the log whose time is not before that.
  public long firstAt(Instant time) {
    return store.read(h -> LogTimes.firstAt(h, time));
  }

  /// The place behind the log's last line.
  public long end() {
    return store.read(
        h -> h.createQuery("SELECT COALESCE(MAX(seq), 0) + 1 FROM log").mapTo(Long.class).one());
  }

  /// One of them, an inbox's too.
  public Optional<Replay> find(String id) {
    return store
        .read(h ->
            h.createQuery("SELECT " + Replay.TABLE.columnList() + " FROM replay WHERE id = :id")
                .bind("id", id)
                .map((r, _) -> Replay.TABLE.read(new Row(r)))
                .findOne())
        .or(() -> InboxReplay.find(store, id).map(this::of));
  }

  private Replay of(InboxReplay job) {
    return Replay.of(job, Replay.endpoint(store.settings(), job.receiver()));
  }

  /// Some of them, those of inboxes too, first one first.
  ///
  /// @param after only those with a greater id; empty for all
  /// @param visible which of them
  public List<Replay> list(String after, int most, Predicate<Replay> visible) {
    var found = new ArrayList<Replay>();
    var from = after;
    while (true) {
      var page = page(from);
      for (var replay : page) {
        if (visible.test(replay)) {
          found.add(replay);
          if (found.size() == most) {
            return found;
          }
        }
      }
      if (page.size() < PAGE) {
        return found;
      }
      from = page.getLast().id();
    }
  }

  private List<Replay> page(String after) {
    var all =
        new ArrayList<>(
            store.read(h ->
                h.createQuery(
                        "SELECT "
                            + Replay.TABLE.columnList()
                            + " FROM replay WHERE id > :after ORDER BY id LIMIT :most")
                    .bind("after", after)
                    .bind("most", PAGE)
                    .map((r, _) -> Replay.TABLE.read(new Row(r)))
                    .list()));
    InboxReplay.listAfter(store, after, PAGE).forEach(job -> all.add(of(job)));
    all.sort(Comparator.comparing(Replay::id));
    return all.subList(0, Math.min(PAGE, all.size()));
  }

  /// The newest of them, those of inboxes too, newest first.
  ///
  /// @param before only those with a lesser id; empty for all
  public List<Replay> listNewest(String before, int most) {
    var all =
        new ArrayList<>(
            store.read(h -> {
              var query =
                  h.createQuery(
                      "SELECT "
                          + Replay.TABLE.columnList()
                          + " FROM replay"
                          + (before.isEmpty() ? "" : " WHERE id < :before")
                          + " ORDER BY id DESC LIMIT :most");
              if (!before.isEmpty()) {
                query.bind("before", before);
              }
              return query.bind("most", most).map((r, _) -> Replay.TABLE.read(new Row(r))).list();
            }));
    InboxReplay.listNewest(store, before, most).forEach(job -> all.add(of(job)));
    all.sort(Comparator.comparing(Replay::id).reversed());
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  /// The node whose scope sees a replay: its endpoint's, or that of the inbox's owner.
  public Optional<String> node(Replay replay) {
    return replay.inbox().isEmpty()
        ? endpoint(replay).map(Endpoint::node)
        : Parties.in(store.settings()).find(replay.inbox()).map(Party::node);
  }

  /// What it is for: the endpoint's name, or that of the inbox's owner.
  public Optional<String> name(Replay replay) {
    return replay.inbox().isEmpty()
        ? endpoint(replay).map(Endpoint::name)
        : Parties.in(store.settings()).find(replay.inbox()).map(Party::name);
  }

  List<Replay> listRunning() {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Replay.TABLE.columnList()
                    + " FROM replay WHERE state = 'running' ORDER BY id")
            .map((r, _) -> Replay.TABLE.read(new Row(r)))
            .list());
  }

  Optional<Endpoint> endpoint(Replay replay) {
    return Endpoints.in(store.settings()).find(replay.endpointId());
  }
}
