package dev.porchlight.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.porchlight.value.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds a store against what senders were told and what a CRM took: everything acknowledged is
/// there once, every human being is one person, everything was delivered, in order per contact.
final class Audit {
  private Audit() {}

  /// Waits until nothing is owed to anybody.
  static void awaitQuiet(Connection db) {
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(50))
        .until(() ->
            number(db, "SELECT COUNT(*) FROM lane") == 0
                && number(db, "SELECT COUNT(*) FROM receipt WHERE state = 'owed'") == 0);
  }

  /// All of it, once nothing is owed to anybody.
  static void audit(Connection db, Sender.Book book, RecordingCrm crm) throws SQLException {
    var leads = auditLeads(db, book);
    auditPersons(db, book, leads);
    auditDeliveries(db, crm);
    assertThat(number(db, "SELECT COUNT(*) FROM log"))
        .as("lines of a log without gaps")
        .isEqualTo(number(db, "SELECT MAX(seq) FROM log"));
    assertThat(number(db, "SELECT MIN(seq) FROM log")).isEqualTo(1);
  }

  /// Every acknowledged lead once, every acknowledged version once, nothing that was never sent.
  ///
  /// @return the hub's ids by the sender's
  private static Map<String, List<String>> auditLeads(Connection db, Sender.Book book)
      throws SQLException {
    var byExternal = new HashMap<String, List<String>>();
    for (var row :
        rows(db, "SELECT external_id, id, guid, person_id, contact_id, source_id FROM lead")) {
      if (byExternal.put(row.getFirst(), row) != null) {
        throw new AssertionError("twice: " + row);
      }
    }
    assertThat(byExternal.keySet()).containsAll(book.acknowledged.keySet());
    assertThat(book.sent.keySet()).containsAll(byExternal.keySet());
    book.guids.forEach((lead, guid) -> {
      var row = byExternal.get(lead);
      if (row == null || !guid.equals(row.get(2))) {
        throw new AssertionError(lead + " was answered " + guid + " and is " + row);
      }
    });
    var versions = new HashMap<String, List<String>>();
    for (var row :
        rows(
            db,
            "SELECT l.external_id, v.fact FROM lead_version v JOIN lead l ON l.id = v.lead_id")) {
      versions
          .computeIfAbsent(row.getFirst(), _ -> new ArrayList<>())
          .add(Json.tree(row.get(1)).path("message").asString());
    }
    // Accepted as owed, and a later version was decided before: it makes no version any more.
    var overtaken = new HashMap<String, Integer>();
    for (var row :
        rows(
            db,
            "SELECT l.external_id, COUNT(*) FROM receipt r JOIN lead l ON l.id = r.lead_id WHERE"
                + " r.state = 'repeat' AND r.reason LIKE 'A later receipt of this lead%'"
                + " GROUP BY l.external_id")) {
      overtaken.put(row.getFirst(), Integer.valueOf(row.get(1)));
    }
    for (var lead : byExternal.keySet()) {
      var kept = versions.getOrDefault(lead, List.of());
      // Plain first: an assertion for each of some hundred thousand would take longer than the
      // leads.
      var different = new HashSet<>(kept);
      var missing = new HashSet<>(book.acknowledged.getOrDefault(lead, List.of()));
      missing.removeAll(different);
      if (different.size() < kept.size()
          || missing.size() > overtaken.getOrDefault(lead, 0)
          || !new HashSet<>(book.sent.getOrDefault(lead, List.of())).containsAll(kept)) {
        assertThat(kept).as(lead).doesNotHaveDuplicates();
        assertThat(kept).as(lead).containsAll(book.acknowledged.getOrDefault(lead, List.of()));
        assertThat(book.sent.get(lead)).as(lead).containsAll(kept);
      }
    }
    assertThat(number(db, "SELECT COUNT(*) FROM receipt WHERE state IN ('quarantined','refused')"))
        .isZero();
    return byExternal;
  }

  /// One person and one contact for each human being, whichever lead came first.
  private static void auditPersons(Connection db, Sender.Book book, Map<String, List<String>> leads)
      throws SQLException {
    var found = new HashMap<Integer, Set<String>>();
    leads.forEach((external, row) ->
        found
            .computeIfAbsent(book.persons.get(external), _ -> new HashSet<>())
            .add(row.get(3) + " " + row.get(4)));
    found.forEach((person, ids) -> {
      if (ids.size() != 1) {
        throw new AssertionError("person " + person + " is " + ids);
      }
    });
    assertThat(number(db, "SELECT COUNT(*) FROM person")).isEqualTo(found.size());
    assertThat(number(db, "SELECT COUNT(*) FROM contact")).isEqualTo(found.size());
    assertThat(
            rows(db, "SELECT person_id FROM person_email GROUP BY person_id HAVING COUNT(*) > 1"))
        .isEmpty();
  }

  /// Each version's event arrived at both endpoints under its one id; per contact in order.
  private static void auditDeliveries(Connection db, RecordingCrm crm) throws SQLException {
    assertThat(number(db, "SELECT COUNT(*) FROM delivery_state WHERE state <> 'delivered'"))
        .isZero();
    var owed = new HashMap<String, String>();
    for (var row :
        rows(
            db,
            "SELECT s.body, v.lead_id, v.version, d.event_id FROM lead_version v"
                + " JOIN setting s ON s.kind = 'endpoint'"
                + " LEFT JOIN delivery d ON d.lead_id = v.lead_id AND d.version = v.version"
                + " AND d.endpoint_id = s.id")) {
      var to = "/" + Json.tree(row.getFirst()).path("name").asString();
      if (row.get(3) == null
          || owed.put(to + " " + row.get(1) + " " + row.get(2), row.get(3)) != null) {
        throw new AssertionError("not planned, or twice: " + row);
      }
    }
    var arrived = new LinkedHashMap<String, String>();
    var reached = new HashMap<String, Long>();
    for (var a : crm.arrivals()) {
      var what = a.endpoint() + " " + a.lead() + " " + a.version();
      var before = arrived.put(what, a.webhookId());
      if (before != null) {
        if (!a.webhookId().equals(before)) {
          throw new AssertionError("another id for " + what + ": " + a.webhookId());
        }
      } else {
        var highest = reached.put(a.endpoint() + " " + a.contact(), a.sequence());
        if (highest != null && highest >= a.sequence()) {
          throw new AssertionError(a + " came after number " + highest + " of its contact");
        }
      }
    }
    assertThat(arrived).isEqualTo(owed);
    assertThat(new HashSet<>(owed.values())).hasSize(owed.size() / 2);
  }

  static long number(Connection db, String sql) throws SQLException {
    try (var statement = db.createStatement();
        var results = statement.executeQuery(sql)) {
      results.next();
      return results.getLong(1);
    }
  }

  static List<List<String>> rows(Connection db, String sql) throws SQLException {
    var rows = new ArrayList<List<String>>();
    try (var statement = db.createStatement();
        var results = statement.executeQuery(sql)) {
      int columns = results.getMetaData().getColumnCount();
      while (results.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
          row.add(results.getString(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
