package dev.porchlight.door.events;

import dev.porchlight.desk.events.Inboxes;
import dev.porchlight.store.LogEntry;
import dev.porchlight.store.Store;
import dev.porchlight.store.StoreUnavailableException;
import dev.porchlight.web.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Inboxes as they fill, by server-sent events.
///
/// A stream has no buffer: it reads the inbox behind its place, some items at a time, and goes on
/// when its reader has taken them, so a slow reader costs nothing but its own time. It is woken
/// when the log, of this hub or of another, tells of something for its inbox. May be shared by
/// threads.
final class InboxStreams {
  /// So many streams one inbox may have at once at this hub.
  static final int MOST = 4;

  private static final Logger LOG = LoggerFactory.getLogger(InboxStreams.class);
  private static final int PAGE = 20;
  private static final int LOOK = 200;
  private static final long CHECK_SECONDS = 1;
  private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(15);

  /// One stream.
  ///
  /// @param arrived has a permit when there may be something new
  private record Reader(Semaphore arrived, Reply.Sink sink) {}

  private final Inboxes inboxes;
  private final Map<String, List<Reader>> readers = new ConcurrentHashMap<>();
  private final Queue<String> news = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  InboxStreams(Store store, Inboxes inboxes) {
    this.inboxes = inboxes;
    store.follow(this::happened);
  }

  private void happened(List<LogEntry> lines) {
    if (readers.isEmpty()) {
      return;
    }
    for (var line : lines) {
      if (Inboxes.ARRIVALS.contains(line.kind())) {
        news.add(line.subject());
      }
    }
    if (!news.isEmpty() && looking.compareAndSet(false, true)) {
      Thread.startVirtualThread(this::wake);
    }
  }

  /// Wakes the streams of those inboxes that have got something, until there is nothing new.
  private void wake() {
    while (true) {
      var events = new ArrayList<String>();
      for (var next = news.poll(); next != null; next = events.size() < LOOK ? news.poll() : null) {
        events.add(next);
      }
      if (!events.isEmpty()) {
        wake(events);
        continue;
      }
      looking.set(false);
      // What came since the last look has found this thread still looking.
      if (news.isEmpty() || !looking.compareAndSet(false, true)) {
        return;
      }
    }
  }

  private void wake(List<String> events) {
    try {
      inboxes
          .receivers(events)
          .forEach(r -> readers.getOrDefault(r, List.of()).forEach(one -> one.arrived().release()));
    } catch (RuntimeException e) {
      // Each looks for itself, and finds out whether it can go on.
      if (e instanceof StoreUnavailableException) {
        LOG.debug("The receivers of new events can't be read: {}", e.getMessage());
      } else {
        LOG.error("A defect: the receivers of new events can't be read", e);
      }
      readers.values().forEach(all -> all.forEach(one -> one.arrived().release()));
    }
  }

  /// Whether an inbox has as many streams as it may. One whose reader has gone makes room at once.
  boolean isFull(String receiver) {
    return listening(readers.getOrDefault(receiver, List.of()).stream()) >= MOST;
  }

  private static long listening(Stream<Reader> readers) {
    return readers.filter(r -> r.sink().isOpen()).count();
  }

  /// Sends what comes behind a place, until the reader goes or may not read it any more.
  ///
  /// @param may asked before each item
  /// @param links addresses instead of items
  void run(String receiver, long from, boolean links, BooleanSupplier may, Reply.Sink sink)
      throws IOException, InterruptedException {
    var arrived = new Semaphore(1);
    var own = new Reader(arrived, sink);
    var all = readers.compute(receiver, (_, known) -> with(known, own));
    try {
      if (listening(all.stream().takeWhile(r -> r != own)) >= MOST) {
        return;
      }
      sink.place(Long.toString(from));
      long place = from;
      long pinged = System.nanoTime();
      while (sink.isOpen() && may.getAsBoolean()) {
        boolean look = arrived.tryAcquire(CHECK_SECONDS, TimeUnit.SECONDS);
        if (System.nanoTime() - pinged >= PING_NANOS) {
          sink.ping();
          pinged = System.nanoTime();
          // An inbox that nothing was told of is looked into all the same.
          look = true;
        }
        if (look) {
          arrived.drainPermits();
          place = send(receiver, place, links, may, sink);
        }
      }
    } catch (StoreUnavailableException e) {
      // The reader comes back with its place.
      LOG.debug("The stream of an inbox ended", e);
    } finally {
      readers.computeIfPresent(receiver, (_, known) -> without(known, own));
    }
  }

  private static List<Reader> with(@Nullable List<Reader> known, Reader one) {
    var all = known == null ? new CopyOnWriteArrayList<Reader>() : known;
    all.add(one);
    return all;
  }

  private static @Nullable List<Reader> without(List<Reader> known, Reader one) {
    known.remove(one);
    return known.isEmpty() ? null : known;
  }

  /// Sends all there is behind a place; gives the place of the last.
  private long send(String receiver, long from, boolean links, BooleanSupplier may, Reply.Sink sink)
      throws IOException {
    long place = from;
    while (true) {
      var page = inboxes.list(receiver, place, PAGE);
      for (var at : page) {
        var copy = at.copy();
        if (!sink.isOpen() || !may.getAsBoolean()) {
          return place;
        }
        var item = links ? Optional.of(inboxes.address(copy)) : inboxes.write(copy);
        if (item.isPresent()) {
          sink.send(Long.toString(at.place()), "", item.get());
        }
        place = at.place();
      }
      if (page.size() < PAGE) {
        return place;
      }
    }
  }
}
