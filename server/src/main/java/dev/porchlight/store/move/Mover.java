package dev.porchlight.store.move;

import dev.porchlight.store.move.MoveTable.Column;
import dev.porchlight.store.postgres.PostgresTarget;
import dev.porchlight.store.sqlite.SqliteSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Moves the store in a data folder to an empty PostgreSQL database: makes the tables, copies every
/// row, reads both sides back and compares them, and only then lets hubs start there. The folder is
/// only read until all of that is done; then it is marked as moved.
public final class Mover {
  /// So many bytes are sent at once at most, give or take a row.
  private static final int CHUNK = 4 * 1024 * 1024;

  private static final String UNFINISHED =
      ". The data folder is as it was; the database holds an unfinished move: start over with"
          + " --replace-unfinished";

  private Mover() {}

  /// What was done so far.
  public enum Step {
    COPYING,
    VERIFYING
  }

  /// Is told of each page.
  @FunctionalInterface
  public interface Progress {
    /// @param rows of that table, so far
    /// @param of that many; in the end `rows` equals it
    void at(Step step, String table, long rows, long of);
  }

  /// A table that is the same on both sides.
  ///
  /// @param sha256 over its rows, hex, computed on either side
  public record Moved(String table, long rows, String sha256) {}

  /// @param folder the data folder, on which no hub runs
  /// @param url `jdbc:postgresql://...`
  /// @param replaceUnfinished to delete what a move that was not finished has left there
  /// @return the tables, by name
  /// @throws IllegalStateException with a sentence for the user
  public static List<Moved> move(
      Path folder, String url, boolean replaceUnfinished, Progress progress) {
    try (var source = SqliteSource.open(folder)) {
      List<MoveTable> tables;
      var counts = new LinkedHashMap<String, Long>();
      try {
        tables = MoveTable.ofSqlite(source.connection());
        for (var table : tables) {
          counts.put(table.name(), count(source.connection(), table));
        }
      } catch (SQLException e) {
        throw new IllegalStateException(
            "The store in " + folder + " can't be read: " + e.getMessage(), e);
      }
      try (var target =
          PostgresTarget.open(
              url,
              folder.toString(),
              tables.stream().map(MoveTable::name).toList(),
              replaceUnfinished)) {
        List<Moved> moved;
        try {
          requireSame(tables, target);
          for (var table : tables) {
            copy(source.connection(), target.connection(), table, counts, progress);
          }
          moved = verify(source.connection(), target, tables, counts, progress);
          target.finish();
        } catch (SQLException e) {
          throw new IllegalStateException(
              "The move to " + target.address() + " broke off: " + e.getMessage() + UNFINISHED, e);
        }
        source.markMoved(target.address());
        return moved;
      }
    }
  }

  private static long count(Connection connection, MoveTable table) throws SQLException {
    try (var statement = connection.createStatement();
        var results = statement.executeQuery("SELECT COUNT(*) FROM " + table.quoted())) {
      results.next();
      return results.getLong(1);
    }
  }

  private static void requireSame(List<MoveTable> tables, PostgresTarget target)
      throws SQLException {
    var there =
        MoveTable.ofPostgres(target.connection()).stream()
            .filter(t -> !PostgresTarget.isOwn(t.name()))
            .toList();
    boolean same = there.size() == tables.size();
    for (int i = 0; same && i < tables.size(); i++) {
      same = tables.get(i).isLike(there.get(i));
    }
    if (!same) {
      throw new IllegalStateException(
          "The tables of the data folder and of "
              + target.address()
              + " are not those of one release"
              + UNFINISHED);
    }
  }

