package dev.porchlight.bench;

import dev.porchlight.filter.Folding;
import dev.porchlight.value.Json;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Puts people into a database that no hub has open, past the log: the rows are those that leads
/// and members would have made. [ContactHub] has the hub write some of them anew and compares.
final class PeopleFill {
  private static final List<String> CONTACT =
      List.of(
          "id",
          "person_id",
          "office_id",
          "owner_id",
          "owned_seq",
          "connected",
          "body",
          "created_at",
          "modified_at",
          "seq");
  private static final List<String> SEARCH =
      List.of(
          "owner_id",
          "owned_seq",
          "contact_id",
          "connected",
          "created_at",
          "modified_at",
          "display_name",
          "primary_email",
          "primary_phone_number",
          "given_name",
          "family_name",
          "home_locality",
          "home_region",
          "home_postal_code");
  private static final List<String> TAG = List.of("owner_id", "tag", "contact_id", "written");
  private static final int CHUNK = 20_000;

  private final People people;
  private final String office;

  /// @param office the office of all owners
  PeopleFill(People people, String office) {
    this.people = people;
    this.office = office;
  }

  private interface Sink {
    void row(String table, List<String> columns, List<?> values) throws SQLException, IOException;
  }

  /// Fills a file of SQLite.
  void sqlite(String url) throws SQLException, IOException {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = OFF");
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA cache_size = -400000");
      statement.execute("PRAGMA temp_store = MEMORY");
      var expected =
          texts(
              statement,
              "SELECT 'INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (' || quote(tbl) || ', ' ||"
                  + " quote(idx) || ', ' || quote(stat) || ')' FROM sqlite_stat1");
      statement.execute("DELETE FROM sqlite_stat1");
      var indexes =
          drop(
              statement,
              "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND"
                  + " tbl_name IN ('contact', 'contact_search', 'contact_tag')");
      connection.setAutoCommit(false);
      try (var contact = insert(connection, "contact", CONTACT);
          var search = insert(connection, "contact_search", SEARCH);
          var tag = insert(connection, "contact_tag", TAG)) {
        for (int from = 0; from < people.contacts(); from += CHUNK) {
          rows(
              from,
              (table, _, values) -> {
                var into =
                    switch (table) {
                      case "contact" -> contact;
                      case "contact_search" -> search;
                      default -> tag;
                    };
                for (int i = 0; i < values.size(); i++) {
                  into.setObject(i + 1, values.get(i));
                }
                into.addBatch();
              });
          contact.executeBatch();
          search.executeBatch();
          tag.executeBatch();
          connection.commit();
        }
      }
      head(connection);
      for (var index : indexes) {
        statement.execute(index);
      }
      connection.commit();
      connection.setAutoCommit(true);
      // Dropping indexes took what the hub had told the planner of them away.
      for (var line : expected) {
        statement.execute(line);
      }
    }
  }

  private static List<String> texts(Statement statement, String query) throws SQLException {
    var texts = new ArrayList<String>();
    try (var results = statement.executeQuery(query)) {
      while (results.next()) {
        texts.add(results.getString(1));
      }
    }
    return texts;
  }

  /// Takes indexes off, which are quicker made at the end.
  ///
  /// @param query gives the name of each and what makes it
  /// @return what makes them again
  private static List<String> drop(Statement statement, String query) throws SQLException {
    var makers = new LinkedHashMap<String, String>();
    try (var results = statement.executeQuery(query)) {
      while (results.next()) {
        makers.put(results.getString(1), results.getString(2));
      }
    }
    for (var name : makers.keySet()) {
      statement.execute("DROP INDEX " + name);
    }
    return List.copyOf(makers.values());
  }

  private static PreparedStatement insert(Connection connection, String table, List<String> columns)
      throws SQLException {
    return connection.prepareStatement(
        "INSERT INTO "
            + table
            + " ("
            + String.join(", ", columns)
            + ") VALUES ("
            + "?, ".repeat(columns.size() - 1)
            + "?)");
  }

  /// Fills a database of PostgreSQL, and has it look at what it got, as its own housekeeping would
  /// within minutes.
  void postgres(String url) throws SQLException, IOException {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute("SET synchronous_commit = off");
      statement.execute("SET maintenance_work_mem = '256MB'");
      var indexes =
          drop(
              statement,
              "SELECT indexname, indexdef FROM pg_indexes WHERE indexname NOT LIKE '%_pkey' AND"
                  + " tablename IN ('contact', 'contact_search', 'contact_tag')");
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      for (int from = 0; from < people.contacts(); from += CHUNK) {
        var texts = List.of(new StringBuilder(), new StringBuilder(), new StringBuilder());
        rows(
            from,
            (table, _, values) -> {
              var text =
                  texts.get(List.of("contact", "contact_search", "contact_tag").indexOf(table));
              for (int i = 0; i < values.size(); i++) {
                text.append(i == 0 ? "" : "\t").append(escaped(values.get(i)));
              }
              text.append('\n');
            });
        copy(copy, "contact", CONTACT, texts.get(0));
        copy(copy, "contact_search", SEARCH, texts.get(1));
        copy(copy, "contact_tag", TAG, texts.get(2));
      }
      head(connection);
      for (var index : indexes) {
        statement.execute(index);
      }
      statement.execute("VACUUM ANALYZE contact");
      statement.execute("VACUUM ANALYZE contact_search");
      statement.execute("VACUUM ANALYZE contact_tag");
      statement.execute("CHECKPOINT");
    }
  }

  private static void copy(
      org.postgresql.copy.CopyManager copy, String table, List<String> columns, StringBuilder text)
      throws SQLException, IOException {
    copy.copyIn(
        "COPY " + table + " (" + String.join(", ", columns) + ") FROM STDIN",
        new StringReader(text.toString()));
  }

  private static String escaped(@Nullable Object value) {
    return value == null
        ? "\\N"
        : value.toString().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
  }

  /// The log goes on behind all these people.
  private void head(Connection connection) throws SQLException {
    try (var log =
        connection.prepareStatement(
            "INSERT INTO log (seq, at, kind, subject, ref) VALUES (?, ?, 'bench.filled', '',"
                + " '')")) {
      log.setLong(1, People.since(people.contacts()));
      log.setLong(2, System.currentTimeMillis() * 1000);
      log.executeUpdate();
    }
  }

  private void rows(int from, Sink sink) throws SQLException, IOException {
    for (int n = from; n < Math.min(people.contacts(), from + CHUNK); n++) {
      var one = people.get(n);
      var values = new ArrayList<Object>();
      values.addAll(List.of(one.id(), "p" + n, office, one.owner(), one.since(), 1L));
      values.add(Json.write(one.body()));
      values.addAll(List.of(one.createdAt(), one.modifiedAt(), one.since()));
      sink.row("contact", CONTACT, values);
      sink.row(
          "contact_search",
          SEARCH,
          List.of(
              one.owner(),
              one.since(),
              one.id(),
              1L,
              one.createdAt(),
              one.modifiedAt(),
              Folding.fold(one.name()),
              Folding.fold(one.email()),
              Folding.fold(one.phone()),
              Folding.fold(one.given()),
              Folding.fold(one.family()),
              Folding.fold(one.town()),
              "nd",
              "58" + one.phone().substring(9)));
      for (var tag : one.tags()) {
        sink.row("contact_tag", TAG, List.of(one.owner(), Folding.fold(tag), one.id(), tag));
      }
    }
  }
}
