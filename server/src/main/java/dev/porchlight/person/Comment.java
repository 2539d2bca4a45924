package dev.porchlight.person;

import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.Table;
import dev.porchlight.value.Draw;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What somebody remarked about a contact. It stays with the contact when that changes hands and
/// goes when that is deleted. No decision depends on one, so a rebuild leaves them out.
///
/// @param id 26 digits
/// @param userId the account that made it
public record Comment(String id, String contactId, String userId, String text, Instant createdAt) {
  private static final Table<Comment> TABLE =
      Table.<Comment>named("contact_comment")
          .key("contact_id", Comment::contactId)
          .key("id", Comment::id)
          .column("user_id", Comment::userId)
          .column("body", Comment::text)
          .column("created_at", Comment::createdAt)
          .readBy(r -> new Comment(r.text(2), r.text(1), r.text(3), r.text(4), r.time(5)));

  /// A new one.
  public static Comment of(Draw draw, String contact, String user, String text) {
    return new Comment(draw.digits(), contact, user, text, draw.at());
  }

  private static Comment read(ResultSet r) throws SQLException {
    return TABLE.read(new Row(r));
  }

  /// Adds it to its contact.
  public void put(Batch batch) {
    batch.put(TABLE, this);
    batch.append("comment.created", contactId, id);
  }

  /// Takes one off a contact; false when it has no such comment.
  public static boolean delete(Batch batch, String contact, String id) {
    if (batch.find(TABLE, contact, id) == null) {
      return false;
    }
    batch.delete(TABLE, contact, id);
    batch.append("comment.deleted", contact, id);
    return true;
  }

  /// Whether there is any of a contact of that person.
  static boolean isMade(Handle h, String person) {
    return h.createQuery(
            "SELECT 1 FROM contact_comment m JOIN contact c ON c.id = m.contact_id"
                + " WHERE c.person_id = :p LIMIT 1")
        .bind("p", person)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// Takes all off a contact.
  static void deleteAll(Batch batch, String contact) {
    batch.sql().execute("DELETE FROM contact_comment WHERE contact_id = ?", contact);
  }

  /// A contact's comments, newest first.
  public static List<Comment> list(Store store, String contact, int skip, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM contact_comment WHERE contact_id = ? ORDER BY id DESC LIMIT ? OFFSET"
                    + " ?")
            .bind(0, contact)
            .bind(1, limit)
            .bind(2, skip)
            .map((r, _) -> read(r))
            .list());
  }

  /// Those before one of a contact's comments, newest first.
  ///
  /// @param before that one's id; empty for the newest
  public static List<Comment> listBefore(Store store, String contact, String before, int limit) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM contact_comment WHERE contact_id = :c"
                    + (before.isEmpty() ? "" : " AND id < :b")
                    + " ORDER BY id DESC LIMIT :l")
            .bind("c", contact)
            .bind("l", limit)
            .bindMap(before.isEmpty() ? Map.of() : Map.of("b", before))
            .map((r, _) -> read(r))
            .list());
  }

  /// One of a contact's comments.
  public static Optional<Comment> find(Store store, String contact, String id) {
    return store.read(h ->
        h.createQuery(
                "SELECT "
                    + TABLE.columnList()
                    + " FROM contact_comment WHERE contact_id = ? AND id = ?")
            .bind(0, contact)
            .bind(1, id)
            .map((r, _) -> read(r))
            .findOne());
  }

  /// How many comments a contact has.
  public static long count(Store store, String contact) {
    return store.read(h ->
        h.createQuery("SELECT COUNT(*) FROM contact_comment WHERE contact_id = ?")
            .bind(0, contact)
            .mapTo(Long.class)
            .one());
  }

  /// The newest comments of each of several contacts, newest first; contacts without any are left
  /// out.
  static Map<String, List<Comment>> newest(Store store, Collection<String> contacts, int most) {
    var byContact = new HashMap<String, List<Comment>>();
    if (contacts.isEmpty()) {
      return byContact;
    }
    store.read(h -> {
      var query =
          h.createQuery(
              "SELECT "
                  + TABLE.columnList()
                  + " FROM (SELECT "
                  + TABLE.columnList()
                  + ", ROW_NUMBER() OVER (PARTITION BY contact_id ORDER BY id DESC) AS n"
                  + " FROM contact_comment WHERE contact_id IN ("
                  + String.join(", ", Collections.nCopies(contacts.size(), "?"))
                  + ")) newest WHERE n <= ? ORDER BY contact_id, id DESC");
      int i = 0;
      for (var contact : contacts) {
        query.bind(i++, contact);
      }
      query
          .bind(i, most)
          .map((r, _) -> read(r))
          .forEach(c -> byContact.computeIfAbsent(c.contactId(), _ -> new ArrayList<>()).add(c));
      return true;
    });
    return byContact;
  }
}
