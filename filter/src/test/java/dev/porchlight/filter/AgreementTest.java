package dev.porchlight.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/// The evaluator and the databases give the same answer: an exact condition selects just the rows
/// that match, any other at least those.
class AgreementTest {
  private static final SqlWriter SQLITE =
      new SqlWriter(Dialect.SQLITE, name -> Optional.ofNullable(columns().get(name)));
  private static final SqlWriter POSTGRESQL =
      new SqlWriter(Dialect.POSTGRESQL, name -> Optional.ofNullable(columns().get(name)));

  private static @Nullable EmbeddedPostgres postgres;
  private static final Map<Boolean, Integer> EXACT = new ConcurrentHashMap<>();
  private static final Map<Dialect, Connection> CONNECTIONS = new HashMap<>();

  private static Map<String, Column> columns() {
    return Map.of(
        "DisplayName",
        new Column.Text(
            "c.name_f", "c.name", new Column.Words("word w WHERE w.contact = c.id", "w.word")),
        "City",
        new Column.Text("c.city_f", "c.city", null),
        "Login",
        Column.Text.folded("c.login_f"),
        "Nick",
        Column.Text.folded("c.nick_f"),
        "Tags",
        new Column.Elements("tag t WHERE t.contact = c.id", new Column.Text("t.f", "t.t", null)),
        "Created",
        new Column.Plain("c.created", Column.Storage.EPOCH_MILLI),
        "Born",
        new Column.Plain("c.born", Column.Storage.EPOCH_DAY),
        "Active",
        new Column.Plain("c.active", Column.Storage.BOOLEAN),
        "Rooms",
        new Column.Plain("c.rooms", Column.Storage.INTEGER),
        "Price",
        new Column.Plain("c.price", Column.Storage.DECIMAL));
  }

  private static final Catalogue CATALOGUE =
      name ->
          name.equals("Nick")
              ? Optional.of(Attribute.of("Nick", Type.CHARACTER).with(Wildcards.WORDS))
              : Sample.CATALOGUE.find(name);

  // ---- the two databases

  private static Connection connection(Dialect dialect) throws SQLException {
    Connection open = CONNECTIONS.get(dialect);
    if (open != null) {
      return open;
    }
    Connection connection =
        switch (dialect) {
          case SQLITE -> DriverManager.getConnection("jdbc:sqlite::memory:");
          case POSTGRESQL -> {
            try {
              postgres = EmbeddedPostgres.builder().start();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            yield postgres.getPostgresDatabase().getConnection();
          }
        };
    connection.setAutoCommit(false);
    String active = dialect == Dialect.SQLITE ? "INTEGER" : "BOOLEAN";
    String price = dialect == Dialect.SQLITE ? "REAL" : "NUMERIC";
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE c (id INTEGER PRIMARY KEY, name TEXT, name_f TEXT, city TEXT, city_f TEXT,"
              + " login_f TEXT, nick_f TEXT, created BIGINT, born BIGINT, active "
              + active
              + ", rooms BIGINT, price "
              + price
              + ")");
      statement.execute("CREATE TABLE word (contact INTEGER, word TEXT)");
      statement.execute("CREATE TABLE tag (contact INTEGER, t TEXT, f TEXT)");
    }
    connection.commit();
    CONNECTIONS.put(dialect, connection);
    return connection;
  }

