package dev.porchlight.access.party;

import dev.porchlight.store.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The grants at one place in the log, revoked ones too. Immutable.
public final class Grants {
  private static final Function<Settings, Grants> VIEW = Grants::new;

  private final Map<String, Grant> byId = new LinkedHashMap<>();
  private final Map<String, List<Grant>> byOwner = new HashMap<>();

  private Grants(Settings settings) {
    settings
        .all(Grant.SETTING)
        .forEach(s -> {
          var grant = Grant.of(s);
          byId.put(grant.id(), grant);
          byOwner.computeIfAbsent(grant.owner(), _ -> new ArrayList<>()).add(grant);
        });
  }

  public static Grants in(Settings settings) {
    return settings.view(VIEW);
  }

  public Collection<Grant> all() {
    return byId.values();
  }

  public Optional<Grant> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// What a party has granted, in the order of granting.
  public List<Grant> ofOwner(String owner) {
    return byOwner.getOrDefault(owner, List.of());
  }
}
