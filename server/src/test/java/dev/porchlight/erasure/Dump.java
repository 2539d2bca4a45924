package dev.porchlight.erasure;

import dev.porchlight.store.Store;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Searches a whole database for texts: every column of every row of every table that the schema
/// has, so that a table that is added later is searched too.
public final class Dump {
  private Dump() {}

  /// Where a text stands, one line each.
  public static List<String> find(Store store, List<String> texts) {
    var places = new ArrayList<String>();
    for (var table : tables(store)) {
      store.read(h -> {
        h.createQuery("SELECT * FROM " + table)
            .mapToMap()
            .forEach(row -> places.addAll(find(table, row, texts)));
        return true;
      });
    }
    return places;
  }

  /// All tables, by the schema.
  static List<String> tables(Store store) {
    try {
      return store.read(h ->
          h.createQuery("SELECT name FROM sqlite_schema WHERE type = 'table'")
              .mapTo(String.class)
              .list());
    } catch (RuntimeException e) {
      return store.read(h ->
          h.createQuery(
                  "SELECT table_name FROM information_schema.tables"
                      + " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'")
              .mapTo(String.class)
              .list());
    }
  }

  private static List<String> find(String table, Map<String, Object> row, List<String> texts) {
    var places = new ArrayList<String>();
    row.forEach((column, value) -> {
      for (var form : forms(value)) {
        for (var text : texts) {
          if (holds(form, text)) {
            places.add(table + "." + column + " holds " + text);
          }
        }
      }
    });
    return places;
  }

  /// A value as it is, and unpacked where it can be.
  private static Set<String> forms(Object value) {
    var forms = new LinkedHashSet<String>();
    if (value instanceof byte[] bytes) {
      forms.add(new String(bytes, StandardCharsets.UTF_8));
      for (boolean bare : new boolean[] {true, false}) {
        inflate(bytes, bare).ifPresent(b -> forms.add(new String(b, StandardCharsets.UTF_8)));
      }
    } else if (value != null) {
      var text = value.toString();
      forms.add(text);
      decoded(text).ifPresent(b -> forms.add(new String(b, StandardCharsets.UTF_8)));
    }
    return forms;
  }

  private static java.util.Optional<byte[]> decoded(String text) {
    try {
      return java.util.Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return java.util.Optional.empty();
    }
  }

  private static java.util.Optional<byte[]> inflate(byte[] bytes, boolean bare) {
    try (var inflater = new Inflater(bare)) {
      inflater.setInput(bytes);
      var out = new ByteArrayOutputStream();
      var buffer = new byte[8192];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0) {
          break;
        }
        out.write(buffer, 0, n);
      }
      return java.util.Optional.of(out.toByteArray());
    } catch (DataFormatException e) {
      return java.util.Optional.empty();
    }
  }

  /// Whether a text stands there in any way of writing it.
  static boolean holds(String haystack, String text) {
    var folded = haystack.toLowerCase(Locale.ROOT);
    return ways(text).stream().anyMatch(w -> folded.contains(w.toLowerCase(Locale.ROOT)))
        || base64(text).stream().anyMatch(haystack::contains);
  }

  private static Set<String> ways(String text) {
    var escaped = new StringBuilder();
    text.chars()
        .forEach(c -> escaped.append(c < 128 ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
    return new LinkedHashSet<>(
        List.of(
            text,
            escaped.toString(),
            URLEncoder.encode(text, StandardCharsets.UTF_8),
            HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))));
  }

  /// What is the same of its base64 wherever it stands in what was encoded.
  private static List<String> base64(String text) {
    var parts = new ArrayList<String>();
    for (int offset = 0; offset < 3; offset++) {
      var bytes = (" ".repeat(offset) + text).getBytes(StandardCharsets.UTF_8);
      var encoded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
      int skip = offset == 0 ? 0 : 4;
      parts.add(encoded.substring(skip, encoded.length() / 4 * 4));
    }
    return parts;
  }
}