  @AfterContainer
  static void close() throws SQLException, IOException {
    int telling = EXACT.getOrDefault(true, 0);
    assertThat(telling * 10)
        .as("filters that are exact and tell rows apart, of all: %s", EXACT)
        .isGreaterThan(telling + EXACT.getOrDefault(false, 0));
    for (var connection : CONNECTIONS.values()) {
      connection.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @Property(tries = 8_000, edgeCases = EdgeCasesMode.NONE)
  void sqlite(@ForAll("cases") Case one) throws SQLException {
    agree(Dialect.SQLITE, SQLITE, one.filter, one.rows);
  }

  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
  void postgresql(@ForAll("cases") Case one) throws SQLException {
    agree(Dialect.POSTGRESQL, POSTGRESQL, one.filter, one.rows);
  }

  private static void agree(Dialect dialect, SqlWriter writer, String text, List<Row> rows)
      throws SQLException {
    Filter filter;
    try {
      filter = Filter.parse(text, CATALOGUE, Sample.NOW);
    } catch (FilterException tooMuch) {
      assertThat(tooMuch.code()).as(text + ": " + tooMuch.getMessage()).isEqualTo(1041);
      return;
    }
    var evaluator = Evaluator.of(filter.expression());
    Set<Integer> matching = new TreeSet<>();
    for (int id = 0; id < rows.size(); id++) {
      Row row = rows.get(id);
      if (evaluator.matches(row::value)) {
        matching.add(id);
      }
    }
    Sql sql = writer.write(filter.expression());
    Set<Integer> selected = selected(connection(dialect), sql, rows);
    EXACT.merge(
        sql.exact() && !matching.isEmpty() && matching.size() < rows.size(), 1, Integer::sum);
    if (sql.exact()) {
      assertThat(selected).as("%s%n%s%n%s", text, sql, rows).isEqualTo(matching);
    } else {
      assertThat(selected).as("%s%n%s%n%s", text, sql, rows).containsAll(matching);
    }
  }

  private static Set<Integer> selected(Connection connection, Sql sql, List<Row> rows)
      throws SQLException {
    try (var insert =
            connection.prepareStatement("INSERT INTO c VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
        var word = connection.prepareStatement("INSERT INTO word VALUES (?,?)");
        var tag = connection.prepareStatement("INSERT INTO tag VALUES (?,?,?)");
        var select = connection.prepareStatement("SELECT c.id FROM c WHERE " + sql.condition())) {
      for (int id = 0; id < rows.size(); id++) {
        Row row = rows.get(id);
        Object[] values = {
          id,
          set(row.name),
          fold(row.name),
          set(row.city),
          fold(row.city),
          fold(row.login),
          fold(row.nick),
          row.created == null ? null : row.created.toEpochMilli(),
          row.born == null ? null : row.born.toEpochDay(),
          row.active,
          row.rooms,
          row.price
        };
        for (int i = 0; i < values.length; i++) {
          insert.setObject(i + 1, values[i]);
        }
        insert.executeUpdate();
        for (var one : Folding.words(row.name)) {
          word.setInt(1, id);
          word.setString(2, one);
          word.executeUpdate();
        }
        for (var one : row.tags) {
          if (!one.isEmpty()) {
            tag.setInt(1, id);
            tag.setString(2, one);
            tag.setString(3, Folding.fold(one));
            tag.executeUpdate();
          }
        }
      }
      for (int i = 0; i < sql.binds().size(); i++) {
        select.setObject(i + 1, sql.binds().get(i));
      }
      Set<Integer> ids = new TreeSet<>();
      try (var result = select.executeQuery()) {
        while (result.next()) {
          ids.add(result.getInt(1));
        }
      }
      return ids;
    } finally {
      connection.rollback();
    }
  }

  private static @Nullable String set(String text) {
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String fold(String text) {
    return text.isEmpty() ? null : Folding.fold(text);
  }

  // ---- rows

  record Row(
      String name,
      String city,
      String login,
      String nick,
      List<String> tags,
      @Nullable Instant created,
      @Nullable LocalDate born,
      @Nullable Boolean active,
      @Nullable Long rooms,
      @Nullable BigDecimal price) {
    Value value(String attribute) {
      return switch (attribute) {
        case "DisplayName" -> Value.text(name);
        case "City" -> Value.text(city);
        case "Login" -> Value.text(login);
        case "Nick" -> Value.text(nick);
        case "Tags" -> Value.texts(tags);
        case "Created" -> Value.moment(created);
        case "Born" -> born == null ? Value.UNSET : new Value.Day(born);
        case "Active" -> Value.flag(active);
        case "Rooms" -> rooms == null ? Value.UNSET : new Value.Whole(rooms);
        case "Price" -> price == null ? Value.UNSET : new Value.Decimal(price);
        case "Opens" -> new Value.TimeOfDay(LocalTime.of(9, 30));
        default -> throw new IllegalArgumentException(attribute);
      };
    }
  }

  private static Arbitrary<String> pieces() {
    return Arbitraries.of(
        "a",
        "a",
        "A",
        "b",
        "B",
        "ab",
        " ",
        " ",
        "\t",
        "\u2003",
        "\u00a0",
        "é",
        "É",
        "ß",
        "ẞ",
        "İ",
        "ı",
        "\u212A",
        "k",
        "σ",
        "ς",
        "Σ",
        "%",
        "_",
        "!",
        "\\",
        "*",
        "?",
        "'",
        "\uD83D\uDE00",
        "\uFFFF",
        "\uD7FF",
        "\uE000",
        "\uDBFF\uDFFF",
        "Ann",
        "o");
  }

  private record Case(String filter, List<Row> rows) {}

  /// A filter and rows whose texts are made of the same few pieces, so that they often meet.
  @Provide
  Arbitrary<Case> cases() {
    return pieces()
        .list()
        .ofSize(3)
        .flatMap(few -> {
          List<String> values = new ArrayList<>(few);
          values.add("a");
          List<String> patterns = new ArrayList<>(few);
          patterns.addAll(List.of("*", "?", "a"));
          return Combinators.combine(expressions(2, texts(patterns)), rows(texts(values)))
              .as(Case::new);
        });
  }

  private static Arbitrary<String> texts(List<String> pieces) {
    return Arbitraries.of(pieces).list().ofMaxSize(4).map(parts -> String.join("", parts));
  }

  private static Arbitrary<Instant> moments() {
    return Arbitraries.of(
        Instant.EPOCH,
        Sample.NOW,
        Instant.parse("2026-03-14T00:00:00Z"),
        Instant.parse("2026-03-13T23:59:59.999Z"),
        Instant.parse("1969-12-31T23:59:59.999Z"),
        Instant.parse("2026-03-14T15:09:26.501Z"));
  }

  private static Arbitrary<List<Row>> rows(Arbitrary<String> texts) {
    Arbitrary<Row> row =
        Combinators.combine(
                texts,
                texts,
                texts,
                texts.list().ofMaxSize(3),
                moments().injectNull(0.2),
                Arbitraries.of("2026-03-14", "2026-03-15", "1969-12-31")
                    .map(LocalDate::parse)
                    .injectNull(0.2),
                Arbitraries.of(true, false).injectNull(0.2),
                Combinators.combine(
                        Arbitraries.of(0L, 1L, 2L, 3L, -1L, Long.MAX_VALUE).injectNull(0.2),
                        Arbitraries.of("0", "1.5", "2", "0.1", "9007199254740993", "-3")
                            .map(BigDecimal::new)
                            .injectNull(0.2))
                    .as(Numbers::new))
            .as((name, city, login, tags, created, born, active, numbers) ->
                new Row(
                    name,
                    city,
                    login,
                    name,
                    tags,
                    created,
                    born,
                    active,
                    numbers.rooms,
                    numbers.price));
    return row.list().ofMinSize(1).ofMaxSize(6);
  }

  private record Numbers(@Nullable Long rooms, @Nullable BigDecimal price) {}

  // ---- filters

  private static Arbitrary<String> expressions(int groups, Arbitrary<String> texts) {
    Arbitrary<String> one =
        groups == 0
            ? comparisons(texts)
            : Arbitraries.frequencyOf(
                Tuple.of(4, comparisons(texts)),
                Tuple.of(1, lazily(() -> expressions(groups - 1, texts)).map(e -> "(" + e + ")")));
    Arbitrary<String> more =
        Combinators.combine(Arbitraries.of(" And ", " Or ", " Not "), one).as(String::concat);
    return Combinators.combine(Arbitraries.of("", "", "Not "), one, more.list().ofMaxSize(3))
        .as((not, first, rest) -> not + first + String.join("", rest));
  }

  private static Arbitrary<String> lazily(Supplier<Arbitrary<String>> supplier) {
    return Arbitraries.lazy(supplier);
  }

  private static Arbitrary<String> comparisons(Arbitrary<String> texts) {
    var equal = Arbitraries.of(" Eq ", " Ne ");
    var any = Arbitraries.of(" Eq ", " Ne ", " Gt ", " Ge ", " Lt ", " Le ");
    Arbitrary<String> literals =
        texts
            .map(text -> text.endsWith("\\") ? text + "a" : text)
            .map(text -> "'" + text.replace("'", "\\'") + "'");
    Arbitrary<String> criteria =
        Arbitraries.oneOf(
            literals,
            literals,
            Combinators.combine(literals, Arbitraries.of("startswith", "endswith", "contains"))
                .as((text, function) -> function + "(" + text + ")"),
            Combinators.combine(literals, literals).as((a, b) -> "range(" + a + "," + b + ")"),
            Arbitraries.of("regex('^a')", "regex('B','i')", "tolower('A*')"));
    Arbitrary<String> lists =
        criteria.list().ofMinSize(1).ofMaxSize(3).map(l -> String.join(",", l));
    Arbitrary<String> textual =
        Arbitraries.of(
            "DisplayName",
            "City",
            "Login",
            "Nick",
            "Tags",
            "tolower(City)",
            "toupper(Nick)",
            "trim(City)",
            "all(Tags)",
            "toupper(Tags)",
            "concat(City,'b')",
            "all(tolower(Tags))",
            "all(City)",
            "substring(City,1)",
            "cast(Rooms,'character')");
    Arbitrary<String> tests = join(textual, equal, lists);
    Arbitrary<String> nulls =
        join(
            Arbitraries.oneOf(
                textual, Arbitraries.of("Created", "Born", "Active", "Rooms", "Price")),
            equal,
            Arbitraries.just("NULL"));
    Arbitrary<String> moments =
        Arbitraries.of(
            "2026-03-14",
            "2026-03-14T15:09:26.5Z",
            "2026-03-14T15:09:26.5004Z",
            "now()",
            "days(0)",
            "1969-12-31T23:59:59.9995Z",
            "seconds(1)");
    Arbitrary<String> numbers =
        Arbitraries.of("0", "1", "2", "-1", "1 Add 1", "9223372036854775807");
    Arbitrary<String> decimals =
        Arbitraries.of(
            "0", "1.5", "0.1", "-3", "9007199254740992", "9007199254740993.0", "1.5 Div 3");
    return Arbitraries.oneOf(
        tests,
        tests,
        tests,
        nulls,
        join(Arbitraries.of("Created"), any, moments),
        join(Arbitraries.of("Born", "date(Created)"), any, moments),
        join(Arbitraries.of("Created", "Born"), Arbitraries.just(" Bt "), pair(moments)),
        join(Arbitraries.of("Active"), equal, Arbitraries.of("true", "false")),
        join(
            Arbitraries.of(
                "Rooms",
                "length(City)",
                "length(Tags)",
                "-Rooms",
                "Rooms Mod 2",
                "all(length(Tags))"),
            any,
            numbers),
        join(Arbitraries.of("Rooms"), equal, Arbitraries.of("1,2", "0,1,3")),
        join(
            Arbitraries.of("Rooms"),
            Arbitraries.just(" Bt "),
            pair(Arbitraries.of("0", "2", "-1"))),
        join(Arbitraries.of("Price", "Price Add 1", "Rooms Div 2.0"), any, decimals),
        join(Arbitraries.of("Price"), equal, Arbitraries.of("1,1.5", "9007199254740993,2")),
        join(
            Arbitraries.of("Price"),
            Arbitraries.just(" Bt "),
            pair(Arbitraries.of("0", "1.5", "9007199254740992"))));
  }

  private static Arbitrary<String> pair(Arbitrary<String> values) {
    return Combinators.combine(values, values).as((a, b) -> a + "," + b);
  }

  private static Arbitrary<String> join(
      Arbitrary<String> left, Arbitrary<String> operator, Arbitrary<String> right) {
    return Combinators.combine(left, operator, right).as((a, o, b) -> a + o + b);
  }
}
