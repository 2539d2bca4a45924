package dev.porchlight.console;

import dev.porchlight.value.Figures;
import dev.porchlight.value.KnownSentences;
import java.math.BigDecimal;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// The words of the pages in one language, from `messages.properties`: those of a section first,
/// then those of all pages. May be shared by threads.
public final class Texts {
  private final Locale locale;
  private final List<ResourceBundle> words;
  private final DateTimeFormatter exact;
  private final boolean marked;
  private final KnownSentences known;
  private final Figures figures;

  Texts(Locale locale) {
    this(locale, List.of(bundle("messages", locale)), false, new KnownSentences(locale));
  }

  private Texts(Locale locale, List<ResourceBundle> words, boolean marked, KnownSentences known) {
    this.locale = locale;
    this.words = words;
    this.marked = marked;
    this.known = known;
    this.figures = new Figures(locale);
    this.exact = DateTimeFormatter.ofPattern(text("time.exact"), locale).withZone(ZoneOffset.UTC);
  }

  /// English with `⟦` and `⟧` around each text, so that what is on a page without them comes from
  /// no message file.
  static Texts marked() {
    return new Texts(
        Locale.forLanguageTag("en-XA"),
        List.of(bundle("messages", Locale.ENGLISH)),
        true,
        new KnownSentences(Locale.ENGLISH));
  }

  /// These with the words of a section before them, when it has any of its own.
  Texts within(String section) {
    try {
      return new Texts(
          locale, List.of(bundle(section + ".messages", locale), words.getLast()), marked, known);
    } catch (MissingResourceException _) {
      return this;
    }
  }

  static ResourceBundle bundle(String name, Locale locale) {
    return ResourceBundle.getBundle(
        "dev.porchlight.console." + name,
        locale,
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  private String text(String key) {
    for (var bundle : words) {
      if (bundle.containsKey(key)) {
        return bundle.getString(key);
      }
    }
    throw new MissingResourceException("no text for " + key, Texts.class.getName(), key);
  }

  /// Whether there is a text of that key.
  public boolean has(String key) {
    return words.stream().anyMatch(b -> b.containsKey(key));
  }

  public String language() {
    return locale.toLanguageTag();
  }

  /// The text of that key, in the form of [MessageFormat].
  ///
  /// @throws java.util.MissingResourceException when there is none
  public String of(String key, Object... values) {
    return mark(new MessageFormat(text(key), locale).format(values));
  }

  private String mark(String text) {
    return marked ? "⟦" + text + "⟧" : text;
  }

  /// The same as a sentence among others that may be in English.
  public Sentence say(String key, Object... values) {
    return new Sentence(of(key, values), null);
  }

  /// A sentence that the hub wrote in English when something happened: in this language where it is
  /// one that we know, else as it was.
  public Sentence english(String sentence) {
    var foreign = english();
    if (foreign == null) {
      return new Sentence(sentence, null);
    }
    return known
        .find(sentence)
        .map(s -> new Sentence(s, null))
        .orElseGet(() -> new Sentence(sentence, foreign));
  }

  /// What an element is marked with whose text is in English whatever the page's language; null on
  /// an English page.
  public @Nullable String english() {
    return locale.getLanguage().equals("en") && !marked ? null : "en";
  }

  /// A point in time as pages show it.
  public Time time(Instant at, Instant now) {
    return new Time(
        at.truncatedTo(ChronoUnit.MILLIS).toString(), mark(exact.format(at)), relative(at, now));
  }

  private String relative(Instant at, Instant now) {
    var apart = Duration.between(at, now);
    var direction = apart.isNegative() ? "time.in." : "time.ago.";
    long seconds = apart.abs().toSeconds();
    if (seconds < 1) {
      return of("time.now");
    }
    if (seconds < 60) {
      return of(direction + "seconds", seconds);
    }
    if (seconds < 3600) {
      return of(direction + "minutes", seconds / 60);
    }
    if (seconds < 86_400) {
      return of(direction + "hours", seconds / 3600);
    }
    return of(direction + "days", seconds / 86_400);
  }

  /// How long something took, in the unit that reads best.
  public String took(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 10_000) {
      return of("took.millis", millis);
    }
    if (millis < 600_000) {
      return of("took.seconds", millis / 1000);
    }
    return millis < 36_000_000
        ? of("took.minutes", millis / 60_000)
        : of("took.hours", millis / 3_600_000);
  }

  /// A number, grouped.
  public String number(BigDecimal value) {
    return Clean.line(figures.number(value));
  }

  /// An amount of money.
  public String money(BigDecimal amount, String currency) {
    return Clean.line(figures.money(amount, currency));
  }
}
