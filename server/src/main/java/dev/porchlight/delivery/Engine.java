package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.trace.Traces;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works off what is owed.
///
/// Work is leased by lane: the deliveries of one order key at one endpoint. Whoever holds the lease
/// attempts the lane's head, records the attempt and how the delivery stands in one unit, and goes
/// on until nothing in the lane is due. When its last delivery was taken, the lane's seat at the
/// endpoint goes to another lane while that is recorded. The unit checks owner and fence first; a
/// holder whose lease went to somebody else settles nothing.
///
/// A lane planned by this process comes leased to it and is offered in memory as soon as the lead
/// is on disk ([#offer]). Everything else is found by a poll over the endpoints, each with a quota,
/// so that the backlog of one does not starve the rest: lanes whose wait is over, those of a hub
/// that died, those that found no room here.
///
/// A head that failed blocks its lane until the waits grow beyond an hour; then it is marked
/// *passed*, keeps its own times, and the others go on.
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final Duration NEEDED = Duration.ofSeconds(16);
  private static final long POLL_MILLIS = 250;

  /// How many lanes are begun with one reading of what they tell.
  private static final int READ_TOGETHER = 128;

  private final Store store;
  private final String hub;
  private final Duration lease;
  private final Renderer renderer;
  private final Function<String, EndpointSecrets> secrets;
  private final Sender sender;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Rooms rooms;
  private final AtomicInteger running = new AtomicInteger();
  private final Semaphore wake = new Semaphore(0);
  private final Listener listener;
  private final Joined joined = new Joined();
  private final Breakers breakers;
  private final DueLanes dueLanes;
  private final OpenLanes openLanes;
  private final Settling settling;
  private volatile boolean closing;

  /// The last look for work found some, so there may be more.
  private volatile boolean more;

  private @Nullable Thread poller;

  /// Is told of what happens; for metrics. Must be quick.
  public interface Listener {
    void attempted(Delivery delivery, Attempt attempt, DeliveryState after);
  }

  /// @param hub names this process as the owner of lanes
  /// @param secrets what is known of an endpoint by its id
  /// @param marks headers that every request carries, for example `User-Agent`
  /// @param traces where attempts are told of
  public Engine(
      Store store,
      String hub,
      Duration lease,
      Renderer renderer,
      Transport transport,
      AccessTokens tokens,
      Function<String, EndpointSecrets> secrets,
      Map<String, String> marks,
      Traces traces,
      Listener listener) {
    this.store = store;
    this.hub = hub;
    this.lease = lease;
    this.renderer = renderer;
    this.secrets = secrets;
    sender = new Sender(store, transport, tokens, marks, traces);
    this.listener = listener;
    breakers = new Breakers(store);
    rooms = new Rooms(store);
    dueLanes = new DueLanes(store, hub, lease, rooms, breakers);
    openLanes = new OpenLanes(store);
    settling = new Settling(store, hub, lease, joined, breakers, this::wake, () -> closing);
  }

  /// Starts polling.
  ///
  /// @param alone no other process works on this store: leases left by one that died are void
  public void start(boolean alone) {
    if (alone) {
      store.write(
          WorkQueue.ATTEMPTS,
          batch ->
              batch
                  .sql()
                  .execute(
                      "UPDATE lane SET owner = NULL, leased_until = NULL WHERE owner <> ?", hub));
    }
    breakers.refresh();
    poller = Thread.ofPlatform().name("delivery-poller").daemon().start(this::poll);
  }

  /// Starts on lanes that were just planned and are leased to this process, and notes what was
  /// planned into those that it holds. Quick: for use right after a commit.
  public void offer(List<Claim> claims) {
    for (var claim : claims) {
      if (claim.joins()) {
        claim.head().ifPresent(delivery -> joined.add(claim, delivery));
      } else {
        begin(claim);
      }
    }
  }

  /// Whether a lane of that endpoint that is leased now would be started on soon.
  public boolean hasRoom(String endpoint) {
    return !breakers.isShut(endpoint) && rooms.isRoomy(endpoint);
  }

  /// Looks for due work now.
  public void wake() {
    wake.release();
  }

  /// How many lanes are being worked on, those included whose last outcome is being recorded.
  public int running() {
    return running.get();
  }

  /// Takes no new work and returns when all attempts under way are recorded and all lanes let go.
  @Override
  public void close() {
    closing = true;
    wake.release();
    if (poller != null) {
      try {
        poller.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    workers.close();
    releaseWaiting();
  }

  /// Lets go what waited for a seat that nobody left any more: another hub may take it at once.
  private void releaseWaiting() {
    try (var last = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var waiting : rooms.clear()) {
        last.execute(() -> guarded(waiting.claim(), () -> settling.release(waiting.claim())));
      }
    }
  }

  /// Begins on a lane that was leased in the unit that planned its head: by now that may be a while
  /// ago.
  private void begin(Claim claim) {
    var age = claim.head().map(head -> Duration.between(head.plannedAt(), store.now()));
    long since =
        System.nanoTime() - age.filter(a -> !a.isNegative()).orElse(Duration.ZERO).toNanos();
    begin(new Waiting(claim, since, List.of()));
  }

  private void begin(Waiting waiting) {
    var claim = waiting.claim();
    var room = rooms.of(claim.endpointId());
    switch (room.enter(waiting)) {
      case AT_ONCE -> run(room, waiting);
      case LATER -> {}
      case NO_ROOM -> {
        workers.execute(() -> guarded(claim, () -> settling.release(claim)));
        joined.ended(claim);
      }
    }
  }

  private void run(Room room, Waiting first) {
    running.incrementAndGet();
    try {
      workers.execute(() -> {
        try {
          for (var next = first; next != null; ) {
            var waiting = next;
            var seat = new Seat(room);
            guarded(waiting.claim(), () -> work(waiting, seat));
            next = seat.end();
            fill(room);
          }
        } finally {
          running.decrementAndGet();
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.debug("The hub closes; a lane of endpoint {} waits", first.claim().endpointId(), e);
      running.decrementAndGet();
      room.back(first);
    }
  }

  /// Starts on what waits for room as far as there is some.
  private void fill(Room room) {
    while (!closing) {
      var next = room.another();
      if (next == null) {
        break;
      }
      run(room, next);
    }
    if (more && room.runsDry()) {
      wake.release();
    }
  }

  private static void guarded(Claim claim, Runnable work) {
    try {
      work.run();
    } catch (StoreUnavailableException e) {
      LOG.warn(
          "A lane of endpoint {} is left to its lease: {}", claim.endpointId(), e.getMessage());
    } catch (RuntimeException | Error e) {
      // An Error too: the room that this lane took must go to the next one.
      LOG.error("Working on a lane of endpoint {} failed", claim.endpointId(), e);
    }
  }

  private void work(Waiting waiting, Seat seat) {
    var claim = waiting.claim();
    try {
      var known = claim.head().map(head -> openLanes.planned(List.of(head))).orElse(waiting.view());
      drain(new Hold(claim, seat, waiting.since(), known));
    } finally {
      joined.ended(claim);
      breakers.ended(claim);
    }
  }

  /// Sees to it that the lease lasts: nothing may be sent on one that ends before the answer can be
  /// here. False when the lease went to somebody else.
  private boolean lasts(Hold hold) {
    var held = Duration.ofNanos(System.nanoTime() - hold.since);
    return held.plus(NEEDED).compareTo(lease) <= 0 || patiently(() -> settling.renew(hold));
  }

  /// Does what needs the store, again and again while that is away, but not for longer than a
  /// lease: what an attempt showed is worth waiting with, else the message goes twice. The fence
  /// tells whether the lane is still ours when the store is back.
  private <T> T patiently(Supplier<T> work) {
    long began = System.nanoTime();
    while (true) {
      try {
        return work.get();
      } catch (StoreUnavailableException e) {
        if (closing || System.nanoTime() - began > lease.toNanos()) {
          throw e;
        }
        LOG.debug("A lane waits for the store: {}", e.getMessage());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
      }
    }
  }

  private void drain(Hold hold) {
    var claim = hold.claim;
    while (true) {
      if (closing) {
        settling.release(claim);
        return;
      }
      var view = hold.known.isEmpty() ? patiently(() -> openLanes.look(hold)) : hold.known;
      var endpoint = Endpoints.in(store.settings()).find(claim.endpointId());
      if (endpoint.isPresent() && (endpoint.get().disabled() || !breakers.lets(claim))) {
        settling.release(claim);
        return;
      }
      if (endpoint.isPresent() && endpoint.get().terms().order(claim.orderKey()) == Order.NEWEST) {
        var old = patiently(() -> openLanes.superseded(claim));
        if (old.isPresent()) {
          if (!drop(hold, old.get(), view)) {
            return;
          }
          continue;
        }
      }
      // What is owed to an endpoint that is gone waits for nothing.
      var next = endpoint.isEmpty() ? view.stream().findFirst() : OpenLanes.next(view, store.now());
      next.ifPresent(open -> joined.attempted(claim, open.delivery()));
      boolean goOn = next.isPresent() ? attempt(hold, next.get(), view) : settle(hold, view, null);
      if (!goOn) {
        return;
      }
    }
  }

  private boolean drop(Hold hold, Open old, List<Open> view) {
    joined.attempted(hold.claim, old.delivery());
    var dropped =
        old.state().dropped("Superseded: a newer state of the same is planned.", store.now());
    return settle(
        hold, view, new Settlement(dropped, null, Duration.ZERO, old.delivery(), old.state()));
  }

  /// Attempts one delivery and settles it; whether to go on with the lane.
  private boolean attempt(Hold hold, Open open, List<Open> view) {
    var delivery = open.delivery();
    var endpoint = Endpoints.in(store.settings()).find(delivery.endpointId());
    if (endpoint.isEmpty()) {
      return settle(
          hold,
          view,
          new Settlement(
              open.state().dropped(RemovedEndpoints.WHY, store.now()),
              null,
              Duration.ZERO,
              delivery,
              open.state()));
    }
    Sender.Sent sent;
    String losses;
    try {
      var known = secrets.apply(delivery.endpointId());
      switch (patiently(() -> renderer.render(delivery, endpoint.get(), known))) {
        case Renderer.Rendered.CannotWrite(var reason) -> {
          return settle(
              hold,
              view,
              new Settlement(
                  open.state().unwritable(reason, store.now()),
                  null,
                  Duration.ZERO,
                  delivery,
                  open.state()));
        }
        case Renderer.Rendered.Ready ready -> {
          if (!pace(endpoint.get()) || !breakers.lets(hold.claim)) {
            settling.release(hold.claim);
            return false;
          }
          sent = sender.send(open, endpoint.get(), known, ready, () -> lasts(hold));
          losses = ready.losses();
        }
      }
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("Delivery {} could not be sent: a defect of ours", delivery.id(), e);
      var defect =
          new Attempt(
              delivery.id(),
              open.state().attempts() + 1,
              store.now(),
              Duration.ZERO,
              Attempt.Outcome.DEFECT,
              null,
              "Writing or signing failed by a defect of ours.",
              new byte[0],
              0,
              new byte[0]);
      sent = new Sender.Sent(defect, Duration.ZERO);
      losses = open.state().losses();
    }
    return sent != null && tried(hold, open, view, sent, losses);
  }

  /// Waits for the endpoint's next place by its pace; false when the hub closes before.
  private boolean pace(Endpoint endpoint) {
    long began = System.nanoTime();
    long wait = rooms.of(endpoint.id()).reserve(began);
    for (long left = wait; left > 0; left = wait - (System.nanoTime() - began)) {
      if (closing) {
        return false;
      }
      LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS)));
    }
    return true;
  }

  private Order order(Delivery delivery) {
    return Endpoints.in(store.settings())
        .find(delivery.endpointId())
        .map(e -> e.terms().order(delivery.orderKey()))
        .orElse(Order.PASS);
  }

  /// Settles an attempt. Recorded times are the store's: a wait counts from the end of the attempt
  /// before.
  private boolean tried(Hold hold, Open open, List<Open> view, Sender.Sent sent, String losses) {
    var delivery = open.delivery();
    var attempt = sent.attempt();
    var room = rooms.of(delivery.endpointId());
    if (attempt.outcome() == Attempt.Outcome.DELIVERED) {
      room.grow();
      // Where nothing more is known in the lane, the receiver is free for the next one while this
      // is written down.
      if (!closing && hold.pending <= 1 && joined.size(hold.claim) == 0 && hold.seat.leave()) {
        fill(room);
      }
    } else if (Overload.slows(attempt)) {
      room.shrink(System.nanoTime());
    }
    var after =
        open.state()
            .after(
                attempt,
                sent.asked(),
                RetrySchedule.of(delivery.kind()),
                order(delivery),
                store.now(),
                ThreadLocalRandom.current().nextDouble(-0.1, 0.1),
                losses);
    boolean goOn =
        settle(hold, view, new Settlement(after, attempt, sent.asked(), delivery, open.state()));
    listener.attempted(delivery, attempt, after);
    return goOn;
  }

  /// Sends a sample to an endpoint just as a delivery would be sent.
  public Sender.Trial trial(Delivery sample, Endpoint endpoint, Renderer.Rendered.Ready ready) {
    return sender.trial(sample, endpoint, secrets.apply(endpoint.id()), ready);
  }

  /// Records how a delivery stands now, and when its lane is due next.
  ///
  /// @return whether there is more to do in the lane at once, which then is still leased to us
  private boolean settle(Hold hold, List<Open> view, @Nullable Settlement settlement) {
    return patiently(() -> {
      long before = System.nanoTime();
      hold.planned = List.of();
      boolean goOn = settling.settle(hold, view, settlement);
      hold.known = openLanes.planned(hold.planned);
      hold.since = before;
      return goOn;
    });
  }

  private void poll() {
    while (!closing) {
      boolean again = false;
      try {
        breakers.refresh();
        var due = dueLanes.find();
        long since = System.nanoTime();
        var claims = dueLanes.claim(due.lanes());
        more = !claims.isEmpty();
        again = more && due.cut();
        begin(claims, since);
      } catch (StoreUnavailableException e) {
        if (e.isClosed()) {
          return;
        }
        more = false;
        LOG.debug("No work found: {}", e.getMessage());
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread nothing that waits would ever go out.
        more = false;
        LOG.error("Looking for due deliveries failed", e);
      }
      if (again) {
        continue;
      }
      try {
        if (wake.tryAcquire(more ? POLL_MILLIS / 16 : POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// @param since the moment (of [System#nanoTime]) before these were leased
  private void begin(List<Claim> claims, long since) {
    List<Waiting> all;
    try {
      all = openLanes.lookAll(claims, since);
    } catch (RuntimeException | Error e) {
      // They are leased to us, so each must be begun; it looks for itself then.
      LOG.debug("Looking at the lanes at once failed", e);
      all = claims.stream().map(c -> new Waiting(c, since, List.of())).toList();
    }
    for (int i = 0; i < all.size(); i += READ_TOGETHER) {
      var some = all.subList(i, Math.min(all.size(), i + READ_TOGETHER));
      readAhead(some);
      some.forEach(this::begin);
    }
  }

  private void readAhead(List<Waiting> lanes) {
    try {
      var now = store.now();
      renderer.readAhead(
          lanes.stream()
              .flatMap(w -> OpenLanes.next(w.view(), now).stream())
              .map(Open::delivery)
              .toList());
    } catch (RuntimeException | Error e) {
      LOG.debug("Reading ahead failed; each is read by itself", e);
    }
  }
}
