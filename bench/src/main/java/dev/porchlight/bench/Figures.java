package dev.porchlight.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What was measured, by name, one figure a round.
final class Figures {
  private final Map<String, List<Double>> all = new LinkedHashMap<>();

  void note(String name, double value) {
    all.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
  }

  void note(String name, JsonNode result, String member) {
    note(name, result.path(member).doubleValue());
  }

  /// Rate and times of a load.
  void noteLoad(String name, JsonNode result) {
    note(name + " rate", result, "rate");
    note(name + " p50", result, "p50");
    note(name + " p99", result, "p99");
  }

  boolean has(String name) {
    return all.containsKey(name);
  }

  /// What the last round gave; 0 when it was not measured.
  double last(String name) {
    var values = all.getOrDefault(name, List.of());
    return values.isEmpty() ? 0 : values.getLast();
  }

  double median(String name) {
    return median(all.getOrDefault(name, List.of()));
  }

  double sum(String name) {
    return all.getOrDefault(name, List.of()).stream().mapToDouble(d -> d).sum();
  }

  /// The ratio of two figures, taken within each round.
  double ratio(String of, String to) {
    var a = all.getOrDefault(of, List.of());
    var b = all.getOrDefault(to, List.of());
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      ratios.add(a.get(i) / Math.max(1e-9, b.get(i)));
    }
    return median(ratios);
  }

  /// The way from the least to the greatest, as a share of the median.
  double spread(String name) {
    var values = all.getOrDefault(name, List.of());
    double least = values.stream().mapToDouble(d -> d).min().orElse(0);
    double most = values.stream().mapToDouble(d -> d).max().orElse(0);
    return median(name) == 0 ? 0 : (most - least) / median(name);
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return n == 0 ? 0 : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
