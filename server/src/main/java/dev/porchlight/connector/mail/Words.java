package dev.porchlight.connector.mail;

import dev.porchlight.connector.json.Text;

/// Strangers' words made safe for the places where a mail has them.
final class Words {
  private Words() {}

  /// One line: no control character, no line break of any kind, no mark that turns the direction of
  /// what follows, single blanks, at most so many characters.
  static String line(String text, int most) {
    var out = new StringBuilder();
    boolean blank = false;
    int count = 0;
    for (int c : Text.clean(text).codePoints().toArray()) {
      if (Character.isWhitespace(c) || Character.isSpaceChar(c) || isControl(c)) {
        blank = !out.isEmpty();
        continue;
      }
      if (turns(c)) {
        continue;
      }
      if (count + (blank ? 1 : 0) >= most) {
        return out.append('…').toString();
      }
      if (blank) {
        out.append(' ');
        count++;
        blank = false;
      }
      out.appendCodePoint(c);
      count++;
    }
    return out.toString();
  }

  /// Several lines, broken by LF alone, without other control characters.
  static String lines(String text) {
    var out = new StringBuilder();
    var clean = Text.clean(text);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      if (c == '\r') {
        if (i + 1 == clean.length() || clean.charAt(i + 1) != '\n') {
          out.append('\n');
        }
      } else if (c == '\u2028' || c == '\u2029' || c == '\u0085') {
        out.append('\n');
      } else if (c == '\n' || c == '\t' || !isControl(c)) {
        out.append(c);
      }
    }
    return out.toString().strip();
  }

  /// Text for HTML, within elements and within attributes in double quotes.
  static String html(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean isControl(int c) {
    return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
  }

  private static boolean turns(int c) {
    return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
  }
}
