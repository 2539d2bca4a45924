package dev.porchlight.desk;

import dev.porchlight.store.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The sources at one place in the log. Immutable.
public final class Sources {
  private static final Function<Settings, Sources> VIEW = Sources::new;

  private final Map<String, Source> byId = new LinkedHashMap<>();
  private final Map<String, Source> byName = new LinkedHashMap<>();

  private Sources(Settings settings) {
    for (var setting : settings.all(Source.SETTING)) {
      var source = Source.of(setting);
      byId.put(source.id(), source);
      byName.put(source.name(), source);
    }
  }

  public static Sources in(Settings settings) {
    return settings.view(VIEW);
  }

  public Optional<Source> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public Optional<Source> findByName(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  public Collection<Source> all() {
    return byId.values();
  }
}
