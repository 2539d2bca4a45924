package dev.porchlight.person;

import dev.porchlight.store.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// Reads contacts row by row, as lists of them have them.
final class ContactRows {
  private ContactRows() {}

  /// A contact that SQL could not rule out.
  ///
  /// @param rank equal where all terms before the score are
  record Place(String id, String owner, long rank) {}

  /// A contact on which the evaluator decides.
  record Candidate(Contacts.Listed listed, ContactCatalogue.Login login) {}

  static Query query(Handle h, String sql, List<Object> binds) {
    var query = h.createQuery(sql);
    for (int i = 0; i < binds.size(); i++) {
      switch (binds.get(i)) {
        case String text -> query.bind(i, text);
        case Long number -> query.bind(i, number);
        case Double number -> query.bind(i, number);
        default -> query.bind(i, binds.get(i));
      }
    }
    return query;
  }

  static String marks(int n) {
    return String.join(", ", Collections.nCopies(n, "?"));
  }

  static Contacts.Listed listed(ResultSet r) throws SQLException {
    return new Contacts.Listed(
        Tables.shown(new Row(r)), new Row(r).time(Tables.CONTACT_COLUMNS + 1));
  }

  private static ContactCatalogue.Login login(ResultSet r) throws SQLException {
    var row = new Row(r);
    return new ContactCatalogue.Login(
        row.textOrNull(Tables.CONTACT_COLUMNS + 2), row.timeOrNull(Tables.CONTACT_COLUMNS + 3));
  }

  /// Reads contacts by key. The SQL differs only by powers of two, so that it is planned seldom.
  static Map<String, Candidate> candidates(Handle h, List<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    int marks = Integer.highestOneBit(2 * ids.size() - 1);
    var binds = new ArrayList<Object>(ids);
    binds.addAll(Collections.nCopies(marks - ids.size(), ids.getLast()));
    var found = new HashMap<String, Candidate>();
    query(
            h,
            "SELECT "
                + Tables.CONTACT.columnList("k")
                + ", s.modified_at, a.login_name, a.signed_in_at FROM contact k JOIN contact_search"
                + " s ON s.owner_id = k.owner_id AND s.owned_seq = k.owned_seq LEFT JOIN"
                + " portal_account a ON a.contact_id = k.id WHERE k.id IN ("
                + String.join(", ", Collections.nCopies(marks, "?"))
                + ")",
            binds)
        .map((r, _) -> new Candidate(listed(r), login(r)))
        .forEach(c -> found.put(c.listed().contact().id(), c));
    return found;
  }
}
