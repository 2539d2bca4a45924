package dev.porchlight.store.backup;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a backup says of itself, in `manifest.json` beside the copied database.
///
/// @param release the release that made it
/// @param madeAt when it was begun; it holds what was committed then
/// @param schema the database's schema
/// @param logHead the last entry of the log in it; entries 1 to this one are all there
/// @param bytes the size of the copied database
/// @param sha256 of the copied database, hex
/// @param counts how many rows each table has
/// @param withKey whether the key file lies beside it
/// @param keyFingerprint of the key that its secrets are sealed with; null when none was known
public record BackupManifest(
    String release,
    Instant madeAt,
    int schema,
    long logHead,
    long bytes,
    String sha256,
    Map<String, Long> counts,
    boolean withKey,
    @Nullable String keyFingerprint) {
  private static final int FORMAT = 1;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  public BackupManifest {
    counts = Map.copyOf(counts);
  }

  public ObjectNode toJson() {
    var json = MAPPER.createObjectNode();
    json.put("format", FORMAT);
    json.put("release", release);
    json.put("made_at", madeAt.toString());
    json.put("schema", schema);
    json.put("log_head", logHead);
    json.put("bytes", bytes);
    json.put("sha256", sha256);
    json.put("with_key", withKey);
    json.put("key_fingerprint", keyFingerprint);
    var tables = json.putObject("counts");
    counts.keySet().stream().sorted().forEach(t -> tables.put(t, counts.get(t)));
    return json;
  }

  /// @throws IllegalArgumentException when it is not one that this release can read
  /// @throws tools.jackson.core.JacksonException when it is not JSON
  public static BackupManifest fromJson(byte[] bytes) {
    var json = MAPPER.readTree(bytes);
    if (json.path("format").asInt(0) != FORMAT) {
      throw new IllegalArgumentException("not a backup that this release can read");
    }
    try {
      var counts = new LinkedHashMap<String, Long>();
      json.path("counts").properties().forEach(e -> counts.put(e.getKey(), e.getValue().asLong()));
      return new BackupManifest(
          json.path("release").stringValue(),
          Instant.parse(json.path("made_at").stringValue()),
          json.path("schema").intValue(),
          json.path("log_head").longValue(),
          json.path("bytes").longValue(),
          json.path("sha256").stringValue(),
          counts,
          json.path("with_key").booleanValue(),
          json.path("key_fingerprint").isString()
              ? json.path("key_fingerprint").stringValue()
              : null);
    } catch (java.time.DateTimeException | tools.jackson.core.JacksonException e) {
      throw new IllegalArgumentException("not a whole manifest: " + e.getMessage(), e);
    }
  }
}
