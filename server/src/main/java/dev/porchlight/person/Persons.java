package dev.porchlight.person;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.account.Scope;
import dev.porchlight.filter.Folding;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Wanted;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Finds or makes persons and contacts within a unit of work, and reads them for those who may see
/// them.
///
/// Two leads are of the same person when their normalised e-mail is equal, else when their E.164
/// phone is equal and their family names are compatible. The e-mail decides: where phone and name
/// point at somebody else, that is noted as a possible duplicate and nobody is merged.
public final class Persons {
  private static final int MOST_SHARING_A_PHONE = 50;
  private static final int MOST_FAMILIES = 50;

  /// What the index of contacts has of each, but for the time of the last change, which is the
  /// log's.
  public static final List<String> INDEXED = ContactIndex.compared();

  private final Store store;

  public Persons(Store store) {
    this.store = store;
  }

  /// Somebody found or made.
  ///
  /// @param evidence one sentence: why this is that person
  public record Found(String personId, boolean made, String evidence) {}

  /// The person of an identity, made when there is none, who then has all of that identity's keys
  /// that nobody else has.
  ///
  /// @param known the person when it is known already (a later version of their lead); null to look
  public static Found findOrMake(
      Batch batch,
      String company,
      Identity identity,
      @Nullable String known,
      Draw draw,
      String receiptId) {
    return findOrMake(batch, company, identity, known, draw, receiptId, receiptId, Others.NONE);
  }

  /// The same in a rebuild, where the decision once saw persons who were erased since.
  ///
  /// @param erased what it saw of them
  public static Found findOrMake(
      Batch batch,
      String company,
      Identity identity,
      @Nullable String known,
      Draw draw,
      String receiptId,
      Others erased) {
    return findOrMake(batch, company, identity, known, draw, receiptId, receiptId, erased);
  }

  /// @param ref where what it saw of others is kept
  private static Found findOrMake(
      Batch batch,
      String company,
      Identity identity,
      @Nullable String known,
      Draw draw,
      String receiptId,
      String ref,
      Others erased) {
    erased.keep(batch, ref);
    var email = identity.email();
    var phone = identity.phone();
    var byEmail = email == null ? null : batch.find(Tables.EMAIL, company, email);
    var phoneRow = phone == null ? null : batch.find(Tables.PHONE, company, phone);
    var sharers = phoneRow == null ? new Tables.Sharers(List.of()) : sharers(phoneRow);
    var byPhone =
        sharers.list().stream().filter(s -> fits(batch, s.person(), identity.family())).findFirst();
    Found found;
    if (known != null) {
      found = new Found(known, false, "A later version of a lead of this person.");
    } else if (byEmail != null) {
      found = new Found(byEmail.personId(), false, "The e-mail address is the same: " + email);
    } else if (byPhone.isPresent()) {
      found =
          new Found(
              byPhone.get().person(),
              false,
              "The phone number is the same, " + phone + ", and the family names fit.");
    } else {
      var id = draw.uuid("person");
      batch.put(Tables.PERSON, new Tables.PersonRow(id, company, "[]", draw.at(), null));
      sharers.list().forEach(s -> Others.saw(batch, ref, s.person(), Others.SHARED_PHONE));
      found =
          new Found(
              id,
              true,
              sharers.list().isEmpty() && !erased.sharedPhone()
                  ? "Nobody known has this e-mail address or phone number."
                  : "Others have the phone number "
                      + phone
                      + ", but their family names do not fit, and nobody has the e-mail address.");
    }
    var person = found.personId();
    learn(batch, person, identity.family());
    if (email != null) {
      if (byEmail == null) {
        if (!erased.hadEmail()) {
          own(batch, company, email, person);
        }
      } else if (!byEmail.personId().equals(person)) {
        Others.saw(batch, ref, byEmail.personId(), Others.HAD_EMAIL);
        note(
            batch,
            person,
            byEmail.personId(),
            "both have the e-mail address " + email,
            draw.at(),
            receiptId);
      }
    }
    if (phone != null) {
      byPhone
          .filter(s -> !s.person().equals(person) && !erased.fittedFirst())
          .ifPresent(s -> {
            Others.saw(batch, ref, s.person(), Others.FITTED_FIRST);
            note(
                batch,
                person,
                s.person(),
                "both have the phone number " + phone,
                draw.at(),
                receiptId);
          });
      share(batch, company, phone, sharers, person);
    }
    return found;
  }

