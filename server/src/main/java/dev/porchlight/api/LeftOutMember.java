package dev.porchlight.api;

import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.store.Store;
import tools.jackson.databind.node.ObjectNode;

/// The member `left_out` of what endpoints are told of: which of them were not, and by which rule.
record LeftOutMember(Store store, Deliveries deliveries) {
  void show(Call call, String subject, ObjectNode view) {
    var endpoints = Endpoints.in(store.settings());
    var leftOut = view.putArray("left_out");
    for (var event : deliveries.listLeftOut(subject)) {
      for (var rule : event.rules()) {
        var endpoint = endpoints.find(rule.endpoint());
        if (endpoint
            .filter(e -> call.scope().containsNode(Nodes.in(store.settings()), e.node()))
            .isEmpty()) {
          continue;
        }
        var item = leftOut.addObject();
        item.put("endpoint", rule.endpoint());
        item.put("endpoint_name", endpoint.get().name());
        item.put("kind", event.kind());
        item.put("version", event.version());
        item.put("sequence", event.seq());
        item.put("rule", rule.rule());
        item.put("why", rule.why());
      }
    }
  }
}
