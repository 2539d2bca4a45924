package dev.porchlight.connector.mail;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// As much of HTML as mails of leads need: meta elements, and the text. One pass over the page,
/// whatever it holds.
final class Html {
  private static final int MOST_METAS = 200;
  private static final Map<String, String> ENTITIES =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ");

  private final String page;

  Html(String page) {
    this.page = page;
  }

  /// The contents of the page's meta elements by name in small letters; the first of a name counts,
  /// and none that stands in the body.
  Map<String, String> metas() {
    var metas = new LinkedHashMap<String, String>();
    int at = 0;
    while (metas.size() < MOST_METAS) {
      at = page.indexOf('<', at);
      if (at < 0 || isTag(at, "body")) {
        return metas;
      }
      if (page.startsWith("<!--", at)) {
        int end = page.indexOf("-->", at);
        at = end < 0 ? page.length() : end;
      } else if (isTag(at, "meta")) {
        var attributes = new LinkedHashMap<String, String>();
        at = attributes(at + 5, attributes);
        var name = attributes.get("name");
        var content = attributes.get("content");
        if (name != null && content != null) {
          metas.putIfAbsent(name.strip().toLowerCase(Locale.ROOT), content);
        }
      } else {
        at++;
      }
    }
    return metas;
  }

  private boolean isTag(int at, String name) {
    int end = at + 1 + name.length();
    return page.regionMatches(true, at + 1, name, 0, name.length())
        && end < page.length()
        && !Character.isLetterOrDigit(page.charAt(end));
  }

  /// Reads attributes from there on; gives the place behind the element.
  private int attributes(int from, Map<String, String> into) {
    int at = from;
    while (at < page.length() && page.charAt(at) != '>') {
      if (Character.isWhitespace(page.charAt(at)) || page.charAt(at) == '/') {
        at++;
        continue;
      }
      int nameFrom = at;
      while (at < page.length() && "=> \t\r\n/".indexOf(page.charAt(at)) < 0) {
        at++;
      }
      var name = page.substring(nameFrom, at).toLowerCase(Locale.ROOT);
      at = behindBlanks(at);
      if (at >= page.length() || page.charAt(at) != '=') {
        at = at == nameFrom ? at + 1 : at;
        continue;
      }
      at = behindBlanks(at + 1);
      if (at >= page.length()) {
        break;
      }
      char quote = page.charAt(at);
      int end;
      if (quote == '"' || quote == '\'') {
        end = page.indexOf(quote, at + 1);
        end = end < 0 ? page.length() : end;
        into.putIfAbsent(name, text(page.substring(at + 1, end)));
        at = Math.min(page.length(), end + 1);
      } else {
        end = at;
        while (end < page.length() && "> \t\r\n".indexOf(page.charAt(end)) < 0) {
          end++;
        }
        into.putIfAbsent(name, text(page.substring(at, end)));
        at = end;
      }
    }
    return at;
  }

  private int behindBlanks(int from) {
    int at = from;
    while (at < page.length() && Character.isWhitespace(page.charAt(at))) {
      at++;
    }
    return at;
  }

  /// The text as lines; cells of a row are parted by tabs.
  String text() {
    var out = new StringBuilder();
    int at = 0;
    while (at < page.length()) {
      int open = page.indexOf('<', at);
      if (open < 0) {
        open = page.length();
      }
      out.append(page.substring(at, open).replaceAll("[\\r\\n\\t ]++", " "));
      if (open == page.length()) {
        break;
      }
      if (page.startsWith("<!--", open)) {
        int end = page.indexOf("-->", open);
        at = end < 0 ? page.length() : end + 3;
        continue;
      }
      int close = page.indexOf('>', open);
      if (close < 0) {
        break;
      }
      at = close + 1;
      for (var hidden : new String[] {"style", "script", "title", "head"}) {
        if (isTag(open, hidden) && !hidden.equals("head")) {
          int end = end(hidden, at);
          at = end < 0 ? page.length() : end;
        }
      }
      for (var block :
          new String[] {
            "br",
            "/p",
            "p",
            "/div",
            "div",
            "/tr",
            "tr",
            "/li",
            "li",
            "/h1",
            "/h2",
            "/h3",
            "/h4",
            "/table",
            "/ul",
            "/pre",
            "/blockquote",
            "/dd",
            "hr"
          }) {
        if (isTag(open, block)) {
          out.append('\n');
        }
      }
      if (isTag(open, "/td") || isTag(open, "/th") || isTag(open, "/dt")) {
        out.append('\t');
      }
    }
    return text(out.toString());
  }

  private int end(String tag, int from) {
    for (int at = page.indexOf("</", from); at >= 0; at = page.indexOf("</", at + 2)) {
      if (page.regionMatches(true, at + 2, tag, 0, tag.length())) {
        return at;
      }
    }
    return -1;
  }

  /// What a text with entities says.
  private static String text(String escaped) {
    if (escaped.indexOf('&') < 0) {
      return escaped;
    }
    var out = new StringBuilder(escaped.length());
    int at = 0;
    while (at < escaped.length()) {
      char c = escaped.charAt(at);
      // None is longer, and a page of nothing but `&` is not searched over and over.
      int end = c == '&' ? escaped.indexOf(';', at, Math.min(escaped.length(), at + 11)) : -1;
      if (end < 0) {
        out.append(c);
        at++;
        continue;
      }
      var name = escaped.substring(at + 1, end);
      var known = name.startsWith("#") ? number(name) : ENTITIES.get(name);
      if (known == null) {
        out.append(c);
        at++;
      } else {
        out.append(known);
        at = end + 1;
      }
    }
    return out.toString();
  }

  private static @org.jspecify.annotations.Nullable String number(String name) {
    try {
      int code =
          name.startsWith("#x") || name.startsWith("#X")
              ? Integer.parseInt(name.substring(2), 16)
              : Integer.parseInt(name.substring(1));
      return Character.isValidCodePoint(code) ? Character.toString(code) : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
