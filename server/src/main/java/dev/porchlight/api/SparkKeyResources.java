package dev.porchlight.api;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.access.spark.SparkKey;
import dev.porchlight.access.spark.SparkKey.Way;
import dev.porchlight.access.spark.SparkKeys;
import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.net.Cidr;
import dev.porchlight.person.Persons;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The keys of the Spark door.
final class SparkKeyResources {
  private static final int HIGHEST_RATE = 1_000_000;
  private static final String API_KEY = "spk_";
  private static final String API_SECRET = "sps_";
  private static final String TOKEN = "spt_";
  private static final Set<String> CHANGEABLE =
      Set.of(
          "name",
          "acts_within",
          "ways",
          "redirect_uris",
          "replication",
          "rate_limit",
          "addresses",
          "user_agents");

  private final Store store;
  private final int hub;
  private final Credentials credentials;
  private final Secrets secrets;
  private final Persons persons;

  SparkKeyResources(
      Store store, int hub, Credentials credentials, Secrets secrets, Persons persons) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
    this.secrets = secrets;
    this.persons = persons;
  }

  Reply list(Call call) {
    call.filters();
    var nodes = Nodes.in(store.settings());
    return call.list(
        SparkKeys.in(store.settings()).all(),
        k -> sees(call.scope(), nodes, k),
        SparkKeyResources::view,
        SparkKey::id);
  }

  private static boolean sees(Scope scope, Nodes nodes, SparkKey key) {
    return scope.containsNode(nodes, key.member());
  }

  private SparkKey key(Call call) {
    return SparkKeys.in(store.settings())
        .find(call.path("id"))
        .filter(k -> sees(call.scope(), Nodes.in(store.settings()), k))
        .orElseThrow(() -> new FaultException(Fault.NOT_FOUND, "There is no such Spark key."));
  }

  Reply get(Call call) {
    return Call.ok(view(key(call)));
  }

  /// The key and, this once, its secret and its personal access token.
  Reply make(Call call) throws Exception {
    var known = new TreeSet<>(CHANGEABLE);
    known.addAll(Set.of("role", "member", "contact"));
    var body = call.members(known);
    var draw = Draw.fresh(store.now(), hub);
    var id = draw.uuid("spark-key");
    var role =
        Call.member(
            "role",
            "idx, public, vow, portal or private",
            body.text("role").orElse("private"),
            SparkRole::of);
    var member = member(call, body.text("member"));
    var contact = contact(member, role, body.text("contact"));
    var secret = Tokens.create(API_SECRET);
    var token = Tokens.create(TOKEN);
    var fresh =
        new SparkKey(
            id,
            body.needName("name"),
            Tokens.create(API_KEY),
            role,
            member.id(),
            contact,
            null,
            Set.of(Way.values()),
            List.of(),
            false,
            SparkKey.USUAL_RATE,
            List.of(),
            List.of(),
            draw.at(),
            null);
    var key = changed(call, fresh, body);
    var sealed = secrets.seal(key.owner(), SparkKey.SECRET, secret);
    var credential =
        new Credential(
            Tokens.hash(token),
            draw.uuid("spark-token"),
            Credential.Kind.SPARK,
            key.owner(),
            Json.object().put("hint", Principals.hint(token)).toString(),
            draw.at(),
            null,
            null);
    return call.change(batch -> {
      if (Nodes.in(batch.settings()).find(key.member()).isEmpty()) {
        throw new FaultException(Fault.BODY_INVALID, "There is no such member.");
      }
      secrets.put(batch, sealed, null);
      credentials.add(batch, credential);
      batch.change(SparkKey.SETTING, key.id(), key.body());
      var view = view(key);
      view.put("api_secret", secret);
      view.put("token", token);
      return new Call.Answer(201, view);
    });
  }

  /// Changes how a key is bounded; whom it stands for stays.
  Reply change(Call call) throws Exception {
    var body = call.members(CHANGEABLE);
    var known = key(call);
    var changed = changed(call, known, body);
    return call.change(batch -> {
      var now = SparkKeys.in(batch.settings()).find(known.id()).orElse(known);
      if (!now.equals(known)) {
        throw new FaultException(Fault.STATE_CONFLICT, "The key was changed meanwhile.");
      }
      batch.change(SparkKey.SETTING, changed.id(), changed.body());
      return new Call.Answer(200, view(changed));
    });
  }

  /// Ends it at once, with all that it opened.
  Reply revoke(Call call) throws Exception {
    var known = key(call);
    return call.change(batch -> {
      var now = SparkKeys.in(batch.settings()).find(known.id()).orElse(known);
      if (now.isRevoked()) {
        return new Call.Answer(200, view(now));
      }
      var ended = now.revoked(batch.now());
      batch.change(SparkKey.SETTING, ended.id(), ended.body());
      // Its token stays known, so that whoever has it is told that the key is disabled.
      secrets.remove(batch, ended.owner(), SparkKey.SECRET);
      return new Call.Answer(200, view(ended));
    });
  }

  private Node member(Call call, Optional<String> wanted) {
    var nodes = Nodes.in(store.settings());
    var member =
        wanted.isEmpty()
            ? Optional.of(nodes.frontDeskOf(nodes.defaultOffice()))
            : nodes.find(wanted.get());
    return member
        .filter(m -> m.kind() != Node.Kind.TEAM && call.scope().containsNode(nodes, m.id()))
        .orElseThrow(() ->
            new FaultException(
                Fault.BODY_INVALID,
                wanted.isEmpty()
                    ? "Name the member whom the key acts for."
                    : "There is no such member, or this token does not see it."));
  }

  private @Nullable String contact(Node member, SparkRole role, Optional<String> wanted) {
    if (wanted.isEmpty()) {
      return null;
    }
    if (!role.isConsumer()) {
      throw new FaultException(
          Fault.BODY_INVALID, "Only a key with the role vow or portal acts as a contact.");
    }
    return persons
        .find(Scope.at(store.settings(), member.id()), wanted.get())
        .orElseThrow(() ->
            new FaultException(Fault.BODY_INVALID, "That member's office has no such contact."))
        .id();
  }

  private SparkKey changed(Call call, SparkKey key, Members body) {
    var replication = body.flag("replication").orElse(key.replication());
    int usual = replication ? SparkKey.REPLICATION_RATE : SparkKey.USUAL_RATE;
    var rate =
        body.number("rate_limit", 1, HIGHEST_RATE)
            .orElse(replication == key.replication() ? key.rate() : usual);
    var ways =
        body.texts("ways")
            .map(all ->
                all.stream()
                    .map(w -> Call.member("ways", "a list of session, token or oauth2", w, Way::of))
                    .collect(Collectors.toUnmodifiableSet()))
            .orElse(key.ways());
    if (ways.isEmpty()) {
      throw new FaultException(Fault.BODY_INVALID, "A key needs at least one of the `ways`.");
    }
    var addresses = body.texts("addresses").map(List::copyOf).orElse(key.addresses());
    for (var address : addresses) {
      Call.member("addresses", "a list of networks such as 192.0.2.0/24", address, Cidr::parse);
    }
    return new SparkKey(
        key.id(),
        body.has("name") ? body.needName("name") : key.name(),
        key.apiKey(),
        key.role(),
        key.member(),
        key.contact(),
        body.has("acts_within") ? actsWithin(call, body) : key.actsWithin(),
        ways,
        body.texts("redirect_uris").map(SparkKeyResources::redirects).orElse(key.redirectUris()),
        replication,
        rate,
        addresses,
        body.texts("user_agents").map(SparkKeyResources::agents).orElse(key.userAgents()),
        key.createdAt(),
        key.revokedAt());
  }

  private @Nullable String actsWithin(Call call, Members body) {
    var wanted = body.text("acts_within");
    if (wanted.isEmpty()) {
      return null;
    }
    var nodes = Nodes.in(store.settings());
    return nodes
        .find(wanted.get())
        .filter(n -> call.scope().containsNode(nodes, n.id()))
        .orElseThrow(() -> new FaultException(Fault.BODY_INVALID, "There is no such node."))
        .id();
  }

  private static List<String> agents(Set<String> texts) {
    if (texts.stream().anyMatch(t -> t.isBlank() || t.length() > Members.LONGEST_NAME)) {
      throw new FaultException(
          Fault.BODY_INVALID, "Each of the `user_agents` has 1 to 200 characters.");
    }
    return List.copyOf(texts);
  }

  private static List<String> redirects(Set<String> texts) {
    for (var text : texts) {
      if (!isRedirect(text)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "Each of the `redirect_uris` is a whole https address without a fragment (plain http"
                + " for localhost alone).");
      }
    }
    return List.copyOf(texts);
  }

  private static boolean isRedirect(String text) {
    try {
      var uri = new URI(text);
      var host = uri.getHost();
      return text.length() <= 2048
          && host != null
          && uri.getRawFragment() == null
          && uri.getRawUserInfo() == null
          && ("https".equalsIgnoreCase(uri.getScheme())
              || "http".equalsIgnoreCase(uri.getScheme())
                  && Set.of("localhost", "127.0.0.1", "[::1]").contains(host));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static ObjectNode view(SparkKey key) {
    var json = Json.object();
    json.put("id", key.id());
    json.put("name", key.name());
    json.put("api_key", key.apiKey());
    json.put("role", key.role().word());
    json.put("member", key.member());
    put(json, "contact", key.contact());
    put(json, "acts_within", key.actsWithin());
    var ways = json.putArray("ways");
    key.ways().stream().sorted().forEach(w -> ways.add(w.word()));
    var uris = json.putArray("redirect_uris");
    key.redirectUris().forEach(uris::add);
    json.put("replication", key.replication());
    json.put("rate_limit", key.rate());
    var addresses = json.putArray("addresses");
    key.addresses().forEach(addresses::add);
    var agents = json.putArray("user_agents");
    key.userAgents().forEach(agents::add);
    json.put("created_at", key.createdAt().toString());
    put(json, "revoked_at", key.revokedAt());
    return json;
  }

  private static void put(ObjectNode json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}
