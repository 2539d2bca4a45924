package dev.porchlight.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs every example of the page that teaches the language.
class LanguagePageTest {
  private static final Path PAGE = Path.of("..", "docs", "filter-language.md");
  private static final Instant NOW = Instant.parse("2026-03-14T15:09:26Z");
  private static final Catalogue CATALOGUE =
      Catalogue.of(
              Attribute.of("DisplayName", Type.CHARACTER).with(Wildcards.WORDS),
              Attribute.of("HomeLocality", Type.CHARACTER),
              Attribute.listOf("Tags", Type.CHARACTER),
              Attribute.of("Created", Type.DATETIME),
              Attribute.of("Birthdate", Type.DATE),
              Attribute.of("Active", Type.BOOLEAN),
              Attribute.of("Rooms", Type.INTEGER),
              Attribute.of("Budget", Type.DECIMAL),
              Attribute.of("Opens", Type.TIME),
              Attribute.of("Location", Type.LOCATION))
          .with(RoughGeometry.GEOMETRY);

  /// The lines of all fenced blocks of a kind.
  private static List<String> blocks(String kind) {
    try {
      var fences =
          Pattern.compile("^```" + kind + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
              .matcher(Files.readString(PAGE));
      List<String> lines = new ArrayList<>();
      while (fences.find()) {
        fences.group(1).lines().forEach(lines::add);
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> filters() {
    return blocks("filter");
  }

  static List<String> permissive() {
    return blocks("permissive");
  }

  private static List<Map<String, Value>> contacts() {
    List<Map<String, Value>> contacts = new ArrayList<>();
    for (String line : blocks("contacts")) {
      List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
      for (int i = 1; i < cells.size(); i++) {
        if (contacts.size() < i) {
          contacts.add(new HashMap<>());
        }
        contacts.get(i - 1).put(cells.getFirst(), value(cells.getFirst(), cells.get(i)));
      }
    }
    return contacts;
  }

  private static Value value(String name, String text) {
    Type type = CATALOGUE.find(name).map(Attribute::type).orElse(Type.CHARACTER);
    if (text.isEmpty()) {
      return Value.UNSET;
    }
    return switch (type) {
      case CHARACTER ->
          name.equals("Tags") ? Value.texts(List.of(text.split(", "))) : Value.text(text);
      case INTEGER -> new Value.Whole(Long.parseLong(text));
      case DECIMAL -> new Value.Decimal(new BigDecimal(text));
      case BOOLEAN -> Value.flag(Boolean.valueOf(text));
      case DATE -> new Value.Day(LocalDate.parse(text));
      case DATETIME -> Value.moment(Instant.parse(text));
      case TIME -> new Value.TimeOfDay(LocalTime.parse(text));
      case LOCATION -> {
        var axes = text.split(" ");
        yield Value.location(new BigDecimal(axes[0]), new BigDecimal(axes[1]));
      }
    };
  }

  private static String found(Filter filter) {
    var evaluator = Evaluator.of(filter.expression(), CATALOGUE.geometry());
    String ids =
        contacts().stream()
            .filter(contact -> evaluator.matches(name -> contact.getOrDefault(name, Value.UNSET)))
            .map(contact -> contact.get("Id") instanceof Value.Text(var id) ? id : "")
            .collect(Collectors.joining(" "));
    return ids.isEmpty() ? "-" : ids;
  }

  private static String refusal(FilterException refused) {
    FilterError error = refused.errors().getFirst();
    return (error.code() + " " + error.token() + " " + error.position()).replace("  ", " ");
  }

  @ParameterizedTest
  @MethodSource
  void filters(String line) {
    String text = line.substring(0, line.lastIndexOf("=>")).stripTrailing();
    String expected = line.substring(line.lastIndexOf("=>") + 2).strip();
    String actual;
    try {
      actual = found(Filter.parse(text, CATALOGUE, NOW));
    } catch (FilterException refused) {
      actual = refusal(refused);
    }
    assertThat(actual).as(line).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource
  void permissive(String line) {
    String text = line.substring(0, line.lastIndexOf("=>")).stripTrailing();
    String expected = line.substring(line.lastIndexOf("=>") + 2).strip();
    String actual;
    try {
      Filter filter = Filter.parsePermissively(text, CATALOGUE, NOW);
      actual =
          filter.dropped().stream()
              .map(FilterError::token)
              .collect(Collectors.joining(", ", found(filter) + " (", ")"));
    } catch (FilterException refused) {
      actual = refusal(refused);
    }
    assertThat(actual).as(line).isEqualTo(expected);
  }

  @Test
  void the_page_names_every_function() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(FunctionName.values()).allMatch(f -> page.contains(f.word()));
    assertThat(filters()).hasSizeGreaterThan(100);
  }
}
