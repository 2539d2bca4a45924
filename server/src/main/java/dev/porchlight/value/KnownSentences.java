package dev.porchlight.value;

import java.text.MessageFormat;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads sentences that the hub wrote down in English in another language. Decisions write words,
/// not data, and what they wrote stays as it is; so a sentence is known again by its form, from
/// `value/known/messages.properties`, and said by the same form of the language. What has no form
/// there stays English.
///
/// May be shared by threads.
public final class KnownSentences {
  private static final String PART = "known.part.";
  private static final Pattern HOLE = Pattern.compile("\\{(\\d)\\}");

  /// No sentence of ours is longer, and strangers' words may stand in them.
  private static final int LONGEST = 1_000;

  private static final int DEEPEST = 4;

  /// A sentence with holes for what differs, in the order of their numbers.
  private record Form(String key, Pattern pattern, boolean open, int fixed) {
    static Form of(String key, String english) {
      var text = new MessageFormat(english, Locale.ROOT).toPattern().replace("''", "'");
      var pattern = new StringBuilder();
      int at = 0;
      var holes = HOLE.matcher(text);
      while (holes.find()) {
        pattern.append(Pattern.quote(text.substring(at, holes.start()))).append("(.+?)");
        at = holes.end();
      }
      pattern.append(Pattern.quote(text.substring(at)));
      return new Form(
          key,
          Pattern.compile(pattern.toString()),
          text.startsWith("{"),
          HOLE.matcher(text).replaceAll("").length());
    }
  }

  private static ResourceBundle bundle(Locale locale) {
    return ResourceBundle.getBundle(
        "dev.porchlight.value.known.messages",
        locale,
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  private static final ResourceBundle ENGLISH = bundle(Locale.ROOT);
  private static final List<Form> WHOLE = forms(k -> !k.startsWith(PART));
  private static final List<Form> PARTS = forms(k -> k.startsWith(PART));

  /// Those first that have another sentence before their own words, then those with the most words:
  /// where two forms fit, the other one's words are in a hole.
  private static List<Form> forms(Predicate<String> wanted) {
    return ENGLISH.keySet().stream()
        .filter(wanted)
        .map(k -> Form.of(k, ENGLISH.getString(k)))
        .sorted(
            Comparator.comparing(Form::open)
                .thenComparing(Form::fixed)
                .reversed()
                .thenComparing(Form::key))
        .toList();
  }

  private final Locale locale;
  private final ResourceBundle words;

  public KnownSentences(Locale locale) {
    this.locale = locale;
    this.words = bundle(locale);
  }

  /// A sentence in this language; empty when it is none that we know.
  public Optional<String> find(String sentence) {
    return sentence.length() > LONGEST ? Optional.empty() : find(WHOLE, sentence, 0);
  }

  private Optional<String> find(List<Form> forms, String text, int depth) {
    for (var form : forms) {
      var matcher = form.pattern().matcher(text);
      if (matcher.matches()) {
        var said = words.getString(form.key());
        return said.equals(ENGLISH.getString(form.key()))
            ? Optional.empty()
            : Optional.of(new MessageFormat(said, locale).format(values(matcher, depth)));
      }
    }
    return Optional.empty();
  }

  /// What stood in the holes; parts that are ours again are in this language too.
  private Object[] values(Matcher matcher, int depth) {
    var values = new Object[matcher.groupCount()];
    for (int i = 0; i < values.length; i++) {
      var value = matcher.group(i + 1);
      // A stranger's words can repeat ours without end.
      values[i] =
          depth == DEEPEST
              ? value
              : find(PARTS, value, depth + 1).or(() -> find(WHOLE, value, depth + 1)).orElse(value);
    }
    return values;
  }
}
