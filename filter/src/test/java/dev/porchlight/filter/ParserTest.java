package dev.porchlight.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
  private static String shape(String text) {
    return shape(Sample.read(text).expression());
  }

  /// The tree with its parentheses written out and each comparison as its attribute alone.
  private static String shape(Expression expression) {
    return switch (expression) {
      case Expression.Everything() -> "everything";
      case Expression.And(var parts) -> joined(parts, " and ");
      case Expression.Or(var parts) -> joined(parts, " or ");
      case Expression.Not(var part) -> "not " + shape(part);
      case Expression.Matches(var operand, _, _) -> name(operand);
      case Expression.Ordered(var operand, _, _) -> name(operand);
      case Expression.Between(var operand, _, _) -> name(operand);
    };
  }

  private static String joined(List<Expression> parts, String word) {
    return parts.stream().map(ParserTest::shape).collect(Collectors.joining(word, "(", ")"));
  }

  private static String name(Operand operand) {
    return switch (operand) {
      case Operand.Field(var attribute) -> attribute.name();
      case Operand.Literal(Value.Whole(var whole)) -> Long.toString(whole);
      case Operand.Literal(var value) -> value.toString();
      case Operand.Call(var function, var arguments, _) ->
          function.word() + "(" + name(arguments.getFirst()) + ")";
      case Operand.Computed(var operator, var left, var right) ->
          "[" + name(left) + " " + operator + " " + name(right) + "]";
      case Operand.Negative(var inner) -> "-" + name(inner);
    };
  }

  private static FilterError refused(String text) {
    var refused = catchThrowableOfType(FilterException.class, () -> Sample.read(text));
    assertThat(refused).as(text).isNotNull();
    return refused.errors().getFirst();
  }

  private static Criterion only(String text) {
    return ((Expression.Matches) Sample.read(text).expression()).anyOf().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`` | everything",
        "` \t ` | everything",
        "Rooms Eq 1 Or Price Eq 2 And City Eq 'x' | (Rooms or (Price and City))",
        "Rooms Eq 1 And Price Eq 2 Or City Eq 'x' | ((Rooms and Price) or City)",
        "(Rooms Eq 1 Or Price Eq 2) And City Eq 'x' | ((Rooms or Price) and City)",
        "Not Rooms Eq 1 And Price Eq 2 | (not Rooms and Price)",
        "Rooms Eq 1 Not Price Eq 2 | (Rooms and not Price)",
        "Rooms Eq 1 Or City Eq 'x' Not Price Eq 2 | (Rooms or (City and not Price))",
        "Rooms Eq 1 Or (Not Price Eq 2) | (Rooms or not Price)",
        "Not (Not Rooms Eq 1) | not not Rooms",
        "Not (Rooms Eq 1 Or Price Eq 2) | not (Rooms or Price)",
        "(Rooms Add 1) Eq 2 | [Rooms ADD 1]",
        "((Rooms Add 1) Eq 2) | [Rooms ADD 1]",
        "-Rooms Mul 2 Add 3 Eq 2 | [[-Rooms MUL 2] ADD 3]",
        "--Rooms Eq 2 | Rooms",
        "1 Add Rooms Eq 2 | [1 ADD Rooms]",
        "length(trim(City)) Eq 2 | length(trim(City))",
        "length ( City ) Eq 2 | length(City)",
      })
  void trees(String text, String tree) {
    assertThat(shape(text)).isEqualTo(tree);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Rooms eq 1 and City NE 'x'", "Rooms EQ 1 AND City nE 'x'"})
  void keywords_are_read_in_any_letter_case(String text) {
    assertThat(shape(text)).isEqualTo("(Rooms and City)");
  }

  @Test
  void literals() {
    assertThat(only("Rooms Eq -5")).isEqualTo(whole(-5));
    assertThat(only("Rooms Eq 5 Div 2")).isEqualTo(whole(2));
    assertThat(only("Rooms Eq 1 Add 2 Mul 3")).isEqualTo(whole(7));
    assertThat(only("Rooms Eq (1 Add 2) Mul -3")).isEqualTo(whole(-9));
    assertThat(only("Rooms Eq - - 5 Mod 3")).isEqualTo(whole(2));
    assertThat(only("Price Eq 1.5E2")).isEqualTo(only("Price Eq 150"));
    assertThat(only("Price Eq 1.5e-2")).isEqualTo(only("Price Eq 0.015"));
    assertThat(only("Price Eq 1 Div 3.0")).isEqualTo(only("Price Eq 0.33333333333333333333"));
    assertThat(only("City Eq 'it\\'s'")).isEqualTo(new Criterion.Same(new Value.Text("it's")));
    assertThat(only("City Eq 'a\\b'")).isEqualTo(new Criterion.Same(new Value.Text("a\\b")));
    assertThat(only("City Eq 'a\\*b'")).isEqualTo(new Criterion.Same(new Value.Text("a*b")));
    assertThat(only("Login Eq 'a*b'")).isEqualTo(new Criterion.Same(new Value.Text("a*b")));
    for (String none : List.of("NULL", "null", "Null")) {
      assertThat(only("City Eq " + none)).isEqualTo(new Criterion.NotSet());
    }
    for (String same :
        List.of(
            "2026-01-31T08:30",
            "2026-01-31T08:30:00",
            "2026-01-31T08:30:00.000Z",
            "2026-01-31T09:30:00+01:00",
            "2026-01-31T03:30:00-0500")) {
      assertThat(only("Created Eq " + same)).isEqualTo(moment("2026-01-31T08:30:00Z"));
    }
    assertThat(only("Created Eq 2026-01-31")).isEqualTo(moment("2026-01-31T00:00:00Z"));
    assertThat(only("Born Eq 2026-01-31T23:30:00-01:00")).isEqualTo(day("2026-02-01"));
    assertThat(only("Opens Eq 09:30")).isEqualTo(only("Opens Eq 09:30:00.0"));
    assertThat(only("Price Eq 1,2.5")).isEqualTo(only("Price Eq 1.0"));
  }

  @Test
  void the_time_is_fixed_once_per_filter() {
    assertThat(only("Created Eq now()"))
        .isEqualTo(new Criterion.Same(new Value.Moment(Sample.NOW)));
    assertThat(only("Created Eq hours(-1)")).isEqualTo(moment("2026-03-14T14:09:26.5Z"));
    assertThat(only("Born Eq days(-14)")).isEqualTo(day("2026-02-28"));
    assertThat(only("Born Eq months(-1)")).isEqualTo(day("2026-02-14"));
    assertThat(only("Born Eq years(1)")).isEqualTo(day("2027-03-14"));
    assertThat(only("Created Eq mindatetime()")).isEqualTo(moment("1970-01-01T00:00:00Z"));
    assertThat(only("Created Eq maxdatetime()")).isEqualTo(moment("9999-12-31T23:59:59Z"));
  }

  @ParameterizedTest
  @CsvSource({
    // 2026-03-14 is a Saturday, 2026-03-15 a Sunday, 2026-03-13 a Friday.
    "2026-03-14, 0, 2026-03-16", "2026-03-14, 1, 2026-03-16", "2026-03-14, -1, 2026-03-13",
    "2026-03-15, 0, 2026-03-16", "2026-03-15, 1, 2026-03-16", "2026-03-15, -1, 2026-03-13",
    "2026-03-14, 2, 2026-03-17", "2026-03-14, 5, 2026-03-20", "2026-03-14, 6, 2026-03-23",
    "2026-03-15, -2, 2026-03-12", "2026-03-15, -5, 2026-03-09", "2026-03-15, -6, 2026-03-06",
    "2026-03-13, 0, 2026-03-13", "2026-03-13, 1, 2026-03-16", "2026-03-13, 5, 2026-03-20",
    "2026-03-16, -1, 2026-03-13", "2026-03-11, 3, 2026-03-16", "2026-03-11, -3, 2026-03-06",
  })
  void working_days(LocalDate from, long n, LocalDate day) {
    assertThat(Functions.weekdays(from, n)).isEqualTo(day);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "City Eq 'a' And Not Rooms Eq 1 | Not | 16 | Write `a Not b`",
        "City Eq 'a' Or Not Rooms Eq 1 | Not | 15 | Write `a Or (Not b)`",
        "Not Not Rooms Eq 1 | Not | 4 | Not (Not a)",
        "City In 'a','b' | In | 5 | There is no In",
        "City Like 'a' | Like | 5 | There is no Like",
        "Rooms Between 1,2 | Between | 6 | Bt 1,5",
        "Rooms = 1 | = | 6 | Write Eq",
        "Rooms Eq City | City | 9 | on the right",
        "1 Eq 1 | 1 | 0 | needs an attribute",
        "Rooms Eq 1 Div 0 | Div | 11 | Division by zero",
        "City Eq 'a | 'a | 8 | never closed",
        "City Eq 'it''s' | 'it' | 8 | not as two quotes",
        "(Rooms Eq 1 | ( | 0 | never closed",
        "Rooms Eq 1) | ) | 10 | closes nothing",
        "Rooms Eq | `` | 8 | ends where a value",
        "Rooms | `` | 5 | ends where an operator",
        "Rooms Eq 1 City Eq 'a' | City | 11 | joined with And or Or",
        "City Eq 5 | 5 | 8 | single quotes",
        "Rooms Eq '5' | '5' | 9 | Write it as 5",
        "Rooms Eq 5.5 | 5.5 | 9 | integer",
        "Created Eq '2026-01-31' | '2026-01-31' | 11 | without quotes",
        "City Gt 'a' | Gt | 5 | take Eq and Ne",
        "Active Gt true | Gt | 7 | take Eq and Ne",
        "Rooms Gt NULL | Gt | 6 | take Eq and Ne",
        "Rooms Gt 1,2 | Gt | 6 | take a list",
        "Rooms Bt 1 | `` | 10 | exactly two",
        "Rooms Bt 1,2,3 | , | 12 | exactly two",
        "Rooms Bt 1 Add 1,3 | Add | 11 | exactly two",
        "City Bt 'a','b' | 'a' | 8 | numbers, dates and times",
        "Born Eq 2026-01-01,2026-01-02 | 2026-01-01 | 8 | A list holds",
        "Active Eq true,false | true | 10 | A list holds",
        "City Eq 'a',5 | 5 | 12 | all of one type",
        "Rooms Eq 1,City | City | 11 | A list holds",
        "Rooms Eq 1 Add 1,2 | Add | 11 | not for lists",
        "Rooms Eq (1),2 | , | 12 | plain values only",
        "Rooms Eq (1,2) Add 1 | Add | 15 | not for lists",
        "Born Eq 2026-02-30 | 2026-02-30 | 8 | no such day",
        "Opens Eq 25:00 | 25:00 | 9 | no such time",
        "Rooms Eq 9223372036854775808 | 9223372036854775808 | 9 | 64 bits",
        "Price Eq 5. | 5. | 9 | digit after its point",
        "Price Eq 5.0E+6 | 5.0E | 9 | exponent",
        "Price Eq 5x | 5x | 9 | no number",
        "rooms Eq 5 | rooms | 0 | begin with a capital",
        "Settings.Reverse Eq true | Settings. | 0 | letters and digits only",
        "NullName Eq 'a' | NullName | 0 | begins with Null",
        "`City Eq 'a'\nOr Rooms Eq 1` | `` | 11 | line break",
        "City Add 1 Eq 2 | Add | 5 | Arithmetic is for numbers",
        "Tags Add 1 Eq 2 | Add | 5 | Arithmetic is for numbers",
        "foo(City) Eq 2 | foo | 0 | no such function",
        "Trim(City) Eq 'a' | ( | 4 | in lower case",
        "tOlower(City) Eq 'a' | tOlower | 0 | lower case only",
        "trim(City,'a') Eq 'a' | trim | 0 | takes 1 argument",
        "trim(Rooms) Eq 'a' | trim | 0 | is for character",
        "startswith(City) Eq 'a' | startswith | 0 | on the right",
        "City Eq year(2026-01-01) | year | 8 | needs an attribute",
        "City Eq trim(tolower('a')) | trim | 8 | do not nest",
        "City Eq trim(City) | trim | 8 | of an attribute",
        "substring(City,-1) Eq 'a' | substring | 0 | not negative",
        "City Eq cast(5,'character') | cast | 8 | cannot be cast",
        "City Eq cast('5','text') | cast | 8 | 'character', 'decimal' or 'integer'",
        "City Eq regex('(') | regex | 8 | no regular expression",
        "City Eq regex('a','g') | regex | 8 | only flag",
        "Born Gt days(365001) | days | 8 | 365000",
        "Born Gt years(9999) | years | 8 | too far",
        "City Eq radius('35.1 -96.6',5) | radius | 8 | shape",
        "Place Eq 'Fargo' | 'Fargo' | 9 | Write a shape",
        "Place Gt radius('1 2',5) | Gt | 6 | shapes",
        "Place Bt radius('1 2',5),radius('1 2',6) | radius | 9 | numbers",
        "Place Eq radius('1 2',5),'a' | 'a' | 25 | of one type",
        "Place Eq wkt('POINT(1 2)') | wkt | 9 | radius, polygon and rectangle",
        "Place Eq linestring('1 2,3 4') | linestring | 9 | radius, polygon and rectangle",
        "cast(Place,'character') Eq 'a' | cast | 0 | cannot be cast",
        "length(Place) Eq 1 | length | 0 | for character",
        "Place Add 1 Eq 2 | Add | 6 | numbers",
        "Place Eq radius('1,2',5) | 1 | 17 | longitude",
        "Place Eq radius('1 2,3 4',5) | '1 2,3 4' | 16 | its centre",
        "Place Eq radius('1 2',0) | 0 | 22 | more than 0",
        "Place Eq radius('1 2',-5.5) | -5.5 | 22 | more than 0",
        "Place Eq radius('1 2',12500.5) | 12500.5 | 22 | 12500 miles",
        "Place Eq radius('1 2','5') | radius | 9 | Argument 2",
        "Place Eq radius('20240101120000123456000000',5) | 20240101120000123456000000 | 17 | id",
        "Place Eq radius('1 2') | radius | 9 | 2 arguments",
        "Place Eq rectangle('1 2') | '1 2' | 19 | opposite corners",
        "Place Eq rectangle('1 2,1 3') | '1 2,1 3' | 19 | no area",
        "Place Eq rectangle('1 -91,2 91') | 2 91 | 26 | 180",
        "Place Eq polygon('1 2,3 4,1 2') | '1 2,3 4,1 2' | 17 | three corners",
        "Place Eq polygon('0 0,1 1,0 1,1 0') | '0 0,1 1,0 1,1 0' | 17 | cross",
        "Place Eq polygon('0 -170,1 170,0 160') | 1 170 | 25 | globe",
        "Place Eq polygon('0 -91,1 0,0 91') | 0 -91,1 0,0 91 | 18 | globe",
        "Place Eq polygon('1 2, 90.1 3,1 4') | 90.1 | 23 | before the longitude",
        "Place Eq polygon('1 2,-96 46,1 4') | -96 | 22 | before the longitude",
        "Place Eq polygon('1 2,3 -180.01,1 4') | -180.01 | 24 | -180 and 180",
        "Place Eq polygon('1 2,3 4,1 4,') | ' | 30 | separated by commas",
        "Place Eq polygon('1 2,3  4 5,1 4') | 3  4 5 | 22 | separated by commas",
        "Place Eq polygon('1 2,NaN 4,1 4') | NaN 4 | 22 | separated by commas",
        "Place Eq polygon('1 2,1e1 4,1 4') | 1e1 4 | 22 | separated by commas",
        "Place Eq polygon('1 2,١ 4,1 4') | ١ 4 | 22 | separated by commas",
        "Place Eq polygon('') | ' | 18 | separated by commas",
        "City Eq NULL,'a' | , | 12 | comma",
      })
  void refusals(String text, String token, int position, String sentence) {
    FilterError error = refused(text);
    assertThat(error.message()).contains(sentence);
    assertThat(error.token()).isEqualTo(token);
    assertThat(error.position()).isEqualTo(position);
    assertThat(error.code()).isEqualTo(1040);
    assertThat(error.status()).isEqualTo(FilterError.Status.FATAL);
  }

  @Test
  void limits_are_refused_one_past_them_and_not_before() {
    atMost(75, n -> repeat("Rooms Eq 1", " And ", n));
    atMost(200, n -> "Rooms Eq " + repeat("1", ",", n));
    atMost(2, n -> "(".repeat(n) + "Rooms Eq 1" + ")".repeat(n));
    atMost(5, n -> "trim(".repeat(n) + "City" + ")".repeat(n) + " Eq 'a'");
    atMost(3, n -> "City Eq '" + repeat("*", "a", n) + "'");
    atMost(3, n -> "City Eq " + repeat("'a?'", ",", n));
    atMost(200, n -> "Rooms" + " Add 1".repeat(n) + " Eq 1");
    atMost(64, n -> "(".repeat(n) + "Rooms" + ")".repeat(n) + " Eq 1");
    atMost(65_536, n -> " ".repeat(n));
    atMost(500, n -> "City Eq regex('" + "a".repeat(n) + "')");
    atMost(4, n -> "City Eq regex('a{1000}" + "a".repeat(9 + n) + "')");
    // In all shapes together.
    atMost(2_000, n -> "Place Eq radius('1 2',5) Or Place Eq polygon('" + circle(n - 1) + "')");
    var arguments = refused("trim(City," + repeat("'a'", ",", 200) + ") Eq 'a'");
    assertThat(arguments.code()).isEqualTo(1040);
  }

  private static String circle(int corners) {
    return IntStream.range(0, corners)
        .mapToDouble(i -> 2 * Math.PI * i / corners)
        .mapToObj(a -> String.format(Locale.ROOT, "%.6f %.6f", Math.sin(a), Math.cos(a)))
        .collect(Collectors.joining(", "));
  }

  @Test
  void shapes_are_read_to_plain_values() {
    assertThat(only("Place Eq radius(' 46.5\t-96.75 ',2.5)"))
        .isEqualTo(new Criterion.Within(new Shape.Radius(new Value.Location(46.5, -96.75), 2.5)));
    assertThat(only("Place Eq rectangle('2 3, +1.5 -0')"))
        .isEqualTo(new Criterion.Within(new Shape.Rectangle(1.5, 0, 2, 3)));
    var triangle =
        new Criterion.Within(
            new Shape.Polygon(
                List.of(
                    new Value.Location(0, 0),
                    new Value.Location(1, 0),
                    new Value.Location(0.5, 90))));
    assertThat(only("Place Eq polygon('0 0,1 0,0.5 90')")).isEqualTo(triangle);
    assertThat(only("Place Eq polygon('0 0, 1 0, 0.5 90, -0 0')")).isEqualTo(triangle);
    // What is of no use to anybody is looked at all the same.
    assertThat(refused("Nobody Eq radius('1 2',0)").status()).isEqualTo(FilterError.Status.FATAL);
  }

  private static String repeat(String text, String between, int n) {
    return IntStream.range(0, n).mapToObj(_ -> text).collect(Collectors.joining(between));
  }

  private static void atMost(int limit, IntFunction<String> filter) {
    Sample.read(filter.apply(limit));
    var error = refused(filter.apply(limit + 1));
    assertThat(error.code()).as(error.message()).isEqualTo(1041);
  }

  @Test
  void a_filter_that_is_wrong_and_over_a_limit_is_wrong() {
    assertThat(refused(repeat("Rooms Eq 1", " And ", 76) + " And").code()).isEqualTo(1040);
    assertThat(refused("(((Rooms Eq 1))) And Nobody Eq 1").code()).isEqualTo(1040);
  }

  @Test
  void an_attribute_that_cannot_be_searched_is_refused_as_dropped() {
    var refused =
        catchThrowableOfType(
            FilterException.class,
            () -> Sample.read("Nobody Eq 1 And Note Eq 'a' Or \"A b\".\"C\" Eq 5"));
    assertThat(refused.code()).isEqualTo(1040);
    assertThat(refused.errors())
        .extracting(e -> e.token() + " " + e.position() + " " + e.status().label())
        .containsExactly("Nobody 0 Dropped", "Note 16 Dropped", "\"A b\".\"C\" 31 Dropped");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "Nobody Eq 1 | everything | 1",
        "Not Nobody Eq 1 | everything | 1",
        "Rooms Eq 1 And Nobody Eq 1 | Rooms | 1",
        "Nobody Eq 1 Or Rooms Eq 1 | Rooms | 1",
        "Rooms Eq 1 Or Nobody Eq 1 And City Eq 'a' | (Rooms or City) | 1",
        "Rooms Eq 1 And Nobody Eq 1 Or City Eq 'a' | (Rooms or City) | 1",
        "Rooms Eq 1 Not (Nobody Eq 1 Or Note Eq 'a') | Rooms | 2",
        "trim(Nobody) Eq 1 And Rooms Eq 1 | Rooms | 1",
        "length(trim(Nobody)) Add 1 Gt 5 And Rooms Eq 1 | Rooms | 1",
        "-Nobody Bt 1,2 And Rooms Eq 1 | Rooms | 1",
      })
  void a_permissive_reading_leaves_them_out(String text, String tree, int dropped) {
    var filter = Filter.parsePermissively(text, Sample.CATALOGUE, Sample.NOW);
    assertThat(shape(filter.expression())).isEqualTo(tree);
    assertThat(filter.dropped()).hasSize(dropped);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Nobody Gt 'a'", "Nobody Eq 1 Div 0", "foo(Nobody) Eq 1", "Nobody Eq"})
  void a_permissive_reading_forgives_nothing_else(String text) {
    var refused =
        catchThrowableOfType(
            FilterException.class,
            () -> Filter.parsePermissively(text, Sample.CATALOGUE, Sample.NOW));
    assertThat(refused.errors().getFirst().status()).isEqualTo(FilterError.Status.FATAL);
  }

  private static Criterion whole(long value) {
    return new Criterion.Same(new Value.Whole(value));
  }

  private static Criterion moment(String instant) {
    return new Criterion.Same(new Value.Moment(Instant.parse(instant)));
  }

  private static Criterion day(String day) {
    return new Criterion.Same(new Value.Day(LocalDate.parse(day)));
  }
}
