package dev.porchlight.desk.rebuild;

import dev.porchlight.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares two stores, table by table, row by row.
final class Comparison {
  private static final int PAGE = 1000;

  private final Store live;
  private final Store rebuilt;
  private final TreeMap<String, Difference> differing = new TreeMap<>();
  private long rows;

  Comparison(Store live, Store rebuilt) {
    this.live = live;
    this.rebuilt = rebuilt;
  }

  /// Compares all.
  void run() {
    Compared.ALL.forEach(this::compare);
  }

  /// Looks again at the rows that differed, and forgets those that no longer do.
  void runAgain() {
    differing.values().removeIf(d -> one(d, live).equals(one(d, rebuilt)));
  }

  /// How many rows were compared.
  long rows() {
    return rows;
  }

  /// A sentence for each row that differs.
  List<String> differences() {
    return differing.values().stream().map(Difference::sentence).toList();
  }

  /// A row that is not the same in both stores.
  private record Difference(
      Compared compared, List<String> key, @Nullable String live, @Nullable String rebuilt) {
    String sentence() {
      var place = compared.table() + " " + String.join(" / ", key);
      if (live == null) {
        return place + ": the rebuild has it, the live store does not";
      }
      if (rebuilt == null) {
        return place + ": the live store has it, the rebuild does not";
      }
      return place + ": live " + live + ", rebuilt " + rebuilt;
    }
  }

  private record KeyedRow(List<String> key, String values) {}

  private void compare(Compared compared) {
    List<String> after = List.of();
    while (true) {
      var here = page(compared, live, after, PAGE);
      var there = page(compared, rebuilt, after, PAGE);
      if (here.isEmpty() && there.isEmpty()) {
        return;
      }
      // Only as far as both pages reach can a row be said to be missing.
      var end = end(here, there);
      var left = rowsUpTo(here, end);
      var right = rowsUpTo(there, end);
      rows += left.size();
      for (var entry : left.entrySet()) {
        var other = right.remove(entry.getKey());
        if (other == null || !other.values().equals(entry.getValue().values())) {
          differing.put(
              compared.table() + " " + entry.getKey(),
              new Difference(
                  compared,
                  entry.getValue().key(),
                  entry.getValue().values(),
                  other == null ? null : other.values()));
        }
      }
      right.forEach((k, row) ->
          differing.put(
              compared.table() + " " + k, new Difference(compared, row.key(), null, row.values())));
      after = end;
    }
  }

  private static List<String> end(List<KeyedRow> here, List<KeyedRow> there) {
    boolean hereFull = here.size() == PAGE;
    boolean thereFull = there.size() == PAGE;
    if (here.isEmpty()) {
      return there.getLast().key();
    }
    if (there.isEmpty()) {
      return here.getLast().key();
    }
    var a = here.getLast().key();
    var b = there.getLast().key();
    boolean aIsLess = compareKeys(a, b) < 0;
    if (hereFull && thereFull) {
      return aIsLess ? a : b;
    }
    if (hereFull) {
      return a;
    }
    if (thereFull) {
      return b;
    }
    return aIsLess ? b : a;
  }

  private static int compareKeys(List<String> a, List<String> b) {
    for (int i = 0; i < a.size(); i++) {
      // Numbers come padded with zeros: texts sort as numbers do when they are equally long.
      int order = compareCodePoints(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compareCodePoints(String a, String b) {
    var x = a.codePoints().toArray();
    var y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  private static TreeMap<String, KeyedRow> rowsUpTo(List<KeyedRow> rows, List<String> end) {
    return rows.stream()
        .filter(r -> compareKeys(r.key(), end) <= 0)
        .collect(
            Collectors.toMap(
                r -> String.join("\u0000", r.key()), r -> r, (a, _) -> a, TreeMap::new));
  }

  private static boolean isNumber(String column) {
    return Set.of("n", "version", "seq", "owned_seq").contains(column);
  }

  /// The value of a key's column as the database has it.
  private static Object inDatabase(String column, String text) {
    if (isNumber(column)) {
      return Long.valueOf(text);
    }
    return text;
  }

  private static List<KeyedRow> page(
      Compared compared, Store store, List<String> after, int limit) {
    var keys = compared.key();
    var where = new StringBuilder();
    if (!after.isEmpty()) {
      where.append(" WHERE (").append(String.join(", ", keys)).append(") > (");
      for (int i = 0; i < after.size(); i++) {
        where.append(i == 0 ? ":k" : ", :k").append(i);
      }
      where.append(")");
    }
    var sql =
        "SELECT "
            + compared.all()
            + " FROM "
            + compared.table()
            + where
            + " ORDER BY "
            + String.join(", ", keys)
            + " LIMIT "
            + limit;
    return store.read(h -> {
      var query = h.createQuery(sql);
      for (int i = 0; i < after.size(); i++) {
        query.bind("k" + i, inDatabase(keys.get(i), after.get(i)));
      }
      return query.map((r, _) -> row(compared, r)).list();
    });
  }

  private static KeyedRow row(Compared compared, java.sql.ResultSet r)
      throws java.sql.SQLException {
    var key = new ArrayList<String>();
    int column = 1;
    for (int i = 0; i < compared.key().size(); i++) {
      key.add(
          isNumber(compared.key().get(i))
              ? "%010d".formatted(r.getLong(column++))
              : r.getString(column++));
    }
    var values = new StringBuilder();
    for (var name : compared.columns()) {
      values.append(name).append('=').append(r.getString(column++)).append(' ');
    }
    return new KeyedRow(key, values.toString().strip());
  }

  private static String one(Difference d, Store store) {
    var keys = d.compared().key();
    var where = new StringBuilder();
    for (int i = 0; i < keys.size(); i++) {
      where.append(i == 0 ? " WHERE " : " AND ").append(keys.get(i)).append(" = :k").append(i);
    }
    var sql = "SELECT " + d.compared().all() + " FROM " + d.compared().table() + where;
    return store.read(h -> {
      var query = h.createQuery(sql);
      for (int i = 0; i < keys.size(); i++) {
        query.bind("k" + i, inDatabase(keys.get(i), d.key().get(i)));
      }
      return query.map((r, _) -> row(d.compared(), r).values()).findOne().orElse("nothing");
    });
  }
}
