package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.value.Json;
import dev.porchlight.value.Particulars;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What is kept of one person here, and its erasure. The person's row and those of their contacts
/// stay, empty, so that what referred to them still finds something that says so.
public final class PersonErasure {
  private static final String ERASED_EDIT = "\"erased\"";

  /// A person, as far as that can be told without saying who.
  ///
  /// @param contacts the ids of their contacts, deleted ones too
  /// @param edits how often members typed something into those
  public record Outline(
      String id,
      String companyId,
      Instant createdAt,
      @Nullable Instant erasedAt,
      List<String> contacts,
      int edits) {}

  /// How much was erased.
  public record Counts(int contacts, int edits, int keys) {}

  private PersonErasure() {}

  /// The person with that id.
  public static Optional<Outline> look(Handle h, String person) {
    return h.createQuery("SELECT company_id, created_at, erased_at FROM person WHERE id = :p")
        .bind("p", person)
        .map((r, _) -> {
          var row = new Row(r);
          return new Outline(
              person,
              row.text(1),
              row.time(2),
              row.timeOrNull(3),
              contacts(h, person),
              edits(h, person).size());
        })
        .findOne();
  }

  private static List<String> contacts(Handle h, String person) {
    return h.createQuery("SELECT id FROM contact WHERE person_id = :p ORDER BY id")
        .bind("p", person)
        .mapTo(String.class)
        .list();
  }

  private record Edit(long seq, String body) {}

  private static List<Edit> edits(Handle h, String person) {
    return h.createQuery(
            "SELECT e.seq, e.body FROM contact_edit e JOIN contact c"
                + " ON c.id = e.contact_id WHERE c.person_id = :p ORDER BY e.seq")
        .bind("p", person)
        .map((r, _) -> new Edit(r.getLong(1), r.getString(2)))
        .list();
  }

  /// Gathers what the person can be recognised by, from their contacts, what was typed into those,
  /// and their keys.
  public static void gather(Handle h, String person, Particulars into) {
    h.createQuery("SELECT body FROM contact WHERE person_id = :p")
        .bind("p", person)
        .mapTo(String.class)
        .forEach(body -> into.add(Json.tree(body)));
    edits(h, person).forEach(e -> into.add(Json.tree(e.body())));
    h.createQuery("SELECT value FROM person_key WHERE person_id = :p")
        .bind("p", person)
        .mapTo(String.class)
        .forEach(value -> into.add(Json.object().put("key", value)));
  }

  /// Whether somebody else is known by a phone number of theirs.
  public static boolean sharesPhone(Handle h, String person, String company) {
    return h
        .createQuery(
            "SELECT p.persons FROM person_phone p JOIN person_key k ON k.value = p.phone"
                + " WHERE k.person_id = :p AND k.kind = 'phone' AND p.company_id = :c")
        .bind("p", person)
        .bind("c", company)
        .mapTo(String.class)
        .list()
        .stream()
        .anyMatch(persons -> Json.read(persons, Tables.Sharers.class).list().size() > 1);
  }

  /// Whether a contact of theirs is more than what leads said: something that a member typed stands
  /// in it and was not taken back, there is a remark about it, somebody took it on, or other
  /// software vouches for it. One that can't be read counts as typed.
  public static boolean isTyped(Handle h, String person) {
    return isRemarkedOn(h, person)
        || h
            .createQuery("SELECT body FROM contact WHERE person_id = :p")
            .bind("p", person)
            .mapTo(String.class)
            .list()
            .stream()
            .anyMatch(b -> ContactBody.find(b).map(ContactBody::isTyped).orElse(true))
        || edits(h, person).stream()
            .flatMap(e -> Json.tree(e.body()).path("typed").valueStream())
            .map(JsonNode::asString)
            .anyMatch(w -> w.equals(Card.CONNECTED) || w.equals(Card.EVIDENCE));
  }

