package dev.porchlight.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.PropertyResourceBundle;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {
  private final Texts texts = new Texts(Locale.US);

  @Test
  void every_key_is_written_and_used() {
    var code =
        Stream.of("src/main/java/dev/porchlight/console", "src/main/jte")
            .flatMap(TextsTest::files)
            .toList();
    var all = String.join("\n", code);
    var keys = keys();
    assertThat(keys)
        .allSatisfy(key ->
            assertThat(
                    all.contains("\"" + key + "\"")
                        // Built of a prefix and a word.
                        || all.contains("\"" + key.substring(0, key.lastIndexOf('.') + 1) + "\"")
                        || key.startsWith("done.") && all.contains("\"" + key.substring(5) + "\"")
                        || key.startsWith("refused.")
                        || key.startsWith("time.")
                        || key.startsWith("known."))
                .as(key)
                .isTrue());
    assertThat(
            Pattern.compile(
                    "(?:\\bof|orElse|add|link|figure)\\(\\s*(?:figures,"
                        + " )?\"([a-z_]+(?:\\.[a-z_]+)+)\"\\s*[,)]")
                .matcher(all)
                .results()
                .map(m -> m.group(1)))
        .isNotEmpty()
        .allSatisfy(key -> assertThat(keys.contains(key)).as(key).isTrue());
  }

  /// Those of all pages, and of each section.
  private static Set<String> keys() {
    var all = new HashSet<String>();
    files("src/main/resources/dev/porchlight/console", "messages.properties")
        .forEach(text -> {
          try {
            var bundle = new PropertyResourceBundle(new StringReader(text));
            assertThat(bundle.keySet()).as("said twice").noneMatch(all::contains);
            all.addAll(bundle.keySet());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return all;
  }

  /// A translation leaves out no more than the word for a listing's state that is said in English
  /// there too; what it has must fit the English text.
  @ParameterizedTest
  @CsvSource({"de", "fr"})
  void translations_fit_the_english_texts(String language) throws IOException {
    var english = new HashSet<String>();
    var translated = new HashSet<String>();
    var files =
        new ArrayList<>(paths("src/main/resources/dev/porchlight/console", "/messages.properties"));
    files.addAll(paths("src/main/resources/dev/porchlight/value", "/messages.properties"));
    for (var file : files) {
      var original = bundle(file);
      original.keySet().forEach(key -> checkNumbers(key, original.getString(key)));
      english.addAll(original.keySet());
      var other = file.resolveSibling("messages_" + language + ".properties");
      assertThat(other).exists();
      var words = bundle(other);
      assertThat(original.keySet()).as(other.toString()).containsAll(words.keySet());
      for (var key : words.keySet()) {
        var text = words.getString(key);
        assertThat(text).as(key).isNotBlank().doesNotContain("  ").isEqualTo(text.strip());
        checkNumbers(key, text);
        if (!key.equals("time.exact")) {
          assertThat(holes(text)).as(key).isEqualTo(holes(original.getString(key)));
        }
      }
      translated.addAll(words.keySet());
    }
    english.removeAll(translated);
    assertThat(english).containsExactly("happened.Pending");
  }

  /// What may be one and many has a form for each; an apostrophe within such a form would be lost.
  private static void checkNumbers(String key, String text) {
    assertThat(text).as(key).doesNotContainPattern("\\{\\d,choice,.*''");
    if (MANY.contains(key)) {
      return;
    }
    assertThat(text.replaceAll("\\{\\d,choice,(?:[^{}]|\\{\\d})*}", ""))
        .as(key)
        .doesNotContainPattern(
            "\\{\\d[^}]*}"
                + " (?:bytes|[bB]ytes|octets|events|[eE]reignisse|événements|deliveries|requests"
                + "|leads|things|places|seconds|minutes|hours|days|characters|contacts|receipts)");
  }

  /// Texts whose number is always many.
  private static final Set<String> MANY =
      Set.of(
          "sign.length",
          "first.password.hint",
          "known.reading.mail.large",
          "said.clipped",
          "story.cut",
          "attempt.kept",
          "replay.filter.long");

  /// The numbers of the values that a text takes, each checked to be read as one.
  private static Set<Integer> holes(String text) {
    var format = new MessageFormat(text);
    var numbers =
        Pattern.compile("\\{(\\d)")
            .matcher(text)
            .results()
            .map(m -> Integer.parseInt(m.group(1)))
            .collect(Collectors.toSet());
    assertThat(format.getFormatsByArgumentIndex().length)
        .as("an apostrophe hides a value of: " + text)
        .isEqualTo(numbers.stream().mapToInt(n -> n + 1).max().orElse(0));
    assertThat(format.format(new Object[] {1, 1, 1, 1})).doesNotContainPattern("\\{\\d");
    return numbers;
  }

  private static PropertyResourceBundle bundle(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file)) {
      return new PropertyResourceBundle(reader);
    }
  }

  private static List<Path> paths(String folder, String end) throws IOException {
    try (var paths = Files.walk(Path.of(folder))) {
      return paths.filter(p -> p.toString().endsWith(end)).toList();
    }
  }

  @Test
  void what_the_hub_wrote_in_english_is_read_in_other_languages() {
    var german = new Texts(Locale.GERMAN);
    assertThat(
            german.english(
                "The front desk of Nord {0} 'x' answers: no routing rule assigns the lead."))
        .isEqualTo(
            new Sentence(
                "Der Empfang von Nord {0} 'x' antwortet: Keine Verteilregel weist den Lead zu.",
                null));
    assertThat(
            german
                .english(
                    "The lead landed below Nord, to which the endpoint belongs; it takes"
                        + " lead.created from every source, tests too, where its filter holds, as"
                        + " it does here.")
                .text())
        .isEqualTo(
            "Der Lead kam unter Nord an, wozu der Endpunkt gehört; er nimmt lead.created von"
                + " allen Quellen, auch Tests, wo sein Filter zutrifft, wie hier.");
    assertThat(german.english("answered with status 503, asking to wait 60 s").text())
        .isEqualTo("mit Status 503 beantwortet, mit der Bitte, 60 s zu warten");
    assertThat(
            german
                .english(
                    "Nord serves the postal code 60614 (service area North), one of 3 who do, each"
                        + " by their weight.")
                .text())
        .isEqualTo(
            "Nord ist zuständig für die Postleitzahl 60614 (Gebiet North), als einer von 3, jeder"
                + " nach seinem Gewicht.");
    // What we don't know stays as it was, and says that it is English.
    assertThat(german.english("Nobody said this."))
        .isEqualTo(new Sentence("Nobody said this.", "en"));
    assertThat(new Texts(Locale.US).english("Nobody said this."))
        .isEqualTo(new Sentence("Nobody said this.", null));
    var endless = "It broke while " + "a, asking to wait 1 s".repeat(40);
    assertThat(german.english(endless).text()).contains("asking to wait");
  }

  /// All of them, whatever has to happen for a page to show it; the pages of doors have their own.
  @Test
  void no_template_of_the_console_and_no_class_has_words_of_its_own() throws IOException {
    var doors = Set.of("consent.jte", "refused.jte", "unsubscribe.jte", "vow.jte");
    var shown = Pattern.compile(">([^<>]*)(?=<)");
    var spoken = Pattern.compile("(?:aria-label|title|placeholder|alt)=\"([^\"$]*)\"");
    for (var file : paths("src/main/jte", ".jte")) {
      if (doors.contains(file.getFileName().toString())) {
        continue;
      }
      var html =
          Files.readString(file)
              .replaceAll("(?m)^@(?:import|param) .*$", "")
              .replaceAll("(?s)<(code|script|style)\\b.*?</\\1>", "<x>")
              .replaceAll("\\$\\{(?:[^{}\"]|\"[^\"]*\")*}", "");
      var words =
          Stream.of(shown, spoken)
              .flatMap(p -> p.matcher(html).results())
              .flatMap(m -> m.group(1).lines())
              .map(String::strip)
              .filter(l -> !l.startsWith("@") && !l.startsWith("!{"))
              // What is left of a template that is called with content.
              .map(l -> l.replaceAll("@template[a-z.]*|[`)(]+|[a-z]+ = .*$", "").strip())
              .filter(l -> l.matches("(?s).*\\p{L}{2}.*"));
      assertThat(words).as(file.toString()).isEmpty();
    }
    var literal = Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"");
    for (var file : paths("src/main/java/dev/porchlight/console", ".java")) {
      var code =
          Files.readString(file)
              .replaceAll("(?m)^\\s*///.*$", "")
              // For those who look after the hub, or never to be seen.
              .replaceAll(
                  "(?s)(?:Exception|requireNonNull|Pattern\\.compile|LOG\\.[a-z]+)\\(.*?;", "");
      assertThat(
              literal
                  .matcher(code)
                  .results()
                  .map(m -> m.group())
                  .filter(t -> t.matches(".*\\p{L}{2,} \\p{L}{2,}.*"))
                  // The filter language.
                  .filter(t -> !t.contains(" Eq '")))
          .as(file.toString())
          .isEmpty();
    }
  }

  /// A sentence that is changed where it is written has to be changed among the known ones.
  @Test
  void known_sentences_are_as_the_code_writes_them() throws IOException {
    var code =
        Stream.of("access", "connector", "delivery", "desk", "door", "net", "person", "routing")
            .flatMap(p -> files("src/main/java/dev/porchlight/" + p))
            .collect(Collectors.joining())
            .replaceAll("\"\\s*\\+\\s*\"", "");
    var known =
        bundle(Path.of("src/main/resources/dev/porchlight/value/known/messages.properties"));
    assertThat(known.keySet())
        .allSatisfy(key -> {
          var text = known.getString(key).replace("''", "'");
          // Put together of parts; their order is seen on a page.
          for (var part :
              text.split(
                  key.startsWith("known.why.")
                      ? "\\{\\d}|; |below| in (?=an office)"
                      : "\\{\\d}")) {
            var said = part.strip().replaceAll("^[,.:;)( ]+|[,.:;)( ]+$", "");
            assertThat(code.contains(said)).as(key + ": " + said).isTrue();
          }
        });
  }

  @Test
  void times_numbers_and_plurals_are_those_of_the_language() {
    var at = Instant.parse("2026-03-14T08:00:00Z");
    var now = Instant.parse("2026-03-16T09:00:00Z");
    var german = new Texts(Locale.GERMAN);
    assertThat(german.time(at, now).relative()).isEqualTo("vor 2 Tagen");
    assertThat(german.time(at, now).exact()).isEqualTo("14. März 2026, 08:00:00,000 UTC");
    assertThat(german.money(new BigDecimal("449900.5"), "USD")).startsWith("449.900,50");
    var french = new Texts(Locale.FRENCH);
    assertThat(french.time(at, at.plusSeconds(3600)).relative()).isEqualTo("il y a 1 heure");
    assertThat(french.of("pulse.label", 0, 1, 2)).contains("0").contains("2");
    assertThat(french.number(new BigDecimal("1449900.5"))).isEqualTo("1\u202F449\u202F900,5");
    // What a language has no word for is in English.
    assertThat(german.within("contacts").of("happened.Pending")).isEqualTo("Pending");
    assertThat(Texts.marked().of("yes")).isEqualTo("⟦yes⟧");
  }

  private static Stream<String> files(String folder) {
    return files(folder, "");
  }

  private static Stream<String> files(String folder, String end) {
    try (var paths = Files.walk(Path.of(folder))) {
      return paths
          .filter(p -> Files.isRegularFile(p) && p.toString().endsWith(end))
          .map(p -> {
            try {
              return Files.readString(p);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-14T09:00:00.5Z, now",
    "2026-03-14T08:59:59Z, 1 second ago",
    "2026-03-14T08:58:00Z, 2 minutes ago",
    "2026-03-14T08:00:00Z, 1 hour ago",
    "2026-03-11T08:00:00Z, 3 days ago",
    "2026-03-14T09:00:30Z, in 30 seconds",
  })
  void times_are_relative(Instant at, String expected) {
    var time = texts.time(at, Instant.parse("2026-03-14T09:00:00Z"));
    assertThat(time.relative()).isEqualTo(expected);
    assertThat(time.exact()).endsWith(" UTC");
  }

  @Test
  void a_number_without_bound_stays_short() {
    assertThat(texts.number(new BigDecimal("1E+999999999"))).isEqualTo("1E+999999999");
    assertThat(texts.money(new BigDecimal("1E-999999999"), "USD")).isEqualTo("1E-999999999 USD");
    assertThat(texts.money(new BigDecimal("449900.5"), "USD")).isEqualTo("$449,900.50");
    assertThat(texts.money(new BigDecimal("7"), "QQQ")).isEqualTo("7 QQQ");
  }

  @ParameterizedTest
  @CsvSource({
    "ana+x@example.com, mailto:ana%2Bx@example.com",
    "a@example.com?bcc=b@example.com,",
    "a b@example.com,",
  })
  void only_one_plain_address_becomes_a_mail_link(String address, String link) {
    assertThat(Clean.mailto(address)).isEqualTo(link);
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com/a?b=c, https://example.com/a?b=c",
    "javascript:alert(1),",
    "//example.com/x,",
    "https://user@example.com/,",
    "data:text/html;base64;x,",
  })
  void only_the_web_is_linked(String address, String link) {
    assertThat(Clean.web(address)).isEqualTo(link);
  }
}
