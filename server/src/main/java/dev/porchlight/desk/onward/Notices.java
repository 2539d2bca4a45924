package dev.porchlight.desk.onward;

import dev.porchlight.account.Node;
import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Delivery;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.filter.Value;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogSteps;
import dev.porchlight.store.log.StandingWork;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells endpoints that ask for it what becomes of contacts and listings and who answers leads
/// ([Changes]), and how other endpoints fare: which one fails, was disabled or is back, which
/// delivery is dead, which replay has finished. How endpoints fare also goes to the fallback
/// address of their office, where there is one.
///
/// It follows the log. How far it went is written in the unit that plans, which does nothing where
/// another hub was quicker; so each line is told once. What came before somebody asked is not.
public final class Notices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

  /// The kinds of event, which only those get who name them, or their family (`endpoint.*`).
  public static final Set<String> KINDS =
      Set.of(
          "endpoint.failing",
          "endpoint.disabled",
          "endpoint.recovered",
          "delivery.dead",
          "replay.finished");

  private static final String PLACE = "notice";
  private static final int PAGE = 1000;
  private static final int AT_ONCE = 50;
  private static final int VERSIONS = 100;

  private final Store store;
  private final int hub;
  private final Deliveries deliveries;
  private final Runnable work;
  private final StandingWork looking;
  private volatile boolean asked;

  /// While nobody asks: where the log ended when that was last seen.
  private long idle;

  /// Starts.
  ///
  /// @param work is told that deliveries are due
  public Notices(Store store, int hub, Deliveries deliveries, Runnable work) {
    this.store = store;
    this.hub = hub;
    this.deliveries = deliveries;
    this.work = work;
    looking = StandingWork.inSteps("notices", LOG, this::look);
    looking.start(store, kind -> asked && isOfInterest(kind));
  }

  private static boolean isOfInterest(String kind) {
    return KINDS.contains(kind) || Changes.LINES.contains(kind);
  }

  /// Looks again now.
  public void wake() {
    looking.wake();
  }

  private boolean look() {
    var endpoints = Endpoints.in(store.settings());
    var asking = endpoints.all().stream().filter(e -> asks(endpoints, e)).toList();
    asked = !asking.isEmpty() || endpoints.hasFallback();
    if (!asked) {
      idle =
          store.read(
              h -> h.createQuery("SELECT COALESCE(MAX(seq), 0) FROM log").mapTo(Long.class).one());
      return false;
    }
    var place = place();
    long from = Math.max(idle, place.isEmpty() ? 0 : Long.parseLong(place));
    var page = lines(from);
    if (page.isEmpty()) {
      return false;
    }
    var about = new ArrayList<About>();
    for (var line : page) {
      if (isOfAnEndpoint(line.kind()) || !asking.isEmpty() && KINDS.contains(line.kind())) {
        StandingWork.orStepOver(LOG, LogSteps.what(line), () -> about(line).ifPresent(about::add));
      }
    }
    var changes = changes(asking, page);
    var since = about.isEmpty() && changes.isEmpty() ? Map.<String, Asking>of() : since(asking);
    var planned = new AtomicBoolean();
    var steps = new ArrayList<LogSteps.Step>();
    for (var one : about) {
      var draw = Draw.fresh(store.now(), hub);
      steps.add(
          LogSteps.Step.of(one.line(), batch -> planned(planned, plan(batch, one, since, draw))));
    }
    for (var change : changes) {
      steps.add(
          LogSteps.Step.of(
              change.line(), batch -> planned(planned, plan(batch, change.change(), since))));
    }
    steps.sort(Comparator.comparingLong(LogSteps.Step::seq));
    LogSteps.take(LOG, steps, AT_ONCE, page.getLast().seq(), (some, to) -> write(asking, some, to));
    if (planned.get()) {
      work.run();
    }
    return page.size() == PAGE;
  }

  private static void planned(AtomicBoolean any, boolean some) {
    if (some) {
      any.set(true);
    }
  }

  private boolean write(List<Endpoint> asking, List<LogSteps.Step> steps, long to) {
    return store.write(
        WorkQueue.EVENTS,
        batch -> {
          // Made or changed at another hub just now: looked at again with those in view.
          var known = Endpoints.in(batch.settings());
          if (known.all().stream().anyMatch(e -> asks(known, e) && !asking.contains(e))) {
            return false;
          }
          var row = batch.find(FallbackTables.FALLBACK_PLACE, PLACE);
          long done = row == null ? 0 : Long.parseLong(row.place());
          steps.stream().filter(s -> s.seq() > done).forEach(s -> s.work().accept(batch));
          if (to > done) {
            batch.put(
                FallbackTables.FALLBACK_PLACE,
                new FallbackTables.FallbackPlaceRow(PLACE, Long.toString(to)));
          }
          return true;
        });
  }

  private static boolean asks(Endpoints endpoints, Endpoint endpoint) {
    return !endpoints.isFallback(endpoint.id())
        && (KINDS.stream().anyMatch(endpoint::names) || Changes.areAskedForBy(endpoint));
  }

  /// An event and the line that tells of it.
  private record Told(LogEntry line, Changes.Change change) {}

  private List<Told> changes(List<Endpoint> asking, List<LogEntry> page) {
    if (asking.stream().noneMatch(Changes::areAskedForBy)) {
      return List.of();
    }
    var settings = store.settings();
    return LogSteps.read(
        store,
        LOG,
        page.stream().filter(l -> Changes.LINES.contains(l.kind())).toList(),
        (h, line) ->
            Changes.in(h, settings, line).stream()
                .filter(c -> asking.stream().anyMatch(e -> e.names(c.event().kind())))
                .map(c -> new Told(line, c))
                .toList());
  }

  private static boolean plan(Batch batch, Changes.Change change, Map<String, Asking> since) {
    var event = change.event();
    return !Changes.isOver(batch, event)
        && Planner.tell(
            batch,
            event,
            change.draw(),
            e -> since.containsKey(e.id()) && since.get(e.id()).already(event.seq(), event.kind()));
  }

  /// A line of the log and the endpoint that it concerns.
  private record About(LogEntry line, String endpoint) {}

  /// Whether it says how an endpoint fares.
  private static boolean isOfAnEndpoint(String kind) {
    return KINDS.contains(kind) && kind.startsWith("endpoint.");
  }

  /// Empty for what is told to nobody: that a notice itself could not be delivered.
  private Optional<About> about(LogEntry line) {
    if (!line.kind().startsWith("delivery.")) {
      return Optional.of(new About(line, line.subject()));
    }
    return deliveries
        .find(Scope.EVERYTHING, line.ref())
        .map(s -> s.delivery())
        .filter(d -> !KINDS.contains(d.kind()))
        .map(d -> new About(line, d.endpointId()));
  }

  /// @param since since when endpoints ask: they are told of what came after
  private static boolean plan(Batch batch, About about, Map<String, Asking> since, Draw draw) {
    var nodes = Nodes.in(batch.settings());
    var endpoints = Endpoints.in(batch.settings());
    var concerned = endpoints.find(about.endpoint());
    if (concerned.isEmpty()) {
      return false;
    }
    var node = concerned.get().node();
    var office = nodes.officeOf(node).map(Node::id).orElse(node);
    var line = about.line();
    var asking = new ArrayList<Endpoint>();
    for (var endpoint : endpoints.all()) {
      if (endpoint.id().equals(about.endpoint())
          || !since.containsKey(endpoint.id())
          || !since.get(endpoint.id()).already(line.seq(), line.kind())
          || !nodes.isWithin(node, endpoint.node())) {
        continue;
      }
      asking.add(endpoint);
    }
    var mail =
        isOfAnEndpoint(line.kind())
            ? NodeMail.fallbackOf(batch.settings(), node)
                .flatMap(said -> endpoints.fallbackAt(said.node()))
                .filter(fallback -> !line.at().isBefore(fallback.since()))
                .map(Endpoints.Fallback::endpoint)
            : Optional.<Endpoint>empty();
    if (asking.isEmpty() && mail.isEmpty()) {
      return false;
    }
    var event =
        new Event(
            "evt_" + draw.uuid("event"),
            line.kind(),
            line.at(),
            batch.append(Planner.TOLD, about.endpoint(), Long.toString(line.seq())),
            about.endpoint(),
            0,
            office,
            "",
            false,
            about.endpoint(),
            "",
            _ -> Value.UNSET);
    var why = "It asks for " + line.kind() + " of the endpoints of its node.";
    asking.forEach(endpoint -> Planner.planTold(batch, event, endpoint, why, draw));
    mail.ifPresent(endpoint ->
        Planner.planTold(
            batch,
            event,
            endpoint,
            "An endpoint of its node fares so: " + line.kind() + ".",
            draw));
    return true;
  }

  /// Since when an endpoint names which kinds.
  ///
  /// @param versions its versions in a row, newest first, each with its place in the log
  private record Asking(List<Version> versions) {
    record Version(long seq, Endpoint endpoint) {}

    /// Whether it named that kind when a line was written, and has ever since.
    boolean already(long seq, String kind) {
      for (var version : versions) {
        if (!version.endpoint().names(kind)) {
          return false;
        }
        if (version.seq() < seq) {
          return true;
        }
      }
      return false;
    }
  }

  private Map<String, Asking> since(List<Endpoint> endpoints) {
    var since = new HashMap<String, Asking>();
    for (var endpoint : endpoints) {
      var versions =
          store.read(h ->
              h.createQuery(
                      "SELECT seq, body FROM setting WHERE kind = :k AND id = :i"
                          + " AND body IS NOT NULL ORDER BY seq DESC LIMIT "
                          + VERSIONS)
                  .bind("k", Endpoint.SETTING)
                  .bind("i", endpoint.id())
                  .map((r, _) ->
                      new Asking.Version(r.getLong(1), Json.read(r.getString(2), Endpoint.class)))
                  .list());
      since.put(endpoint.id(), new Asking(versions));
    }
    return since;
  }

  private String place() {
    return store.read(h ->
        h.createQuery("SELECT place FROM fallback_place WHERE kind = :k")
            .bind("k", PLACE)
            .mapTo(String.class)
            .findOne()
            .orElse(""));
  }

  private List<LogEntry> lines(long after) {
    return lines(store, after, PAGE);
  }

  private static List<LogEntry> lines(Store store, long after, int most) {
    return store.read(h ->
        h.createQuery(
                "SELECT seq, at, kind, subject, ref FROM log WHERE seq > :after"
                    + " ORDER BY seq LIMIT "
                    + most)
            .bind("after", after)
            .map((r, _) ->
                new LogEntry(
                    r.getLong(1),
                    Row.instant(r.getLong(2)),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5)))
            .list());
  }

  private static LogEntry line(Store store, long seq) {
    return lines(store, seq - 1, 1).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no line " + seq));
  }

  /// What a notice says: `{"type", "timestamp", "data"}`.
  ///
  /// @throws IllegalStateException when its line is not in the log
  public static byte[] body(Store store, Deliveries deliveries, Delivery delivery) {
    var line = line(store, Long.parseLong(line(store, delivery.seq()).ref()));
    var event = Json.object();
    event.put("type", line.kind());
    event.put("timestamp", line.at().toString());
    var data = event.putObject("data");
    data.put("sequence", delivery.seq());
    data.put("endpoint", delivery.leadId());
    var endpoint = Endpoints.in(store.settings()).find(delivery.leadId());
    endpoint
        .or(() -> Endpoints.findPast(store, delivery.leadId()))
        .ifPresent(e -> data.put("endpoint_name", e.name()));
    if (endpoint.isEmpty()) {
      data.put("endpoint_removed", true);
    }
    switch (line.kind()) {
      case "delivery.dead" -> {
        data.put("delivery", line.ref());
        data.put("lead", line.subject());
        deliveries
            .find(Scope.EVERYTHING, line.ref())
            .ifPresent(s -> data.put("reason", s.state().reason()));
      }
      case "endpoint.failing" -> data.put("patience_used_percent", Integer.parseInt(line.ref()));
      case "endpoint.disabled" -> data.put("reason", line.ref());
      case "replay.finished" -> data.put("replay", line.ref());
      default -> {}
    }
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Returns when nothing is being planned any more.
  @Override
  public void close() {
    looking.close();
  }
}
