package dev.porchlight.desk;

import dev.porchlight.store.Settings;
import java.util.Locale;

/// That a source sends mails too: the same leads, once more.
public final class MailChannel {
  /// The kind of setting that says so, by the source's id.
  public static final String SETTING = "source-mail";

  private MailChannel() {}

  /// Whether a source has an address that mails come in at.
  public static boolean isOpen(Settings settings, String source) {
    return settings.find(SETTING, source).isPresent();
  }

  /// Letters and digits alone, small, without what senders write differently.
  static String folded(String text) {
    return text.replaceAll("[^\\p{L}\\p{N}]+", "").toLowerCase(Locale.ROOT);
  }
}
