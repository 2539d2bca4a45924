package dev.porchlight.store.move;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A table as both engines have it.
///
/// @param key the columns of its primary key, in the key's order
record MoveTable(String name, List<Column> columns, List<Column> key) {

  /// What a column holds.
  enum Kind {
    WHOLE,
    REAL,
    TEXT,
    BYTES;

    static Kind of(String type) {
      return switch (type.toUpperCase(java.util.Locale.ROOT)) {
        case "INTEGER", "BIGINT" -> WHOLE;
        case "REAL", "DOUBLE PRECISION" -> REAL;
        case "TEXT" -> TEXT;
        case "BLOB", "BYTEA" -> BYTES;
        default -> throw new IllegalStateException("There is no way to move a column of " + type);
      };
    }
  }

  record Column(String name, Kind kind) {
    String quoted() {
      return '"' + name + '"';
    }
  }

  MoveTable {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    if (key.isEmpty()) {
      throw new IllegalStateException("The table " + name + " has no key to page by");
    }
  }

  String quoted() {
    return '"' + name + '"';
  }

  /// Columns by name, whatever order an engine has them in.
  private TreeMap<String, Kind> shape() {
    return columns.stream()
        .collect(Collectors.toMap(Column::name, Column::kind, (a, _) -> a, TreeMap::new));
  }

  boolean isLike(MoveTable other) {
    return name.equals(other.name) && shape().equals(other.shape()) && key.equals(other.key);
  }

  /// All of a SQLite database that are moved, by name.
  static List<MoveTable> ofSqlite(Connection connection) throws SQLException {
    return read(
        connection,
        "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m"
            + " JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
            + " AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            + " AND m.name NOT IN ('flyway_schema_history', 'store_probe')"
            + " ORDER BY m.name, c.cid");
  }

  /// All of a PostgreSQL schema, by name.
  static List<MoveTable> ofPostgres(Connection connection) throws SQLException {
    return read(
        connection,
        """
        SELECT c.table_name, c.column_name, c.data_type,
               COALESCE((SELECT k.ordinal_position
                           FROM information_schema.table_constraints t
                           JOIN information_schema.key_column_usage k
                             ON k.constraint_name = t.constraint_name
                            AND k.constraint_schema = t.constraint_schema
                            AND k.table_name = t.table_name
                          WHERE t.constraint_type = 'PRIMARY KEY'
                            AND t.table_schema = c.table_schema
                            AND t.table_name = c.table_name
                            AND k.column_name = c.column_name), 0)
          FROM information_schema.columns c
         WHERE c.table_schema = current_schema() AND c.table_name <> 'flyway_schema_history'
         ORDER BY c.table_name COLLATE "C", c.ordinal_position
        """);
  }

  private static List<MoveTable> read(Connection connection, String sql) throws SQLException {
    record Found(Column column, int place) {}
    var tables = new TreeMap<String, List<Found>>();
    try (var statement = connection.createStatement();
        var results = statement.executeQuery(sql)) {
      while (results.next()) {
        tables
            .computeIfAbsent(results.getString(1), _ -> new ArrayList<>())
            .add(
                new Found(
                    new Column(results.getString(2), Kind.of(results.getString(3))),
                    results.getInt(4)));
      }
    }
    return tables.entrySet().stream()
        .map(t ->
            new MoveTable(
                t.getKey(),
                t.getValue().stream().map(Found::column).toList(),
                t.getValue().stream()
                    .filter(f -> f.place() > 0)
                    .sorted(Comparator.comparingInt(Found::place))
                    .map(Found::column)
                    .toList()))
        .toList();
  }
}
