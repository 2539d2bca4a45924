package dev.porchlight;

import dev.porchlight.api.Api;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.erasure.Erasure;
import dev.porchlight.desk.events.GrantChanges;
import dev.porchlight.desk.events.InboxReplays;
import dev.porchlight.desk.events.Postbox;
import dev.porchlight.desk.events.Publishing;
import dev.porchlight.desk.events.gone.EventErasure;
import dev.porchlight.desk.rebuild.Rebuild;
import dev.porchlight.store.EngineStore;
import java.util.List;
import java.util.function.Supplier;

/// What becomes of what comes in: of receipts, of events that are published, of persons who are to
/// be erased; and the same decisions made again.
record Deciding(
    Desk desk,
    Publishing publishing,
    GrantChanges grantChanges,
    InboxReplays inboxReplays,
    Postbox postbox,
    Erasure erasure,
    Rebuild rebuild) {
  /// @param emptyStore makes a store for a rebuild
  static Deciding of(
      Ground ground, Reads reads, Delivering delivering, Supplier<EngineStore> emptyStore) {
    var store = ground.store();
    int number = ground.number();
    var engine = delivering.engine();
    var planner = delivering.planner();
    var metrics = ground.metrics();
    var contracts = ground.contracts();
    var desk =
        new Desk(
            store,
            number,
            HubIdentity.name(store),
            contracts::ofSource,
            planner,
            reads.messages(),
            engine::offer,
            lead -> metrics.created(lead.test()),
            metrics::planned);
    var publishing =
        new Publishing(store, number, delivering.events(), planner, desk, engine::offer);
    var grantChanges = new GrantChanges(publishing);
    var inboxReplays =
        new InboxReplays(store, number, delivering.inboxes(), reads.deliveries(), publishing);
    var postbox =
        new Postbox(store, number, delivering.events(), publishing, grantChanges, inboxReplays);
    var erasure =
        new Erasure(
            store,
            number,
            contracts::ofSource,
            reads.messages(),
            reads.erasures(),
            List.of(Api.answers(store, ground.secrets()), new EventErasure(store)));
    return new Deciding(
        desk,
        publishing,
        grantChanges,
        inboxReplays,
        postbox,
        erasure,
        new Rebuild(store, desk, publishing, emptyStore));
  }
}
