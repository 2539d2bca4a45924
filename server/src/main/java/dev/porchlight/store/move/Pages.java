package dev.porchlight.store.move;

import dev.porchlight.store.move.MoveTable.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads a table in the order of its key, a page at a time, so that no more than a page is ever in
/// memory. Both engines compare keys bytewise, so both have the same order.
final class Pages implements AutoCloseable {
  private static final int ROWS = 500;
  private static final int FETCHED = 50;

  /// Is given each row.
  @FunctionalInterface
  interface Reader {
    void row(ResultSet row) throws SQLException;
  }

  private final MoveTable table;
  private final PreparedStatement first;
  private final PreparedStatement next;
  private @Nullable List<Object> after;

  /// @param expression how a column is read; the key follows behind the columns, as it is
  Pages(Connection connection, MoveTable table, Function<Column, String> expression)
      throws SQLException {
    this.table = table;
    var key = table.key().stream().map(Column::quoted).collect(Collectors.joining(", "));
    var marks = table.key().stream().map(_ -> "?").collect(Collectors.joining(", "));
    var select =
        "SELECT "
            + table.columns().stream().map(expression).collect(Collectors.joining(", "))
            + ", "
            + key
            + " FROM "
            + table.quoted();
    var order = " ORDER BY " + key + " LIMIT " + ROWS;
    first = connection.prepareStatement(select + order);
    next = connection.prepareStatement(select + " WHERE (" + key + ") > (" + marks + ")" + order);
    first.setFetchSize(FETCHED);
    next.setFetchSize(FETCHED);
  }

  /// Reads the next page.
  ///
  /// @return how many rows it had; 0 at the end
  int read(Reader reader) throws SQLException {
    var last = after;
    var statement = last == null ? first : next;
    if (last != null) {
      for (int i = 0; i < last.size(); i++) {
        statement.setObject(i + 1, last.get(i));
      }
    }
    int rows = 0;
    try (var results = statement.executeQuery()) {
      while (results.next()) {
        reader.row(results);
        rows++;
        after = key(results);
      }
    }
    return rows;
  }

  private List<Object> key(ResultSet row) throws SQLException {
    int at = table.columns().size();
    var key = new ArrayList<Object>();
    for (var column : table.key()) {
      at++;
      key.add(
          switch (column.kind()) {
            case WHOLE -> (Object) row.getLong(at);
            case TEXT -> row.getString(at);
            case REAL, BYTES ->
                throw new IllegalStateException(
                    "The key of " + table.name() + " can't be paged by");
          });
    }
    return key;
  }

  @Override
  public void close() throws SQLException {
    first.close();
    next.close();
  }
}
