package dev.porchlight.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One table and the type of its rows: the SQL to read one by key and to write one is made from
/// this list of columns, in plain words that both engines have.
public final class Table<R> {
  /// Makes a row from its columns, numbered from 1 in the order of the table's list.
  public interface Reader<R> {
    R read(Row row) throws SQLException;
  }

  private record Column<R>(String name, boolean key, Function<R, @Nullable Object> value) {}

  private final String name;
  private final List<Column<R>> columns;
  private final Reader<R> reader;
  private final int[] keys;
  private final String select;
  private final String insert;
  private final String upsert;
  private final String delete;

  private Table(String name, List<Column<R>> columns, Reader<R> reader) {
    this.name = name;
    this.columns = columns;
    this.reader = reader;
    keys =
        java.util.stream.IntStream.range(0, columns.size())
            .filter(i -> columns.get(i).key())
            .toArray();
    if (keys.length == 0) {
      throw new IllegalArgumentException(name + " has no key");
    }
    var all = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    var keyNames = columns.stream().filter(Column::key).map(Column::name).toList();
    var where = keyNames.stream().map(k -> k + " = ?").collect(Collectors.joining(" AND "));
    var others =
        columns.stream()
            .filter(c -> !c.key())
            .map(c -> c.name() + " = excluded." + c.name())
            .collect(Collectors.joining(", "));
    var marks = columns.stream().map(c -> "?").collect(Collectors.joining(", "));
    select = "SELECT " + all + " FROM " + name + " WHERE " + where;
    insert = "INSERT INTO " + name + " (" + all + ") VALUES (" + marks + ")";
    upsert =
        insert
            + " ON CONFLICT ("
            + String.join(", ", keyNames)
            + ") DO "
            + (others.isEmpty() ? "NOTHING" : "UPDATE SET " + others);
    delete = "DELETE FROM " + name + " WHERE " + where;
  }

  /// Starts the description of a table.
  public static <R> Builder<R> named(String name) {
    return new Builder<>(name);
  }

  public String name() {
    return name;
  }

  /// The names of all columns, for use in other queries whose rows [#read] is to read.
  public String columnList() {
    return columns.stream().map(Column::name).collect(Collectors.joining(", "));
  }

  /// How many columns that are.
  public int columnCount() {
    return columns.size();
  }

  /// The same, each with a table alias before it.
  public String columnList(String alias) {
    return columns.stream().map(c -> alias + "." + c.name()).collect(Collectors.joining(", "));
  }

  /// How many columns there are: behind so many others are, in the rows of a join.
  public int width() {
    return columns.size();
  }

  public R read(Row row) throws SQLException {
    return reader.read(row);
  }

  String select() {
    return select;
  }

  String insert() {
    return insert;
  }

  String upsert() {
    return upsert;
  }

  String delete() {
    return delete;
  }

  List<String> keyNames() {
    return Arrays.stream(keys).mapToObj(i -> columns.get(i).name()).toList();
  }

  int keyCount() {
    return keys.length;
  }

  List<Object> keyOf(R row) {
    var key = new Object[keys.length];
    for (int i = 0; i < keys.length; i++) {
      var value = columns.get(keys[i]).value().apply(row);
      if (value == null) {
        throw new IllegalArgumentException(name + "." + columns.get(keys[i]).name() + " is null");
      }
      key[i] = plain(value);
    }
    return Arrays.asList(key);
  }

  List<@Nullable Object> valuesOf(R row) {
    var values = new ArrayList<@Nullable Object>(columns.size());
    for (var column : columns) {
      var value = column.value().apply(row);
      values.add(value == null ? null : plain(value));
    }
    return values;
  }

  static Object plain(Object value) {
    return switch (value) {
      case String text -> wellFormed(text);
      case Long number -> number;
      case Integer number -> number.longValue();
      case Boolean flag -> flag ? 1L : 0L;
      case Instant time -> Row.micros(time);
      case byte[] bytes -> bytes;
      default -> throw new IllegalArgumentException("no column holds a " + value.getClass());
    };
  }

  /// A text that every database takes: U+FFFD in place of NUL and of halves of surrogate pairs.
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    return text.codePoints()
        .map(c ->
            c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// Collects columns. The order is that in which [Reader] finds them.
  public static final class Builder<R> {
    private final String name;
    private final List<Column<R>> columns = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    public Builder<R> key(String column, Function<R, @Nullable Object> value) {
      columns.add(new Column<>(column, true, value));
      return this;
    }

    public Builder<R> column(String column, Function<R, @Nullable Object> value) {
      columns.add(new Column<>(column, false, value));
      return this;
    }

    public Table<R> readBy(Reader<R> reader) {
      return new Table<>(name, List.copyOf(columns), reader);
    }
  }
}
