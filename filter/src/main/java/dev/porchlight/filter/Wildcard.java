package dev.porchlight.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A pattern in which `*` stands for any run of characters and `?` for one or none; a backslash
/// before either makes it a plain character. Matching ignores letter case and takes time that is at
/// most proportional to the length of the pattern times that of the text.
public final class Wildcard {
  /// In [#alternatives]: any run of code points.
  static final int ANY = -1;

  /// In [#alternatives]: exactly one code point. In [#parts]: one or none.
  static final int ONE = -2;

  private final String source;
  private final int[] parts;
  private final int count;

  private Wildcard(String source, int[] parts, int count) {
    this.source = source;
    this.parts = parts;
    this.count = count;
  }

  /// Reads a pattern; one without wildcards is a pattern too.
  public static Wildcard of(String source) {
    var parts = new int[source.length()];
    int length = 0;
    int count = 0;
    for (int i = 0; i < source.length(); ) {
      int c = source.codePointAt(i);
      i += Character.charCount(c);
      if (c == '\\' && i < source.length() && isWildcard(source.charAt(i))) {
        parts[length++] = source.charAt(i++);
      } else if (c == '*') {
        parts[length++] = ANY;
        count++;
      } else if (c == '?') {
        parts[length++] = ONE;
        count++;
      } else {
        parts[length++] = Character.toLowerCase(Character.toUpperCase(c));
      }
    }
    return new Wildcard(source, Arrays.copyOf(parts, length), count);
  }

  private static boolean isWildcard(char c) {
    return c == '*' || c == '?';
  }

  /// How many wildcards it has.
  public int count() {
    return count;
  }

  /// The pattern as it was written.
  public String source() {
    return source;
  }

  /// Whether the pattern holds white space.
  boolean hasBlank() {
    return Arrays.stream(parts).anyMatch(c -> c >= 0 && Character.isWhitespace(c));
  }

  /// Folded code points, [#ANY] and [#ONE]; not to be changed.
  int[] parts() {
    return parts;
  }

  /// The pattern as a plain text, its backslashes before `*` and `?` gone; only for one that has no
  /// wildcards.
  String plain() {
    if (source.indexOf('\\') < 0) {
      return source;
    }
    var plain = new StringBuilder(source.length());
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c != '\\' || i + 1 == source.length() || !isWildcard(source.charAt(i + 1))) {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /// The patterns that together match what this one does, in which [#ONE] is exactly one code
  /// point.
  List<int[]> alternatives() {
    List<int[]> done = new ArrayList<>();
    done.add(new int[0]);
    int from = 0;
    for (int i = 0; i <= parts.length; i++) {
      if (i == parts.length || parts[i] == ONE) {
        boolean last = i == parts.length;
        List<int[]> next = new ArrayList<>();
        for (int[] head : done) {
          next.add(join(head, from, i));
          if (!last) {
            next.add(join(head, from, i + 1));
          }
        }
        done = next;
        from = i + 1;
      }
    }
    return done;
  }

  private int[] join(int[] head, int from, int to) {
    int[] joined = Arrays.copyOf(head, head.length + to - from);
    System.arraycopy(parts, from, joined, head.length, to - from);
    return joined;
  }

  /// Whether a pattern of [#alternatives] matches the whole of a folded text.
  static boolean matches(int[] pattern, int[] text) {
    int plain = 0;
    boolean any = false;
    for (int part : pattern) {
      any |= part == ANY;
      plain += part == ANY ? 0 : 1;
    }
    if (plain > text.length || (!any && plain != text.length)) {
      return false;
    }
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length) {
      if (p < pattern.length && pattern[p] == ANY) {
        star = p++;
        resume = t;
      } else if (p < pattern.length && (pattern[p] == ONE || pattern[p] == text[t])) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length && pattern[p] == ANY) {
      p++;
    }
    return p == pattern.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Wildcard that && Arrays.equals(parts, that.parts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(parts);
  }

  @Override
  public String toString() {
    return source;
  }
}
