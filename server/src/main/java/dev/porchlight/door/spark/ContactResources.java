package dev.porchlight.door.spark;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.door.spark.ContactWriting.Kind;
import dev.porchlight.person.Activities;
import dev.porchlight.person.Card;
import dev.porchlight.person.Contact;
import dev.porchlight.person.ContactCatalogue;
import dev.porchlight.person.ContactEdits;
import dev.porchlight.person.Contacts;
import dev.porchlight.person.Identity;
import dev.porchlight.person.MemberMessage;
import dev.porchlight.person.Persons;
import dev.porchlight.person.PortalAccount;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Unit;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.watch.Holdings;
import dev.porchlight.web.BodyException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/contacts` and what lies directly below it, and `/v1/my/contact`. An agent has the contacts
/// they own; anybody else's is not there.
final class ContactResources {
  /// Where a number is that names no country.
  static final String REGION = "US";

  private static final int EXPORTED = 100;

  private final Store store;
  private final int hub;
  private final Contacts contacts;
  private final Activities activities;
  private final boolean twinsByName;
  private final Resource.Doorkeeper doorkeeper;

  /// @param twinsByName whether two contacts of one owner may share an address when their names
  ///   differ
  ContactResources(Store store, int hub, boolean twinsByName, Resource.Doorkeeper doorkeeper) {
    this.store = store;
    this.hub = hub;
    contacts = new Contacts(store);
    activities = new Activities(store);
    this.twinsByName = twinsByName;
    this.doorkeeper = doorkeeper;
  }

  /// Who may do what: the contract's table.
  List<Resource> resources() {
    return List.of(
        Resource.of("/contacts", doorkeeper)
            .on("GET", Roles.READERS, c -> list(c, true, null, ListParameters.LARGEST_LIMIT))
            .on("POST", Roles.WRITERS, this::create),
        Resource.of("/contacts/unconnected", doorkeeper)
            .on("GET", Roles.READERS, c -> list(c, false, null, ListParameters.LARGEST_LIMIT)),
        Resource.of("/contacts/tags", doorkeeper).on("GET", Roles.READERS, this::tags),
        Resource.of("/contacts/tags/{tag...}", doorkeeper)
            .on(
                "GET",
                Roles.READERS,
                c -> list(c, true, c.path("tag"), ListParameters.LARGEST_LIMIT)),
        Resource.of("/contacts/export", doorkeeper)
            .on("GET", Roles.AGENTS, c -> export(c, Set.of(owner(c)))),
        Resource.of("/contacts/export/all", doorkeeper)
            .on("GET", Roles.AGENTS, c -> export(c, controlled(c.caller()))),
        Resource.of("/contacts/{id}", doorkeeper)
            .on("GET", Roles.READERS, this::get)
            .on("PUT", Roles.WRITERS, this::update)
            .on("DELETE", Roles.WRITERS, this::delete),
        // Whoever is no consumer has no contact here: 404, not 403.
        Resource.of("/my/contact", doorkeeper)
            .on("GET", Roles.ALL, this::mine)
            .on("PUT", Roles.ALL, this::updateMine));
  }

  /// Whose contacts a caller has: an office's are those of its front desk.
  static String owner(Caller caller, Nodes nodes) {
    return owner(caller.account(), nodes);
  }

  static String owner(Node account, Nodes nodes) {
    return account.kind() == Node.Kind.OFFICE ? nodes.frontDeskOf(account).id() : account.id();
  }

  private String owner(SparkCall call) {
    return owner(call.caller(), Nodes.in(store.settings()));
  }

  private Reply.Full list(SparkCall call, boolean connected, @Nullable String tag, int largest)
      throws BodyException, IOException {
    return Envelope.reply(200, listed(call, Set.of(owner(call)), connected, tag, largest, false));
  }

  private ObjectNode listed(
      SparkCall call,
      Set<String> owners,
      boolean connected,
      @Nullable String tag,
      int largest,
      boolean withOwner)
      throws BodyException, IOException {
    var caller = call.caller();
    var asked =
        ListParameters.of(
            call,
            caller.largestPage(largest),
            ContactCatalogue.CATALOGUE,
            name -> name.equals(Contacts.SCORE) || ContactCatalogue.isOrderable(name),
            store.now());
    boolean countAlone = asked.pagination() == ListParameters.Pagination.COUNT_ALONE;
    int limit = countAlone ? 0 : asked.limit();
    var page =
        switch (asked.start()) {
          case ListParameters.Start.Page(int number) ->
              new Contacts.Page.At(Math.multiplyExact((long) number - 1, asked.limit()), limit);
          case ListParameters.Start.Skip(int items) -> new Contacts.Page.At(items, limit);
          case ListParameters.Start.Token(long after) -> new Contacts.Page.After(after, limit);
          case ListParameters.Start.PageFor(var id) -> new Contacts.Page.Holding(id, limit);
        };
    var order =
        asked.order().stream().map(t -> new Contacts.Order(t.attribute(), t.descending())).toList();
    var wanted =
        new Contacts.Wanted(
            owners,
            connected,
            asked.filter().expression(),
            tag,
            order,
            page,
            asked.pagination() != ListParameters.Pagination.NONE);
    var found = find(wanted);
    var view =
        new ContactView(
            contacts, activities, store, asked.select(), asked.expand(), caller, false, withOwner);
    var d = Envelope.results(view.views(found.contacts()));
    OptionalLong total = found.total();
    if (total.isPresent()) {
      d.set("Pagination", asked.pagination(total.getAsLong(), found.skipped()));
    }
    found.token().ifPresent(t -> d.put("SkipToken", Long.toString(t)));
    asked.warn(d);
    return d;
  }

  private Contacts.Found find(Contacts.Wanted wanted) {
    try {
      return contacts.list(wanted);
    } catch (StoreUnavailableException e) {
      throw e.isTooLong() ? new SparkException(SparkFault.FILTER_TOO_LONG) : e;
    }
  }

  private Reply.Full tags(SparkCall call) {
    var results =
        contacts.listTags(owner(call)).stream()
            .map(t -> ContactView.cut(t, ContactAttributes.LONGEST_TAG))
            .map(t -> SparkCall.object().put("ResourceUri", "/v1/contacts/tags/" + t).put("Tag", t))
            .toList();
    return Envelope.ok(results);
  }

  /// The accounts that an account has a say over: a member itself, all others whoever lies below.
  private Set<String> controlled(Caller caller) {
    var nodes = Nodes.in(store.settings());
    var account = caller.account();
    return Stream.concat(
            Stream.of(owner(caller, nodes)),
            nodes.all().stream()
                .filter(n -> n.kind() == Node.Kind.MEMBER && nodes.isWithin(n.id(), account.id()))
                .map(Node::id))
        .collect(Collectors.toUnmodifiableSet());
  }

  private Reply.Full export(SparkCall call, Set<String> owners) throws BodyException, IOException {
    // Before the list is read: what is committed meanwhile may be in it, and is found from there.
    var asOf = contacts.asOf();
    var d = listed(call, owners, true, null, EXPORTED, true);
    d.put("ExportTimestamp", ContactView.time(asOf));
    return Envelope.reply(200, d);
  }

  private static SparkException missing() {
    return new SparkException(SparkFault.NOT_FOUND);
  }

  private Reply.Full get(SparkCall call) throws BodyException, IOException {
    return one(call, owner(call), call.path("id"));
  }

  private Reply.Full one(SparkCall call, String owner, String id)
      throws BodyException, IOException {
    var contact = contacts.find(owner, id).orElseThrow(ContactResources::missing);
    var view =
        new ContactView(
            contacts,
            activities,
            store,
            ListParameters.names(call, "_select"),
            ListParameters.names(call, "_expand"),
            call.caller(),
            true,
            false);
    return Envelope.ok(List.of(view.view(contact)));
  }

  /// What became of a unit: it gives a refusal where it wrote nothing.
  private record Outcome(@Nullable SparkException refusal) {
    static final Outcome DONE = new Outcome(null);
  }

  private void write(int size, Unit<Outcome> unit) {
    var refusal = store.write(WorkQueue.EDITS, new SizedUnit<>(unit, size)).refusal();
    if (refusal != null) {
      throw refusal;
    }
  }

  private Reply.Full create(SparkCall call) throws BodyException, IOException {
    var written = ContactWriting.read(call.needBody(), Kind.CREATE);
    var nodes = Nodes.in(store.settings());
    var owner = owner(call.caller(), nodes);
    var draw = Draw.fresh(store.now(), hub);
    var edit = written.edit();
    var email = edit.card() == null ? null : edit.card().primaryEmail();
    var making =
        new ContactEdits.Making(
            draw,
            owner,
            true,
            edit,
            identity(
                edit.displayName(),
                edit.givenName(),
                edit.familyName(),
                email,
                edit.card() == null ? null : edit.card().primaryPhone()));
    var message =
        written.announced()
            ? Optional.of(
                MemberMessage.of(
                    Draw.fresh(store.now(), hub),
                    owner,
                    "General",
                    "New lead: " + edit.displayName(),
                    "A new lead came in: " + edit.displayName() + ".",
                    draw.digits(),
                    null))
            : Optional.<MemberMessage>empty();
    write(
        call.bytes().length,
        batch -> {
          var twin = twin(batch, owner, email, edit.displayName(), "");
          if (twin != null) {
            return new Outcome(twin);
          }
          var contact = ContactEdits.add(batch, making, call.caller().id());
          PortalResources.fresh(batch, draw, contact).put(batch, true);
          message.ifPresent(m -> m.put(batch));
          return Outcome.DONE;
        });
    return Envelope.created(ContactView.uri(draw.digits()), draw.digits());
  }

  private static Identity identity(
      @Nullable String displayName,
      @Nullable String given,
      @Nullable String family,
      @Nullable String email,
      @Nullable String phone) {
    return Identity.of(new Enquirer(given, family, displayName, email, phone, null, null), REGION);
  }

  /// The refusal of a contact that its owner has already; null when there is none.
  private @Nullable SparkException twin(
      Batch batch, String owner, @Nullable String email, @Nullable String name, String except) {
    if (email == null) {
      return null;
    }
    return Persons.findTwin(batch, owner, email, twinsByName ? name : null, except).isPresent()
        ? SparkException.attribute(
            SparkFault.CONFLICT,
            ContactAttributes.PRIMARY_EMAIL,
            twinsByName
                ? "There is a contact with this DisplayName and PrimaryEmail already."
                : "There is a contact with this PrimaryEmail already.")
        : null;
  }

  private Reply.Full update(SparkCall call) throws BodyException, IOException {
    var d = call.needBody();
    var id = call.path("id");
    var owner = owner(call);
    var contact = ContactWriting.contact(d);
    if (contact.has(ContactAttributes.OWNER_ID)) {
      return transfer(call, id, owner, contact);
    }
    return change(call, d, Kind.UPDATE, id, c -> c.ownerId().equals(owner));
  }

  private Reply.Full change(
      SparkCall call, ObjectNode d, Kind kind, String id, Function<Contact, Boolean> visible)
      throws BodyException, IOException {
    var written = ContactWriting.read(d, kind);
    var edit = written.edit();
    write(
        call.bytes().length,
        batch -> {
          var contact = Persons.findContact(batch, id).filter(visible::apply);
          if (contact.isEmpty()) {
            return new Outcome(missing());
          }
          var refusal = objection(batch, contact.get(), written);
          if (refusal != null) {
            return new Outcome(refusal);
          }
          ContactEdits.edit(batch, contact.get(), edit, call.caller().id(), batch.now());
          return Outcome.DONE;
        });
    return Envelope.done();
  }

  /// What speaks against an edit of this contact, as it is now.
  private @Nullable SparkException objection(
      Batch batch, Contact contact, ContactWriting.Written written) {
    var edit = written.edit();
    if (written.unconnected() && contact.connected()) {
      return SparkException.attribute(
          SparkFault.INVALID,
          ContactAttributes.RECORD_STATUS,
          "RecordStatus can't go back to Unconnected.");
    }
    var after = ContactEdits.afterEdit(contact, edit);
    if (edit.typed().contains("secondary_emails")
        && contact.body().emails().isEmpty()
        && !edit.typed().contains("primary_email")) {
      return SparkException.attribute(
          SparkFault.MISSING,
          ContactAttributes.PRIMARY_EMAIL,
          "PrimaryEmail is required before there can be SecondaryEmails.");
    }
    if (edit.card() != null
        && !Set.copyOf(ContactWriting.folded(after.secondaryEmails()))
            .containsAll(ContactWriting.folded(edit.card().notificationEmails()))) {
      return SparkException.attribute(
          SparkFault.INVALID,
          ContactAttributes.NOTIFICATION_EMAILS,
          "AdditionalNotificationEmails names one that is not in SecondaryEmails.");
    }
    var card = edit.card();
    if (card != null
        && edit.typed().contains(Card.ASIDE)
        && !ContactWriting.fitsAside(after.card().aside())) {
      var name = card.aside().keySet().iterator().next();
      return SparkException.attribute(
          SparkFault.INVALID,
          name,
          name + " is unknown, and no more of that can be kept aside of this contact.");
    }
    boolean same =
        after.primaryEmail().equals(contact.body().primaryEmail())
            && (!twinsByName || after.shownName().equals(contact.body().shownName()));
    return same
        ? null
        : twin(
            batch,
            contact.ownerId(),
            after.primaryEmail().orElse(null),
            after.shownName(),
            contact.id());
  }

  private Reply.Full transfer(SparkCall call, String id, String owner, ObjectNode body) {
    if (body.size() > 1) {
      throw SparkException.attribute(
          SparkFault.INVALID,
          ContactAttributes.OWNER_ID,
          "OwnerId is written alone, to transfer the contact.");
    }
    var wanted = body.get(ContactAttributes.OWNER_ID);
    var named = wanted.isString() ? wanted.stringValue() : "";
    var accounts = Nodes.in(store.settings());
    // An office's contacts are those of its front desk, so what it is given goes there.
    var to = accounts.find(named).map(n -> owner(n, accounts)).orElse(named);
    var known = contacts.find(owner, id).orElseThrow(ContactResources::missing).contact().body();
    var transfer =
        new ContactEdits.Transfer(
            Draw.fresh(store.now(), hub),
            to,
            identity(
                known.displayName(),
                known.givenName(),
                known.familyName(),
                known.primaryEmail().orElse(null),
                known.primaryPhone().orElse(null)));
    var caller = call.caller();
    write(
        1024,
        batch -> {
          var nodes = Nodes.in(batch.settings());
          var contact =
              Persons.findContact(batch, id).filter(c -> c.ownerId().equals(owner)).orElse(null);
          if (contact == null) {
            return new Outcome(missing());
          }
          var refusal = objection(nodes, caller.account(), to);
          if (refusal == null && !to.equals(owner)) {
            refusal =
                twin(
                    batch,
                    to,
                    contact.body().primaryEmail().orElse(null),
                    contact.body().shownName(),
                    id);
          }
          if (refusal == null && !to.equals(owner)) {
            refusal =
                PortalAccount.find(batch, id)
                    .map(PortalAccount::loginName)
                    .filter(n -> PortalAccount.isTaken(batch, to, n, id))
                    .map(_ -> PortalResources.taken())
                    .orElse(null);
          }
          if (refusal != null) {
            return new Outcome(refusal);
          }
          ContactEdits.transfer(batch, contact, transfer, caller.id(), batch.now());
          return Outcome.DONE;
        });
    return Envelope.done();
  }

  /// What speaks against giving a contact to somebody: an agent gives within their office or
  /// company, an MLS within itself.
  static @Nullable SparkException objection(Nodes nodes, Node giver, String to) {
    var receiver = nodes.find(to).filter(n -> n.kind() == Node.Kind.MEMBER && !n.isEnded());
    if (receiver.isEmpty()) {
      return SparkException.attribute(
          SparkFault.INVALID, ContactAttributes.OWNER_ID, "OwnerId names no member and no office.");
    }
    var within =
        switch (giver.kind()) {
          case MLS -> Optional.of(giver);
          case COMPANY, OFFICE, TEAM, MEMBER -> nodes.companyOf(giver.id());
        };
    return within.filter(w -> nodes.isWithin(to, w.id())).isPresent()
        ? null
        : new SparkException(
            SparkFault.NOT_FOR_CALLER, "You may not transfer contacts to that member.");
  }

  private Reply.Full delete(SparkCall call) {
    var owner = owner(call);
    write(
        1024,
        batch -> {
          var contact =
              Persons.findContact(batch, call.path("id")).filter(c -> c.ownerId().equals(owner));
          if (contact.isEmpty()) {
            return new Outcome(missing());
          }
          ContactEdits.delete(batch, contact.get(), call.caller().id(), batch.now());
          Holdings.delete(batch, contact.get().id());
          return Outcome.DONE;
        });
    return Envelope.done();
  }

  private static String own(SparkCall call) {
    return call.caller().contact().orElseThrow(ContactResources::missing);
  }

  private Reply.Full mine(SparkCall call) throws BodyException, IOException {
    var id = own(call);
    var owner = contacts.findOwner(id).orElseThrow(ContactResources::missing);
    return one(call, owner, id);
  }

  private Reply.Full updateMine(SparkCall call) throws BodyException, IOException {
    var id = own(call);
    return change(call, call.needBody(), Kind.BY_THE_CONSUMER, id, _ -> true);
  }
}
