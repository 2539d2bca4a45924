package dev.porchlight.value;

import java.math.BigDecimal;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.util.ResourceBundle;

/// Texts from a message file in one language. May be shared by threads.
public final class Wording {
  private final Language language;
  private final ResourceBundle texts;

  private Wording(Language language, ResourceBundle texts) {
    this.language = language;
    this.texts = texts;
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
    var plain = number.stripTrailingZeros();
    var format = NumberFormat.getNumberInstance(language.locale());
    format.setMinimumFractionDigits(Math.max(0, plain.scale()));
    format.setMaximumFractionDigits(Math.max(0, plain.scale()));
    return format.format(plain);
  }
}
