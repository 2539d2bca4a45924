package dev.porchlight.api;

import dev.porchlight.delivery.Deliveries;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.Receipts;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.store.Store;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Leads, receipts and deliveries that no retention drops.
final class PinResources {
  private final Pins pins;
  private final Leads leads;
  private final Receipts receipts;
  private final Deliveries deliveries;

  PinResources(Store store, Leads leads, Receipts receipts, Deliveries deliveries) {
    pins = new Pins(store);
    this.leads = leads;
    this.receipts = receipts;
    this.deliveries = deliveries;
  }

  Reply pin(Call call, Pins.Kind kind) throws Exception {
    var id = find(call, kind);
    var reason = call.members(Set.of("reason")).line("reason", Pins.LONGEST_REASON).orElse("");
    return call.change(batch ->
        new Call.Answer(200, view(Pins.pin(batch, kind, id, call.principal().id(), reason))));
  }

  Reply unpin(Call call, Pins.Kind kind) throws Exception {
    var id = find(call, kind);
    return call.change(batch -> {
      Pins.unpin(batch, kind, id, call.principal().id());
      return new Call.Answer(200, Json.object().put("pinned", false));
    });
  }

  /// Says in a view of such a thing whether it is pinned.
  static void show(Pins pins, Pins.Kind kind, String id, ObjectNode view) {
    pins.find(kind, id).ifPresent(pin -> view.set("pin", view(pin)));
  }

  private static ObjectNode view(Pins.Pin pin) {
    var view =
        Json.object()
            .put("pinned", true)
            .put("pinned_at", pin.at().toString())
            .put("pinned_by", pin.principal());
    return pin.reason().isEmpty() ? view : view.put("reason", pin.reason());
  }

  /// The id of the thing, where it may be seen.
  private String find(Call call, Pins.Kind kind) {
    var id = call.path("id");
    boolean erased =
        switch (kind) {
          case LEAD ->
              leads
                      .find(call.scope(), id)
                      .orElseThrow(() -> AccountResources.missing("lead"))
                      .erasedAt()
                  != null;
          case RECEIPT ->
              receipts
                      .find(call.scope(), id)
                      .orElseThrow(() -> AccountResources.missing("receipt"))
                      .erasedAt()
                  != null;
          case DELIVERY -> {
            if (deliveries.find(call.scope(), id).isEmpty()) {
              throw AccountResources.missing("delivery");
            }
            yield false;
          }
        };
    if (erased) {
      throw new FaultException(Fault.STATE_CONFLICT, "It was erased.");
    }
    return id;
  }
}
