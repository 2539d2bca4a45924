package dev.porchlight.access.spark;

import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The keys of the Spark door at one place in the log. Immutable.
public final class SparkKeys {
  private static final Function<Settings, SparkKeys> VIEW = SparkKeys::new;

  private final Map<String, SparkKey> byId = new LinkedHashMap<>();
  private final Map<String, SparkKey> byApiKey = new HashMap<>();

  private SparkKeys(Settings settings) {
    for (var setting : settings.all(SparkKey.SETTING)) {
      var key = Json.read(setting.body(), SparkKey.class);
      byId.put(key.id(), key);
      byApiKey.put(key.apiKey(), key);
    }
  }

  public static SparkKeys in(Settings settings) {
    return settings.view(VIEW);
  }

  /// Revoked ones too.
  public Collection<SparkKey> all() {
    return byId.values();
  }

  public Optional<SparkKey> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// By what a client sends as `ApiKey` or `client_id`.
  public Optional<SparkKey> findByApiKey(String apiKey) {
    return Optional.ofNullable(byApiKey.get(apiKey));
  }

  /// By the owner of a credential or secret.
  public Optional<SparkKey> findByOwner(String owner) {
    return owner.startsWith(SparkKey.SETTING + " ")
        ? find(owner.substring(SparkKey.SETTING.length() + 1))
        : Optional.empty();
  }
}
