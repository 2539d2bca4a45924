package dev.porchlight.console.audit;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What somebody did, in words: the audit keeps the route, `POST /console/leads/{id}/reassign`, and
/// may say behind it to what.
///
/// @param thing the first part of the route that names a kind of thing: `leads`
/// @param deed the last one, or what its method does: `reassign`
/// @param to what was set; empty where that is not kept
record Act(String thing, String deed, String to) {
  private static final Set<String> ROOMS = Set.of("settings", "events");
  private static final Map<String, String> PAGES =
      Map.ofEntries(
          Map.entry("leads", "/console/leads/"),
          Map.entry("contacts", "/console/contacts/"),
          Map.entry("receipts", "/console/receipts/"),
          Map.entry("deliveries", "/console/deliveries/"),
          Map.entry("sources", "/console/sources/"),
          Map.entry("endpoints", "/console/endpoints/"),
          Map.entry("replays", "/console/replays/"),
          Map.entry("listings", "/console/listings/"),
          Map.entry("events", "/console/events/"),
          Map.entry("parties", "/console/events/parties/"),
          Map.entry("nodes", "/console/settings/nodes/"),
          Map.entry("sign-in", "/console/settings/nodes/"),
          Map.entry("enter", "/console/settings/nodes/"),
          Map.entry("first", "/console/settings/nodes/"));

  /// What there are several of, each made by a request to all of them.
  private static final Set<String> MADE =
      Set.of(
          "backups",
          "clients",
          "endpoints",
          "grants",
          "listings",
          "nodes",
          "parties",
          "replays",
          "sources",
          "spark-keys",
          "tokens");

  static Act of(String act) {
    int arrow = act.indexOf(" → ");
    var route = arrow < 0 ? act : act.substring(0, arrow);
    int blank = route.indexOf(' ');
    var method = blank < 0 ? "" : route.substring(0, blank);
    var parts = new ArrayList<String>();
    for (var part :
        route.substring(blank + 1).replaceFirst("^/(console|api/v1)/", "").split("/", -1)) {
      if (!part.isEmpty() && !part.startsWith("{")) {
        parts.add(part);
      }
    }
    if (parts.size() > 1 && ROOMS.contains(parts.getFirst())) {
      parts.removeFirst();
    }
    return new Act(
        parts.isEmpty() ? "" : parts.getFirst(),
        deed(method, parts, route.endsWith("}")),
        arrow < 0 ? "" : act.substring(arrow + 3));
  }

  private static String deed(String method, List<String> parts, boolean one) {
    if (method.equals("GET")) {
      return "get";
    }
    var last = parts.size() > 1 ? String.join("-", parts.subList(1, parts.size())) : "";
    if (last.isEmpty() && method.equals("POST") && MADE.contains(parts.getFirst())) {
      return one ? "change" : "new";
    }
    if (last.isEmpty()) {
      return method.toLowerCase(Locale.ROOT);
    }
    return method.equals("DELETE") ? "no-" + last : last;
  }

  /// As a line; the route itself where nobody has words for it.
  String words(Texts t, Nodes nodes, String act) {
    if (!t.has("act.thing." + thing) || !t.has("act.deed." + deed)) {
      return Clean.line(act);
    }
    var line = t.of("act.line", t.of("act.thing." + thing), t.of("act.deed." + deed));
    var what =
        Arrays.stream(to.split(", ", -1))
            .map(set -> set(t, nodes, set))
            .collect(Collectors.joining(", "));
    return what.isEmpty() ? line : t.of("act.to", line, what);
  }

  /// One thing that was set: a value alone, a member with its value, or a member alone.
  private static String set(Texts t, Nodes nodes, String set) {
    int colon = set.indexOf(": ");
    if (colon < 0) {
      return t.has("act.member." + set) ? t.of("act.member." + set) : value(t, nodes, set);
    }
    var member = set.substring(0, colon);
    var value = value(t, nodes, set.substring(colon + 2));
    return t.has("act.member." + member)
        ? t.of("act.set", t.of("act.member." + member), value)
        : Clean.line(member + ": " + value);
  }

  private static String value(Texts t, Nodes nodes, String value) {
    if (value.equals("true") || value.equals("false")) {
      return t.of(value.equals("true") ? "yes" : "no");
    }
    return t.has("role." + value)
        ? t.of("role." + value)
        : Clean.line(nodes.find(value).map(Node::name).orElse(value));
  }

  /// The page of what it was done to; empty for none.
  String page(String subject) {
    var page = PAGES.getOrDefault(thing, "");
    return page.isEmpty() || !subject.matches("[0-9]{26}|[0-9a-f-]{36}") ? "" : page + subject;
  }
}
