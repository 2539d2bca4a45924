package dev.porchlight.delivery;

import dev.porchlight.store.Batch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How an endpoint fares that does not take what it is sent; one that does has no such row. Kept in
/// the store, so that all hubs know. One that is enabled again keeps it until it takes something,
/// where somebody was told that it failed ([#isForgiven]).
///
/// It is *shut* while it is not to be troubled: until [#shutUntil] nothing is attempted, and then
/// one attempt at a time, a probe, until one is taken. It is shut when it asked for that
/// (`Retry-After`), and after a run of failures that are not about what was sent.
///
/// @param failures in a row, of the kind that shuts it
/// @param failingSince when the run of failures began
/// @param failedAt when the last of them was
/// @param shutUntil null while it is not shut
/// @param pauses how often it was shut in this run
/// @param probingUntil while somebody tries whether it is back
/// @param noticed what of its patience was used up when somebody was last told, in percent
/// @param noticedAt when that was in this run
/// @param reason how the last attempt ended
public record EndpointHealth(
    String endpointId,
    int failures,
    Instant failingSince,
    Instant failedAt,
    @Nullable Instant shutUntil,
    int pauses,
    @Nullable Instant probingUntil,
    int noticed,
    @Nullable Instant noticedAt,
    String reason) {
  /// So many failures in a row shut it.
  static final int FAILURES_THAT_SHUT = 20;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /// A receiver that asks for more is asked again after that.
  private static final Duration LONGEST_ASKED = Duration.ofHours(1);

  /// Twice the longest wait between two attempts at one delivery: where nothing was tried for
  /// longer, nobody knows how the endpoint fared, and a run of failures does not go on.
  private static final Duration LONGEST_GAP = Duration.ofHours(48);

  private static final int[] NOTICES = {50, 90, 100};

  /// What [#noticed] is when somebody was told of a run of failures that is over, and not yet that
  /// it is.
  private static final int TOLD_BEFORE = 1;

  /// Whether nothing has failed since it was enabled again: it is kept only because somebody is
  /// still to be told that it works.
  boolean isForgiven() {
    return noticed == TOLD_BEFORE && reason.isEmpty();
  }

  /// As it stands once it is enabled again.
  EndpointHealth forgiven(Instant now) {
    return anew(now, TOLD_BEFORE);
  }

  private EndpointHealth anew(Instant now, int told) {
    return new EndpointHealth(endpointId, 0, now, now, null, 0, null, told, null, "");
  }

  /// Whether the hub disabled it, where it is disabled.
  boolean disabledIt() {
    return noticed == NOTICES[NOTICES.length - 1];
  }

  boolean isShut() {
    return shutUntil != null;
  }

  /// Whether an attempt that was taken says nothing of it: it was under way already when the
  /// endpoint asked to be left alone, or said that it is gone.
  boolean outlasts(Attempt attempt) {
    return (isShut() || disabledIt()) && attempt.at().isBefore(failedAt);
  }

  /// Whether somebody may try now whether it is back.
  boolean mayProbe(Instant now) {
    return shutUntil != null
        && !shutUntil.isAfter(now)
        && (probingUntil == null || probingUntil.isBefore(now));
  }

  /// @param until null when nobody tries any more
  EndpointHealth probing(@Nullable Instant until) {
    return new EndpointHealth(
        endpointId,
        failures,
        failingSince,
        failedAt,
        shutUntil,
        pauses,
        until,
        noticed,
        noticedAt,
        reason);
  }

  /// May be tried at once, whoever tries already.
  EndpointHealth ajar(Instant now) {
    return new EndpointHealth(
        endpointId,
        failures,
        failingSince,
        failedAt,
        shutUntil == null || shutUntil.isBefore(now) ? shutUntil : now,
        pauses,
        null,
        noticed,
        noticedAt,
        reason);
  }

  EndpointHealth noticed(int percent, Instant now) {
    return new EndpointHealth(
        endpointId,
        failures,
        failingSince,
        failedAt,
        shutUntil,
        pauses,
        probingUntil,
        percent,
        now,
        reason);
  }

  /// How it fares after an attempt that was not taken. A function of values.
  ///
  /// @param before null when it was well
  /// @param asked what its `Retry-After` asked for
  static EndpointHealth after(
      @Nullable EndpointHealth before, String id, Attempt attempt, Duration asked, Instant now) {
    var known = before == null ? ofNow(id, now) : before.goingOn(now);
    boolean counts = Overload.isNotAboutTheBody(attempt);
    int failures = known.failures + (counts ? 1 : 0);
    var until = known.shutUntil;
    int pauses = known.pauses;
    boolean free = until == null || !until.isAfter(now);
    if (counts && free && failures >= FAILURES_THAT_SHUT) {
      var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(pauses, 10));
      until = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
      pauses++;
    }
    if (!asked.isZero() && Overload.mayAsk(attempt)) {
      var end = now.plus(asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked);
      until = until == null || until.isBefore(end) ? end : until;
    }
    return new EndpointHealth(
        id,
        failures,
        known.failingSince,
        now,
        until,
        pauses,
        null,
        known.noticed,
        known.noticedAt,
        attempt.summary());
  }

  private static EndpointHealth ofNow(String id, Instant now) {
    return new EndpointHealth(id, 0, now, now, null, 0, null, 0, null, "");
  }

  /// As it stands before one more failure: in the run that there is, or at the beginning of one.
  private EndpointHealth goingOn(Instant now) {
    if (isForgiven()) {
      return forgiven(now);
    }
    return failedAt.plus(LONGEST_GAP).isBefore(now)
        ? anew(now, noticed > 0 ? TOLD_BEFORE : 0)
        : this;
  }

  /// The earliest moment at which the hub disables an endpoint that takes nothing until then; empty
  /// where it may fail for ever, and where it is disabled.
  public Optional<Instant> disabledAt(Endpoint endpoint) {
    return endpoint.disabled() ? Optional.empty() : endsAt(endpoint.terms().patience());
  }

  /// When its patience is over: by what was told so far, since each notice gives it time.
  ///
  /// @param patience for how long it may fail; zero for ever
  Optional<Instant> endsAt(Duration patience) {
    if (patience.isZero()) {
      return Optional.empty();
    }
    var end = failingSince.plus(patience);
    var told =
        noticedAt == null || disabledIt() ? end : noticedAt.plus(share(patience, 100 - noticed));
    return Optional.of(told.isAfter(end) ? told : end);
  }

  /// What somebody is to be told now: so many percent of the endpoint's patience are used up; 100
  /// disables it.
  ///
  /// @param patience for how long it may fail; zero for ever
  Optional<Integer> notice(Duration patience, Instant now) {
    if (patience.isZero()) {
      return Optional.empty();
    }
    var failing = Duration.between(failingSince, now);
    for (int percent : NOTICES) {
      if (noticed < percent) {
        // One after the other, and not sooner after the last than that says.
        boolean due =
            failing.compareTo(share(patience, percent)) >= 0
                && (noticedAt == null
                    || !noticedAt.plus(share(patience, percent - noticed)).isAfter(now));
        return due ? Optional.of(percent) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Duration share(Duration patience, int percent) {
    return patience.multipliedBy(percent).dividedBy(100);
  }

  /// Lets an endpoint begin anew, within the unit that enables it; where somebody was told that it
  /// failed, they are told once it takes something again.
  public static void forgive(Batch batch, String endpoint) {
    var known = batch.find(Tables.HEALTH, endpoint);
    if (known != null && known.noticed() > 0) {
      batch.put(Tables.HEALTH, known.forgiven(batch.clock()));
    } else {
      batch.delete(Tables.HEALTH, endpoint);
    }
  }

  /// Forgets how an endpoint fared and how far it was asked, within the unit that removes it.
  public static void forget(Batch batch, String endpoint) {
    batch.delete(Tables.HEALTH, endpoint);
    batch.delete(Tables.FEED_ASKED, endpoint);
  }
}
