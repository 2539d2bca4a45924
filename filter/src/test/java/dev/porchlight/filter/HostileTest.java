package dev.porchlight.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostileTest {
  /// Filters of 60,000 characters; only a reading in linear time and bounded depth gets through
  /// them.
  static List<String> corpus() {
    int n = 60_000;
    return List.of(
        "(".repeat(n),
        ")".repeat(n),
        "(".repeat(n / 2) + ")".repeat(n / 2),
        "(".repeat(n / 2 - 10) + "Rooms Eq 1" + ")".repeat(n / 2 - 10),
        "-".repeat(n),
        "-".repeat(n - 10) + "Rooms Eq 1",
        "Rooms Eq " + "-".repeat(n - 10) + "1",
        "Rooms Eq " + "- ".repeat(n / 2 - 10) + "1",
        "Rooms Eq " + "(".repeat(n - 10),
        "Rooms Eq " + "-(".repeat(n / 2 - 10),
        "Not ".repeat(n / 4),
        "Not (".repeat(n / 5),
        "(Not ".repeat(n / 5),
        "trim(".repeat(n / 5),
        "trim(".repeat(n / 7) + "City" + ")".repeat(n / 7) + " Eq 'a'",
        "Rooms" + " Add 1".repeat(n / 6 - 2) + " Eq 1",
        "Rooms Eq 1" + " Mul 2".repeat(n / 6 - 2),
        "Price Eq 1.0E99" + " Mul 1.0E99".repeat(n / 11 - 2),
        "Price Eq 0.1" + " Mul 0.1".repeat(n / 8 - 2),
        "Rooms Eq " + "1,".repeat(n / 2 - 9) + "1",
        "Rooms Eq " + "9".repeat(n - 9),
        "Price Eq " + "9".repeat(n - 12) + ".5",
        "Rooms Eq 1" + " Or Rooms Eq 1".repeat(n / 14 - 1),
        "Rooms Eq 1" + " And Rooms Eq 1".repeat(n / 15 - 1),
        "Rooms Eq 1" + " Not Rooms Eq 1".repeat(n / 15 - 1),
        "Nobody Eq 1" + " And Nobody Eq 1".repeat(n / 16 - 1),
        "(Rooms Eq 1)" + " And (Not Rooms Eq 1)".repeat(n / 21 - 1),
        "Rooms Bt 1,2" + " Or (Rooms Eq 1 And City Eq 'a*')".repeat(n / 33 - 1),
        "City Eq '" + "\\'".repeat(n / 2 - 9) + "'",
        "City Eq '" + "\\'".repeat(n / 2 - 9),
        "City Eq '" + "*".repeat(n - 10) + "'",
        "City Eq '*" + "a".repeat(n - 20) + "*b'",
        "City Eq '?" + "a".repeat(n - 20) + "?b?'",
        "DisplayName Eq '*" + "a".repeat(n - 30) + "*b'",
        "City Eq startswith('" + "\uD83D\uDE00".repeat(n / 2 - 20) + "')",
        "City Eq regex('" + "(".repeat(400) + "a" + ")".repeat(99) + "')",
        "City Eq regex('" + "(".repeat(249) + "a" + ")".repeat(249) + "')",
        "City Eq regex('(((a{30}){30}){30})')",
        "City Eq regex('((((a*)*)*)*)*b')",
        "City Eq " + "regex('(a|aa)+$'),".repeat(190) + "'a'",
        "City Eq regex('" + "a?".repeat(60) + "a".repeat(60) + "')",
        "\"".repeat(n),
        "\"a\".".repeat(n / 4),
        "A".repeat(n),
        "A ".repeat(n / 2),
        "a".repeat(n),
        " ".repeat(n) + "x",
        "Rooms Bt " + "1,".repeat(n / 3),
        "Place Eq polygon('" + "1 1,".repeat(n / 4) + "')",
        "Place Eq polygon('" + " ".repeat(n - 40) + "')",
        "Place Eq radius('" + "9".repeat(n - 40) + " 1',5)",
        "Place Eq radius('1 2',1" + "0".repeat(n - 40) + ")",
        "Place Eq radius('1 2',5)," + "radius('1 2',5),".repeat(190) + "'a'",
        "City Eq '\u0000'",
        "City Eq '\uD800'",
        "City Eq '\uDC00\uD800'",
        "\uD83D",
        "\uFEFFRooms Eq 1");
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void is_read_or_refused_at_once(String text) {
    // Far more than needed: only a reading in quadratic time or worse takes this long.
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> readAndUse(text));
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void is_read_in_steps_proportional_to_its_length(String text) {
    assertSteps(text);
  }

  /// As many steps per character as the busiest filter needs, and some for its beginning and end.
  private static void assertSteps(String text) {
    for (boolean permissive : new boolean[] {false, true}) {
      var parser = new Parser(text, Sample.CATALOGUE, Sample.NOW);
      try {
        parser.parse(permissive);
      } catch (FilterException refused) {
        assertThat(refused.errors()).isNotEmpty();
      }
      assertThat(parser.steps()).as(text).isLessThanOrEqualTo(10L * text.length() + 100);
    }
  }

  /// Reads strictly and permissively; what is read is also evaluated and written.
  private static void readAndUse(String text) {
    try {
      Filter filter = Filter.parsePermissively(text, Sample.CATALOGUE, Sample.NOW);
      String long_ = "a".repeat(5_000);
      Evaluator.of(filter.expression(), RoughGeometry.GEOMETRY)
          .matches(name ->
              name.equals("City") || name.equals("DisplayName") ? Value.text(long_) : Value.UNSET);
      for (var dialect : Dialect.values()) {
        Sql sql =
            new SqlWriter(dialect, name -> Optional.of(column(name))).write(filter.expression());
        assertThat(sql.condition().chars().filter(c -> c == '?').count())
            .isEqualTo(sql.binds().size());
      }
    } catch (FilterException refused) {
      assertThat(refused.errors()).isNotEmpty();
      for (var error : refused.errors()) {
        assertThat(error.code()).isIn(1040, 1041);
        assertThat(error.position()).isBetween(0, text.length());
        assertThat(error.token().length()).isLessThanOrEqualTo(100);
        assertThat(text.startsWith(error.token(), error.position())).isTrue();
        assertThat(error.message()).endsWith(".");
      }
    }
  }

  private static Column column(String name) {
    return switch (name) {
      case "Tags" -> new Column.Elements("t WHERE t.c = c.id", Column.Text.folded("t.f"));
      case "Created" -> new Column.Plain("c.created", Column.Storage.EPOCH_MILLI);
      case "DisplayName", "City", "Login" -> Column.Text.folded("c." + name);
      default -> new Column.Plain("c." + name, Column.Storage.INTEGER);
    };
  }

  @Property(tries = 2_000)
  void any_text_is_read_or_refused(@ForAll String text) {
    readAndUse(text);
  }

  @Property(tries = 10_000)
  void any_run_of_tokens_is_read_or_refused(@ForAll("tokens") List<String> tokens) {
    readAndUse(String.join(" ", tokens));
    readAndUse(String.join("", tokens));
  }

  @Property(tries = 1_000)
  void anything_over_and_over_is_read_in_steps_proportional_to_its_length(
      @ForAll("conditions") List<String> conditions, @ForAll("tokens") List<String> tokens) {
    assertSteps("Rooms Eq 1" + String.join("", conditions).repeat(100));
    assertSteps("Rooms Eq 1" + String.join("", conditions).repeat(50) + String.join(" ", tokens));
    assertSteps(String.join(" ", tokens).repeat(100));
  }

  /// What may follow a condition, any number of times.
  @Provide
  Arbitrary<List<String>> conditions() {
    return Arbitraries.of(
            " And Rooms Eq 1",
            " Or City Ne 'a*','b'",
            " Not Nobody Eq 1",
            " And (Not Rooms Add 1 Gt 2 Or Tags Eq NULL)",
            " Or ((Rooms Mod 2) Bt 1,2)",
            " And length(trim(City)) Eq -1",
            " And Created Ge days(-1)",
            " Not (City Eq regex('^a*'))",
            " And Place Eq polygon('1 2,3 4,1 5')")
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<String>> tokens() {
    return Arbitraries.of(
            "(",
            ")",
            ",",
            "-",
            "'",
            "\"",
            ".",
            "\\",
            "*",
            "?",
            "Rooms",
            "City",
            "Tags",
            "Created",
            "Nobody",
            "Eq",
            "Ne",
            "Gt",
            "Bt",
            "And",
            "Or",
            "Not",
            "Add",
            "Div",
            "Mod",
            "1",
            "0",
            "2.5",
            "'a*'",
            "'it\\'s'",
            "2026-01-31",
            "2026-01-31T10:00:00Z",
            "10:00",
            "true",
            "NULL",
            "trim(",
            "length(",
            "now()",
            "days(-1)",
            "regex('a')",
            "Place",
            "radius('1 2',5)",
            "polygon(",
            "'1 2,3 4,1 5'",
            "Rooms Eq 1",
            "City Eq 'a'",
            "\n",
            "E5",
            "T",
            ":",
            "+01:00",
            "substring(City,1,2)",
            "all(Tags)")
        .list()
        .ofMaxSize(14);
  }

  @Example
  void a_refusal_never_shows_half_a_character() {
    var refused =
        catchThrowableOfType(
            FilterException.class, () -> Sample.read("City Eq '" + "\uD83D\uDE00".repeat(99)));
    assertThat(refused.errors().getFirst().token()).hasSize(99);
  }

  @Test
  void folding_keeps_its_promises_for_every_code_point() {
    for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        String text = Character.toString(c);
        String folded = Folding.fold(text);
        assertThat(folded.codePointCount(0, folded.length())).isEqualTo(1);
        if (!Folding.fold(folded).equals(folded)
            || !Folding.fold(Character.toString(Character.toLowerCase(c))).equals(folded)
            || !Folding.fold(Character.toString(Character.toUpperCase(c))).equals(folded)
            || (folded.charAt(0) >= 'A' && folded.charAt(0) <= 'Z')) {
          throw new AssertionError("U+" + Integer.toHexString(c));
        }
      }
    }
  }

  /// A row may hold a number that is short in its own form and endless when it is written out.
  @Test
  void numbers_beyond_anything_that_is_meant_count_as_not_set() {
    for (var endless : List.of("1e2000000000", "-1e2000000000", "1e-2000000000", "1e100000")) {
      for (var text :
          List.of(
              "Price Add 1 Gt 5",
              "Price Sub 0.5 Gt 1",
              "Price Mul 2 Gt 1",
              "Price Div 3 Gt 1",
              "Price Mod 7 Eq 1",
              "round(Price) Gt 1",
              "cast(Price,'character') Eq '*0*'",
              "Price Gt 5",
              "Price Ne NULL")) {
        var filter = Filter.parse(text, Sample.CATALOGUE, Sample.NOW);
        assertThat(
                Evaluator.of(filter.expression())
                    .matches(_ -> new Value.Decimal(new BigDecimal(endless))))
            .as(text + " of " + endless)
            .isFalse();
      }
    }
  }
}
