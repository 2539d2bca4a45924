package dev.porchlight.bench;

import java.util.List;
import java.util.stream.IntStream;

/// A hundred doors among which leads go round: the number of a lead says through which one.
final class Doors {
  static final int COUNT = 100;

  /// Stands for a door's three digits.
  static final String MARK = "###";

  private Doors() {}

  static int of(long number) {
    return (int) (number % COUNT);
  }

  static String digits(int door) {
    return "%03d".formatted(door);
  }

  static List<String> all() {
    return IntStream.range(0, COUNT).mapToObj(Doors::digits).toList();
  }
}
