package dev.porchlight.store.move;

import dev.porchlight.store.move.MoveTable.Column;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What a table holds, as one number: SHA-256 over its rows in the order of its key, each value
/// with its length before it. Texts are taken as the bytes that the database keeps, so that reading
/// them as characters, which copying does, is checked as well.
///
/// @param sha256 hex
record Digest(long rows, String sha256) {

  /// @param asBytes the SQL that gives a text's bytes, with `%s` for the column
  /// @param progress told how many rows were read so far
  static Digest of(Connection connection, MoveTable table, String asBytes, LongConsumer progress)
      throws SQLException {
    // By name: the engines may have the columns in another order.
    var columns = table.columns().stream().sorted(Comparator.comparing(Column::name)).toList();
    var sorted = new MoveTable(table.name(), columns, table.key());
    var digest = digest();
    long rows = 0;
    try (var pages =
        new Pages(
            connection,
            sorted,
            c -> c.kind() == MoveTable.Kind.TEXT ? asBytes.formatted(c.quoted()) : c.quoted())) {
      int read;
      do {
        read = pages.read(row -> add(digest, columns, row));
        rows += read;
        if (read > 0 || rows == 0) {
          progress.accept(rows);
        }
      } while (read > 0);
    }
    return new Digest(rows, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(MessageDigest digest, List<Column> columns, ResultSet row)
      throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      switch (columns.get(i).kind()) {
        case WHOLE -> number(digest, row.getLong(i + 1), row.wasNull());
        case REAL -> number(digest, Double.doubleToLongBits(row.getDouble(i + 1)), row.wasNull());
        case TEXT, BYTES -> bytes(digest, row.getBytes(i + 1), row.wasNull());
      }
    }
  }

  private static void number(MessageDigest digest, long value, boolean isNull) {
    digest.update((byte) (isNull ? 0 : 1));
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, isNull ? 0 : value));
  }

  private static void bytes(MessageDigest digest, byte @Nullable [] value, boolean isNull) {
    var content = value == null ? new byte[0] : value;
    digest.update((byte) (isNull ? 0 : 1));
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.length));
    digest.update(content);
  }
}
