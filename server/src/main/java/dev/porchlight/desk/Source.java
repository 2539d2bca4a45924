package dev.porchlight.desk;

import dev.porchlight.store.Setting;
import dev.porchlight.value.Json;
import dev.porchlight.value.PortalCodes;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Someone who sends to us.
///
/// @param name unique; part of its addresses: `[a-z0-9-]`, 1 to 64 characters
/// @param contract the contract that its bodies are read by, whatever they look like
/// @param node where its leads land: an office or a member
/// @param region ISO 3166 code of the country to assume for phones without one
/// @param signature how its requests are signed, without the keys, which are kept sealed; null for
///   not at all
/// @param portal the code of the portal that the source stands for, where its leads name none
///   themselves; null for none
/// @param retention for how long its leads are kept, counted from their arrival: an ISO 8601 period
///   (`P3Y`, `P18M`, `P30D`) or duration (`PT12H`); null for without end
public record Source(
    String id,
    String name,
    String contract,
    String node,
    String region,
    @Nullable JsonNode signature,
    @Nullable String portal,
    @Nullable String retention) {
  /// The kind of setting that holds sources.
  public static final String SETTING = "source";

  public Source {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
      throw new IllegalArgumentException(
          "a source's name is 1 to 64 of a-z, 0-9 and -, beginning with a letter or digit");
    }
    if (!region.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException("a region is an ISO 3166 code of two capitals");
    }
    if (portal != null && !PortalCodes.contains(portal)) {
      throw new IllegalArgumentException(
          "a portal is one of the codes of Seeker Leads, such as SLG-FRA");
    }
    if (retention != null) {
      Keeping.of(retention);
    }
  }

  /// A source whose leads are kept without end.
  public Source(
      String id,
      String name,
      String contract,
      String node,
      String region,
      @Nullable JsonNode signature) {
    this(id, name, contract, node, region, signature, null, null);
  }

  /// When what arrived then is to be erased; empty for never.
  public Optional<Instant> expiry(Instant arrived) {
    return Optional.ofNullable(retention).map(r -> Keeping.of(r).end(arrived));
  }

  static Source of(Setting setting) {
    return Json.read(setting.body(), Source.class);
  }

  /// The body of the setting that holds this source.
  public String body() {
    return Json.write(this);
  }
}
