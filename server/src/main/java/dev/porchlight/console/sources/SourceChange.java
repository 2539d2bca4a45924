package dev.porchlight.console.sources;

import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Choice;
import dev.porchlight.console.Clean;
import dev.porchlight.console.Deeds;
import dev.porchlight.console.Sheet;
import dev.porchlight.console.Visit;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `/console/sources/{id}/change`: everything of a source that can be changed after it was made.
final class SourceChange {
  private static final String SOURCE = "/sources/{id}";

  /// Members that are objects, and filled in as JSON.
  private static final List<String> OBJECTS = List.of("signature", "poll");

  private final Store store;
  private final Deeds deeds;

  SourceChange(Store store, Deeds deeds) {
    this.store = store;
    this.deeds = deeds;
  }

  record View(String path, String name, Sheet sheet) {}

  private Sheet sheet(Visit visit, boolean filled, JsonNode known) {
    var nodes = Nodes.in(store.settings());
    var shown = Json.object();
    known.properties().forEach(p -> shown.set(p.getKey(), p.getValue()));
    for (var member : OBJECTS) {
      if (known.path(member).isObject()) {
        shown.put(member, known.path(member).toPrettyString());
      }
    }
    return new Sheet(visit, "source.set.", "source.set.hint.", filled, shown)
        .pick(
            "node",
            Choice.ofNodes(
                visit, nodes, n -> n.kind() == Node.Kind.OFFICE || n.kind() == Node.Kind.MEMBER),
            "")
        .needed("region", 2)
        .line("portal", 20)
        .line("retention", 20)
        .area("signature", 8)
        .area("poll", 6);
  }

  Reply show(Visit visit) throws Exception {
    var known = deeds.act(visit, "GET", SOURCE, visit.path("id"), Json.object());
    return known.isFine()
        ? visit.page(
            "sources/change.jte",
            view(visit, known.text("name"), sheet(visit, false, known.body())))
        : visit.missing();
  }

  private static View view(Visit visit, String name, Sheet sheet) {
    return new View("/console/sources/" + visit.path("id"), Clean.line(name), sheet);
  }

  Reply save(Visit visit) throws Exception {
    var id = visit.path("id");
    var known = deeds.act(visit, "GET", SOURCE, id, Json.object());
    if (!known.isFine()) {
      return visit.missing();
    }
    var sheet = sheet(visit, true, Json.object());
    var body = sheet.body();
    for (var member : OBJECTS) {
      var text = sheet.filled(member);
      if (text.isEmpty()) {
        if (!known.body().has(member)) {
          body.remove(member);
        }
      } else {
        try {
          var given = Json.tree(text);
          body.set(member, given);
          if (given.equals(known.body().path(member))) {
            // Untouched: its keys and secrets, which are not shown, stay with it.
            body.remove(member);
          }
        } catch (IllegalArgumentException _) {
          sheet.refuse(member, visit.texts().of("source.set.json"));
          return visit.refused("sources/change.jte", view(visit, known.text("name"), sheet));
        }
      }
    }
    var done = deeds.act(visit, "PATCH", SOURCE, id, body);
    if (done.isFine()) {
      return visit.done("/sources/" + id, "source.changed");
    }
    sheet.refuse(done);
    return visit.refused("sources/change.jte", view(visit, known.text("name"), sheet));
  }
}
