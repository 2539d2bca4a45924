package dev.porchlight.http;

import dev.porchlight.web.Forms;
import dev.porchlight.web.Route;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the route of a path: a tree with one level a segment. A literal segment beats a variable;
/// where the literal's branch ends in nothing the variable is tried. Segments are compared decoded.
///
/// A path with an empty segment, `.` or `..`, a control character or a malformed escape has no
/// route. Nor has one with an escaped slash, but where the last variable takes all that follows.
/// `;` is a character like any other. One slash at the end makes no difference. Safe for use by
/// many threads.
final class Router {
  private static final int MAX_SEGMENTS = 32;

  private final Node root = new Node();

  Router(List<Route> routes) {
    routes.forEach(this::add);
  }

  /// What a path leads to.
  sealed interface Match {
    /// A route, with the values of its variables by name.
    record Found(Route route, Map<String, String> variables) implements Match {}

    /// The path is known, the method is not: any one of its routes, and all methods it has.
    record OtherMethods(Route route, List<String> allowed) implements Match {}

    /// No such path.
    record Nothing() implements Match {}
  }

  private static final Match NOTHING = new Match.Nothing();

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node variable;

    /// Where all segments that follow lead, one at least.
    @Nullable Node rest;

    final Map<String, Bound> methods = new TreeMap<>();
  }

  /// A route with the names of its variables; `names[i]` is null where segment i is a literal.
  private record Bound(Route route, List<Variable> variables) {}

  private record Variable(int segment, String name, boolean isRest) {
    String in(String[] segments) {
      return isRest
          ? String.join("/", Arrays.asList(segments).subList(segment, segments.length))
          : segments[segment];
    }
  }

  private void add(Route route) {
    var template = route.template();
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException("A template starts with a slash: " + template);
    }
    if (!route.method().matches("[A-Z]+")) {
      throw new IllegalArgumentException("A method is in capitals: " + route.method());
    }
    var parts =
        template.equals("/") ? List.<String>of() : List.of(template.substring(1).split("/", -1));
    if (parts.size() > MAX_SEGMENTS) {
      throw new IllegalArgumentException("Too many segments: " + template);
    }
    var variables = new ArrayList<Variable>();
    var node = root;
    for (var i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      if (part.matches("\\{\\w+}")) {
        variables.add(new Variable(i, part.substring(1, part.length() - 1), false));
        if (node.variable == null) {
          node.variable = new Node();
        }
        node = node.variable;
      } else if (i == parts.size() - 1 && part.matches("\\{\\w+\\.\\.\\.}")) {
        variables.add(new Variable(i, part.substring(1, part.length() - 4), true));
        if (node.rest == null) {
          node.rest = new Node();
        }
        node = node.rest;
      } else if (part.isEmpty() || part.contains("{") || part.contains("}")) {
        throw new IllegalArgumentException("Not a template: " + template);
      } else {
        node = node.literals.computeIfAbsent(part, _ -> new Node());
      }
    }
    if (variables.stream().map(Variable::name).distinct().count() != variables.size()) {
      throw new IllegalArgumentException("A variable stands twice in " + template);
    }
    var before = node.methods.putIfAbsent(route.method(), new Bound(route, List.copyOf(variables)));
    if (before != null) {
      throw new IllegalArgumentException(
          "Two routes for %s %s and %s"
              .formatted(route.method(), before.route().template(), template));
    }
  }

  /// @param path as received, escaped, without the query
  Match find(String method, String path) {
    var segments = split(path);
    if (segments == null) {
      return NOTHING;
    }
    var leaf = descend(root, segments, 0);
    if (leaf == null) {
      return NOTHING;
    }
    var bound = leaf.methods.get(method);
    if (bound == null && method.equals("HEAD")) {
      bound = leaf.methods.get("GET");
    }
    if (bound == null) {
      var allowed = new TreeSet<>(leaf.methods.keySet());
      if (allowed.contains("GET")) {
        allowed.add("HEAD");
      }
      return new Match.OtherMethods(
          leaf.methods.values().iterator().next().route(), List.copyOf(allowed));
    }
    if (bound.variables().isEmpty()) {
      return new Match.Found(bound.route(), Map.of());
    }
    var values = HashMap.<String, String>newHashMap(bound.variables().size());
    for (var variable : bound.variables()) {
      values.put(variable.name(), variable.in(segments));
    }
    return new Match.Found(bound.route(), values);
  }

  private static @Nullable Node descend(Node node, String[] segments, int at) {
    if (at == segments.length) {
      return node.methods.isEmpty() ? null : node;
    }
    var literal = node.literals.get(segments[at]);
    if (literal != null) {
      var leaf = descend(literal, segments, at + 1);
      if (leaf != null) {
        return leaf;
      }
    }
    if (node.variable != null && segments[at].indexOf('/') < 0) {
      var leaf = descend(node.variable, segments, at + 1);
      if (leaf != null) {
        return leaf;
      }
    }
    return node.rest;
  }

  /// The decoded segments, or null for a path that no route may have.
  private static String @Nullable [] split(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return null;
    }
    var end = path.length();
    if (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    if (end == 1) {
      return new String[0];
    }
    var segments = new String[8];
    var count = 0;
    for (var from = 1; from <= end; ) {
      var slash = path.indexOf('/', from);
      var to = slash < 0 || slash > end ? end : slash;
      var segment = decode(path.substring(from, to));
      if (segment == null || count == MAX_SEGMENTS) {
        return null;
      }
      if (count == segments.length) {
        segments = Arrays.copyOf(segments, MAX_SEGMENTS);
      }
      segments[count++] = segment;
      from = to + 1;
    }
    return Arrays.copyOf(segments, count);
  }

  private static @Nullable String decode(String segment) {
    var decoded = segment.indexOf('%') < 0 ? segment : unescape(segment);
    if (decoded == null || decoded.isEmpty() || decoded.equals(".") || decoded.equals("..")) {
      return null;
    }
    for (var i = 0; i < decoded.length(); i++) {
      var c = decoded.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return null;
      }
    }
    return decoded;
  }

  private static @Nullable String unescape(String segment) {
    var raw = segment.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(raw.length);
    for (var i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        var octet = Forms.octet(raw, i);
        if (octet < 0) {
          return null;
        }
        bytes.put((byte) octet);
        i += 2;
      } else {
        bytes.put(raw[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }
}
