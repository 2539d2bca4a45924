package dev.porchlight.desk;

/// What a job that goes on for long may do by now: so many things in each second.
public final class Allowance {
  private final int mostAtOnce;
  private long since = System.nanoTime();
  private double allowed = 1;

  public Allowance(int mostAtOnce) {
    this.mostAtOnce = mostAtOnce;
  }

  /// Says that some were done.
  public void took(int some) {
    allowed -= some;
  }

  /// How many may be done.
  public int take(int perSecond) {
    long now = System.nanoTime();
    allowed = Math.min(perSecond, allowed + (now - since) / 1e9 * perSecond);
    since = now;
    return (int) Math.min(mostAtOnce, allowed);
  }
}
