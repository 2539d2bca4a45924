package dev.porchlight.delivery;

import dev.porchlight.store.Setting;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where we deliver.
///
/// @param node the node whose subtree's events it gets
/// @param url as configured
/// @param appendChannel whether the contract's channel (`/lead`) is put behind the URL
/// @param contract the name of the connector that writes
/// @param apiKeyHeader the header that carries their API key
/// @param kinds the kinds of event it takes; empty for all
/// @param sources the ids of the sources it takes; empty for all
/// @param tests whether it gets test leads too
/// @param assumedRole the intent to write where a lead's is unknown
/// @param fallbackContract the contract to try when this one can't carry a lead
/// @param receivedBytes whether an endpoint of the source's own contract gets the bytes as received
///   when they can't be written anew
/// @param bodySignatureHeader whether `X-Signature` is sent; null leaves it to the contract
/// @param digitalSignature whether the body carries `digital_signature`
/// @param disabled planned for, but not attempted
public record Endpoint(
    String id,
    String name,
    String node,
    String url,
    boolean appendChannel,
    String contract,
    String apiKeyHeader,
    Set<String> kinds,
    Set<String> sources,
    boolean tests,
    @Nullable Intent assumedRole,
    @Nullable String fallbackContract,
    boolean receivedBytes,
    @Nullable Boolean bodySignatureHeader,
    boolean digitalSignature,
    boolean disabled) {
  /// The kind of setting that holds endpoints.
  public static final String SETTING = "endpoint";

  public Endpoint {
    kinds = Set.copyOf(kinds);
    sources = Set.copyOf(sources);
  }

  static Endpoint of(Setting setting) {
    return Json.read(setting.body(), Endpoint.class);
  }

  /// The body of the setting that holds this endpoint.
  public String body() {
    return Json.write(this);
  }
}
