package dev.porchlight.person;

import dev.porchlight.account.Scope;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Enquirer;
import dev.porchlight.value.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
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

  /// @param families the folded family names that they were met under, as a JSON list
  record PersonRow(String id, String companyId, String families, Instant createdAt) {}

  record EmailRow(String companyId, String email, String personId) {}

  record PhoneRow(String companyId, String phone, String persons) {}

  record PersonContactRow(String personId, String officeId, String contactId) {}

  record DuplicateRow(String a, String b, String receiptId, String evidence, Instant at) {}

  /// One person who gave a phone number.
  record Sharer(String person) {}

  record Sharers(List<Sharer> list) {}

  static final Table<PersonRow> PERSON =
      Table.<PersonRow>named("person")
          .key("id", PersonRow::id)
          .column("company_id", PersonRow::companyId)
          .column("families", PersonRow::families)
          .column("created_at", PersonRow::createdAt)
          .readBy(r -> new PersonRow(r.text(1), r.text(2), r.text(3), r.time(4)));
  static final Table<EmailRow> EMAIL =
      Table.<EmailRow>named("person_email")
          .key("company_id", EmailRow::companyId)
          .key("email", EmailRow::email)
          .column("person_id", EmailRow::personId)
          .readBy(r -> new EmailRow(r.text(1), r.text(2), r.text(3)));
  static final Table<PhoneRow> PHONE =
      Table.<PhoneRow>named("person_phone")
          .key("company_id", PhoneRow::companyId)
          .key("phone", PhoneRow::phone)
          .column("persons", PhoneRow::persons)
          .readBy(r -> new PhoneRow(r.text(1), r.text(2), r.text(3)));
  static final Table<PersonContactRow> PERSON_CONTACT =
      Table.<PersonContactRow>named("person_contact")
          .key("person_id", PersonContactRow::personId)
          .key("office_id", PersonContactRow::officeId)
          .column("contact_id", PersonContactRow::contactId)
          .readBy(r -> new PersonContactRow(r.text(1), r.text(2), r.text(3)));
  static final Table<DuplicateRow> DUPLICATE =
      Table.<DuplicateRow>named("possible_duplicate")
          .key("person_a", DuplicateRow::a)
          .key("person_b", DuplicateRow::b)
          .column("receipt_id", DuplicateRow::receiptId)
          .column("evidence", DuplicateRow::evidence)
          .column("at", DuplicateRow::at)
          .readBy(r -> new DuplicateRow(r.text(1), r.text(2), r.text(3), r.text(4), r.time(5)));
  static final Table<Contact> CONTACT =
      Table.<Contact>named("contact")
          .key("id", Contact::id)
          .column("person_id", Contact::personId)
          .column("office_id", Contact::officeId)
          .column("owner_id", Contact::ownerId)
          .column("body", c -> Json.write(c.body()))
          .column("created_at", Contact::createdAt)
          .column("modified_at", Contact::modifiedAt)
          .column("seq", Contact::seq)
          .readBy(r ->
              new Contact(
                  r.text(1),
                  r.text(2),
                  r.text(3),
                  r.text(4),
                  Json.read(r.text(5), ContactBody.class),
                  r.time(6),
                  r.time(7),
                  r.number(8)));

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
    var email = identity.email();
    var phone = identity.phone();
    var byEmail = email == null ? null : batch.find(EMAIL, company, email);
    var phoneRow = phone == null ? null : batch.find(PHONE, company, phone);
    var sharers = phoneRow == null ? new Sharers(List.of()) : sharers(phoneRow);
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
      batch.put(PERSON, new PersonRow(id, company, "[]", draw.at()));
      found = new Found(id, true, "Nobody known has this e-mail address or phone number.");
    }
    var person = found.personId();
    learn(batch, person, identity.family());
    if (email != null) {
      if (byEmail == null) {
        batch.put(EMAIL, new EmailRow(company, email, person));
      } else if (!byEmail.personId().equals(person)) {
        note(
            batch,
            person,
            byEmail.personId(),
            "both have the e-mail address " + email,
            draw,
            receiptId);
      }
    }
    if (phone != null) {
      byPhone
          .filter(s -> !s.person().equals(person))
          .ifPresent(s ->
              note(
                  batch,
                  person,
                  s.person(),
                  "both have the phone number " + phone,
                  draw,
                  receiptId));
      share(batch, company, phone, sharers, person);
    }
    return found;
  }

  private static Sharers sharers(PhoneRow row) {
    return Json.read(row.persons(), Sharers.class);
  }

  /// Whether somebody of that folded family name may be that person. Nothing known on either side
  /// speaks against it; once a name is known, an unnamed enquiry of theirs vouches for nobody.
  private static boolean fits(Batch batch, String person, String family) {
    var row = batch.find(PERSON, person);
    if (row == null) {
      return false;
    }
    var known = families(row);
    return family.isEmpty()
        || known.isEmpty()
        || known.stream().anyMatch(f -> Identity.compatible(f, family));
  }

  private static List<String> families(PersonRow row) {
    return List.of(Json.read(row.families(), String[].class));
  }

  private static void learn(Batch batch, String person, String family) {
    var row = batch.find(PERSON, person);
    if (row == null || family.isEmpty()) {
      return;
    }
    var known = families(row);
    if (!known.contains(family) && known.size() < MOST_FAMILIES) {
      var more = new ArrayList<>(known);
      more.add(family);
      batch.put(
          PERSON, new PersonRow(row.id(), row.companyId(), Json.write(more), row.createdAt()));
    }
  }

  private static void share(
      Batch batch, String company, String phone, Sharers sharers, String person) {
    if (sharers.list().size() >= MOST_SHARING_A_PHONE
        || sharers.list().stream().anyMatch(s -> s.person().equals(person))) {
      return;
    }
    var list = new ArrayList<>(sharers.list());
    list.add(new Sharer(person));
    batch.put(PHONE, new PhoneRow(company, phone, Json.write(new Sharers(list))));
  }

  private static void note(
      Batch batch, String one, String other, String evidence, Draw draw, String receiptId) {
    var a = one.compareTo(other) < 0 ? one : other;
    var b = one.compareTo(other) < 0 ? other : one;
    if (batch.find(DUPLICATE, a, b) == null) {
      batch.put(DUPLICATE, new DuplicateRow(a, b, receiptId, evidence, draw.at()));
    }
  }

  /// A person's contact in an office, if there is one.
  public static Optional<Contact> findContact(Batch batch, String person, String office) {
    var row = batch.find(PERSON_CONTACT, person, office);
    return row == null
        ? Optional.empty()
        : Optional.ofNullable(batch.find(CONTACT, row.contactId()));
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
    var contact =
        new Contact(
            id, person, office, owner, ContactBody.of(enquirer, source), draw.at(), draw.at(), seq);
    batch.put(CONTACT, contact);
    batch.put(PERSON_CONTACT, new PersonContactRow(person, office, id));
    return contact;
  }

  /// Adds to a contact what a lead says and it did not know.
  public static Contact enrich(
      Batch batch, Contact contact, Enquirer enquirer, String source, Draw draw) {
    var body = contact.body().plus(enquirer, source);
    if (body.equals(contact.body())) {
      return contact;
    }
    var changed =
        new Contact(
            contact.id(),
            contact.personId(),
            contact.officeId(),
            contact.ownerId(),
            body,
            contact.createdAt(),
            draw.at(),
            contact.seq());
    batch.put(CONTACT, changed);
    return changed;
  }

  /// The contact with that id, when the scope may see it.
  public Optional<Contact> find(Scope scope, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + CONTACT.columnList()
                    + " FROM contact WHERE id = :id AND "
                    + scope.sql("office_id"))
            .bind("id", id)
            .map((r, _) -> CONTACT.read(new Row(r)))
            .findOne());
  }

  /// Contacts, newest first, those made before a log entry.
  public List<Contact> list(Scope scope, long before, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + CONTACT.columnList()
                    + " FROM contact WHERE seq < :before AND "
                    + scope.sql("office_id")
                    + " ORDER BY seq DESC LIMIT :limit")
            .bind("before", before)
            .bind("limit", limit)
            .map((r, _) -> CONTACT.read(new Row(r)))
            .list());
  }

  /// Somebody who may be the same person.
  ///
  /// @param evidence why it may be so
  public record PossibleDuplicate(String personId, String receiptId, String evidence) {}

  /// Who may be the same person as this one.
  public List<PossibleDuplicate> listPossibleDuplicates(String person) {
    BiFunction<String, String, String> other = (a, b) -> a.equals(person) ? b : a;
    return store.read(h ->
        h.createQuery(
                "SELECT person_a, person_b, receipt_id, evidence FROM possible_duplicate"
                    + " WHERE person_a = :p OR person_b = :p ORDER BY person_a, person_b")
            .bind("p", person)
            .map((r, _) ->
                new PossibleDuplicate(
                    other.apply(r.getString(1), r.getString(2)), r.getString(3), r.getString(4)))
            .list());
  }
}
