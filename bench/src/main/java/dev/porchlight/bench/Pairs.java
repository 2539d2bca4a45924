package dev.porchlight.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The same load twice, in turns: as it is usually, and with something going on beside it. What
/// else the machine does meets both alike, and the first of a pair is the one as often as the
/// other.
final class Pairs {
  /// What is done to begin or to end what goes on beside.
  interface Beside {
    void change() throws Exception;
  }

  /// A load.
  interface Once {
    JsonNode run() throws IOException;
  }

  private final List<JsonNode> plain = new ArrayList<>();
  private final List<JsonNode> beside = new ArrayList<>();

  /// Runs so many.
  ///
  /// @param begin begins what goes on beside
  /// @param end ends it, and returns when nothing of it is left
  static Pairs run(int count, Once load, Beside begin, Beside end) throws Exception {
    var pairs = new Pairs();
    for (int n = 0; n < count; n++) {
      DeliveriesRun.say("pair " + (n + 1) + " of " + count);
      if (n % 2 == 0) {
        pairs.plain.add(load.run());
      }
      begin.change();
      pairs.beside.add(load.run());
      end.change();
      if (n % 2 != 0) {
        pairs.plain.add(load.run());
      }
    }
    return pairs;
  }

  double plain(String member) {
    return median(plain.stream().mapToDouble(r -> r.path(member).doubleValue()).toArray());
  }

  double beside(String member) {
    return median(beside.stream().mapToDouble(r -> r.path(member).doubleValue()).toArray());
  }

  /// By how much more it is beside, in the middle of the pairs.
  double shift(String member) {
    var all = new double[plain.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = beside.get(i).path(member).doubleValue() - plain.get(i).path(member).doubleValue();
    }
    return median(all);
  }

  static double median(double... all) {
    Arrays.sort(all);
    int n = all.length;
    return n % 2 == 1 ? all[n / 2] : (all[n / 2 - 1] + all[n / 2]) / 2;
  }

  /// A row for a figure of both, in microseconds.
  void row(Page page, String what, String member, String aim) {
    page.row(
        what,
        Page.millis(plain(member)),
        Page.millis(beside(member)),
        Page.millis(shift(member)),
        aim.isEmpty() ? "" : shift(member) <= 5000 ? aim + ": met" : aim + ": **not met**");
  }
}
