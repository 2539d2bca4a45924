package dev.porchlight.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is prepared on the writer's connection, by its SQL. Only for the writer's thread.
final class Statements {
  private static final Logger LOG = LoggerFactory.getLogger(Statements.class);

  /// How many statements made of several are kept: a server keeps a plan for each part of them.
  private static final int MOST_TOGETHER = 64;

  /// As often has a list of statements to come before it is worth a statement of its own.
  private static final int TIMES = 3;

  private static final int MOST_SEEN = 256;

  private final Map<String, PreparedStatement> single = new HashMap<>();
  private final Map<String, PreparedStatement> together =
      recent(MOST_TOGETHER, Statements::closeQuietly);
  private final Map<String, Integer> seen = recent(MOST_SEEN, _ -> {});

  /// One statement.
  PreparedStatement get(Connection conn, String sql) throws SQLException {
    var known = single.get(sql);
    if (known == null) {
      known = conn.prepareStatement(sql);
      single.put(sql, known);
    }
    return known;
  }

  /// Several, one behind the other with `;`; empty where these don't come often enough.
  Optional<PreparedStatement> getTogether(Connection conn, String sql) throws SQLException {
    var known = together.get(sql);
    if (known == null && seen.merge(sql, 1, Integer::sum) >= TIMES) {
      seen.remove(sql);
      known = conn.prepareStatement(sql);
      together.put(sql, known);
    }
    return Optional.ofNullable(known);
  }

  /// Forgets all.
  void clear() {
    single.values().forEach(Statements::closeQuietly);
    single.clear();
    together.values().forEach(Statements::closeQuietly);
    together.clear();
    seen.clear();
  }

  private static void closeQuietly(PreparedStatement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      LOG.debug("Closing failed", e);
    }
  }

  /// A map that keeps what was asked for last.
  private static <V> Map<String, V> recent(int most, Consumer<V> dropped) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        boolean over = size() > most;
        if (over) {
          dropped.accept(eldest.getValue());
        }
        return over;
      }
    };
  }
}
