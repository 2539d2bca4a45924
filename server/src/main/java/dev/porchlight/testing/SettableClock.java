package dev.porchlight.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until it is set, or goes forward with each look at it: two looks then
/// never show the same. Whoever follows it is told of each move, but not of those that looks make,
/// after it. Safe for use by many threads.
public final class SettableClock extends Clock {
  private final AtomicReference<Instant> now;
  private final ZoneId zone;
  private final CopyOnWriteArrayList<Runnable> followers;
  private final AtomicReference<Duration> step;

  private SettableClock(
      AtomicReference<Instant> now,
      AtomicReference<Duration> step,
      ZoneId zone,
      CopyOnWriteArrayList<Runnable> followers) {
    this.now = now;
    this.step = step;
    this.zone = zone;
    this.followers = followers;
  }

  /// A clock that stands at that instant, in UTC.
  public static SettableClock at(Instant now) {
    return new SettableClock(
        new AtomicReference<>(now),
        new AtomicReference<>(Duration.ZERO),
        ZoneOffset.UTC,
        new CopyOnWriteArrayList<>());
  }

  /// A clock that stands at that instant, in UTC.
  ///
  /// @param now as ISO 8601 writes it, for example `2026-03-14T09:00:00Z`
  public static SettableClock at(String now) {
    return at(Instant.parse(now));
  }

  /// Goes forward.
  ///
  /// @throws IllegalArgumentException when the duration is negative
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("time goes forward, not by " + by);
    }
    now.updateAndGet(t -> t.plus(by));
    followers.forEach(Runnable::run);
  }

  /// Goes to an instant, earlier ones too.
  public void set(Instant instant) {
    now.set(instant);
    followers.forEach(Runnable::run);
  }

  /// From now on goes forward by that much with each look at it; by nothing: stands still again.
  ///
  /// @throws IllegalArgumentException when the duration is negative
  public void stepBy(Duration each) {
    if (each.isNegative()) {
      throw new IllegalArgumentException("time goes forward, not by " + each);
    }
    step.set(each);
  }

  /// Tells of each move from now on, on the thread that moves the clock. Close the result to stop.
  public AutoCloseable follow(Runnable follower) {
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  @Override
  public Instant instant() {
    var each = Objects.requireNonNull(step.get());
    return Objects.requireNonNull(each.isZero() ? now.get() : now.updateAndGet(t -> t.plus(each)));
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  /// The same clock, moved by the same calls, that shows another zone.
  @Override
  public SettableClock withZone(ZoneId other) {
    return new SettableClock(now, step, other, followers);
  }

  @Override
  public String toString() {
    return "SettableClock[" + now.get() + "]";
  }
}
