package dev.porchlight.filter;

import java.util.ArrayList;
import java.util.List;

/// How letter case is ignored. A store keeps folded text in a column of its own, so that both sides
/// fold alike and a database only compares bytes.
public final class Folding {
  private Folding() {}

  /// The text with each code point in upper and then in lower case, without regard to a language;
  /// as many code points as before. Folding twice is the same as folding once.
  public static String fold(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 128 || (c >= 'A' && c <= 'Z')) {
        return foldFrom(text, i);
      }
    }
    return text;
  }

  private static String foldFrom(String text, int clean) {
    var folded = new StringBuilder(text.length()).append(text, 0, clean);
    for (int i = clean; i < text.length(); ) {
      int c = text.codePointAt(i);
      folded.appendCodePoint(Character.toLowerCase(Character.toUpperCase(c)));
      i += Character.charCount(c);
    }
    return folded.toString();
  }

  /// The words of a text, folded: the runs between white space, in order, repetitions included.
  public static List<String> words(String text) {
    var words = new ArrayList<String>();
    String folded = fold(text);
    int start = -1;
    for (int i = 0; i < folded.length(); i++) {
      if (Character.isWhitespace(folded.charAt(i))) {
        if (start >= 0) {
          words.add(folded.substring(start, i));
        }
        start = -1;
      } else if (start < 0) {
        start = i;
      }
    }
    if (start >= 0) {
      words.add(folded.substring(start));
    }
    return words;
  }

  static boolean hasBlank(String text) {
    return text.chars().anyMatch(Character::isWhitespace);
  }

  /// By code points, which is the order of UTF-8 bytes.
  static int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean bothBelow = !Character.isSurrogate(x) && !Character.isSurrogate(y);
        boolean bothAbove = Character.isSurrogate(x) && Character.isSurrogate(y);
        return bothBelow || bothAbove ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
