package dev.porchlight.desk.onward;

import dev.porchlight.delivery.Deliveries;
import dev.porchlight.delivery.DeliveryState;
import dev.porchlight.delivery.Endpoint;
import dev.porchlight.delivery.Planner;
import dev.porchlight.delivery.Redelivery;
import dev.porchlight.desk.Allowance;
import dev.porchlight.desk.events.InboxReplays;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Store;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.store.log.StandingWork;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works on replays, each at its own pace beside what happens meanwhile: no more is made due than
/// the pace allows, and nothing while the endpoint has a few hundred lanes to work off or is
/// disabled.
///
/// What a step did and how far it has looked is written in one unit, which does nothing where
/// another hub was quicker: after a kill it goes on where it was, and no event is delivered twice
/// because of it.
public final class ReplayWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayWork.class);
  private static final int MOST_LANES = 256;
  private static final int MOST_AT_ONCE = 100;
  private static final Duration STEP = Duration.ofMillis(50);
  private static final Duration TROUBLED = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final Store store;
  private final Replays replays;
  private final Deliveries deliveries;
  private final String process;
  private final InboxReplays inboxes;
  private final Runnable work;
  private final Map<String, Allowance> allowances = new HashMap<>();
  private final StandingWork steps;

  /// When those that failed by a defect are tried again, by [System#nanoTime].
  private final Map<String, Long> troubled = new HashMap<>();

  /// Starts.
  ///
  /// @param inboxes replays of inboxes, which it works on too
  /// @param process names this process as the owner of leases
  /// @param work is told that deliveries are due
  public ReplayWork(
      Store store,
      Replays replays,
      InboxReplays inboxes,
      Deliveries deliveries,
      String process,
      Runnable work) {
    this.store = store;
    this.replays = replays;
    this.inboxes = inboxes;
    this.deliveries = deliveries;
    this.process = process;
    this.work = work;
    steps = new StandingWork("replay", LOG, this::step);
    steps.start();
  }

  /// Looks again now.
  public void wake() {
    steps.wake();
  }

  private Duration step() {
    var running = replays.listRunning();
    var ids = running.stream().map(Replay::id).toList();
    allowances.keySet().retainAll(ids);
    troubled.keySet().retainAll(ids);
    long now = System.nanoTime();
    for (var job : running) {
      if (!steps.isClosing()
          && !job.isElsewhere(process, store.now())
          && now - troubled.getOrDefault(job.id(), now) >= 0
          && !StandingWork.orStepOver(LOG, "Replay " + job.id(), () -> step(job))) {
        troubled.put(job.id(), System.nanoTime() + TROUBLED.toNanos());
      }
    }
    boolean busy = inboxes.step(process, work) || !running.isEmpty();
    return busy ? STEP : StandingWork.REST;
  }

  private void step(Replay job) {
    var endpoint = replays.endpoint(job);
    if (endpoint.isEmpty()) {
      end(job, Replay.State.STOPPED, "The endpoint was removed.");
      return;
    }
    if (job.place() >= job.wanted().until() - 1) {
      end(job, Replay.State.FINISHED, "");
      return;
    }
    var allowance = allowances.computeIfAbsent(job.id(), _ -> new Allowance(MOST_AT_ONCE));
    int most = allowance.take(job.perSecond());
    if (most < 1
        || endpoint.get().disabled()
        || deliveries.counts().hasLanes(job.endpointId(), MOST_LANES)) {
      return;
    }
    var page = replays.look(endpoint.get(), job.wanted(), job.place(), job.part(), most);
    allowance.took(page.chosen().size());
    boolean moved = store.write(WorkQueue.REPLAY, batch -> write(batch, job, endpoint.get(), page));
    if (moved && !page.chosen().isEmpty()) {
      work.run();
    }
  }

  /// The job as it stands, when it is still as it was known.
  private Optional<Replay> known(Batch batch, Replay job) {
    var now = batch.find(Replay.TABLE, job.id());
    return now != null
            && now.state() == Replay.State.RUNNING
            && now.place() == job.place()
            && now.part().equals(job.part())
            && !now.isElsewhere(process, batch.clock())
        ? Optional.of(now)
        : Optional.empty();
  }

  private boolean write(Batch batch, Replay job, Endpoint endpoint, Replays.Page page) {
    var found = known(batch, job);
    if (found.isEmpty()) {
      return false;
    }
    long planned = 0;
    long retried = 0;
    long passed = page.passedOver();
    for (var one : page.chosen()) {
      if (Changes.isOver(batch, one.event())) {
        passed++;
      } else if (one.state() == null && !Planner.isPlanned(batch, one.deliveryId())) {
        Planner.planLate(batch, one.event(), endpoint, why(job, endpoint), one.draw());
        planned++;
      } else if (Redelivery.again(batch, one.deliveryId(), s -> isWanted(job, s))) {
        retried++;
      } else {
        passed++;
      }
    }
    batch.put(
        Replay.TABLE,
        found
            .get()
            .moved(
                page.place(),
                page.part(),
                planned,
                retried,
                passed,
                process,
                batch.clock().plus(LEASE)));
    return true;
  }

  private static boolean isWanted(Replay job, DeliveryState.State state) {
    return job.wanted().states().contains(state.word());
  }

  private static String why(Replay job, Endpoint endpoint) {
    return "It was not planned for "
        + endpoint.name()
        + " when it happened; replay "
        + job.id()
        + " asked for it.";
  }

  private void end(Replay job, Replay.State state, String reason) {
    store.write(
        WorkQueue.REPLAY,
        batch -> {
          var found = known(batch, job);
          found.ifPresent(now -> {
            batch.put(Replay.TABLE, now.in(state, reason, batch.clock()));
            batch.append("replay." + state.word(), now.endpointId(), now.id());
          });
          return found.isPresent();
        });
  }

  /// Returns when no step is under way any more.
  @Override
  public void close() {
    steps.close();
  }
}
