package dev.porchlight.delivery;

import dev.porchlight.delivery.Planner.Claim;
import dev.porchlight.store.Batch;
import dev.porchlight.store.Row;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.store.Unit;
import dev.porchlight.store.Wanted;
import dev.porchlight.store.WorkQueue;
import dev.porchlight.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Works off what is owed.
///
/// Work is leased by lane: the deliveries of one order key at one endpoint. Whoever holds the lease
/// attempts the lane's head, records the attempt and how the delivery stands in one unit, and goes
/// on until nothing in the lane is due. The unit checks owner and fence first; a holder whose lease
/// went to somebody else settles nothing.
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
  private static final int QUOTA = 128;

  private static final Duration NEEDED = Duration.ofSeconds(16);
  private static final long POLL_MILLIS = 250;
  private static final Instant AT_ANY_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private final Store store;
  private final String hub;
  private final Duration lease;
  private final Renderer renderer;
  private final Function<String, EndpointSecrets> secrets;
  private final Sender sender;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Room> rooms = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();
  private final Semaphore wake = new Semaphore(0);
  private final Listener listener;
  private final Joined joined = new Joined();
  private final Breakers breakers;
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
    var room = rooms.get(endpoint);
    return !breakers.isShut(endpoint) && (room == null || room.isRoomy());
  }

  /// Looks for due work now.
  public void wake() {
    wake.release();
  }

  /// How many lanes are being worked on.
  public int running() {
    return running.get();
  }

  /// Takes no new work and returns when all attempts under way are recorded.
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
  }

  private Room room(String endpoint) {
    return rooms.computeIfAbsent(
        endpoint,
        id -> {
          var room = new Room();
          Endpoints.in(store.settings()).find(id).ifPresent(e -> allow(room, e));
          return room;
        });
  }

  private static void allow(Room room, Endpoint endpoint) {
    room.allow(endpoint.terms().concurrency(), endpoint.terms().perSecond());
  }

  private void begin(Claim claim) {
    begin(new Waiting(claim, System.nanoTime(), List.of()));
  }

  private void begin(Waiting waiting) {
    var claim = waiting.claim();
    var room = room(claim.endpointId());
    switch (room.enter(waiting)) {
      case AT_ONCE -> run(room, waiting);
      case LATER -> {}
      case NO_ROOM -> {
        workers.execute(() -> guarded(claim, () -> release(claim)));
        joined.ended(claim);
      }
    }
  }

  private void run(Room room, Waiting first) {
    running.incrementAndGet();
    workers.execute(() -> {
      try {
        for (var next = first; next != null; next = room.next()) {
          var waiting = next;
          guarded(waiting.claim(), () -> work(waiting));
          for (var more = room.another(); more != null; more = room.another()) {
            run(room, more);
          }
          if (this.more && room.runsDry()) {
            wake.release();
          }
        }
      } finally {
        running.decrementAndGet();
      }
    });
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

  /// A lane that this hub works on. Only by the thread that does, and by the writer's while that
  /// one waits for it.
  private static final class Hold {
    private final Claim claim;
    private long since;

    /// What comes next in it; empty to look.
    private List<Open> known;

    /// What comes next in it and was planned since it is held; empty when that is not known.
    private List<Delivery> planned = List.of();

    /// Whether any of its deliveries is passed, so that these are looked for too.
    private boolean passed;

    /// How the lane's row was when its holder last looked or wrote: when it is another, somebody
    /// retried or planned something since.
    private int pending;

    private Instant due;

    /// @param since the moment (of [System#nanoTime]) at which its lease was taken, or before
    Hold(Claim claim, long since, List<Open> known) {
      this.claim = claim;
      this.since = since;
      this.known = known;
      passed = claim.passed();
      pending = claim.pending();
      due = claim.dueAt();
    }
  }

  private void work(Waiting waiting) {
    var claim = waiting.claim();
    try {
      var known = claim.head().map(head -> planned(List.of(head))).orElse(waiting.view());
      drain(new Hold(claim, waiting.since(), known));
    } finally {
      joined.ended(claim);
      breakers.ended(claim);
    }
  }

  /// Sees to it that the lease lasts: nothing may be sent on one that ends before the answer can be
  /// here. False when the lease went to somebody else.
  private boolean lasts(Hold hold) {
    var held = Duration.ofNanos(System.nanoTime() - hold.since);
    return held.plus(NEEDED).compareTo(lease) <= 0 || patiently(() -> renew(hold));
  }

  private boolean renew(Hold hold) {
    long before = System.nanoTime();
    boolean held =
        store.write(
            WorkQueue.ATTEMPTS,
            Unit.reading(
                List.of(laneOf(hold.claim)),
                batch -> {
                  var lane =
                      batch.find(Tables.LANE, hold.claim.endpointId(), hold.claim.orderKey());
                  if (lane == null || !lane.isHeld(hub, hold.claim.fence())) {
                    return false;
                  }
                  batch.put(Tables.LANE, lane.heldUntil(batch.clock().plus(lease)));
                  return true;
                }));
    hold.since = before;
    return held;
  }

  private static Wanted laneOf(Claim claim) {
    return Wanted.of(Tables.LANE, claim.endpointId(), claim.orderKey());
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
        release(claim);
        return;
      }
      var view = hold.known.isEmpty() ? patiently(() -> look(hold)) : hold.known;
      var endpoint = Endpoints.in(store.settings()).find(claim.endpointId());
      if (endpoint.isPresent() && (endpoint.get().disabled() || !breakers.lets(claim))) {
        release(claim);
        return;
      }
      if (endpoint.isPresent() && endpoint.get().terms().order(claim.orderKey()) == Order.NEWEST) {
        var old = patiently(() -> superseded(claim));
        if (old.isPresent()) {
          if (!drop(hold, old.get(), view)) {
            return;
          }
          continue;
        }
      }
      // What is owed to an endpoint that is gone waits for nothing.
      var next = endpoint.isEmpty() ? view.stream().findFirst() : next(view, store.now());
      next.ifPresent(open -> joined.attempted(claim, open.delivery()));
      boolean goOn = next.isPresent() ? attempt(hold, next.get(), view) : settle(hold, view, null);
      if (!goOn) {
        return;
      }
    }
  }

  /// What is open is not older than the oldest that is open at the endpoint: a lane that has had a
  /// million deliveries is not read from its beginning.
  private static final String NOT_OLDER =
      " AND d.seq >= (SELECT COALESCE(MIN(o.seq), 0) FROM delivery_state o"
          + " WHERE o.endpoint_id = :e AND o.state = 'pending')";

  private static final String OPEN =
      Deliveries.SELECT
          + "d.endpoint_id = :e AND d.order_key = :k"
          + NOT_OLDER
          + " AND s.state = 'pending' AND s.passed = ";
  static final String WAITING_ONES = OPEN + "0 ORDER BY d.seq, d.id LIMIT 2";
  static final String PASSED_ONES = OPEN + "1 ORDER BY s.next_at, d.id LIMIT 2";

  /// The two deliveries of a lane that come next in order, and the two passed ones that are due
  /// first: with the lane's counts, all that is needed to go on.
  private static List<Open> open(Handle h, Claim claim, boolean passed) {
    return Stream.of(WAITING_ONES, PASSED_ONES)
        .limit(passed ? 2 : 1)
        .flatMap(which ->
            h
                .createQuery(which)
                .bind("e", claim.endpointId())
                .bind("k", claim.orderKey())
                .map((r, _) -> Deliveries.standing(r))
                .list()
                .stream())
        .map(o -> new Open(o.delivery(), o.state()))
        .toList();
  }

  private List<Open> planned(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(d -> new Open(d, DeliveryState.planned(d, store.now())))
        .toList();
  }

  private List<Open> look(Hold hold) {
    return store.read(h -> open(h, hold.claim, hold.passed));
  }

  private static final int TOGETHER = 32;

  /// In lanes with more than that, most of what is open is of no interest yet.
  private static final int SHORT = 8;

  static final String ALL_OF_THESE =
      Deliveries.SELECT
          + "d.endpoint_id = :e AND d.order_key IN (<keys>)"
          + NOT_OLDER
          + " AND s.state = 'pending'"
          + " ORDER BY d.seq, d.id";

  /// Looks at many lanes at once: the first look of a reader after a commit is by far the dearest,
  /// and where the database is a server each question is a way there and back.
  private List<Waiting> lookAll(List<Claim> claims) {
    if (claims.isEmpty()) {
      return List.of();
    }
    long since = System.nanoTime();
    var views = new HashMap<Claim, List<Open>>();
    store.read(h -> {
      var together = new LinkedHashMap<String, List<Claim>>();
      for (var claim : claims) {
        if (claim.pending() > SHORT) {
          views.put(claim, open(h, claim, claim.passed()));
        } else {
          together.computeIfAbsent(claim.endpointId(), _ -> new ArrayList<>()).add(claim);
        }
      }
      together.forEach((endpoint, all) -> {
        for (int i = 0; i < all.size(); i += TOGETHER) {
          var some = all.subList(i, Math.min(all.size(), i + TOGETHER));
          var open = open(h, endpoint, some);
          some.forEach(c -> views.put(c, firstOf(open.getOrDefault(c.orderKey(), List.of()))));
        }
      });
      return views;
    });
    return claims.stream()
        .map(c -> new Waiting(c, since, views.getOrDefault(c, List.of())))
        .toList();
  }

  /// All that is open in some lanes of an endpoint, by lane, in order.
  private static Map<String, List<Open>> open(Handle h, String endpoint, List<Claim> lanes) {
    var keys = new ArrayList<>(lanes.stream().map(Claim::orderKey).toList());
    while (keys.size() < TOGETHER && keys.size() > 1) {
      // Always as many, so that it is one statement, which is kept.
      keys.add(keys.getLast());
    }
    return h
        .createQuery(ALL_OF_THESE)
        .bind("e", endpoint)
        .bindList("keys", keys)
        .map((r, _) -> Deliveries.standing(r))
        .list()
        .stream()
        .map(o -> new Open(o.delivery(), o.state()))
        .collect(Collectors.groupingBy(o -> o.delivery().orderKey()));
  }

  /// The two that come next in order, and the two passed ones that are due first.
  private static List<Open> firstOf(List<Open> lane) {
    return Stream.concat(
            lane.stream().filter(o -> !o.state().passed()).limit(2),
            lane.stream()
                .filter(o -> o.state().passed())
                .sorted(
                    Comparator.comparing(
                        (Open o) -> o.state().nextAt(),
                        Comparator.nullsFirst(Comparator.naturalOrder())))
                .limit(2))
        .toList();
  }

  /// What a lane attempts next: its first unpassed delivery when that is due, else a passed one
  /// that is.
  private static Optional<Open> next(List<Open> view, Instant now) {
    var first = view.stream().filter(o -> !o.state().passed()).findFirst();
    if (first.isPresent() && first.get().isDue(now)) {
      return first;
    }
    return view.stream().filter(o -> o.state().passed() && o.isDue(now)).findFirst();
  }

  static final String SUPERSEDED =
      Deliveries.SELECT
          + "d.endpoint_id = :e AND d.order_key = :k"
          + NOT_OLDER
          + " AND s.state = 'pending' AND EXISTS"
          + " (SELECT 1 FROM delivery n WHERE n.endpoint_id = :e AND n.order_key = :k"
          + " AND n.lead_id = d.lead_id AND n.seq > d.seq) ORDER BY d.seq, d.id LIMIT 1";

  /// The oldest open delivery of a lane of whose subject a newer state is planned.
  private Optional<Open> superseded(Claim claim) {
    return store.read(h ->
        h
            .createQuery(SUPERSEDED)
            .bind("e", claim.endpointId())
            .bind("k", claim.orderKey())
            .map((r, _) -> Deliveries.standing(r))
            .list()
            .stream()
            .findFirst()
            .map(o -> new Open(o.delivery(), o.state())));
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
              open.state().dropped("The endpoint was removed.", store.now()),
              null,
              Duration.ZERO,
              delivery,
              open.state()));
    }
    try {
      var known = secrets.apply(delivery.endpointId());
      return switch (patiently(() -> renderer.render(delivery, endpoint.get(), known))) {
        case Renderer.Rendered.CannotWrite(var reason) ->
            settle(
                hold,
                view,
                new Settlement(
                    open.state().unwritable(reason, store.now()),
                    null,
                    Duration.ZERO,
                    delivery,
                    open.state()));
        case Renderer.Rendered.Ready ready -> {
          if (!pace(endpoint.get())) {
            release(hold.claim);
            yield false;
          }
          var sent = sender.send(open, endpoint.get(), known, ready, () -> lasts(hold));
          yield sent != null && tried(hold, open, view, sent, ready.losses());
        }
      };
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
      return tried(hold, open, view, new Sender.Sent(defect, Duration.ZERO), open.state().losses());
    }
  }

  /// Waits for the endpoint's next place by its pace; false when the hub closes before.
  private boolean pace(Endpoint endpoint) {
    long began = System.nanoTime();
    long wait = room(endpoint.id()).reserve(began);
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
    var room = room(delivery.endpointId());
    if (attempt.outcome() == Attempt.Outcome.DELIVERED) {
      room.grow();
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

  /// What to write down of one delivery.
  ///
  /// @param asked what their `Retry-After` asked for
  /// @param basis how it stood when the attempt began
  /// @param words by which it is found
  private record Settlement(
      DeliveryState after,
      @Nullable Attempt attempt,
      Duration asked,
      Delivery delivery,
      DeliveryState basis,
      List<AnswerWords.Entry> words) {
    Settlement(
        DeliveryState after,
        @Nullable Attempt attempt,
        Duration asked,
        Delivery delivery,
        DeliveryState basis) {
      this(after, attempt, asked, delivery, basis, words(after, attempt));
    }

    /// Worked out here, before the unit that writes them.
    private static List<AnswerWords.Entry> words(DeliveryState after, @Nullable Attempt attempt) {
      if (attempt != null) {
        return AnswerWords.of(attempt, after.seq(), after.endpointId());
      }
      return after.state() == DeliveryState.State.UNWRITABLE
          ? AnswerWords.ofReason(after)
          : List.of();
    }

    /// How it stands, given how it was found: one that somebody retried by hand during the attempt
    /// is due now, as they were told.
    DeliveryState after(DeliveryState found, Instant now) {
      return found.tries() < basis.tries() && after.state() != DeliveryState.State.DELIVERED
          ? after.dueNow(now)
          : after;
    }

    /// Whether an earlier try at writing it down took place, though nobody could tell us.
    boolean isIn(DeliveryState found) {
      return attempt == null ? !found.isOpen() : found.attempts() >= attempt.n();
    }
  }

  /// Records how a delivery stands now, and when its lane is due next.
  ///
  /// @return whether there is more to do in the lane at once, which then is still leased to us
  private boolean settle(Hold hold, List<Open> view, @Nullable Settlement settlement) {
    return patiently(() -> {
      long before = System.nanoTime();
      hold.planned = List.of();
      boolean goOn = write(hold, view, settlement);
      hold.known = planned(hold.planned);
      hold.since = before;
      return goOn;
    });
  }

  private boolean write(Hold hold, List<Open> view, @Nullable Settlement settlement) {
    var claim = hold.claim;
    var wanted = new ArrayList<Wanted>(List.of(laneOf(claim)));
    if (settlement != null) {
      wanted.add(Wanted.of(Tables.STATE, settlement.delivery().id()));
    }
    Unit<Boolean> unit =
        batch -> {
          var lane = batch.find(Tables.LANE, claim.endpointId(), claim.orderKey());
          if (lane == null || !lane.isHeld(hub, claim.fence())) {
            LOG.warn("A lease on endpoint {} was lost; nothing is recorded", claim.endpointId());
            return false;
          }
          int pending = lane.pending();
          int passed = lane.passed();
          DeliveryState settled = null;
          if (settlement != null) {
            var before = batch.find(Tables.STATE, settlement.delivery().id());
            if (before == null) {
              throw new IllegalStateException("no state of " + settlement.delivery().id());
            }
            // It is not open: an erasure ended it meanwhile, and nothing of the attempt may be
            // written down.
            boolean known = settlement.isIn(before) || !before.isOpen();
            settled = known ? before : settlement.after(before, batch.clock());
            if (!known) {
              record(batch, claim, settlement, settled);
              pending -= settled.isOpen() ? 0 : 1;
              passed += (settled.isOpen() && settled.passed() ? 1 : 0) - (before.passed() ? 1 : 0);
            }
          }
          boolean moved = lane.hasMovedFrom(hold.pending, hold.due);
          var left = leave(batch, lane, pending, passed, later(view, settled), moved);
          left.ifPresent(held ->
              batch.afterCommit(() -> {
                hold.planned = joined.next(claim, held.pending());
                hold.passed = held.passed() > 0;
                hold.pending = held.pending();
                hold.due = held.dueAt();
              }));
          return left.isPresent();
        };
    return store.write(WorkQueue.ATTEMPTS, Unit.reading(wanted, unit));
  }

  private void record(Batch batch, Claim claim, Settlement settlement, DeliveryState settled) {
    var delivery = settlement.delivery();
    batch.put(Tables.STATE, settled);
    AnswerWords.put(batch, settlement.words());
    var attempt = settlement.attempt();
    if (attempt != null) {
      batch.put(Tables.ATTEMPT, attempt);
      if (breakers.settle(batch, claim, attempt, settlement.asked())) {
        batch.afterCommit(this::wake);
      }
      Endpoints.in(batch.settings())
          .find(delivery.endpointId())
          .filter(e -> e.subscription() != null)
          .ifPresent(_ -> batch.put(Tables.NOTIFICATION, Notification.of(delivery, attempt)));
    }
    batch.append(
        settled.isOpen() ? "delivery.attempted" : "delivery." + settled.state().word(),
        delivery.leadId(),
        delivery.id());
  }

  /// What is open in the lane as far as its holder knows, in order.
  private static List<DeliveryState> later(List<Open> view, @Nullable DeliveryState settled) {
    return view.stream()
        .map(o ->
            settled != null && settled.deliveryId().equals(o.delivery().id()) ? settled : o.state())
        .filter(DeliveryState::isOpen)
        .toList();
  }

  /// @param later what the holder knows of the lane's open deliveries: the next one in order, and
  ///   the passed one that is due first, among others
  /// @param moved others had to do with the lane since, so that it takes another look before it is
  ///   known when it is due
  /// @return the lane when it is still held; empty when it was let go
  private Optional<Lane> leave(
      Batch batch, Lane lane, int pending, int passed, List<DeliveryState> later, boolean moved) {
    if (pending <= 0) {
      batch.delete(Tables.LANE, lane.endpointId(), lane.orderKey());
      return Optional.empty();
    }
    var now = batch.clock();
    var head = later.stream().filter(s -> !s.passed()).findFirst();
    boolean waiting = pending > passed;
    boolean blocked = waiting && head.isPresent() && isLater(head.get(), now);
    Instant due = now;
    if (!moved && (blocked || !waiting)) {
      due =
          later.stream()
              .filter(s -> s.passed() || head.isPresent() && s == head.get())
              .map(s -> s.nextAt() == null ? now : s.nextAt())
              .min(Comparator.naturalOrder())
              .orElse(now);
    }
    boolean goOn = !due.isAfter(now) && !closing;
    var left = lane.due(due, pending, passed, blocked);
    batch.put(Tables.LANE, goOn ? left.heldUntil(now.plus(lease)) : left.free());
    return goOn ? Optional.of(left) : Optional.empty();
  }

  private static boolean isLater(DeliveryState state, Instant now) {
    return state.nextAt() != null && state.nextAt().isAfter(now);
  }

  private void release(Claim claim) {
    Unit<Boolean> unit =
        batch -> {
          var lane = batch.find(Tables.LANE, claim.endpointId(), claim.orderKey());
          if (lane != null && lane.isHeld(hub, claim.fence())) {
            batch.put(Tables.LANE, lane.free());
          }
          return true;
        };
    store.write(WorkQueue.ATTEMPTS, Unit.reading(List.of(laneOf(claim)), unit));
  }

  private void poll() {
    while (!closing) {
      boolean again = false;
      try {
        breakers.refresh();
        var due = due();
        var claims = claim(due.lanes());
        more = !claims.isEmpty();
        again = more && due.cut();
        begin(claims);
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

  private void begin(List<Claim> claims) {
    List<Waiting> all;
    try {
      all = lookAll(claims);
    } catch (RuntimeException e) {
      // They are leased to us, so each must be begun; it looks for itself then.
      LOG.debug("Looking at the lanes at once failed", e);
      offer(claims);
      return;
    }
    all.forEach(this::begin);
  }

  /// Endpoints that have lanes, from one to the next since there may be a million lanes, each with
  /// the time at which its first is due. One question: most endpoints have nothing to look at.
  private static final String OWING =
      """
      WITH RECURSIVE owing(id) AS (
        SELECT MIN(endpoint_id) FROM lane
        UNION ALL
        SELECT (SELECT MIN(l.endpoint_id) FROM lane l WHERE l.endpoint_id > o.id)
          FROM owing o WHERE o.id IS NOT NULL
      )
      SELECT o.id, (SELECT MIN(l.due_at) FROM lane l WHERE l.endpoint_id = o.id)
        FROM owing o WHERE o.id IS NOT NULL
      """;

  /// @param cut whether there is room for more than were looked for
  private record Due(List<String[]> lanes, boolean cut) {}

  private Due due() {
    var now = store.now();
    var endpoints = Endpoints.in(store.settings());
    endpoints.all().forEach(e -> allow(room(e.id()), e));
    return store.read(h -> {
      var due = new ArrayList<String[]>();
      boolean cut = false;
      for (var owing :
          h.createQuery(OWING)
              .map((r, _) -> Map.entry(r.getString(1), new Row(r).time(2)))
              .list()) {
        var endpoint = endpoints.find(owing.getKey());
        if (endpoint.isEmpty()) {
          due.addAll(dueAt(h, owing.getKey(), AT_ANY_TIME, now, QUOTA));
        } else if (!endpoint.get().disabled() && !owing.getValue().isAfter(now)) {
          int free = free(owing.getKey(), now);
          int quota = Math.min(QUOTA, free);
          if (quota > 0) {
            var found = dueAt(h, owing.getKey(), now, now, quota);
            cut |= quota < free && found.size() == quota;
            due.addAll(found);
          }
        }
      }
      return new Due(due, cut);
    });
  }

  private int free(String endpoint, Instant now) {
    return breakers.isShut(endpoint)
        ? breakers.mayProbe(endpoint, now) ? 1 : 0
        : room(endpoint).free(System.nanoTime());
  }

  private static List<String[]> dueAt(
      Handle h, String endpoint, Instant due, Instant now, int quota) {
    return h.createQuery(
            "SELECT endpoint_id, order_key FROM lane WHERE endpoint_id = :e"
                + " AND due_at <= :due AND (owner IS NULL OR leased_until < :now)"
                + " ORDER BY due_at LIMIT :quota")
        .bind("e", endpoint)
        .bind("due", Row.micros(due))
        .bind("now", Row.micros(now))
        .bind("quota", quota)
        .map((r, _) -> new String[] {r.getString(1), r.getString(2)})
        .list();
  }

  private List<Claim> claim(List<String[]> due) {
    if (due.isEmpty()) {
      return List.of();
    }
    var wanted = due.stream().map(key -> Wanted.of(Tables.LANE, key[0], key[1])).toList();
    return store.write(WorkQueue.ATTEMPTS, Unit.reading(wanted, batch -> claim(batch, due)));
  }

  private List<Claim> claim(Batch batch, List<String[]> due) {
    var claims = new ArrayList<Claim>();
    var endpoints = Endpoints.in(batch.settings());
    for (var key : due) {
      var lane = batch.find(Tables.LANE, key[0], key[1]);
      if (lane != null
          && lane.isFree(batch.clock())
          && (!lane.dueAt().isAfter(batch.clock()) || endpoints.find(key[0]).isEmpty())) {
        var leased = lane.leasedBy(hub, batch.clock().plus(lease));
        var claim = Claim.of(leased, Optional.empty());
        if (breakers.probe(batch, claim, lease)) {
          batch.put(Tables.LANE, leased);
          claims.add(claim);
        }
      }
    }
    return claims;
  }
}
