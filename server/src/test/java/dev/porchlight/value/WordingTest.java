package dev.porchlight.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the hub writes to people outside its console is there in each language.
class WordingTest {
  private static final Pattern BLANK = Pattern.compile("\\{[0-9]");
  private static final Pattern LONE = Pattern.compile("(?<!')'(?!')");

  private static ResourceBundle bundle(String file, Language language) {
    return ResourceBundle.getBundle(
        file,
        language == Language.ENGLISH ? Locale.ROOT : Locale.forLanguageTag(language.tag()),
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  @Test
  void every_text_is_in_every_language_with_the_same_blanks() {
    for (var file : List.of("dev.porchlight.door.pages", "dev.porchlight.connector.mail.mails")) {
      var english = bundle(file, Language.ENGLISH);
      for (var language : Language.values()) {
        var texts = bundle(file, language);
        for (var key : english.keySet()) {
          assertThat(language == Language.ENGLISH || texts.keySet().contains(key))
              .as(file + " " + key)
              .isTrue();
          assertThat(LONE.matcher(texts.getString(key)).find()).as(key).isFalse();
          if (!key.equals("form.password")) {
            assertThat(blanks(texts.getString(key)))
                .as(file + " " + language + " " + key)
                .isEqualTo(blanks(english.getString(key)));
          }
        }
      }
    }
  }

  private static TreeSet<String> blanks(String text) {
    var all = new TreeSet<String>();
    BLANK.matcher(text).results().map(MatchResult::group).forEach(all::add);
    return all;
  }

  @Test
  void a_reader_gets_the_language_that_their_program_asks_for_or_english() {
    assertThat(Language.wished("fr-CH, de;q=0.8")).isEqualTo(Language.FRENCH);
    assertThat(Language.wished("it, de;q=0.5")).isEqualTo(Language.GERMAN);
    for (var none : List.of("", "it", "*", ";;;", "de".repeat(300))) {
      assertThat(Language.wished(none)).as(none).isEqualTo(Language.ENGLISH);
    }
  }
}
