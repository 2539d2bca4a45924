package dev.porchlight.delivery;

import dev.porchlight.filter.Evaluator;
import dev.porchlight.filter.Value;
import dev.porchlight.store.Settings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Filters of endpoints, read once and kept by their text: when one is set, and when settings are
/// taken over. Deciding reads none. Safe for use by many threads.
public final class EventFilters {
  private static final Logger LOG = LoggerFactory.getLogger(EventFilters.class);
  private static final int KEPT = 4096;
  private static final Map<String, Evaluator> BY_TEXT = new ConcurrentHashMap<>();

  /// Reads all filters of settings; gives how many there are.
  public static final Function<Settings, Integer> READ = EventFilters::readAll;

  private EventFilters() {}

  private static int readAll(Settings settings) {
    var all =
        Endpoints.in(settings).all().stream()
            .map(e -> e.terms().filter())
            .filter(filter -> !filter.isEmpty())
            .distinct()
            .limit(KEPT)
            .toList();
    for (var filter : all) {
      try {
        of(filter);
      } catch (RuntimeException e) {
        LOG.warn("A filter can't be read any more: {}", filter, e);
      }
    }
    return all.size();
  }

  /// Whether it was read and is kept.
  static boolean isKept(String filter) {
    return BY_TEXT.containsKey(filter);
  }

  /// Whether a filter that was read before holds; an empty one always does.
  public static boolean matches(String filter, Function<String, Value> event) {
    return filter.isEmpty() || of(filter).matches(event);
  }

  /// @throws RuntimeException when it can't be read, which was seen when it was set
  public static Evaluator of(String filter) {
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
