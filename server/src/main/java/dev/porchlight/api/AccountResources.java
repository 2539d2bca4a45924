package dev.porchlight.api;

import dev.porchlight.access.Clients;
import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MemberPasswords;
import dev.porchlight.access.Permission;
import dev.porchlight.access.Principals;
import dev.porchlight.access.Secrets;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.MailChannel;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.SourcePause;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.setup.SourceSetup;
import dev.porchlight.sign.Passwords;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Nodes, sources and tokens.
final class AccountResources {
  private final Store store;
  private final int hub;
  private final Credentials credentials;
  private final Secrets secrets;
  private final SourceSetup setup;
  private final PollMember polls;

  AccountResources(
      Store store,
      int hub,
      Credentials credentials,
      Secrets secrets,
      SourceSetup setup,
      PollMember polls) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
    this.secrets = secrets;
    this.setup = setup;
    this.polls = polls;
  }

  private Draw draw() {
    return Draw.fresh(store.now(), hub);
  }

  private static boolean sees(Scope scope, Nodes nodes, String node) {
    return scope.containsNode(nodes, node);
  }

  Reply listNodes(Call call) {
    call.filters();
    var nodes = Nodes.in(store.settings());
    return call.list(nodes.all(), n -> sees(call.scope(), nodes, n.id()), Views::node, Node::id);
  }

  Reply getNode(Call call) {
    var nodes = Nodes.in(store.settings());
    return nodes
        .find(call.path("id"))
        .filter(n -> sees(call.scope(), nodes, n.id()))
        .map(n -> Call.ok(Views.node(n)))
        .orElseThrow(() -> missing("node"));
  }

  static FaultException missing(String what) {
    return new FaultException(Fault.NOT_FOUND, "There is no such " + what + ".");
  }

  Reply makeNode(Call call) throws Exception {
    var body = call.members(Set.of("kind", "name", "parent", "email"));
    var kind =
        Call.member(
            "kind",
            "mls, company, office, team or member",
            body.needText("kind"),
            t -> Node.Kind.valueOf(t.toUpperCase(Locale.ROOT)));
    var name = body.needName("name");
    var email = body.line("email", 254).orElse(null);
    var parent = body.text("parent").orElse(null);
    var id = draw().digits();
    var desk = draw().digits();
    return call.change(batch -> {
      var nodes = Nodes.in(batch.settings());
      if (kind == Node.Kind.MLS ? parent != null : !nodes.fits(call.scope(), kind, parent)) {
        throw new FaultException(
            Fault.BODY_INVALID,
            "A " + kind.name().toLowerCase(Locale.ROOT) + " can't stand below that parent.");
      }
      if (kind == Node.Kind.MLS && !call.scope().everything()) {
        throw new FaultException(Fault.NOT_ALLOWED, "This token does not see all MLSs.");
      }
      var node = build(id, kind, parent, name, email, kind == Node.Kind.OFFICE ? desk : null);
      Nodes.add(batch, node);
      return new Call.Answer(201, Views.node(node));
    });
  }

  private static Node build(
      String id,
      Node.Kind kind,
      @Nullable String parent,
      String name,
      @Nullable String email,
      @Nullable String desk) {
    try {
      return new Node(id, kind, parent, name, email, desk);
    } catch (IllegalArgumentException e) {
      throw new FaultException(Fault.BODY_INVALID, String.valueOf(e.getMessage()));
    }
  }

  /// Sets the password by which a member proves who they are; makes one when none is sent.
  Reply setPassword(Call call) throws Exception {
    var body = call.members(Set.of("password"));
    var nodes = Nodes.in(store.settings());
    var member =
        nodes
            .find(call.path("id"))
            .filter(n -> sees(call.scope(), nodes, n.id()))
            .orElseThrow(() -> missing("node"));
    if (member.kind() == Node.Kind.TEAM) {
      throw new FaultException(Fault.STATE_CONFLICT, "A team has no password.");
    }
    if (member.isEnded()) {
      throw new FaultException(Fault.STATE_CONFLICT, "A member who has ended has no password.");
    }
    var given = body.object().path("password");
    if (!given.isMissingNode() && !given.isString()) {
      throw new FaultException(Fault.BODY_INVALID, "The member `password` must be a string.");
    }
    // Not trimmed: blanks are part of what was chosen.
    var password = given.isString() ? given.stringValue() : Tokens.create("");
    if (!Passwords.mayBe(password)) {
      throw new FaultException(
          Fault.BODY_INVALID,
          "A password has "
              + Passwords.SHORTEST
              + " to "
              + Passwords.LONGEST
              + " characters, not blanks alone.");
    }
    var hash = Passwords.hash(password);
    return call.change(batch -> {
      RoleResources.needWithin(call.scope(), batch.settings(), member.id());
      RoleResources.needOwnAddress(batch, member.id());
      MemberPasswords.set(batch, member.id(), hash);
      var view = Json.object();
      view.put("member", member.id());
      if (!given.isString()) {
        view.put("password", password);
      }
      return new Call.Answer(201, view);
    });
  }

  Reply listSources(Call call) {
    call.filters();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    return call.list(
        Sources.in(settings).all(),
        s -> sees(call.scope(), nodes, s.node()),
        s -> view(call, s),
        Source::id);
  }

  private ObjectNode view(Call call, Source source) {
    var view =
        Views.source(
            source,
            call.request().baseUrl(),
            credentials.list(Credential.Kind.SOURCE, source.id()),
            store.now());
    polls.show(view, source.id());
    showPause(view, SourcePause.find(store.settings(), source.id()));
    return view;
  }

  /// By id or by name.
  private Source source(Call call) {
    var settings = store.settings();
    var sources = Sources.in(settings);
    var wanted = call.path("id");
    return sources
        .find(wanted)
        .or(() -> sources.findByName(wanted))
        .filter(s -> sees(call.scope(), Nodes.in(settings), s.node()))
        .orElseThrow(() -> missing("source"));
  }

  Reply getSource(Call call) {
    return Call.ok(view(call, source(call)));
  }

  Reply makeSource(Call call) throws Exception {
    var body =
        call.members(
            Set.of(
                "name",
                "contract",
                "node",
                "api_key",
                "region",
                "signature",
                "portal",
                "retention",
                "poll"));
    var wanted =
        new SourceSetup.Wanted(
            body.needText("name"),
            body.needText("contract"),
            body.text("node").orElse(null),
            body.text("region").orElse(SourceSetup.REGION),
            body.object("signature").orElse(null),
            body.text("portal").orElse(null),
            body.text("retention").orElse(null),
            body.text("api_key").orElse(null));
    var prepared = setup.prepare(wanted);
    var poll = polls.read(body, prepared.id(), wanted.contract());
    return call.change(batch -> {
      var source = setup.put(batch, call.scope(), prepared);
      var key = prepared.key();
      var view =
          Views.source(source, call.request().baseUrl(), List.of(key.credential()), batch.now());
      view.put("api_key", key.text());
      polls.put(batch, source.id(), poll).ifPresent(p -> view.set("poll", p));
      return new Call.Answer(201, view);
    });
  }

  Reply changeSource(Call call) throws Exception {
    var known = source(call);
    var body = call.members(Set.of("node", "region", "signature", "portal", "retention", "poll"));
    var signature = setup.signature(body.object("signature").orElse(null), known.id());
    var poll = polls.read(body, known.id(), known.contract());
    var wantedNode = body.text("node");
    var region = body.text("region");
    region.ifPresent(SourceSetup::checkRegion);
    var portal = body.text("portal");
    var retention = body.text("retention");
    return call.change(batch -> {
      var now = Sources.in(batch.settings()).find(known.id()).orElseThrow(() -> missing("source"));
      var node =
          wantedNode.isEmpty()
              ? now.node()
              : SourceSetup.landing(call.scope(), Nodes.in(batch.settings()), wantedNode.get())
                  .id();
      Source changed;
      try {
        changed =
            new Source(
                now.id(),
                now.name(),
                now.contract(),
                node,
                region.orElse(now.region()),
                signature != null
                    ? signature.shown()
                    : body.has("signature") ? null : now.signature(),
                body.has("portal") ? portal.orElse(null) : now.portal(),
                body.has("retention") ? retention.orElse(null) : now.retention());
      } catch (IllegalArgumentException e) {
        throw new FaultException(Fault.BODY_INVALID, e.getMessage() + ".");
      }
      if (signature != null) {
        secrets.put(batch, signature.sealed(), null);
      } else if (body.has("signature")) {
        secrets.remove(batch, now.id(), "signature");
      }
      batch.change(Source.SETTING, now.id(), changed.body());
      var view = view(call, changed);
      if (body.has("poll")) {
        view.remove("poll");
        polls.put(batch, now.id(), poll).ifPresent(p -> view.set("poll", p));
      }
      return new Call.Answer(200, view);
    });
  }

  private static void showPause(ObjectNode view, Optional<SourcePause> pause) {
    view.remove("pause");
    pause.ifPresent(p ->
        view.putObject("pause")
            .put("by", p.by())
            .put("since", p.since().toString())
            .put("resuming", p.resuming()));
  }

  /// Lets what a source sends wait.
  Reply pauseSource(Call call) throws Exception {
    var source = source(call);
    return call.change(batch -> {
      if (Clients.in(batch.settings()).find(source.id()).isPresent()) {
        throw new FaultException(
            Fault.STATE_CONFLICT,
            "A client's own source can't be paused: it is told at once what"
                + " became of what it sends.");
      }
      var pause = SourcePause.pause(batch, source.id(), call.principal().id());
      var view = view(call, source);
      showPause(view, Optional.of(pause));
      return new Call.Answer(200, view);
    });
  }

  /// Lets it go on: what waits is worked in the order of its arrival.
  Reply resumeSource(Call call) throws Exception {
    var source = source(call);
    return call.change(batch -> {
      SourcePause.resume(batch, source.id());
      var view = view(call, source);
      showPause(view, SourcePause.find(batch.settings(), source.id()));
      return new Call.Answer(200, view);
    });
  }

  /// A new key; the others end after the overlap, at once when it is 0.
  Reply rotateKey(Call call) throws Exception {
    var source = source(call);
    var body = call.members(Set.of("api_key", "overlap_hours"));
    var key = setup.key(source.id(), body.text("api_key").orElse(null));
    var overlap =
        Duration.ofHours(
            body.number("overlap_hours", 0, SourceSetup.LONGEST_OVERLAP_HOURS).orElse(24));
    return call.change(batch -> {
      setup.rotate(batch, key, overlap);
      var view = Views.key(key.credential());
      view.put("api_key", key.text());
      view.put("source", source.id());
      return new Call.Answer(201, view);
    });
  }

  /// Gives a source a new address of mail; old ones end after the overlap.
  Reply makeMailAddress(Call call) throws Exception {
    var source = source(call);
    var body = call.members(Set.of("overlap_hours"));
    var overlap =
        Duration.ofHours(
            body.number("overlap_hours", 0, SourceSetup.LONGEST_OVERLAP_HOURS).orElse(24));
    // Mail servers may write it in small letters.
    var local = HexFormat.of().formatHex(Tokens.random(16));
    var draw = draw();
    var credential =
        new Credential(
            Tokens.hash(local),
            draw.uuid("mail address"),
            Credential.Kind.MAIL,
            source.id(),
            Json.object().put("hint", local.substring(0, 4)).toString(),
            draw.at(),
            null,
            null);
    return call.change(batch -> {
      for (var old : credentials.list(batch, Credential.Kind.MAIL, source.id())) {
        var end = batch.now().plus(overlap);
        if (old.isLive(batch.now()) && (old.expiresAt() == null || old.expiresAt().isAfter(end))) {
          credentials.end(batch, old, overlap.isZero() ? null : end);
        }
      }
      credentials.add(batch, credential);
      if (!MailChannel.isOpen(batch.settings(), source.id())) {
        batch.change(MailChannel.SETTING, source.id(), "{}");
      }
      return new Call.Answer(
          201, Json.object().put("source", source.id()).put("local_part", local));
    });
  }

  /// Ends all addresses of mail of a source.
  Reply endMailAddresses(Call call) throws Exception {
    var source = source(call);
    return call.change(batch -> {
      for (var old : credentials.list(batch, Credential.Kind.MAIL, source.id())) {
        credentials.end(batch, old, null);
      }
      if (MailChannel.isOpen(batch.settings(), source.id())) {
        batch.change(MailChannel.SETTING, source.id(), null);
      }
      return new Call.Answer(200, Json.object().put("source", source.id()));
    });
  }

  Reply listTokens(Call call) {
    call.filters();
    return call.list(
        credentials.list(Credential.Kind.TOKEN), c -> sees(call, c), Views::token, Credential::id);
  }

  private boolean sees(Call call, Credential token) {
    return Principals.isWithin(call.scope(), Nodes.in(store.settings()), token);
  }

  Reply makeToken(Call call) throws Exception {
    var body = call.members(Set.of("name", "scopes", "node", "endpoint"));
    var name = body.needName("name");
    var permission =
        body.texts("scopes").orElse(Set.of("read")).stream()
            .map(s ->
                Call.member("scopes", "a list of feed, read, work or admin", s, Permission::of))
            .max(java.util.Comparator.naturalOrder())
            .orElse(Permission.READ);
    var endpoint = body.text("endpoint").orElse(null);
    if ((endpoint == null) == (permission == Permission.FEED)) {
      throw new FaultException(
          Fault.BODY_INVALID, "The scope `feed`, and no other, goes with an `endpoint`.");
    }
    var node = endpoint == null ? body.text("node").orElse(null) : nodeOf(call, endpoint);
    var token = Tokens.create(Tokens.TOKEN);
    var credential = Principals.token(token, name, permission, node, endpoint, draw());
    return call.change(batch -> {
      var nodes = Nodes.in(batch.settings());
      boolean allowed =
          node == null
              ? call.scope().everything()
              : nodes.find(node).isPresent() && sees(call.scope(), nodes, node);
      if (!allowed) {
        throw new FaultException(
            Fault.BODY_INVALID, "There is no such node, or this token does not see it.");
      }
      credentials.add(batch, credential);
      var view = Views.token(credential);
      view.put("token", token);
      return new Call.Answer(201, view);
    });
  }

  private String nodeOf(Call call, String endpoint) {
    return Endpoints.in(store.settings())
        .find(endpoint)
        .map(Endpoint::node)
        .filter(n -> sees(call.scope(), Nodes.in(store.settings()), n))
        .orElseThrow(() -> new FaultException(Fault.BODY_INVALID, "There is no such endpoint."));
  }

  Reply endToken(Call call) throws Exception {
    var token =
        credentials
            .findById(call.path("id"))
            .filter(c -> c.kind() == Credential.Kind.TOKEN && sees(call, c))
            .orElseThrow(() -> missing("token"));
    return call.change(batch -> {
      var now = credentials.findById(token.id()).orElse(token);
      if (now.revokedAt() != null) {
        return new Call.Answer(200, Views.token(now));
      }
      return new Call.Answer(200, Views.token(credentials.end(batch, now, null)));
    });
  }
}
