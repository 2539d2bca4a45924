package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.Activities;
import dev.porchlight.person.Card;
import dev.porchlight.person.ConsumerLink;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactEdit;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Identity;
import dev.porchlight.person.Persons;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/consumers`: a consumer and the agents they are linked to. A link gives the agent a contact;
/// one to an MLS gives it an unconnected one, for a transfer to find an agent.
///
/// Consumers see and change what is theirs; agents see it of their own contacts.
final class ConsumerResources {
  private static final String ME = "me";
  private static final Set<SparkRole> READERS = readers();

  private final Store store;
  private final int hub;
  private final boolean twinsByName;
  private final Contacts contacts;
  private final Resource.Doorkeeper doorkeeper;

  ConsumerResources(Store store, int hub, boolean twinsByName, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    this.twinsByName = twinsByName;
    contacts = new Contacts(store);
    this.doorkeeper = doorkeeper;
  }

  private static Set<SparkRole> readers() {
    var all = new TreeSet<>(Roles.CONSUMERS);
    all.addAll(Roles.AGENTS);
    return Set.copyOf(all);
  }

  List<Resource> resources() {
    return List.of(
        Resource.of("/consumers/me", doorkeeper).on("GET", Roles.CONSUMERS, c -> consumer(c, ME)),
        Resource.of("/consumers/me/agents", doorkeeper)
            .on("GET", Roles.CONSUMERS, c -> agents(c, ME)),
        Resource.of("/consumers/me/agents/current", doorkeeper)
            .on("GET", Roles.CONSUMERS, this::current),
        Resource.of("/consumers/{id}", doorkeeper)
            .on("GET", READERS, c -> consumer(c, c.path("id"))),
        Resource.of("/consumers/{id}/agents", doorkeeper)
            .on("GET", READERS, c -> agents(c, c.path("id"))),
        Resource.of("/consumers/{id}/agents/{agent}", doorkeeper)
            .on("GET", READERS, this::agent)
            .on("PUT", Roles.CONSUMERS, this::link)
            .on("DELETE", Roles.CONSUMERS, this::unlink),
        Resource.of("/consumers/{id}/agents/{agent}/contacts", doorkeeper)
            .on("GET", READERS, this::contacts));
  }

  private static SparkException missing() {
    return new SparkException(SparkFault.NOT_FOUND);
  }

  /// A consumer as the caller may see them.
  ///
  /// @param own the contact through which the caller knows them
  private record Known(String id, Contacts.Listed own) {}

  private Known known(SparkCall call, String id) {
    var caller = call.caller();
    if (caller.role().isConsumer()) {
      var contact = caller.contact().orElseThrow(ConsumerResources::missing);
      var consumer = ConsumerLink.consumerOf(store, contact);
      if (!id.equals(ME) && !id.equals(consumer)) {
        throw missing();
      }
      var owner = contacts.findOwner(contact).orElseThrow(ConsumerResources::missing);
      return new Known(
          consumer, contacts.find(owner, contact).orElseThrow(ConsumerResources::missing));
    }
    var owner = ContactResources.owner(caller, Nodes.in(store.settings()));
    return ConsumerLink.list(store, id).stream()
        .map(ConsumerLink::contactId)
        .map(c -> contacts.find(owner, c))
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> contacts.find(owner, id))
        .map(c -> new Known(id, c))
        .orElseThrow(ConsumerResources::missing);
  }

  private Reply.Full consumer(SparkCall call, String id) {
    var known = known(call, id);
    var body = known.own().contact().body();
    var view = Json.object();
    view.put("ResourceUri", "/v1/consumers/" + known.id());
    view.put("Id", known.id());
    view.put("Name", ContactView.cut(body.shownName(), ContactAttributes.LONGEST_NAME));
    body.primaryEmail().ifPresent(e -> view.put("Email", e));
    PortalAccount.find(store, known.own().contact().id())
        .map(PortalAccount::signedInAt)
        .ifPresent(at -> view.put("LastLoginTimestamp", ContactView.time(at)));
    view.put("ModificationTimestamp", ContactView.time(known.own().modifiedAt()));
    view.put("CreatedTimestamp", ContactView.time(known.own().contact().createdAt()));
    return Envelope.ok(List.of(view));
  }

  /// The accounts that a consumer is linked to: the one whose contact they came as is the first.
  private List<Node> agents(Nodes nodes, Known known) {
    var ids = new ArrayList<String>();
    contacts.findOwner(known.id()).ifPresent(ids::add);
    ConsumerLink.list(store, known.id()).stream()
        .map(ConsumerLink::agentId)
        .filter(a -> !ids.contains(a))
        .forEach(ids::add);
    return ids.stream().map(nodes::find).flatMap(Optional::stream).toList();
  }

  private ObjectNode view(Nodes nodes, Node agent) {
    return AccountResources.view(nodes, agent)
        .put("PortalEnabled", PortalResources.isOpen(store, agent));
  }

  private Reply.Full agents(SparkCall call, String id) {
    var nodes = Nodes.in(store.settings());
    var results = agents(nodes, known(call, id)).stream().map(a -> view(nodes, a)).toList();
    return Envelope.ok(results);
  }

  private Reply.Full current(SparkCall call) {
    var nodes = Nodes.in(store.settings());
    var known = known(call, ME);
    return nodes
        .find(known.own().contact().ownerId())
        .map(a -> Envelope.ok(List.of(view(nodes, a))))
        .orElseThrow(ConsumerResources::missing);
  }

  private Reply.Full agent(SparkCall call) {
    var nodes = Nodes.in(store.settings());
    return agents(nodes, known(call, call.path("id"))).stream()
        .filter(a -> a.id().equals(call.path("agent")))
        .findFirst()
        .map(a -> Envelope.ok(List.of(view(nodes, a))))
        .orElseThrow(ConsumerResources::missing);
  }

  private Reply.Full contacts(SparkCall call) throws BodyException, IOException {
    var known = known(call, call.path("id"));
    var agent = call.path("agent");
    var ids = new ArrayList<String>();
    if (contacts.findOwner(known.id()).filter(agent::equals).isPresent()) {
      ids.add(known.id());
    }
    ConsumerLink.list(store, known.id()).stream()
        .map(ConsumerLink::contactId)
        .filter(c -> !ids.contains(c))
        .forEach(ids::add);
    var caller = call.caller();
    if (!caller.role().isConsumer()
        && !ContactResources.owner(caller, Nodes.in(store.settings())).equals(agent)) {
      throw missing();
    }
    var view =
        new ContactView(
            contacts,
            new Activities(store),
            store,
            ListParameters.names(call, "_select"),
            ListParameters.names(call, "_expand"),
            caller,
            false,
            false);
    return Envelope.ok(
        ids.stream()
            .map(c -> contacts.find(agent, c))
            .flatMap(Optional::stream)
            .map(view::view)
            .toList());
  }

  /// Links the consumer to an account of their MLS. Who is linked already stays so.
  private Reply.Full link(SparkCall call) {
    var known = known(call, call.path("id"));
    var agent = call.path("agent");
    var nodes = Nodes.in(store.settings());
    var mls = mls(nodes, call.caller().account());
    var account =
        nodes
            .find(agent)
            .filter(n -> n.kind() == Node.Kind.MEMBER || n.kind() == Node.Kind.MLS)
            .filter(n -> mls != null && nodes.isWithin(n.id(), mls.id()))
            .orElseThrow(ConsumerResources::missing);
    var contact = known.own().contact();
    if (contact.ownerId().equals(agent)) {
      return Envelope.done();
    }
    var draw = Draw.fresh(store.now(), hub);
    var body = contact.body();
    var email = body.primaryEmail();
    var theirs = making(draw, account, contact, email.orElse(null));
    var unknown = making(draw, account, contact, null);
    WatchBodies.write(
        store,
        4096,
        batch -> {
          // Looked at again here: an erasure may have come in between.
          if (Persons.findContact(batch, contact.id()).isEmpty()) {
            return WatchBodies.Outcome.refused(missing());
          }
          var there = ConsumerLink.find(batch, known.id(), agent);
          if (there.isPresent()
              && Persons.findContact(batch, there.get().contactId()).isPresent()) {
            return WatchBodies.Outcome.of(true);
          }
          // What consumers write of themselves proves nothing: by an address that is not known to
          // be theirs they neither find anybody nor get at what an agent knows of its owner.
          boolean proven =
              Persons.isKnownBy(batch, contact.personId(), agent, theirs.identity().email());
          var twin =
              email.flatMap(e ->
                  Persons.findTwin(batch, agent, e, twinsByName ? body.shownName() : null, ""));
          boolean same =
              twin.flatMap(t -> Persons.findContact(batch, t))
                  .filter(t -> proven && t.personId().equals(contact.personId()))
                  .isPresent();
          if (twin.isPresent() && !same) {
            return WatchBodies.Outcome.refused(
                SparkException.attribute(
                    SparkFault.CONFLICT,
                    ContactAttributes.PRIMARY_EMAIL,
                    "That agent has a contact with this PrimaryEmail already."));
          }
          if (twin.isEmpty()) {
            ContactEdits.add(batch, proven ? theirs : unknown, call.caller().id());
          }
          new ConsumerLink(known.id(), agent, twin.orElse(draw.digits()), draw.at()).put(batch);
          return WatchBodies.Outcome.of(true);
        });
    return Envelope.done();
  }

  /// @param email the address by which to find the person; null for somebody nobody knows
  private static ContactEdits.Making making(
      Draw draw, Node account, Contact contact, @Nullable String email) {
    var body = contact.body();
    return new ContactEdits.Making(
        draw,
        account.id(),
        account.kind() == Node.Kind.MEMBER,
        copy(contact),
        Identity.of(
            new Enquirer(
                body.givenName(), body.familyName(), body.shownName(), email, null, null, null),
            ContactResources.REGION));
  }

  private static @Nullable Node mls(Nodes nodes, Node account) {
    return nodes.all().stream()
        .filter(n -> n.kind() == Node.Kind.MLS && nodes.isWithin(account.id(), n.id()))
        .findFirst()
        .orElse(null);
  }

  /// What another agent is told of somebody who asks for them: name, addresses and numbers; nothing
  /// that the first agent wrote about them.
  private static ContactEdit copy(Contact contact) {
    var body = contact.body();
    var typed = new TreeSet<String>(Set.of("display_name"));
    if (body.givenName() != null) {
      typed.add("given_name");
    }
    if (body.familyName() != null) {
      typed.add("family_name");
    }
    body.primaryEmail().ifPresent(_ -> typed.add(Card.PRIMARY_EMAIL));
    body.primaryPhone().ifPresent(_ -> typed.add(Card.PRIMARY_PHONE));
    return new ContactEdit(
        typed,
        ContactView.cut(body.shownName(), ContactAttributes.LONGEST_TEXT),
        body.givenName() == null
            ? null
            : ContactView.cut(body.givenName(), ContactAttributes.LONGEST_TEXT),
        body.familyName() == null
            ? null
            : ContactView.cut(body.familyName(), ContactAttributes.LONGEST_TEXT),
        List.of(),
        List.of(),
        List.of(),
        null,
        new Card(
            body.primaryEmail().orElse(null),
            List.of(),
            List.of(),
            body.primaryPhone().orElse(null),
            Map.of(),
            null,
            false,
            Map.of(),
            List.of()));
  }

  private Reply.Full unlink(SparkCall call) {
    var known = known(call, call.path("id"));
    boolean ended =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var link = ConsumerLink.find(batch, known.id(), call.path("agent"));
              link.ifPresent(l -> l.end(batch));
              return link.isPresent();
            });
    if (!ended) {
      throw missing();
    }
    return Envelope.done();
  }
}