  private static void copy(
      Connection source,
      Connection target,
      MoveTable table,
      LinkedHashMap<String, Long> counts,
      Progress progress)
      throws SQLException {
    long of = counts.getOrDefault(table.name(), 0L);
    var insert =
        "INSERT INTO "
            + table.quoted()
            + table.columns().stream()
                .map(Column::quoted)
                .collect(Collectors.joining(", ", " (", ")"))
            + table.columns().stream()
                .map(_ -> "?")
                .collect(Collectors.joining(", ", " VALUES (", ")"));
    progress.at(Step.COPYING, table.name(), 0, of);
    try (var pages = new Pages(source, table, Column::quoted);
        var statement = target.prepareStatement(insert)) {
      var copying = new Copying(table, statement);
      long rows = 0;
      int read;
      do {
        read = pages.read(copying::row);
        copying.send();
        target.commit();
        rows += read;
        if (read > 0) {
          progress.at(Step.COPYING, table.name(), rows, of);
        }
      } while (read > 0);
    }
  }

  /// The rows of one table on their way.
  private static final class Copying {
    private final MoveTable table;
    private final PreparedStatement statement;
    private long bytes;
    private int rows;

    Copying(MoveTable table, PreparedStatement statement) {
      this.table = table;
      this.statement = statement;
    }

    void row(ResultSet row) throws SQLException {
      for (int i = 0; i < table.columns().size(); i++) {
        set(i + 1, table.columns().get(i), row.getObject(i + 1));
      }
      statement.addBatch();
      rows++;
      if (bytes > CHUNK) {
        send();
      }
    }

    /// SQLite keeps whatever it is given in any column; what would come out changed is refused.
    private void set(int at, Column column, @Nullable Object value) throws SQLException {
      switch (column.kind()) {
        case WHOLE -> {
          switch (value) {
            case null -> statement.setNull(at, Types.BIGINT);
            case Integer n -> statement.setLong(at, n);
            case Long n -> statement.setLong(at, n);
            default -> throw misplaced(column);
          }
        }
        case REAL -> {
          switch (value) {
            case null -> statement.setNull(at, Types.DOUBLE);
            case Double n -> statement.setDouble(at, n);
            default -> throw misplaced(column);
          }
        }
        case TEXT -> {
          switch (value) {
            case null -> statement.setNull(at, Types.VARCHAR);
            case String text -> {
              if (text.indexOf('\0') >= 0) {
                throw new SQLException(
                    "the table "
                        + table.name()
                        + " has a text with a NUL in "
                        + column.name()
                        + ", which PostgreSQL can't keep");
              }
              statement.setString(at, text);
              bytes += text.length();
            }
            default -> throw misplaced(column);
          }
        }
        case BYTES -> {
          switch (value) {
            case null -> statement.setNull(at, Types.BINARY);
            case byte[] content -> {
              statement.setBytes(at, content);
              bytes += content.length;
            }
            default -> throw misplaced(column);
          }
        }
      }
    }

    private SQLException misplaced(Column column) {
      return new SQLException(
          "the table "
              + table.name()
              + " has a value in "
              + column.name()
              + " that is not of the column's type");
    }

    void send() throws SQLException {
      if (rows > 0) {
        statement.executeBatch();
      }
      rows = 0;
      bytes = 0;
    }
  }

  private static List<Moved> verify(
      Connection source,
      PostgresTarget target,
      List<MoveTable> tables,
      LinkedHashMap<String, Long> counts,
      Progress progress)
      throws SQLException {
    var moved = new ArrayList<Moved>();
    try (var reader = target.reader()) {
      for (var table : tables) {
        long of = counts.getOrDefault(table.name(), 0L);
        var here = Digest.of(source, table, "CAST(%s AS BLOB)", _ -> {});
        var there =
            Digest.of(
                reader,
                table,
                "convert_to(%s, 'UTF8')",
                rows -> progress.at(Step.VERIFYING, table.name(), rows, of));
        if (!here.equals(there)) {
          throw new IllegalStateException(
              "The table "
                  + table.name()
                  + " differs: "
                  + here.rows()
                  + " rows in the data folder ("
                  + here.sha256()
                  + "), "
                  + there.rows()
                  + " in "
                  + target.address()
                  + " ("
                  + there.sha256()
                  + ")"
                  + UNFINISHED);
        }
        moved.add(new Moved(table.name(), here.rows(), here.sha256()));
      }
    }
    return moved;
  }
}