  /// What is looked up of an identity first.
  public static List<Wanted> wanted(String company, Identity identity) {
    var wanted = new ArrayList<Wanted>();
    if (identity.email() != null) {
      wanted.add(Wanted.of(Tables.EMAIL, company, identity.email()));
    }
    if (identity.phone() != null) {
      wanted.add(Wanted.of(Tables.PHONE, company, identity.phone()));
    }
    return wanted;
  }

  /// The person of an identity, if there is one; nothing is made or learnt.
  public static Optional<String> findKnown(Batch batch, String company, Identity identity) {
    var byEmail =
        identity.email() == null ? null : batch.find(Tables.EMAIL, company, identity.email());
    if (byEmail != null) {
      return Optional.of(byEmail.personId());
    }
    var byPhone =
        identity.phone() == null ? null : batch.find(Tables.PHONE, company, identity.phone());
    return byPhone == null
        ? Optional.empty()
        : sharers(byPhone).list().stream()
            .map(Tables.Sharer::person)
            .filter(p -> fits(batch, p, identity.family()))
            .findFirst();
  }

  private static Tables.Sharers sharers(Tables.PhoneRow row) {
    return Json.read(row.persons(), Tables.Sharers.class);
  }

  /// Whether somebody of that folded family name may be that person. Nothing known on either side
  /// speaks against it; once a name is known, an unnamed enquiry of theirs vouches for nobody.
  private static boolean fits(Batch batch, String person, String family) {
    var row = batch.find(Tables.PERSON, person);
    if (row == null) {
      return false;
    }
    var known = families(row);
    return family.isEmpty()
        || known.isEmpty()
        || known.stream().anyMatch(f -> Identity.compatible(f, family));
  }

  private static List<String> families(Tables.PersonRow row) {
    return List.of(Json.read(row.families(), String[].class));
  }

  private static void learn(Batch batch, String person, String family) {
    var row = batch.find(Tables.PERSON, person);
    if (row == null || family.isEmpty()) {
      return;
    }
    var known = families(row);
    if (!known.contains(family) && known.size() < MOST_FAMILIES) {
      var more = new ArrayList<>(known);
      more.add(family);
      batch.put(
          Tables.PERSON,
          new Tables.PersonRow(
              row.id(), row.companyId(), Json.write(more), row.createdAt(), row.erasedAt()));
    }
  }

  private static void share(
      Batch batch, String company, String phone, Tables.Sharers sharers, String person) {
    if (sharers.list().size() >= MOST_SHARING_A_PHONE
        || sharers.list().stream().anyMatch(s -> s.person().equals(person))) {
      return;
    }
    var list = new ArrayList<>(sharers.list());
    list.add(new Tables.Sharer(person));
    batch.put(
        Tables.PHONE, new Tables.PhoneRow(company, phone, Json.write(new Tables.Sharers(list))));
    batch.put(Tables.KEY, new Tables.KeyRow(person, "phone", phone));
  }

  /// From now on the address is that person's.
  private static void own(Batch batch, String company, String email, String person) {
    batch.put(Tables.EMAIL, new Tables.EmailRow(company, email, person));
    batch.put(Tables.KEY, new Tables.KeyRow(person, "email", email));
  }

  /// Takes everything out of a contact whose person is erased.
  static void empty(Batch batch, String id, Instant at) {
    var contact = batch.find(Tables.CONTACT, id);
    if (contact == null) {
      return;
    }
    var emptied = contact.emptied(at);
    if (contact.isDeleted()) {
      batch.put(Tables.CONTACT, emptied);
    } else {
      put(batch, contact, emptied);
    }
    Comment.deleteAll(batch, id);
    PortalAccount.delete(batch, id);
  }

  /// Whether all that was known of that person was erased.
  public static boolean isErased(Batch batch, String person) {
    var row = batch.find(Tables.PERSON, person);
    return row != null && row.erasedAt() != null;
  }

