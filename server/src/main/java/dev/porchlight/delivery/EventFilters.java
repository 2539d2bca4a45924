package dev.porchlight.delivery;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Value;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Filters of endpoints, read once and kept by their text: deciding reads none. Safe for use by
/// many threads.
public final class EventFilters {
  private static final int KEPT = 4096;
  private static final Map<String, Evaluator> BY_TEXT = new ConcurrentHashMap<>();

  private EventFilters() {}

  /// Whether a filter that was read before holds; an empty one always does.
  public static boolean matches(String filter, Function<String, Value> event) {
    return filter.isEmpty() || of(filter).matches(event);
  }

  /// @throws RuntimeException when it can't be read, which was seen when it was set
  static Evaluator of(String filter) {
    var known = BY_TEXT.get(filter);
    if (known == null) {
      if (BY_TEXT.size() >= KEPT) {
        BY_TEXT.clear();
      }
      known = Evaluator.of(EventCatalogue.read(filter));
      BY_TEXT.put(filter, known);
    }
    return known;
  }
}
