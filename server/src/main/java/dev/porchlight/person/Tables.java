package dev.porchlight.person;

import dev.porchlight.store.Row;
import dev.porchlight.store.Table;
import dev.porchlight.value.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of persons and contacts.
final class Tables {
  /// @param families the folded family names that they were met under, as a JSON list
  /// @param erasedAt when all that was known of them was erased; null while they are known
  record PersonRow(
      String id,
      String companyId,
      String families,
      Instant createdAt,
      @Nullable Instant erasedAt) {}

  /// One of the keys that a person is known by.
  record KeyRow(String personId, String kind, String value) {}

  /// What a decision about somebody saw of another person.
  record SeenRow(String ref, String personId, int what) {}

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
          .column("erased_at", PersonRow::erasedAt)
          .readBy(r -> new PersonRow(r.text(1), r.text(2), r.text(3), r.time(4), r.timeOrNull(5)));
  static final Table<KeyRow> KEY =
      Table.<KeyRow>named("person_key")
          .key("person_id", KeyRow::personId)
          .key("kind", KeyRow::kind)
          .key("value", KeyRow::value)
          .readBy(r -> new KeyRow(r.text(1), r.text(2), r.text(3)));
  static final Table<SeenRow> SEEN =
      Table.<SeenRow>named("identity_seen")
          .key("ref", SeenRow::ref)
          .key("person_id", SeenRow::personId)
          .column("what", SeenRow::what)
          .readBy(r -> new SeenRow(r.text(1), r.text(2), r.integer(3)));
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
          .column("owned_seq", Contact::ownedSeq)
          .column("connected", Contact::connected)
          .column("body", c -> Json.write(c.body()))
          .column("created_at", Contact::createdAt)
          .column("modified_at", Contact::modifiedAt)
          .column("seq", Contact::seq)
          .column("deleted_at", Contact::deletedAt)
          .readBy(r -> contact(r, Json.read(r.text(7), ContactBody.class)));
  static final int CONTACT_COLUMNS = 11;

  /// What a member typed, as the log's line of that number has it.
  record EditRow(long seq, String contactId, String body, String principal) {}

  static final Table<EditRow> EDIT =
      Table.<EditRow>named("contact_edit")
          .key("seq", EditRow::seq)
          .column("contact_id", EditRow::contactId)
          .column("body", EditRow::body)
          .column("principal", EditRow::principal)
          .readBy(r -> new EditRow(r.number(1), r.text(2), r.text(3), r.text(4)));

  private static Contact contact(Row r, ContactBody body) throws SQLException {
    return new Contact(
        r.text(1),
        r.text(2),
        r.text(3),
        r.text(4),
        r.number(5),
        r.flag(6),
        body,
        r.time(8),
        r.time(9),
        r.number(10),
        r.timeOrNull(11));
  }

  /// A contact for showing: one that can't be read says so, and the others beside it are shown.
  static Contact shown(Row r) throws SQLException {
    return contact(r, ContactBody.find(r.text(7)).orElse(ContactBody.UNREADABLE));
  }

  private Tables() {}
}
