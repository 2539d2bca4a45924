package dev.porchlight.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Words and tables for people. What strangers wrote is shown without its control characters, so
/// that no lead can move the cursor or colour the screen.
final class Text {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Text() {}

  /// `1 lead`, `12,000 leads`.
  static String count(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d", number) + " " + (number == 1 ? one : many);
  }

  /// At least that wide.
  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /// The text at a path such as `contact.display_name`; empty when there is none.
  static String at(JsonNode json, String path) {
    var node = json;
    for (var name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node.isMissingNode() || node.isNull()
        ? ""
        : clean(node.isContainer() ? node.toString() : node.asString(""));
  }

  /// Without control characters, on one line.
  static String clean(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+", " ");
  }

  /// An instant of the API as `2026-11-20 18:30:05 UTC`; anything else as it is.
  static String time(String instant) {
    if (instant.isEmpty()) {
      return "";
    }
    try {
      return SECONDS.format(Instant.parse(instant)) + " UTC";
    } catch (DateTimeParseException e) {
      return instant;
    }
  }

  /// Several texts with commas between them.
  static String list(JsonNode array) {
    var all = new ArrayList<String>();
    array.forEach(n -> all.add(clean(n.asString(""))));
    return String.join(", ", all);
  }

  /// With one full stop at its end.
  static String sentence(String text) {
    var stripped = text.strip();
    return stripped.isEmpty() || stripped.matches("(?s).*[.!?…]") ? stripped : stripped + ".";
  }

  /// Rows below their headings, columns as wide as needed; the last one is not padded.
  static List<String> table(List<String> headings, List<List<String>> rows) {
    var widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = width(headings.get(i));
      for (var row : rows) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    var lines = new ArrayList<String>();
    lines.add(line(headings, widths));
    rows.forEach(row -> lines.add(line(row, widths)));
    return lines;
  }

  private static String line(List<String> cells, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i + 1 == widths.length ? cells.get(i) : pad(cells.get(i), widths[i] + 2));
    }
    return line.toString().stripTrailing();
  }
}
