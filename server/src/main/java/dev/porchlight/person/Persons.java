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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Finds or makes persons, and the contacts that leads make of them, within a unit of work; reads
/// contacts for those who may see them. Persons as a whole are read by [VisiblePersons], lists of
/// contacts by [Contacts].
///
/// Two leads are of the same person when their normalised e-mail is equal, else when their E.164
/// phone is equal and their family names are compatible. The e-mail decides: where phone and name
/// point at somebody else, that is noted as a possible duplicate and nobody is merged.
public final class Persons {
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
  static Found findOrMake(
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
    var sharers = phoneRow == null ? new Tables.Sharers(List.of()) : PersonKeys.sharers(phoneRow);
    var byPhone =
        sharers.list().stream()
            .filter(s -> PersonKeys.fits(batch, s.person(), identity.family()))
            .findFirst();
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
    PersonKeys.learn(batch, person, identity.family());
    if (email != null) {
      if (byEmail == null) {
        if (!erased.hadEmail()) {
          PersonKeys.own(batch, company, email, person);
        }
      } else if (!byEmail.personId().equals(person)) {
        Others.saw(batch, ref, byEmail.personId(), Others.HAD_EMAIL);
        PersonKeys.note(
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
            PersonKeys.note(
                batch,
                person,
                s.person(),
                "both have the phone number " + phone,
                draw.at(),
                receiptId);
          });
      PersonKeys.share(batch, company, phone, sharers, person);
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
        : PersonKeys.sharers(byPhone).list().stream()
            .map(Tables.Sharer::person)
            .filter(p -> PersonKeys.fits(batch, p, identity.family()))
            .findFirst();
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

  static void put(Batch batch, @Nullable Contact before, Contact now) {
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

  /// The office that an owner belongs to; an MLS stands for itself.
  static String officeOf(Nodes nodes, String owner) {
    return nodes.officeOf(owner).map(Node::id).orElse(owner);
  }

  static String companyOf(Nodes nodes, String office) {
    return nodes.companyOf(office).map(Node::id).orElse(office);
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
            .map((r, _) -> Tables.shown(new Row(r)))
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
            .map((r, _) -> Tables.shown(new Row(r)))
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
