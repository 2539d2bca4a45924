package dev.porchlight.delivery;

import dev.porchlight.store.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The endpoints at one place in the log. Immutable.
public final class Endpoints {
  private static final Function<Settings, Endpoints> VIEW = Endpoints::new;

  private final Map<String, Endpoint> byId = new LinkedHashMap<>();

  private Endpoints(Settings settings) {
    settings.all(Endpoint.SETTING).forEach(s -> byId.put(s.id(), Endpoint.of(s)));
  }

  public static Endpoints in(Settings settings) {
    return settings.view(VIEW);
  }

  public Optional<Endpoint> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public Collection<Endpoint> all() {
    return byId.values();
  }
}
