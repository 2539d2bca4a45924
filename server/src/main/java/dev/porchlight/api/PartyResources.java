package dev.porchlight.api;

import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.party.Grants;
import dev.porchlight.access.party.Parties;
import dev.porchlight.access.party.Party;
import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.events.GrantChanges;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Parties: who publishes and receives real-estate events, each with its pod.
final class PartyResources {
  /// The kind of what is pushed from a party's inbox.
  static final String EVENT = "event.published";

  /// The contract that an endpoint speaks which a party's inbox is pushed to.
  static final String CONTRACT = "realestate-events";

  private static final int LONGEST_OVERLAP_HOURS = 24 * 7;
  private static final int HIGHEST_RATE = 1_000_000;
  private static final Pattern HOST =
      Pattern.compile("(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]+");

  private final Store store;
  private final int hub;
  private final Credentials credentials;
  private final GrantChanges changes;

  PartyResources(Store store, int hub, Credentials credentials, GrantChanges changes) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
    this.changes = changes;
  }

  private Draw draw() {
    return Draw.fresh(store.now(), hub);
  }

  Reply list(Call call) {
    call.filters();
    return call.list(
        Parties.in(store.settings()).all(),
        p -> sees(call, store.settings(), p),
        p -> view(p),
        Party::id);
  }

  static boolean sees(Call call, Settings settings, Party party) {
    return call.scope().containsNode(Nodes.in(settings), party.node());
  }

  /// The party that a text names: by its id, the name of its pod, or its identity.
  static Optional<Party> named(Settings settings, String text, String base) {
    var parties = Parties.in(settings);
    return parties
        .find(text)
        .or(() -> parties.findByPod(text))
        .or(() -> parties.findByUri(text, base));
  }

  private Party party(Call call) {
    var settings = store.settings();
    var parties = Parties.in(settings);
    return parties
        .find(call.path("id"))
        .or(() -> parties.findByPod(call.path("id")))
        .filter(p -> sees(call, settings, p))
        .orElseThrow(() -> AccountResources.missing("party"));
  }

  Reply get(Call call) {
    var party = party(call);
    var json = view(party);
    var keys = json.putArray("keys");
    credentials.list(Credential.Kind.PARTY, party.id()).stream()
        .filter(c -> c.isLive(store.now()))
        .forEach(c -> keys.add(Views.key(c)));
    return Call.ok(json);
  }

  private static ObjectNode view(Party party) {
    var json = Json.object();
    json.put("id", party.id());
    json.put("name", party.name());
    json.put("kind", party.kind().word());
    json.put("node", party.node());
    json.put("profile", party.profile());
    json.put("pod", party.url());
    if (party.host() != null) {
      json.put("host", party.host());
    }
    if (party.defaultRecipient() != null) {
      json.put("default_recipient", party.defaultRecipient());
    }
    if (party.endpoint() != null) {
      json.put("endpoint", party.endpoint());
    }
    json.put("rate_limit", party.messages());
    json.put("created_at", party.createdAt().toString());
    if (party.removedAt() != null) {
      json.put("removed_at", party.removedAt().toString());
    }
    return json;
  }

  Reply make(Call call) throws Exception {
    var body =
        call.members(
            Set.of("name", "kind", "node", "host", "default_recipient", "endpoint", "rate_limit"));
    var name = body.needName("name");
    var kind = kind(body.needText("kind"));
    var pod = Party.podLike(name);
    if (pod.isEmpty()) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "The member `name` must have a letter a-z or a digit: the pod is called after it.");
    }
    var host = host(body);
    var rate = rate(body);
    var base = call.request().baseUrl();
    var url = host == null ? base + "/pods/" + pod + "/" : "https://" + host + "/";
    var draw = draw();
    var id = draw.uuid("party");
    var key = Tokens.create(Party.KEY);
    var credential = Party.credential(id, key, draw);
    return call.change(batch -> {
      var settings = batch.settings();
      var party =
          new Party(
              id,
              name,
              pod,
              kind,
              node(call, settings, body.text("node")),
              url,
              host,
              recipient(call, settings, kind, body.text("default_recipient")),
              endpoint(call, settings, id, body.text("endpoint")),
              rate,
              batch.now(),
              null);
      if (Parties.in(settings).findByPod(pod).isPresent()) {
        throw new FaultException(Fault.NAME_TAKEN, "There is or was a pod `" + pod + "` already.");
      }
      if (host != null && Parties.in(settings).findByHost(host).isPresent()) {
        throw new FaultException(Fault.NAME_TAKEN, "A pod has or had this `host` already.");
      }
      batch.change(Party.SETTING, id, party.body());
      credentials.add(batch, credential);
      var view = view(party);
      view.put("api_key", key);
      return new Call.Answer(201, view);
    });
  }

  private static Party.Kind kind(String word) {
    return Arrays.stream(Party.Kind.values())
        .filter(k -> k.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new FaultException(
                Fault.BODY_INVALID,
                "The member `kind` must be person, team, office, company or app."));
  }

  private static @Nullable String host(Members body) {
    var host = body.line("host", 253).map(h -> h.toLowerCase(Locale.ROOT)).orElse(null);
    if (host != null && !HOST.matcher(host).matches()) {
      throw new FaultException(
          Fault.BODY_INVALID, "The member `host` must be a host name without a port.");
    }
    return host;
  }

  private static String node(Call call, Settings settings, Optional<String> wanted) {
    var nodes = Nodes.in(settings);
    var id = wanted.orElseGet(() -> nodes.defaultOffice().id());
    if (nodes.find(id).isEmpty()
        || !call.scope().containsNode(nodes, id)
        || nodes.officesWithin(id).isEmpty()) {
      throw new FaultException(
          Fault.BODY_INVALID, "`node` must be a node that this token sees, with an office.");
    }
    return id;
  }

  private static @Nullable String recipient(
      Call call, Settings settings, Party.Kind kind, Optional<String> wanted) {
    if (wanted.isEmpty()) {
      return null;
    }
    if (kind != Party.Kind.APP) {
      throw new FaultException(Fault.BODY_INVALID, "Only an app has a `default_recipient`.");
    }
    return named(settings, wanted.get(), call.request().baseUrl())
        .filter(p -> p.isLive() && !p.isApp() && sees(call, settings, p))
        .map(Party::id)
        .orElseThrow(() ->
            new FaultException(
                Fault.BODY_INVALID,
                "`default_recipient` must name a party that is no app and that this token sees."));
  }

  private static @Nullable String endpoint(
      Call call, Settings settings, String party, Optional<String> wanted) {
    if (wanted.isEmpty()) {
      return null;
    }
    var id =
        Endpoints.in(settings)
            .find(wanted.get())
            .filter(e -> e.contract().equals(CONTRACT) && e.kinds().equals(Set.of(EVENT)))
            .filter(e -> call.scope().containsNode(Nodes.in(settings), e.node()))
            .map(Endpoint::id)
            .orElseThrow(() ->
                new FaultException(
                    Fault.BODY_INVALID,
                    "`endpoint` must be an endpoint of the contract "
                        + CONTRACT
                        + " and the kind "
                        + EVENT
                        + " that this token sees."));
    if (Parties.in(settings).all().stream()
        .anyMatch(p -> !p.id().equals(party) && id.equals(p.endpoint()))) {
      throw new FaultException(
          Fault.STATE_CONFLICT, "That endpoint is another party's: each has its own.");
    }
    return id;
  }

  Reply change(Call call) throws Exception {
    var known = party(call);
    var body = call.members(Set.of("name", "default_recipient", "endpoint", "rate_limit"));
    var rate = rate(body);
    return call.change(batch -> {
      var settings = batch.settings();
      var party = current(batch, known);
      if (!party.isLive()) {
        throw new FaultException(Fault.STATE_CONFLICT, "This party is removed.");
      }
      var changed =
          party.with(
              body.filled("name").isPresent() ? body.needName("name") : party.name(),
              body.has("default_recipient")
                  ? recipient(call, settings, party.kind(), body.text("default_recipient"))
                  : party.defaultRecipient(),
              body.has("endpoint")
                  ? endpoint(call, settings, party.id(), body.text("endpoint"))
                  : party.endpoint(),
              body.has("rate_limit") ? rate : party.rateLimit());
      if (!changed.equals(party)) {
        batch.change(Party.SETTING, party.id(), changed.body());
      }
      return new Call.Answer(200, view(changed));
    });
  }

  private static @Nullable Integer rate(Members body) {
    return body.number("rate_limit", 1, HIGHEST_RATE).orElse(null);
  }

  private static Party current(Batch batch, Party known) {
    return Parties.in(batch.settings())
        .find(known.id())
        .orElseThrow(() -> AccountResources.missing("party"));
  }

  /// A new key; the others end after the overlap, at once when it is 0.
  Reply rotateKey(Call call) throws Exception {
    var known = party(call);
    var body = call.members(Set.of("overlap_hours"));
    var overlap =
        Duration.ofHours(body.number("overlap_hours", 0, LONGEST_OVERLAP_HOURS).orElse(24));
    var key = Tokens.create(Party.KEY);
    var credential = Party.credential(known.id(), key, draw());
    return call.change(batch -> {
      var party = current(batch, known);
      if (!party.isLive()) {
        throw new FaultException(Fault.STATE_CONFLICT, "This party is removed.");
      }
      var end = batch.now().plus(overlap);
      for (var old : credentials.list(batch, Credential.Kind.PARTY, party.id())) {
        if (old.isLive(batch.now()) && (old.expiresAt() == null || old.expiresAt().isAfter(end))) {
          credentials.end(batch, old, overlap.isZero() ? null : end);
        }
      }
      credentials.add(batch, credential);
      var view = view(party);
      view.put("api_key", key);
      return new Call.Answer(201, view);
    });
  }

  /// Ends a party with its keys and all grants from it and to it. Its pod's name and what is in its
  /// inbox stay: identities are never given to another.
  Reply remove(Call call) throws Exception {
    var known = party(call);
    var draw = draw();
    return call.change(batch -> {
      var party = current(batch, known);
      if (!party.isLive()) {
        return new Call.Answer(200, view(party));
      }
      // While it still is somebody, so that the others get to know.
      var told = changes.by(draw);
      Grants.in(batch.settings()).all().stream()
          .filter(g -> g.owner().equals(party.id()) || g.party().equals(party.id()))
          .filter(g -> g.isLive(batch.now()))
          .forEach(g -> told.revoke(batch, g));
      var ended = party.removed(batch.now());
      batch.change(Party.SETTING, party.id(), ended.body());
      credentials.list(batch, Credential.Kind.PARTY, party.id()).stream()
          .filter(c -> c.isLive(batch.now()))
          .forEach(c -> credentials.end(batch, c, null));
      return new Call.Answer(200, view(ended));
    });
  }
}
