package dev.porchlight.api;

import dev.porchlight.access.Client;
import dev.porchlight.access.ClientTokens;
import dev.porchlight.access.Clients;
import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Sandbox;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointHealth;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Clients: programs of others that call our doors with tokens.
final class ClientResources {
  private static final int LONGEST_OVERLAP_HOURS = 24 * 7;
  private static final int LONGEST_SOURCE_NAME = 48;
  private static final String REGION = "FR";

  private final Store store;
  private final int hub;
  private final Credentials credentials;
  private final Secrets secrets;
  private final Map<String, String> contracts;

  /// @param contracts those whose doors take clients, each with the one that what clients put in is
  ///   read by
  ClientResources(
      Store store,
      int hub,
      Credentials credentials,
      Secrets secrets,
      Map<String, String> contracts) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
    this.secrets = secrets;
    this.contracts = contracts;
  }

  private Draw draw() {
    return Draw.fresh(store.now(), hub);
  }

  Reply list(Call call) {
    call.filters();
    return call.list(
        Clients.in(store.settings()).all(), c -> sees(call, c), this::view, Client::id);
  }

  private boolean sees(Call call, Client client) {
    var nodes = Nodes.in(store.settings());
    return client.nodes().stream().allMatch(n -> call.scope().containsNode(nodes, n));
  }

  private Client client(Call call) {
    return Clients.in(store.settings())
        .find(call.path("id"))
        .filter(c -> sees(call, c))
        .orElseThrow(() -> AccountResources.missing("client"));
  }

  Reply get(Call call) {
    return Call.ok(view(client(call)));
  }

  private ObjectNode view(Client client) {
    var json = bare(client);
    var keys = json.putArray("keys");
    for (var kind : List.of(Credential.Kind.CLIENT_SECRET, Credential.Kind.CLIENT_TOKEN)) {
      for (var credential : credentials.list(kind, client.id())) {
        if (credential.isLive(store.now())) {
          keys.add(key(credential));
        }
      }
    }
    return json;
  }

  private static ObjectNode key(Credential credential) {
    var json = Views.key(credential);
    json.put("kind", credential.kind() == Credential.Kind.CLIENT_SECRET ? "secret" : "token");
    return json;
  }

  private static ObjectNode bare(Client client) {
    var json = Json.object();
    json.put("id", client.id());
    json.put("client_id", client.id());
    json.put("name", client.name());
    json.put("contract", client.contract());
    var nodes = json.putArray("nodes");
    client.nodes().forEach(nodes::add);
    json.put("sandbox", client.sandbox());
    json.put("source", client.id());
    json.put("created_at", client.createdAt().toString());
    if (client.revokedAt() != null) {
      json.put("revoked_at", client.revokedAt().toString());
    }
    return json;
  }

  /// A secret and a token as they are given out.
  private record Pair(String secret, Credential secretKept, String token, Credential tokenKept) {}

  private Pair pair(String client, Draw draw) {
    var secret = Tokens.create(Tokens.CLIENT_SECRET);
    var token = Tokens.create(Tokens.CLIENT_TOKEN);
    return new Pair(
        secret,
        ClientTokens.credential(Credential.Kind.CLIENT_SECRET, client, secret, draw),
        token,
        ClientTokens.credential(Credential.Kind.CLIENT_TOKEN, client, token, draw));
  }

  private void add(Batch batch, Pair pair) {
    credentials.add(batch, pair.secretKept());
    credentials.add(batch, pair.tokenKept());
  }

  private static ObjectNode shown(ObjectNode view, Pair pair) {
    var keys = view.putArray("keys");
    keys.add(key(pair.secretKept()));
    keys.add(key(pair.tokenKept()));
    view.put("client_secret", pair.secret());
    view.put("token", pair.token());
    return view;
  }

  Reply make(Call call) throws Exception {
    var body = call.members(Set.of("name", "contract", "nodes", "sandbox"));
    var name = body.needName("name");
    var contract = body.needText("contract");
    var bodies = contracts.get(contract);
    if (bodies == null) {
      throw new FaultException(
          Fault.BODY_INVALID, "`" + contract + "` is no contract that clients call by.");
    }
    var named = body.texts("nodes");
    if (named.filter(Set::isEmpty).isPresent()) {
      throw new FaultException(
          Fault.BODY_INVALID, "`nodes` names nobody. Left out, it means the default office.");
    }
    var wanted = List.copyOf(named.orElse(Set.of()));
    boolean sandbox = body.flag("sandbox").orElse(false);
    var draw = draw();
    var id = draw.uuid("client");
    var pair = pair(id, draw);
    var sandboxIds =
        new Sandbox.Ids(draw().digits(), draw().digits(), draw().digits(), draw().digits());
    return call.change(batch -> {
      if (sandbox && !call.scope().everything()) {
        throw new FaultException(Fault.NOT_ALLOWED, "This token does not see the sandbox.");
      }
      var home = sandbox ? Sandbox.ensure(batch, sandboxIds).office() : null;
      var nodes = granted(call, batch.settings(), wanted, home);
      var client = new Client(id, name, contract, nodes, sandbox, batch.now(), null);
      var office =
          client
              .home(batch.settings())
              .orElseThrow(() ->
                  new FaultException(Fault.BODY_INVALID, "There is no office below `nodes`."));
      batch.change(Client.SETTING, id, client.body());
      batch.change(
          Source.SETTING,
          id,
          new Source(id, sourceName(batch.settings(), client), bodies, office, REGION, null)
              .body());
      add(batch, pair);
      return new Call.Answer(201, shown(bare(client), pair));
    });
  }

  /// @param home the office to take when none is named; null for the default office
  private static List<String> granted(
      Call call, Settings settings, List<String> wanted, @Nullable String home) {
    var nodes = Nodes.in(settings);
    if (wanted.isEmpty()) {
      var office = home == null ? nodes.defaultOffice().id() : home;
      if (!call.scope().contains(office)) {
        throw new FaultException(Fault.BODY_INVALID, "Name the offices whose leads it sees.");
      }
      return List.of(office);
    }
    for (var id : wanted) {
      var node = nodes.find(id).filter(n -> call.scope().containsNode(nodes, n.id()));
      if (node.isEmpty()) {
        throw new FaultException(Fault.BODY_INVALID, "There is no node `" + id + "`.");
      }
      if (node.get().kind() == Node.Kind.MEMBER || node.get().kind() == Node.Kind.TEAM) {
        throw new FaultException(
            Fault.BODY_INVALID, "Grant offices, or nodes above them: `" + id + "` is neither.");
      }
      if (Sandbox.contains(settings, id) != (home != null)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "A client of the sandbox is granted the sandbox's offices, and no other client is.");
      }
    }
    return wanted;
  }

  /// A name for the source of what the client sends, like the client's.
  private static String sourceName(Settings settings, Client client) {
    var like =
        client
            .name()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    var name = "client-" + like.substring(0, Math.min(like.length(), LONGEST_SOURCE_NAME));
    return like.isEmpty() || Sources.in(settings).findByName(name).isPresent()
        ? "client-" + client.id()
        : name;
  }

  /// A new secret and a new token; the others end after the overlap, at once when it is 0.
  Reply rotate(Call call) throws Exception {
    var known = client(call);
    var body = call.members(Set.of("overlap_hours"));
    var overlap =
        Duration.ofHours(body.number("overlap_hours", 0, LONGEST_OVERLAP_HOURS).orElse(24));
    var pair = pair(known.id(), draw());
    return call.change(batch -> {
      var client = current(batch, known);
      if (!client.isLive()) {
        throw new FaultException(Fault.STATE_CONFLICT, "This client is revoked.");
      }
      var end = batch.now().plus(overlap);
      for (var old : live(client, batch)) {
        if (old.expiresAt() == null || old.expiresAt().isAfter(end)) {
          credentials.end(batch, old, overlap.isZero() ? null : end);
        }
      }
      add(batch, pair);
      return new Call.Answer(201, shown(bare(client), pair));
    });
  }

  private List<Credential> live(Client client, Batch batch) {
    return Stream.of(Credential.Kind.CLIENT_SECRET, Credential.Kind.CLIENT_TOKEN)
        .flatMap(kind -> credentials.list(batch, kind, client.id()).stream())
        .filter(c -> c.isLive(batch.now()))
        .toList();
  }

  private static Client current(Batch batch, Client known) {
    return Clients.in(batch.settings())
        .find(known.id())
        .orElseThrow(() -> AccountResources.missing("client"));
  }

  /// Ends a client: its secrets, its tokens and its subscriptions, at once.
  Reply revoke(Call call) throws Exception {
    var known = client(call);
    return call.change(batch -> {
      var client = current(batch, known);
      if (!client.isLive()) {
        return new Call.Answer(200, bare(client));
      }
      var ended = client.revoked(batch.now());
      batch.change(Client.SETTING, client.id(), ended.body());
      live(client, batch).forEach(c -> credentials.end(batch, c, null));
      subscriptions(batch.settings(), client)
          .forEach(e -> {
            batch.change(Endpoint.SETTING, e.id(), null);
            EndpointHealth.forget(batch, e.id());
            secrets.removeAll(batch, EndpointSetup.owner(e.id()));
          });
      return new Call.Answer(200, bare(ended));
    });
  }

  private static List<Endpoint> subscriptions(Settings settings, Client client) {
    return Endpoints.in(settings).all().stream()
        .filter(e ->
            Optional.ofNullable(e.subscription())
                .filter(s -> s.client().equals(client.id()))
                .isPresent())
        .toList();
  }
}
