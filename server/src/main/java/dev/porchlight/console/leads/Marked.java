package dev.porchlight.console.leads;

import dev.porchlight.console.Clean;
import dev.porchlight.value.Json;
import dev.porchlight.value.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A body as lines, each violation beside the line where it is: at its pointer, or, where there is
/// nothing, at the nearest that there is above it. What is no JSON is shown as the text that it is,
/// with a mark where it ceases to be any.
final class Marked {
  private static final int MOST_LINES = 1_500;
  private static final int MOST_TEXT = 60_000;
  private static final int DEEPEST = 60;

  /// Characters of a long line that are shown on either side of a place in it.
  private static final int AROUND = 120;

  private static final Pattern PLACE = Pattern.compile(": line (\\d{1,9}), column (\\d{1,9})\\.$");

  /// One line.
  ///
  /// @param marks the violations at it
  /// @param place where it is wrong; null for nowhere, or all of it
  record Line(String text, List<Mark> marks, @Nullable Place place) {
    Line(String text, List<Mark> marks) {
      this(text, marks, null);
    }
  }

  /// The place between what stands before and after it.
  ///
  /// @param at one character; empty at the end of the line
  record Place(String before, String at, String after) {}

  /// @param number of the violation, from 1
  record Mark(int number, String text) {}

  private final Map<String, List<Mark>> marks = new HashMap<>();
  private final List<Line> lines = new ArrayList<>();

  private Marked() {}

  static List<Line> lines(byte[] body, List<Violation> violations) {
    return lines(body, violations, "");
  }

  /// @param reason why it can't be read, which may end with the place; empty when it can
  static List<Line> lines(byte[] body, List<Violation> violations, String reason) {
    var text = new String(body, StandardCharsets.UTF_8);
    JsonNode tree;
    try {
      tree = Json.tree(text);
    } catch (JacksonException | IllegalArgumentException _) {
      return plain(text, violations, reason);
    }
    if (!tree.isContainer()) {
      return plain(text, violations, reason);
    }
    var marked = new Marked();
    int n = 1;
    for (var violation : violations) {
      var mark = new Mark(n++, said(violation));
      marked
          .marks
          .computeIfAbsent(nearest(tree, violation.pointer()), _ -> new ArrayList<>())
          .add(mark);
    }
    marked.write("", "", tree, "", 0);
    return marked.lines;
  }

  private static String said(Violation violation) {
    return Clean.line(violation.rule()) + " → " + Clean.line(violation.action());
  }

  /// What has no members has its violations at the first line, each with what it is of.
  private static List<Line> plain(String text, List<Violation> violations, String reason) {
    var all = text.startsWith("\uFEFF") ? text.substring(1) : text;
    var shown = new ArrayList<Line>();
    Clean.lines(all, MOST_TEXT)
        .lines()
        .limit(MOST_LINES)
        .forEach(l -> shown.add(new Line(Clean.line(l), List.of())));
    var marks = new ArrayList<Mark>();
    for (var violation : violations) {
      var of = Clean.line(violation.pointer());
      marks.add(new Mark(marks.size() + 1, (of.isEmpty() ? "" : of + ": ") + said(violation)));
    }
    if (!marks.isEmpty() && !shown.isEmpty()) {
      shown.set(0, new Line(shown.getFirst().text(), marks));
    }
    var place = PLACE.matcher(reason);
    if (place.find() && !shown.isEmpty()) {
      int line = Integer.parseInt(place.group(1));
      int column = Integer.parseInt(place.group(2));
      int at = Math.clamp(line, 1, shown.size()) - 1;
      var mark = new Mark(marks.size() + 1, Clean.line(reason));
      var here = all.lines().skip(at).findFirst().orElse("");
      shown.set(
          at,
          new Line(
              shown.get(at).text(),
              Stream.concat(shown.get(at).marks().stream(), Stream.of(mark)).toList(),
              line > shown.size() ? null : place(here, column - 1)));
    }
    return shown;
  }

  private static Place place(String line, int column) {
    int at = Math.clamp(column, 0, line.length());
    int end = at == line.length() ? at : line.offsetByCodePoints(at, 1);
    int from = Math.max(0, at - AROUND);
    int to = Math.min(line.length(), end + AROUND);
    return new Place(
        (from > 0 ? "…" : "") + Clean.line(line.substring(from, at)),
        Clean.line(line.substring(at, end)),
        Clean.line(line.substring(end, to)) + (to < line.length() ? "…" : ""));
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
