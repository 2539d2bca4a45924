package dev.porchlight.api;

import dev.porchlight.access.ConsoleRole;
import dev.porchlight.access.Credential;
import dev.porchlight.access.Credentials;
import dev.porchlight.access.MemberPasswords;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Persons;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.web.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Nodes that change: another name or address, and members who end and come back. A node is never
/// removed, since what happened keeps its name.
final class NodeChanges {
  /// Contacts that are passed on in one unit.
  private static final int AT_ONCE = 50;

  private final Store store;
  private final Credentials credentials;

  NodeChanges(Store store, Credentials credentials) {
    this.store = store;
    this.credentials = credentials;
  }

  Reply change(Call call) throws Exception {
    var nodes = Nodes.in(store.settings());
    var id =
        nodes
            .find(call.path("id"))
            .filter(n -> call.scope().containsNode(nodes, n.id()))
            .map(Node::id)
            .orElseThrow(() -> AccountResources.missing("node"));
    var body = call.members(Set.of("name", "email", "ended"));
    var name = body.has("name") ? body.needName("name") : null;
    var email = body.line("email", 254).orElse(null);
    var ended = body.flag("ended");
    var reply =
        call.change(batch -> {
          var now = Nodes.in(batch.settings()).get(id);
          RoleResources.needWithin(call.scope(), batch.settings(), id);
          var wanted = body.has("email") ? email : now.email();
          if (wanted != null
              && !wanted.equalsIgnoreCase(now.email())
              && MemberPasswords.canSignIn(batch, id)
              && MemberPasswords.isTaken(batch, id, wanted)) {
            throw new FaultException(Fault.STATE_CONFLICT, RoleResources.ADDRESS_TAKEN);
          }
          boolean ends = ended.orElse(now.isEnded());
          if (ends && !now.isEnded()) {
            end(batch, now, call.principal().id());
          }
          var changed =
              new Node(
                  id,
                  now.kind(),
                  now.parent(),
                  name == null ? now.name() : name,
                  wanted,
                  now.frontDesk(),
                  endedAt(ends, now, batch.now()));
          if (!changed.equals(now)) {
            Nodes.put(batch, changed);
          }
          return new Call.Answer(200, Views.node(changed));
        });
    if (ended.orElse(false)) {
      passOn(id, call.principal().id());
    }
    return reply;
  }

  private static @Nullable Instant endedAt(boolean ends, Node now, Instant at) {
    return !ends ? null : now.isEnded() ? now.endedAt() : at;
  }

  private void end(Batch batch, Node member, String principal) {
    if (member.kind() != Node.Kind.MEMBER) {
      throw new FaultException(Fault.STATE_CONFLICT, "Only a member ends.");
    }
    var nodes = Nodes.in(batch.settings());
    if (nodes.officeOf(member.id()).filter(o -> member.id().equals(o.frontDesk())).isPresent()) {
      throw new FaultException(
          Fault.STATE_CONFLICT, "The front desk owns what nobody has, and does not end.");
    }
    if (principal.equals("member " + member.id())) {
      throw new FaultException(Fault.STATE_CONFLICT, "Nobody ends themselves.");
    }
    if (ConsoleRole.find(batch.settings(), member.id()).isPresent()) {
      ConsoleRole.remove(batch, member.id());
    }
    MemberPasswords.remove(batch, member.id());
    credentials.list(batch, Credential.Kind.SIGN_IN, member.id()).stream()
        .filter(c -> c.isLive(batch.now()))
        .forEach(c -> credentials.end(batch, c, null));
  }

  /// Passes the contacts of a member who has ended to the front desk, some at a time. Nobody gives
  /// them another meanwhile; what a hub that stops leaves over, asking again finishes.
  private void passOn(String member, String principal) {
    var nodes = Nodes.in(store.settings());
    var desk = nodes.frontDeskOf(nodes.officeOf(member).orElseThrow()).id();
    var edit =
        new ContactEdit(Set.of(), null, null, null, List.of(), List.of(), List.of(), desk, null);
    for (var some = after(member, ""); !some.isEmpty(); some = after(member, some.getLast())) {
      var these = some;
      store.write(
          WorkQueue.EDITS,
          batch -> {
            for (var id : these) {
              Persons.findContact(batch, id)
                  .filter(c -> c.ownerId().equals(member))
                  .filter(c -> !Persons.isErased(batch, c.personId()))
                  .ifPresent(c -> ContactEdits.edit(batch, c, edit, principal, batch.now()));
            }
            return true;
          });
    }
  }

  private List<String> after(String member, String contact) {
    return store.read(h ->
        h.createQuery(
                "SELECT contact_id FROM contact_search WHERE owner_id = :owner"
                    + " AND contact_id > :contact ORDER BY contact_id LIMIT :most")
            .bind("owner", member)
            .bind("contact", contact)
            .bind("most", AT_ONCE)
            .mapTo(String.class)
            .list());
  }
}
