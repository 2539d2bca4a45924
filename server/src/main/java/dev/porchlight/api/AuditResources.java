package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import tools.jackson.databind.node.ObjectNode;

/// Who did what, and who looked at whom.
final class AuditResources {
  private final Audit audit;

  AuditResources(Audit audit) {
    this.audit = audit;
  }

  Reply list(Call call) {
    call.filters("principal", "subject");
    var request = call.request();
    return call.list(
        most ->
            audit.list(
                call.scope(),
                new Audit.Query(
                    request.queryValue("principal").orElse(null),
                    request.queryValue("subject").orElse(null),
                    call.idCursor(),
                    most)),
        AuditResources::view,
        Audit.Entry::id);
  }

  private static ObjectNode view(Audit.Entry entry) {
    var view = Json.object();
    view.put("id", entry.id());
    view.put("at", entry.at().toString());
    view.put("principal", entry.principal());
    view.put("act", entry.act());
    if (!entry.subject().isEmpty()) {
      view.put("subject", entry.subject());
    }
    view.put("address", entry.address());
    return view;
  }
}
