package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Credentials;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import tools.jackson.databind.node.ObjectNode;

/// Who did what, and who looked at whom.
final class AuditResources {
  private final Audit audit;
  private final Credentials credentials;

  AuditResources(Audit audit, Credentials credentials) {
    this.audit = audit;
    this.credentials = credentials;
  }

  Reply list(Call call) {
    call.filters("principal", "subject", "act", "from", "to");
    var request = call.request();
    return call.list(
        audit.list(
            call.scope(),
            new Audit.Query(
                request
                    .queryValue("principal")
                    .map(who -> audit.called(credentials, who))
                    .orElse(null),
                request.queryValue("subject").orElse(""),
                request.queryValue("act").orElse(""),
                call.time("from"),
                call.time("to"),
                call.idCursor(),
                call.limit())),
        AuditResources::view,
        place -> place);
  }

  private static ObjectNode view(Audit.Entry entry) {
    var view = Json.object();
    view.put("id", entry.id());
    view.put("at", entry.at().toString());
    view.put("principal", entry.principal());
    view.put("act", entry.act());
    view.put("deed", entry.deed());
    if (!entry.subject().isEmpty()) {
      view.put("subject", entry.subject());
    }
    view.put("address", entry.address());
    return view;
  }
}
