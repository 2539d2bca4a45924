package dev.porchlight.value;

import java.math.BigDecimal;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ResourceBundle;

/// Texts from a message file in one language. May be shared by threads.
public final class Wording {
  /// An offset has no name but `Z`.
  private static final ZoneId UTC = ZoneId.of("UTC");

  private final Language language;
  private final ResourceBundle texts;
  private final Figures figures;

  private Wording(Language language, ResourceBundle texts) {
    this.language = language;
    this.texts = texts;
    this.figures = new Figures(language.locale());
  }

  /// @param file the name of the message file, as a class is named
  public static Wording of(String file, Language language) {
    return new Wording(
        language,
        ResourceBundle.getBundle(
            file,
            language.locale(),
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES)));
  }

  /// For the `lang` of a page.
  public String language() {
    return language.tag();
  }

  /// A text with its blanks filled.
  public String text(String key, Object... values) {
    return new MessageFormat(texts.getString(key), language.locale()).format(values);
  }

  /// A number as it is written there.
  public String number(BigDecimal number) {
    return figures.number(number);
  }

  /// An amount of money as it is written there.
  public String money(BigDecimal amount, String currency) {
    return figures.money(amount, currency);
  }

  /// A point in time to the minute, by the clocks of a place, which it names; in the form that the
  /// file has as `time`.
  public String time(Instant at, ZoneId zone) {
    return DateTimeFormatter.ofPattern(texts.getString("time"), language.locale())
        .format(at.atZone(zone.equals(ZoneOffset.UTC) ? UTC : zone));
  }

  /// A sentence that the hub wrote in English when something happened: in this language where it is
  /// one that we know, else as it was.
  public String english(String sentence) {
    return language == Language.ENGLISH
        ? sentence
        : new KnownSentences(language.locale()).find(sentence).orElse(sentence);
  }
}
