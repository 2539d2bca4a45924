package dev.porchlight.console.audit;

import dev.porchlight.access.Deed;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Texts;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/// What somebody did, in words: the audit keeps the route, `POST /console/leads/{id}/reassign`, and
/// may say behind it to what.
///
/// @param thing the first part of the route that names a kind of thing: `leads`
/// @param deed the last one, or what its method does: `reassign`
/// @param to what was set; empty where that is not kept
record Act(String thing, String deed, String to) {
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

  static Act of(String act) {
    var deed = Deed.of(act);
    return new Act(deed.thing(), deed.name(), Deed.set(act));
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

  /// What is done, without to whom; empty where nobody has words for it.
  String words(Texts t) {
    return t.has("act.thing." + thing) && t.has("act.deed." + deed)
        ? t.of("act.line", t.of("act.thing." + thing), t.of("act.deed." + deed))
        : "";
  }

  /// The page of what it was done to; empty for none.
  String page(String subject) {
    var page = PAGES.getOrDefault(thing, "");
    return page.isEmpty() || !subject.matches("[0-9]{26}|[0-9a-f-]{36}") ? "" : page + subject;
  }
}
