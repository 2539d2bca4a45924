package dev.porchlight.value;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A language in which the hub writes to people who are not at its console.
public enum Language {
  ENGLISH("en", Locale.US),
  GERMAN("de", Locale.GERMANY),
  FRENCH("fr", Locale.FRANCE);

  private static final int LONGEST_WISH = 500;

  private static final List<Locale> LOCALES =
      Arrays.stream(values()).map(l -> Locale.forLanguageTag(l.tag)).toList();

  private final String tag;
  private final Locale locale;

  Language(String tag, Locale locale) {
    this.tag = tag;
    this.locale = locale;
  }

  /// How it is named in settings and in pages.
  public String tag() {
    return tag;
  }

  Locale locale() {
    return locale;
  }

  /// The language of that tag; empty for another.
  public static Optional<Language> find(String tag) {
    return Arrays.stream(values()).filter(l -> l.tag.equals(tag)).findFirst();
  }

  /// What a reader's program asks for by `Accept-Language`, as far as we have it; else English.
  public static Language wished(String header) {
    try {
      return header.isEmpty() || header.length() > LONGEST_WISH
          ? ENGLISH
          : Optional.ofNullable(Locale.lookup(Locale.LanguageRange.parse(header), LOCALES))
              .flatMap(l -> find(l.toLanguageTag()))
              .orElse(ENGLISH);
    } catch (IllegalArgumentException _) {
      return ENGLISH;
    }
  }
}
