package dev.porchlight.api;

import dev.porchlight.account.Nodes;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.store.Store;
import dev.porchlight.value.Draw;
import dev.porchlight.value.Json;
import dev.porchlight.web.Reply;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Replays: jobs that deliver past events to an endpoint.
final class ReplayResources {
  private final Store store;
  private final int hub;
  private final Replays replays;
  private final Runnable work;

  ReplayResources(Store store, int hub, Replays replays, Runnable work) {
    this.store = store;
    this.hub = hub;
    this.replays = replays;
    this.work = work;
  }

  private Optional<Endpoint> endpoint(Call call, String id) {
    return Endpoints.in(store.settings())
        .find(id)
        .filter(e -> call.scope().containsNode(Nodes.in(store.settings()), e.node()));
  }

  private boolean sees(Call call, Replay replay) {
    return call.scope().everything()
        || replays
            .node(replay)
            .filter(n -> call.scope().containsNode(Nodes.in(store.settings()), n))
            .isPresent();
  }

  Reply list(Call call) {
    call.filters();
    var after = call.idCursor();
    return call.list(most -> replays.list(after, most, r -> sees(call, r)), this::view, Replay::id);
  }

  Reply get(Call call) {
    return Call.ok(view(replay(call)));
  }

  private Replay replay(Call call) {
    return replays
        .find(call.path("id"))
        .filter(r -> sees(call, r))
        .orElseThrow(() -> AccountResources.missing("replay"));
  }

  /// Starts one; or, as a dry run, counts what it would do.
  Reply make(Call call) throws Exception {
    var body =
        call.members(
            Set.of(
                "endpoint",
                "from",
                "to",
                "states",
                "kinds",
                "sources",
                "filter",
                "per_second",
                "dry_run"));
    var endpoint =
        endpoint(call, body.needText("endpoint"))
            .orElseThrow(() ->
                invalid("The member `endpoint` must be the id of an endpoint; there is none."));
    var from = body.filled("from").map(t -> time("from", t));
    var to = body.filled("to").map(t -> time("to", t));
    checkTimes(from, to);
    var states = body.texts("states").orElse(Replay.MISSED);
    if (states.isEmpty() || !Replay.STATES.containsAll(states)) {
      throw invalid(
          "The member `states` must be a list of "
              + String.join(", ", Replay.STATES.stream().sorted().toList())
              + ".");
    }
    var kinds = body.texts("kinds").orElse(Set.of());
    if (body.has("kinds") && kinds.isEmpty() || !Replay.KINDS.containsAll(kinds)) {
      throw invalid(
          "The member `kinds` must be a list of "
              + String.join(", ", Replay.KINDS.stream().sorted().toList())
              + ".");
    }
    var sources = body.texts("sources").orElse(Set.of());
    checkSources(call, body, sources);
    var wanted =
        new Replay.Wanted(
            from.map(replays::firstAt).orElse(1L),
            to.map(replays::firstAt).orElseGet(replays::end),
            from.map(Instant::toString).orElse(""),
            to.map(Instant::toString).orElse(""),
            states,
            kinds,
            sources,
            TermsMembers.filter(body));
    if (to.isPresent() && wanted.until() <= 1) {
      throw invalid("The member `to` must not lie before the hub's first event.");
    }
    int perSecond =
        body.number("per_second", 1, Replay.MOST_PER_SECOND).orElse(Replay.USUAL_PER_SECOND);
    if (body.flag("dry_run").orElse(false)) {
      return Call.ok(counted(endpoint, wanted));
    }
    var draw = Draw.fresh(store.now(), hub);
    var reply =
        call.change(batch -> {
          var beside = Replay.listRunning(batch, endpoint.id());
          var replay =
              Replay.begin(batch, draw, endpoint.id(), wanted, perSecond, call.principal().id());
          var view = view(replay);
          if (!beside.isEmpty()) {
            var running = view.putArray("beside");
            beside.forEach(running::add);
          }
          return new Call.Answer(201, view);
        });
    work.run();
    return reply;
  }

