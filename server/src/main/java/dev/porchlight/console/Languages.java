package dev.porchlight.console;

import dev.porchlight.access.ConsoleLanguage;
import dev.porchlight.store.Settings;
import dev.porchlight.web.Request;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The words of the pages in each language, and which of them a reader gets: what the member chose,
/// else what was chosen in this browser, else what the browser asks for, else English. May be
/// shared by threads.
public final class Languages {
  /// The languages there are, each by its own name.
  private static final List<Language> ALL =
      List.of(
          new Language("en", "English", Locale.US),
          new Language("de", "Deutsch", Locale.GERMAN),
          new Language("fr", "Français", Locale.FRENCH));

  private static final List<Locale> LOCALES =
      ALL.stream().map(l -> Locale.forLanguageTag(l.tag())).toList();

  /// For those who build pages: English, with marks around all that comes from a message file.
  private static final String MARKED = "en-XA";

  private static final String COOKIE = "porchlight_language";
  private static final Duration KEPT = Duration.ofDays(365);
  private static final int LONGEST_WISH = 500;

  /// One of them.
  ///
  /// @param tag by which it is chosen
  /// @param name in that language
  record Language(String tag, String name, Locale locale) {
    /// Whether a choice is this one, be it with a country.
    boolean isChosen(String language) {
      return language.equals(tag) || language.equals(locale.toLanguageTag());
    }
  }

  private final Map<String, Texts> texts;

  Languages() {
    texts = new LinkedHashMap<>();
    ALL.forEach(l -> texts.put(l.tag(), new Texts(l.locale())));
    texts.put(MARKED, Texts.marked());
  }

  private Languages(Map<String, Texts> texts) {
    this.texts = texts;
  }

  /// These with the words of a section before them, when it has any of its own.
  Languages within(String section) {
    return new Languages(
        texts.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, t -> t.getValue().within(section))));
  }

  /// Those that can be chosen.
  static List<Language> all() {
    return ALL;
  }

  private Texts in(String tag) {
    var found = texts.get(tag);
    if (found == null) {
      throw new IllegalArgumentException("no language " + tag);
    }
    return found;
  }

  /// The words for whoever sent a request.
  public Texts of(Request request) {
    return in(chosenHere(request).or(() -> wished(request)).orElse("en"));
  }

  /// The words for somebody of whom nothing is known.
  Texts usual() {
    return in("en");
  }

  /// The words for a member who is signed in.
  Texts of(Request request, Settings settings, String member) {
    return ConsoleLanguage.find(settings, member)
        .filter(Languages::isOffered)
        .map(this::in)
        .orElseGet(() -> of(request));
  }

  /// Whether somebody can choose it.
  static boolean isOffered(String tag) {
    return ALL.stream().anyMatch(l -> l.tag().equals(tag));
  }

  private static Optional<String> chosenHere(Request request) {
    return Cookies.find(request, COOKIE).filter(t -> isOffered(t) || t.equals(MARKED));
  }

  /// What the browser's own settings ask for, as far as we have it.
  private static Optional<String> wished(Request request) {
    try {
      return request
          .header("Accept-Language")
          .filter(h -> h.length() <= LONGEST_WISH)
          .map(Locale.LanguageRange::parse)
          .map(ranges -> Locale.lookup(ranges, LOCALES))
          .map(Locale::toLanguageTag);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The header that keeps a choice in a browser.
  ///
  /// @param tag null forgets it
  static String cookie(Request request, @Nullable String tag) {
    return Cookies.set(request, COOKIE, tag == null ? "" : tag, tag == null ? Duration.ZERO : KEPT);
  }
}
