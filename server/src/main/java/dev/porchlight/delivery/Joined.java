package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The deliveries that were planned into lanes while this process held them, and that it has not
/// attempted yet. When a lane has as many open, they are all that is open in it, and nobody needs
/// to look: a look after a commit costs more than the attempt. What is not known here, or
/// forgotten, is looked up.
///
/// Adding and asking happen on the writer's thread after commits, in the order of the units, so the
/// count that a unit found and what is known here are of one moment. Safe for use by many threads.
final class Joined {
  private static final int MOST_LANES = 1000;

  /// How many are noted of one lane; a part of what is open costs no more than a look.
  private static final int MOST_OF_ONE = 256;

  private record Held(String endpointId, String orderKey, long fence) {
    static Held of(Claim claim) {
      return new Held(claim.endpointId(), claim.orderKey(), claim.fence());
    }
  }

  private final Map<Held, ArrayDeque<Delivery>> lanes = new HashMap<>();

  /// Notes one more, in the order of planning.
  synchronized void add(Claim lane, Delivery delivery) {
    if (lanes.size() >= MOST_LANES) {
      // Some are of leases that were lost and that nobody ends.
      lanes.clear();
    }
    var known = lanes.computeIfAbsent(Held.of(lane), _ -> new ArrayDeque<>());
    if (known.size() >= MOST_OF_ONE) {
      known.clear();
    }
    known.add(delivery);
  }

  /// The next two in the lane, in order, when all that is open in it is known here; else none.
  ///
  /// @param open how many are open, as the unit found whose commit was just now
  synchronized List<Delivery> next(Claim lane, int open) {
    var known = lanes.get(Held.of(lane));
    return known == null || known.size() != open ? List.of() : known.stream().limit(2).toList();
  }

  /// How many are noted of the lane.
  synchronized int size(Claim lane) {
    var known = lanes.get(Held.of(lane));
    return known == null ? 0 : known.size();
  }

  /// That one is attempted: whatever comes of it, it is no longer among these.
  synchronized void attempted(Claim lane, Delivery delivery) {
    var known = lanes.get(Held.of(lane));
    var first = known == null ? null : known.peek();
    if (known != null && first != null) {
      if (first.id().equals(delivery.id())) {
        known.remove();
      } else {
        known.removeIf(d -> d.id().equals(delivery.id()));
      }
    }
  }

  /// The lane is let go.
  synchronized void ended(Claim lane) {
    lanes.remove(Held.of(lane));
  }
}