  private void checkTimes(Optional<Instant> from, Optional<Instant> to) {
    if (from.isPresent() && from.get().isAfter(store.now())) {
      throw invalid("The member `from` must not lie in the future: nothing has happened there.");
    }
    if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
      throw invalid("The member `from` must be before `to`: nothing lies between them.");
    }
  }

  private void checkSources(Call call, Members body, Set<String> sources) {
    var settings = store.settings();
    var nodes = Nodes.in(settings);
    var all = Sources.in(settings);
    if (body.has("sources") && sources.isEmpty()) {
      throw invalid("The member `sources` must name one source or more; leave it out for all.");
    }
    for (var source : sources) {
      if (all.find(source).filter(s -> call.scope().containsNode(nodes, s.node())).isEmpty()) {
        throw invalid(
            "The member `sources` must be a list of ids of sources; one of them is none.");
      }
    }
  }

  private ObjectNode counted(Endpoint endpoint, Replay.Wanted wanted) {
    var count = replays.count(endpoint, wanted);
    var view = Json.object();
    view.put("dry_run", true);
    view.put("events", count.byState().values().stream().mapToLong(n -> n).sum());
    var by = view.putObject("by_state");
    count.byState().forEach(by::put);
    view.put("complete", count.complete());
    return view;
  }

  private static Instant time(String name, String text) {
    try {
      return Call.instant(text);
    } catch (IllegalArgumentException _) {
      throw invalid("The member `" + name + "` must be a time such as 2026-03-14T09:30:00Z.");
    }
  }

  private static FaultException invalid(String sentence) {
    return new FaultException(Fault.BODY_INVALID, sentence);
  }

  /// Pauses it, lets it go on, stops it, or gives it another pace.
  Reply change(Call call) throws Exception {
    var known = replay(call);
    var body = call.members(Set.of("state", "per_second"));
    var state =
        body.text("state")
            .map(t -> Call.member("state", "running, paused or stopped", t, Replay.State::of));
    if (state.isPresent() && state.get() == Replay.State.FINISHED) {
      throw invalid("The member `state` must be running, paused or stopped.");
    }
    var perSecond = body.number("per_second", 1, Replay.MOST_PER_SECOND);
    var reply =
        call.change(batch -> {
          var now =
              Replay.find(batch, known.id()).orElseThrow(() -> AccountResources.missing("replay"));
          if (!now.state().isOpen()) {
            throw new FaultException(
                Fault.STATE_CONFLICT, "It is " + now.state().word() + " and does not go on.");
          }
          return new Call.Answer(
              200, view(Replay.change(batch, now, state.orElse(null), perSecond.orElse(null))));
        });
    work.run();
    return reply;
  }

  private ObjectNode view(Replay r) {
    var json = Json.object();
    json.put("id", r.id());
    if (r.inbox().isEmpty()) {
      json.put("endpoint", r.endpointId());
      replays.name(r).ifPresent(n -> json.put("endpoint_name", n));
    } else {
      json.put("inbox", r.inbox());
      replays.name(r).ifPresent(n -> json.put("inbox_name", n));
    }
    json.put("state", r.state().word());
    if (!r.reason().isEmpty()) {
      json.put("reason", r.reason());
    }
    var wanted = r.wanted();
    if (!wanted.from().isEmpty()) {
      json.put("from", wanted.from());
    }
    if (!wanted.to().isEmpty()) {
      json.put("to", wanted.to());
    }
    list(json, "states", wanted.states());
    list(json, "kinds", wanted.kinds());
    list(json, "sources", wanted.sources());
    if (!wanted.filter().isEmpty()) {
      json.put("filter", wanted.filter());
    }
    json.put("per_second", r.perSecond());
    json.put("examined", r.examined());
    json.put("to_examine", r.toExamine());
    json.put("planned", r.planned());
    json.put("retried", r.retried());
    json.put("passed_over", r.passedOver());
    json.put("created_at", r.createdAt().toString());
    if (r.endedAt() != null) {
      json.put("ended_at", r.endedAt().toString());
    }
    json.put("created_by", r.principal());
    return json;
  }

  private static void list(ObjectNode json, String name, Set<String> words) {
    var list = json.putArray(name);
    words.stream().sorted().forEach(list::add);
  }
}
