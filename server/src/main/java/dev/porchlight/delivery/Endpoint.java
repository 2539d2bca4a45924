package dev.porchlight.delivery;

import dev.porchlight.account.Nodes;
import dev.porchlight.store.Setting;
import dev.porchlight.value.Intent;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Objects;
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
/// @param terms what else it asks for
/// @param subscription what makes it a client's subscription; null for one that our own API made
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
    boolean disabled,
    Terms terms,
    @Nullable Subscription subscription) {
  /// The kind of setting that holds endpoints.
  public static final String SETTING = "endpoint";

  /// The kind of event that somebody else answers a lead from now on.
  public static final String ASSIGNED = "lead.assigned";

  public Endpoint {
    kinds = Set.copyOf(kinds);
    sources = Set.copyOf(sources);
    terms = Objects.requireNonNullElse(terms, Terms.USUAL);
  }

  /// What a client that subscribes by its own contract has beyond other endpoints: its requests are
  /// authenticated by the API key alone, which is sent and signs the body.
  ///
  /// @param client whose it is
  /// @param nodes the nodes whose subtrees' events it gets beside [Endpoint#node]
  public record Subscription(
      String client, Set<String> nodes, Instant createdAt, Instant updatedAt) {
    public Subscription {
      nodes = Set.copyOf(nodes);
    }
  }

  /// The same at another place.
  public Endpoint at(String otherUrl, boolean nowDisabled) {
    return new Endpoint(
        id,
        name,
        node,
        otherUrl,
        appendChannel,
        contract,
        apiKeyHeader,
        kinds,
        sources,
        tests,
        assumedRole,
        fallbackContract,
        receivedBytes,
        bodySignatureHeader,
        digitalSignature,
        nowDisabled,
        terms,
        subscription);
  }

  /// The same with another subscription.
  public Endpoint with(@Nullable Subscription other, boolean nowDisabled) {
    return new Endpoint(
        id,
        name,
        node,
        url,
        appendChannel,
        contract,
        apiKeyHeader,
        kinds,
        sources,
        tests,
        assumedRole,
        fallbackContract,
        receivedBytes,
        bodySignatureHeader,
        digitalSignature,
        nowDisabled,
        terms,
        other);
  }

  /// Whether it gets what happens at an office.
  boolean covers(Nodes nodes, String office) {
    return nodes.isWithin(office, node)
        || subscription != null
            && subscription.nodes().stream().anyMatch(n -> nodes.isWithin(office, n));
  }

  /// Whether it names a kind of event, or its family (`contact.*`). That a lead was assigned
  /// belongs to no family, since most contracts can't say it.
  public boolean names(String kind) {
    return kinds.contains(kind)
        || !kind.equals(ASSIGNED) && kinds.contains(kind.substring(0, kind.indexOf('.') + 1) + "*");
  }

  /// Whether it is an address that mail goes to.
  public boolean isMail() {
    return url.startsWith("mailto:");
  }

  static Endpoint of(Setting setting) {
    return Json.read(setting.body(), Endpoint.class);
  }

  /// The body of the setting that holds this endpoint.
  public String body() {
    return Json.write(this);
  }
}
