package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import java.time.Instant;
import java.util.List;

/// A lane that this hub works on. Only by the thread that does, and by the writer's while that one
/// waits for it.
final class Hold {
  final Claim claim;
  final Seat seat;
  long since;

  /// What comes next in it; empty to look.
  List<Open> known;

  /// What comes next in it and was planned since it is held; empty when that is not known.
  List<Delivery> planned = List.of();

  /// Whether any of its deliveries is passed, so that these are looked for too.
  boolean passed;

  /// How the lane's row was when its holder last looked or wrote: when it is another, somebody
  /// retried or planned something since.
  int pending;

  Instant due;

  /// @param since the moment (of [System#nanoTime]) at which its lease was taken, or before
  Hold(Claim claim, Seat seat, long since, List<Open> known) {
    this.claim = claim;
    this.seat = seat;
    this.since = since;
    this.known = known;
    passed = claim.passed();
    pending = claim.pending();
    due = claim.dueAt();
  }
}
