package dev.porchlight.api;

import dev.porchlight.access.Audit;
import dev.porchlight.access.Deed;
import dev.porchlight.access.Told;
import dev.porchlight.account.Nodes;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// How the audit has what is done by one route.
///
/// @param act the method and the route
record Noted(String act) {
  /// What shows a person: of reads, only these are noted.
  private static final Set<String> PERSONAL =
      Set.of("leads", "contacts", "persons", "receipts", "deliveries", "events");

  void note(Audit audit, Store store, Call call, Reply reply) {
    var request = call.request();
    var address = request.peer().getHostAddress();
    var who = call.principal().id();
    var parts = request.path().split("/", 6);
    var subject = parts.length > 4 ? parts[4] : "";
    if (act.startsWith("GET ")) {
      if (act.contains("{id}") && PERSONAL.contains(parts[3])) {
        audit.looked(who, act, subject, address);
      }
      return;
    }
    var sent = call.sent();
    var what =
        act.endsWith("/resubmit")
            ? ""
            : Told.of(sent, act.startsWith("POST "), namesPerson(sent, store, subject));
    audit.did(
        who,
        act + (what.isEmpty() ? "" : Deed.ARROW + what),
        subject.isEmpty() ? made(reply) : subject,
        address);
  }

  private boolean namesPerson(ObjectNode sent, Store store, String subject) {
    return act.contains("/api/v1/nodes")
        && Told.namesPerson(
            sent,
            subject.isEmpty()
                ? ""
                : Nodes.in(store.settings())
                    .find(subject)
                    .map(node -> node.kind().name())
                    .orElse(""));
  }

  /// The id of what was made, where nothing else is named.
  private static String made(Reply reply) {
    try {
      return reply instanceof Reply.Full full && full.status() == 201
          ? Json.mapper().readTree(full.body()).path("id").asString("")
          : "";
    } catch (JacksonException _) {
      return "";
    }
  }
}
