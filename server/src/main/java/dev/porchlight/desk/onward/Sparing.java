package dev.porchlight.desk.onward;

import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Whereabouts;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Spares an office the mails about leads that others have, and only an endpoint that fails has
/// not: one of them goes in an hour, and where the hub has disabled that endpoint, in a day; a new
/// run of failures begins anew.
///
/// For each endpoint it is kept when somebody was last told of it, and behind which place in the
/// log leads were spared, to go back to.
final class Sparing {
  private static final Duration REST = Duration.ofHours(1);
  private static final Duration REST_WHERE_DISABLED = Duration.ofDays(1);

  /// Before an endpoint's id: the kind of place that says when a lead went which others had, and
  /// this endpoint had not.
  private static final String TOLD = "told ";

  /// Before an endpoint's id: the kind of place in the log behind which there may be leads that did
  /// not go, since one had gone for that endpoint just then.
  private static final String SPARED = "spared ";

  private final Store store;

  Sparing(Store store) {
    this.store = store;
  }

  /// Whether it matters that this endpoint has not taken a lead that others have.
  static boolean isWaitedFor(Whereabouts.At at) {
    return at.holding() != Whereabouts.Holding.OFF && at.holding() != Whereabouts.Holding.REMOVED;
  }

  /// Whether a lead that others have is spared, as somebody was told just now of each endpoint that
  /// has not taken it. If so, it is noted that there is a lead to go back to.
  static boolean spares(Batch batch, List<Whereabouts.At> missing) {
    if (!missing.stream().allMatch(at -> isTold(batch, at))) {
      return false;
    }
    missing.stream().filter(Sparing::isWaitedFor).forEach(at -> spare(batch, at));
    return true;
  }

  /// Notes that somebody is told now of the endpoints that have not taken a lead.
  static void tell(Batch batch, List<Whereabouts.At> missing) {
    missing.stream().filter(Sparing::isWaitedFor).forEach(at -> tell(batch, at));
  }

  private static boolean isTold(Batch batch, Whereabouts.At at) {
    var row = FallbackPlaces.find(batch, told(at));
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
    return !ofAnotherRun && batch.clock().isBefore(when.plus(rest(disabled)));
  }

  private static void tell(Batch batch, Whereabouts.At at) {
    // Looked for first: a row that is there is not made anew.
    FallbackPlaces.find(batch, told(at));
    FallbackPlaces.put(batch, told(at), batch.clock().toString());
  }

  /// The first place for an endpoint holds.
  private static void spare(Batch batch, Whereabouts.At at) {
    var delivery = at.standing().delivery();
    FallbackPlaces.putFirst(
        batch, SPARED + delivery.endpointId(), Long.toString(delivery.seq() - 1));
  }

  private static String told(Whereabouts.At at) {
    return TOLD + at.standing().delivery().endpointId();
  }

  private static Duration rest(boolean disabled) {
    return disabled ? REST_WHERE_DISABLED : REST;
  }

  /// The places to go back to, of endpoints of which nobody was told for long enough. Forgets
  /// endpoints that are gone.
  List<FallbackTables.FallbackPlaceRow> due() {
    var endpoints = Endpoints.in(store.settings());
    var kept = FallbackPlaces.list(store, SPARED, TOLD);
    var due = new ArrayList<FallbackTables.FallbackPlaceRow>();
    for (var row : kept) {
      var id = row.kind().substring(row.kind().indexOf(' ') + 1);
      var endpoint = endpoints.find(id);
      if (endpoint.isEmpty()) {
        forget(row);
        continue;
      }
      var rest = rest(endpoint.get().disabled());
      boolean rests =
          kept.stream()
              .filter(other -> other.kind().equals(TOLD + id))
              .anyMatch(told -> store.now().isBefore(Instant.parse(told.place()).plus(rest)));
      if (row.kind().startsWith(SPARED) && !rests) {
        due.add(row);
      }
    }
    return due;
  }

  /// Where in the log the first lead behind such a place is that still waits, and did not go.
  Optional<Long> next(FallbackTables.FallbackPlaceRow spared) {
    return store.read(h ->
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
  }

  /// Forgets a place, unless it has become another meanwhile.
  void forget(FallbackTables.FallbackPlaceRow row) {
    store.write(
        WorkQueue.EVENTS,
        batch -> {
          if (row.equals(FallbackPlaces.find(batch, row.kind()))) {
            FallbackPlaces.delete(batch, row.kind());
          }
          return true;
        });
  }
}
