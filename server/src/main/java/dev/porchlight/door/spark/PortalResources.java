package dev.porchlight.door.spark;

import dev.porchlight.access.spark.SparkRole;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.person.Contact;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Persons;
import dev.porchlight.person.Portal;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/contacts/<Id>/portal`: the account with which a contact signs in; `/v1/portal`: where an
/// agent's contacts sign in.
final class PortalResources {
  /// What a portal may require of those who sign up, in the order in which they are asked.
  static final List<String> REQUIRABLE =
      List.of(
          ContactAttributes.GIVEN_NAME,
          ContactAttributes.FAMILY_NAME,
          ContactAttributes.PRIMARY_PHONE,
          "HomeStreetAddress",
          "HomeLocality",
          "HomeRegion",
          "HomePostalCode");

  private final Store store;
  private final int hub;
  private final Contacts contacts;
  private final Resource.Doorkeeper doorkeeper;

  PortalResources(Store store, int hub, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    contacts = new Contacts(store);
    this.doorkeeper = doorkeeper;
  }

  List<Resource> resources() {
    return List.of(
        Resource.of("/contacts/{id}/portal", doorkeeper)
            .on("GET", Roles.ALL, this::get)
            .on("POST", Roles.WRITERS, this::create)
            .on("PUT", Roles.AGENTS, this::update),
        Resource.of("/portal", doorkeeper)
            .on("GET", Roles.ALL, this::portal)
            .on("POST", Roles.AGENTS, this::createPortal)
            .on("PUT", Roles.AGENTS, this::updatePortal),
        Resource.of("/portal/{id}", doorkeeper)
            .on("GET", Roles.ALL, this::portalById)
            .on("PUT", Roles.AGENTS, this::updatePortal));
  }

  private static SparkException missing() {
    return new SparkException(SparkFault.NOT_FOUND);
  }

  static String uri(String contact) {
    return ContactView.uri(contact) + "/portal";
  }

  /// A consumer sees their own contact's account, everybody else those of their contacts.
  private Contact contact(SparkCall call) {
    return contact(store, contacts, call);
  }

  static Contact contact(Store store, Contacts contacts, SparkCall call) {
    var caller = call.caller();
    var id = call.path("id");
    if (caller.role().isConsumer()) {
      return caller
          .contact()
          .filter(id::equals)
          .flatMap(c -> contacts.findOwner(c).flatMap(o -> contacts.find(o, c)))
          .orElseThrow(PortalResources::missing)
          .contact();
    }
    return contacts
        .find(ContactResources.owner(caller, Nodes.in(store.settings())), id)
        .orElseThrow(PortalResources::missing)
        .contact();
  }

  static ObjectNode view(Contact contact, PortalAccount account) {
    var view = Json.object();
    view.put("ResourceUri", uri(contact.id()));
    view.put("Id", account.id());
    view.put("OwnerId", contact.ownerId());
    if (account.loginName() != null) {
      view.put(PortalWriting.LOGIN_NAME, account.loginName());
    }
    if (account.activeAt() != null) {
      view.put("LastActive", ContactView.time(account.activeAt()));
    }
    if (account.signedInAt() != null) {
      view.put("LastLogin", ContactView.time(account.signedInAt()));
    }
    view.putObject("Locale").put("Language", account.language());
    var identity = view.putObject("Identity").put("Connected", account.signedInAt() != null);
    contact.body().primaryEmail().ifPresent(e -> identity.put("Email", e));
    view.put(PortalWriting.ENABLED, account.enabled());
    // As one client reads it.
    view.putObject("Settings").put(PortalWriting.ENABLED, Boolean.toString(account.enabled()));
    return view;
  }

  private Reply.Full get(SparkCall call) throws BodyException, IOException {
    var contact = contact(call);
    var account =
        PortalAccount.find(store, contact.id())
            .orElseThrow(() -> new SparkException(SparkFault.NO_PORTAL_ACCOUNT));
    return Envelope.ok(List.of(selected(call, view(contact, account))));
  }

  private static ObjectNode selected(SparkCall call, ObjectNode view)
      throws BodyException, IOException {
    var select = new ArrayList<>(ListParameters.names(call, "_select"));
    if (!select.isEmpty()) {
      select.add("Id");
      select.add("ResourceUri");
      view.retain(select);
    }
    return view;
  }

  /// What became of a unit: an id, or a refusal where it wrote nothing.
  private record Outcome(@Nullable SparkException refusal, String id) {
    static Outcome refused(SparkException refusal) {
      return new Outcome(refusal, "");
    }
  }

  private String write(Unit<Outcome> unit) {
    var outcome = store.write(WorkQueue.EDITS, unit);
    if (outcome.refusal() != null) {
      throw outcome.refusal();
    }
    return outcome.id();
  }

  /// An account for a contact that comes to be, whose name is its address where that is free.
  static PortalAccount fresh(Batch batch, Draw draw, Contact contact) {
    var name =
        contact
            .body()
            .primaryEmail()
            .filter(e -> e.codePointCount(0, e.length()) <= PortalAccount.LONGEST_LOGIN)
            .filter(e -> !PortalAccount.isTaken(batch, contact.ownerId(), e, contact.id()));
    return PortalAccount.of(draw, contact.id(), name.orElse(null));
  }

  private static @Nullable SparkException objection(
      Batch batch, Contact contact, PortalAccount account) {
    return account.loginName() != null
            && PortalAccount.isTaken(batch, contact.ownerId(), account.loginName(), contact.id())
        ? taken()
        : null;
  }

  static SparkException taken() {
    return SparkException.attribute(
        SparkFault.CONFLICT,
        PortalWriting.LOGIN_NAME,
        "Another contact at this portal has this LoginName.");
  }

  private Reply.Full create(SparkCall call) throws BodyException, IOException {
    var id = contact(call).id();
    var written = PortalWriting.read(call.body().orElseGet(Json::object));
    var owner = ContactResources.owner(call.caller(), Nodes.in(store.settings()));
    var draw = Draw.fresh(store.now(), hub);
    var account =
        write(batch -> {
          var contact = Persons.findContact(batch, id).filter(c -> c.ownerId().equals(owner));
          if (contact.isEmpty()) {
            return Outcome.refused(missing());
          }
          if (PortalAccount.find(batch, id).isPresent()) {
            return Outcome.refused(new SparkException(SparkFault.PORTAL_ACCOUNT_EXISTS));
          }
          var made = written.applied(fresh(batch, draw, contact.get()));
          var objection = objection(batch, contact.get(), made);
          if (objection != null) {
            return Outcome.refused(objection);
          }
          made.put(batch, true);
          return new Outcome(null, made.id());
        });
    return Envelope.created(uri(id), account);
  }

  private Reply.Full update(SparkCall call) throws BodyException, IOException {
    var id = contact(call).id();
    var written = PortalWriting.read(call.body().orElseGet(Json::object));
    var owner = ContactResources.owner(call.caller(), Nodes.in(store.settings()));
    var account =
        write(batch -> {
          var contact = Persons.findContact(batch, id).filter(c -> c.ownerId().equals(owner));
          if (contact.isEmpty()) {
            return Outcome.refused(missing());
          }
          var known = PortalAccount.find(batch, id);
          if (known.isEmpty()) {
            return Outcome.refused(new SparkException(SparkFault.NO_PORTAL_ACCOUNT));
          }
          var changed = written.applied(known.get());
          var objection = objection(batch, contact.get(), changed);
          if (objection != null) {
            return Outcome.refused(objection);
          }
          if (!changed.equals(known.get())) {
            changed.put(batch, false);
          }
          return new Outcome(null, changed.id());
        });
    return Envelope.reply(
        200,
        Envelope.results(List.of(Json.object().put("Id", account).put("ResourceUri", uri(id)))));
  }

  /// Whose portal a caller means: a consumer that of whoever owns their contact.
  private Optional<String> owner(SparkCall call) {
    var caller = call.caller();
    return caller.role().isConsumer()
        ? caller.contact().flatMap(contacts::findOwner)
        : Optional.of(ContactResources.owner(caller, Nodes.in(store.settings())));
  }

  private static ObjectNode view(Portal portal) {
    var view = Json.object();
    view.put("ResourceUri", "/v1/portal");
    view.put("Id", portal.id());
    view.put("OwnerId", portal.ownerId());
    view.put("Name", portal.name());
    view.put("DisplayName", portal.displayName());
    view.put(PortalWriting.ENABLED, portal.enabled());
    var required = view.putArray("RequiredFields");
    portal.required().forEach(required::add);
    view.put("ModificationTimestamp", ContactView.time(portal.modifiedAt()));
    return view;
  }

  /// No portal is an empty list.
  private Reply.Full portal(SparkCall call) throws BodyException, IOException {
    var found = owner(call).flatMap(o -> Portal.find(store, o));
    return found.isEmpty()
        ? Envelope.ok(List.of())
        : Envelope.ok(List.of(selected(call, view(found.get()))));
  }

  private Reply.Full portalById(SparkCall call) throws BodyException, IOException {
    var found =
        owner(call)
            .flatMap(o -> Portal.find(store, o))
            .filter(p -> p.id().equals(call.path("id")))
            .orElseThrow(PortalResources::missing);
    return Envelope.ok(List.of(selected(call, view(found))));
  }

  /// What is written of a portal; null where nothing is said.
  private record Written(
      @Nullable String displayName, @Nullable Boolean enabled, @Nullable List<String> required) {
    static Written read(ObjectNode d) {
      var name = AccountResources.text(d, "DisplayName", ContactAttributes.LONGEST_NAME, false);
      if (d.has("DisplayName") && (name == null || Portal.nameOf(name).isEmpty())) {
        throw AccountResources.wrong("DisplayName", "has a letter or a digit at least");
      }
      return new Written(
          name, PortalWriting.flag("Enabled", d.get("Enabled")), required(d.get("RequiredFields")));
    }

    private static @Nullable List<String> required(
        tools.jackson.databind.@Nullable JsonNode value) {
      if (value == null || value.isNull()) {
        return null;
      }
      if (!(value instanceof ArrayNode list) || !list.valueStream().allMatch(n -> n.isString())) {
        throw AccountResources.wrong("RequiredFields", "is a list of strings");
      }
      var words = Set.copyOf(list.valueStream().map(n -> n.stringValue()).toList());
      if (!REQUIRABLE.containsAll(words)) {
        throw AccountResources.wrong(
            "RequiredFields", "names some of " + String.join(", ", REQUIRABLE));
      }
      return REQUIRABLE.stream().filter(words::contains).toList();
    }
  }

  private Reply.Full createPortal(SparkCall call) throws BodyException, IOException {
    var body = AccountResources.one(call.body().orElseGet(Json::object), "Portals");
    var written = Written.read(body);
    var nodes = Nodes.in(store.settings());
    var owner = ContactResources.owner(call.caller(), nodes);
    var name =
        written.displayName() == null ? call.caller().account().name() : written.displayName();
    var fresh = Portal.of(Draw.fresh(store.now(), hub), owner, ContactView.cut(name, 75));
    var portal = fresh.with(null, written.enabled(), written.required(), fresh.createdAt());
    write(batch -> {
      if (Portal.find(batch, owner).isPresent()) {
        return Outcome.refused(
            new SparkException(SparkFault.CONFLICT, "There is a portal already: change it."));
      }
      return put(batch, portal, true);
    });
    return Envelope.created("/v1/portal", portal.id());
  }

  private static Outcome put(Batch batch, Portal portal, boolean made) {
    if (portal.name().isEmpty() || portal.isNameTaken(batch)) {
      return Outcome.refused(
          SparkException.attribute(
              SparkFault.CONFLICT,
              "DisplayName",
              "Another portal has the name that follows from this DisplayName."));
    }
    portal.put(batch, made);
    return new Outcome(null, portal.id());
  }

  private Reply.Full updatePortal(SparkCall call) throws BodyException, IOException {
    var written = Written.read(AccountResources.one(call.needBody(), "Portals"));
    var owner = ContactResources.owner(call.caller(), Nodes.in(store.settings()));
    var id = call.request().path().endsWith("/portal") ? null : call.path("id");
    write(batch -> {
      var known = Portal.find(batch, owner).filter(p -> id == null || p.id().equals(id));
      return known.isEmpty()
          ? Outcome.refused(missing())
          : put(
              batch,
              known
                  .get()
                  .with(written.displayName(), written.enabled(), written.required(), batch.now()),
              false);
    });
    return Envelope.done();
  }

  /// Whether an account has a portal that is open.
  static boolean isOpen(Store store, Node account) {
    return Portal.find(store, account.id()).filter(Portal::enabled).isPresent();
  }

  /// Who may see the expansion `Portal` of a contact.
  static boolean mayExpand(SparkRole role, boolean own) {
    return switch (role) {
      case PRIVATE -> true;
      case VOW, PORTAL -> own;
      case IDX, PUBLIC -> false;
    };
  }
}
