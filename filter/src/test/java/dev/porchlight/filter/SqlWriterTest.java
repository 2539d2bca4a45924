package dev.porchlight.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlWriterTest {
  private static final Map<String, Column> COLUMNS =
      Map.of(
          "DisplayName",
          new Column.Text("c.name_f", null, new Column.Words("w WHERE w.id = c.id", "w.word")),
          "City",
          new Column.Text("c.city_f", "c.city", null),
          "Tags",
          new Column.Elements("t WHERE t.id = c.id", Column.Text.folded("t.f")),
          "Created",
          new Column.Plain("c.created", Column.Storage.EPOCH_MILLI),
          "Active",
          new Column.Plain("c.active", Column.Storage.FLAG),
          "Rooms",
          new Column.Plain("c.rooms", Column.Storage.INTEGER),
          "Price",
          new Column.Plain("c.price", Column.Storage.DECIMAL));

  private static Sql write(Dialect dialect, String text) {
    return new SqlWriter(dialect, name -> Optional.ofNullable(COLUMNS.get(name)))
        .write(Sample.read(text).expression());
  }

  private static Sql sqlite(String text) {
    return write(Dialect.SQLITE, text);
  }

  @Test
  void conditions_as_they_are_written() {
    assertThat(sqlite("City Eq 'Fargo'"))
        .isEqualTo(new Sql("c.city_f = ?", List.of("fargo"), true));
    assertThat(sqlite("City Eq 'Fargo','X'"))
        .isEqualTo(new Sql("c.city_f IN (?, ?)", List.of("fargo", "x"), true));
    assertThat(sqlite("City Ne 'Fargo'"))
        .isEqualTo(new Sql("(c.city_f IS NULL OR NOT (c.city_f = ?))", List.of("fargo"), true));
    assertThat(sqlite("City Eq 'Far*'"))
        .isEqualTo(new Sql("(c.city_f >= ? AND c.city_f < ?)", List.of("far", "fas"), true));
    assertThat(write(Dialect.POSTGRESQL, "City Eq 'Far*'").condition())
        .isEqualTo("(c.city_f COLLATE \"C\" >= ? AND c.city_f COLLATE \"C\" < ?)");
    assertThat(sqlite("City Eq '*50%'"))
        .isEqualTo(new Sql("c.city_f LIKE ? ESCAPE '!'", List.of("%50!%"), true));
    assertThat(sqlite("DisplayName Eq 'Ned*'"))
        .isEqualTo(
            new Sql(
                "EXISTS (SELECT 1 FROM w WHERE w.id = c.id AND ((w.word >= ? AND w.word < ?)))",
                List.of("ned", "nee"),
                true));
    assertThat(sqlite("Tags Eq 'Vip' And Rooms Gt 2"))
        .isEqualTo(
            new Sql(
                "(EXISTS (SELECT 1 FROM t WHERE t.id = c.id AND (t.f = ?)) AND c.rooms > ?)",
                List.of("vip", 2L),
                true));
    assertThat(sqlite("")).isEqualTo(new Sql("1 = 1", List.of(), true));
    assertThat(sqlite("Created Eq 2026-03-14T15:09:26.0005Z"))
        .isEqualTo(new Sql("1 = 0", List.of(), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DisplayName Eq 'Ana'",
        "DisplayName Eq 'An*'",
        "DisplayName Eq '*n?'",
        "Not (City Eq 'a*b' Or Rooms Lt 5)",
        "tolower(City) Eq 'a'",
        "City Eq contains('a')",
        "all(Tags) Eq 'a'",
        "Tags Ne 'a','b*'",
        "Created Bt 2026-01-01,now()",
        "Active Ne true",
        "City Eq NULL",
        "City Ne range('a','b')",
        "City Eq regex('a') And City Eq ''",
      })
  void exact_conditions(String text) {
    assertThat(sqlite(text).exact()).isEqualTo(!text.contains("regex"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "length(City) Eq 5",
        "Rooms Add 1 Eq 5",
        "City Eq regex('a')",
        "City Ne regex('a')",
        "Price Gt 1.5",
        "Opens Eq 09:30",
        "DisplayName Eq contains('a')",
        "City Eq 'a' And length(City) Gt 3",
        "City Eq 'a' Or length(City) Gt 3",
      })
  void conditions_that_only_narrow(String text) {
    assertThat(sqlite(text).exact()).isFalse();
  }

  @Test
  void what_sql_cannot_say_leaves_what_it_can() {
    assertThat(sqlite("City Eq 'a' And length(City) Gt 3"))
        .isEqualTo(new Sql("c.city_f = ?", List.of("a"), false));
    assertThat(sqlite("City Eq 'a' Or length(City) Gt 3").condition()).isEqualTo("1 = 1");
    assertThat(write(Dialect.POSTGRESQL, "Price Gt 1.5").exact()).isTrue();
  }

  @Test
  void a_wildcard_for_one_is_written_out_in_short_lists_only() {
    // It is one character or none, each of which is written out; in a long list that is too much.
    var others = ",'1','2','3','4','5','6','7','8'";
    assertThat(sqlite("City Eq 'a?c'").exact()).isTrue();
    assertThat(sqlite("City Eq 'a*c'" + others).exact()).isTrue();
    assertThat(sqlite("City Eq 'a?c'" + others).exact()).isFalse();
  }
}
