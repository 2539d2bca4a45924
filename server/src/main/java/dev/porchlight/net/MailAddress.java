package dev.porchlight.net;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Addresses of mail as endpoints have them: `mailto:` and one address.
public final class MailAddress {
  private static final String SCHEME = "mailto:";
  private static final Pattern ADDRESS =
      Pattern.compile(
          "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*+"
              + "@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  /// Mail goes to what is written; what that would mean in a URL is something else.
  private static final Pattern ESCAPED = Pattern.compile("%[0-9A-Fa-f]{2}");

  private MailAddress() {}

  /// Whether it is such an address at all, a right one or not.
  public static boolean isMail(String url) {
    return url.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /// Why it can't be an endpoint's; empty when it can.
  public static Optional<String> objection(String url) {
    return url.startsWith(SCHEME) && isAddress(of(url)) && !ESCAPED.matcher(url).find()
        ? Optional.empty()
        : Optional.of(
            "It must be `mailto:` and one plain address without escapes (%40), such as"
                + " mailto:desk@example.org.");
  }

  /// Whether mail can be sent to it. One that needs quotes is none.
  public static boolean isAddress(String text) {
    int at = text.lastIndexOf('@');
    return text.length() <= 254 && at <= 64 && ADDRESS.matcher(text).matches();
  }

  /// The address in it.
  public static String of(String url) {
    return url.substring(SCHEME.length());
  }

  /// The endpoint's form of an address.
  public static String url(String address) {
    return SCHEME + address;
  }

  /// Two addresses that are equal by this reach one mailbox for all that we know.
  public static String folded(String url) {
    return url.toLowerCase(Locale.ROOT);
  }
}
