package dev.porchlight.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/// Keeps the prepared statements of one reading connection: a query that is asked again is not
/// planned again, which can cost more than its answer. A statement in use is not kept, so the same
/// query may run twice at once. Not for several threads at once.
final class KeptStatements extends DefaultStatementBuilder {
  private static final int MOST = 128;

  /// Those in use and the SQL that each was made from: whoever closes one names it otherwise.
  private final IdentityHashMap<Statement, String> inUse = new IdentityHashMap<>();

  /// Those not in use, the one used longest ago first.
  private final SequencedMap<String, PreparedStatement> idle = new LinkedHashMap<>();

  private int made;

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    var prepared = idle.remove(sql);
    if (prepared == null) {
      prepared = super.create(connection, sql, context);
      made++;
    }
    inUse.put(prepared, sql);
    return prepared;
  }

  @Override
  public void close(Connection connection, String words, Statement statement) throws SQLException {
    var sql = inUse.remove(statement);
    if (sql == null || !(statement instanceof PreparedStatement prepared) || prepared.isClosed()) {
      statement.close();
      return;
    }
    // Whose data was asked for is nobody's business afterwards.
    prepared.clearParameters();
    var other = idle.put(sql, prepared);
    if (other != null) {
      other.close();
    }
    if (idle.size() > MOST) {
      var eldest = idle.pollFirstEntry();
      if (eldest != null) {
        eldest.getValue().close();
      }
    }
  }

  /// How many had to be prepared.
  int made() {
    return made;
  }

  /// How many are kept.
  int size() {
    return idle.size();
  }
}
