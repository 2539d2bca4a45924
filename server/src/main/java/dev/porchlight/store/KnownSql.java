package dev.porchlight.store;

import java.sql.Connection;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;

/// Opens what statements run on. All share what is known of the statements' texts: finding the
/// parameters of one costs more than running it, and each connection would do it again.
public final class KnownSql {
  private static final SqlParser KNOWN = new ColonPrefixSqlParser();

  private KnownSql() {}

  /// On a connection, which stays its owner's.
  public static Handle on(Connection connection) {
    return knowing(Jdbi.create(connection)).open();
  }

  /// On connections of a pool, one for each that is opened.
  public static Jdbi on(DataSource pool) {
    return knowing(Jdbi.create(pool));
  }

  private static Jdbi knowing(Jdbi jdbi) {
    jdbi.getConfig(SqlStatements.class).setSqlParser(KNOWN);
    return jdbi;
  }
}
