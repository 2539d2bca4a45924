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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
    return Map.ofEntries(
        Map.entry(
            "DisplayName",
            new Column.Text(
                "c.name_f", "c.name", new Column.Words("word w WHERE w.contact = c.id", "w.word"))),
        Map.entry("City", new Column.Text("c.city_f", "c.city", null)),
        Map.entry("Login", Column.Text.folded("c.login_f")),
        Map.entry("Nick", Column.Text.folded("c.nick_f")),
        Map.entry(
            "Tags",
            new Column.Elements(
                "tag t WHERE t.contact = c.id", new Column.Text("t.f", "t.t", null))),
        Map.entry(
            "Labels",
            new Column.Elements(
                "tag t WHERE t.contact = c.id",
                new Column.Text("t.f", "t.t", null),
                new Column.Among(
                    "c.id", "SELECT t.contact FROM tag t WHERE t.contact >= ?", List.of(-1)))),
        Map.entry(
            "Sizes",
            new Column.Elements(
                "size s WHERE s.contact = c.id", new Column.Plain("s.n", Column.Storage.INTEGER))),
        Map.entry(
            "Visits",
            new Column.Elements(
                "visit v WHERE v.contact = c.id",
                new Column.Plain("v.at", Column.Storage.EPOCH_MILLI),
                new Column.Among("c.id", "SELECT v.contact FROM visit v WHERE TRUE", List.of()))),
        Map.entry("Created", new Column.Plain("c.created", Column.Storage.EPOCH_MILLI)),
        Map.entry("Changed", new Column.Plain("c.changed", Column.Storage.EPOCH_MICRO)),
        Map.entry("Born", new Column.Plain("c.born", Column.Storage.EPOCH_DAY)),
        Map.entry("Opens", new Column.Plain("c.opens", Column.Storage.NANO_OF_DAY)),
        Map.entry("Active", new Column.Plain("c.active", Column.Storage.BOOLEAN)),
        Map.entry("Marked", new Column.Plain("c.marked", Column.Storage.FLAG)),
        Map.entry("Rooms", new Column.Plain("c.rooms", Column.Storage.INTEGER)),
        Map.entry("Price", new Column.Plain("c.price", Column.Storage.DECIMAL)));
  }

  private static final Catalogue CATALOGUE =
      name ->
          switch (name) {
            case "Nick" -> Optional.of(Attribute.of(name, Type.CHARACTER).with(Wildcards.WORDS));
            case "Labels" -> Optional.of(Attribute.listOf(name, Type.CHARACTER));
            case "Sizes" -> Optional.of(Attribute.listOf(name, Type.INTEGER));
            case "Visits" -> Optional.of(Attribute.listOf(name, Type.DATETIME));
            case "Changed" -> Optional.of(Attribute.of(name, Type.DATETIME));
            case "Marked" -> Optional.of(Attribute.of(name, Type.BOOLEAN));
            default -> Sample.CATALOGUE.find(name);
          };

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
              + " login_f TEXT, nick_f TEXT, created BIGINT, changed BIGINT, born BIGINT,"
              + " opens BIGINT, marked BIGINT, active "
              + active
              + ", rooms BIGINT, price "
              + price
              + ")");
      statement.execute("CREATE TABLE word (contact INTEGER, word TEXT)");
      statement.execute("CREATE TABLE tag (contact INTEGER, t TEXT, f TEXT)");
      statement.execute("CREATE TABLE size (contact INTEGER, n BIGINT)");
      statement.execute("CREATE TABLE visit (contact INTEGER, at BIGINT)");
    }
    connection.commit();
    CONNECTIONS.put(dialect, connection);
    return connection;
  }

  /// All that the language has, and what of it was generated.
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private static Set<String> language() {
    Set<String> words = new TreeSet<>();
    Stream.of(FunctionName.values()).map(FunctionName::word).forEach(words::add);
    // Shapes need an attribute that is one; no catalogue here has any.
    Stream.of(ValueFunction.values())
        .filter(f -> f.ordinal() < ValueFunction.RADIUS.ordinal())
        .map(f -> f.name().toLowerCase(Locale.ROOT))
        .forEach(words::add);
    Stream.of(Lexer.Kind.values())
        .filter(k -> k.ordinal() >= Lexer.Kind.EQ.ordinal())
        .map(k -> k.name().toLowerCase(Locale.ROOT))
        .forEach(words::add);
    Stream.of(Criterion.class.getPermittedSubclasses())
        .filter(c -> c != Criterion.Within.class)
        .map(Class::getSimpleName)
        .forEach(words::add);
    Stream.of(Value.Scalar.class.getPermittedSubclasses())
        .filter(c -> c != Value.Location.class)
        .map(Class::getSimpleName)
        .forEach(words::add);
    return words;
  }

  private static void see(String text, Expression expression) {
    Stream.of(text.split("[^A-Za-z]+", -1)).map(w -> w.toLowerCase(Locale.ROOT)).forEach(SEEN::add);
    switch (expression) {
      case Expression.Everything() -> {}
      case Expression.And(var parts) -> parts.forEach(p -> see("", p));
      case Expression.Or(var parts) -> parts.forEach(p -> see("", p));
      case Expression.Not(var part) -> see("", part);
      case Expression.Matches(_, _, var anyOf) ->
          anyOf.forEach(c -> {
            SEEN.add(c.getClass().getSimpleName());
            if (c instanceof Criterion.Same(var value)) {
              SEEN.add(value.getClass().getSimpleName());
            }
          });
      case Expression.Ordered(_, _, var value) -> SEEN.add(value.getClass().getSimpleName());
      case Expression.Between(_, var low, _) -> SEEN.add(low.getClass().getSimpleName());
    }
  }

  @AfterContainer
  static void close() throws SQLException, IOException {
    assertThat(SEEN).as("generated at least once").containsAll(language());
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

  @Property(tries = 4_000, edgeCases = EdgeCasesMode.NONE)
  void sqlite(@ForAll("cases") Case one) throws SQLException {
    agree(Dialect.SQLITE, SQLITE, one.filter, one.rows);
  }

  @Property(tries = 1_500, edgeCases = EdgeCasesMode.NONE)
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
    see(text, filter.expression());
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
            connection.prepareStatement("INSERT INTO c VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        var word = connection.prepareStatement("INSERT INTO word VALUES (?,?)");
        var tag = connection.prepareStatement("INSERT INTO tag VALUES (?,?,?)");
        var size = connection.prepareStatement("INSERT INTO size VALUES (?,?)");
        var visit = connection.prepareStatement("INSERT INTO visit VALUES (?,?)");
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
          row.created == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, row.created),
          row.born == null ? null : row.born.toEpochDay(),
          row.opens == null ? null : row.opens.toNanoOfDay(),
          row.active == null ? null : row.active ? 1L : 0L,
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
      for (int id = 0; id < rows.size(); id++) {
        for (var one : rows.get(id).sizes) {
          size.setInt(1, id);
          size.setLong(2, one);
          size.executeUpdate();
        }
        for (var one : rows.get(id).visits) {
          visit.setInt(1, id);
          visit.setLong(2, one.toEpochMilli());
          visit.executeUpdate();
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
      List<Long> sizes,
      List<Instant> visits,
      @Nullable Instant created,
      @Nullable LocalDate born,
      @Nullable LocalTime opens,
      @Nullable Boolean active,
      @Nullable Long rooms,
      @Nullable BigDecimal price) {
    Value value(String attribute) {
      return switch (attribute) {
        case "DisplayName" -> Value.text(name);
        case "City" -> Value.text(city);
        case "Login" -> Value.text(login);
        case "Nick" -> Value.text(nick);
        case "Tags", "Labels" -> Value.texts(tags);
        case "Sizes" -> new Value.Many(sizes.stream().<Value.Scalar>map(Value.Whole::new).toList());
        case "Visits" ->
            new Value.Many(visits.stream().<Value.Scalar>map(Value.Moment::new).toList());
        case "Created", "Changed" -> Value.moment(created);
        case "Born" -> born == null ? Value.UNSET : new Value.Day(born);
        case "Active", "Marked" -> Value.flag(active);
        case "Rooms" -> rooms == null ? Value.UNSET : new Value.Whole(rooms);
        case "Price" -> price == null ? Value.UNSET : new Value.Decimal(price);
        case "Opens" -> opens == null ? Value.UNSET : new Value.TimeOfDay(opens);
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
          few.forEach(piece -> values.add(after(piece)));
          List<String> patterns = new ArrayList<>(few);
          patterns.addAll(List.of("*", "?", "a"));
          return Combinators.combine(expressions(2, texts(patterns)), rows(texts(values)))
              .as(Case::new);
        });
  }

  /// What comes right behind a piece, where ranges end.
  private static String after(String piece) {
    int last = piece.codePointBefore(piece.length());
    int next =
        last == Character.MAX_CODE_POINT
            ? last
            : last == Character.MIN_SURROGATE - 1 ? Character.MAX_SURROGATE + 1 : last + 1;
    return piece.substring(0, piece.length() - Character.charCount(last))
        + Character.toString(next);
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
                Combinators.combine(
                        texts.list().ofMaxSize(3),
                        Arbitraries.of(0L, 1L, 2L, -1L, Long.MAX_VALUE).list().ofMaxSize(3),
                        moments().list().ofMaxSize(3))
                    .as(Lists::new),
                moments().injectNull(0.2),
                Combinators.combine(
                        Arbitraries.of("2026-03-14", "2026-03-15", "1969-12-31")
                            .map(LocalDate::parse)
                            .injectNull(0.2),
                        Arbitraries.of("00:00", "09:30", "09:30:15.5", "23:59:59.999999999")
                            .map(LocalTime::parse)
                            .injectNull(0.2))
                    .as(Days::new),
                Arbitraries.of(true, false).injectNull(0.2),
                Combinators.combine(
                        Arbitraries.of(0L, 1L, 2L, 3L, -1L, Long.MAX_VALUE).injectNull(0.2),
                        Arbitraries.of("0", "1.5", "2", "0.1", "9007199254740993", "-3")
                            .map(BigDecimal::new)
                            .injectNull(0.2))
                    .as(Numbers::new))
            .as((name, city, login, lists, created, days, active, numbers) ->
                new Row(
                    name,
                    city,
                    login,
                    name,
                    lists.tags,
                    lists.sizes,
                    lists.visits,
                    created,
                    days.born,
                    days.opens,
                    active,
                    numbers.rooms,
                    numbers.price));
    return row.list().ofMinSize(1).ofMaxSize(6);
  }

  private record Lists(List<String> tags, List<Long> sizes, List<Instant> visits) {}

  private record Days(@Nullable LocalDate born, @Nullable LocalTime opens) {}

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
            literals.map(text -> text.substring(0, text.length() - 1) + "*'"),
            Combinators.combine(literals, Arbitraries.of("startswith", "endswith", "contains"))
                .as((text, function) -> function + "(" + text + ")"),
            Combinators.combine(literals, literals).as((a, b) -> "range(" + a + "," + b + ")"),
            Arbitraries.of(
                "regex('^a')",
                "regex('B','i')",
                "regex('[^a]$')",
                "tolower('A*')",
                "toupper('b')",
                "trim(' a ')",
                "concat('a','b')",
                "substring('xab',1,1)"));
    Arbitrary<String> lists =
        criteria.list().ofMinSize(1).ofMaxSize(3).map(l -> String.join(",", l));
    var plain = Arbitraries.of("DisplayName", "City", "Login", "Nick", "Tags", "Labels");
    var changed =
        Arbitraries.of(
            "tolower(City)",
            "toupper(Nick)",
            "trim(City)",
            "all(Tags)",
            "all(Labels)",
            "toupper(Tags)",
            "concat(City,'b')",
            "all(tolower(Tags))",
            "all(City)",
            "substring(City,1)",
            "substring(Nick,0,2)",
            "cast(Rooms,'character')",
            "cast(Price,'character')");
    Arbitrary<String> textual = Arbitraries.frequencyOf(Tuple.of(3, plain), Tuple.of(1, changed));
    Arbitrary<String> tests = join(textual, equal, lists);
    Arbitrary<String> nulls =
        join(
            Arbitraries.oneOf(
                textual,
                Arbitraries.of(
                    "Created",
                    "Changed",
                    "Born",
                    "Opens",
                    "Active",
                    "Marked",
                    "Rooms",
                    "Price",
                    "Sizes",
                    "all(Sizes)",
                    "Visits",
                    "all(Visits)",
                    "year(Created)",
                    "cast(City,'integer')")),
            equal,
            Arbitraries.of("NULL", "Null", "null"));
    Arbitrary<String> moments =
        Arbitraries.of(
            "2026-03-14",
            "2026-03-14T15:09:26.5Z",
            "2026-03-14T15:09:26.5004Z",
            "2026-03-14T16:09:26.5+01:00",
            "2026-03-14T03:39:26.500000-1130",
            "2026-03-14T15:09",
            "1969-12-31T23:59:59.9995Z",
            "1969-12-31T23:59:59.999999999Z",
            "now()",
            "seconds(1)",
            "minutes(-1)",
            "hours(-16)",
            "days(0)",
            "weekdays(-1)",
            "months(-2)",
            "years(-57)",
            "mindatetime()",
            "maxdatetime()");
    Arbitrary<String> times =
        Arbitraries.of("00:00", "09:30", "09:30:15.5", "23:59:59.9999999991", "15:09:26.5");
    Arbitrary<String> numbers =
        Arbitraries.of(
            "0",
            "1",
            "2",
            "-1",
            "1 Add 1",
            "7 Sub 2 Mul 3",
            "-7 Div 2",
            "5 Mod 3",
            "9223372036854775807");
    Arbitrary<String> decimals =
        Arbitraries.of(
            "0",
            "1.5",
            "0.1",
            "-3",
            "15.0E-1",
            "9007199254740992",
            "9007199254740993.0",
            "1.5 Div 3",
            "cast('1.5','decimal')");
    Arbitrary<String> parts =
        Arbitraries.oneOf(
            join(
                Arbitraries.of(
                    "year(Created)",
                    "month(Born)",
                    "day(Changed)",
                    "hour(Created)",
                    "minute(Opens)",
                    "second(Created)",
                    "dayofweek(Born)",
                    "dayofyear(Created)"),
                any,
                Arbitraries.of("2026", "3", "14", "15", "9", "26", "7", "73", "1969", "0")),
            join(
                Arbitraries.of("fractionalseconds(Created)", "fractionalseconds(Opens)"),
                any,
                Arbitraries.of("0.5", "0.999", "0.0")));
    Arbitrary<String> whole =
        join(
            Arbitraries.of(
                "length(City)",
                "length(Tags)",
                "year(Visits)",
                "all(month(Visits))",
                "-Rooms",
                "Rooms Mod 2",
                "Rooms Sub 1",
                "2 Div Rooms",
                "all(length(Tags))",
                "round(Price)",
                "ceiling(Price)",
                "floor(Price)",
                "indexof(City,'a')",
                "indexof(DisplayName,'Ann')",
                "cast(City,'integer')"),
            any,
            numbers);
    return Arbitraries.oneOf(
        tests,
        tests,
        tests,
        tests,
        nulls,
        join(Arbitraries.of("Created", "Changed"), any, moments),
        join(Arbitraries.of("Visits", "all(Visits)"), any, moments),
        join(Arbitraries.of("Visits", "all(Visits)"), Arbitraries.just(" Bt "), pair(moments)),
        join(
            Arbitraries.of("date(Visits)", "all(date(Visits))"),
            any,
            Arbitraries.of("2026-03-14", "1969-12-31")),
        join(Arbitraries.of("Born", "date(Created)", "date(Changed)"), any, moments),
        join(Arbitraries.of("Created", "Changed", "Born"), Arbitraries.just(" Bt "), pair(moments)),
        join(Arbitraries.of("Opens", "time(Created)"), any, times),
        join(Arbitraries.of("Opens"), Arbitraries.just(" Bt "), pair(times)),
        join(Arbitraries.of("Active", "Marked"), equal, Arbitraries.of("true", "false")),
        join(Arbitraries.of("Rooms"), any, numbers),
        whole,
        parts,
        join(Arbitraries.of("Rooms"), equal, Arbitraries.of("1,2", "0,1,3")),
        join(Arbitraries.of("Sizes", "all(Sizes)"), any, numbers),
        join(Arbitraries.of("Sizes", "all(Sizes)"), equal, Arbitraries.of("1,2", "0,-1,3")),
        join(
            Arbitraries.of("Sizes", "all(Sizes)"),
            Arbitraries.just(" Bt "),
            pair(Arbitraries.of("0", "2", "-1"))),
        join(
            Arbitraries.of("Rooms"),
            Arbitraries.just(" Bt "),
            pair(Arbitraries.of("0", "2", "-1"))),
        join(
            Arbitraries.of(
                "Price",
                "Price Add 1",
                "Price Mul 2",
                "Rooms Div 2.0",
                "cast(City,'decimal')",
                "cast(Rooms,'decimal')"),
            any,
            decimals),
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
