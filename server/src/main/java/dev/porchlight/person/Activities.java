package dev.porchlight.person;

import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.log.LogTimes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Reads from the log what has happened to contacts. May be shared by threads.
///
/// Nothing is written for this: the log names what was done to a contact, or to its leads, and
/// when. An agent's contacts are looked up one by one in the log's index by subject, from the place
/// in it where acts begin to count.
public final class Activities {
  /// Ends the `principal` of what was done with the key of a consumer: it acts as that contact.
  private static final String BY_ITSELF = "e.principal LIKE '% for ' || c.contact_id";

  private final Store store;

  public Activities(Store store) {
    this.store = store;
  }

  /// How lively the contacts of each of these owners are.
  public Map<String, Activity> of(Set<String> owners) {
    var now = store.now();
    return owners.isEmpty()
        ? Map.of()
        : store.read(h -> {
          long from = LogTimes.firstAt(h, now.minus(Activity.REACH));
          return owners.stream()
              .collect(
                  Collectors.toUnmodifiableMap(o -> o, o -> Activity.of(acts(h, o, from), now)));
        });
  }

  private static List<Activity.Act> acts(Handle h, String owner, long from) {
    var acts = new ArrayList<Activity.Act>();
    // The order of the joins is the plan: each contact's own lines, never the whole log's.
    h.createQuery(
            "SELECT c.contact_id, l.at, l.kind, CASE WHEN "
                + BY_ITSELF
                + " THEN 1 ELSE 0 END FROM contact_search c CROSS JOIN log l"
                + " LEFT JOIN contact_edit e ON e.seq = l.seq"
                + " WHERE c.owner_id = :owner AND l.subject = c.contact_id AND l.seq >= :from"
                + " AND l.kind IN ('contact.edited', 'comment.created', 'consumer.linked',"
                + " 'consumer.signed-in')")
        .bind("owner", owner)
        .bind("from", from)
        .map((r, _) -> act(r, kind(r.getString(3), r.getLong(4) != 0)))
        .forEach(acts::add);
    h.createQuery(
            "SELECT c.contact_id, l.at, l.kind FROM contact_search c CROSS JOIN lead d"
                + " CROSS JOIN log l WHERE c.owner_id = :owner AND d.contact_id = c.contact_id"
                + " AND d.test = 0 AND l.subject = d.id AND l.seq >= :from"
                + " AND l.kind IN ('lead.created', 'lead.updated')")
        .bind("owner", owner)
        .bind("from", from)
        .map((r, _) -> act(r, kind(r.getString(3), false)))
        .forEach(acts::add);
    // Of a message the log names the recipient.
    h.createQuery(
            "SELECT c.contact_id, m.created_at FROM contact_search c CROSS JOIN member_message m"
                + " WHERE c.owner_id = :owner AND m.sender_id = c.contact_id")
        .bind("owner", owner)
        .map((r, _) -> act(r, Activity.Kind.MESSAGE))
        .forEach(acts::add);
    return acts;
  }

  private static Activity.Act act(ResultSet r, Activity.Kind kind) throws SQLException {
    return new Activity.Act(r.getString(1), kind, new Row(r).time(2));
  }

  private static Activity.Kind kind(String logged, boolean byItself) {
    return switch (logged) {
      case "lead.created" -> Activity.Kind.LEAD;
      case "lead.updated" -> Activity.Kind.LEAD_AGAIN;
      case "comment.created" -> Activity.Kind.COMMENT;
      case "consumer.linked" -> Activity.Kind.LINK;
      case "consumer.signed-in" -> Activity.Kind.SIGN_IN;
      case "contact.edited" -> byItself ? Activity.Kind.OWN_EDIT : Activity.Kind.EDIT;
      default -> throw new IllegalArgumentException(logged);
    };
  }
}
