package dev.porchlight.access;

import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.store.Setting;
import dev.porchlight.store.Settings;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A program of somebody else that calls one of our doors: it presents an opaque token, or one that
/// it got for its secret.
///
/// @param id its `client_id`; what it sends comes from the source with the same id
/// @param name for people
/// @param contract whose door it calls
/// @param nodes offices, or nodes above offices, whose leads it sees; at least one
/// @param sandbox it calls the sandbox, and nothing else
/// @param revokedAt from when on it is nobody
public record Client(
    String id,
    String name,
    String contract,
    List<String> nodes,
    boolean sandbox,
    Instant createdAt,
    @Nullable Instant revokedAt) {
  /// The kind of setting that holds clients.
  public static final String SETTING = "client";

  public Client {
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("a client is granted at least one node");
    }
  }

  static Client of(Setting setting) {
    return Json.read(setting.body(), Client.class);
  }

  /// The body of the setting that holds this client.
  public String body() {
    return Json.write(this);
  }

  /// Whether it is somebody.
  public boolean isLive() {
    return revokedAt == null;
  }

  /// The same, ended.
  public Client revoked(Instant at) {
    return new Client(id, name, contract, nodes, sandbox, createdAt, at);
  }

  /// What it sees, as the tree stands.
  public Scope scope(Settings settings) {
    var tree = Nodes.in(settings);
    var offices = new LinkedHashSet<String>();
    nodes.forEach(n -> offices.addAll(tree.officesWithin(n)));
    return new Scope(false, offices);
  }

  /// Where its leads land when nothing says otherwise: the first office granted.
  public Optional<String> home(Settings settings) {
    return home(Nodes.in(settings), nodes);
  }

  /// The first office of some nodes; within a node the one that was made first.
  public static Optional<String> home(Nodes tree, List<String> nodes) {
    return nodes.stream()
        .flatMap(n -> tree.officesWithin(n).stream().sorted(Comparator.naturalOrder()))
        .findFirst();
  }
}
