package dev.porchlight.console.endpoints;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.porchlight.console.Clean;
import dev.porchlight.console.Fact;
import dev.porchlight.console.Visit;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.EndpointTest;
import dev.porchlight.delivery.Endpoints;
import dev.porchlight.delivery.Engine;
import dev.porchlight.delivery.Missed;
import dev.porchlight.desk.onward.Replay;
import dev.porchlight.desk.onward.Replays;
import dev.porchlight.desk.setup.EndpointSetup;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.value.Draw;
import dev.porchlight.web.Reply;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// What the buttons on the page of an endpoint do: try it, give it a new secret, pause and enable
/// it, deliver what it missed.
final class EndpointButtons {
  private static final int BODY = 20_000;

  private final Store store;
  private final int hub;
  private final EndpointSetup setup;
  private final Replays replays;
  private final Runnable replayWork;
  private final Engine engine;
  private final EndpointTest test;
  private final EndpointPage page;

  /// @param hub the hub's number
  /// @param replayWork is told that a replay may go on
  EndpointButtons(
      Store store,
      int hub,
      EndpointSetup setup,
      Replays replays,
      Runnable replayWork,
      Engine engine,
      EndpointTest test,
      EndpointPage page) {
    this.store = store;
    this.hub = hub;
    this.setup = setup;
    this.replays = replays;
    this.replayWork = replayWork;
    this.engine = engine;
    this.test = test;
    this.page = page;
  }

  Reply test(Visit visit, Endpoint endpoint) {
    var t = visit.texts();
    var exchange = test.run(endpoint);
    var status = exchange.status();
    return visit.page(
        "endpoints/tried.jte",
        new EndpointView.Tried(
            EndpointSection.PATH + endpoint.id(),
            Clean.line(endpoint.name()),
            exchange.delivered(),
            status == null
                ? Clean.line(exchange.error())
                : t.of(exchange.delivered() ? "tried.taken" : "tried.refused", status),
            t.took(exchange.duration()),
            Clean.line(exchange.url()),
            exchange.headers().entrySet().stream()
                .map(h -> new Fact(Clean.line(h.getKey()), Clean.line(h.getValue())))
                .toList(),
            Clean.lines(
                exchange.shown().isEmpty() ? new String(exchange.body(), UTF_8) : exchange.shown(),
                BODY),
            Clean.lines(new String(exchange.answer(), UTF_8), BODY)));
  }

  Reply rotate(Visit visit, Endpoint endpoint) {
    var asked = visit.form().text("overlap");
    var hours =
        asked.isEmpty()
            ? Optional.of(EndpointPage.OVERLAPS.getFirst())
            : EndpointPage.OVERLAPS.stream().filter(o -> o.toString().equals(asked)).findFirst();
    if (hours.isEmpty()) {
      visit.form().refuse("overlap", visit.texts().of("overlap.wrong"));
      return page.show(visit, endpoint, "", "");
    }
    var overlap = Duration.ofHours(hours.get());
    var secret = setup.secret(endpoint.id(), false);
    var old = setup.listSigning(endpoint.id());
    store.write(
        WorkQueue.EDITS,
        batch -> setup.rotate(batch, endpoint.id(), secret, old, overlap, visit.principal().id()));
    return page.show(visit, endpoint, secret.shown(), "");
  }

  Reply pause(Visit visit, Endpoint endpoint, boolean disabled) {
    var missed = disabled ? Optional.<Missed>empty() : Missed.by(store, endpoint);
    boolean known =
        store.write(
            WorkQueue.EDITS,
            batch -> {
              var now = Endpoints.in(batch.settings()).find(endpoint.id());
              now.ifPresent(e ->
                  setup.change(
                      batch, visit.scope(), e, e.with(e.subscription(), disabled), Set.of()));
              return now.isPresent();
            });
    engine.wake();
    long givenUp = missed.map(Missed::givenUp).orElse(0L);
    if (known && givenUp > 0) {
      return page.show(
          visit,
          endpoint.with(endpoint.subscription(), false),
          "",
          visit.texts().of("endpoint.enabled.missed", givenUp));
    }
    return known
        ? visit.done(
            "/endpoints/" + endpoint.id(), disabled ? "endpoint.paused" : "endpoint.enabled")
        : visit.missing();
  }

  /// Delivers what it missed, or counts first what that would be.
  Reply replay(Visit visit, Endpoint endpoint) {
    int days = EndpointPage.DAYS.getFirst();
    for (var since : EndpointPage.DAYS) {
      if (visit.form().text("since").equals(since.toString())) {
        days = since;
      }
    }
    var from = visit.now().minus(Duration.ofDays(days));
    var wanted =
        new Replay.Wanted(
            replays.firstAt(from),
            replays.end(),
            from.toString(),
            "",
            Replay.MISSED,
            Set.of(),
            Set.of(),
            "");
    if (visit.form().text("do").equals("count")) {
      var count = replays.count(endpoint, wanted);
      long all = count.byState().values().stream().mapToLong(n -> n).sum();
      return page.show(
          visit,
          endpoint,
          "",
          visit.texts().of(count.complete() ? "endpoint.counted" : "endpoint.counted.more", all));
    }
    var draw = Draw.fresh(store.now(), hub);
    store.write(
        WorkQueue.EDITS,
        batch ->
            Replay.begin(
                batch,
                draw,
                endpoint.id(),
                wanted,
                Replay.USUAL_PER_SECOND,
                visit.principal().id()));
    replayWork.run();
    return visit.done("/endpoints/" + endpoint.id(), "endpoint.replayed");
  }
}
