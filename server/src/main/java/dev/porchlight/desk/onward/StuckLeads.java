package dev.porchlight.desk.onward;

import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Whereabouts;
import dev.porchlight.desk.Tables;
import dev.porchlight.store.Batch;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Looks for leads that nobody has taken, and for those that one endpoint has not taken while
/// others have, as far as [Sparing] does not spare them.
///
/// A lead that others have goes where an endpoint has given it up, since waiting mends nothing
/// there, or fails. An endpoint that somebody disabled is not waited for, nor one that was removed:
/// what those have not taken is stuck where nobody else has it either.
///
/// Deliveries are looked at in the log's order, each once, when it is old enough; one that is given
/// up later, once more then; and the first lead that was spared, when its endpoint's rest is over.
final class StuckLeads {
  private static final int PAGE = 100;
  private static final String REACHED = "delivery";

  private final Store store;
  private final int hub;
  private final Deliveries deliveries;
  private final FallbackMail mail;
  private final Sparing sparing;

  StuckLeads(Store store, int hub, Deliveries deliveries, FallbackMail mail) {
    this.store = store;
    this.hub = hub;
    this.deliveries = deliveries;
    this.mail = mail;
    sparing = new Sparing(store);
  }

  /// @param missing the endpoints that have not taken it
  /// @param ofOthers whether others have it and no endpoint has given it up, so that it may be
  ///   spared
  private record StuckLead(
      FallbackMail.Stuck stuck, List<Whereabouts.At> missing, boolean ofOthers) {}

  /// Looks at the next deliveries; whether there may be more.
  boolean look() {
    var place = FallbackPlaces.reached(store, REACHED);
    var limit = store.now().minus(Fallback.PATIENCE);
    var stuck = new ArrayList<StuckLead>();
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
    return reached > before
        && FallbackPlaces.move(
            store,
            REACHED,
            place,
            Long.toString(reached),
            batch -> stuck.forEach(lead -> plan(batch, lead)));
  }

  /// What a line of the log asks for that says that a delivery was given up: it may have been
  /// looked at while it still waited.
  List<Consumer<Batch>> givenUp(LogEntry line) {
    if (!line.kind().equals("delivery." + DeliveryState.State.DEAD.word())
        && !line.kind().equals("delivery." + DeliveryState.State.UNWRITABLE.word())) {
      return List.of();
    }
    var place = FallbackPlaces.reached(store, REACHED);
    long reached = place.isEmpty() ? 0 : Long.parseLong(place);
    return deliveries
        .find(Scope.EVERYTHING, line.ref())
        .map(s -> s.delivery().seq())
        .filter(seq -> seq <= reached)
        .flatMap(this::stuckAt)
        .<List<Consumer<Batch>>>map(lead -> List.of(batch -> plan(batch, lead)))
        .orElse(List.of());
  }

  /// Goes back to the leads that were spared, endpoint by endpoint: to the first that still waits,
  /// once nobody was told of its endpoint for long enough. Whether there may be more.
  boolean lookAtSpared() {
    boolean more = false;
    for (var spared : sparing.due()) {
      more |= lookAtSpared(spared);
    }
    return more;
  }

  private boolean lookAtSpared(FallbackTables.FallbackPlaceRow spared) {
    var next = sparing.next(spared);
    var place = FallbackPlaces.reached(store, REACHED);
    if (next.isEmpty() || place.isEmpty() || next.get() > Long.parseLong(place)) {
      sparing.forget(spared);
      return false;
    }
    var lead = stuckAt(next.get());
    return store.write(
        WorkQueue.EVENTS,
        batch -> {
          if (!spared.equals(FallbackPlaces.find(batch, spared.kind()))
              || lead.isPresent() && plan(batch, lead.get()) == Went.SPARED) {
            return false;
          }
          FallbackPlaces.put(batch, spared.kind(), next.get().toString());
          return true;
        });
  }

  /// What is stuck of the event at that place in the log.
  private Optional<StuckLead> stuckAt(long seq) {
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

  /// @param event its deliveries
  private Optional<StuckLead> stuck(List<Whereabouts.At> event) {
    var missing = event.stream().filter(Whereabouts.At::isMissing).toList();
    boolean taken = event.stream().anyMatch(a -> a.holding() == Whereabouts.Holding.TAKEN);
    if (missing.isEmpty() || taken && missing.stream().noneMatch(Sparing::isWaitedFor)) {
      return Optional.empty();
    }
    var d = missing.getFirst().standing().delivery();
    return Optional.of(
        new StuckLead(
            new FallbackMail.Stuck(
                Planner.UNDELIVERED,
                d.leadId(),
                d.version(),
                d.officeId(),
                d.plannedAt(),
                "The lead was not delivered within 60 s.",
                Draw.fresh(store.now(), hub)),
            missing,
            taken && missing.stream().noneMatch(a -> a.holding() == Whereabouts.Holding.GIVEN_UP)));
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

  /// What became of a lead that is stuck.
  private enum Went {
    PLANNED,
    /// It does not go at all.
    NOT,
    /// It does not go now.
    SPARED
  }

  private Went plan(Batch batch, StuckLead lead) {
    var stuck = lead.stuck();
    var address = FallbackMail.address(batch, stuck);
    var source = source(batch, stuck.ref());
    if (address.isEmpty() || source == null) {
      return Went.NOT;
    }
    if (lead.ofOthers() && Sparing.spares(batch, lead.missing())) {
      return Went.SPARED;
    }
    Sparing.tell(batch, lead.missing());
    mail.plan(batch, stuck, source, address.get());
    return Went.PLANNED;
  }

  /// The source of a lead that somebody waits for; null for others.
  private static @Nullable String source(Batch batch, String id) {
    var lead = batch.find(Tables.LEAD, id);
    return lead == null || lead.test() || lead.erasedAt() != null ? null : lead.sourceId();
  }
}
