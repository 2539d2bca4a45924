package dev.porchlight.poll;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One page of a portal's list, cut into its items, each with the bytes that it came in.
///
/// A scanner of our own, because an item is to be kept as it was sent, and because one that is
/// nested without end, or is otherwise odd, must not stand in the way of all others: it knows
/// brackets, strings and commas, and leaves what is inside an item to whoever reads the item. What
/// is cut off or does not add up is [Malformed], never a shorter page.
final class Page {
  /// The answer is not a page.
  static final class Malformed extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what, null, false, false);
    }
  }

  private final byte[] bytes;
  private int at;
  private @Nullable List<byte[]> items;
  private boolean described;

  private Page(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The items of an answer's body: those of `items`, else of `data`, which is what the portal's
  /// guide calls them. No items where there is but the description of a page.
  static List<byte[]> items(byte[] body) throws Malformed {
    return new Page(body).read();
  }

  private List<byte[]> read() throws Malformed {
    if (bytes.length >= 3
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf) {
      at = 3;
    }
    blanks();
    expect('{');
    blanks();
    if (peek() == '}') {
      at++;
    } else {
      members();
    }
    blanks();
    if (at < bytes.length) {
      throw new Malformed("there is something behind its end");
    }
    var found = items;
    if (found == null) {
      if (!described) {
        throw new Malformed("it has no items");
      }
      return List.of();
    }
    return found;
  }

  private void members() throws Malformed {
    do {
      blanks();
      int from = at;
      string();
      var name = new String(bytes, from + 1, at - from - 2, StandardCharsets.UTF_8);
      blanks();
      expect(':');
      blanks();
      boolean list = name.equals("items") || name.equals("data") && items == null;
      if (list && peek() == '[') {
        items = elements();
      } else {
        value();
        described |= name.equals("metadata") || name.equals("links") || name.equals("pagination");
      }
      blanks();
    } while (more('}'));
  }

  private List<byte[]> elements() throws Malformed {
    var all = new ArrayList<byte[]>();
    expect('[');
    blanks();
    if (peek() == ']') {
      at++;
      return all;
    }
    do {
      blanks();
      int from = at;
      value();
      all.add(Arrays.copyOfRange(bytes, from, at));
      blanks();
    } while (more(']'));
    return all;
  }

  /// Whether another one follows; else the end was there.
  private boolean more(char end) throws Malformed {
    int c = peek();
    at++;
    if (c == ',') {
      return true;
    }
    if (c != end) {
      throw new Malformed("there is no comma where one is due");
    }
    return false;
  }

  private void value() throws Malformed {
    int c = peek();
    if (c == '"') {
      string();
    } else if (c == '{' || c == '[') {
      nested();
    } else {
      int from = at;
      while (at < bytes.length && isPlain(bytes[at])) {
        at++;
      }
      if (at == from) {
        throw new Malformed("there is no value where one is due");
      }
    }
  }

  private static boolean isPlain(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '-'
        || b == '+'
        || b == '.';
  }

  /// An object or an array, however deep.
  private void nested() throws Malformed {
    var objects = new BitSet();
    int depth = 0;
    do {
      int c = peek();
      if (c == '"') {
        string();
        continue;
      }
      at++;
      if (c == '{' || c == '[') {
        objects.set(depth++, c == '{');
      } else if (c == '}' || c == ']') {
        if (objects.get(--depth) != (c == '}')) {
          throw new Malformed("its brackets do not match");
        }
      }
    } while (depth > 0);
  }

  private void string() throws Malformed {
    expect('"');
    while (true) {
      int c = peek();
      at++;
      if (c == '"') {
        return;
      }
      if (c == '\\') {
        peek();
        at++;
      }
    }
  }

  private void expect(char c) throws Malformed {
    if (peek() != c) {
      throw new Malformed("it is not a JSON object");
    }
    at++;
  }

  private int peek() throws Malformed {
    if (at >= bytes.length) {
      throw new Malformed("it is cut off");
    }
    return bytes[at];
  }

  private void blanks() {
    while (at < bytes.length
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }
}