  /// Whether somebody remarked something about a contact of theirs.
  public static boolean isRemarkedOn(Handle h, String person) {
    return Comment.isMade(h, person);
  }

  /// Erases what is kept of a person here.
  ///
  /// @param ref what the log's line refers to: the erasure's id
  public static Counts erase(Batch batch, String person, String ref, Instant at) {
    var row = batch.find(Tables.PERSON, person);
    if (row == null) {
      return new Counts(0, 0, 0);
    }
    batch.append("person.erased", person, ref);
    batch.leaveNoTrace();
    batch.put(
        Tables.PERSON, new Tables.PersonRow(row.id(), row.companyId(), "[]", row.createdAt(), at));
    int keys = forgetKeys(batch, row.companyId(), person);
    forgetWhatOthersSaw(batch, person);
    var sql = batch.sql();
    sql.execute(
        "DELETE FROM possible_duplicate WHERE person_a = ? OR person_b = ?", person, person);
    var edits = edits(sql, person);
    for (var edit : edits) {
      sql.execute("UPDATE contact_edit SET body = ? WHERE seq = ?", ERASED_EDIT, edit.seq());
      sql.execute("DELETE FROM identity_seen WHERE ref = ?", ContactEdits.editRef(edit.seq()));
    }
    Consents.forget(batch, person);
    var contacts = contacts(sql, person);
    for (var id : contacts) {
      sql.execute("DELETE FROM contact_name WHERE contact_id = ?", id);
      Persons.empty(batch, id, at);
      Comment.deleteAll(batch, id);
      MemberMessage.deleteAllOf(batch, id);
    }
    return new Counts(contacts.size(), edits.size(), keys);
  }

  private static int forgetKeys(Batch batch, String company, String person) {
    var keys =
        batch
            .sql()
            .createQuery("SELECT kind, value FROM person_key WHERE person_id = :p")
            .bind("p", person)
            .map((r, _) -> new Tables.KeyRow(person, r.getString(1), r.getString(2)))
            .list();
    for (var key : keys) {
      batch.delete(Tables.KEY, key.personId(), key.kind(), key.value());
      if (key.kind().equals("email")) {
        batch.delete(Tables.EMAIL, company, key.value());
        continue;
      }
      var shared = batch.find(Tables.PHONE, company, key.value());
      if (shared == null) {
        continue;
      }
      var others = new ArrayList<>(Json.read(shared.persons(), Tables.Sharers.class).list());
      others.removeIf(s -> s.person().equals(person));
      if (others.isEmpty()) {
        batch.delete(Tables.PHONE, company, key.value());
      } else {
        batch.put(
            Tables.PHONE,
            new Tables.PhoneRow(company, key.value(), Json.write(new Tables.Sharers(others))));
      }
    }
    return keys.size();
  }

  private static void forgetWhatOthersSaw(Batch batch, String person) {
    var seen =
        batch
            .sql()
            .createQuery("SELECT ref, what FROM identity_seen WHERE person_id = :p")
            .bind("p", person)
            .map((r, _) -> new Tables.SeenRow(r.getString(1), person, r.getInt(2)))
            .list();
    for (var row : seen) {
      batch.delete(Tables.SEEN, row.ref(), person);
      Others.add(batch, row.ref(), Others.ERASED, row.what());
    }
  }

  /// What a decision saw of persons who were erased since.
  public static Others seenOfErased(Handle h, String ref) {
    return h.createQuery("SELECT what FROM identity_seen WHERE ref = :r AND person_id = :e")
        .bind("r", ref)
        .bind("e", Others.ERASED)
        .mapTo(Integer.class)
        .findOne()
        .map(Others::new)
        .orElse(Others.NONE);
  }

  /// The same for what a member typed.
  public static Others seenOfErased(Handle h, long editSeq) {
    return seenOfErased(h, ContactEdits.editRef(editSeq));
  }

  /// Whether what a member typed was erased.
  public static boolean isErasedEdit(String body) {
    return body.equals(ERASED_EDIT);
  }
}
