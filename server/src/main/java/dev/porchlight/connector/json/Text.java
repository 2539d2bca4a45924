package dev.porchlight.connector.json;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/// What text may look like: what every store can keep, and the formats that the contracts name.
public final class Text {
  /// RFC 5321 mailbox with at least two labels in the domain, or an IPv4 literal; ASCII, as the
  /// format `email` of JSON Schema asks. Runs of one class are possessive, so a hostile value costs
  /// one pass.
  private static final Pattern EMAIL =
      Pattern.compile(
          "(?:[\\w!#$%&'*+/=?^`{|}~-]++(?:\\.[\\w!#$%&'*+/=?^`{|}~-]++)*+"
              + "|\"[\\x21\\x23-\\x5B\\x5D-\\x7E]++\")"
              + "@(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
              + "|\\[(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?=\\d)|(?=]))){4}])");

  private Text() {}

  /// The text with U+FFFD in place of NUL, which PostgreSQL cannot keep, and of half surrogate
  /// pairs, which UTF-8 cannot carry; the same object when there is none.
  public static String clean(String text) {
    int at = firstUnclean(text, 0);
    if (at < 0) {
      return text;
    }
    var clean = new StringBuilder(text);
    for (; at >= 0; at = firstUnclean(text, at + 1)) {
      clean.setCharAt(at, '\uFFFD');
    }
    return clean.toString();
  }

  private static int firstUnclean(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return i;
      }
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          return i;
        }
      }
    }
    return -1;
  }

  /// True for something in one line, of at most so many characters.
  public static boolean isLine(String text, int longest) {
    return !text.isBlank()
        && text.codePointCount(0, text.length()) <= longest
        && text.chars().noneMatch(Character::isISOControl);
  }

  /// True for an address in the form that the contracts mean by `email`.
  public static boolean isEmail(String text) {
    int at = text.lastIndexOf('@');
    return at > 0 && at <= 64 && text.length() <= 254 && EMAIL.matcher(text).matches();
  }

  /// True for an address that is a name at a domain. A quoted name and an IP address are within
  /// [#isEmail], and refused by validators in wide use.
  public static boolean isPlainEmail(String text) {
    return isEmail(text) && text.charAt(0) != '"' && !text.endsWith("]");
  }

  /// An absolute URI in ASCII (RFC 3986).
  public static boolean isUri(String text) {
    try {
      return text.chars().allMatch(c -> c > 0x20 && c < 0x7F)
          && text.indexOf('[') < 0
          && text.indexOf(']') < 0
          && new URI(text).isAbsolute();
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
