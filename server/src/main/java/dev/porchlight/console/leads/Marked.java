package dev.porchlight.console.leads;

import dev.porchlight.console.Clean;
import dev.porchlight.value.Json;
import dev.porchlight.value.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A body as lines, each violation beside the line where it is: at its pointer, or, where there is
/// nothing, at the nearest that there is above it. What is no JSON is shown as the text that it is.
final class Marked {
  private static final int MOST_LINES = 1_500;
  private static final int MOST_TEXT = 60_000;
  private static final int DEEPEST = 60;

  /// One line.
  ///
  /// @param marks the violations at it
  record Line(String text, List<Mark> marks) {}

  /// @param number of the violation, from 1
  record Mark(int number, String text) {}

  private final Map<String, List<Mark>> marks = new HashMap<>();
  private final List<Line> lines = new ArrayList<>();

  private Marked() {}

  static List<Line> lines(byte[] body, List<Violation> violations) {
    var text = new String(body, StandardCharsets.UTF_8);
    JsonNode tree;
    try {
      tree = Json.tree(text);
    } catch (JacksonException | IllegalArgumentException _) {
      return plain(text);
    }
    if (!tree.isContainer()) {
      return plain(text);
    }
    var marked = new Marked();
    int n = 1;
    for (var violation : violations) {
      var mark =
          new Mark(n++, Clean.line(violation.rule()) + " → " + Clean.line(violation.action()));
      marked
          .marks
          .computeIfAbsent(nearest(tree, violation.pointer()), _ -> new ArrayList<>())
          .add(mark);
    }
    marked.write("", "", tree, "", 0);
    return marked.lines;
  }

  private static List<Line> plain(String text) {
    return Clean.lines(text, MOST_TEXT)
        .lines()
        .limit(MOST_LINES)
        .map(l -> new Line(Clean.line(l), List.of()))
        .toList();
  }

  private static String nearest(JsonNode tree, String pointer) {
    var at = pointer.startsWith("/") ? pointer : "";
    while (!at.isEmpty()) {
      try {
        if (!tree.at(at).isMissingNode()) {
          return at;
        }
      } catch (IllegalArgumentException _) {
        return "";
      }
      at = at.substring(0, at.lastIndexOf('/'));
    }
    return at;
  }

  private void write(String pointer, String name, JsonNode node, String end, int depth) {
    if (lines.size() >= MOST_LINES) {
      return;
    }
    var start = "  ".repeat(depth) + (name.isEmpty() ? "" : Json.write(name) + ": ");
    if (!node.isContainer() || node.isEmpty() || depth > DEEPEST) {
      line(pointer, start + (depth > DEEPEST ? "…" : node.toString()) + end);
      return;
    }
    line(pointer, start + (node.isObject() ? "{" : "["));
    int i = 0;
    if (node.isObject()) {
      for (var member : node.properties()) {
        i++;
        write(
            pointer + "/" + member.getKey().replace("~", "~0").replace("/", "~1"),
            member.getKey().isEmpty() ? " " : member.getKey(),
            member.getValue(),
            i < node.size() ? "," : "",
            depth + 1);
      }
    } else {
      for (var item : node) {
        write(pointer + "/" + i, "", item, ++i < node.size() ? "," : "", depth + 1);
      }
    }
    lines.add(new Line("  ".repeat(depth) + (node.isObject() ? "}" : "]") + end, List.of()));
  }

  private void line(String pointer, String text) {
    lines.add(new Line(Clean.line(text), marks.getOrDefault(pointer, List.of())));
  }
}
