package dev.porchlight.access;

import dev.porchlight.store.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The clients at one place in the log, revoked ones too. Immutable.
public final class Clients {
  private static final Function<Settings, Clients> VIEW = Clients::new;

  private final Map<String, Client> byId = new LinkedHashMap<>();

  private Clients(Settings settings) {
    settings.all(Client.SETTING).forEach(s -> byId.put(s.id(), Client.of(s)));
  }

  public static Clients in(Settings settings) {
    return settings.view(VIEW);
  }

  public Optional<Client> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public Collection<Client> all() {
    return byId.values();
  }
}
