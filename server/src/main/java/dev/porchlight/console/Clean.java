package dev.porchlight.console;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes harmless what strangers wrote, beyond the escaping that the templates do: control
/// characters and those that turn the direction of all that follows are shown as `�`, long texts
/// are clipped, links lead only where such a link may lead.
public final class Clean {
  private static final int LINE = 300;
  private static final Pattern EMAIL =
      Pattern.compile("[A-Za-z0-9.!#$%*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}");
  private static final Pattern NOT_DIALLED = Pattern.compile("[^0-9+]");
  private static final Pattern PHONE = Pattern.compile("\\+?[0-9]{3,20}");

  private Clean() {}

  /// One line, at most 300 characters, then `…`.
  public static String line(@Nullable String text) {
    return text == null ? "" : clip(mark(text, false), LINE);
  }

  /// Several lines, at most so many characters.
  public static String lines(String text, int most) {
    return cut(mark(text.replace("\r\n", "\n").replace('\r', '\n'), true), most);
  }

  private static String clip(String text, int most) {
    return text.length() <= most ? text : cut(text, most) + "…";
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }

  private static String mark(String text, boolean keepLines) {
    var out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\t') {
        out.append(keepLines ? c : ' ');
      } else if (Character.isISOControl(c) || turns(c)) {
        out.append('\uFFFD');
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /// Embeddings and overrides of direction; isolates are harmless, since we isolate every text.
  private static boolean turns(char c) {
    return c >= '\u202A' && c <= '\u202E' || c == '\u2028' || c == '\u2029';
  }

  /// A `mailto:` link to one plain address; null for anything else.
  public static @Nullable String mailto(String address) {
    return EMAIL.matcher(address).matches()
        ? "mailto:"
            + URLEncoder.encode(address, StandardCharsets.UTF_8)
                .replace("%40", "@")
                .replace("+", "%20")
        : null;
  }

  /// A `tel:` link; null when that is no number.
  public static @Nullable String tel(String number) {
    var dialled = number.length() > 60 ? "" : NOT_DIALLED.matcher(number).replaceAll("");
    return PHONE.matcher(dialled).matches() ? "tel:" + dialled : null;
  }

  /// A link to the web; null for any other scheme and for what is no address.
  public static @Nullable String web(String address) {
    try {
      var uri = new URI(address);
      var scheme = uri.getScheme();
      return address.length() <= 2000
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))
          ? uri.toASCIIString()
          : null;
    } catch (URISyntaxException _) {
      return null;
    }
  }
}
