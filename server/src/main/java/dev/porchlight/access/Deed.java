package dev.porchlight.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What an act is: the kind of thing that it was done to, and what was done, the same whether it
/// was by the API or at the console.
///
/// @param thing the first part of the route that names a kind of thing: `leads`
/// @param name the last one, or what its method does: `reassign`
public record Deed(String thing, String name) {
  private static final Set<String> ROOMS = Set.of("settings", "events");

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

  /// @param act a method and a route, such as `POST /console/leads/{id}/reassign`, with or without
  ///   an arrow and what was set behind it
  public static Deed of(String act) {
    var route = route(act);
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
    return new Deed(
        parts.isEmpty() ? "" : parts.getFirst(), name(method, parts, route.endsWith("}")));
  }

  private static String route(String act) {
    int arrow = act.indexOf(ARROW);
    return arrow < 0 ? act : act.substring(0, arrow);
  }

  /// Stands between an act and what was set by it.
  public static final String ARROW = " → ";

  /// What was set by an act; empty where that is not kept.
  public static String set(String act) {
    int arrow = act.indexOf(ARROW);
    return arrow < 0 ? "" : act.substring(arrow + ARROW.length());
  }

  private static String name(String method, List<String> parts, boolean one) {
    if (method.equals("GET")) {
      return "get";
    }
    var last = parts.size() > 1 ? String.join("-", parts.subList(1, parts.size())) : "";
    if (last.isEmpty() && method.equals("POST") && MADE.contains(parts.getFirst())) {
      return one ? "change" : "new";
    }
    if (last.isEmpty()) {
      // Forms at the console can only be posted, and are named by what they do.
      return switch (method) {
        case "PATCH" -> "change";
        case "DELETE" -> "remove";
        default -> method.toLowerCase(Locale.ROOT);
      };
    }
    return method.equals("DELETE") ? "no-" + last : last;
  }

  /// As one asks for it: `leads.reassign`.
  public String word() {
    return thing + "." + name;
  }
}
