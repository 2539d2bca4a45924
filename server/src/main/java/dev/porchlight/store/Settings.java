package dev.porchlight.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All settings at one place in the log. Immutable; what packages work out of it is kept with it.
/// May be shared by threads.
public final class Settings {
  public static final Settings EMPTY = new Settings(0, Map.of());

  private final long seq;
  private final Map<String, Map<String, Setting>> kinds;
  private final Map<Function<Settings, ?>, Object> views = new ConcurrentHashMap<>();

  private Settings(long seq, Map<String, Map<String, Setting>> kinds) {
    this.seq = seq;
    this.kinds = kinds;
  }

  /// The log entry of the last change in it; 0 when there was none.
  public long seq() {
    return seq;
  }

  /// All of one kind, in the order of their ids' first appearance.
  public Collection<Setting> all(String kind) {
    return kinds.getOrDefault(kind, Map.of()).values();
  }

  public Optional<Setting> find(String kind, String id) {
    return Optional.ofNullable(kinds.getOrDefault(kind, Map.of()).get(id));
  }

  /// Works something out of these settings, once. Give the same function object each time.
  @SuppressWarnings("unchecked") // the map's value for a function is what that function gave
  public <V> V view(Function<Settings, V> function) {
    var known = (V) views.get(function);
    if (known != null) {
      return known;
    }
    var made = function.apply(this);
    views.put(function, made);
    return made;
  }

  /// A copy in which one setting is another; a null `setting` removes it.
  public Settings with(long seq, String kind, String id, @Nullable Setting setting) {
    return changes().add(seq, kind, id, setting).done();
  }

  /// Starts a copy with many changes.
  Changes changes() {
    return new Changes(this);
  }

  /// Collects changes in the log's order.
  static final class Changes {
    private final Map<String, Map<String, Setting>> kinds;
    private final Set<String> copied = new HashSet<>();
    private final Settings before;
    private long seq;

    private Changes(Settings before) {
      this.before = before;
      kinds = new HashMap<>(before.kinds);
      seq = before.seq;
    }

    Changes add(long at, String kind, String id, @Nullable Setting setting) {
      if (copied.add(kind)) {
        kinds.put(kind, new LinkedHashMap<>(kinds.getOrDefault(kind, Map.of())));
      }
      var ofKind = kinds.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
      if (setting == null) {
        ofKind.remove(id);
      } else {
        ofKind.put(id, setting);
      }
      seq = at;
      return this;
    }

    Settings done() {
      return copied.isEmpty() ? before : new Settings(seq, new HashMap<>(kinds));
    }
  }
}
