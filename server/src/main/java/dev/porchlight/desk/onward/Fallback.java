package dev.porchlight.desk.onward;

import dev.porchlight.account.NodeMail;
import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Erased;
import dev.porchlight.delivery.Event;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Whereabouts;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.SourcePause;
import dev.porchlight.desk.Tables;
import dev.porchlight.filter.Value;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Row;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.LogPlace;
import dev.porchlight.store.log.LogWalk;
import dev.porchlight.store.log.StandingWork;
import dev.porchlight.value.Draw;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends to an office's fallback address what has been stuck for a minute: leads that nobody has
/// taken, some of those that one endpoint has not taken while others have, and receipts that are
/// quarantined or owed. The customer can't wait for an engineer; and who gets a mail for each lead
/// for hours reads none.
///
/// A lead that others have goes where an endpoint has given it up, since waiting mends nothing
/// there. Where it waits for an endpoint that fails, one such lead goes in an hour, and where the
/// hub has disabled that, in a day; a new run of failures begins anew. An endpoint that somebody
/// disabled is not waited for, nor one that was removed: what those have not taken is stuck where
/// nobody else has it either.
///
/// Deliveries are looked at in the log's order and receipts in that of their ids, each once, when
/// it is a minute old; a delivery that is given up later, once more then. For each endpoint it is
/// kept behind which place leads were spared; the first that still waits goes when the hour, or the
/// day, is over. How far that went is written in the unit that plans the mails, which does nothing
/// where another hub was quicker; and a lead or a receipt that went once does not go again. A
/// receipt that waits because its source is paused is passed over, and where that was is written
/// too: once the source is not paused any more, receipts are looked at from there on again.
public final class Fallback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);

  /// How long something may be stuck.
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int PAGE = 100;
  private static final String DELIVERIES = "delivery";
  private static final String RECEIPTS = "receipt";

  /// Before an endpoint's id: the kind of place that says when a lead went which others had, and
  /// this endpoint had not.
  private static final String TOLD = "told ";

  /// Before an endpoint's id: the kind of place in the log behind which there may be leads that did
  /// not go, since one had gone for that endpoint just then.
  private static final String SPARED = "spared ";

  private static final LogPlace GIVEN_UP = new LogPlace("fallback");
  private static final int STEPS = 20;

  private static final Duration REST = Duration.ofHours(1);
  private static final Duration REST_WHERE_DISABLED = Duration.ofDays(1);

  /// Before its source's id: the kind of place before the first receipt that was passed over since
  /// it waited for that source.
  private static final String HELD = "held ";

  private final Store store;
  private final int hub;
  private final Planner planner;
  private final Deliveries deliveries;
  private final Consumer<List<Planner.Claim>> lanes;
  private final LogWalk givenUp;
  private final StandingWork work;

  /// Starts.
  ///
  /// @param lanes takes the lanes that may be started on at once
  public Fallback(
      Store store,
      int hub,
      Planner planner,
      Deliveries deliveries,
      Consumer<List<Planner.Claim>> lanes) {
    this.store = store;
    this.hub = hub;
    this.planner = planner;
    this.deliveries = deliveries;
    this.lanes = lanes;
    givenUp = new LogWalk(store, LOG, GIVEN_UP, PAGE * 10, STEPS);
    work = StandingWork.inSteps("fallback", LOG, this::look);
    work.start();
  }

  /// Looks again now.
  public void wake() {
    work.wake();
  }

  private boolean look() {
    return Endpoints.in(store.settings()).hasFallback()
        && (goBack()
            | givenUp.goOn(this::givenUp)
            | lookAtSpared()
            | lookAtDeliveries()
            | lookAtReceipts());
  }

  private String place(String kind) {
    return store.read(h ->
        h.createQuery("SELECT place FROM fallback_place WHERE kind = :k")
            .bind("k", kind)
            .mapTo(String.class)
            .findOne()
            .orElse(""));
  }

  /// Something that may be stuck, and the chance that its mail may use.
  ///
  /// @param version of the lead; 0 for a receipt
  /// @param missing the endpoints that have not taken it
  /// @param spared whether it goes only where one of them was not told of just now
  private record Stuck(
      String kind,
      String ref,
      int version,
      String office,
      Instant since,
      String why,
      Draw draw,
      List<Whereabouts.At> missing,
      boolean spared) {}

  private boolean lookAtDeliveries() {
    var place = place(DELIVERIES);
    var limit = store.now().minus(PATIENCE);
    var stuck = new ArrayList<Stuck>();
    long reached = place.isEmpty() ? 0 : Long.parseLong(place);
    long before = reached;
    var page = new ArrayList<>(deliveries.listAfter(behind(reached), PAGE));
    // All of one event are looked at together, or its other deliveries would be passed over.
    long last = page.size() == PAGE ? page.getLast().delivery().seq() : Long.MAX_VALUE;
    boolean one = !page.isEmpty() && page.getFirst().delivery().seq() == last;
    if (one) {
      rest(page);
    }
    var now = Whereabouts.now(store);
    var event = new ArrayList<Whereabouts.At>();
    for (var standing : page) {
      var d = standing.delivery();
      if (d.plannedAt().isAfter(limit) || d.seq() == last && !one) {
        break;
      }
      if (d.seq() != reached) {
        stuck(event).ifPresent(stuck::add);
        event.clear();
      }
      reached = d.seq();
      if (Whereabouts.isOfALead(d)) {
        event.add(now.at(standing));
      }
    }
    stuck(event).ifPresent(stuck::add);
    return reached > before && go(DELIVERIES, place, Long.toString(reached), stuck);
  }

  /// What a line of the log asks for that says that a delivery was given up: it may have been
  /// looked at while it still waited.
  private List<Consumer<Batch>> givenUp(LogEntry line) {
    if (!line.kind().equals("delivery." + DeliveryState.State.DEAD.word())
        && !line.kind().equals("delivery." + DeliveryState.State.UNWRITABLE.word())) {
      return List.of();
    }
    var place = place(DELIVERIES);
    long reached = place.isEmpty() ? 0 : Long.parseLong(place);
    return deliveries
        .find(Scope.EVERYTHING, line.ref())
        .map(s -> s.delivery().seq())
        .filter(seq -> seq <= reached)
        .flatMap(this::stuckAt)
        .<List<Consumer<Batch>>>map(stuck -> List.of(batch -> plan(batch, stuck)))
        .orElse(List.of());
  }

  /// What is stuck of the event at that place in the log.
  private Optional<Stuck> stuckAt(long seq) {
    var page = new ArrayList<>(deliveries.listAfter(behind(seq - 1), PAGE));
    if (page.size() == PAGE && page.getLast().delivery().seq() == seq) {
      rest(page);
    }
    var now = Whereabouts.now(store);
    return stuck(
        page.stream()
            .filter(s -> s.delivery().seq() == seq && Whereabouts.isOfALead(s.delivery()))
            .map(now::at)
            .toList());
  }

  /// Goes back to the leads that were spared, endpoint by endpoint: to the first that still waits,
  /// once nobody was told of its endpoint for long enough. Forgets endpoints that are gone.
  private boolean lookAtSpared() {
    var endpoints = Endpoints.in(store.settings());
    var kept =
        store.read(h ->
            h.createQuery(
                    "SELECT kind, place FROM fallback_place WHERE kind LIKE '"
                        + SPARED
                        + "%' OR kind LIKE '"
                        + TOLD
                        + "%'")
                .map((r, _) ->
                    new FallbackTables.FallbackPlaceRow(r.getString("kind"), r.getString("place")))
                .list());
    boolean more = false;
    for (var row : kept) {
      var id = row.kind().substring(row.kind().indexOf(' ') + 1);
      var endpoint = endpoints.find(id);
      if (endpoint.isEmpty()) {
        forget(row);
        continue;
      }
      var rest = endpoint.get().disabled() ? REST_WHERE_DISABLED : REST;
      boolean rests =
          kept.stream()
              .filter(other -> other.kind().equals(TOLD + id))
              .anyMatch(told -> store.now().isBefore(Instant.parse(told.place()).plus(rest)));
      if (row.kind().startsWith(SPARED) && !rests) {
        more |= lookAtSpared(row);
      }
    }
    return more;
  }

  private boolean lookAtSpared(FallbackTables.FallbackPlaceRow spared) {
    var next =
        store.read(h ->
            h.createQuery(
                    "SELECT s.seq FROM delivery_state s JOIN delivery d ON d.id = s.delivery_id"
                        + " WHERE s.endpoint_id = :e AND s.state = '"
                        + DeliveryState.State.PENDING.word()
                        + "' AND s.seq > :after AND d.kind IN ('lead.created', 'lead.updated')"
                        + " AND NOT EXISTS (SELECT 1 FROM fallback f WHERE f.ref = d.lead_id)"
                        + " ORDER BY s.seq LIMIT 1")
                .bind("e", spared.kind().substring(SPARED.length()))
                .bind("after", Long.parseLong(spared.place()))
                .mapTo(Long.class)
                .findOne());
    var place = place(DELIVERIES);
    if (next.isEmpty() || place.isEmpty() || next.get() > Long.parseLong(place)) {
      forget(spared);
      return false;
    }
    var stuck = stuckAt(next.get());
    return store.write(
        WorkQueue.EVENTS,
        batch -> {
          if (!spared.equals(batch.find(FallbackTables.FALLBACK_PLACE, spared.kind()))
              || stuck.isPresent() && plan(batch, stuck.get()) == Went.SPARED) {
            return false;
          }
          place(batch, spared.kind(), next.get().toString());
          return true;
        });
  }

  private void forget(FallbackTables.FallbackPlaceRow row) {
    store.write(
        WorkQueue.EVENTS,
        batch -> {
          // Somebody else may have been spared meanwhile.
          if (row.equals(batch.find(FallbackTables.FALLBACK_PLACE, row.kind()))) {
            batch.delete(FallbackTables.FALLBACK_PLACE, row.kind());
          }
          return true;
        });
  }

  /// @param event its deliveries
  private Optional<Stuck> stuck(List<Whereabouts.At> event) {
    var missing = event.stream().filter(Whereabouts.At::isMissing).toList();
    boolean taken = event.stream().anyMatch(a -> a.holding() == Whereabouts.Holding.TAKEN);
    if (missing.isEmpty() || taken && missing.stream().noneMatch(Fallback::isWaitedFor)) {
      return Optional.empty();
    }
    var d = missing.getFirst().standing().delivery();
    return Optional.of(
        new Stuck(
            Planner.UNDELIVERED,
            d.leadId(),
            d.version(),
            d.officeId(),
            d.plannedAt(),
            "The lead was not delivered within 60 s.",
            Draw.fresh(store.now(), hub),
            missing,
            taken && missing.stream().noneMatch(a -> a.holding() == Whereabouts.Holding.GIVEN_UP)));
  }

  /// Whether it matters that this endpoint has not taken a lead that others have.
  private static boolean isWaitedFor(Whereabouts.At at) {
    return at.holding() != Whereabouts.Holding.OFF && at.holding() != Whereabouts.Holding.REMOVED;
  }

  /// Whether somebody was told just now that this endpoint has not taken a lead that others have.
  private static boolean isTold(Batch batch, Whereabouts.At at) {
    var row = batch.find(FallbackTables.FALLBACK_PLACE, told(at));
    if (!isWaitedFor(at)) {
      return true;
    }
    if (row == null) {
      return false;
    }
    var when = Instant.parse(row.place());
    boolean disabled = at.holding() == Whereabouts.Holding.DISABLED;
    boolean ofAnotherRun =
        !disabled && at.failingSince() != null && when.isBefore(at.failingSince());
    return !ofAnotherRun
        && batch.clock().isBefore(when.plus(disabled ? REST_WHERE_DISABLED : REST));
  }

  private static void tell(Batch batch, Whereabouts.At at) {
    // Looked for first: a row that is there is not made anew.
    batch.find(FallbackTables.FALLBACK_PLACE, told(at));
    place(batch, told(at), batch.clock().toString());
  }

  private static String told(Whereabouts.At at) {
    return TOLD + at.standing().delivery().endpointId();
  }

  /// Of an event with more deliveries than a page has, all the others.
  private void rest(List<Deliveries.Standing> page) {
    var last = page.getLast().delivery();
    long seq = last.seq();
    while (true) {
      var more = deliveries.listAfter(new Deliveries.Place(seq, last.id()), PAGE);
      more.stream().filter(a -> a.delivery().seq() == seq).forEach(page::add);
      if (more.size() < PAGE || more.getLast().delivery().seq() != seq) {
        return;
      }
      last = more.getLast().delivery();
    }
  }

  /// Behind all deliveries of an event: no id is greater than that.
  private static Deliveries.Place behind(long seq) {
    return new Deliveries.Place(seq, "~");
  }

  /// Goes back to the first receipt that waited for a source which is not paused any more.
  private boolean goBack() {
    var settings = store.settings();
    var over =
        store
            .read(h ->
                h.createQuery("SELECT kind FROM fallback_place WHERE kind LIKE '" + HELD + "%'")
                    .mapTo(String.class)
                    .list())
            .stream()
            .filter(kind -> SourcePause.find(settings, kind.substring(HELD.length())).isEmpty())
            .toList();
    return !over.isEmpty()
        && store.write(
            WorkQueue.EVENTS,
            batch -> {
              for (var kind : over) {
                var held = batch.find(FallbackTables.FALLBACK_PLACE, kind);
                var reached = batch.find(FallbackTables.FALLBACK_PLACE, RECEIPTS);
                if (held == null) {
                  continue;
                }
                if (reached != null && held.place().compareTo(reached.place()) < 0) {
                  place(batch, RECEIPTS, held.place());
                }
                batch.delete(FallbackTables.FALLBACK_PLACE, kind);
              }
              return true;
            });
  }

  /// Looks again at a receipt that was put aside and is taken back: its mail, where putting it
  /// aside kept that from being sent, is owed again, and so is one that was not planned meanwhile.
  public static void takenBack(Batch batch, String receipt) {
    var told = batch.find(FallbackTables.FALLBACK, receipt);
    if (told != null) {
      if (!Erased.isEndedAside(batch, told.deliveryId())) {
        return;
      }
      batch.delete(FallbackTables.FALLBACK, receipt);
    }
    var reached = batch.find(FallbackTables.FALLBACK_PLACE, RECEIPTS);
    if (reached != null && reached.place().compareTo(receipt) >= 0) {
      // Before it, and behind all but those of nearly its own time.
      place(batch, RECEIPTS, receipt.substring(0, receipt.length() - 1));
    }
  }

  private static void place(Batch batch, String kind, String place) {
    batch.put(FallbackTables.FALLBACK_PLACE, new FallbackTables.FallbackPlaceRow(kind, place));
  }

  private boolean lookAtReceipts() {
    var place = place(RECEIPTS);
    var limit = store.now().minus(PATIENCE);
    var page =
        store.read(h ->
            h.createQuery(
                    "SELECT "
                        + Tables.RECEIPT.columnList()
                        + " FROM receipt WHERE state IN ('owed', 'quarantined') AND "
                        + Receipt.State.FEW
                        + " AND id > :a"
                        + " ORDER BY id LIMIT "
                        + PAGE)
                .bind("a", place)
                .map((r, _) -> Tables.RECEIPT.read(new Row(r)))
                .list());
    var old = page.stream().takeWhile(r -> !r.at().isAfter(limit)).toList();
    return !old.isEmpty()
        && go(
            RECEIPTS,
            place,
            old.getLast().id(),
            old.stream()
                .map(r ->
                    new Stuck(
                        Planner.UNREAD,
                        r.id(),
                        0,
                        r.officeId(),
                        r.at(),
                        "What came could not be made a lead within 60 s.",
                        Draw.fresh(store.now(), hub),
                        List.of(),
                        false))
                .toList());
  }

  /// Plans the mails and moves on, unless another hub did.
  private boolean go(String kind, String from, String to, List<Stuck> stuck) {
    return store.write(
        WorkQueue.EVENTS,
        batch -> {
          var row = batch.find(FallbackTables.FALLBACK_PLACE, kind);
          if (!Objects.equals(row == null ? "" : row.place(), from)) {
            return true;
          }
          place(batch, kind, to);
          for (var one : stuck) {
            if (kind.equals(RECEIPTS) && isHeld(batch, one.ref(), from)) {
              continue;
            }
            plan(batch, one);
          }
          return true;
        });
  }

  /// What became of something stuck.
  private enum Went {
    PLANNED,
    /// It does not go at all.
    NOT,
    /// It does not go now.
    SPARED
  }

  private Went plan(Batch batch, Stuck stuck) {
    var settings = batch.settings();
    var fallback = fallbackOf(settings, stuck.office());
    if (fallback.isEmpty()
        || stuck.since().isBefore(fallback.get().since())
        || batch.find(FallbackTables.FALLBACK, stuck.ref()) != null) {
      return Went.NOT;
    }
    var source = stuck.version() > 0 ? ofLead(batch, stuck.ref()) : ofReceipt(batch, stuck.ref());
    if (source == null) {
      return Went.NOT;
    }
    if (stuck.spared() && stuck.missing().stream().allMatch(at -> isTold(batch, at))) {
      stuck.missing().stream().filter(Fallback::isWaitedFor).forEach(at -> spare(batch, at));
      return Went.SPARED;
    }
    stuck.missing().stream().filter(Fallback::isWaitedFor).forEach(at -> tell(batch, at));
    var draw = stuck.draw();
    var endpoint = fallback.get().endpoint();
    long seq = batch.append(stuck.kind(), stuck.ref(), draw.uuid("delivery " + endpoint.id()));
    var event =
        new Event(
            "evt_" + draw.uuid("event"),
            stuck.kind(),
            draw.at(),
            seq,
            stuck.ref(),
            stuck.version(),
            stuck.office(),
            source,
            false,
            stuck.ref(),
            "",
            _ -> Value.UNSET);
    var plan = planner.plan(batch, event, endpoint, stuck.why(), draw);
    batch.put(
        FallbackTables.FALLBACK,
        new FallbackTables.FallbackRow(stuck.ref(), plan.deliveries().getFirst().id(), draw.at()));
    if (!plan.claims().isEmpty()) {
      batch.afterCommit(() -> lanes.accept(plan.claims()));
    }
    return Went.PLANNED;
  }

  /// Notes that there is a lead to go back to; the first place for an endpoint holds.
  private static void spare(Batch batch, Whereabouts.At at) {
    var delivery = at.standing().delivery();
    var kind = SPARED + delivery.endpointId();
    if (batch.find(FallbackTables.FALLBACK_PLACE, kind) == null) {
      place(batch, kind, Long.toString(delivery.seq() - 1));
    }
  }

  private static Optional<Endpoints.Fallback> fallbackOf(Settings settings, String office) {
    return NodeMail.fallbackOf(settings, office)
        .flatMap(said -> Endpoints.in(settings).fallbackAt(said.node()));
  }

  /// The source of a lead that somebody waits for; null for others.
  private static @Nullable String ofLead(Batch batch, String id) {
    var lead = batch.find(Tables.LEAD, id);
    return lead == null || lead.test() || lead.erasedAt() != null ? null : lead.sourceId();
  }

  /// Whether a receipt waits because somebody paused its source, and so is not stuck; if so, it is
  /// to be looked at again.
  ///
  /// @param before a place before it
  private static boolean isHeld(Batch batch, String id, String before) {
    var receipt = batch.find(Tables.RECEIPT, id);
    if (receipt == null
        || !SourcePause.holds(receipt)
        || SourcePause.find(batch.settings(), receipt.sourceId()).isEmpty()) {
      return false;
    }
    var kind = HELD + receipt.sourceId();
    if (batch.find(FallbackTables.FALLBACK_PLACE, kind) == null) {
      place(batch, kind, before);
    }
    return true;
  }

  /// The source of a receipt that is still stuck; null for others.
  private static @Nullable String ofReceipt(Batch batch, String id) {
    var receipt = batch.find(Tables.RECEIPT, id);
    return receipt == null
            || receipt.state() != Receipt.State.QUARANTINED && receipt.state() != Receipt.State.OWED
        ? null
        : receipt.sourceId();
  }

  /// Returns when nothing is being planned any more.
  @Override
  public void close() {
    work.close();
  }
}
