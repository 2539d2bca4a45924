package dev.porchlight.filter;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Prints how long reading a filter of 1,000 characters takes once warm. Run by hand; the build
/// asserts no times.
public final class Measure {
  private Measure() {}

  /// Measures three filters.
  public static void main(String[] arguments) {
    String mixed =
        cut(
            " And ",
            "City Eq 'Fargo*','Bismarck'",
            "Created Ge 2026-01-31T09:30:00Z",
            "(Rooms Bt 2,5 Or Rooms Mul 2 Gt 7)",
            "trim(tolower(City)) Ne 'x'",
            "Tags Eq 'buyer'",
            "Price Le 1.5 Mul 100000");
    String list =
        "City Eq "
            + IntStream.range(0, 99)
                .mapToObj(i -> "'name%03d'".formatted(i))
                .collect(Collectors.joining(","));
    String dates = cut(" Or ", "Created Bt days(-30),now()", "Created Eq 2026-01-31T09:30:00.123Z");
    for (String text : new String[] {mixed, list, dates}) {
      long[] times = new long[400];
      for (int round = 0; round < times.length; round++) {
        long begun = System.nanoTime();
        for (int i = 0; i < 500; i++) {
          if (Sample.read(text).expression() instanceof Expression.Everything) {
            throw new AssertionError();
          }
        }
        times[round] = (System.nanoTime() - begun) / 500;
      }
      long[] warm = Arrays.copyOfRange(times, times.length / 2, times.length);
      Arrays.sort(warm);
      System.out.printf(
          "%d characters: median %.1f us, worst of 200 rounds %.1f us%n",
          text.length(), warm[100] / 1000.0, warm[199] / 1000.0);
    }
  }

  private static String cut(String conjunction, String... parts) {
    var text = new StringBuilder(parts[0]);
    for (int i = 1; ; i++) {
      String next = conjunction + parts[i % parts.length];
      if (text.length() + next.length() > 1000) {
        return text.toString();
      }
      text.append(next);
    }
  }
}
