package dev.porchlight.api;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MemberPasswords;
import dev.porchlight.access.Principals;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.sign.Tokens;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Settings;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What members are at the console.
final class RoleResources {
  static final String ADDRESS_TAKEN =
      "Somebody signs in with this `email` already; a member who signs in needs their own.";

  private final Store store;
  private final int hub;
  private final Credentials credentials;

  RoleResources(Store store, int hub, Credentials credentials) {
    this.store = store;
    this.hub = hub;
    this.credentials = credentials;
  }

  /// Makes a link by which a member signs in once, without a password.
  Reply link(Call call) throws Exception {
    var member = member(call);
    call.members(Set.of());
    var token = Tokens.create(Principals.LINK);
    var draw = Draw.fresh(store.now(), hub);
    var credential = Principals.link(token, member, draw);
    return call.change(batch -> {
      if (ConsoleRole.find(batch.settings(), member).isEmpty()) {
        throw new FaultException(
            Fault.STATE_CONFLICT, "This node has no role at the console; give it one first.");
      }
      needWithin(call.scope(), batch.settings(), member);
      credentials.add(batch, credential);
      var view = Json.object();
      view.put("member", member);
      view.put("url", call.request().baseUrl() + "/console/enter?token=" + token);
      view.put("expires_at", String.valueOf(credential.expiresAt()));
      return new Call.Answer(201, view);
    });
  }

  Reply get(Call call) {
    var member = member(call);
    return ConsoleRole.find(store.settings(), member)
        .map(r -> Call.ok(view(r)))
        .orElseGet(() -> Call.ok(Json.object().put("member", member)));
  }

  Reply put(Call call) throws Exception {
    var member = member(call);
    var body = call.members(Set.of("role", "node"));
    var kind =
        Call.member(
            "role", "administrator, manager or agent", body.needText("role"), ConsoleRole.Kind::of);
    var node = body.text("node").orElse(null);
    if (kind == ConsoleRole.Kind.AGENT && node != null) {
      throw new FaultException(
          Fault.BODY_INVALID, "An agent sees what is their own; leave `node` out.");
    }
    var role = new ConsoleRole(member, kind, node);
    return call.change(batch -> {
      var settings = batch.settings();
      needWithin(call.scope(), settings, member);
      if (!role.isWithin(call.scope(), settings)) {
        throw new FaultException(
            Fault.BODY_INVALID, "There is no such node, or this token does not see it.");
      }
      role.objection(Nodes.in(settings))
          .ifPresent(why -> {
            throw new FaultException(Fault.BODY_INVALID, why);
          });
      needOwnAddress(batch, member);
      role.put(batch);
      return new Call.Answer(200, view(role));
    });
  }

  Reply remove(Call call) throws Exception {
    var member = member(call);
    return call.change(batch -> {
      var role =
          ConsoleRole.find(batch.settings(), member)
              .orElseThrow(() -> AccountResources.missing("role"));
      needWithin(call.scope(), batch.settings(), member);
      ConsoleRole.remove(batch, member);
      return new Call.Answer(200, view(role));
    });
  }

  private String member(Call call) {
    var nodes = Nodes.in(store.settings());
    return nodes
        .find(call.path("id"))
        .filter(n -> call.scope().containsNode(nodes, n.id()))
        .map(Node::id)
        .orElseThrow(() -> AccountResources.missing("node"));
  }

  static void needWithin(Scope scope, Settings settings, String member) {
    if (!ConsoleRole.isWithin(scope, settings, member)) {
      throw new FaultException(
          Fault.NOT_ALLOWED, "This member sees more at the console than this token does.");
    }
  }

  /// Whose it is otherwise is not said: it may be somebody of another office.
  static void needOwnAddress(Batch batch, String member) {
    if (MemberPasswords.isTaken(batch, Nodes.in(batch.settings()).get(member))) {
      throw new FaultException(Fault.STATE_CONFLICT, ADDRESS_TAKEN);
    }
  }

  private static ObjectNode view(ConsoleRole role) {
    var view = Json.object();
    view.put("member", role.member());
    view.put("role", role.kind().word());
    if (role.node() != null) {
      view.put("node", role.node());
    }
    return view;
  }
}
