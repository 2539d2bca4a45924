package dev.porchlight.console.leads;

import dev.porchlight.access.Permission;
import dev.porchlight.account.Node;
import dev.porchlight.account.Nodes;
import dev.porchlight.console.Clean;
import dev.porchlight.console.PassingOn;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Answered;
import dev.porchlight.desk.LeadRecord;
import dev.porchlight.desk.Leads;
import dev.porchlight.desk.erasure.Pins;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.person.Persons;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.web.Reply;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What may be done with a lead from its page: say that it is answered, pass its contact on, send
/// it to an endpoint.
final class LeadActions {
  private static final Set<String> STATES = Set.of("never", "delivered", "dead", "unwritable");

  private final Store store;
  private final int hub;
  private final Leads leads;
  private final Persons persons;
  private final Deliveries deliveries;
  private final Answered answered;
  private final Runnable replayWork;
  private final PinPart pins;

  /// @param replayWork is told that a replay may go on
  LeadActions(
      Store store,
      int hub,
      Leads leads,
      Persons persons,
      Deliveries deliveries,
      Runnable replayWork,
      PinPart pins) {
    this.deliveries = deliveries;
    this.pins = pins;
    this.store = store;
    this.hub = hub;
    this.leads = leads;
    this.persons = persons;
    this.answered = new Answered(store, leads);
    this.replayWork = replayWork;
  }

  /// What a visitor may do with a lead.
  ///
  /// @param members who may own its contact, the present owner left out
  /// @param endpoints where it may be sent
  /// @param retry whether they may retry its deliveries
  /// @param pin whether it is kept; null where that is nothing to them
  record Offered(
      boolean mark,
      List<Choice> members,
      List<Choice> endpoints,
      boolean retry,
      PinPart.@Nullable View pin,
      String ownerError) {
    static final Offered NOTHING = new Offered(false, List.of(), List.of(), false, null, "");

    Offered refusing(String error) {
      return new Offered(mark, members, endpoints, retry, pin, error);
    }
  }

  record Choice(String value, String text) {}

  Offered offer(Visit visit, String id) {
    var found = leads.find(visit.scope(), id);
    if (!visit.may(Permission.WORK) || found.isEmpty() || found.get().erasedAt() != null) {
      return Offered.NOTHING;
    }
    var lead = found.get();
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var owner = persons.find(visit.scope(), lead.contactId()).map(c -> c.ownerId()).orElse("");
    return new Offered(
        leads.listHistory(id).stream().noneMatch(l -> l.kind().equals(Answered.KIND)),
        nodes.childrenOf(lead.officeId()).stream()
            .filter(n -> n.kind() == Node.Kind.MEMBER && !n.isEnded() && !n.id().equals(owner))
            .map(n -> new Choice(n.id(), Clean.line(n.name())))
            .toList(),
        Endpoints.in(settings).all().stream()
            .filter(e -> !e.disabled() && maySendTo(visit, nodes, lead, e))
            .map(e -> new Choice(e.id(), Clean.line(e.name())))
            .toList(),
        true,
        pins.of(visit, Pins.Kind.LEAD, id, null),
        "");
  }

  /// To what is within their reach and gets what lands in the lead's office; of a member's leads,
  /// to what is that office's own.
  private static boolean maySendTo(Visit visit, Nodes nodes, LeadRecord lead, Endpoint endpoint) {
    return visit.scope().member() == null
        ? visit.scope().containsNode(nodes, endpoint.node())
            && nodes.isWithin(lead.officeId(), endpoint.node())
        : endpoint.node().equals(lead.officeId());
  }

  Reply mark(Visit visit) {
    return answered.mark(visit.scope(), visit.path("id"), visit.principal().id())
        ? visit.done("/leads/" + visit.path("id"), "answered")
        : visit.missing();
  }

  /// @param refuse shows the lead again with what is wrong
  Reply reassign(Visit visit, Function<Offered, Reply> refuse) {
    var lead = leads.find(visit.scope(), visit.path("id"));
    var contact = lead.flatMap(l -> persons.find(visit.scope(), l.contactId()));
    if (contact.isEmpty()) {
      return visit.missing();
    }
    switch (PassingOn.to(store, visit, contact.get(), visit.form().text("owner"))) {
      case MISSING -> {
        return visit.undone("/leads/" + visit.path("id"), "not-reassigned");
      }
      case REFUSED -> {
        return refuse.apply(
            offer(visit, visit.path("id")).refusing(visit.texts().of("acts.owner.wrong")));
      }
      case DONE -> {}
    }
    // Whoever passed it on may not see it any more.
    return leads.find(visit.scope(), visit.path("id")).isPresent()
        ? visit.done("/leads/" + visit.path("id"), "reassigned")
        : visit.done("/leads", "reassigned");
  }

  Reply send(Visit visit) {
    var lead = leads.find(visit.scope(), visit.path("id"));
    var endpoint = visit.form().text("endpoint");
    var allowed = offer(visit, visit.path("id")).endpoints();
    var place = lead.flatMap(this::newest);
    if (place.isEmpty()) {
      return visit.missing();
    }
    if (allowed.stream().noneMatch(c -> c.value().equals(endpoint))) {
      // Where it went already they can see.
      return deliveries
              .list(visit.scope(), new Deliveries.Query(endpoint, visit.path("id"), null, 1))
              .isEmpty()
          ? visit.missing()
          : visit.notAllowed();
    }
    var wanted =
        new Replay.Wanted(place.get(), place.get() + 1, "", "", STATES, Set.of(), Set.of(), "");
    var draw = Draw.fresh(store.now(), hub);
    store.write(
        WorkQueue.EDITS,
        batch -> Replay.begin(batch, draw, endpoint, wanted, 1, visit.principal().id()));
    replayWork.run();
    return visit.done("/leads/" + visit.path("id"), "sent");
  }

  /// The place in the log of a lead's newest version.
  private Optional<Long> newest(LeadRecord lead) {
    return leads.listHistory(lead.id()).stream()
        .filter(l -> l.kind().equals("lead.created") || l.kind().equals("lead.updated"))
        .map(LogEntry::seq)
        .max(Long::compare);
  }
}
