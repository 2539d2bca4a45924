package dev.porchlight.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Percent-escapes, and the form encoding of queries.
final class Escapes {
  private Escapes() {}

  /// The octet that the escape at `at` stands for, or -1 when there is no whole escape.
  static int octet(byte[] text, int at) {
    if (at + 2 >= text.length) {
      return -1;
    }
    var high = Character.digit(text[at + 1], 16);
    var low = Character.digit(text[at + 2], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /// Decodes a query as a form. A `%` that starts no escape stays as it is, octets that are no
  /// UTF-8 become U+FFFD; a name without `=` has the empty value.
  static Map<String, List<String>> form(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return Map.of();
    }
    var form = new LinkedHashMap<String, List<String>>();
    for (var pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        var equals = pair.indexOf('=');
        var name = equals < 0 ? pair : pair.substring(0, equals);
        var value = equals < 0 ? "" : pair.substring(equals + 1);
        form.computeIfAbsent(formText(name), _ -> new ArrayList<>()).add(formText(value));
      }
    }
    form.replaceAll((_, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(form);
  }

  private static String formText(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    var raw = text.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(raw.length);
    for (var i = 0; i < raw.length; i++) {
      var octet = raw[i] == '%' ? octet(raw, i) : -1;
      if (octet >= 0) {
        out.write(octet);
        i += 2;
      } else {
        out.write(raw[i] == '+' ? ' ' : raw[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
