package dev.porchlight;

import dev.porchlight.access.spark.SparkGrants;
import dev.porchlight.delivery.AttemptAge;
import dev.porchlight.delivery.RemovedEndpoints;
import dev.porchlight.desk.LastHour;
import dev.porchlight.desk.OwedWork;
import dev.porchlight.desk.erasure.BodyAge;
import dev.porchlight.desk.erasure.Periods;
import dev.porchlight.desk.erasure.Retention;
import dev.porchlight.desk.events.gone.EventAge;
import dev.porchlight.desk.feed.Telling;
import dev.porchlight.desk.feed.Watching;
import dev.porchlight.desk.onward.Announcing;
import dev.porchlight.desk.onward.Fallback;
import dev.porchlight.desk.onward.Notices;
import dev.porchlight.desk.onward.ReplayWork;
import dev.porchlight.door.events.EventsDoor;
import dev.porchlight.poll.Poller;
import dev.porchlight.store.Store;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// What a hub does of itself, without being asked, from its start to its end. Its parts start in
/// the order in which they are made here, after the engine that delivers what they plan; they end
/// before it, in the order of [#close].
final class Working implements AutoCloseable {
  private final Poller poller;
  private final OwedWork owedWork;
  private final LastHour lastHour;
  private final Retention retention;
  private final RemovedEndpoints removed;
  private final Fallback fallback;
  private final ReplayWork replayWork;
  private final Notices notices;
  private final Watching watching;
  private final Announcing announcing;
  private final Telling telling;
  private final Periods configured;

  Working(Ground ground, Reads reads, Delivering delivering, Deciding deciding) {
    var store = ground.store();
    int number = ground.number();
    var config = ground.config();
    var engine = delivering.engine();
    var planner = delivering.planner();
    var desk = deciding.desk();
    var deliveries = reads.deliveries();
    var contracts = ground.contracts();
    owedWork = new OwedWork(store, desk);
    lastHour = new LastHour(store);
    poller =
        new Poller(
            store,
            desk,
            ground.secrets(),
            delivering.outgoing(),
            ground.process(),
            "Porchlight/" + Hub.VERSION,
            (contract, body) -> contracts.get(contract).peekLeadId(body),
            ground.meters());
    var erasure = deciding.erasure();
    store.follow(erasure::follow);
    configured =
        new Periods(config.receiptsKeptDays(), config.attemptsKeptDays(), config.eventsKeptDays());
    var attempts = new AttemptAge(store, days(store, Periods::attempts));
    var bodies = new BodyAge(store, desk, days(store, Periods::receipts));
    var eventAge = new EventAge(store, delivering.events(), days(store, Periods::events));
    retention =
        new Retention(
            store,
            erasure,
            List.of(
                _ -> ground.secrets().dropExpired(),
                goesOn -> SparkGrants.dropUnused(store, goesOn),
                bodies::drop,
                attempts::drop,
                eventAge::drop,
                _ -> ground.audit().drop()));
    removed = new RemovedEndpoints(store);
    fallback = new Fallback(store, number, planner, deliveries, engine::offer);
    watching = new Watching(store);
    announcing =
        new Announcing(
            store, deciding.publishing(), reads.messages(), contracts.get(EventsDoor.CONTRACT));
    telling = new Telling(store, number, planner, deliveries, engine::offer);
    notices = new Notices(store, number, deliveries, engine::wake);
    replayWork =
        new ReplayWork(
            store,
            reads.replays(),
            deciding.inboxReplays(),
            deliveries,
            ground.process(),
            engine::wake);
  }

  /// As an administrator said, else as configured.
  private IntSupplier days(Store store, Function<Periods, @Nullable Integer> which) {
    return () -> {
      var days = which.apply(Periods.in(store.settings()).over(configured));
      return days == null ? 0 : days;
    };
  }

  /// For how long what need not be kept is kept, as configured.
  Periods configured() {
    return configured;
  }

  LastHour lastHour() {
    return lastHour;
  }

  ReplayWork replays() {
    return replayWork;
  }

  Retention retention() {
    return retention;
  }

  Watching watching() {
    return watching;
  }

  /// Looks for what is due now; for whoever sets the clock.
  void wake() {
    owedWork.wake();
    poller.wake();
    retention.wake();
    fallback.wake();
    replayWork.wake();
    notices.wake();
    watching.wake();
    telling.wake();
  }

  @Override
  public void close() {
    poller.close();
    owedWork.close();
    lastHour.close();
    retention.close();
    removed.close();
    fallback.close();
    replayWork.close();
    notices.close();
    watching.close();
    announcing.close();
    telling.close();
  }
}
