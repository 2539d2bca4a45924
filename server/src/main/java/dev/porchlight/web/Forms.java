package dev.porchlight.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The form encoding (`application/x-www-form-urlencoded`) of queries and bodies, and
/// percent-escapes.
public final class Forms {
  private Forms() {}

  /// One name and its value, both still encoded as they were sent.
  public record Pair(String rawName, String rawValue) {
    public String name() {
      return text(rawName);
    }

    public String value() {
      return text(rawValue);
    }
  }

  /// The pairs of a form in the order sent; a name without `=` has the empty value.
  public static List<Pair> pairs(String form) {
    if (form.isEmpty()) {
      return List.of();
    }
    var pairs = new ArrayList<Pair>();
    for (var pair : form.split("&", -1)) {
      if (!pair.isEmpty()) {
        var equals = pair.indexOf('=');
        pairs.add(
            equals < 0
                ? new Pair(pair, "")
                : new Pair(pair.substring(0, equals), pair.substring(equals + 1)));
      }
    }
    return List.copyOf(pairs);
  }

  /// Decoded values by decoded name, both in the order sent.
  public static Map<String, List<String>> decoded(List<Pair> pairs) {
    if (pairs.isEmpty()) {
      return Map.of();
    }
    var form = new LinkedHashMap<String, List<String>>();
    for (var pair : pairs) {
      form.computeIfAbsent(pair.name(), _ -> new ArrayList<>()).add(pair.value());
    }
    form.replaceAll((_, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(form);
  }

  /// Decodes a name or value of a form: `+` is a blank. A `%` that starts no escape stays as it is,
  /// octets that are no UTF-8 become U+FFFD.
  public static String text(String encoded) {
    return decode(encoded, true);
  }

  /// Decodes a path: as [#text], but `+` stays.
  public static String path(String encoded) {
    return decode(encoded, false);
  }

  /// Whether all names and values of a form are UTF-8 once they are decoded.
  public static boolean isText(byte[] form) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets(form, true)));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }

  private static String decode(String text, boolean plusIsBlank) {
    if (text.indexOf('%') < 0) {
      return plusIsBlank ? text.replace('+', ' ') : text;
    }
    return new String(
        octets(text.getBytes(StandardCharsets.UTF_8), plusIsBlank), StandardCharsets.UTF_8);
  }

  private static byte[] octets(byte[] raw, boolean plusIsBlank) {
    var out = new ByteArrayOutputStream(raw.length);
    for (var i = 0; i < raw.length; i++) {
      var octet = raw[i] == '%' ? octet(raw, i) : -1;
      if (octet >= 0) {
        out.write(octet);
        i += 2;
      } else {
        out.write(plusIsBlank && raw[i] == '+' ? ' ' : raw[i]);
      }
    }
    return out.toByteArray();
  }

  /// The octet that the escape at `at` stands for, or -1 when there is no whole escape.
  public static int octet(byte[] text, int at) {
    if (at + 2 >= text.length) {
      return -1;
    }
    var high = Character.digit(text[at + 1], 16);
    var low = Character.digit(text[at + 2], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