  private static void note(
      Batch batch, String one, String other, String evidence, Instant at, String receiptId) {
    var a = one.compareTo(other) < 0 ? one : other;
    var b = one.compareTo(other) < 0 ? other : one;
    if (batch.find(Tables.DUPLICATE, a, b) == null) {
      batch.put(Tables.DUPLICATE, new Tables.DuplicateRow(a, b, receiptId, evidence, at));
    }
  }

  private static void put(Batch batch, @Nullable Contact before, Contact now) {
    batch.put(Tables.CONTACT, now);
    ContactIndex.put(batch, before, now);
  }

  /// A person's contact in an office, if there is one.
  public static Optional<Contact> findContact(Batch batch, String person, String office) {
    var row = batch.find(Tables.PERSON_CONTACT, person, office);
    return row == null ? Optional.empty() : findContact(batch, row.contactId());
  }

  /// Makes a contact of a person who has none in that office.
  public static Contact makeContact(
      Batch batch,
      String person,
      String office,
      String owner,
      Enquirer enquirer,
      String source,
      Draw draw) {
    var id = draw.digits();
    long seq = batch.append("contact.created", id, person);
    var body = ContactBody.of(enquirer, source);
    var at = draw.at();
    var contact = new Contact(id, person, office, owner, seq, true, body, at, at, seq, null);
    put(batch, null, contact);
    batch.put(Tables.PERSON_CONTACT, new Tables.PersonContactRow(person, office, id));
    return contact;
  }

  /// Adds to a contact what a lead says and it did not know.
  public static Contact enrich(
      Batch batch, Contact contact, Enquirer enquirer, String source, Draw draw) {
    var body = contact.body().plus(enquirer, source);
    if (body.equals(contact.body())) {
      return contact;
    }
    var changed = contact.with(body, draw.at());
    put(batch, contact, changed);
    return changed;
  }

