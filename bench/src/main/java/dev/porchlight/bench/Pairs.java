package dev.porchlight.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
        pairs.plain.add(weighed(load));
      }
      begin.change();
      pairs.beside.add(weighed(load));
      end.change();
      if (n % 2 != 0) {
        pairs.plain.add(weighed(load));
      }
    }
    return pairs;
  }

  /// With the processor time of both processes, in milliseconds a second: what else the machine
  /// does hardly changes that.
  private static JsonNode weighed(Once load) throws IOException {
    long before = processor();
    long began = System.nanoTime();
    var result = (ObjectNode) load.run();
    double seconds = (System.nanoTime() - began) / 1e9;
    double hub = (processor() - before) / 1e6;
    return result
        .put("seconds", seconds)
        .put("hub", hub)
        .put("hub1", hub / seconds)
        .put("load1", result.path("load").doubleValue() / seconds);
  }

  /// What this process has used of the processors, in nanoseconds.
  static long processor() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /// Rows that say who used the processors.
  void processors(Page page) {
    page.row(
        "processor, hub, ms a second",
        Page.number(plain("hub1")),
        Page.number(beside("hub1")),
        Page.number(shift("hub1")),
        "");
    page.row(
        "processor, senders and receivers, ms a second",
        Page.number(plain("load1")),
        Page.number(beside("load1")),
        Page.number(shift("load1")),
        "");
  }

  /// What was measured beside, and without it, in the order of the pairs.
  List<JsonNode> besides() {
    return beside;
  }

  List<JsonNode> plains() {
    return plain;
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
