package dev.porchlight.person;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.store.Batch;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.Set;

/// What members and apps do to contacts by hand: make them, change them, give them to another
/// member, delete them. Each is a line of the log with what was typed beside it, which a rebuild
/// does again.
public final class ContactEdits {
  /// Stands for "the number itself must name its country".
  private static final String NO_REGION = "ZZ";

  private ContactEdits() {}

  /// A contact that somebody made by hand, or came to be by signing up. Kept beside the log.
  ///
  /// @param draw its time and id
  /// @param owner a member, or an MLS for one that nobody has taken on
  /// @param identity of what was typed, worked out before the writer is entered
  public record Making(
      Draw draw, String owner, boolean connected, ContactEdit edit, Identity identity) {}

  /// Makes a contact that is none of a lead's. Its person is whoever has that identity in the
  /// owner's company, so that leads of theirs find it.
  public static Contact add(Batch batch, Making making, String principal) {
    return add(batch, making, principal, Others.NONE);
  }

  private static Contact add(Batch batch, Making making, String principal, Others erased) {
    var nodes = Nodes.in(batch.settings());
    var office = Persons.officeOf(nodes, making.owner());
    var draw = making.draw();
    var id = draw.digits();
    long seq = batch.append("contact.added", id, making.owner());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, id, Json.write(making), principal));
    var company = Persons.companyOf(nodes, office);
    var ref = editRef(seq);
    var person =
        Persons.findOrMake(batch, company, making.identity(), null, draw, "", ref, erased)
            .personId();
    var contact =
        new Contact(
            id,
            person,
            office,
            making.owner(),
            seq,
            making.connected(),
            ContactBody.of(making.edit()),
            draw.at(),
            draw.at(),
            seq,
            null);
    Persons.put(batch, null, contact);
    contact
        .body()
        .secondaryEmails()
        .forEach(e ->
            PersonKeys.claim(batch, company, person, Identity.email(e), draw.at(), ref, erased));
    if (batch.find(Tables.PERSON_CONTACT, person, office) == null) {
      batch.put(Tables.PERSON_CONTACT, new Tables.PersonContactRow(person, office, id));
    }
    return contact;
  }

  /// Changes a contact as a member typed it, in a line of the log of its own. A new e-mail address,
  /// or phone number whose country it names, becomes a key of the person unless somebody else has
  /// it: then that is noted as a possible duplicate. One that was taken off stays known as theirs.
  /// What a consumer types of themselves is nobody's key.
  ///
  /// @param principal who typed it
  /// @param at when
  /// @return the contact as it is now; unchanged, and nothing is logged, when there was nothing new
  ///   and no card
  /// @throws IllegalArgumentException when the owner that was named may not own it: ask [#mayOwn]
  public static Contact edit(
      Batch batch, Contact contact, ContactEdit edit, String principal, Instant at) {
    return edit(batch, contact, edit, principal, at, Others.NONE);
  }

  private static Contact edit(
      Batch batch, Contact contact, ContactEdit edit, String principal, Instant at, Others erased) {
    if (Persons.isErased(batch, contact.personId())) {
      throw new IllegalArgumentException("The person was erased.");
    }
    var nodes = Nodes.in(batch.settings());
    var owner = edit.owner() == null ? contact.ownerId() : edit.owner();
    if (!owner.equals(contact.ownerId()) && !mayOwn(nodes, owner, contact.officeId())) {
      throw new IllegalArgumentException("The owner must be a member of the contact's office.");
    }
    var body = contact.body().plus(edit);
    if (edit.card() == null && body.equals(contact.body()) && owner.equals(contact.ownerId())) {
      return contact;
    }
    long seq = batch.append("contact.edited", contact.id(), contact.id());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, contact.id(), Json.write(edit), principal));
    var ref = editRef(seq);
    erased.keep(batch, ref);
    var changed = contact.with(body, at);
    if (!owner.equals(contact.ownerId())) {
      changed = changed.ownedBy(owner, contact.officeId(), contact.personId(), seq, at);
      PortalAccount.move(batch, contact.id(), owner);
    } else if (edit.typed().contains(Card.CONNECTED) && !contact.connected()) {
      changed = changed.connected(seq);
    }
    Persons.put(batch, contact, changed);
    if (edit.typed().contains(Card.UNPROVEN)) {
      return changed;
    }
    var company = Persons.companyOf(nodes, contact.officeId());
    for (var email : body.emails()) {
      if (!contact.body().emails().contains(email)) {
        PersonKeys.claim(
            batch, company, contact.personId(), Identity.email(email), at, ref, erased);
      }
    }
    var family = body.familyName() == null ? "" : Identity.fold(body.familyName());
    for (var phone : body.phones()) {
      if (!contact.body().phones().contains(phone)) {
        var number = Identity.phone(phone, NO_REGION);
        PersonKeys.claim(batch, company, contact.personId(), number, family, at, ref, erased);
      }
    }
    return changed;
  }

  /// What an edit would make of a contact.
  public static ContactBody afterEdit(Contact contact, ContactEdit edit) {
    return contact.body().plus(edit);
  }

  /// A contact that changes hands. Kept beside the log.
  ///
  /// @param draw what a person is made of where the new owner's company does not know them
  /// @param owner a member, of whatever office
  /// @param identity of the contact, worked out before the writer is entered
  public record Transfer(Draw draw, String owner, Identity identity) {}

  /// Gives a contact to another member, who then has taken it on. No person crosses a company: in
  /// another one it is the contact of whoever has its identity there.
  public static Contact transfer(
      Batch batch, Contact contact, Transfer transfer, String principal, Instant at) {
    return transfer(batch, contact, transfer, principal, at, Others.NONE);
  }

  private static Contact transfer(
      Batch batch,
      Contact contact,
      Transfer transfer,
      String principal,
      Instant at,
      Others erased) {
    if (Persons.isErased(batch, contact.personId())) {
      throw new IllegalArgumentException("The person was erased.");
    }
    var nodes = Nodes.in(batch.settings());
    var office = Persons.officeOf(nodes, transfer.owner());
    var company = Persons.companyOf(nodes, office);
    long seq = batch.append("contact.transferred", contact.id(), transfer.owner());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, contact.id(), Json.write(transfer), principal));
    var person =
        company.equals(Persons.companyOf(nodes, contact.officeId()))
            ? contact.personId()
            : Persons.findOrMake(
                    batch,
                    company,
                    transfer.identity(),
                    null,
                    transfer.draw(),
                    "",
                    editRef(seq),
                    erased)
                .personId();
    if (!office.equals(contact.officeId())) {
      release(batch, contact);
      if (batch.find(Tables.PERSON_CONTACT, person, office) == null) {
        batch.put(Tables.PERSON_CONTACT, new Tables.PersonContactRow(person, office, contact.id()));
      }
    }
    var changed = contact.ownedBy(transfer.owner(), office, person, seq, at);
    PortalAccount.move(batch, contact.id(), transfer.owner());
    Persons.put(batch, contact, changed);
    return changed;
  }

  /// Deletes a contact with its comments and its portal account: it is in no list any more, and the
  /// person's next lead makes a new one.
  public static void delete(Batch batch, Contact contact, String principal, Instant at) {
    long seq = batch.append("contact.deleted", contact.id(), contact.ownerId());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, contact.id(), "{}", principal));
    release(batch, contact);
    Persons.put(batch, contact, contact.deleted(at));
    Comment.deleteAll(batch, contact.id());
    PortalAccount.delete(batch, contact.id());
  }

  /// Has another contact of that person in the same office, if there is one, take the leads that
  /// would have come to this one.
  private static void release(Batch batch, Contact contact) {
    var row = batch.find(Tables.PERSON_CONTACT, contact.personId(), contact.officeId());
    if (row == null || !row.contactId().equals(contact.id())) {
      return;
    }
    var other =
        batch
            .sql()
            .createQuery(
                "SELECT id FROM contact WHERE person_id = ? AND office_id = ? AND id <> ?"
                    + " AND deleted_at IS NULL ORDER BY seq LIMIT 1")
            .bind(0, contact.personId())
            .bind(1, contact.officeId())
            .bind(2, contact.id())
            .mapTo(String.class)
            .findOne();
    if (other.isPresent()) {
      batch.put(
          Tables.PERSON_CONTACT,
          new Tables.PersonContactRow(contact.personId(), contact.officeId(), other.get()));
    } else {
      batch.delete(Tables.PERSON_CONTACT, contact.personId(), contact.officeId());
    }
  }

  /// Whether that node is a member of the office who is there, and so may own its contacts.
  public static boolean mayOwn(Nodes nodes, String node, String office) {
    return nodes.find(node).filter(n -> n.kind() == Node.Kind.MEMBER && !n.isEnded()).isPresent()
        && nodes.officeOf(node).filter(o -> o.id().equals(office)).isPresent();
  }

  /// Names an edit where what it saw of others is kept.
  static String editRef(long seq) {
    return "edit " + seq;
  }

  /// The kinds of the log's lines that [#replay] does again.
  public static final Set<String> REPLAYED =
      Set.of("contact.edited", "contact.added", "contact.transferred", "contact.deleted");

  /// Does again what a line of the log did.
  ///
  /// @param kind one of [#REPLAYED]
  /// @throws IllegalStateException when the contact is not there
  public static void replay(
      Batch batch,
      String kind,
      String contactId,
      String body,
      String principal,
      Instant at,
      Others erased) {
    if (kind.equals("contact.added")) {
      add(batch, Json.read(body, Making.class), principal, erased);
      return;
    }
    var contact = batch.find(Tables.CONTACT, contactId);
    if (contact == null) {
      throw new IllegalStateException("contact " + contactId + " is not there");
    }
    switch (kind) {
      case "contact.edited" ->
          edit(batch, contact, Json.read(body, ContactEdit.class), principal, at, erased);
      case "contact.transferred" ->
          transfer(batch, contact, Json.read(body, Transfer.class), principal, at, erased);
      case "contact.deleted" -> delete(batch, contact, principal, at);
      default -> throw new IllegalArgumentException("no line of a contact: " + kind);
    }
  }
}
