package dev.porchlight.poll;

import dev.porchlight.access.Secrets;
import dev.porchlight.connector.Body;
import dev.porchlight.desk.Desk;
import dev.porchlight.desk.Receipt;
import dev.porchlight.desk.Source;
import dev.porchlight.desk.Sources;
import dev.porchlight.desk.poll.PollState;
import dev.porchlight.desk.poll.Polling;
import dev.porchlight.net.OutgoingClient;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.value.Json;
import dev.porchlight.value.Sha256;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the leads of polled sources, window by window, and hands what is new to the desk.
///
/// Why none is lost: the place in the store moves only after each item of a page has a receipt on
/// disk, and every window reaches back into the one before. Why none is doubled: an item that was
/// read before is known by its bytes and passed over; one that slips through, because a hub died
/// between receipt and place or because the portal pushed it as well, is a repeat to the desk,
/// which knows leads by the portal's id. Two hubs on one database share the work by leases; a lease
/// that is lost costs repeats at worst.
///
/// Why old content does not become the newest: the desk is told what the log's last entry was when
/// a page was asked for, so it knows what came in since. Where that leaves a doubt the page is
/// asked for once more, and what is still in doubt is not remembered as read.
public final class Poller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration RENEW = Duration.ofSeconds(20);

  private final Store store;
  private final Desk desk;
  private final BiFunction<String, Body, @Nullable String> leadId;
  private final MeterRegistry meters;
  private final Line line;
  private final Portal portal;
  private final Cursors cursors;
  private final SecureRandom chance = new SecureRandom();
  private final Semaphore news = new Semaphore(1);
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  /// By how many seconds the clocks of portals are ahead of ours, as far as they are known to be.
  private final Map<String, Long> offsets = new ConcurrentHashMap<>();

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread thread;
  private volatile double lag;
  private volatile boolean closing;

  /// Starts.
  ///
  /// @param process names this process as the owner of leases
  /// @param agent the `User-Agent` of its requests
  /// @param leadId the sender's id of the lead in a body of a contract; null when there is none
  public Poller(
      Store store,
      Desk desk,
      Secrets secrets,
      OutgoingClient client,
      String process,
      String agent,
      BiFunction<String, Body, @Nullable String> leadId,
      MeterRegistry meters) {
    this.store = store;
    this.desk = desk;
    this.leadId = leadId;
    this.meters = meters;
    line = new Line(client, new PortalSpacing());
    portal = new Portal(store, new AccessTokens(store, secrets, line, agent), line, agent, meters);
    cursors = new Cursors(store, process);
    if (store.alone()) {
      cursors.freeAll();
    }
    Gauge.builder("porchlight.poll.lag", this, p -> p.lag)
        .description("seconds, of the polled source that is furthest behind")
        .register(meters);
    thread = Thread.ofPlatform().name("poller").daemon().start(this::run);
  }

  /// Looks for due sources now.
  public void wake() {
    news.release();
  }

  private void run() {
    while (!closing) {
      try {
        boolean _ = news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        news.drainPermits();
        look();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (StoreUnavailableException e) {
        if (e.isClosed()) {
          return;
        }
        LOG.debug("Polling waits for the store: {}", e.getMessage());
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread no source would be asked any more.
        LOG.error("Looking for sources to poll failed", e);
      }
    }
  }

  private void look() {
    var pollings = Polling.in(store.settings());
    if (pollings.isEmpty()) {
      lag = 0;
      return;
    }
    var states =
        PollState.all(store).stream()
            .collect(Collectors.toMap(PollState::sourceId, Function.identity()));
    var now = store.now();
    double worst = 0;
    for (var source : pollings.keySet()) {
      var state = states.get(source);
      if (state != null) {
        worst = Math.max(worst, state.lag(now).toSeconds());
      }
      if ((state == null || !state.dueAt().isAfter(now)) && !closing && running.add(source)) {
        workers.execute(() -> take(source));
      }
    }
    lag = worst;
  }

  private void take(String source) {
    try {
      var claim = cursors.claim(source);
      if (claim.isPresent()) {
        read(claim.get());
      }
    } catch (StoreUnavailableException e) {
      LOG.debug("Polling source {} waits for the store: {}", source, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Polling source {} failed", source, e);
    } finally {
      running.remove(source);
      // It may have fallen due again meanwhile.
      news.release();
    }
  }

  private void read(Cursors.Claim claim) {
    var polling = claim.polling();
    var source = Sources.in(store.settings()).find(polling.sourceId());
    if (source.isEmpty()) {
      cursors.release(claim.state());
      return;
    }
    var reader = new Reader(source.get(), polling, claim.state());
    try {
      reader.read();
    } catch (InterruptedException e) {
      cursors.release(claim.state());
    } catch (PollException e) {
      LOG.info("Source {} could not be polled: {}", source.get().name(), e.sentence());
      cursors.failed(
          claim.state(),
          e.sentence(),
          e.asked(),
          e.remedy() == PollException.Remedy.START_OVER,
          chance.nextDouble());
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      // An Error too: else it would be tried again at once, and for ever.
      LOG.error("Source {} could not be polled: a defect of ours", source.get().name(), e);
      cursors.failed(
          claim.state(), "A defect of ours; the log says more.", null, false, chance.nextDouble());
    }
  }

  /// Stops: requests are cut, what is being written is written, the place stays where it is.
  @Override
  public void close() {
    closing = true;
    line.close();
    news.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.close();
  }

  /// How to go on after a page.
  private sealed interface Next {
    /// The window is read.
    record End() implements Next {}

    /// The next page begins behind that lead.
    record After(String id) implements Next {}

    /// There is no way on.
    record Stuck(String why) implements Next {}
  }

  /// What became of a page.
  ///
  /// @param items those that the desk has and that need not be read again
  /// @param doubt whether there was one of which nobody knows yet if it is the newest
  private record Handed(List<Cursors.Item> items, boolean doubt) {}

  /// Reads one source until nothing is left, or it is broken off.
  private final class Reader {
    private final Source source;
    private final Polling polling;
    private final Set<String> starts = new HashSet<>();
    private final Returns returns = new Returns();
    private PollState state;
    private int limit = Portal.PAGE;
    private long renewed = System.nanoTime();

    Reader(Source source, Polling polling, PollState state) {
      this.source = source;
      this.polling = polling;
      this.state = state;
      if (state.windowMax() > 0) {
        returns.missedTheStart();
      }
    }

    void read() throws PollException, InterruptedException {
      boolean more = true;
      boolean again = false;
      while (more) {
        var now = store.now().getEpochSecond();
        var window =
            state.windowMax() > 0
                ? new Window(state.windowMin(), state.windowMax())
                : Window.after(
                    state.covered(),
                    Clocks.ahead(now, offsets.getOrDefault(source.id(), 0L)),
                    polling.overlapSeconds());
        long asked = cursors.lastEntry();
        var page = page(window);
        var items = page.items();
        offsets.put(source.id(), page.offset());
        boolean upToNow = Clocks.reaches(window.max(), now, page.offset());
        var handed = hand(window, items, asked);
        if (handed.doubt() && !again) {
          again = true;
          var stayed = cursors.within(state, window, state.startId(), handed.items());
          more = stayed.isPresent();
          state = stayed.orElse(state);
          continue;
        }
        again = false;
        var next = next(items);
        var moved =
            switch (next) {
              case Next.End() ->
                  cursors.done(
                      state,
                      window,
                      Clocks.behind(now, page.offset()),
                      withReturns(window, handed.items()),
                      polling,
                      upToNow ? Duration.ofSeconds(polling.intervalSeconds()) : null);
              case Next.After(var id) -> cursors.within(state, window, id, handed.items());
              case Next.Stuck(_) -> cursors.within(state, window, state.startId(), handed.items());
            };
        if (next instanceof Next.Stuck(var why)) {
          throw new PollException(why);
        }
        if (next instanceof Next.End) {
          starts.clear();
        }
        more = moved.isPresent() && !(next instanceof Next.End && upToNow);
        state = moved.orElse(state);
        renewed = System.nanoTime();
      }
    }

    private Portal.Leads page(Window window) throws PollException, InterruptedException {
      while (true) {
        try {
          return portal.leads(polling, window, state.startId(), limit);
        } catch (PollException e) {
          if (e.remedy() != PollException.Remedy.SMALLER_PAGE || limit == 1) {
            throw e;
          }
          limit = Math.max(1, limit / 2);
        }
      }
    }

    /// The contract lets a window end with an empty page or with a short one; only the empty one is
    /// believed, for a page may be short for other reasons.
    private Next next(List<byte[]> items) {
      String last = null;
      for (int i = items.size() - 1; i >= 0 && last == null; i--) {
        last = leadId.apply(source.contract(), body(items.get(i)));
      }
      if (items.isEmpty() || last == null && items.size() < limit) {
        return new Next.End();
      }
      if (last == null) {
        return new Next.Stuck("None of the leads on a full page has an id to go on after.");
      }
      if (last.equals(state.startId())) {
        return items.size() == 1
            ? new Next.End()
            : new Next.Stuck("The portal does not go on after the lead that `start` names.");
      }
      return starts.add(last)
          ? new Next.After(last)
          : new Next.Stuck("The pages of the portal go round in a circle.");
    }

    private Body body(byte[] item) {
      return new Body(item, "application/json", "");
    }

    /// Hands what is new to the desk.
    ///
    /// @param asked the last entry of the log when the items were asked for
    /// @throws InterruptedException when the hub stops, or somebody else has taken over
    private Handed hand(Window window, List<byte[]> items, long asked) throws InterruptedException {
      var byHash = new LinkedHashMap<String, byte[]>();
      items.forEach(i -> byHash.putIfAbsent(Sha256.hex(i), i));
      var seen = cursors.seen(source.id(), byHash.keySet());
      var handed = new ArrayList<Cursors.Item>();
      boolean doubt = false;
      for (Map.Entry<String, byte[]> item : byHash.entrySet()) {
        var before = seen.get(item.getKey());
        if (before != null) {
          if (before.leadId() == null || before.newest()) {
            returns.present(before.leadId());
          } else {
            returns.old(before.leadId(), new Returns.Old(item.getKey(), item.getValue(), asked));
          }
          count("known");
          continue;
        }
        var receipt = accept(window, handed, item.getValue(), asked);
        doubt |= receipt.isInDoubt();
        if (!receipt.isInDoubt()) {
          handed.add(new Cursors.Item(item.getKey(), receipt.leadId(), receipt.version()));
          if (receipt.version() > 1) {
            returns.present(receipt.leadId());
          }
        }
      }
      return new Handed(handed, doubt);
    }

    /// At the end of a window: those that have gone back to what they were.
    private List<Cursors.Item> withReturns(Window window, List<Cursors.Item> items)
        throws InterruptedException {
      var all = new ArrayList<>(items);
      for (var old : returns.atTheEnd()) {
        var receipt = accept(window, all, old.bytes(), old.asked());
        if (!receipt.isInDoubt()) {
          all.add(new Cursors.Item(old.hash(), receipt.leadId(), receipt.version()));
        }
      }
      return all;
    }

    /// Hands one over, if it still may.
    ///
    /// @param handed those before it, for if it may not
    private Receipt accept(Window window, List<Cursors.Item> handed, byte[] item, long asked)
        throws InterruptedException {
      if (closing || !keepsLease()) {
        cursors.within(state, window, state.startId(), handed);
        throw new InterruptedException("broken off");
      }
      var headers = Json.object().put("polled-from", polling.url() + "/leads");
      headers.put(Desk.ASKED_AT, asked);
      var receipt =
          desk.accept(source, body(item), new Desk.Circumstances(headers.toString(), "", null));
      count(receipt.isInDoubt() ? "doubtful" : receipt.state().word());
      return receipt;
    }

    private void count(String outcome) {
      meters.counter("porchlight.poll.items", "outcome", outcome).increment();
    }

    private boolean keepsLease() {
      if (System.nanoTime() - renewed < RENEW.toNanos()) {
        return true;
      }
      renewed = System.nanoTime();
      return cursors.renew(state);
    }
  }
}