  /// The contact with that id, within a unit; one that was deleted is not there.
  public static Optional<Contact> findContact(Batch batch, String id) {
    return Optional.ofNullable(batch.find(Tables.CONTACT, id)).filter(c -> !c.isDeleted());
  }

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
    var office = officeOf(nodes, making.owner());
    var draw = making.draw();
    var id = draw.digits();
    long seq = batch.append("contact.added", id, making.owner());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, id, Json.write(making), principal));
    var company = companyOf(nodes, office);
    var ref = editRef(seq);
    var person =
        findOrMake(batch, company, making.identity(), null, draw, "", ref, erased).personId();
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
    put(batch, null, contact);
    contact
        .body()
        .secondaryEmails()
        .forEach(e -> claim(batch, company, person, Identity.email(e), draw.at(), ref, erased));
    if (batch.find(Tables.PERSON_CONTACT, person, office) == null) {
      batch.put(Tables.PERSON_CONTACT, new Tables.PersonContactRow(person, office, id));
    }
    return contact;
  }

  /// The office that an owner belongs to; an MLS stands for itself.
  private static String officeOf(Nodes nodes, String owner) {
    return nodes.officeOf(owner).map(Node::id).orElse(owner);
  }

  private static String companyOf(Nodes nodes, String office) {
    return nodes.companyOf(office).map(Node::id).orElse(office);
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
    if (isErased(batch, contact.personId())) {
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
    put(batch, contact, changed);
    if (edit.typed().contains(Card.UNPROVEN)) {
      return changed;
    }
    var company = companyOf(nodes, contact.officeId());
    for (var email : body.emails()) {
      if (!contact.body().emails().contains(email)) {
        claim(batch, company, contact.personId(), Identity.email(email), at, ref, erased);
      }
    }
    var family = body.familyName() == null ? "" : Identity.fold(body.familyName());
    for (var phone : body.phones()) {
      if (!contact.body().phones().contains(phone)) {
        var number = Identity.phone(phone, NO_REGION);
        claim(batch, company, contact.personId(), number, family, at, ref, erased);
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
    if (isErased(batch, contact.personId())) {
      throw new IllegalArgumentException("The person was erased.");
    }
    var nodes = Nodes.in(batch.settings());
    var office = officeOf(nodes, transfer.owner());
    var company = companyOf(nodes, office);
    long seq = batch.append("contact.transferred", contact.id(), transfer.owner());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, contact.id(), Json.write(transfer), principal));
    var person =
        company.equals(companyOf(nodes, contact.officeId()))
            ? contact.personId()
            : findOrMake(
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
    put(batch, contact, changed);
    return changed;
  }

  /// Deletes a contact with its comments and its portal account: it is in no list any more, and the
  /// person's next lead makes a new one.
  public static void delete(Batch batch, Contact contact, String principal, Instant at) {
    long seq = batch.append("contact.deleted", contact.id(), contact.ownerId());
    batch.put(Tables.EDIT, new Tables.EditRow(seq, contact.id(), "{}", principal));
    release(batch, contact);
    put(batch, contact, contact.deleted(at));
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

  /// Another contact of that owner with the same primary address, and the same name if one is
  /// given, both without regard to letter case.
  ///
  /// @param except the id of a contact that does not count; empty for none
  public static Optional<String> findTwin(
      Batch batch, String owner, String email, @Nullable String name, String except) {
    return findTwin(batch.sql(), owner, email, name, except);
  }

  static Optional<String> findTwin(
      Handle handle, String owner, String email, @Nullable String name, String except) {
    var query =
        handle
            .createQuery(
                "SELECT contact_id FROM contact_search WHERE owner_id = ? AND connected IN (0, 1)"
                    + " AND primary_email = ? AND contact_id <> ?"
                    + (name == null ? "" : " AND display_name = ?")
                    + " LIMIT 1")
            .bind(0, owner)
            .bind(1, Folding.fold(ContactCatalogue.searched(email)))
            .bind(2, except);
    if (name != null) {
      query.bind(3, Folding.fold(ContactCatalogue.searched(name)));
    }
    return query.mapTo(String.class).findOne();
  }

  /// Whether an owner's company knows that very person by an address: by a lead, or because a
  /// member typed it. Not so for what somebody wrote of themselves.
  ///
  /// @param email in normal form; null for none
  public static boolean isKnownBy(
      Batch batch, String person, String owner, @Nullable String email) {
    var nodes = Nodes.in(batch.settings());
    var row =
        email == null
            ? null
            : batch.find(Tables.EMAIL, companyOf(nodes, officeOf(nodes, owner)), email);
    return row != null && row.personId().equals(person);
  }

  /// Stands for "the number itself must name its country".
  private static final String NO_REGION = "ZZ";

  /// Whether that node is a member of the office who is there, and so may own its contacts.
  public static boolean mayOwn(Nodes nodes, String node, String office) {
    return nodes.find(node).filter(n -> n.kind() == Node.Kind.MEMBER && !n.isEnded()).isPresent()
        && nodes.officeOf(node).filter(o -> o.id().equals(office)).isPresent();
  }

  /// Names an edit where what it saw of others is kept.
  static String editRef(long seq) {
    return "edit " + seq;
  }

  private static void claim(
      Batch batch,
      String company,
      String person,
      @Nullable String email,
      Instant at,
      String ref,
      Others erased) {
    if (email == null) {
      return;
    }
    var row = batch.find(Tables.EMAIL, company, email);
    if (row == null) {
      if (!erased.hadEmail()) {
        own(batch, company, email, person);
      }
    } else if (!row.personId().equals(person)) {
      Others.saw(batch, ref, row.personId(), Others.HAD_EMAIL);
      note(batch, person, row.personId(), "both have the e-mail address " + email, at, "");
    }
  }

  private static void claim(
      Batch batch,
      String company,
      String person,
      @Nullable String phone,
      String family,
      Instant at,
      String ref,
      Others erased) {
    if (phone == null) {
      return;
    }
    var row = batch.find(Tables.PHONE, company, phone);
    var sharers = row == null ? new Tables.Sharers(List.of()) : sharers(row);
    sharers.list().stream()
        .filter(s -> !s.person().equals(person))
        .filter(s -> fits(batch, s.person(), family))
        .findFirst()
        .filter(_ -> !erased.fittedFirst())
        .ifPresent(s -> {
          Others.saw(batch, ref, s.person(), Others.FITTED_FIRST);
          note(batch, person, s.person(), "both have the phone number " + phone, at, "");
        });
    share(batch, company, phone, sharers, person);
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

  /// The contact with that id, also one that was deleted.
  public static Optional<Contact> findAny(Handle h, String id) {
    return h.createQuery("SELECT " + Tables.CONTACT.columnList() + " FROM contact WHERE id = :id")
        .bind("id", id)
        .map((r, _) -> Tables.CONTACT.read(new Row(r)))
        .findOne();
  }

  /// All contacts of a person, also those that were deleted.
  public static List<Contact> listAnyOf(Handle h, String person) {
    return h.createQuery(
            "SELECT "
                + Tables.CONTACT.columnList()
                + " FROM contact WHERE person_id = :p ORDER BY id")
        .bind("p", person)
        .map((r, _) -> Tables.CONTACT.read(new Row(r)))
        .list();
  }

  /// Whether a person was erased.
  public static boolean isErased(Handle h, String person) {
    return h.createQuery("SELECT erased_at FROM person WHERE id = :p AND erased_at IS NOT NULL")
        .bind("p", person)
        .mapTo(Long.class)
        .findOne()
        .isPresent();
  }

  /// The contact with that id, when the scope may see it.
  public Optional<Contact> find(Scope scope, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.CONTACT.columnList()
                    + " FROM contact WHERE id = :id AND deleted_at IS NULL AND "
                    + scope.sqlOfOwner("office_id", "owner_id"))
            .bind("id", id)
            .map((r, _) -> Tables.CONTACT.read(new Row(r)))
            .findOne());
  }

  /// Contacts, newest first, those made before a log entry.
  public List<Contact> list(Scope scope, long before, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + Tables.CONTACT.columnList()
                    + " FROM contact WHERE seq < :before AND deleted_at IS NULL AND "
                    + scope.sqlOfOwner("office_id", "owner_id")
                    + " ORDER BY seq DESC LIMIT :limit")
            .bind("before", before)
            .bind("limit", limit)
            .map((r, _) -> Tables.CONTACT.read(new Row(r)))
            .list());
  }

  /// Somebody who may be the same person.
  ///
  /// @param receiptId the receipt that brought it to light; empty when a member's typing did
  /// @param evidence why it may be so
  public record PossibleDuplicate(String personId, String receiptId, String evidence) {}

  /// Who may be the same person as this one, in whatever office.
  public List<PossibleDuplicate> listPossibleDuplicates(String person) {
    return listPossibleDuplicates(Scope.EVERYTHING, person);
  }

  /// Who may be the same person as this one, among those who have a contact that the scope may see.
  public List<PossibleDuplicate> listPossibleDuplicates(Scope scope, String person) {
    return listPossibleDuplicates(scope, person, 0, Integer.MAX_VALUE);
  }

  /// Some of them.
  public List<PossibleDuplicate> listPossibleDuplicates(
      Scope scope, String person, int skip, int limit) {
    BiFunction<String, String, String> other = (a, b) -> a.equals(person) ? b : a;
    return store.read(h ->
        h.createQuery(
                "SELECT d.person_a, d.person_b, d.receipt_id, d.evidence FROM possible_duplicate d"
                    + " WHERE (d.person_a = :p OR d.person_b = :p) AND "
                    + (scope.everything()
                        ? "1 = 1"
                        : "EXISTS (SELECT 1 FROM person_contact c WHERE c.person_id ="
                            + " CASE d.person_a WHEN :p THEN d.person_b ELSE d.person_a END AND "
                            + scope.sql("c.office_id")
                            + ")")
                    + " ORDER BY d.person_a, d.person_b LIMIT :l OFFSET :s")
            .bind("p", person)
            .bind("l", limit)
            .bind("s", skip)
            .map((r, _) ->
                new PossibleDuplicate(
                    other.apply(r.getString(1), r.getString(2)), r.getString(3), r.getString(4)))
            .list());
  }
}
