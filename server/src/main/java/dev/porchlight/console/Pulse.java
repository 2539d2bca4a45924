package dev.porchlight.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// How something went hour by hour in the last day, for `pulse.jte`.
///
/// @param label what is to be seen, in words
/// @param bars of each hour with anything in it
/// @param count of all that there was
public record Pulse(String label, List<Bar> bars, int count) {
  private static final int HOURS = 24;
  private static final int WIDTH = 10;
  private static final int HEIGHT = 40;

  /// What happened in an hour.
  public record Mark(Instant at, Tone tone, int count) {
    /// One thing.
    public Mark(Instant at, Tone tone) {
      this(at, tone, 1);
    }
  }

  /// One rectangle.
  public record Bar(int x, int y, int height, String css) {}

  /// @param marks in any order; what is plain is taken like what is good
  public static Pulse of(Texts texts, Instant now, List<Mark> marks) {
    return of(texts, now, marks, true);
  }

  /// Of deliveries: what is plain was dropped, and nobody has taken it.
  public static Pulse ofDeliveries(Texts texts, Instant now, List<Mark> marks) {
    return of(texts, now, marks, false);
  }

  private static Pulse of(Texts texts, Instant now, List<Mark> marks, boolean plainTaken) {
    var counts = new int[HOURS][Tone.values().length];
    var sums = new int[Tone.values().length];
    int highest = 1;
    for (var mark : marks) {
      long ago = Duration.between(mark.at(), now).toHours();
      if (ago >= 0 && ago < HOURS) {
        int hour = HOURS - 1 - (int) ago;
        counts[hour][mark.tone().ordinal()] += mark.count();
        sums[mark.tone().ordinal()] += mark.count();
        highest = Math.max(highest, sum(counts[hour]));
      }
    }
    var bars = new ArrayList<Bar>();
    for (int hour = 0; hour < HOURS; hour++) {
      int y = HEIGHT;
      for (var tone : Tone.values()) {
        int n = counts[hour][tone.ordinal()];
        if (n > 0) {
          int height = Math.max(2, n * (HEIGHT - 4) / highest);
          y -= height;
          bars.add(new Bar(hour * WIDTH + 1, Math.max(0, y), height, tone.css()));
        }
      }
    }
    return new Pulse(
        plainTaken
            ? texts.of(
                "pulse.label",
                sums[Tone.GOOD.ordinal()] + sums[Tone.PLAIN.ordinal()],
                sums[Tone.WAITING.ordinal()],
                sums[Tone.BAD.ordinal()])
            : texts.of(
                "pulse.deliveries",
                sums[Tone.GOOD.ordinal()],
                sums[Tone.WAITING.ordinal()],
                sums[Tone.BAD.ordinal()],
                sums[Tone.PLAIN.ordinal()]),
        List.copyOf(bars),
        sum(sums));
  }

  private static int sum(int[] counts) {
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }
}
